//! A network to try the interface with: a party for each role, three contracts in force, one of them followed up.

use std::collections::BTreeMap;

use super::{
    output::{Failure, REFUSED},
    session::Session,
};
use crate::{
    api::templates::library::{Template, templates},
    operations::{
        FactReport, FactSheet, Proposal, Sheet, activate_contract, enrol_subjects, open_log, propose_contract,
        register_party, report_facts, sign_contract,
    },
    storage::{Connection, migrate},
};

/// The parties, with what they are registered as.
pub const PARTIES: [(&str, &str); 9] = [
    ("Maker A", "manufacturer"),
    ("Insurer A", "insurer"),
    ("Platform A", "administrator"),
    ("Payer A", "payer"),
    ("Hospital A", "provider"),
    ("Agent A", "agent"),
    ("Regulator A", "regulator"),
    ("Auditor A", "auditor"),
    ("Operator A", "operator"),
];

/// The contracts. The first is about 299 real patients with heart failure, who are followed up.
const CONTRACTS: [&str; 3] = ["heart-failure-survival", "efficacy-insurance", "kymriah-spain"];
const FACTS: [&str; 3] = ["therapy", "death", "last_contact"];

/// Founds the network in a database that holds none yet.
pub fn found(session: &Session) -> Result<(), Failure> {
    let mut connection = session.create()?;
    migrate::run(&mut connection)?;
    if session.outside(|outside| open_log(&mut connection, outside, None))?.existed {
        return Ok(());
    }
    for (name, is) in PARTIES {
        session.outside(|outside| register_party(&mut connection, outside, name, is))?;
    }
    for name in CONTRACTS {
        sign(session, &mut connection, template(name)?)?;
    }
    follow_up(session, &mut connection, template(CONTRACTS[0])?)
}

fn template(name: &str) -> Result<&'static Template, Failure> {
    let missing = || Failure::new(REFUSED, "template", format!("error: the library has no `{name}`"));
    templates().iter().find(|template| template.name == name).ok_or_else(missing)
}

fn file(template: &Template, name: &str) -> Result<String, String> {
    let found = template.files.iter().find(|(file, _)| *file == name);
    found.map(|(_, text)| (*text).to_owned()).ok_or_else(|| "there is no such file".into())
}

/// A contract of the library comes into force between parties that are what its roles ask for.
fn sign(session: &Session, connection: &mut Connection, template: &Template) -> Result<(), Failure> {
    let roles = template.contract.checked.document.header.parties.iter();
    let taken = roles.filter_map(|role| {
        let party = PARTIES.iter().find(|(_, is)| *is == role.is)?.0;
        Some((role.name.text.clone(), party.to_owned()))
    });
    let parties: BTreeMap<String, String> = taken.collect();
    let proposal = Proposal {
        name: None,
        file: template.name,
        document: template.document,
        files: &|name| file(template, name),
        settings: BTreeMap::new(),
        parties,
    };
    let proposed = session.outside(|outside| propose_contract(connection, outside, proposal))?;
    for role in &proposed.signers {
        session.outside(|outside| sign_contract(connection, outside, &proposed.contract, role))?;
    }
    session.outside(|outside| activate_contract(connection, outside, &proposed.contract)).map(drop)
}

/// Patients are enrolled and reported on.
fn follow_up(session: &Session, connection: &mut Connection, template: &Template) -> Result<(), Failure> {
    let sheet = |name: &str| {
        let bytes = file(template, name).unwrap_or_default().into_bytes();
        Sheet::csv(name, bytes)
    };
    let contract = &template.contract.checked.document.header.id;
    session.outside(|outside| enrol_subjects(connection, outside, contract, &sheet("subjects.csv")))?;
    let recorded = FACTS.map(|kind| FactSheet { kind: kind.into(), sheet: sheet(&format!("{kind}.csv")) });
    let report = FactReport { recorded: recorded.into(), ..FactReport::default() };
    session.outside(|outside| report_facts(connection, outside, contract, &report)).map(drop)
}
