//! A person who was erased: what is left of it in a bundle proves everything else.

use outcome_ledger::{
    contract::{audit::records::Opening, erasure::Basis},
    operations::erase_subject,
};

use super::{second_verifier::says, *};

/// The deal, signed, then p1 erased and signed again: the bundle before and after.
fn before_and_after(what: &Export) -> [Vec<u8>; 2] {
    let mut archives = [Vec::new(), Vec::new()];
    let kept = std::cell::RefCell::new(&mut archives);
    on_sqlite(|database| {
        let c = &mut signed(database);
        kept.borrow_mut()[0] = export(c, what);
        deal::act(c, |c, outside| erase_subject(c, outside, deal::CONTRACT, "p1", Basis::Request)).unwrap();
        sign(c);
        kept.borrow_mut()[1] = export(c, what);
    });
    archives
}

#[test]
fn a_bundle_with_an_erased_person_is_valid() {
    for what in [CONTRACT, EVERYTHING] {
        let [before, after] = before_and_after(&what);
        let checked = verified(&after);
        assert_eq!((told(&checked), checked.verdict, checked.verdict.exit_code()), (vec![], Verdict::Valid, 0));
        // The same subjects, facts and lines are looked at, and of p1 nothing is shown: it was enrolled in the north.
        let looked = |checked: &Checked| (checked.looked_at.subjects, checked.looked_at.facts, checked.looked_at.lines);
        assert_eq!(looked(&checked), looked(&verified(&before)));
        let shows = |archive: &[u8]| archive.windows(5).any(|bytes| bytes == b"north");
        assert!(shows(&before) && !shows(&after));
        assert!(checked.not_checked.iter().any(|open| open.contains("erased")), "{:?}", checked.not_checked);
        assert_eq!(says(&[before, after], &key(ORIGIN, 1)), ["valid"; 2]);
    }
    let [_, closed] = before_and_after(&Export { closed: true, ..CONTRACT });
    assert_eq!((told(&verified(&closed)), verified(&closed).verdict), (vec![], Verdict::Closed));
}

#[test]
fn what_was_erased_cannot_come_back_and_nothing_else_can_be_called_erased() {
    let [before, after] = before_and_after(&CONTRACT);
    let (earlier, ..) = Bundle::read(&before).unwrap();
    let (mut bundle, ..) = Bundle::read(&after).unwrap();
    let opened = |bundle: &Bundle| {
        let facts = &bundle.contracts.values().next().unwrap().facts;
        facts.iter().map(|fact| fact.opening.clone()).collect::<Vec<_>>()
    };
    let is_erased = |opening: &Opening| *opening == Opening::Erased;
    let at = opened(&bundle).iter().position(is_erased).unwrap();
    let open = opened(&bundle).iter().position(|opening| !is_erased(opening)).unwrap();
    let contents = bundle.contracts.values_mut().next().unwrap();
    let kept = contents.facts[at].opening.clone();
    // Somebody kept the content from an older bundle, and it still fits its commitment.
    contents.facts[at].opening = opened(&earlier)[at].clone();
    assert_told(&verified(&bundle.write()), "erased.present", "fact");
    let contents = bundle.contracts.values_mut().next().unwrap();
    contents.facts[at].opening = kept;
    let subject = contents.erased.values().next().copied().unwrap();
    let key = (outcome_ledger::contract::Batch::Facts, contents.facts[open].seq, contents.facts[open].item);
    contents.facts[open].opening = Opening::Erased;
    contents.erased.insert(key, subject);
    let checked = verified(&bundle.write());
    assert_eq!(checked.verdict, Verdict::Invalid, "{:#?}", checked.findings);
}
