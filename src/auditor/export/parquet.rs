//! Parquet with typed columns; the version of the columns stands in the file's metadata.

use std::io::{self, Write};
use std::mem;
use std::sync::Arc;

use jiff::Timestamp;
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;

use super::Form;
use super::cells::{COLUMNS, Cell, SCHEMA_VERSION, cells};
use crate::auditor::LookUp;
use crate::tables::{GROUP_ROWS, Type, schema, write_values};

pub(super) struct Parquet<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    waiting: Columns,
}

/// The values of every column, in its order.
pub(super) struct Columns(Vec<Column>);

enum Column {
    Text(Vec<Option<ByteArray>>),
    Number(Vec<Option<i64>>),
}

impl Default for Columns {
    fn default() -> Self {
        let column = |(_, kind)| match kind {
            Type::Text => Column::Text(Vec::new()),
            Type::Number | Type::Day | Type::Moment => Column::Number(Vec::new()),
        };
        Self(COLUMNS.map(column).into())
    }
}

impl Columns {
    fn rows(&self) -> usize {
        self.0.first().map_or(0, |column| match column {
            Column::Text(values) => values.len(),
            Column::Number(values) => values.len(),
        })
    }

    fn add(&mut self, look_up: &LookUp) {
        for (column, cell) in self.0.iter_mut().zip(cells(look_up)) {
            match (column, cell) {
                (Column::Text(values), Cell::Text(text)) => {
                    values.push(text.map(|text| ByteArray::from(text.into_owned().into_bytes())));
                }
                (Column::Number(values), Cell::Number(number)) => values.push(number),
                (Column::Number(values), Cell::Moment(at)) => values.push(at.map(Timestamp::as_microsecond)),
                // The types of the cells are those of the columns; a test reads every one of them back.
                (Column::Text(values), _) => values.push(None),
                (Column::Number(values), Cell::Text(_)) => values.push(None),
            }
        }
    }

    fn append(&mut self, more: Self) {
        for column in self.0.iter_mut().zip(more.0) {
            match column {
                (Column::Text(values), Column::Text(more)) => values.extend(more),
                (Column::Number(values), Column::Number(more)) => values.extend(more),
                _ => {}
            }
        }
    }
}

impl<W: Write + Send> Parquet<W> {
    pub(super) fn new(into: W) -> io::Result<Self> {
        let version = KeyValue::new("glasplade.audit.schema".to_owned(), SCHEMA_VERSION.to_owned());
        let properties = WriterProperties::builder().set_key_value_metadata(Some(vec![version])).build();
        let schema = schema("look_up", COLUMNS).map_err(failed)?;
        let writer = SerializedFileWriter::new(into, schema, Arc::new(properties)).map_err(failed)?;
        Ok(Self { writer, waiting: Columns::default() })
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        let columns = mem::take(&mut self.waiting);
        let mut group = self.writer.next_row_group()?;
        for column in columns.0 {
            match column {
                Column::Text(values) => write_values::<ByteArrayType, _>(&mut group, values.into_iter())?,
                Column::Number(values) => write_values::<Int64Type, _>(&mut group, values.into_iter())?,
            }
        }
        group.close().map(drop)
    }
}

impl<W: Write + Send> Form for Parquet<W> {
    type Rows = Columns;

    fn add(columns: &mut Columns, look_up: &LookUp) -> io::Result<()> {
        columns.add(look_up);
        Ok(())
    }

    fn write(&mut self, columns: Columns) -> io::Result<()> {
        self.waiting.append(columns);
        if self.waiting.rows() >= GROUP_ROWS { self.write_group().map_err(failed) } else { Ok(()) }
    }

    fn finish(mut self) -> io::Result<()> {
        if self.waiting.rows() > 0 {
            self.write_group().map_err(failed)?;
        }
        self.writer.close().map_err(failed)?;
        Ok(())
    }
}

fn failed(error: ParquetError) -> io::Error {
    io::Error::other(error)
}
