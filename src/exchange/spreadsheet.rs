//! Tables as CSV (RFC 4180) that no spreadsheet takes for formulas.

/// Writes a table with a line of headings. A text that a spreadsheet would run as a formula has an apostrophe in front, which
/// makes it a text; numbers stay as they are.
pub fn csv<'c>(headings: &[&str], rows: impl IntoIterator<Item = Vec<&'c str>>) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory cannot fail, and all rows have the length of the headings.
    let _ = writer.write_record(headings);
    for row in rows {
        let _ = writer.write_record(row.into_iter().map(harmless));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// What begins a formula: OWASP, "CSV Injection", and the full-width forms that spreadsheets take for the same.
const BEGINS_FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

fn harmless(cell: &str) -> String {
    let is_formula = cell.starts_with(BEGINS_FORMULA) && !is_number(cell);
    if is_formula { format!("'{cell}") } else { cell.to_owned() }
}

fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, part].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_texts_and_numbers_stay() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("+49 30", "'+49 30"),
            ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("＝1", "'＝1"),
            ("-29600.00", "-29600.00"),
            ("-5", "-5"),
            ("-", "'-"),
            ("-1e5", "'-1e5"),
            ("-.5", "'-.5"),
            ("-1.2.3", "'-1.2.3"),
            ("p1", "p1"),
            ("", ""),
        ] {
            assert_eq!(harmless(cell), expected);
        }
    }

    #[test]
    fn cells_are_quoted_as_the_rfc_says() {
        let table = csv(&["a", "b"], [vec!["x,y", "say \"no\""], vec!["=1", "2"]]);
        assert_eq!(table, "a,b\r\n\"x,y\",\"say \"\"no\"\"\"\r\n'=1,2\r\n");
    }
}
