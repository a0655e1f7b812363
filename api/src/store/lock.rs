//! Keeps a second `serve` or `migrate` off one SQLite file. PostgreSQL needs no such guard.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::PathBuf;
use std::sync::Arc;

use super::StoreError;
use super::address::Address;

/// Held as long as this process may write the file; the system lets go of it when the process ends.
#[derive(Debug)]
pub struct FileLock {
    _file: Option<File>,
}

/// Takes the lock beside the database file, `<file>.lock`.
///
/// # Errors
/// [`StoreError::InUse`] if another process holds it.
pub(super) fn lock(address: &Address) -> Result<FileLock, StoreError> {
    let Address::Sqlite { file } = address else { return Ok(FileLock { _file: None }) };
    let mut name = file.clone().into_os_string();
    name.push(".lock");
    let path = PathBuf::from(name);
    let broken = |cause| StoreError::LockFile { path: path.clone(), cause: Arc::new(cause) };
    // The file is never emptied, so that taking the lock changes nothing for who holds it.
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path).map_err(broken)?;
    match file.try_lock() {
        Ok(()) => Ok(FileLock { _file: Some(file) }),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { path }),
        Err(TryLockError::Error(cause)) => Err(broken(cause)),
    }
}
