//! The words and references that entries about money may hold: codes, never free text, which could tell of a person.

use super::effect::Impossible;

/// Why a settlement that was put forward is refused.
pub const REJECTIONS: [&str; 4] = ["amount", "facts", "terms", "other"];
/// Why lines of a settlement are disputed.
pub const DISPUTES: [&str; 6] = ["amount", "duplicate", "eligibility", "facts", "terms", "other"];
/// Why postings are taken back.
pub const REVERSALS: [&str; 5] = ["duplicate", "wrong-amount", "wrong-party", "did-not-happen", "other"];
/// The longest reference, in characters: an ISO 20022 EndToEndId is a Max35Text.
const LONGEST_REFERENCE: usize = 35;

/// Checks that a reason is one of the words for it.
pub fn check_word(words: &[&str], reason: &str) -> Result<(), Impossible> {
    if words.contains(&reason) {
        return Ok(());
    }
    let help = format!("give one of {}", words.join(", "));
    Err(Impossible::new("unknown-reason", "this is no reason known here", help))
}

/// Checks a bank's code for why a payment failed: four capital letters or digits, as in the external code set of ISO 20022
/// for reasons of a status.
pub fn check_bank_code(code: &str) -> Result<(), Impossible> {
    let good = code.len() == 4 && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let help = "give the four letters or digits that the bank tells, such as AC04 (closed account) or MS03 (not told)";
    if good { Ok(()) } else { Err(Impossible::new("bad-bank-code", "this is no bank's code for a reason", help)) }
}

/// Checks a reference that both banks see: 1 to 35 characters that payment systems carry unchanged, without spaces and with
/// a digit, so that it is an identifier and not a text about somebody.
///
/// The characters are those that the SEPA implementation guidelines allow in identifiers; a slash neither begins nor ends
/// one, and two do not stand together.
pub fn check_reference(reference: &str) -> Result<(), Impossible> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"/-?:().,'+".contains(&byte);
    let length = (1..=LONGEST_REFERENCE).contains(&reference.len());
    let slashes = reference.starts_with('/') || reference.ends_with('/') || reference.contains("//");
    let good =
        length && !slashes && reference.bytes().all(allowed) && reference.bytes().any(|byte| byte.is_ascii_digit());
    let help = "give 1 to 35 letters, digits or /-?:().,'+ with at least one digit, such as INV-2025-0017; no names: it \
                stays in the journal for ever";
    if good { Ok(()) } else { Err(Impossible::new("bad-reference", "this cannot be the reference of a payment", help)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_identifiers() {
        let longest = "1".repeat(35);
        for good in ["1", "INV-2025-0017", "a/b/7", "RF18.5390'07?:(,)+", &longest] {
            assert_eq!(check_reference(good), Ok(()), "{good}");
        }
        let too_long = "1".repeat(36);
        for bad in ["", "Smith", "J Smith 1", "/1", "1/", "a//1", "1_", "é1", "1\n", &too_long] {
            assert_eq!(check_reference(bad).unwrap_err().code, "bad-reference", "{bad}");
        }
    }

    #[test]
    fn reasons_are_codes() {
        for good in ["AC04", "MS03", "AM05"] {
            assert_eq!(check_bank_code(good), Ok(()), "{good}");
        }
        for bad in ["", "AC4", "AC044", "ac04", "A 04", "ÄC0"] {
            assert_eq!(check_bank_code(bad).unwrap_err().code, "bad-bank-code", "{bad}");
        }
        assert_eq!(check_word(&REVERSALS, "duplicate"), Ok(()));
        for bad in ["", "Duplicate", "because of p1"] {
            assert_eq!(check_word(&REVERSALS, bad).unwrap_err().code, "unknown-reason", "{bad}");
        }
    }
}
