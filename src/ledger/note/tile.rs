//! Tiles (`tlog-tiles`): a tree cut into pieces 256 wide that never change once they are full, each with a path.

use std::fmt;

use super::encoding::decimal;

/// Hashes in a full tile and entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;
/// The highest level that a path can name.
const HIGHEST_LEVEL: u8 = 63;

/// Says what a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TileContent {
    /// Hashes: of leaves at level 0, else the roots of full tiles one level below.
    Hashes {
        /// The level, from 0.
        level: u8,
    },
    /// The entries themselves.
    Entries,
}

/// Names one tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    content: TileContent,
    index: u64,
    width: u16,
}

/// Says why a path names no tile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{path:?} names no tile: expected tile/LEVEL/INDEX or tile/entries/INDEX, such as tile/0/x001/234 or tile/0/000.p/17"
)]
pub struct TilePathError {
    /// The path, shortened.
    pub path: String,
}

impl Tile {
    /// Names a tile by what it holds, its place in its level, and how much of it there is; none unless 1 to 256.
    pub const fn new(content: TileContent, index: u64, width: u16) -> Option<Self> {
        match (content, width) {
            (_, 0) | (_, 257..) | (TileContent::Hashes { level: 64.. }, _) => None,
            _ => Some(Self { content, index, width }),
        }
    }

    /// Reads a path from somebody else, without a leading slash. Only the one form that [`fmt::Display`] writes is read.
    pub fn parse(path: &str) -> Result<Self, TilePathError> {
        let tile = read(path).filter(|tile| tile.to_string() == path);
        tile.ok_or_else(|| TilePathError { path: path.chars().take(80).collect() })
    }

    /// All tiles of a tree of so many leaves, hashes before entries, in order.
    pub fn all(size: u64) -> impl Iterator<Item = Self> {
        let levels = (0..8_u8).map(|level| TileContent::Hashes { level });
        levels.chain([TileContent::Entries]).flat_map(move |content| {
            let tiles = content.hashes_in(size).div_ceil(u64::from(TILE_WIDTH));
            (0..tiles).filter_map(move |index| Self::at(content, index, size))
        })
    }

    /// The tile with this index as a tree of so many leaves has it; none when the tree does not reach there.
    pub fn at(content: TileContent, index: u64, size: u64) -> Option<Self> {
        let start = index.checked_mul(u64::from(TILE_WIDTH))?;
        let left = content.hashes_in(size).saturating_sub(start).min(u64::from(TILE_WIDTH));
        Self::new(content, index, u16::try_from(left).ok()?)
    }

    /// Whether a tree of so many leaves has everything this tile holds.
    pub fn is_in(&self, size: u64) -> bool {
        Self::at(self.content, self.index, size).is_some_and(|whole| whole.width >= self.width)
    }

    /// What it holds.
    pub const fn content(&self) -> TileContent {
        self.content
    }

    /// Its place in its level, from 0.
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes or entries it holds, 1 to 256.
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// The place of its first hash or entry in its level.
    pub const fn start(&self) -> u64 {
        self.index.saturating_mul(TILE_WIDTH as u64)
    }

    /// The same tile when it is full, which a log may serve instead.
    pub const fn full(self) -> Self {
        Self { width: TILE_WIDTH, ..self }
    }
}

impl TileContent {
    /// How many hashes or entries of this kind a tree of so many leaves has.
    pub const fn hashes_in(self, size: u64) -> u64 {
        match self {
            Self::Hashes { level: level @ 0..8 } => size >> (8 * level),
            Self::Hashes { .. } => 0,
            Self::Entries => size,
        }
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.content {
            TileContent::Hashes { level } => write!(f, "tile/{level}/")?,
            TileContent::Entries => f.write_str("tile/entries/")?,
        }
        write_index(f, self.index / 1000)?;
        write!(f, "{:03}", self.index % 1000)?;
        if self.width < TILE_WIDTH { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// Writes all but the last three digits: `x001/x234/` of 1234067.
fn write_index(f: &mut fmt::Formatter<'_>, thousands: u64) -> fmt::Result {
    if thousands == 0 {
        return Ok(());
    }
    write_index(f, thousands / 1000)?;
    write!(f, "x{:03}/", thousands % 1000)
}

fn read(path: &str) -> Option<Tile> {
    let (content, rest) = path.strip_prefix("tile/")?.split_once('/')?;
    let content = match content {
        "entries" => TileContent::Entries,
        level => {
            TileContent::Hashes { level: u8::try_from(decimal(level)?).ok().filter(|level| *level <= HIGHEST_LEVEL)? }
        }
    };
    let (index, width) = match rest.split_once(".p/") {
        Some((index, width)) => (index, u16::try_from(decimal(width)?).ok()?),
        None => (rest, TILE_WIDTH),
    };
    let mut digits = index.split('/').map(|part| part.strip_prefix('x').unwrap_or(part)).filter(|part| part.len() == 3);
    let index = digits.try_fold(0_u64, |index, part| {
        let three = part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u64>().ok())??;
        index.checked_mul(1000)?.checked_add(three)
    })?;
    Tile::new(content, index, width)
}
