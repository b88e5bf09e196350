//! Another verifier, in another language and written from the document alone, agrees.

use std::{
    path::Path,
    process::{Command, Output},
};

use super::*;

fn python(folder: &Path, words: &[String]) -> Output {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bundle_verifier.py");
    let command = Command::new("python3").arg(program).args(words).current_dir(folder).output();
    command.expect("python3 is needed for this test: install it, version 3.9 or later")
}

/// What it says about each of the archives.
pub fn says(archives: &[Vec<u8>], key: &SignerKey) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut words = vec![key.verifier().to_string()];
    for (number, archive) in archives.iter().enumerate() {
        words.push(format!("{number}.bundle"));
        std::fs::write(folder.path().join(&words[number + 1]), archive).unwrap();
    }
    let output = python(folder.path(), &words);
    let said = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<String> = said.lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), archives.len(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    lines
}

#[test]
fn it_accepts_what_we_accept() {
    let archives = [
        archive(&EVERYTHING),
        archive(&Export { since: &[3, 4, 14], ..EVERYTHING }),
        archive(&Export { since: &[0, 1, 7, 13], ..CONTRACT }),
        archive(&Export { closed: true, ..CONTRACT }),
    ];
    assert_eq!(says(&archives, &key(ORIGIN, 1)), ["valid"; 4]);
    let refused = says(&archives, &key(ORIGIN, 2));
    assert!(refused.iter().all(|line| line.contains("the log did not sign the checkpoint")), "{refused:?}");
}

#[test]
fn it_finds_changes_of_single_bytes() {
    let whole = archive(&Export { since: &[7], ..CONTRACT });
    let flipped = (0..whole.len()).step_by(whole.len() / 200).map(|at| {
        let mut other = whole.clone();
        other[at] ^= 1 << (at % 8);
        other
    });
    let said = says(&flipped.collect::<Vec<_>>(), &key(ORIGIN, 1));
    assert!(said.len() >= 200);
    let missed: Vec<_> = said.iter().enumerate().filter(|(_, line)| !line.starts_with("invalid: ")).collect();
    assert_eq!(missed, []);
}

/// Files that fit the manifest and are still not what the log signed.
#[test]
fn it_finds_what_fits_the_manifest_and_not_the_log() {
    let whole = archive(&CONTRACT);
    type Change = fn(&mut Bundle);
    let cases: [(Change, &str); 6] = [
        (|bundle| bundle.entries[4].body.to_mut()[120] ^= 1, "is not in the signed tree"),
        (|bundle| drop(bundle.entries.remove(5)), "a chain goes from position"),
        (|bundle| bundle.founded_at_micros += 1, "an entry is of another log"),
        (|bundle| bundle.heads[0].seq += 1, "the list of all chains is not the recorded one"),
        (|bundle| contents(bundle).facts[1].commitment.0[0] ^= 1, "the content is not the one committed to"),
        (|bundle| contents(bundle).text.document.push(' '), "the agreement is not the one that was signed"),
    ];
    let changed = cases.map(|(change, _)| {
        let (mut bundle, ..) = Bundle::read(&whole).unwrap();
        change(&mut bundle);
        bundle.write()
    });
    for (said, (_, words)) in says(&changed, &key(ORIGIN, 1)).iter().zip(cases) {
        assert!(said.contains(words), "`{words}` not in `{said}`");
    }
}

fn contents<'b>(bundle: &'b mut Bundle) -> &'b mut outcome_ledger::contract::bundle::Contents {
    bundle.contracts.values_mut().next().unwrap()
}
