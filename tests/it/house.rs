//! The rules of the house, read off the sources: rooms in order, maps, sizes, names, and nothing impure in pure rooms.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The rooms, each allowed to use only those before it.
const ORDER: [&str; 12] = [
    "values",
    "ledger",
    "terms",
    "contract",
    "simulate",
    "evidence",
    "exchange",
    "storage",
    "operations",
    "api",
    "web",
    "cli",
];

/// The rooms before `storage` compute; they never ask the world.
const PURE_ROOMS: usize = 7;

/// What asks the world. A seeded generator is allowed in `simulate`: its numbers follow from the seed.
const IMPURE: [&str; 13] = [
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "std::thread::sleep",
    "SystemTime",
    "Instant::now",
    "Utc::now",
    "Local::now",
    "now_v7",
    "new_v4",
    "getrandom",
    "rand::rng",
];

const BANNED_FOLDERS: [&str; 8] = ["utils", "util", "common", "helpers", "manager", "service", "core", "misc"];

const LONGEST_FILE: usize = 400;

struct Source {
    /// From the root of the package, such as `src/values/day.rs`.
    path: String,
    text: String,
}

impl Source {
    fn room(&self) -> Option<usize> {
        let name = self.path.strip_prefix("src/")?.split(['/', '.']).next()?;
        ORDER.iter().position(|room| *room == name)
    }

    /// The text without comments and without the test module, which may ask the world.
    fn product_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let product = self.text.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default();
        let lines = product.lines().enumerate().map(|(index, line)| (index + 1, line.trim_start()));
        lines.filter(|(_, line)| !line.starts_with("//"))
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn collect(folder: &Path, sources: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            collect(&entry, sources);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            let path = entry.strip_prefix(root()).unwrap().display().to_string().replace('\\', "/");
            sources.push(Source { path, text: fs::read_to_string(&entry).unwrap() });
        }
    }
}

fn sources(folder: &str) -> Vec<Source> {
    let mut sources = Vec::new();
    collect(&root().join(folder), &mut sources);
    assert!(!sources.is_empty(), "no source under {folder}");
    sources
}

fn assert_none(findings: &[String], advice: &str) {
    assert!(findings.is_empty(), "\n{}\n\nWhat to do: {advice}\n", findings.join("\n"));
}

/// The rooms that a line names: `crate::ledger::…`, and each name of a grouped `use crate::{…}`.
fn rooms_named(line: &str) -> Vec<usize> {
    let grouped = line.strip_prefix("use crate::{").unwrap_or_default();
    // Names at the first level of the group; what stands in inner braces belongs to a room.
    let mut depth = 0;
    let first_level: String = grouped
        .chars()
        .filter(|c| {
            depth += i32::from(*c == '{') - i32::from(*c == '}');
            depth == 0
        })
        .collect();
    let of_group = first_level.split(',').filter_map(|path| path.split("::").next());
    let direct = line.split("crate::").skip(1).filter_map(|rest| rest.split(|c: char| !is_name(c)).next());
    of_group.chain(direct).filter_map(|name| ORDER.iter().position(|room| *room == name.trim())).collect()
}

const fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Joins a `use` that is spread over lines, and keeps the number of its first line.
fn statements<'a>(lines: impl Iterator<Item = (usize, &'a str)>) -> Vec<(usize, String)> {
    let mut statements: Vec<(usize, String)> = Vec::new();
    for (number, line) in lines {
        match statements.last_mut() {
            Some((_, open)) if open.starts_with("use ") && !open.contains(';') => open.push_str(line),
            _ => statements.push((number, line.trim_start_matches("pub ").to_owned())),
        }
    }
    statements
}

#[test]
fn rooms_use_only_rooms_before_them() {
    let mut findings = Vec::new();
    for source in sources("src") {
        let Some(room) = source.room() else { continue };
        for (number, statement) in statements(source.product_lines()) {
            for named in rooms_named(&statement).into_iter().filter(|named| *named > room) {
                findings.push(format!("{}:{number}: `{}` uses `{}`", source.path, ORDER[room], ORDER[named]));
            }
        }
    }
    assert_none(
        &findings,
        "a room uses only those before it. Move what both need to the earlier room, or hand the value in from the later \
         one.",
    );
}

