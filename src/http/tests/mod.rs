//! Routes in process.
