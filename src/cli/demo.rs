//! `demo`: the whole story on real patients, from a contract to a ledger that names who was tampered with.

use std::{collections::BTreeMap, fs, path::PathBuf};

use clap::Args;
use diesel::connection::SimpleConnection;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    balances,
    output::{self, DONE, Failure, Format, Outcome},
    session::Session,
    settlement,
};
use crate::{
    ledger::View,
    operations::{
        DueSettlement, FactReport, FactSheet, Outside, PaymentOrder, Proposal, Sheet, activate_contract,
        approve_settlement, confirm_payment, enrol_subjects, explain_line, list_payments, make_key, open_log,
        preview_settlement, propose_contract, propose_settlement, register_party, report_facts, send_payment,
        sign_contract, state_balances, verify_log,
    },
    storage::{Connection, migrate},
    terms::explain::Question,
    values::{Day, decimal},
};

/// Tells the whole story, step by step, on 299 real patients with heart failure.
///
/// A manufacturer guarantees survival; the demo founds a ledger, signs the contract, enrols the patients, reports their
/// therapy, deaths and last contacts, settles, explains one refund, corrects a wrong death date, settles the difference,
/// verifies everything, and then changes one stored row behind the ledger's back to show that it is found.
///
/// Data: Heart Failure Clinical Records, UCI Machine Learning Repository, CC BY 4.0 (Ahmad et al. 2017; Chicco and Jurman
/// 2020). The ledger stays in a folder of its own, which the last lines name.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// The folder for the demo's ledger; one for temporary files when left out
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

const DOCUMENT: &str = include_str!("../../contracts/heart-failure-survival/contract.yaml");
const SUBJECTS: &str = include_str!("../../contracts/heart-failure-survival/subjects.csv");
const FACTS: [(&str, &str); 3] = [
    ("therapy", include_str!("../../contracts/heart-failure-survival/therapy.csv")),
    ("death", include_str!("../../contracts/heart-failure-survival/death.csv")),
    ("last_contact", include_str!("../../contracts/heart-failure-survival/last_contact.csv")),
];
const CONTRACT: &str = "heart-failure-survival";
const PARTIES: [(&str, &str, &str); 3] = [
    ("manufacturer", "The manufacturer", "manufacturer"),
    ("insurer", "The insurer", "insurer"),
    ("hospital", "The hospital", "provider"),
];
const AS_OF: &str = "2026-10-31";

/// Tells steps as they happen, or gathers them for a program.
struct Story<'s> {
    session: &'s Session,
    steps: Vec<Value>,
}

impl Story<'_> {
    fn tell(&mut self, title: &str, text: &str, value: &impl Serialize) -> Result<(), Failure> {
        let number = self.steps.len() + 1;
        self.steps.push(json!({ "step": number, "title": title, "result": value }));
        match self.session.format {
            Format::Json => Ok(()),
            Format::Text => output::write(&format!("{number}. {title}\n{}", indented(text))),
        }
    }
}

fn indented(text: &str) -> String {
    text.trim_end().lines().map(|line| format!("   {line}\n")).collect()
}

/// Runs the command.
pub fn run(arguments: &DemoArgs, session: &Session) -> Outcome {
    let folder = folder(arguments, session)?;
    let ledger = folder.join("ledger.db");
    if ledger.exists() {
        return Err(Failure::refused("exists", format!("{} exists already; name another --folder", ledger.display())));
    }
    let here = Session { database: ledger.display().to_string(), key: None, format: session.format };
    let mut story = Story { session: &here, steps: Vec::new() };
    if session.format == Format::Text {
        output::write("outcome-ledger demo: a survival guarantee for 299 real patients with heart failure\n")?;
    }
    sign(&mut story)?;
    follow_up(&mut story)?;
    settle(&mut story)?;
    pay(&mut story)?;
    correct(&mut story)?;
    verify(&mut story, &folder)?;
    finish(&story, &ledger)
}

