//! The check of a bundle, and the verdict.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Bundle, Malformed, Scope,
    bodies::{Chains, Hashed, history},
    heads::{self, Placed},
    held::{self, Standing},
    manifest::{MANIFEST, Manifest},
    read::Files,
    tree,
};
use crate::{
    contract::{
        audit::{
            Code, Finding, Findings, Held, History, Life, Looked, check_contract, contracts,
            parties::{self, Registrations},
        },
        identity::{log_identity, network_chain},
    },
    ledger::note::{Accepted, Note, Policy, TreeHead},
    values::{ChainId, Digest},
};

/// What a check comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Everything fits.
    Valid,
    /// Everything that is open fits; some contents were not given.
    Closed,
    /// Everything fits, but the reader holds a newer checkpoint.
    Stale,
    /// The log showed this reader another history before.
    Diverged,
    /// Something does not fit.
    Invalid,
}

impl Verdict {
    /// The exit code of a program that checks.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::Closed => 10,
            Self::Stale => 20,
            Self::Diverged => 30,
            Self::Invalid => 40,
        }
    }
}

/// The exit code for what is no bundle, or one of an unknown version.
pub const MALFORMED: u8 = 50;

/// The outcome of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// What it comes to.
    pub verdict: Verdict,
    /// The log that the policy knows and that signed; none when none did.
    pub origin: Option<String>,
    /// Entries in the tree that was signed.
    pub size: Option<u64>,
    /// The root that was signed, hexadecimal.
    pub root: Option<String>,
    /// Witnesses of the policy that cosigned.
    pub witnesses: Vec<String>,
    /// Everything that does not fit.
    pub findings: Vec<Finding>,
    /// How much was looked at.
    pub looked_at: Looked,
    /// What was not checked, in sentences.
    pub not_checked: Vec<String>,
    /// The checkpoint of the bundle, verbatim.
    pub checkpoint: String,
    /// The checkpoint of the bundle and the one held, when both cannot be true.
    pub diverged: Option<[String; 2]>,
}

/// Checks an archive against a policy, and against a checkpoint that the reader held before.
///
/// Who the log is and whose signatures count is taken from the policy alone.
///
/// # Errors
/// Bytes that are no bundle.
pub fn check(archive: &[u8], policy: &Policy, held: Option<(&Note, TreeHead)>) -> Result<Checked, Malformed> {
    let (bundle, manifest, files) = Bundle::read(archive)?;
    let mut list = Vec::new();
    check_manifest(&bundle, &manifest, &files, &mut list);
    let note = Note::parse(bundle.checkpoint.as_bytes())
        .map_err(|error| Malformed { file: "checkpoint".into(), reason: error.to_string() })?;
    let accepted = policy.check(&note);
    let hashed = Hashed::all(&bundle.entries);
    let mut standing = Standing::Continues;
    match &accepted {
        Ok(accepted) => {
            let head = accepted.checkpoint.head();
            tree::check_entries(&bundle, &hashed, head, &mut list);
            tree::check_consistency(&bundle, &hashed, head, &mut list);
            if let Some((_, held)) = held {
                standing = held::compare(&bundle, &hashed, head, held, &mut list);
            }
        }
        Err(error) => {
            let mut findings = Findings { list: &mut list, table: "checkpoint", contract: None };
            findings.add(Code::PolicyRefuses, "the checkpoint", error, "a checkpoint that the policy accepts");
        }
    }
    let mut checked = check_entries(&bundle, hashed, accepted.as_ref().ok(), list);
    let both = held.filter(|_| standing == Standing::Diverged).map(|(held, _)| [note.to_string(), held.to_string()]);
    checked.diverged = both;
    checked.verdict = match standing {
        Standing::Diverged => Verdict::Diverged,
        _ if !checked.findings.is_empty() => Verdict::Invalid,
        Standing::Older => Verdict::Stale,
        _ if manifest.contents["closed"] > 0 => Verdict::Closed,
        _ => Verdict::Valid,
    };
    Ok(checked)
}

/// Compares the manifest with what follows from the other files.
fn check_manifest(bundle: &Bundle, manifest: &Manifest, files: &Files, list: &mut Vec<Finding>) {
    let others = files.iter().filter(|(name, _)| **name != MANIFEST).map(|(name, content)| (*name, *content));
    let computed = Manifest::of(bundle, others);
    let mut findings = Findings { list, table: MANIFEST, contract: None };
    for (name, computed) in &computed.files {
        let claimed = manifest.files.get(name).map_or("no such file".into(), ToString::to_string);
        if claimed != computed.to_string() {
            findings.add(Code::ManifestDiffers, format!("file {name}"), claimed, computed);
        }
    }
    if findings.list.is_empty() && computed != *manifest {
        let shown = |manifest: &Manifest| String::from_utf8(manifest.encode()).unwrap_or_default();
        findings.add(Code::ManifestDiffers, "the manifest", shown(manifest), shown(&computed));
    }
}

/// What the entries of a bundle say.
struct Said {
    network: ChainId,
    history: History,
    lives: BTreeMap<ChainId, Life>,
    registered: Registrations,
}

