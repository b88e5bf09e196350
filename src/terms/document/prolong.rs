//! The same document with another last day of its term: everything else stays, letter by letter.

use super::super::{finding::Findings, source::Source, tree};
use crate::values::Day;

/// Puts another last day into the term of a document; none when it has no term.
pub fn with_last_day(text: &str, until: Day) -> Option<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let source = Source::new("document", text);
    let root = tree::read(text, &mut Findings::new(&source))?;
    let span = root.get("term")?.get("end")?.span;
    let (start, chars) = (span.start as usize, source.chars());
    // A span may reach over the spaces behind its text.
    let written: String = chars.get(start..span.end as usize)?.iter().collect();
    let end = start + written.trim_end().chars().count();
    let (before, after) = (chars.get(..start)?, chars.get(end..)?);
    Some(before.iter().chain(&until.to_string().chars().collect::<Vec<_>>()).chain(after).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_day_changes() {
        let until = Day::parse("2026-12-31").unwrap();
        for term in [
            "{ start: 2025-01-01, end: END, run_out: 90 days }",
            "\n  start: 2025-01-01 # 心\n  end: END # 2025-12-31\n",
            "{ \"start\": \"2025-01-01\", \"end\": \"END\" }",
        ] {
            let text = format!("id: a\ntitle: 心衰 2025-12-31\nterm: {term}\nclauses: {{}}\n");
            let prolonged = with_last_day(&text.replace("END", "2025-12-31"), until).unwrap();
            let plain = prolonged.replace("\"2026-12-31\"", "2026-12-31");
            assert_eq!(plain, text.replace("\"END\"", "END").replace("END", "2026-12-31"));
        }
        assert_eq!(with_last_day("id: a\n", until), None);
    }
}