fn folder(arguments: &DemoArgs, session: &Session) -> Result<PathBuf, Failure> {
    let folder = match &arguments.folder {
        Some(folder) => folder.clone(),
        None => session.outside(|outside| {
            let name = format!("outcome-ledger-demo-{}", outside.now_micros);
            Ok(std::env::temp_dir().join(name))
        })?,
    };
    fs::create_dir_all(&folder).map_err(|error| Failure::unreachable(format!("{}: {error}", folder.display())))?;
    Ok(folder)
}

/// The contract comes into force.
fn sign(story: &mut Story) -> Result<(), Failure> {
    let session = story.session;
    let mut connection = session.create()?;
    migrate::run(&mut connection)?;
    let founded = session.outside(|outside| open_log(&mut connection, outside, None))?;
    if let Some(files) = session.key_files()? {
        session.outside(|outside| make_key(&mut connection, outside, files))?;
    }
    story.tell(
        "A ledger is founded",
        "One file, empty but for its identity, and beside it the key that will sign its checkpoints. Everything that happens\n\
         becomes an entry in a chain.",
        &founded,
    )?;
    let mut names = Vec::new();
    for (_, name, is) in PARTIES {
        names.push(session.act(|connection, outside| register_party(connection, outside, name, is))?);
    }
    let proposal = Proposal {
        name: Some(CONTRACT),
        file: "contracts/heart-failure-survival/contract.yaml",
        document: DOCUMENT,
        files: &|name| Err(format!("{name} is not needed here")),
        settings: BTreeMap::new(),
        parties: PARTIES.iter().map(|(role, name, _)| ((*role).to_owned(), (*name).to_owned())).collect(),
    };
    let proposed = session.act(|connection, outside| propose_contract(connection, outside, proposal))?;
    for role in &proposed.signers {
        session.act(|connection, outside| sign_contract(connection, outside, CONTRACT, role))?;
    }
    let activated = session.act(|connection, outside| activate_contract(connection, outside, CONTRACT))?;
    let text = format!(
        "The manufacturer refunds the therapy when a covered patient dies early: all of it within 30 days, half within 90.\n\
         It pays a rebate when the cohort's survival at 180 days (Kaplan–Meier) falls short of 70 %.\n\
         All parties signed the document with digest {}…",
        &proposed.digest[..16]
    );
    story.tell(
        "A contract is proposed, signed and in force",
        &text,
        &json!({ "parties": names, "proposed": proposed, "in_force": activated }),
    )
}

/// Patients are enrolled, their outcomes reported.
fn follow_up(story: &mut Story) -> Result<(), Failure> {
    let sheet = |file: &str, text: &str| Sheet::csv(file, text);
    let subjects = sheet("subjects.csv", SUBJECTS);
    let enrolled = story.session.act(|connection, outside| enrol_subjects(connection, outside, CONTRACT, &subjects))?;
    let recorded =
        FACTS.map(|(kind, text)| FactSheet { kind: kind.to_owned(), sheet: sheet(&format!("{kind}.csv"), text) });
    let report = FactReport { recorded: recorded.into(), ..FactReport::default() };
    let reported = story.session.act(|connection, outside| report_facts(connection, outside, CONTRACT, &report))?;
    let text = format!(
        "{} patients, {} facts: therapy paid, deaths, last contacts. Names and contents stay beside the journal;\n\
         the chain holds only salted commitments, so that a patient can be forgotten and the proof still stands.",
        SUBJECTS.lines().count() - 1,
        reported.recorded
    );
    story.tell("Patients are enrolled and followed up", &text, &json!({ "enrolled": enrolled, "reported": reported }))
}

fn as_of() -> Result<Day, Failure> {
    Day::parse(AS_OF).ok_or_else(|| Failure::refused("day", "the demo's day cannot be read"))
}

/// The clock of the story: it is not earlier than the day that is settled, whatever the machine believes.
fn not_before<'o, 'r>(outside: &'o mut Outside<'r>, day: Day) -> &'o mut Outside<'r> {
    outside.now_micros = outside.now_micros.max(i64::from(day.0) * 86_400_000_000);
    outside
}

