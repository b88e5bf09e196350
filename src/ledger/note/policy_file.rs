//! Reading a policy from its file: all errors at once, each at its line.

use std::collections::{HashMap, HashSet};

use super::{
    KeyKind, Policy, VerifierKey,
    encoding::decimal,
    lines::shown,
    policy::{KnownKey, PolicyName, Quorum, Witnessing},
};

/// Says what is wrong in one line of a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct PolicyError {
    /// Which line, counted from 1.
    pub line: usize,
    /// What is wrong, and what to do.
    pub problem: String,
}

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    ///
    /// All that is wrong with it, in order of lines.
    pub fn parse(file: &[u8]) -> Result<Self, Vec<PolicyError>> {
        let mut reading = Reading::default();
        let mut errors = Vec::new();
        let mut last = 1;
        for (number, line) in (1..).zip(file.strip_suffix(b"\n").unwrap_or(file).split(|byte| *byte == b'\n')) {
            last = number;
            if let Err(problem) = reading.line(line) {
                errors.push(PolicyError { line: number, problem });
            }
        }
        if reading.quorum.is_none() && errors.is_empty() {
            let problem = "the policy ends without a quorum: add `quorum none` or `quorum NAME`".into();
            errors.push(PolicyError { line: last, problem });
        }
        match reading.quorum {
            Some(quorum) if errors.is_empty() => Ok(Self { logs: reading.logs, witnesses: reading.witnesses, quorum }),
            _ => Err(errors),
        }
    }
}

/// What the lines so far have defined.
#[derive(Default)]
struct Reading {
    logs: Vec<KnownKey>,
    witnesses: Vec<Witnessing>,
    names: HashMap<Vec<u8>, Quorum>,
    members: HashSet<Vec<u8>>,
    quorum: Option<Quorum>,
}

impl Reading {
    fn line(&mut self, line: &[u8]) -> Result<(), String> {
        if let Some(byte) = line.iter().find(|byte| matches!(byte, 0..=8 | 11..=31 | 127)) {
            return Err(format!("byte 0x{byte:02x} is not allowed: a policy has text, tabs and newlines only"));
        }
        let items: Vec<&[u8]> = line.split(|byte| b" \t".contains(byte)).filter(|item| !item.is_empty()).collect();
        match items.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with(b"#") => Ok(()),
            [b"log", key, url @ ..] => self.log(key, url),
            [b"witness", name, key, url @ ..] => self.witness(name, key, url),
            [b"group", name, threshold, first, others @ ..] => {
                self.group(name, threshold, &[&[*first], others].concat())
            }
            [b"quorum", name] => self.quorum(name),
            [b"log", ..] => Err("expected `log KEY [URL]`".into()),
            [b"witness", ..] => Err("expected `witness NAME KEY [URL]`".into()),
            [b"group", ..] => Err("expected `group NAME all|any|NUMBER MEMBER...`".into()),
            [b"quorum", ..] => Err("expected `quorum NAME` or `quorum none`".into()),
            [other, ..] => Err(format!("expected log, witness, group or quorum, found {}", text(other))),
        }
    }

    fn log(&mut self, key: &[u8], url: &[&[u8]]) -> Result<(), String> {
        let known = known(key, url)?;
        // A log that signs as a witness does is allowed; its cosignatures are signatures of the checkpoint too.
        if has_key(self.logs.iter(), &known) {
            return Err("another log has this key: each key stands for one log".into());
        }
        self.logs.push(known);
        Ok(())
    }

    fn witness(&mut self, name: &[u8], key: &[u8], url: &[&[u8]]) -> Result<(), String> {
        let known = known(key, url)?;
        if known.key.kind() != KeyKind::Cosignature {
            return Err("a witness needs a key of type 0x04; this one has the type of a log, 0x01".into());
        }
        if has_key(self.witnesses.iter().map(|witness| &witness.known), &known) {
            return Err("another witness has this key: each key counts once".into());
        }
        self.define(name, Quorum::Witness(self.witnesses.len()))?;
        self.witnesses.push(Witnessing { name: PolicyName(name.to_vec()), known });
        Ok(())
    }

    fn group(&mut self, name: &[u8], threshold: &[u8], names: &[&[u8]]) -> Result<(), String> {
        let mut taken = HashSet::new();
        let members = names.iter().map(|name| self.member(name, &mut taken)).collect::<Result<Vec<_>, _>>()?;
        let enough = match threshold {
            b"any" => Some(1),
            b"all" => Some(members.len()),
            number => str::from_utf8(number).ok().and_then(decimal).and_then(|number| usize::try_from(number).ok()),
        };
        let threshold = enough.filter(|enough| (1..=members.len()).contains(enough)).ok_or_else(|| {
            format!(
                "expected all, any or a number from 1 to {} (the members), found {}",
                members.len(),
                text(threshold)
            )
        })?;
        self.define(name, Quorum::Group { name: PolicyName(name.to_vec()), threshold, members })?;
        self.members.extend(taken);
        Ok(())
    }

    /// The rule behind a name, which can be a member of one group only, and of that only once.
    fn member(&self, name: &[u8], taken: &mut HashSet<Vec<u8>>) -> Result<Quorum, String> {
        let rule = self.names.get(name).cloned();
        let rule = rule.ok_or_else(|| format!("{} is not defined on a line before this one", text(name)))?;
        let new = taken.insert(name.to_vec()) && !self.members.contains(name);
        new.then_some(rule).ok_or_else(|| format!("{} is a member already: each name counts once", text(name)))
    }

    fn quorum(&mut self, name: &[u8]) -> Result<(), String> {
        if self.quorum.is_some() {
            return Err("the quorum is defined already: a policy has one".into());
        }
        let rule = if name == b"none" { Some(Quorum::None) } else { self.names.get(name).cloned() };
        self.quorum = Some(rule.ok_or_else(|| format!("{} is not defined on a line before this one", text(name)))?);
        Ok(())
    }

    fn define(&mut self, name: &[u8], rule: Quorum) -> Result<(), String> {
        if name == b"none" {
            return Err("the name none is taken: it stands for no witness".into());
        }
        if self.names.contains_key(name) {
            return Err(format!("{} is defined already: witnesses and groups share their names", text(name)));
        }
        self.names.insert(name.to_vec(), rule);
        Ok(())
    }
}

fn known(key: &[u8], url: &[&[u8]]) -> Result<KnownKey, String> {
    let url = match url {
        [] => None,
        [url] => Some(String::from_utf8(url.to_vec()).map_err(|_| "the address is not UTF-8".to_owned())?),
        [_, extra, ..] => return Err(format!("expected nothing after the address, found {}", text(extra))),
    };
    let key = str::from_utf8(key).map_err(|_| "the key is not UTF-8".to_owned())?;
    Ok(KnownKey { key: VerifierKey::parse(key).map_err(|error| error.to_string())?, url })
}

fn has_key<'a>(mut known: impl Iterator<Item = &'a KnownKey>, new: &KnownKey) -> bool {
    known.any(|known| known.key.public_key() == new.key.public_key())
}

fn text(item: &[u8]) -> String {
    shown(&String::from_utf8_lossy(item))
}
