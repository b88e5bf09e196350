//! Tiles, bundles and proofs out of them.

use super::{
    super::{bundle::BundleError, *},
    *,
};

fn hashes(level: u8, index: u64, width: u16) -> Tile {
    Tile::new(TileContent::Hashes { level }, index, width).unwrap()
}

#[test]
fn paths_are_written_and_read_as_specified() {
    for (tile, path) in [
        (hashes(0, 0, 256), "tile/0/000"),
        (hashes(0, 999, 1), "tile/0/999.p/1"),
        (hashes(1, 1_000, 255), "tile/1/x001/000.p/255"),
        // The example of tlog-tiles.
        (hashes(3, 1_234_067, 256), "tile/3/x001/x234/067"),
        (hashes(63, u64::MAX, 256), "tile/63/x018/x446/x744/x073/x709/x551/615"),
        (Tile::new(TileContent::Entries, 273, 112).unwrap(), "tile/entries/273.p/112"),
    ] {
        assert_eq!(tile.to_string(), path);
        assert_eq!(Tile::parse(path), Ok(tile));
    }
    for bad in [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/0/000/",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x01/000",
        "tile/0/x001/x000",
        "tile/0/+01",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p/1/2",
        "tile/0/000.p/65537",
        "tile/0/000p/1",
        "tile/0/../000",
        "tile/0/000%20",
        "tile/entries",
        "tile/Entries/000",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert!(Tile::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_tree_of_70_000_leaves_has_the_tiles_of_the_specification() {
    let mut counted = std::collections::BTreeMap::<_, Vec<u16>>::new();
    for tile in Tile::all(70_000) {
        counted.entry(tile.content()).or_default().push(tile.width());
        assert!(tile.is_in(70_000));
        assert_eq!(tile.is_in(69_999), tile.width() == 256 || tile.start() + u64::from(tile.width()) < 274, "{tile}");
    }
    let level = |level| &counted[&TileContent::Hashes { level }];
    assert_eq!((level(0).len(), level(0)[273]), (274, 112));
    assert!(level(0)[..273].iter().all(|width| *width == 256));
    assert_eq!(level(1).as_slice(), [256, 17]);
    assert_eq!(level(2).as_slice(), [1]);
    assert_eq!(counted[&TileContent::Entries], *level(0));
    assert_eq!(counted.len(), 4);
    // "a tree of size 256 will be represented by a full level 0 tile and a partial level 1 tile of width 1"
    let paths: Vec<_> = Tile::all(256).map(|tile| tile.to_string()).collect();
    assert_eq!(paths, ["tile/0/000", "tile/1/000.p/1", "tile/entries/000"]);
    assert_eq!(Tile::all(0).count(), 0);
    assert!(Tile::at(TileContent::Hashes { level: 8 }, 0, u64::MAX).is_none());
}

#[test]
fn bundles_are_read_whole_or_not_at_all() {
    let entries = [b"one".as_slice(), b"", &[7; 65_535]];
    let bytes = write_bundle(entries).unwrap();
    assert_eq!(bytes[..7], *b"\0\x03one\0\0");
    assert_eq!(read_bundle(&bytes, 3).unwrap(), entries);
    assert_eq!(read_bundle(&bytes, 4), Err(BundleError::Cut { entry: 3 }));
    assert_eq!(read_bundle(&bytes, 2), Err(BundleError::Trailing { bytes: 65_537 }));
    assert_eq!(read_bundle(&bytes[..bytes.len() - 1], 3), Err(BundleError::Cut { entry: 2 }));
    assert_eq!(write_bundle([[0; 65_536]]), Err(BundleError::EntryTooLong { bytes: 65_536 }));
    let digests = [Digest([1; 32]), Digest([2; 32])];
    let bytes = write_hashes(&digests);
    assert_eq!(read_hashes(&bytes, 2).unwrap(), digests);
    assert_eq!(read_hashes(&bytes, 1), Err(BundleError::TileLength { expected: 32, found: 64 }));
    assert_eq!(read_hashes(&bytes[1..], 2), Err(BundleError::TileLength { expected: 64, found: 63 }));
}
