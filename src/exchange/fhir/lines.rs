//! Files of one document, or of one on each line (NDJSON, as FHIR Bulk Data exports them).

use std::io::{self, BufRead, Read};

use serde::de::IgnoredAny;

use super::outcome::{Fault, IssueCode, Severity};

/// The largest document, in bytes: a bundle, or one line.
pub const MOST_BYTES: u64 = 256 << 20;

/// Gives `take` each document of a file with its line; none where the file is one document. The first line decides: when it
/// is JSON by itself, each line is a document.
///
/// # Errors
/// When the file cannot be read on.
pub fn documents(mut input: impl BufRead, mut take: impl FnMut(Option<u64>, Result<&str, Fault>)) -> io::Result<()> {
    let mut bytes = Vec::new();
    let mut number = 0;
    let mut is_lines = None;
    loop {
        bytes.clear();
        number += 1;
        if input.by_ref().take(MOST_BYTES + 1).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(());
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let lines = *is_lines.get_or_insert_with(|| serde_json::from_slice::<IgnoredAny>(without_mark(&bytes)).is_ok());
        if !lines {
            let room = (MOST_BYTES + 1).saturating_sub(bytes.len() as u64);
            input.by_ref().take(room).read_to_end(&mut bytes)?;
        }
        let line = lines.then_some(number);
        if bytes.len() as u64 > MOST_BYTES {
            let reason = format!("a document has more than {MOST_BYTES} bytes; nothing was read from here on");
            take(line, Err(fatal(IssueCode::TooCostly, &reason)));
            return Ok(());
        }
        let text = std::str::from_utf8(without_mark(&bytes));
        take(line, text.map_err(|_| fatal(IssueCode::Structure, "this is not UTF-8")));
        if !lines {
            return Ok(());
        }
    }
}

fn fatal(code: IssueCode, reason: &str) -> Fault {
    Fault::error(code, "Resource", reason).with(Severity::Fatal)
}

/// Bytes without a byte order mark.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<(Option<u64>, Result<String, IssueCode>)> {
        let mut found = Vec::new();
        let take = |line, text: Result<&str, Fault>| {
            found.push((line, text.map(|text| text.trim().to_owned()).map_err(|fault| fault.code)));
        };
        documents(text, take).unwrap();
        found
    }

    #[test]
    fn the_first_line_decides() {
        let ok = |line, text: &str| (line, Ok(text.to_owned()));
        assert_eq!(read(b"\n{}\n\n[1]\nx\n"), [ok(Some(2), "{}"), ok(Some(4), "[1]"), ok(Some(5), "x")]);
        assert_eq!(read(b"\xef\xbb\xbf{\n}\n{}"), [ok(None, "{\n}\n{}")]);
        assert_eq!(read(b"{\"a\": 1}"), [ok(Some(1), "{\"a\": 1}")]);
        assert_eq!(read(b"\xff{}"), [(None, Err(IssueCode::Structure))]);
        assert_eq!(read(b" \n\n"), []);
    }
}
