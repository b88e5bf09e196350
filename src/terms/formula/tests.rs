//! Formulas as tables: text, canonical text; and the slips people make with the help they get.

use proptest::prelude::*;

use super::{parse::parse, token::SyntaxError};

fn read(text: &str) -> Result<String, SyntaxError> {
    let positions: Vec<u32> = (0..text.chars().count() as u32).collect();
    parse(text, &positions).map(|expr| expr.to_string())
}

#[test]
fn formulas_print_with_the_fewest_brackets() {
    for (text, canonical) in [
        ("1_000.5+2*3", "1_000.5 + 2 * 3"),
        ("(1+2)*3", "(1 + 2) * 3"),
        ("1-(2-3)", "1 - (2 - 3)"),
        ("(1-2)-3", "1 - 2 - 3"),
        ("-(-x)", "--x"),
        ("not (a and b) or c", "not (a and b) or c"),
        ("not a and b", "not a and b"),
        ("x is not missing", "x is known"),
        (
            "progressed_on is known and progressed_on<=enrolled_on+window",
            "progressed_on is known and progressed_on <= enrolled_on + window",
        ),
        ("sum(dispensing.paid where on <= day)", "sum(dispensing.paid where on <= day)"),
        (
            "nearest(hba1c.value, to: d + 180 days, within: 30 days)",
            "nearest(hba1c.value, to: d + 180 days, within: 30 days)",
        ),
        ("round half up(x, 2)", "round half up(x, 2)"),
        ("if a then 1 else if b then 2 else 3", "if a then 1 else if b then 2 else 3"),
        ("(if a then 1 else 2) + 3", "(if a then 1 else 2) + 3"),
        ("x between 1 and 2 and y", "x between 1 and 2 and y"),
        ("30000 CNY * 12.5%", "30_000 CNY * 12.5%"),
        ("x not in [\"a\",\"b\"]", "not x in [\"a\", \"b\"]"),
        ("on in period", "on in period"),
        ("code starts with \"C5\"", "code starts with \"C5\""),
        ("2025-01-31 + 1 month - 3 weeks", "2025-01-31 + 1 month - 3 weeks"),
        ("退款 * 2", "退款 * 2"),
        ("a or b or 0", "a or b or 0"),
        ("5 < x or 0", "5 < x or 0"),
    ] {
        assert_eq!(read(text).as_deref(), Ok(canonical), "{text}");
        assert_eq!(read(canonical).as_deref(), Ok(canonical), "{canonical}");
    }
}

#[test]
fn slips_are_named_where_they_stand() {
    for (text, at, message) in [
        ("", 0, "expected a value"),
        ("1 +", 2, "expected a value"),
        ("30,000", 2, "expected the end"),
        ("a b", 2, "expected the end"),
        ("f(x", 2, "expected `)`"),
        ("if a then 1", 10, "expected `else`"),
        ("1 < 2 < 3", 6, "cannot be chained"),
        ("'ed'", 0, "means nothing"),
        ("x ≥ 3", 2, "means nothing"),
        ("2025-02-30", 0, "no day"),
        ("1.5 days", 0, "whole number"),
        ("\"open", 0, "no closing quote"),
        ("99999999999999999999999999999999", 0, "28 digits"),
        ("90days", 0, "begin with a digit"),
        ("a.b.c", 4, "two names"),
        ("x is nice", 5, "`known` or `missing`"),
        ("f(a: 1, 2)", 8, "without a name"),
        ("and", 0, "expected a value"),
    ] {
        let error = read(text).expect_err(text);
        assert_eq!(error.span.start, at, "{text}: {}", error.message);
        assert!(error.message.contains(message), "{text}: {}", error.message);
        assert!(!error.help.is_empty());
    }
}

#[test]
fn hostile_formulas_end_in_an_error() {
    for text in
        ["(".repeat(5_000), "-".repeat(5_000), "not ".repeat(3_000), "1+".repeat(9_000), "x".repeat(30_000) + "+"]
    {
        assert!(read(&text).is_err());
    }
    let wide = vec!["1"; 900].join("+");
    assert!(read(&wide).is_err());
    assert!(read(&format!("max({})", vec!["1"; 900].join(","))).is_ok());
}

proptest! {
    #[test]
    fn any_text_gets_an_answer(text in "[ -~“ａ退\\n]{0,60}") {
        let _ = read(&text);
    }

    #[test]
    fn printing_and_parsing_again_is_the_identity(text in "([a-z]{1,3}|[0-9]{1,4}|[-+*/(),.<>=:]| (and|or|not|in|if|then|else|is known|where) |[0-9]%|\"t\"){1,14}") {
        if let Ok(printed) = read(&text) {
            prop_assert_eq!(read(&printed).unwrap(), printed);
        }
    }
}
