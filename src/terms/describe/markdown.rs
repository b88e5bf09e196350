//! A term sheet as Markdown.

use super::{
    language::Language,
    sheet::{Block, TermSheet},
};

/// Renders a term sheet.
pub fn render(sheet: &TermSheet) -> String {
    let mut text = format!("# {}\n", sheet.title);
    for section in &sheet.sections {
        text.push_str(&format!("\n## {}\n", section.title));
        section.blocks.iter().for_each(|block| push(&mut text, block, sheet.language));
    }
    text
}

fn push(text: &mut String, block: &Block, language: Language) {
    text.push('\n');
    match block {
        Block::Heading { text: heading } => text.push_str(&format!("### {heading}\n")),
        Block::Paragraph { text: paragraph } => text.push_str(&format!("{paragraph}\n")),
        Block::Points { points } => {
            let colon = if language == Language::English { ": " } else { "：" };
            for point in points {
                let label = if point.label.is_empty() { String::new() } else { format!("**{}**{colon}", point.label) };
                text.push_str(&format!("- {label}{}\n", point.text));
            }
        }
        Block::Table { headings, rows } => {
            row(text, headings);
            row(text, &vec!["---".to_owned(); headings.len()]);
            rows.iter().for_each(|cells| row(text, cells));
        }
    }
}

fn row(text: &mut String, cells: &[String]) {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect();
    text.push_str(&format!("| {} |\n", cells.join(" | ")));
}
