//! FHIR R4 `AuditEvent`, one a line, after the patterns of IHE BALP: `PatientQuery` for a look-up, `PrivacyDisclosure` at the
//! source for an extract that was released. Codes and systems are those of BALP 1.1, HL7 terminology and DICOM.

mod event;

use std::io::{self, Write};

use super::Form;
use crate::auditor::LookUp;

pub(super) struct Fhir<W>(W);

impl<W> Fhir<W> {
    pub(super) fn new(into: W) -> Self {
        Self(into)
    }
}

impl<W: Write> Form for Fhir<W> {
    type Rows = Vec<u8>;

    fn add(lines: &mut Vec<u8>, look_up: &LookUp) -> io::Result<()> {
        serde_json::to_writer(&mut *lines, &event::of(look_up))?;
        lines.push(b'\n');
        Ok(())
    }

    fn write(&mut self, lines: Vec<u8>) -> io::Result<()> {
        self.0.write_all(&lines)
    }

    fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}
