//! Parquet with typed columns; the schema's version, the head, the counts and the gaps stand in the file's metadata.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::data_type::{ByteArray, ByteArrayType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use serde::Serialize;

use super::{Cell, Column, Counts, GapLine, Kind, List, SCHEMA_VERSION, Unwritten};
use crate::tables::{GROUP_ROWS, schema, write_values};
use crate::target_groups::{Day, ListedCitizen};

pub(super) fn write<W: Write + Send>(list: &List<'_>, into: W) -> Result<(), Unwritten> {
    written(list, into).map_err(|error| Unwritten::Refused(io::Error::other(error)))
}

fn written<W: Write + Send>(list: &List<'_>, into: W) -> Result<(), ParquetError> {
    let about = vec![
        KeyValue::new("glasplade.list.schema".to_owned(), SCHEMA_VERSION.to_owned()),
        KeyValue::new("glasplade.list.head".to_owned(), text(&list.head)?),
        KeyValue::new("glasplade.list.counts".to_owned(), text(&Counts::of(list.report))?),
        KeyValue::new("glasplade.list.gaps".to_owned(), text(&GapLine::all(list.report))?),
    ];
    let properties = WriterProperties::builder().set_key_value_metadata(Some(about)).build();
    let schema = schema("citizen", list.columns.iter().map(|column| (column.code, column.kind.stored())))?;
    let mut writer = SerializedFileWriter::new(into, schema, Arc::new(properties))?;
    for citizens in list.report.citizens.chunks(GROUP_ROWS) {
        let mut group = writer.next_row_group()?;
        for column in &list.columns {
            write_column(&mut group, column, citizens)?;
        }
        group.close()?;
    }
    writer.close()?;
    Ok(())
}

fn text(value: &impl Serialize) -> Result<String, ParquetError> {
    serde_json::to_string(value).map_err(|error| ParquetError::General(error.to_string()))
}

fn write_column<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    column: &Column,
    citizens: &[ListedCitizen],
) -> Result<(), ParquetError> {
    let cells = citizens.iter().map(column.of);
    match column.kind {
        Kind::Text | Kind::Codes => write_values::<ByteArrayType, _>(
            group,
            cells.map(|cell| match cell {
                Cell::Empty => None,
                told => Some(ByteArray::from(&*told.plain())),
            }),
        ),
        Kind::Number => write_values::<Int64Type, _>(
            group,
            cells.map(|cell| if let Cell::Number(number) = cell { Some(number.into()) } else { None }),
        ),
        Kind::Date => write_values::<Int32Type, _>(
            group,
            cells.map(|cell| if let Cell::Date(date) = cell { Some(Day::of(date).0) } else { None }),
        ),
    }
}