/// A settlement is put forward and approved by everybody who pays or is paid; the last approval posts it.
fn post_settlement(story: &Story, day: Day) -> Result<DueSettlement, Failure> {
    let due = story
        .session
        .act(|connection, outside| propose_settlement(connection, not_before(outside, day), CONTRACT, day))?;
    for role in &due.approvers {
        story.session.act(|connection, outside| {
            approve_settlement(connection, not_before(outside, day), CONTRACT, None, role)
        })?;
    }
    Ok(due)
}

/// What is owed is computed, posted and explained.
fn settle(story: &mut Story) -> Result<(), Failure> {
    let day = as_of()?;
    let settled = post_settlement(story, day)?;
    let shown = settled.due.iter().take(4).chain(settled.due.iter().filter(|line| line.clause == "cohort_rebate"));
    let mut text = format!(
        "{} lines are put forward, approved by {}, and posted; the first ones, and the rebate on the cohort:\n",
        settled.due.len(),
        settled.approvers.join(" and ")
    );
    text += &settlement::lines(shown);
    for total in &settled.totals {
        text += &format!(
            "\n{} pays {} under {}: CNY {}",
            total.payer,
            total.payee,
            total.clause,
            output::amount(total.amount)
        );
    }
    story.tell(&format!("The contract is settled as of {AS_OF}"), &text, &settled)?;
    let question = Question { clause: "refund", subject: Some("hf001"), ..Question::default() };
    let step = explain_line(&mut story.session.open()?, CONTRACT, day, &question)?;
    story.tell("Every amount explains itself, down to the reported facts", &step.to_string(), &step)?;
    let again = preview_settlement(&mut story.session.open()?, CONTRACT, day)?;
    let text =
        format!("Owed less posted leaves {} lines. Settling is a difference, never a second payment.", again.due.len());
    story.tell("Settling once more posts nothing", &text, &again)
}

/// What the insurer is owed is paid: it leaves, and it arrives.
fn pay(story: &mut Story) -> Result<(), Failure> {
    let day = as_of()?;
    let open = list_payments(&mut story.session.open()?, CONTRACT)?.open;
    let owed = open.iter().find(|open| open.payee == "insurer").and_then(|open| decimal::parse(&open.amount));
    let amount = owed.ok_or_else(|| Failure::refused("demo", "nothing is owed to the insurer"))?;
    let order = PaymentOrder { from: "manufacturer", to: "insurer", amount, reference: Some("DEMO-1"), on: Some(day) };
    let sent = story
        .session
        .act(|connection, outside| send_payment(connection, not_before(outside, day), CONTRACT, &order))?;
    let in_flight = state_balances(&mut story.session.open()?, CONTRACT, View::default())?;
    let payment = sent.payment.position.to_string();
    let confirmed = story.session.act(|connection, outside| {
        confirm_payment(connection, not_before(outside, day), CONTRACT, &payment, Some(day))
    })?;
    let text = format!(
        "The manufacturer sends CNY {}. Until the insurer confirms it, the money has left one and not reached the other:\n{}",
        output::amount(amount),
        balances::accounts(&in_flight.accounts)
    );
    story.tell("A payment is sent and confirmed", &text, &json!({ "sent": sent, "confirmed": confirmed }))
}

/// A wrong death date is put right.
fn correct(story: &mut Story) -> Result<(), Failure> {
    let sheet = |file: &str, text: &str| FactSheet { kind: "death".into(), sheet: Sheet::csv(file, text) };
    let report = FactReport {
        retracted: vec![sheet("wrong.csv", "subject,on\nhf001,2025-01-05\n")],
        recorded: vec![sheet("right.csv", "subject,on\nhf001,2025-02-10\n")],
        ..FactReport::default()
    };
    let reported = story.session.act(|connection, outside| report_facts(connection, outside, CONTRACT, &report))?;
    let day = as_of()?;
    let settled = post_settlement(story, day)?;
    let text = format!(
        "Suppose the hospital finds that patient hf001 died on day 40, not on day 4. The first report stays in the journal,\n\
         a second one takes its place, and only the difference is posted:\n{}",
        settlement::lines(&settled.due)
    );
    story.tell("A wrong death date is corrected", &text, &json!({ "reported": reported, "settled": settled }))
}

