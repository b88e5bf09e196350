//! `docs/FUNCTIONS.md` is what the functions' own files say: rendered here from their module comments and compared.
//!
//! `UPDATE_DOCS=1 cargo test functions_page` writes the page anew.

use std::{env, fs, path::PathBuf};

const PAGE: &str = "docs/FUNCTIONS.md";

const PREFACE: &str = "\
<!-- Written by `UPDATE_DOCS=1 cargo test functions_page` from src/terms/functions/*.rs. Change it there. -->

# Statistical and actuarial functions

How each function of this kind computes, where its method comes from, when it has no answer, and a case to check by hand. The
words of formulas that call them are in [TERMS.md](TERMS.md#14-functions). All figures are exact decimals with 28 significant
digits; nothing is rounded on the way.

";

/// One file of functions.
struct Subject {
    /// Its name without the ending.
    name: String,
    /// Its module comment.
    comment: Vec<String>,
    /// Its public functions with the first sentence of their comments.
    functions: Vec<(String, String)>,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The files that name words, method and source, by name.
fn subjects() -> Vec<Subject> {
    let entries = fs::read_dir(root().join("src/terms/functions")).unwrap().map(|entry| entry.unwrap().path());
    let mut subjects: Vec<Subject> = entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| read(path.file_stem().unwrap().to_str().unwrap(), &fs::read_to_string(&path).unwrap()))
        .filter(|subject| subject.comment.iter().any(|line| line.starts_with("| words |")))
        .collect();
    subjects.sort_by(|a, b| a.name.cmp(&b.name));
    subjects
}

fn read(name: &str, text: &str) -> Subject {
    let lines: Vec<&str> = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default().lines().collect();
    let comment = lines.iter().filter_map(|line| line.strip_prefix("//!"));
    let comment = comment.map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned()).collect();
    let mut functions = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if let Some(rest) = line.trim_start().strip_prefix("pub fn ") {
            let function = rest.split(['(', '<']).next().unwrap_or_default();
            functions.push((function.to_owned(), first_sentence(&lines[..at])));
        }
    }
    Subject { name: name.into(), comment, functions }
}

/// The first sentence of the comment that ends where these lines end.
fn first_sentence(before: &[&str]) -> String {
    let lines = before.iter().rev().map(|line| line.trim_start());
    let comment = lines.skip_while(|line| line.starts_with("#[")).map_while(|line| line.strip_prefix("///"));
    let mut lines: Vec<&str> = comment.map(str::trim).collect();
    lines.reverse();
    let text = lines.join(" ");
    text.split_once(". ").map_or(text.clone(), |(first, _)| format!("{first}."))
}

fn heading(name: &str) -> String {
    let words = name.replace('_', " ");
    words[..1].to_uppercase() + &words[1..]
}

fn render(subjects: &[Subject]) -> String {
    let mut page = PREFACE.to_owned();
    for subject in subjects {
        let answers = subject.comment.first().map(String::as_str).unwrap_or_default();
        page.push_str(&format!("- [{}](#{}): {answers}\n", heading(&subject.name), subject.name.replace('_', "-")));
    }
    for subject in subjects {
        page.push_str(&format!("\n## {}\n\n{}\n\n", heading(&subject.name), subject.comment.join("\n")));
        let place = format!("src/terms/functions/{}.rs", subject.name);
        page.push_str(&format!("In [{place}](../{place}):\n\n"));
        for (name, sentence) in &subject.functions {
            page.push_str(&format!("- `{name}`: {sentence}\n"));
        }
    }
    page
}

#[test]
fn the_page_says_what_the_functions_say() {
    let subjects = subjects();
    assert!(subjects.len() >= 15, "only {} files name their words and method", subjects.len());
    let rendered = render(&subjects);
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(root().join(PAGE), &rendered).unwrap();
    }
    let committed = fs::read_to_string(root().join(PAGE)).unwrap_or_default();
    assert!(
        committed == rendered,
        "{PAGE} is not what the functions say; run: UPDATE_DOCS=1 cargo test functions_page"
    );
}

#[test]
fn every_function_names_its_words_method_source_and_an_example() {
    for subject in subjects() {
        let has = |start: &str| subject.comment.iter().any(|line| line.starts_with(start));
        for start in ["| method |", "| source |", "| undefined |", "Example: "] {
            assert!(has(start), "src/terms/functions/{}.rs has no `{start}` in its opening comment", subject.name);
        }
        assert!(!subject.functions.is_empty(), "src/terms/functions/{}.rs has no function", subject.name);
        for (name, sentence) in &subject.functions {
            assert!(sentence.ends_with('.'), "`{name}` lacks a first sentence: {sentence:?}");
        }
    }
}
