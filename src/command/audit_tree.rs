//! `audit checkpoint` and `audit proof`: what an outsider keeps, and what proves a record to them, without a running service.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::audit_questions::print;
use super::{Failure, say};
use crate::auditor::{LogTree, Transparency as _, Unproven};

/// Prints the newest signed checkpoint: what somebody else keeps elsewhere, once a day.
#[derive(Debug, Args)]
pub(super) struct CheckpointArguments {
    /// Folder of the audit.
    #[arg(long)]
    dir: PathBuf,
}

/// Prints a proof (RFC 9162) as JSON: that a record is in the log (--seq), or that the log has only grown (--from-size).
///
/// Needs no secret. The root that the proof leads to is that of a checkpoint of the same size.
#[derive(Debug, Args)]
pub(super) struct ProofArguments {
    /// Folder of the audit.
    #[arg(long)]
    dir: PathBuf,
    /// Inclusion of the record with this number.
    #[arg(long, required_unless_present = "from_size", conflicts_with = "from_size")]
    seq: Option<u64>,
    /// Consistency with the log when it had so many records.
    #[arg(long)]
    from_size: Option<u64>,
    /// In the log of so many records, instead of all that are signed.
    #[arg(long)]
    size: Option<u64>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Proof {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_size: Option<u64>,
    size: u64,
    hashes: Vec<String>,
}

pub(super) fn checkpoint(arguments: &CheckpointArguments) -> Result<(), Failure> {
    let text = LogTree::of(&arguments.dir).checkpoint().map_err(told)?;
    say(text.trim_end())
}

pub(super) fn proof(arguments: &ProofArguments) -> Result<(), Failure> {
    print(&[proved(arguments)?])
}

fn proved(arguments: &ProofArguments) -> Result<Proof, Failure> {
    let tree = LogTree::of(&arguments.dir);
    let size = match arguments.size {
        Some(size) => size,
        None => tree.signed().map_err(told)?,
    };
    let (seq, from_size) = (arguments.seq, arguments.from_size);
    let (kind, hashes) = match (seq, from_size) {
        (Some(seq), _) => ("inclusion", tree.inclusion(seq, size)),
        (None, Some(from)) => ("consistency", tree.consistency(from, size)),
        (None, None) => return Err("prove something: name --seq or --from-size".to_owned()),
    };
    let hashes = hashes.map_err(told)?.iter().map(|hash| crate::hex(hash)).collect();
    Ok(Proof { kind, seq, from_size, size, hashes })
}

fn told(error: Unproven) -> Failure {
    match error {
        Unproven::Unknown => {
            "find it in the tree: no checkpoint covers it, or there is no tree in this folder".to_owned()
        }
        Unproven::Unavailable => "read the tree: run audit verify".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::AuditLog;
    use crate::audit::testing::{self, Scratch};

    #[tokio::test]
    async fn a_proof_is_of_all_that_is_signed_unless_a_size_is_named() {
        let scratch = Scratch::new();
        let log = AuditLog::open(scratch.settings(), &testing::clock()).expect("the log opens");
        for number in 1..=5 {
            let _receipt = log.append(&testing::entry(number)).await.expect("the disk is fine");
        }
        log.close().await;
        let ask = |seq, from_size, size| proved(&ProofArguments { dir: scratch.log(), seq, from_size, size });
        let proof = ask(Some(2), None, None).expect("signed");
        assert_eq!((proof.kind, proof.size, proof.hashes.len()), ("inclusion", 5, 3));
        assert_eq!(ask(Some(2), None, Some(2)).expect("signed").hashes.len(), 1);
        assert_eq!(ask(None, Some(5), None).expect("signed").hashes, Vec::<String>::new());
        assert_eq!(ask(None, Some(4), None).expect("signed").kind, "consistency");
        for (seq, from, size) in [(Some(6), None, None), (Some(1), None, Some(6)), (None, Some(6), None)] {
            assert!(ask(seq, from, size).is_err(), "nobody has signed it");
        }
        checkpoint(&CheckpointArguments { dir: scratch.log() }).expect("signed");
        assert!(checkpoint(&CheckpointArguments { dir: scratch.path().join("none") }).is_err());
    }
}
