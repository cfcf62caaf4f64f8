//! `audit verify`: what an outsider runs, with nothing but the folder, the public key and a checkpoint kept elsewhere.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::{Failure, complain, say};
use crate::audit::tlog::{Checkpoint, Note, Verifier};
use crate::audit::{Broken, Flaw, Trust, Verified};

/// Exit code of a log that is not what was written.
const BROKEN: u8 = 1;
/// Exit code of a log that could not be looked at, or of a key or checkpoint that is none.
const UNVERIFIABLE: u8 = 2;

/// Reads the whole log and proves that no record was changed, lost, moved or added. Needs no secret; changes nothing.
///
/// Exit code 0: the log is whole, as far as is told. 1: it is not what was written. 2: it could not be verified.
#[derive(Debug, Args)]
pub(super) struct VerifyArguments {
    /// Folder of the audit.
    #[arg(long)]
    dir: PathBuf,
    /// The log's public key, as the service prints it (`name+id+key`); again for an earlier one after a change of the key.
    /// Without it, only the structure is verified.
    #[arg(long = "public-key", value_name = "VKEY")]
    public_keys: Vec<String>,
    /// A checkpoint that was kept elsewhere (a copy of the file `tlog/checkpoint`); may be given several times.
    #[arg(long = "checkpoint", value_name = "FILE")]
    checkpoints: Vec<PathBuf>,
    /// The folder is a copy of a log at work, whose last records need not be signed yet.
    #[arg(long)]
    at_work: bool,
}

pub(super) fn verify(arguments: &VerifyArguments) -> ExitCode {
    let outcome = trust(arguments).map(|trust| crate::audit::verify(&arguments.dir, &trust));
    let (text, code) = match outcome {
        Ok(Ok(verified)) => match say(&explained(&verified)) {
            Ok(()) => return ExitCode::SUCCESS,
            Err(failure) => (failure, UNVERIFIABLE),
        },
        Ok(Err(broken)) => (
            format!("verify the audit: {broken}\n{}", explained_flaw(&broken)),
            if matches!(broken.what, Flaw::Unreadable(_)) { UNVERIFIABLE } else { BROKEN },
        ),
        Err(failure) => (failure, UNVERIFIABLE),
    };
    complain(&text);
    ExitCode::from(code)
}

fn trust(arguments: &VerifyArguments) -> Result<Trust, Failure> {
    let verifiers = arguments.public_keys.iter().map(|key| Verifier::parse(key)).collect::<Result<Vec<_>, _>>();
    let verifiers = verifiers.map_err(|error| error.to_string())?;
    let kept = arguments.checkpoints.iter().map(|path| kept(path, &verifiers)).collect::<Result<_, _>>()?;
    Ok(Trust { verifiers, kept, at_work: arguments.at_work })
}

/// What the auditor kept must be this log's, or it would prove nothing.
fn kept(path: &Path, verifiers: &[Verifier]) -> Result<Checkpoint, Failure> {
    let bytes = std::fs::read(path).map_err(|error| format!("read the kept checkpoint: {}", error.kind()))?;
    let note = Note::parse(&bytes).ok_or("read the kept checkpoint: the file is no signed checkpoint")?;
    let checkpoint = Checkpoint::parse(&note).ok_or("read the kept checkpoint: the file is no checkpoint")?;
    if !verifiers.is_empty() && !verifiers.iter().any(|verifier| note.is_signed_by(verifier)) {
        return Err("believe the kept checkpoint: it is not signed by the key that was given".to_owned());
    }
    Ok(checkpoint)
}

/// What was proved, in Danish and in English.
fn explained(verified: &Verified) -> String {
    let Verified { records, segments, signed, root, kept, .. } = verified;
    let unsigned = records - signed;
    let mut danish = format!(
        "Loggen er hel: {records} poster i {segments} filer.\n  \
         Hver forseglet post svarer til sit blad i træet, bladene til træets filer, og træet til tjekpunktet for {signed} \
         poster (rod {root}).\n"
    );
    let mut english = format!(
        "The log is whole: {records} records in {segments} files.\n  \
         Each sealed record fits its leaf, the leaves fit the tree's files, and the tree fits the checkpoint for {signed} \
         records (root {root}).\n"
    );
    if let Some(key) = &verified.signed_by {
        let _ = writeln!(danish, "  Tjekpunktet er underskrevet med {key}.");
        let _ = writeln!(english, "  The checkpoint is signed by {key}.");
    } else {
        danish += "  UNDERSKRIFTEN ER IKKE PRØVET: giv --public-key. Hvem der skrev loggen, vides ikke.\n";
        english += "  THE SIGNATURE WAS NOT VERIFIED: give --public-key. Nobody knows who wrote this log.\n";
    }
    let _ = writeln!(danish, "  {kept} gemte tjekpunkter er begyndelsen på den samme log: intet før dem er ændret.");
    let _ =
        writeln!(english, "  {kept} kept checkpoints are the beginning of this log: nothing before them was changed.");
    if verified.at_work {
        let _ = writeln!(danish, "  Loggen er i brug: {unsigned} poster er ikke underskrevet endnu.");
        let _ = writeln!(english, "  The log is at work: {unsigned} records not yet signed.");
    }
    if let (Some(first), Some(last)) = (verified.first_at, verified.last_at) {
        let _ = writeln!(danish, "  Første post {first}, sidste post {last}.");
        let _ = writeln!(english, "  First record {first}, last record {last}.");
    }
    format!("{danish}\n{}", english.trim_end())
}

/// What a flaw means, in both languages.
fn explained_flaw(broken: &Broken) -> &'static str {
    match broken.what {
        Flaw::RolledBack { .. } => {
            "Poster er fjernet fra loggens ende. Gem alt, som det er, og tilkald den databeskyttelsesansvarlige.\n\
             Records were removed from the end of the log. Keep everything as it is, and call the data protection officer."
        }
        Flaw::Rewritten | Flaw::Root | Flaw::Signature => {
            "Historien er en anden end den, der blev underskrevet. Gem alt, som det er, og tilkald den \
             databeskyttelsesansvarlige.\n\
             The history is another than the one that was signed. Keep everything as it is, and call the data protection \
             officer."
        }
        Flaw::Unsigned(_) => {
            "Tjenesten blev ikke lukket i orden, eller poster er føjet til. Er det en kopi af en log i brug, så giv \
             --at-work; ellers start tjenesten, som prøver posterne, før den underskriver dem.\n\
             The service was not stopped in good order, or records were added. If this is a copy of a log at work, give \
             --at-work; otherwise start the service, which tries the records before it signs them."
        }
        Flaw::Unreadable(_) => {
            "Loggen kunne ikke læses, så intet er bevist.\nThe log could not be read, so nothing was proved."
        }
        _ => {
            "Loggen er ikke den, der blev skrevet. Gem alt, som det er, og tilkald den databeskyttelsesansvarlige.\n\
             The log is not what was written. Keep everything as it is, and call the data protection officer."
        }
    }
}
