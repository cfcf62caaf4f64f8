//! Typed Parquet columns, one group of rows at a time.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, TimeUnit, Type as PhysicalType};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::writer::SerializedRowGroupWriter;
use parquet::schema::types::{Type as SchemaType, TypePtr};

/// So many rows are one group; what is written of them is in memory until the group is.
pub(crate) const GROUP_ROWS: usize = 20_000;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Text in UTF-8.
    Text,
    /// A whole number.
    Number,
    /// A calendar day, as days since 1970-01-01.
    Day,
    /// A moment in UTC, in microseconds.
    Moment,
}

/// The schema of flat columns. Every column may be empty, so that a column that comes later can be.
pub(crate) fn schema<'a>(
    name: &str,
    columns: impl IntoIterator<Item = (&'a str, Type)>,
) -> Result<TypePtr, ParquetError> {
    let column = |(name, kind): (&str, Type)| {
        let (physical, logical) = match kind {
            Type::Text => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
            Type::Number => (PhysicalType::INT64, None),
            Type::Day => (PhysicalType::INT32, Some(LogicalType::Date)),
            Type::Moment => (PhysicalType::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
        };
        let field = SchemaType::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL);
        field.with_logical_type(logical).build().map(Arc::new)
    };
    let fields = columns.into_iter().map(column).collect::<Result<_, _>>()?;
    SchemaType::group_type_builder(name).with_fields(fields).build().map(Arc::new)
}

/// Writes the group's next column; `None` is an empty cell.
pub(crate) fn write_values<D: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    cells: impl Iterator<Item = Option<D::T>>,
) -> Result<(), ParquetError> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    for cell in cells {
        levels.push(i16::from(cell.is_some()));
        values.extend(cell);
    }
    let Some(mut column) = group.next_column()? else {
        return Err(ParquetError::General("there are more columns than the schema has".to_owned()));
    };
    column.typed::<D>().write_batch(&values, Some(&levels), None)?;
    column.close()
}
