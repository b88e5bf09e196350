//! Policies, and proofs that they accept.

use super::{
    super::{proof::TlogProofError, *},
    *,
};

/// The policy of the specification's example, with the keys of these tests.
fn example() -> String {
    let witness = |name: &str, number| format!("witness {name} {}\n", witness_key(number).verifier());
    [
        format!("log {} https://log.example/one\n\n", log_key().verifier()),
        witness("X1", 1) + &witness("X2", 2) + &witness("X3", 3),
        "group X-witnesses 2 X1 X2 X3\n\n".into(),
        witness("Y1", 4) + &witness("Y2", 5) + &witness("Y3", 6),
        "group Y-witnesses any Y1 Y2 Y3\n\ngroup X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n".into(),
    ]
    .concat()
}

fn cosigned(witnesses: &[u8]) -> Note {
    witnesses.iter().fold(checkpoint(3), |note, number| note.signed_by(&witness_key(*number), 5))
}

#[test]
fn the_quorum_of_the_specification_is_two_of_three_and_one_of_three() {
    let policy = Policy::parse(example().as_bytes()).unwrap();
    assert_eq!(policy.logs[0].url.as_deref(), Some("https://log.example/one"));
    assert_eq!(policy.witnesses.iter().map(|witness| witness.name.to_string()).collect::<String>(), "X1X2X3Y1Y2Y3");
    for (witnesses, enough) in [
        ([].as_slice(), false),
        (&[1, 2], false),
        (&[1, 4], false),
        (&[4, 5, 6], false),
        (&[1, 2, 4], true),
        (&[2, 3, 6], true),
        (&[1, 2, 3, 4, 5, 6], true),
        // Somebody whom the policy does not know.
        (&[1, 4, 9], false),
    ] {
        let verdict = policy.check(&cosigned(witnesses));
        assert_eq!(verdict.is_ok(), enough, "{witnesses:?}: {verdict:?}");
    }
    let refusal = policy.check(&cosigned(&[1, 4])).unwrap_err().to_string();
    assert_eq!(
        refusal,
        "too few witnesses cosigned: the policy wants 2 of X-and-Y (2 of X-witnesses (X1, X2, X3), 1 of Y-witnesses (Y1, \
         Y2, Y3)); cosigned: witness.example/1, witness.example/4"
    );
}

#[test]
fn only_the_log_itself_vouches_for_a_checkpoint() {
    let policy = Policy::parse(example().as_bytes()).unwrap();
    let other = Checkpoint::sign(&key("log.example/two", KeyKind::Note, 2), head(&tree(3, "honest")), 0);
    assert!(matches!(policy.check(&other), Err(PolicyRefusal::Log(NoteError::Unverified { .. }))));
    // Signed by the known log, but speaking of another.
    let foreign = Note::new(other.text().to_owned()).unwrap().signed_by(&log_key(), 0);
    assert!(matches!(policy.check(&foreign), Err(PolicyRefusal::Origin { .. })));
    let no_checkpoint = Note::new("hello\n".into()).unwrap().signed_by(&log_key(), 0);
    assert!(matches!(policy.check(&no_checkpoint), Err(PolicyRefusal::Malformed(_))));
    // One wrong cosignature spoils the note, also beyond the quorum.
    let mut spoilt = cosigned(&[1, 2, 4]);
    let mut line = witness_key(3).sign(spoilt.text(), 5);
    line.signature[20] ^= 1;
    spoilt.add(line);
    assert!(matches!(policy.check(&spoilt), Err(PolicyRefusal::Cosignature(NoteError::InvalidSignature { .. }))));
}

