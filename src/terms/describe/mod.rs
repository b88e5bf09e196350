//! The contract in plain words, English and Chinese, from the tree that runs.
//!
//! Lives here: from the checked document to a term sheet, and its words. Never here: texts about one contract; every
//! sentence comes from the document's own names and formulas.
//!
//! What is written:
//!
//! - [`sheet`]: the term sheet as plain data
//! - [`header`]: parties, term, settlement, eligibility
//! - [`reporting`]: what is recorded and reported
//! - [`parameter`]: agreed values
//! - [`clause`]: who pays whom
//! - [`definition`]: named formulas
//! - [`statistics`]: statistical and actuarial functions, ranks, running sums
//! - [`table`]: tables as rows in words
//! - [`owed`]: the most each party can owe
//! - [`example`]: worked cases
//! - [`markdown`]: the term sheet as text
//!
//! How it is worded:
//!
//! - [`language`]: the languages
//! - [`speaker`]: what everything is called
//! - [`formula`], [`condition`], [`gathering`]: formulas in words
//! - [`writing`]: numbers, amounts, days and lists in each language
//! - [`vocabulary`]: words for sorts of parties, units and models

pub mod clause;
pub mod condition;
pub mod definition;
pub mod example;
pub mod formula;
pub mod gathering;
pub mod header;
pub mod language;
pub mod markdown;
pub mod owed;
pub mod parameter;
pub mod reporting;
pub mod sheet;
pub mod speaker;
pub mod statistics;
pub mod table;
pub mod vocabulary;
pub mod writing;

pub use language::Language;
pub use sheet::{Block, Point, Section, TermSheet};

use self::{speaker::Speaker, writing::Writing};
use super::Contract;

/// Writes a contract out as a term sheet.
pub fn describe(contract: &Contract, language: Language) -> TermSheet {
    let header = &contract.checked.document.header;
    let speaker = Speaker { contract, writing: Writing { language, currency: header.currency } };
    let sections = [
        Some(speaker.parties()),
        Some(speaker.term()),
        speaker.eligibility(),
        speaker.parameters(),
        Some(speaker.clauses()),
        speaker.definitions(),
        speaker.tables(),
        Some(speaker.owed()),
        speaker.subject_fields(),
        speaker.reports(),
        speaker.examples(),
        speaker.remarks(),
    ];
    let sections = sections.into_iter().flatten().map(|section| tidied(section, &speaker)).collect();
    TermSheet { contract: header.id.clone(), language, title: speaker.title(), sections }
}

fn tidied(section: Section, speaker: &Speaker) -> Section {
    let tidy = |text: String| speaker.tidy(&text);
    let blocks = section.blocks.into_iter().map(|block| match block {
        Block::Heading { text } => Block::Heading { text: tidy(text) },
        Block::Paragraph { text } => Block::Paragraph { text: tidy(text) },
        Block::Points { points } => {
            let points = points.into_iter().map(|point| Point { label: point.label, text: tidy(point.text) });
            Block::Points { points: points.collect() }
        }
        Block::Table { headings, rows } => {
            let rows = rows.into_iter().map(|row| row.into_iter().map(tidy).collect());
            Block::Table { headings, rows: rows.collect() }
        }
    });
    Section { blocks: blocks.collect(), ..section }
}
