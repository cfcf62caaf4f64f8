//! Parquet with typed columns; the version of the columns stands in the file's metadata.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};

use super::Sink;
use super::cells::{COLUMNS, Cell, SCHEMA_VERSION, cells};
use crate::auditor::LookUp;
use crate::tables::{GROUP_ROWS, schema, write_values};

pub(super) struct Parquet<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    columns: Vec<Vec<Cell>>,
}

impl<W: Write + Send> Parquet<W> {
    pub(super) fn new(into: W) -> io::Result<Self> {
        let version = KeyValue::new("glasplade.audit.schema".to_owned(), SCHEMA_VERSION.to_owned());
        let properties = WriterProperties::builder().set_key_value_metadata(Some(vec![version])).build();
        let schema = schema("look_up", COLUMNS).map_err(failed)?;
        let writer = SerializedFileWriter::new(into, schema, Arc::new(properties)).map_err(failed)?;
        Ok(Self { writer, columns: empty() })
    }

    fn write_group(&mut self) -> io::Result<()> {
        let columns = std::mem::replace(&mut self.columns, empty());
        if columns[0].is_empty() {
            return Ok(());
        }
        let mut group = self.writer.next_row_group().map_err(failed)?;
        for column in &columns {
            write_column(&mut group, column).map_err(failed)?;
        }
        group.close().map_err(failed)?;
        Ok(())
    }
}

impl<W: Write + Send> Sink for Parquet<W> {
    fn take(&mut self, look_up: &LookUp) -> io::Result<()> {
        for (column, cell) in self.columns.iter_mut().zip(cells(look_up)) {
            column.push(cell);
        }
        if self.columns[0].len() >= GROUP_ROWS { self.write_group() } else { Ok(()) }
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.write_group()?;
        self.writer.close().map_err(failed)?;
        Ok(())
    }
}

fn failed(error: ParquetError) -> io::Error {
    io::Error::other(error)
}

fn empty() -> Vec<Vec<Cell>> {
    COLUMNS.iter().map(|_| Vec::with_capacity(GROUP_ROWS)).collect()
}

fn write_column<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    cells: &[Cell],
) -> Result<(), ParquetError> {
    if let Some(Cell::Text(_)) = cells.first() {
        let text = |cell: &Cell| match cell {
            Cell::Text(text) => text.as_deref().map(ByteArray::from),
            _ => None,
        };
        return write_values::<ByteArrayType, _>(group, cells.iter().map(text));
    }
    let number = |cell: &Cell| match cell {
        Cell::Number(number) => *number,
        Cell::Moment(at) => at.map(jiff::Timestamp::as_microsecond),
        Cell::Text(_) => None,
    };
    write_values::<Int64Type, _>(group, cells.iter().map(number))
}