#[test]
fn everything_wrong_with_a_policy_is_told_at_its_line() {
    let (log, one, two) = (log_key(), witness_key(1), witness_key(2));
    let (log, one, two) = (log.verifier(), one.verifier(), two.verifier());
    let again = SignerKey::from_seed("else.example", KeyKind::Cosignature, &[101; 32]).unwrap();
    let file = format!(
        "# A policy\n\
         \t # with faults\n\
         log {log}\n\
         log {log} https://mirror.example\n\
         witness W {log}\n\
         witness none {two}\n\
         witness W {one} url extra\n\
         witness W {one}\n\
         witness V {}\n\
         witness W {two}\n\
         witness V {two}\n\
         group G 3 W V\n\
         group H any X\n\
         group G all W\n\
         group G all V\n\
         group E 0 G\n\
         group J any G W\n\
         group K all V V\n\
         group I any\n\
         quorum nobody\n\
         quorum G\n\
         quorum none\n\
         quarum G\n\
         log {}\n\
         log\r\n",
        again.verifier(),
        "log.example/one+00000000+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    );
    let errors: Vec<_> = Policy::parse(file.as_bytes()).unwrap_err().iter().map(ToString::to_string).collect();
    let expected = [
        "line 4: another log has this key",
        "line 5: a witness needs a key of type 0x04",
        "line 6: the name none is taken",
        "line 7: expected nothing after the address, found \"extra\"",
        "line 9: another witness has this key",
        "line 10: \"W\" is defined already",
        "line 12: expected all, any or a number from 1 to 2 (the members), found \"3\"",
        "line 13: \"X\" is not defined on a line before this one",
        "line 15: \"G\" is defined already",
        "line 16: expected all, any or a number from 1 to 1 (the members), found \"0\"",
        "line 17: \"W\" is a member already",
        "line 18: \"V\" is a member already",
        "line 19: expected `group NAME",
        "line 20: \"nobody\" is not defined",
        "line 22: the quorum is defined already",
        "line 23: expected log, witness, group or quorum, found \"quarum\"",
        "line 24: the key has id",
        "line 25: byte 0x0d is not allowed",
    ];
    assert_eq!(errors.len(), expected.len(), "{errors:#?}");
    for (error, expected) in errors.iter().zip(expected) {
        assert!(error.starts_with(expected), "{error} / {expected}");
    }
}

#[test]
fn small_and_odd_policies_are_read() {
    let one = witness_key(1);
    let one = one.verifier();
    assert_eq!(Policy::parse(b"quorum none").unwrap().quorum, policy::Quorum::None);
    for file in [
        format!("witness all {one}\ngroup any all all\nquorum any\n"),
        format!("\twitness \t w\u{301}\t{one}  https://w.example/ \n\n quorum  w\u{301}"),
    ] {
        assert!(Policy::parse(file.as_bytes()).is_ok(), "{file}");
    }
    // Names are bytes; they need not be UTF-8.
    let mut odd = format!("witness ? {one}\nquorum ?\n").into_bytes();
    odd.iter_mut().filter(|byte| **byte == b'?').for_each(|byte| *byte = 0xff);
    assert!(Policy::parse(&odd).is_ok());
    for (bad, line) in [("", 1), ("# nothing\n", 1), ("\n\nquorum none\nquorum none\n", 4)] {
        assert_eq!(Policy::parse(bad.as_bytes()).unwrap_err()[0].line, line, "{bad:?}");
    }
    let before = format!("quorum w\nwitness w {one}\n");
    assert_eq!(Policy::parse(before.as_bytes()).unwrap_err()[0].line, 1);
}

#[test]
fn a_proof_travels_as_text() {
    let (tree, policy) = (tree(7, "honest"), Policy::parse(example().as_bytes()).unwrap());
    let note = [1, 2, 4].iter().fold(checkpoint(7), |note, number| note.signed_by(&witness_key(*number), 5));
    let path = tree.inclusion_proof(4).unwrap();
    let leaf = leaf_hash(b"honest 4");
    for extra in [None, Some(b"context".to_vec()), Some(vec![])] {
        let proof = TlogProof { extra, index: 4, path: path.clone(), checkpoint: note.clone() };
        let text = proof.to_string();
        assert!(text.starts_with("c2sp.org/tlog-proof@v1\n"), "{text}");
        assert_eq!(TlogProof::parse(&text), Ok(proof.clone()));
        assert_eq!(proof.verify(&leaf, &policy).unwrap().checkpoint.head().size, 7);
    }
    let proof = TlogProof { extra: None, index: 4, path: path.clone(), checkpoint: note.clone() };
    assert!(matches!(proof.verify(&leaf_hash(b"honest 5"), &policy), Err(TlogProofError::Path(_))));
    let moved = TlogProof { index: 5, ..proof.clone() };
    assert!(matches!(moved.verify(&leaf, &policy), Err(TlogProofError::Path(_))));
    let alone = TlogProof { checkpoint: checkpoint(7), ..proof.clone() };
    assert!(matches!(alone.verify(&leaf, &policy), Err(TlogProofError::Policy(_))));
    let text = proof.to_string();
    let line = |from: &str, to: &str| match TlogProof::parse(&text.replacen(from, to, 1)) {
        Err(TlogProofError::Malformed(error)) => error.line,
        other => panic!("{from:?}: {other:?}"),
    };
    assert_eq!(line("@v1", "@v2"), 1);
    assert_eq!(line("index 4", "index 04"), 2);
    assert_eq!(line("index 4", "extra AA"), 2);
    assert_eq!(line("index 4", "extra AAAA"), 3);
    assert_eq!(line("=\n", "\n"), 3);
    assert_eq!(
        line("index 4\n", &format!("index 4\n{}", format!("{}\n", encoding::to_base64(&[0; 32])).repeat(62))),
        67
    );
    assert!(matches!(TlogProof::parse(&text.replace("— ", "")), Err(TlogProofError::Note(_))));
}