#[test]
fn pure_rooms_do_not_ask_the_world() {
    let mut findings = Vec::new();
    for source in sources("src").iter().filter(|source| source.room().is_some_and(|room| room < PURE_ROOMS)) {
        for (number, line) in source.product_lines() {
            for word in IMPURE.iter().filter(|word| line.contains(**word)) {
                findings.push(format!("{}:{number}: {word}", source.path));
            }
        }
    }
    assert_none(
        &findings,
        "take the day, the instant, the bytes of the file or the salt as an argument; `operations` and `cli` ask the world.",
    );
}

#[test]
fn files_have_one_reason_to_be_opened() {
    let lengths = ["src", "tests"].into_iter().flat_map(sources).map(|source| {
        let length = source.text.lines().count();
        (source, length)
    });
    let findings: Vec<_> = lengths
        .filter(|(_, length)| *length > LONGEST_FILE)
        .map(|(source, length)| format!("{}: {length} lines", source.path))
        .collect();
    assert_none(&findings, "a file past 400 lines has two reasons to be opened; split it by what each part is about.");
}

#[test]
fn every_room_and_file_opens_with_its_map() {
    let mut findings = Vec::new();
    let sources = sources("src");
    for source in &sources {
        if !source.text.starts_with("//! ") {
            findings.push(format!("{}: does not open with `//!`", source.path));
        }
        let Some(folder) = source.path.strip_suffix("/mod.rs") else { continue };
        let map: String = source.text.lines().filter(|line| line.starts_with("//!")).collect();
        let neighbours = sources.iter().filter_map(|other| other.path.strip_prefix(folder)?.strip_prefix('/'));
        for name in neighbours.filter_map(|name| name.strip_suffix("/mod.rs").or_else(|| name.strip_suffix(".rs"))) {
            if name != "mod" && name != "tests" && !name.contains('/') && !map.contains(&format!("`{name}`")) {
                findings.push(format!("{}: the map does not list `{name}`", source.path));
            }
        }
    }
    assert_none(&findings, "say in `//!` what lives there, what never will, and list each file as `name`.");
}

#[test]
fn folders_are_named_for_what_they_hold() {
    let sources = sources("src").into_iter().chain(sources("tests"));
    let findings: Vec<_> = sources
        .map(|source| source.path)
        .filter(|path| path.split(['/', '.']).any(|part| BANNED_FOLDERS.contains(&part)))
        .collect();
    assert_none(&findings, "name folders and files for what they hold: `posting`, `currency`, `samples`.");
}

#[test]
fn every_file_of_tests_is_compiled() {
    let main = fs::read_to_string(root().join("tests/it/main.rs")).unwrap();
    let findings: Vec<_> = sources("tests/it")
        .iter()
        .filter_map(|source| source.path.strip_prefix("tests/it/")?.strip_suffix(".rs"))
        .filter(|name| *name != "main" && !name.contains('/') && !main.contains(&format!("\nmod {name};")))
        .map(|name| format!("tests/it/{name}.rs"))
        .collect();
    assert_none(&findings, "add `mod NAME;` to tests/it/main.rs, or the tests in the file never run.");
}

#[test]
fn the_rules_notice_what_they_forbid() {
    let position = |name: &str| ORDER.iter().position(|room| *room == name).unwrap();
    let names = |line: &str| rooms_named(line).into_iter().map(|room| ORDER[room]).collect::<Vec<_>>();
    assert_eq!(names("use crate::storage::Connection;"), ["storage"]);
    assert_eq!(names("use crate::{cli::run, values::{Day, id::ChainId}, ledger};"), ["cli", "values", "ledger"]);
    assert_eq!(names("let row = crate::api::answer(crate::values::Day(0));"), ["api", "values"]);
    assert_eq!(names("use super::{Connection, contract};"), [""; 0]);
    let text = "use crate::{\n    storage::Row,\n    values::Day,\n};\nlet x = 1;\n\n#[cfg(test)]\nmod tests {}\n";
    let source = Source { path: "src/terms/plan.rs".into(), text: text.into() };
    assert_eq!(source.room(), Some(position("terms")));
    let statements = statements(source.product_lines());
    assert_eq!(statements.len(), 2, "{statements:?}");
    assert_eq!(names(&statements[0].1), ["storage", "values"]);
    assert!(ORDER[..PURE_ROOMS].contains(&"exchange") && !ORDER[..PURE_ROOMS].contains(&"storage"));
}
