//! The language reference is true and whole: every document in `docs/TERMS.md` compiles and its worked examples hold, and
//! every word that the readers know stands in it.

use std::{collections::BTreeMap, fs, path::PathBuf};

use outcome_ledger::terms::{
    check::statistics::SIGNATURES,
    compile, document, examples, exposure,
    finding::Finding,
    formula::{Operator, syntax::Unit},
};

use crate::words;

/// A fenced block of a page.
struct Block {
    /// The line of the page on which its text begins.
    line: usize,
    /// What stands behind the fence.
    info: String,
    text: String,
}

fn page(name: &str) -> String {
    fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for (index, line) in page.lines().enumerate() {
        match line.strip_prefix("```") {
            Some(_) if open => open = false,
            Some(info) => {
                blocks.push(Block { line: index + 2, info: info.into(), text: String::new() });
                open = true;
            }
            None if open => {
                let block = blocks.last_mut().unwrap();
                block.text.push_str(line);
                block.text.push('\n');
            }
            None => {}
        }
    }
    assert!(!open, "a fence is not closed");
    blocks
}

/// The CSV files that the page shows, by name.
fn files(blocks: &[Block]) -> BTreeMap<String, String> {
    let named = |block: &Block| Some((block.info.strip_prefix("csv file=")?.to_owned(), block.text.clone()));
    blocks.iter().filter_map(named).collect()
}

/// Everything that is found in a document, its worked examples run.
fn findings(text: &str, files: &BTreeMap<String, String>) -> (usize, Vec<Finding>) {
    let read = |name: &str| files.get(name).cloned().ok_or_else(|| "there is no such file".to_owned());
    let (contract, mut findings) = compile("document", text, &[], &read);
    let Some(contract) = contract else { return (0, findings) };
    // What parties should know before they sign is advice about a deal, not about the language.
    findings.retain(|finding| !exposure::findings::CODES.contains(&finding.code));
    findings.extend(examples::run(&contract, &[], &read));
    (contract.checked.document.examples.len(), findings)
}

/// Why a block is not what the page says it is; none when it is.
fn complaint(block: &Block, files: &BTreeMap<String, String>) -> Option<String> {
    let (count, findings) = findings(&block.text, files);
    let shown = || findings.iter().map(ToString::to_string).collect::<String>();
    match block.info.strip_prefix("yaml").unwrap_or_default().trim() {
        "" if !findings.is_empty() => Some(shown()),
        "" if count == 0 => Some("it has no worked example, so nothing shows that it does what the page says".into()),
        "" => None,
        expected => {
            let (code, line) = expected.strip_prefix("error=")?.split_once(',')?;
            let found: Vec<(&str, String)> = findings.iter().map(|f| (f.code, f.line.to_string())).collect();
            (found != [(code, line.to_owned())]).then(|| format!("{code} on line {line} is expected\n{}", shown()))
        }
    }
}

/// The documents of the reference that are to compile, each with its place.
pub fn sound_documents() -> Vec<(String, String)> {
    let sound = |block: &Block| block.info == "yaml";
    let place = |block: Block| (format!("docs/TERMS.md, document from line {}", block.line), block.text);
    blocks(&page("docs/TERMS.md")).into_iter().filter(sound).map(place).collect()
}

#[test]
fn every_document_of_the_reference_does_what_it_says() {
    let blocks = blocks(&page("docs/TERMS.md"));
    let files = files(&blocks);
    let documents: Vec<_> = blocks.iter().filter(|block| block.info.starts_with("yaml")).collect();
    assert!(documents.len() > 20, "only {} documents found", documents.len());
    let complaints: Vec<String> = documents
        .iter()
        .filter_map(|block| {
            Some(format!("docs/TERMS.md, document from line {}:\n{}", block.line, complaint(block, &files)?))
        })
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn a_false_document_is_noticed() {
    let page = page("docs/TERMS.md");
    let falsified = page.replace("expect: { refund: { p1: 400 CNY } }", "expect: { refund: { p1: 401 CNY } }");
    assert_ne!(page, falsified);
    let complains =
        |page: &str| blocks(page).iter().filter(|block| complaint(block, &BTreeMap::new()).is_some()).count();
    assert_eq!(complains(&falsified), complains(&page) + 1);
    let silent = Block { line: 1, info: "yaml error=gap,6".into(), text: blocks(&page)[0].text.clone() };
    assert!(complaint(&silent, &BTreeMap::new()).is_some());
}

/// The parts of a page that are set as code: blocks, and what stands between backticks.
fn code(page: &str) -> String {
    let mut code = String::new();
    let mut open = false;
    for line in page.lines() {
        if line.starts_with("```") {
            open = !open;
        } else if open {
            code.push_str(line);
        } else {
            line.split('`').skip(1).step_by(2).for_each(|span| code.push_str(&format!(" {span} ")));
        }
        code.push('\n');
    }
    code
}

fn stands_in(code: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let named = word.starts_with(part);
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back().is_some_and(part);
        let after = code[at + word.len()..].chars().next().is_some_and(part);
        !named || (!before && !after)
    })
}

#[test]
fn every_word_of_the_language_stands_in_the_reference() {
    let code = code(&page("docs/TERMS.md"));
    let mut known = words::of_readers();
    known.extend(Unit::ALL.iter().flat_map(|(_, one, many)| [(*one).to_owned(), (*many).to_owned()]));
    known.extend([Operator::Or, Operator::Unequal, Operator::Divided].map(|operator| operator.sign().to_owned()));
    for signature in &SIGNATURES {
        known.insert(signature.name.into());
        known.extend(signature.options.iter().flat_map(|(_, words)| words.iter().map(|word| (*word).to_owned())));
    }
    known.extend(["previous", "rank", "running_sum", "running_count"].map(str::to_owned));
    for certain in ["clauses", "upto", "half-yearly", "share", "months_between", "log-log", "pro rata", "round half up"]
    {
        assert!(known.contains(certain), "the readers' words were not found: {certain}");
    }
    let absent: Vec<_> = known.iter().filter(|word| !stands_in(&code, word)).collect();
    assert!(absent.is_empty(), "docs/TERMS.md does not show {absent:?}; add them, with an example");
}

#[test]
fn the_keys_of_a_document_stand_in_their_order() {
    let page = page("docs/TERMS.md");
    let table = page.split("| key | says | needed |").nth(1).unwrap().split("\n\n").next().unwrap();
    let keys: Vec<&str> = table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(keys, document::KEYS);
}
