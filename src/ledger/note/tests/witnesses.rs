//! What a witness answers, status by status, and that it never cosigns two histories.

use proptest::prelude::*;

use super::{
    super::{witness::Seen, *},
    *,
};

fn witness() -> Witness {
    Witness::new(witness_key(1), vec![log_key().verifier().clone()]).unwrap()
}

fn request(old_size: usize, size: usize, history: &str) -> AddCheckpoint {
    let tree = tree(size, history);
    let proof = tree.consistency_proof(old_size).unwrap_or_default();
    AddCheckpoint { old_size: old_size as u64, proof, checkpoint: Checkpoint::sign(&log_key(), head(&tree), 0) }
}

/// What the witness has seen after cosigning the honest tree of so many leaves.
fn seen(size: usize) -> Option<Seen> {
    let cosigned = witness().consider(&request(0, size, "honest"), |_| None, 5).unwrap();
    witness().recall(cosigned.seen).map(|(_, seen)| seen)
}

fn answer(request: &AddCheckpoint, last: Option<Seen>) -> Result<Cosigned, Refusal> {
    witness().consider(request, |origin| last.filter(|_| origin == "log.example/one"), 9)
}

#[test]
fn growth_is_cosigned_and_remembered() {
    for (old, new) in [(0, 0), (0, 1), (0, 6), (3, 3), (3, 4), (4, 9)] {
        let last = if old == 0 { None } else { seen(old) };
        let asked = request(old, new, "honest");
        let cosigned = answer(&asked, last).unwrap_or_else(|refusal| panic!("{old} to {new}: {refusal}"));
        assert_eq!(witness().key().verify(asked.checkpoint.text(), &cosigned.line.signature), Some(Some(9)));
        assert_eq!(cosigned.origin, "log.example/one");
        let (origin, seen) = witness().recall(cosigned.seen.clone()).unwrap();
        assert_eq!(
            (origin.as_str(), seen.head, seen.note),
            ("log.example/one", head(&tree(new, "honest")), Some(cosigned.seen))
        );
    }
}

#[test]
fn each_refusal_has_the_status_of_the_specification() {
    let unsigned = |checkpoint: Note| AddCheckpoint { checkpoint, ..request(3, 5, "honest") };
    let honest = request(3, 5, "honest");
    let text = honest.checkpoint.text().to_owned();
    let by_other = Note::new(text.clone()).unwrap().signed_by(&key("log.example/one", KeyKind::Note, 9), 0);
    let mut forged = honest.checkpoint.clone();
    let mut line = log_key().sign(&text, 0);
    line.signature[0] ^= 1;
    forged.add(line);
    let unknown = Checkpoint::sign(&key("log.example/two", KeyKind::Note, 1), head(&tree(5, "honest")), 0);
    let mut cut = honest.clone();
    cut.proof.pop();
    let extra = AddCheckpoint { proof: vec![Digest::ZERO], ..request(0, 5, "honest") };
    for (asked, last, status, size) in [
        (unsigned(Note::new("no checkpoint\n".into()).unwrap().signed_by(&log_key(), 0)), seen(3), 400, None),
        (AddCheckpoint { old_size: 6, ..honest.clone() }, seen(6), 400, None),
        (unsigned(by_other), seen(3), 403, None),
        (unsigned(forged), seen(3), 403, None),
        (unsigned(unknown), seen(3), 404, None),
        // Asked from a size that this witness did not see last: it saw more, less, or nothing.
        (honest.clone(), seen(4), 409, Some(4)),
        (honest.clone(), seen(2), 409, Some(2)),
        (honest.clone(), None, 409, Some(0)),
        (request(0, 5, "honest"), seen(3), 409, Some(3)),
        // An older tree.
        (request(2, 2, "honest"), seen(3), 409, Some(3)),
        // Two trees of one size.
        (request(3, 3, "other"), seen(3), 409, Some(3)),
        // Another history, and proofs that prove nothing.
        (request(3, 5, "other"), seen(3), 422, None),
        (cut, seen(3), 422, None),
        (extra, None, 422, None),
    ] {
        let refusal = answer(&asked, last).unwrap_err();
        assert_eq!((refusal.status(), refusal.conflicting_size()), (status, size), "{refusal}");
    }
}

