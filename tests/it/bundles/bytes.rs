//! Every byte of a bundle is looked at.

use outcome_ledger::contract::bundle::{Malformed, ustar};
use rayon::prelude::*;

use super::*;

/// What is found: codes, or which file cannot be read.
fn found(archive: &[u8], policy: &Policy) -> Vec<String> {
    match check(archive, policy, None) {
        Ok(checked) => checked.findings.iter().map(|finding| finding.code.to_owned()).collect(),
        Err(Malformed { file, reason }) => vec![format!("{file}: {reason}")],
    }
}

/// Another bit each time, so that every bit of a byte is tried somewhere.
fn flipped(archive: &[u8], at: usize) -> Vec<u8> {
    let mut other = archive.to_vec();
    other[at] ^= 1 << (at % 8);
    other
}

#[test]
fn a_change_of_any_single_byte_is_found() {
    let policy = policy(&key(ORIGIN, 1));
    let closed = archive(&Export { closed: true, ..CONTRACT });
    let all = archive(&EVERYTHING);
    assert_eq!((found(&closed, &policy), found(&all, &policy)), (vec![], vec![]));
    // Where contents are closed no settlement is computed again, so that every byte can be tried; of the other, some.
    let every = (0..closed.len()).map(|at| (&closed, at));
    let some = (0..all.len()).step_by(41).map(|at| (&all, at));
    let tried: Vec<_> = every.chain(some).collect();
    let missed: Vec<usize> = tried
        .par_iter()
        .filter(|(archive, at)| found(&flipped(archive, *at), &policy).is_empty())
        .map(|(_, at)| *at)
        .collect();
    assert_eq!(missed, [0; 0], "of {} bytes", tried.len());
}

#[test]
fn an_archive_cut_anywhere_is_refused() {
    let archive = archive(&CONTRACT);
    for length in (0..archive.len()).step_by(97) {
        assert!(check(&archive[..length], &policy(&key(ORIGIN, 1)), None).is_err(), "{length} bytes");
    }
    let longer = [&archive[..], &[0; 512]].concat();
    assert!(check(&longer, &policy(&key(ORIGIN, 1)), None).is_err());
}

/// Files as they stand in the archive.
fn files(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let files = ustar::read(archive).unwrap();
    files.into_iter().map(|(name, content)| (name.to_owned(), content.to_vec())).collect()
}

#[test]
fn files_that_are_missing_unknown_or_of_another_version_are_named() {
    let archive = archive(&CONTRACT);
    let policy = policy(&key(ORIGIN, 1));
    let names: Vec<String> = files(&archive).into_iter().map(|file| file.0).collect();
    assert_eq!(names.len(), 13, "{names:?}");
    for name in &names {
        let mut others = files(&archive);
        others.retain(|file| file.0 != *name);
        let Malformed { file, .. } = check(&ustar::write(&others), &policy, None).unwrap_err();
        assert_eq!(file, *name);
    }
    for name in ["readme", "consistency/07", "consistency/x", "contracts/x/facts"] {
        let mut others = files(&archive);
        others.push((name.into(), vec![0; 32]));
        assert_eq!(check(&ustar::write(&others), &policy, None).unwrap_err().file, name);
    }
    let mut others = files(&archive);
    let manifest = others.iter_mut().find(|file| file.0 == "manifest.json").unwrap();
    manifest.1 = String::from_utf8(manifest.1.clone()).unwrap().replace("bundle/v1", "bundle/v2").into_bytes();
    let Malformed { reason, .. } = check(&ustar::write(&others), &policy, None).unwrap_err();
    assert!(reason.contains("version `outcome-ledger/bundle/v2`"), "{reason}");
}
