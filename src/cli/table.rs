//! Rows and columns for people.

/// Lays out rows under headings: columns two spaces apart, those named in `right` aligned to the right.
pub fn table(headings: &[&str], right: &[usize], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let rows: Vec<Vec<String>> = rows.into_iter().collect();
    let all = || std::iter::once(headings.iter().map(|text| (*text).to_owned()).collect()).chain(rows.iter().cloned());
    let mut widths = vec![0; headings.len()];
    for row in all() {
        let row: Vec<String> = row;
        widths.iter_mut().zip(&row).for_each(|(width, cell)| *width = (*width).max(width_of(cell)));
    }
    let mut text = String::new();
    for row in all() {
        let mut line = String::new();
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let space = " ".repeat(width - width_of(cell));
            let (before, after) = if right.contains(&at) { (space.as_str(), "") } else { ("", space.as_str()) };
            line.push_str(&format!("{before}{cell}{after}  "));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Columns on a terminal: two for East Asian wide characters.
fn width_of(text: &str) -> usize {
    text.chars().map(|c| if matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}') { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let rows = [vec!["医院".to_owned(), "1.00".to_owned()], vec!["a".to_owned(), "100.00".to_owned()]];
        let expected = "party  amount\n医院     1.00\na      100.00\n";
        assert_eq!(table(&["party", "amount"], &[1], rows), expected);
    }
}
