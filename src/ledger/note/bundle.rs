//! Contents of tiles and entry bundles as bytes (`tlog-tiles`).

use crate::values::Digest;

/// Most bytes of one entry in a bundle, whose length has 16 bits.
pub const LONGEST_ENTRY: usize = u16::MAX as usize;

/// Says why bytes are not the tile or bundle that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// An entry that the format has no length for.
    #[error("an entry has {bytes} bytes and may have {LONGEST_ENTRY} in a bundle")]
    EntryTooLong {
        /// Its size.
        bytes: usize,
    },
    /// A tile of another size.
    #[error("the tile has {found} bytes instead of {expected}: it was cut, or is another tile")]
    TileLength {
        /// Bytes there should be.
        expected: usize,
        /// Bytes there are.
        found: usize,
    },
    /// A bundle that ends early or late.
    #[error(
        "entry {entry} of the bundle (counted from 0) is not there or not whole: the bundle was cut, or is another one"
    )]
    Cut {
        /// Which entry.
        entry: u16,
    },
    /// Bytes after the last entry.
    #[error("the bundle has {bytes} bytes after its last entry: it is another one, or something was added")]
    Trailing {
        /// How many.
        bytes: usize,
    },
}

/// Writes hashes one after the other.
pub fn write_hashes(hashes: &[Digest]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// Reads a tile of so many hashes.
pub fn read_hashes(bytes: &[u8], width: u16) -> Result<Vec<Digest>, BundleError> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    if !rest.is_empty() || hashes.len() != usize::from(width) {
        return Err(BundleError::TileLength { expected: usize::from(width) * 32, found: bytes.len() });
    }
    Ok(hashes.iter().copied().map(Digest).collect())
}

/// Writes entries, each after its length.
pub fn write_bundle<E: AsRef<[u8]>>(entries: impl IntoIterator<Item = E>) -> Result<Vec<u8>, BundleError> {
    let mut bytes = Vec::new();
    for entry in entries {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len()).map_err(|_| BundleError::EntryTooLong { bytes: entry.len() })?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// Reads a bundle of so many entries.
pub fn read_bundle(bytes: &[u8], width: u16) -> Result<Vec<&[u8]>, BundleError> {
    let mut rest = bytes;
    let entries = (0..width).map(|entry| split_entry(&mut rest).ok_or(BundleError::Cut { entry })).collect();
    if rest.is_empty() { entries } else { entries.and(Err(BundleError::Trailing { bytes: rest.len() })) }
}

fn split_entry<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<2>()?;
    let (entry, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    *rest = after;
    Some(entry)
}
