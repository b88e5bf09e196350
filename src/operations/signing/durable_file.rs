//! Files that are there as a whole or not at all, also after a power cut.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Its owner alone.
    Owner,
    /// Everybody whom the system lets.
    Anybody,
}

/// Writes a file anew: into a neighbour first, which takes its place when it is safely on the disk.
///
/// # Errors
/// What the system answers; the old file is untouched then.
pub fn write(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    let new = path.with_added_extension("new");
    let mut file = options(readers).create(true).truncate(true).open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    sync_folder(path)
}

/// Writes a file that must not be there yet.
///
/// # Errors
/// What the system answers, also that there is such a file.
pub fn create(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    let mut file = options(readers).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    sync_folder(path)
}

/// Locks a file, making it when missing, until what is returned is dropped. Others wait.
///
/// # Errors
/// What the system answers.
pub fn lock(path: &Path) -> io::Result<File> {
    let file = options(Readers::Owner).create(true).open(path)?;
    file.lock()?;
    Ok(file)
}

fn options(readers: Readers) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if readers == Readers::Owner { 0o600 } else { 0o644 });
    options
}

/// A new name in a folder is safe only when the folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.map_or(PathBuf::from("."), Path::to_path_buf))?.sync_all()
}
