//! Why something was done, in the words of whoever did it. Remarks stand in the journal for good, so they name no person.

use super::money::Impossible;

/// The most characters of a remark.
pub const LONGEST: usize = 300;

/// Checks that a remark is in its one form: one line of 1 to 300 characters without spaces around it.
///
/// # Errors
/// What it is instead.
pub fn check(remark: &str) -> Result<(), Impossible> {
    let length = remark.chars().count();
    let one_form = (1..=LONGEST).contains(&length) && remark.trim() == remark && !remark.contains(char::is_control);
    if one_form {
        return Ok(());
    }
    let help = format!("say why in one line of 1 to {LONGEST} characters; it stays for good, so name no person in it");
    Err(Impossible::new("bad-reason", format!("a reason of {length} characters that cannot be recorded"), help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_is_one_line() {
        for good in ["x", "new price list", "价格调整", &"x".repeat(LONGEST)] {
            check(good).unwrap();
        }
        for bad in ["", " ", " x", "x\n", "a\nb", "a\u{0}b", &"x".repeat(LONGEST + 1)] {
            assert_eq!(check(bad).unwrap_err().code, "bad-reason", "{bad:?}");
        }
    }
}
