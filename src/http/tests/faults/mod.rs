//! Each fault in each case system, in the register and in the directory: the answer comes in time, says who failed, keeps
//! the rest, and shows nobody else.

mod cases;
mod directory;
mod register;
mod watch;