/// Checks entries, heads and contracts.
fn check_entries(bundle: &Bundle, hashed: Vec<Hashed>, accepted: Option<&Accepted>, mut list: Vec<Finding>) -> Checked {
    let log = identity(bundle, accepted, &hashed, &mut list);
    let network = network_chain(log);
    let places = placed(bundle, &hashed);
    let mut chains = Chains::new(log, (bundle.scope == Scope::Contract).then_some(network));
    let history = history(&bundle.entries, hashed, &mut chains, &mut list);
    let mut early = Vec::new();
    let of_contracts = history.iter().filter(|(chain, _)| **chain != network);
    let lives: BTreeMap<_, _> =
        of_contracts.map(|(chain, entries)| (*chain, Life::of(*chain, entries, &mut early))).collect();
    list.extend(chains.findings(|chain| lives.get(&chain).map(|life| life.name.clone()), network));
    list.append(&mut early);
    let registered = parties::registrations(history.get(&network), &mut list);
    let complete_to = heads::check(bundle, history.get(&network), &places, &mut list);
    let said = Said { network, history, lives, registered };
    let mut looked_at = said.looked_at();
    let mut not_checked = open(bundle, accepted, complete_to);
    check_contracts(bundle, &said, &mut looked_at, &mut list, &mut not_checked);
    Checked {
        verdict: Verdict::Invalid,
        origin: accepted.map(|accepted| accepted.checkpoint.origin().to_owned()),
        size: accepted.map(|accepted| accepted.checkpoint.head().size),
        root: accepted.map(|accepted| accepted.checkpoint.head().root.to_string()),
        witnesses: accepted.map(witnesses).unwrap_or_default(),
        findings: list,
        looked_at,
        not_checked,
        checkpoint: bundle.checkpoint.clone().into_owned(),
        diverged: None,
    }
}

fn witnesses(accepted: &Accepted) -> Vec<String> {
    accepted.witnesses.iter().map(|witness| witness.key.name().to_owned()).collect()
}

/// The identity of the log: that of the origin which the policy knows; of the first entry when the policy knows none.
fn identity(bundle: &Bundle, accepted: Option<&Accepted>, hashed: &[Hashed], list: &mut Vec<Finding>) -> Digest {
    let first = hashed.iter().find_map(|hashed| hashed.entry.as_ref().ok()).map(|entry| entry.log);
    let Some(accepted) = accepted else { return first.unwrap_or_default() };
    let origin = accepted.checkpoint.origin();
    let computed = log_identity(origin, bundle.founded_at_micros);
    if let Some(first) = first.filter(|first| *first != computed) {
        let mut findings = Findings { list, table: MANIFEST, contract: None };
        let found = format!("founded at {} µs, which gives {computed} for `{origin}`", bundle.founded_at_micros);
        findings.add(Code::LogDiffers, "founded_at", found, first);
        return first;
    }
    computed
}

fn placed(bundle: &Bundle, hashed: &[Hashed]) -> Vec<Placed> {
    let read = bundle.entries.iter().zip(hashed);
    read.filter_map(|(logged, hashed)| {
        let entry = hashed.entry.as_ref().ok()?;
        Some(Placed { chain: entry.chain, seq: entry.seq, hash: hashed.hash, index: logged.index })
    })
    .collect()
}

impl Said {
    fn looked_at(&self) -> Looked {
        let entries = || self.history.values().flat_map(BTreeMap::values);
        Looked {
            chains: self.history.len() as u64,
            entries: entries().count() as u64,
            postings: entries().map(|entry| entry.postings.len() as u64).sum(),
            parties: self.registered.len() as u64,
            ..Looked::default()
        }
    }
}

/// Compares what is given of each contract with its chain.
fn check_contracts(
    bundle: &Bundle,
    said: &Said,
    looked_at: &mut Looked,
    list: &mut Vec<Finding>,
    not_checked: &mut Vec<String>,
) {
    for (chain, life) in said.lives.iter().filter(|(chain, _)| !bundle.contracts.contains_key(chain)) {
        let mut findings = Findings { list, table: "contract", contract: Some(&life.name) };
        findings.add(Code::RowMissing, format!("contract {chain}"), "nothing", "document, files and contents");
    }
    for (chain, contents) in &bundle.contracts {
        let Some(life) = said.lives.get(chain).filter(|_| *chain != said.network) else {
            let mut findings = Findings { list, table: "contract", contract: None };
            findings.add(Code::RowExtra, format!("contract {chain}"), "contents", "no such contract");
            continue;
        };
        looked_at.contracts += 1;
        contracts::check_text(*chain, life, &contents.text, list);
        let held = Held {
            chain: *chain,
            life,
            entries: said.history.get(chain),
            text: Some(&contents.text),
            amendments: &contents.amendments,
            subjects: &contents.subjects,
            facts: &contents.facts,
            lines: &contents.lines,
            erased: &contents.erased,
        };
        check_contract(&held, &said.registered, looked_at, list, not_checked);
    }
}

/// What a bundle leaves open.
fn open(bundle: &Bundle, accepted: Option<&Accepted>, complete_to: Option<u64>) -> Vec<String> {
    let mut open = Vec::new();
    let size = accepted.map(|accepted| accepted.checkpoint.head().size);
    match (bundle.scope, complete_to, size) {
        (Scope::Log, ..) => {}
        (_, Some(complete), Some(size)) if complete < size => open.push(format!(
            "Whether the contract has entries from index {complete} of the log on: the newest list of all chains in this \
             bundle covers the first {complete} of {size} entries."
        )),
        (_, Some(_), _) => {}
        (_, None, _) => open.push(
            "Whether these are all entries of the contract: the bundle has no list of all chains that the log recorded."
                .to_owned(),
        ),
    }
    open.push(
        "Whether others were shown the same log: compare checkpoints, or name witnesses in the policy.".to_owned(),
    );
    open.push("Who the actors were, and whether clocks were right.".to_owned());
    open.push("Whether reported facts are true.".to_owned());
    open
}
