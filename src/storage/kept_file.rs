//! A small file that is replaced as a whole: after a crash it holds the old content or the new one, never a part of either.

use std::{
    ffi::OsString,
    fmt,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

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
        let told = |tried| move |cause| FileError { path: path.to_owned(), tried, cause };
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        // Keys are kept so, and nobody else needs to read the rest.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(told("create"))?;
        file.write_all(content).and_then(|()| file.sync_all()).map_err(told("write"))?;
        sync_folder(path).map_err(told("keep the name of"))
    }

    /// Takes the file for this process and reads it.
    ///
    /// # Errors
    /// When another process has it, or the system refuses.
    pub fn open(path: &Path) -> Result<(Self, Vec<u8>), FileError> {
        let told = |tried| move |cause| FileError { path: path.to_owned(), tried, cause };
        let content = || fs::read(path).map_err(told("read"));
        content()?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(beside(path, ".lock"));
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
        let fresh = beside(&self.path, ".new");
        let written = File::create(&fresh).and_then(|mut file| {
            file.write_all(content)?;
            file.sync_all()
        });
        let replaced = written.and_then(|()| fs::rename(&fresh, &self.path)).and_then(|()| sync_folder(&self.path));
        replaced.map_err(|cause| FileError { path: self.path.clone(), tried: "replace", cause })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

/// A new name in a folder is kept when the folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
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
        fs::write(beside(&path, ".new"), b"thr").unwrap();
        drop(file);
        let (mut file, content) = KeptFile::open(&path).unwrap();
        assert_eq!(content, b"three");
        file.replace(b"four").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"four");
        // A replacement that cannot be written is told, and the old content stays.
        fs::create_dir(beside(&path, ".new")).unwrap();
        assert_eq!(file.replace(b"five").unwrap_err().tried, "replace");
        assert_eq!(fs::read(&path).unwrap(), b"four");
    }
}
