//! The documents of the library.

use std::sync::OnceLock;

use actix_web::http::StatusCode;

use crate::{
    api::Problem,
    terms::{Contract, compile},
};

/// A folder of the library: its name, and the texts in it by the names of their files.
type Folder = (&'static str, &'static [(&'static str, &'static str)]);

/// All folders, in the order of their names.
const FOLDERS: &[Folder] = include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// An agreement of the library.
#[derive(Debug)]
pub struct Template {
    /// The name of its folder.
    pub name: &'static str,
    /// The text of the document.
    pub document: &'static str,
    /// The files beside it.
    pub files: Vec<(&'static str, &'static str)>,
    /// The document, compiled.
    pub contract: Contract,
}

/// All agreements, compiled once.
pub fn templates() -> &'static [Template] {
    static TEMPLATES: OnceLock<Vec<Template>> = OnceLock::new();
    TEMPLATES.get_or_init(|| FOLDERS.iter().filter_map(template).collect())
}

/// Finds an agreement by its name.
///
/// # Errors
/// A problem when the library has none of this name.
pub fn find_template(name: &str) -> Result<&'static Template, Problem> {
    let missing = || {
        let help = "look at the list of templates";
        Problem::new(StatusCode::NOT_FOUND, "no-such-template", "the library has no such agreement", help)
    };
    templates().iter().find(|template| template.name == name).ok_or_else(missing)
}

fn template((name, texts): &Folder) -> Option<Template> {
    let (documents, files): (Vec<_>, Vec<_>) = texts.iter().copied().partition(|(file, _)| *file == "contract.yaml");
    let (_, document) = *documents.first()?;
    let file = |name: &str| {
        let found = files.iter().find(|(file, _)| *file == name);
        found.map(|(_, text)| (*text).to_owned()).ok_or_else(|| "there is no such file".to_owned())
    };
    let contract = compile(&format!("{name}/contract.yaml"), document, &[], &file).0?;
    Some(Template { name, document, files, contract })
}
