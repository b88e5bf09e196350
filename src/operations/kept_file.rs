//! A small file that one process keeps: nobody else replaces it meanwhile, and after a crash it is whole.

use std::{
    fmt,
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use super::signing::durable_file::{self, Readers};

/// Says what could not be done with a file.
#[derive(Debug)]
pub struct FileError {
    /// Which file.
    pub path: PathBuf,
    /// What was tried, such as `read`.
    pub tried: &'static str,
    /// What the system answered.
    pub cause: io::Error,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {} {}: {}", self.tried, self.path.display(), self.cause)
    }
}

impl std::error::Error for FileError {}

/// A file that this process alone reads and replaces, for as long as it holds this value.
#[derive(Debug)]
pub struct KeptFile {
    path: PathBuf,
    // Released when dropped, also when the process is killed.
    _lock: File,
}

impl KeptFile {
    /// Makes the file with its first content, readable by its owner only.
    ///
    /// # Errors
    /// When there is one already, or the system refuses.
    pub fn create(path: &Path, content: &[u8]) -> Result<(), FileError> {
        let created = durable_file::create(path, content, Readers::Owner);
        created.map_err(|cause| FileError { path: path.to_owned(), tried: "create", cause })
    }

    /// Takes the file for this process and reads it.
    ///
    /// # Errors
    /// When another process has it, or the system refuses.
    pub fn open(path: &Path) -> Result<(Self, Vec<u8>), FileError> {
        let told = |tried| move |cause| FileError { path: path.to_owned(), tried, cause };
        let content = || fs::read(path).map_err(told("read"));
        content()?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(path.with_added_extension("lock"));
        let lock = lock.map_err(told("lock"))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => {
                told("lock")(io::Error::other("another process works with it; end that one first"))
            }
            TryLockError::Error(cause) => told("lock")(cause),
        })?;
        // Read again: what counts is what stands there while nobody else can write.
        let content = content()?;
        Ok((Self { path: path.to_owned(), _lock: lock }, content))
    }

    /// Replaces the content; when this returns without an error, the new one survives a loss of power.
    ///
    /// # Errors
    /// When the system refuses. Then the file may hold either content: whoever depends on it has to open it again.
    pub fn replace(&mut self, content: &[u8]) -> Result<(), FileError> {
        let replaced = durable_file::write(&self.path, content, Readers::Owner);
        replaced.map_err(|cause| FileError { path: self.path.clone(), tried: "replace", cause })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_made_once_held_by_one_and_replaced_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        assert_eq!(KeptFile::open(&path).unwrap_err().tried, "read");
        KeptFile::create(&path, b"one").unwrap();
        assert_eq!(KeptFile::create(&path, b"two").unwrap_err().tried, "create");
        let (mut file, content) = KeptFile::open(&path).unwrap();
        assert_eq!(content, b"one");
        let taken = KeptFile::open(&path).unwrap_err();
        assert!(taken.to_string().contains("another process works with it"), "{taken}");
        file.replace(b"three").unwrap();
        // What a crash in the middle of a replacement leaves behind changes nothing.
        fs::write(path.with_added_extension("new"), b"thr").unwrap();
        drop(file);
        let (mut file, content) = KeptFile::open(&path).unwrap();
        assert_eq!(content, b"three");
        file.replace(b"four").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"four");
        // A replacement that cannot be written is told, and the old content stays.
        fs::create_dir(path.with_added_extension("new")).unwrap();
        assert_eq!(file.replace(b"five").unwrap_err().tried, "replace");
        assert_eq!(fs::read(&path).unwrap(), b"four");
    }
}
