//! Rows on disk while they are sorted: by the first byte of the pseudonym, in blocks that are encrypted under a key that nobody keeps,
//! in a file that has no name. What a killed process leaves is nothing.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use super::BuildError;
use crate::random::Random;

/// Parts: as many as a first byte has values.
pub(super) const PARTS: usize = 256;

/// A thread's rows of one part go to disk when they are so many bytes: 256 parts are 8 MiB a thread.
const BLOCK_BYTES: usize = 32 * 1_024;

/// Rows on disk.
pub(super) struct Spill {
    file: File,
    key: LessSafeKey,
    end: AtomicU64,
    /// By part: where its blocks lie, and how long each is.
    blocks: Mutex<Vec<Vec<(u64, usize)>>>,
}

impl Spill {
    /// An empty one; its file is made beside `index` and has lost its name when this returns.
    pub(super) fn new(path: &Path, random: &dyn Random) -> Result<Self, BuildError> {
        let file = File::options().read(true).write(true).create_new(true).mode(0o600).open(path).map_err(told)?;
        fs::remove_file(path).map_err(told)?;
        let mut key = [0; 32];
        random.fill(&mut key);
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).expect("32 bytes are a key"));
        Ok(Self { file, key, end: AtomicU64::new(0), blocks: Mutex::new(vec![Vec::new(); PARTS]) })
    }

    fn write(&self, part: usize, block: &mut Vec<u8>) -> Result<(), BuildError> {
        if block.is_empty() {
            return Ok(());
        }
        let length = block.len() + AES_256_GCM.tag_len();
        let at = self.end.fetch_add(length as u64, Ordering::Relaxed);
        let sealed = self.key.seal_in_place_append_tag(nonce(at), Aad::empty(), block);
        sealed.expect("sealing some kilobytes does not fail");
        self.file.write_all_at(block, at).map_err(told)?;
        self.blocks.lock().unwrap_or_else(PoisonError::into_inner)[part].push((at, length));
        block.clear();
        Ok(())
    }

    /// What lies on the disk, as it lies there.
    #[cfg(test)]
    pub(super) fn on_disk(&self) -> Vec<u8> {
        let mut bytes = vec![0; usize::try_from(self.end.load(Ordering::Relaxed)).expect("a small file")];
        self.file.read_exact_at(&mut bytes, 0).expect("a disk");
        bytes
    }

    /// The rows of a part, in any order.
    #[cfg(test)]
    pub(super) fn part(&self, part: usize) -> Result<Vec<u8>, BuildError> {
        let mut drawer = Drawer::default();
        self.draw(part, &mut drawer)?;
        Ok(drawer.rows)
    }

    /// Puts the rows of a part into `drawer`, in any order, in the place of those that were in it.
    pub(super) fn draw<'a>(&self, part: usize, drawer: &'a mut Drawer) -> Result<&'a [u8], BuildError> {
        let blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner)[part].clone();
        let Drawer { rows, block } = drawer;
        rows.clear();
        rows.reserve(blocks.iter().map(|(_, length)| *length).sum());
        for (at, length) in blocks {
            block.resize(length, 0);
            self.file.read_exact_at(block, at).map_err(told)?;
            let opened = self.key.open_in_place(nonce(at), Aad::empty(), block);
            // Nobody else has the file.
            rows.extend_from_slice(opened.map_err(|_| BuildError::Sorting(io::ErrorKind::InvalidData))?);
        }
        Ok(rows)
    }
}

/// One thread's rows on their way back from the disk. It is used again and again: new memory costs as much as reading.
#[derive(Default)]
pub(super) struct Drawer {
    rows: Vec<u8>,
    block: Vec<u8>,
}

/// No two blocks begin at one place.
fn nonce(at: u64) -> Nonce {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&at.to_be_bytes());
    Nonce::assume_unique_for_key(nonce)
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn told(error: io::Error) -> BuildError {
    BuildError::Sorting(error.kind())
}

/// One thread's rows on their way to the disk.
pub(super) struct Buckets<'a> {
    spill: &'a Spill,
    blocks: Vec<Vec<u8>>,
}

impl<'a> Buckets<'a> {
    pub(super) fn new(spill: &'a Spill) -> Self {
        Self { spill, blocks: vec![Vec::new(); PARTS] }
    }

    /// The block to which a row of this part is appended; [`Self::pushed`] is called afterwards.
    pub(super) fn block(&mut self, part: u8) -> &mut Vec<u8> {
        &mut self.blocks[usize::from(part)]
    }

    pub(super) fn pushed(&mut self, part: u8) -> Result<(), BuildError> {
        let part = usize::from(part);
        if self.blocks[part].len() < BLOCK_BYTES {
            return Ok(());
        }
        self.spill.write(part, &mut self.blocks[part])
    }

    pub(super) fn finish(mut self) -> Result<(), BuildError> {
        self.blocks.iter_mut().enumerate().try_for_each(|(part, block)| self.spill.write(part, block))
    }
}
