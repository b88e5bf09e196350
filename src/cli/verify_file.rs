//! `verify FILE`: a bundle or a certificate, checked offline.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    output::{Failure, Format, Outcome, WRONG_USAGE, answer},
    verify::VerifyArgs,
};
use crate::{
    contract::{
        audit::Looked,
        bundle::{self, Checked, MALFORMED, Verdict},
        certificate,
    },
    ledger::note::{Note, Policy, TreeHead},
};

/// Checks a file.
pub fn run(file: &Path, policy: &Path, arguments: &VerifyArgs, format: Format) -> Outcome {
    let policy = self::policy(policy)?;
    let held = held(arguments, &policy)?;
    let archive = read(file)?;
    let held = held.as_ref().map(|(note, head)| (note, *head));
    let is_certificate = archive.starts_with(certificate::HEADER.as_bytes());
    let checked = match is_certificate {
        true => certificate::check(&String::from_utf8_lossy(&archive), &policy, held),
        false => bundle::check(&archive, &policy, held),
    };
    let checked = checked.map_err(|malformed| {
        let text = format!("error: {} is no bundle or certificate that can be read: {malformed}", file.display());
        Failure::new(MALFORMED, "malformed", text)
    })?;
    // A certificate does not prove that the log continues what was held before.
    if let (Some(path), Verdict::Valid | Verdict::Closed, false) =
        (&arguments.remember, checked.verdict, is_certificate)
    {
        remember(path, &checked.checkpoint)?;
    }
    answer(format, &checked, || in_text(&checked))?;
    Ok(checked.verdict.exit_code())
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::unreachable(format!("cannot read {}: {error}", path.display())))
}

fn policy(path: &Path) -> Result<Policy, Failure> {
    Policy::parse(&read(path)?).map_err(|errors| {
        let lines: Vec<_> = errors.iter().map(|error| format!("{}:{error}", path.display())).collect();
        Failure::refused("policy", lines.join("\n"))
    })
}

/// The checkpoint that the reader holds, which the policy has to accept as well.
fn held(arguments: &VerifyArgs, policy: &Policy) -> Result<Option<(Note, TreeHead)>, Failure> {
    let remembered = arguments.remember.as_ref().filter(|path| path.exists());
    if arguments.held.len() > 1 {
        let text = "error: a file is compared with one checkpoint\n  help: give the newest one that you hold";
        return Err(Failure::new(WRONG_USAGE, "held-checkpoint", text));
    }
    let Some(path) = arguments.held.first().or(remembered) else { return Ok(None) };
    let wrong = |error: &dyn std::fmt::Display| {
        Failure::refused("held-checkpoint", format!("{} is no checkpoint that you can hold: {error}", path.display()))
    };
    let note = Note::parse(&read(path)?).map_err(|error| wrong(&error))?;
    let head = policy.check(&note).map_err(|error| wrong(&error))?.checkpoint.head();
    Ok(Some((note, head)))
}

/// Replaces the file as a whole, so that it always holds one checkpoint.
fn remember(path: &Path, checkpoint: &str) -> Result<(), Failure> {
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    let fresh = PathBuf::from(fresh);
    let kept = fs::write(&fresh, checkpoint).and_then(|()| fs::rename(&fresh, path));
    kept.map_err(|error| Failure::unreachable(format!("cannot keep the checkpoint in {}: {error}", path.display())))
}

fn in_text(checked: &Checked) -> String {
    let findings: String = checked.findings.iter().map(|finding| format!("{finding}\n\n")).collect();
    let outcome = match checked.verdict {
        Verdict::Valid => "VALID: everything is as the log signed it".to_owned(),
        Verdict::Closed => "VALID, PARTLY CLOSED: everything that is open is as the log signed it".to_owned(),
        Verdict::Stale => "STALE: valid, but you hold a newer checkpoint".to_owned(),
        Verdict::Diverged => "DIVERGED: the log showed you another history before".to_owned(),
        Verdict::Invalid => format!("INVALID: {} finding(s)", checked.findings.len()),
    };
    let signed = match (&checked.origin, checked.size, &checked.root) {
        (Some(origin), Some(size), Some(root)) => format!("log {origin}, {size} entries, root {root}"),
        _ => "no log that the policy knows".to_owned(),
    };
    let witnesses = match &checked.witnesses[..] {
        [] => "no witness".to_owned(),
        names => names.join(", "),
    };
    let both = checked.diverged.as_ref().map_or(String::new(), |[given, held]| {
        format!("\n\nthe checkpoint of this file\n\n{given}\nthe checkpoint that you hold\n\n{held}")
    });
    let rest = looked(&checked.looked_at, &checked.not_checked);
    format!("{findings}{outcome}\n{signed}\ncosigned by {witnesses}\n{rest}{both}")
}

/// How much was looked at, and what was not.
pub fn looked(looked: &Looked, not_checked: &[String]) -> String {
    let open: String = not_checked.iter().map(|sentence| format!("\n  - {sentence}")).collect();
    format!(
        "looked at {} entries and {} postings of {} chains, {} parties, {} contracts, {} subjects, {} facts, {} \
         settlement lines; computed {} settlements and {} accruals again\nnot checked:{open}",
        looked.entries,
        looked.postings,
        looked.chains,
        looked.parties,
        looked.contracts,
        looked.subjects,
        looked.facts,
        looked.lines,
        looked.settlements,
        looked.accruals
    )
}
