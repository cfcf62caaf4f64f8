//! The demo's folder: secrets that open nothing but the fakes, made at first use, readable by their owner only.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use glasplade_adapters::fake::{DUBU_DEMO_COOKIE, fasit_demo_token, sbsys_credentials};
use jiff::Timestamp;

use crate::random::Random;

/// Writes what the demo's configuration refers to.
pub(super) fn prepare(dir: &Path, now: Timestamp, random: &dyn Random) -> io::Result<()> {
    std::fs::create_dir_all(dir)?;
    let key = dir.join("pseudonym.key");
    if !key.exists() {
        let text = format!("{}{}", crate::hex(&random.bytes16()), crate::hex(&random.bytes16()));
        write(&key, &text)?;
    }
    write(&dir.join("sbsys-client-secret"), sbsys_credentials::CLIENT_SECRET)?;
    write(&dir.join("sbsys-password"), sbsys_credentials::PASSWORD)?;
    write(&dir.join("fasit-token"), &fasit_demo_token(now))?;
    write(&dir.join("dubu-cookie"), DUBU_DEMO_COOKIE)
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}
