//! The words of the contract language, read off the sources of its readers, so that no page about it can go stale.
//!
//! Three forms of source are understood: `const NAME: [&str; N] = […]`, pairs `("word", …)` and the keys that a reader of
//! mappings accepts, `reader.map(node, "what", …)`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

/// The files whose words are words of documents or formulas.
const READERS: [&str; 9] = [
    "src/terms/document",
    "src/terms/formula/parse.rs",
    "src/terms/formula/token.rs",
    "src/terms/check/calls.rs",
    "src/terms/check/gather.rs",
    "src/terms/check/gather_arguments.rs",
    "src/terms/check/places.rs",
    "src/terms/check/scope.rs",
    "src/terms/check/statistics.rs",
];

/// Texts of product sources, without tests and comments.
fn sources(place: &str) -> Vec<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(place);
    let files: Vec<PathBuf> = if path.is_dir() {
        fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect()
    } else {
        vec![path]
    };
    files.iter().map(|file| product(&fs::read_to_string(file).unwrap())).collect()
}

fn product(text: &str) -> String {
    let text = text.split("\n#[cfg(test)]").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The texts in double quotes, in order; quotes inside texts do not occur in the places that are searched.
fn quoted(text: &str) -> Vec<String> {
    text.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// What `const NAME: [&str; N] = […]` holds, by name.
fn lists(source: &str) -> BTreeMap<String, Vec<String>> {
    let mut lists = BTreeMap::new();
    for rest in source.split("const ").skip(1) {
        if let Some((name, rest)) = rest.split_once(": [&str; ")
            && name.chars().all(|c| c.is_ascii_uppercase() || c == '_')
            && let Some((_, rest)) = rest.split_once("] =")
            && let Some((items, _)) = rest.split_once("];")
        {
            lists.insert(name.to_owned(), quoted(items));
        }
    }
    lists
}

/// The words of pairs such as `("from", true)`.
fn pairs(source: &str) -> Vec<String> {
    let called = |before: &str| before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '!');
    source
        .match_indices("(\"")
        .filter(|(at, _)| !called(&source[..*at]))
        .filter_map(|(at, found)| {
            let (word, rest) = source[at + found.len()..].split_once('"')?;
            rest.starts_with(',').then(|| word.to_owned())
        })
        .collect()
}

/// The keys of each mapping that the readers of documents accept, by what they call it.
pub fn keys() -> BTreeMap<String, BTreeSet<String>> {
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources("src/terms/document") {
        let lists = lists(&source);
        for call in source.split("reader.map(").skip(1) {
            let mut parts = call.splitn(3, '"');
            let (Some(_), Some(what), Some(rest)) = (parts.next(), parts.next(), parts.next()) else { continue };
            let argument = rest.trim_start_matches([',', ' ', '\n', '&']);
            let found = match argument.strip_prefix('[') {
                Some(inline) => quoted(inline.split(']').next().unwrap_or_default()),
                None => lists[argument.split(')').next().unwrap_or_default()].clone(),
            };
            keys.entry(what.replace('`', "")).or_default().extend(found);
        }
    }
    keys
}

/// The words of fixed meaning that values of documents are chosen from, and the edges of bands.
pub fn choices() -> BTreeSet<String> {
    sources("src/terms/document").iter().flat_map(|source| pairs(source)).collect()
}

/// All words that the readers know.
pub fn of_readers() -> BTreeSet<String> {
    let mut words: BTreeSet<String> = keys().into_values().flatten().collect();
    for source in READERS.iter().flat_map(|place| sources(place)) {
        words.extend(pairs(&source));
        words.extend(lists(&source).into_values().flatten());
    }
    words
}

#[test]
fn the_forms_are_understood() {
    let source = "const KEYS: [&str; 2] = [\"a\", \"b\"];\nread((\"c\", true)); error(\"d\", 1); x!(\"e\", 2);\n";
    assert_eq!(lists(source)["KEYS"], ["a", "b"]);
    assert_eq!(pairs(source), ["c"]);
    assert_eq!(keys()["a schedule"], ["after", "every", "from", "times"].map(str::to_owned).into());
    assert_eq!(keys()["an example"].len(), 9);
    assert_eq!(product("a\n// b\n#[cfg(test)]\nmod tests {}"), "a");
}
