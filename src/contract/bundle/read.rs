//! From bytes to a bundle: whatever [`Bundle::write`] would not write is refused, except that digests may be wrong.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    Bundle, Contents, Malformed, Scope, fields,
    manifest::{MANIFEST, Manifest},
    ustar,
};
use crate::{
    contract::audit::records::{AgreementText, AmendmentTexts},
    values::ChainId,
};

/// The files of an archive by name.
pub type Files<'b> = BTreeMap<&'b str, &'b [u8]>;

impl<'b> Bundle<'b> {
    /// Reads an archive. Returns the bundle, its manifest as it stands there, and the files.
    pub fn read(archive: &'b [u8]) -> Result<(Self, Manifest, Files<'b>), Malformed> {
        let all: Files = ustar::read(archive)?.into_iter().collect();
        let manifest = Manifest::read(file(&all, MANIFEST)?)?;
        let scope = manifest.scope()?;
        let mut rest = Rest { all: &all, taken: [MANIFEST.to_owned()].into() };
        let proofs = match scope {
            Scope::Contract => Some(rest.take("proofs")?),
            Scope::Log => None,
        };
        let bundle = Self {
            scope,
            founded_at_micros: manifest.founded_at,
            checkpoint: Cow::Borrowed(rest.text("checkpoint")?),
            policy: Cow::Borrowed(rest.text("policy")?),
            entries: fields::read_entries(scope, rest.take("entries")?, proofs)?,
            heads: fields::read_heads(rest.take("heads")?)?,
            consistency: rest.consistency()?,
            contracts: manifest
                .contracts
                .iter()
                .map(|chain| Ok((*chain, rest.contract(*chain)?)))
                .collect::<Result<_, _>>()?,
        };
        match all.keys().find(|name| !rest.taken.contains(**name)) {
            Some(name) => Err(Malformed { file: (*name).into(), reason: "the format knows no such file here".into() }),
            None => Ok((bundle, manifest, all)),
        }
    }
}

fn file<'b>(all: &Files<'b>, name: &str) -> Result<&'b [u8], Malformed> {
    all.get(name).copied().ok_or_else(|| Malformed { file: name.into(), reason: "the file is missing".into() })
}

/// Files that were not taken yet.
struct Rest<'a, 'b> {
    all: &'a Files<'b>,
    taken: BTreeSet<String>,
}

impl<'b> Rest<'_, 'b> {
    fn take(&mut self, name: &str) -> Result<&'b [u8], Malformed> {
        self.taken.insert(name.to_owned());
        file(self.all, name)
    }

    fn text(&mut self, name: &str) -> Result<&'b str, Malformed> {
        let wrong = |error: std::str::Utf8Error| Malformed { file: name.into(), reason: error.to_string() };
        std::str::from_utf8(self.take(name)?).map_err(wrong)
    }

    fn consistency(&mut self) -> Result<BTreeMap<u64, super::Older>, Malformed> {
        let mut trees = BTreeMap::new();
        for name in self.all.keys().filter(|name| name.starts_with("consistency/")) {
            let size = name.trim_start_matches("consistency/").parse::<u64>().ok();
            let size = size.filter(|size| format!("consistency/{size}") == **name);
            let wrong = || Malformed { file: (*name).into(), reason: "the name should end with a size".into() };
            trees.insert(size.ok_or_else(wrong)?, fields::read_older(name, self.all[name])?);
            self.taken.insert((*name).to_owned());
        }
        Ok(trees)
    }

    fn contract(&mut self, chain: ChainId) -> Result<Contents, Malformed> {
        let name = |file: &str| format!("contracts/{chain}/{file}");
        Ok(Contents {
            text: self.agreement(&name(""))?,
            amendments: self.amendments(&name("amendments/"))?,
            subjects: fields::read_records(&name("subjects"), self.take(&name("subjects"))?)?,
            facts: fields::read_records(&name("facts"), self.take(&name("facts"))?)?,
            erased: fields::read_erased(&name("erased"), self.take(&name("erased"))?)?,
            lines: fields::read_records(&name("lines"), self.take(&name("lines"))?)?,
        })
    }

    fn agreement(&mut self, folder: &str) -> Result<AgreementText, Malformed> {
        let mut text = |file: &str| Ok(self.text(&format!("{folder}{file}"))?.to_owned());
        Ok(AgreementText { document: text("document")?, files: text("files.json")?, settings: text("settings.json")? })
    }

    fn amendments(&mut self, folder: &str) -> Result<AmendmentTexts, Malformed> {
        let mut texts = AmendmentTexts::new();
        let documents = self.all.keys().filter_map(|name| name.strip_prefix(folder)?.strip_suffix("/document"));
        for position in documents.collect::<Vec<_>>() {
            let seq = position.parse::<i64>().ok().filter(|seq| *seq > 0 && seq.to_string() == position);
            let wrong = || Malformed { file: format!("{folder}{position}"), reason: "this is no position".into() };
            texts.insert(seq.ok_or_else(wrong)?, self.agreement(&format!("{folder}{position}/"))?);
        }
        Ok(texts)
    }
}
