//! Text, tables and JSON on the terminal.

use std::io::{self, Write};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use rust_decimal::Decimal;
use serde::Serialize;

use super::{Failure, Format};

/// Writes to standard output; a closed pipe ends the output, not the program.
pub fn write(text: &str) -> Result<(), Failure> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::unreachable(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes a line to standard error.
pub fn tell(text: &str) {
    // Nothing can be told about a standard error that is gone.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Writes a value as JSON.
pub fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::refused(error.to_string()))?;
    write(&(text + "\n"))
}

/// Tells why a command failed.
pub fn problem(message: &str, format: Format) {
    match format {
        _ if message.is_empty() => {}
        Format::Text => tell(&format!("error: {message}")),
        Format::Json => tell(&serde_json::json!({ "error": message }).to_string()),
    }
}

/// A table with these headings; columns named in `right` are aligned to the right.
pub fn table(headings: &[&str], right: &[usize], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled).set_header(headings);
    for row in rows {
        table.add_row(row);
    }
    for at in right {
        if let Some(column) = table.column_mut(*at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let text = table.to_string();
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// An amount with its digits in groups of three.
pub fn amount(amount: Decimal) -> String {
    crate::terms::formula::print::grouped(&amount.to_string()).replace('_', ",")
}