#[test]
fn a_fork_leaves_both_notes_as_evidence() {
    for (asked, words) in [
        (request(3, 3, "other"), "two different trees of size 3"),
        (request(3, 5, "other"), "nothing shows that the tree continues the one of size 3"),
    ] {
        let refusal = answer(&asked, seen(3)).unwrap_err();
        assert!(refusal.to_string().contains(words), "{refusal}");
        let (before, now) = refusal.evidence().unwrap();
        let log = log_key();
        assert!(before.verify([log.verifier()]).is_ok() && now.verify([log.verifier()]).is_ok());
        assert_ne!(before.text(), now.text());
    }
    assert_eq!(answer(&request(2, 5, "honest"), seen(3)).unwrap_err().evidence(), None);
}

#[test]
fn what_was_remembered_must_be_its_own() {
    let kept = answer(&request(0, 3, "honest"), None).unwrap().seen;
    assert!(witness().recall(kept.clone()).is_some());
    let log = log_key();
    assert!(witness().recall(kept.clone().only_by([log.verifier()])).is_none());
    let changed = kept.to_string().replacen("\n3\n", "\n2\n", 1);
    assert!(witness().recall(Note::parse(changed.as_bytes()).unwrap()).is_none());
    // Lines of strangers are not kept.
    let mut asked = request(3, 4, "honest");
    asked.checkpoint.add(witness_key(7).sign(asked.checkpoint.text(), 1));
    assert_eq!(answer(&asked, seen(3)).unwrap().seen.signatures().len(), 2);
    assert!(Witness::new(log_key(), vec![]).is_none(), "a key of a log is no key of a witness");
}

#[test]
fn requests_are_read_as_they_are_written() {
    let asked = request(3, 7, "honest");
    let body = asked.to_string();
    assert_eq!(AddCheckpoint::parse(body.as_bytes()), Ok(asked));
    // The example of tlog-witness, with its line breaks.
    let example = "old 20852014\n\
        PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\
        jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n\
        5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n\
        /6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\
        \n\
        example.com/behind-the-sofa\n\
        20852163\n\
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\
        \n\
        — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
        — example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";
    let read = AddCheckpoint::parse(example.as_bytes()).unwrap();
    assert_eq!((read.old_size, read.proof.len(), read.checkpoint.signatures().len()), (20_852_014, 4, 2));
    assert_eq!(read.to_string(), example);
    let hash = format!("{}\n", encoding::to_base64(&[0; 32]));
    let with = |hashes: usize| {
        AddCheckpoint::parse(body.replacen("old 3\n", &format!("old 3\n{}", hash.repeat(hashes)), 1).as_bytes())
    };
    let own = tree(7, "honest").consistency_proof(3).unwrap().len();
    assert_eq!(with(63 - own).unwrap().proof.len(), 63);
    assert!(with(64 - own).is_err());
    for (from, to) in
        [("old 3", "old 03"), ("old 3", "new 3"), ("old 3", "old -3"), ("old 3\n", ""), ("=\n", "\n"), ("\n\n", "\n")]
    {
        assert!(AddCheckpoint::parse(body.replacen(from, to, 1).as_bytes()).is_err(), "{from:?}");
    }
    for at in 0..body.len() {
        let _ = AddCheckpoint::parse(&body.as_bytes()[..at]).unwrap_err();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is asked in whatever order, everything cosigned is one history.
    #[test]
    fn all_that_is_cosigned_is_one_history(asked in prop::collection::vec((0..9_usize, 0..9_usize, prop::bool::ANY), 1..24)) {
        let mut last: Option<Seen> = None;
        let mut histories = std::collections::BTreeMap::new();
        for (old, new, honest) in asked {
            let history = if honest { "honest" } else { "other" };
            let Ok(cosigned) = answer(&request(old, new, history), last.clone()) else { continue };
            let before = last.map_or(0, |seen| seen.head.size);
            last = witness().recall(cosigned.seen).map(|(_, seen)| seen);
            let size = last.as_ref().map_or(0, |seen| seen.head.size);
            prop_assert!(size >= before);
            // Trees of up to two leaves are the same in both histories.
            if size > 2 { histories.insert(history, size); }
        }
        prop_assert!(histories.len() < 2, "{histories:?}");
    }
}
