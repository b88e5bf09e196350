//! `compare`: two versions or two offers, in words and in money.

use std::path::PathBuf;

use clap::Args;
use rust_decimal::Decimal;
use serde::Serialize;

use super::{
    input::{self, Reports},
    output::{self, DONE, Failure, Format, Outcome, REFUSED},
    table::table,
};
use crate::{
    contract::statement::{Total, as_text, state},
    terms::{
        Contract,
        compare::{Difference, compare},
        evaluate::evaluate,
    },
    values::Day,
};

/// Compares two versions or two offers of a contract: clause by clause in words, and in money on the same data.
///
/// What is only written differently is no difference. With reports and `--as-of`, both are settled on the same facts
/// and their totals stand side by side.
#[derive(Debug, Args)]
#[command(
    after_help = "EXAMPLE\n  outcome-ledger compare offer-a.yaml offer-b.yaml --subjects patients.csv \\\n      --facts death=deaths.csv --as-of 2025-12-31"
)]
pub struct Arguments {
    /// The first document.
    #[arg(value_name = "A")]
    first: PathBuf,
    /// The second document.
    #[arg(value_name = "B")]
    second: PathBuf,
    #[command(flatten)]
    reports: Reports,
    /// The day on which both are settled.
    #[arg(long, value_name = "DATE", value_parser = input::day, requires = "subjects")]
    as_of: Option<Day>,
    /// Sets a parameter of the first document.
    #[arg(long, value_name = "PARAMETER=VALUE", value_parser = input::setting)]
    set_first: Vec<(String, String)>,
    /// Sets a parameter of the second document.
    #[arg(long, value_name = "PARAMETER=VALUE", value_parser = input::setting)]
    set_second: Vec<(String, String)>,
}

/// What one role owes another under one clause in both documents.
#[derive(Debug, Serialize)]
struct Money {
    clause: String,
    payer: String,
    payee: String,
    #[serde(serialize_with = "as_text")]
    first: Decimal,
    #[serde(serialize_with = "as_text")]
    second: Decimal,
    #[serde(serialize_with = "as_text")]
    difference: Decimal,
}

/// Runs the command.
pub fn run(arguments: &Arguments, format: Format) -> Outcome {
    let first = input::needed_contract(&arguments.first, &arguments.set_first)?;
    let second = input::needed_contract(&arguments.second, &arguments.set_second)?;
    let differences = compare(&first.checked.document, &second.checked.document);
    let money = match arguments.as_of {
        Some(as_of) => {
            Some(in_money(&totals(&first, &arguments.reports, as_of)?, &totals(&second, &arguments.reports, as_of)?))
        }
        None => None,
    };
    output::answer(format, &serde_json::json!({ "differences": differences, "money": money }), || {
        text(&differences, money.as_deref())
    })?;
    Ok(if differences.is_empty() { DONE } else { REFUSED })
}

fn totals(contract: &Contract, reports: &Reports, as_of: Day) -> Result<Vec<Total>, Failure> {
    let data = input::data(contract, reports)?;
    let evaluation = evaluate(contract, &data, as_of).map_err(|error| Failure::refused("evaluation", error))?;
    Ok(state(contract, &evaluation).totals)
}

fn in_money(first: &[Total], second: &[Total]) -> Vec<Money> {
    let same = |a: &Total, b: &Total| (&a.clause, &a.payer, &a.payee) == (&b.clause, &b.payer, &b.payee);
    let of = |totals: &[Total], total: &Total| {
        totals.iter().find(|other| same(other, total)).map_or(Decimal::ZERO, |found| found.amount)
    };
    let only_second = second.iter().filter(|total| !first.iter().any(|other| same(other, total)));
    first
        .iter()
        .chain(only_second)
        .map(|total| {
            let (a, b) = (of(first, total), of(second, total));
            let (clause, payer, payee) = (total.clause.clone(), total.payer.clone(), total.payee.clone());
            Money { clause, payer, payee, first: a, second: b, difference: b - a }
        })
        .collect()
}

fn text(differences: &[Difference], money: Option<&[Money]>) -> String {
    let mut text = if differences.is_empty() { "Both say the same.\n".to_string() } else { String::new() };
    let mut about = "";
    for difference in differences {
        if difference.about != about {
            about = &difference.about;
            text.push_str(&format!("{about}\n"));
        }
        let part = if difference.part.is_empty() { String::new() } else { format!("{}: ", difference.part) };
        match (&difference.first, &difference.second) {
            (Some(first), Some(second)) => text.push_str(&format!("  - {part}{first}\n  + {part}{second}\n")),
            (Some(first), None) => text.push_str(&format!("  only in the first   {part}{first}\n")),
            (None, second) => {
                text.push_str(&format!("  only in the second  {part}{}\n", second.as_deref().unwrap_or_default()))
            }
        }
    }
    if let Some(money) = money {
        let rows = money.iter().map(|m| {
            let amounts = [m.first, m.second, m.difference].map(output::amount);
            [m.clause.clone(), m.payer.clone(), m.payee.clone()].into_iter().chain(amounts).collect()
        });
        text.push_str("\nOn the same data\n");
        text.push_str(&table(&["clause", "payer", "payee", "first", "second", "difference"], &[3, 4, 5], rows));
    }
    text
}
