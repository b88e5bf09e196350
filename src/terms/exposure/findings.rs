//! What is worth knowing before anybody signs, as findings.

use super::{
    bounds::{Assumption, Bounds},
    names::Uses,
    party::{self, PartyExposure},
    reporting,
    step::Step,
};
use crate::terms::{
    check::{Checked, clauses::TypedClause},
    document::Field,
    finding::{Findings, Severity},
    formula::Name,
};

/// The codes of all findings of this folder.
pub const CODES: [&str; 7] =
    ["never-fires", "never-pays", "idle-party", "no-role", "unlimited", "unused", "nobody-reports"];

/// Notes all that is worth knowing about a checked document.
pub fn note(checked: &Checked, findings: &mut Findings) {
    let silent = silent_clauses(checked, findings);
    idle_parties(checked, &silent, findings);
    unlimited(checked, &party::of_checked(checked), findings);
    unused(checked, findings);
    for duty in reporting::duties(&checked.document).iter().filter(|duty| duty.by.is_none()) {
        let Some(fact) = checked.document.facts.iter().find(|fact| fact.name.text == duty.fact) else { continue };
        let clauses = duty.clauses.iter().map(|clause| format!("`{clause}`")).collect::<Vec<_>>().join(", ");
        let message = format!("nobody is named who reports `{}`, on which {clauses} depend{}", duty.fact, {
            if duty.clauses.len() == 1 { "s" } else { "" }
        });
        findings
            .add(Severity::Advice, "nobody-reports", fact.name.span, message)
            .help("add `by: <party>`, and `due: …` for the day by which it is reported");
    }
}

/// Notes clauses that can never fire or pay; true for each that cannot, whatever the parameters are.
fn silent_clauses(checked: &Checked, findings: &mut Findings) -> Vec<bool> {
    let in_force = Bounds::new(checked, Assumption::default());
    let free = Bounds::new(checked, Assumption { free_parameters: true, ..Assumption::default() });
    let mut silent = Vec::new();
    for (index, clause) in checked.clauses.iter().enumerate() {
        let found = silence(&in_force, clause);
        let always = silence(&free, clause).is_some();
        silent.push(always);
        let Some((code, what)) = found else { continue };
        let part = if code == "never-fires" { clause.when.as_ref() } else { None };
        let span = part.map_or(clause.amount.span, |when| when.span);
        let name = &checked.document.clauses[index].name.text;
        let (severity, help) = if always {
            (Severity::Warning, "check which way round it compares, and the declared bounds of what it uses")
        } else {
            (Severity::Advice, "it is so for the parameters in force; other values would change it")
        };
        findings.add(severity, code, span, format!("`{name}` can never pay: {what}")).help(help);
    }
    silent
}

fn silence(bounds: &Bounds, clause: &TypedClause) -> Option<(&'static str, &'static str)> {
    let condition = clause.when.as_ref().map(|when| bounds.domain(when, &bounds.periodic_scope(clause)).truth());
    if condition == Some((false, true)) {
        return Some(("never-fires", "its condition never holds"));
    }
    let amount = bounds.range(&clause.amount, &bounds.scope(clause));
    match (amount.low, amount.high) {
        (Some(low), Some(high)) if low.is_zero() && high.is_zero() => Some(("never-pays", "its amount is always zero")),
        (_, Some(high)) if high <= rust_decimal::Decimal::ZERO => {
            Some(("never-pays", "its amount is never above zero"))
        }
        _ => None,
    }
}

fn idle_parties(checked: &Checked, silent: &[bool], findings: &mut Findings) {
    for (at, party) in checked.document.header.parties.iter().enumerate() {
        let takes_part = |clause: &TypedClause| {
            usize::from(clause.payer) == at || clause.payees.iter().any(|(payee, _)| usize::from(*payee) == at)
        };
        let mut clauses = checked.clauses.iter().zip(silent).filter(|(clause, _)| takes_part(clause)).peekable();
        let named = clauses.peek().is_some();
        let name = &party.name;
        if named && clauses.all(|(_, silent)| *silent) {
            findings
                .add(
                    Severity::Warning,
                    "idle-party",
                    name.span,
                    format!("`{}` can neither pay nor be paid: none of its clauses can pay", name.text),
                )
                .help("see the findings about these clauses");
        }
        let reports = checked.document.facts.iter().any(|fact| fact.by.as_ref().is_some_and(|by| by.text == name.text));
        if !named && !reports {
            findings
                .add(
                    Severity::Advice,
                    "no-role",
                    name.span,
                    format!("`{}` neither pays, nor is paid, nor reports anything", name.text),
                )
                .help("name it in a clause, or as `by` of what it reports, if it has a part in the contract");
        }
    }
}

fn unlimited(checked: &Checked, parties: &[PartyExposure], findings: &mut Findings) {
    for party in parties {
        for clause in party.clauses.iter().filter(|clause| clause.total.is_none()) {
            let name = &checked.document.clauses[clause.index].name;
            let why = clause.steps.iter().find(|step| matches!(step, Step::Unlimited(_)));
            let yearly = if clause.per_year.is_some() && why.is_some() { " over its years" } else { "" };
            findings
                .add(
                    Severity::Advice,
                    "unlimited",
                    name.span,
                    format!(
                        "what `{}` can owe is unlimited{yearly}: nothing caps the clause `{}`",
                        party.party, name.text
                    ),
                )
                .help("add a limit such as `limits: [ { per: contract, at_most: … } ]`, or declare smallest and largest values (`min`, `max`) of what it uses");
        }
    }
}

fn unused(checked: &Checked, findings: &mut Findings) {
    let document = &checked.document;
    let uses = Uses::new(document);
    let mut note = |name: &Name, what: &str| {
        let message = format!("nothing uses the {what} `{}`", name.text);
        let help = "remove it, or keep it if it is reported or shown for its own sake";
        findings.add(Severity::Advice, "unused", name.span, message).help(help);
    };
    let idle = |name: &&Name| !uses.any(&name.text);
    document.parameters.iter().map(|p| &p.name).filter(idle).for_each(|name| note(name, "parameter"));
    document.tables.iter().map(|t| &t.name).filter(idle).for_each(|name| note(name, "table"));
    document.measures.iter().map(|m| &m.name).filter(idle).for_each(|name| note(name, "measure"));
    document.fields.iter().map(|f| &f.name).filter(idle).for_each(|name| note(name, "field"));
    for fact in &document.facts {
        if !uses.any(&fact.name.text) {
            note(&fact.name, "fact");
            continue;
        }
        let idle = |field: &&Field| !uses.any_field(&fact.name.text, &field.name.text);
        fact.fields.iter().filter(idle).for_each(|field| note(&field.name, "field"));
    }
}
