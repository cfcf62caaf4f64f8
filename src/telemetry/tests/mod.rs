//! The room's own tests.

mod deployed;
mod ends;
mod sentences;
mod text;
mod waiting;
