//! What the parties sign: the document, the files beside it, what they set, and who takes which role.

use std::collections::BTreeMap;

use super::content::{ContentError, decode, encode};
use crate::{
    terms::{Contract, compile, finding::Finding},
    values::{Digest, PartyId},
};

/// Separates the digests of agreements from every other hash of the product.
const AGREEMENT_TAG: &[u8] = b"outcome-ledger/agreement/v1\0";

/// Holds what is agreed, verbatim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// The text of the document.
    pub document: String,
    /// The texts of the files that the document refers to, by name.
    pub files: BTreeMap<String, String>,
    /// Values that replace defaults of parameters, as written.
    pub settings: BTreeMap<String, String>,
    /// Who takes which role.
    pub roles: BTreeMap<String, PartyId>,
}

impl Agreement {
    /// The agreement out of texts as they are stored; without roles, which stand elsewhere.
    ///
    /// # Errors
    /// Files or settings that are no JSON objects of texts.
    pub fn read(document: String, files: &str, settings: &str) -> Result<Self, ContentError> {
        let read = |what: &str, json: &str| {
            decode(json.as_bytes()).map_err(|ContentError(reason)| ContentError(format!("the {what}: {reason}")))
        };
        let (files, settings) = (read("files", files)?, read("settings", settings)?);
        Ok(Self { document, files, settings, roles: BTreeMap::new() })
    }

    /// The contract that can be run, which it could be when it was proposed.
    ///
    /// # Errors
    /// The first thing that keeps it from running.
    pub fn runnable(&self, name: &str) -> Result<Contract, ContentError> {
        let (contract, findings) = self.compile(name);
        let first = || findings.first().map(Finding::to_string).unwrap_or_default();
        contract.ok_or_else(|| ContentError(format!("the document of contract `{name}` cannot be run: {}", first())))
    }

    /// The digest that is signed: SHA-256 over a tag and the four parts, each after its length in 8 bytes; files, settings
    /// and roles as JSON objects without spaces, keys in the order of the alphabet.
    pub fn digest(&self) -> Digest {
        self.digest_with(&self.files_json(), &self.settings_json())
    }

    /// The same digest over files and settings as they are stored, byte for byte.
    pub fn digest_with(&self, files: &str, settings: &str) -> Digest {
        let roles = encode(&self.roles);
        let parts = [self.document.as_bytes(), files.as_bytes(), settings.as_bytes(), &roles];
        let lengths = parts.map(|part| (part.len() as u64).to_be_bytes());
        let mut all: Vec<&[u8]> = vec![AGREEMENT_TAG];
        all.extend(lengths.iter().zip(parts).flat_map(|(length, part)| [&length[..], part]));
        Digest::of(&all)
    }

    /// The files as they are stored.
    pub fn files_json(&self) -> String {
        String::from_utf8(encode(&self.files)).unwrap_or_default()
    }

    /// The settings as they are stored.
    pub fn settings_json(&self) -> String {
        String::from_utf8(encode(&self.settings)).unwrap_or_default()
    }

    /// The contract that can be run; none when any finding is an error.
    pub fn compile(&self, name: &str) -> (Option<Contract>, Vec<Finding>) {
        let settings: Vec<_> = self.settings.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        let file = |name: &str| self.files.get(name).cloned().ok_or_else(|| "it is not part of the agreement".into());
        compile(name, &self.document, &settings, &file)
    }
}

/// The word by which a document says that a role is taken by patients, who neither register nor sign.
const BENEFICIARY: &str = "beneficiary";

/// The roles of a contract, with whether beneficiaries take them.
pub fn roles(contract: &Contract) -> impl Iterator<Item = (&str, bool)> {
    let parties = &contract.checked.document.header.parties;
    parties.iter().map(|party| (party.name.text.as_str(), party.is == BENEFICIARY))
}

/// The word by which a document says that a role decides disputes.
const ARBITER: &str = "arbiter";

/// The roles that decide disputes.
pub fn arbiters(contract: &Contract) -> Vec<String> {
    let mut arbiters: Vec<String> = contract
        .checked
        .document
        .header
        .parties
        .iter()
        .filter(|party| party.is == ARBITER)
        .map(|party| party.name.text.clone())
        .collect();
    arbiters.sort_unstable();
    arbiters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreement() -> Agreement {
        Agreement {
            document: "id: a\n".into(),
            files: [("b.csv".into(), "1".into()), ("a.csv".into(), "2".into())].into(),
            settings: [("window".into(), "90 days".into())].into(),
            roles: [("payer".into(), PartyId::from_bytes([1; 16]))].into(),
        }
    }

    #[test]
    fn the_digest_is_the_documented_one() {
        // python3:
        // p = [b'id: a\n', b'{"a.csv":"2","b.csv":"1"}', b'{"window":"90 days"}',
        //      b'{"payer":"01010101-0101-0101-0101-010101010101"}']
        // sha256(b'outcome-ledger/agreement/v1\0' + b''.join(len(x).to_bytes(8, 'big') + x for x in p)).hexdigest()
        assert_eq!(
            agreement().digest().to_string(),
            "e500796e95c2f55447f0e0bcd88d6aa36846caa571a6272c977a78fe62101bf2"
        );
    }

    #[test]
    fn every_part_is_signed() {
        let digest = agreement().digest();
        let changes: [fn(&mut Agreement); 4] = [
            |agreement| agreement.document.push(' '),
            |agreement| drop(agreement.files.remove("a.csv")),
            |agreement| drop(agreement.settings.insert("window".into(), "91 days".into())),
            |agreement| agreement.roles = [("payer".into(), PartyId::from_bytes([2; 16]))].into(),
        ];
        for change in changes {
            let mut other = agreement();
            change(&mut other);
            assert_ne!(other.digest(), digest);
        }
    }
}