/// The ledger proves itself, and names what was changed behind its back.
fn verify(story: &mut Story, folder: &std::path::Path) -> Result<(), Failure> {
    let verified = verify_log(&mut story.session.open()?)?;
    let looked = &verified.looked_at;
    let text = format!(
        "{} {} entries, {} postings, {} facts and {} settlement lines fit together; {} settlements were computed again\n\
         from contract and facts and agree to the cent.",
        if verified.valid { "VALID:" } else { "INVALID:" },
        looked.entries,
        looked.postings,
        looked.facts,
        looked.lines,
        looked.settlements
    );
    story.tell("The ledger is verified", &text, &verified)?;
    let copy = folder.join("tampered.db");
    let source = folder.join("ledger.db");
    fs::copy(&source, &copy).map_err(|error| Failure::unreachable(format!("{}: {error}", copy.display())))?;
    let tampered = Session { database: copy.display().to_string(), key: None, format: story.session.format };
    let mut connection = tampered.reach()?;
    tamper(&mut connection)?;
    let found = verify_log(&mut connection)?;
    let findings: String = found.findings.iter().map(|finding| format!("\n\n{finding}")).collect();
    let text = format!(
        "In a copy, somebody with the file lifts the guard and adds 1,000 yuan to one posted line. `verify` answers:{findings}"
    );
    story.tell("One stored row is tampered with, and found", &text, &found)?;
    if verified.valid && !found.valid {
        Ok(())
    } else {
        Err(Failure::refused("demo", "the ledger did not prove itself; please report this"))
    }
}

/// Adds 1,000 yuan to the first posted line, as somebody with the file could.
fn tamper(connection: &mut Connection) -> Result<(), Failure> {
    let forgery = "DROP TRIGGER settlement_line_refuses_update;
        UPDATE settlement_line SET amount_minor = CAST(amount_minor + 100000 AS TEXT)
        WHERE seq = (SELECT min(seq) FROM settlement_line) AND item = 0;";
    match connection {
        Connection::Sqlite(connection) => {
            connection.batch_execute(forgery).map_err(|error| Failure::refused("demo", error))
        }
        Connection::Postgres(_) => Err(Failure::refused("demo", "the demo runs on a file")),
    }
}

fn finish(story: &Story, ledger: &std::path::Path) -> Outcome {
    if story.session.format == Format::Json {
        output::answer(
            Format::Json,
            &json!({ "ledger": ledger.display().to_string(), "steps": story.steps }),
            String::new,
        )?;
        return Ok(DONE);
    }
    let place = ledger.display();
    output::write(&format!(
        "What to try next (from a clone: `cargo run --release --` in place of `outcome-ledger`)\n   \
         outcome-ledger statement {CONTRACT} --database {place}\n   \
         outcome-ledger explain {CONTRACT} --clause cohort_rebate --as-of {AS_OF} --database {place}\n   \
         outcome-ledger verify --database {place}\n   \
         outcome-ledger checkpoint --database {place}\n   \
         outcome-ledger export {CONTRACT} --output demo.bundle --database {place}\n   \
         outcome-ledger check contracts/*/contract.yaml\n   \
         outcome-ledger new contracts/efficacy-guarantee/contract.yaml --id my-guarantee --output my-guarantee.yaml\n\n\
         Data: Heart Failure Clinical Records, UCI, CC BY 4.0 (Ahmad et al. 2017; Chicco and Jurman 2020)."
    ))?;
    Ok(DONE)
}
