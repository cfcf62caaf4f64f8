//! What every file of rows and columns needs, whoever writes it: typed Parquet columns, and no cell that a spreadsheet
//! would take for something else.

mod parquet;
mod spreadsheet;

pub use self::parquet::Type;
pub(crate) use self::parquet::{GROUP_ROWS, schema, write_values};
pub(crate) use spreadsheet::{defused, is_misread_number};
