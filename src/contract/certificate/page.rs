//! What the entries of a certificate say, in words.

use std::{collections::BTreeMap, fmt::Write};

use serde::Deserialize;

use super::Proven;
use crate::{
    contract::{
        content::{self, ContentError},
        payload::{Proposal, Registration, Sum},
    },
    values::{Currency, Day, PartyId},
};

/// What a page tells of the payload of a settlement.
#[derive(Deserialize)]
struct Posted {
    as_of: Day,
    count: u32,
    totals: Vec<Sum>,
}

/// Writes the page. The same entries give the same page.
///
/// # Errors
/// Entries that do not say what their kind says.
pub fn page(settlement: &Proven, proposal: &Proven, registrations: &[Proven]) -> Result<String, ContentError> {
    let entry = &settlement.entry;
    let posted: Posted = content::decode(&entry.payload)?;
    let Proposal { name, roles, digest, .. } = content::decode(&proposal.entry.payload)?;
    let parties: BTreeMap<PartyId, Registration> = registrations
        .iter()
        .map(|proven| content::decode(&proven.entry.payload).map(|party: Registration| (party.party, party)))
        .collect::<Result<_, _>>()?;
    let named = |party: &PartyId| parties.get(party).map_or_else(|| party.to_string(), |party| party.name.clone());
    let role =
        |role: &str| roles.get(role).map_or_else(|| role.to_owned(), |party| format!("{} ({role})", named(party)));
    let currency = entry.postings.first().map(|posting| posting.currency);
    let mut page = String::from("\nCERTIFICATE OF SETTLEMENT\n\n");
    let mut line = |label: &str, value: &str| {
        // Writing to a text cannot fail.
        let _ = writeln!(page, "{label:<11} {value}");
    };
    line("Contract", &name);
    line("Agreement", &digest);
    line("Settled", &format!("as of {}, {} line(s)", posted.as_of, posted.count));
    for sum in &posted.totals {
        let amount =
            sum.amount_minor.parse().map_err(|_| ContentError(format!("the amount `{}`", sum.amount_minor)))?;
        line("", &format!("{} to {}: {}", role(&sum.payer), role(&sum.payee), shown(amount, currency)));
    }
    for posting in &entry.postings {
        let amount = shown(posting.amount_minor, Some(posting.currency));
        line("Posted", &format!("{}, {}: {amount}", named(&posting.party), posting.account));
    }
    line("Recorded", &instant(entry.recorded_at_micros));
    line("Entry", &entry.id.to_string());
    line("Position", &format!("{} of chain {}", entry.seq, entry.chain));
    line("Log", &format!("index {} of the tree that the checkpoint below signs", settlement.proof.index));
    page.push_str(
        "\nThis page repeats what the entries below say. To prove that the log signed them:\n\
         outcome-ledger verify THIS-FILE --policy YOUR-POLICY\n",
    );
    Ok(page)
}

/// An amount in the currency's major units; debit positive, credit negative where it is posted.
fn shown(minor: i128, currency: Option<Currency>) -> String {
    let major = currency.and_then(|currency| Some((currency, currency.from_minor(minor)?)));
    major.map_or_else(|| format!("{minor} minor units"), |(currency, amount)| format!("{amount} {currency}"))
}

/// An instant to the second, as ISO 8601 has it.
fn instant(micros: i64) -> String {
    const DAY: i64 = 86_400;
    let seconds = micros.div_euclid(1_000_000);
    let (day, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let day = i32::try_from(day).map_or_else(|_| format!("day {day}"), |day| Day(day).to_string());
    format!("{day}T{:02}:{:02}:{:02}Z", second / 3_600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_those_of_the_calendar() {
        // date -u -d @1775001600; date -u -d @-1
        assert_eq!(instant(1_775_001_600_999_999), "2026-04-01T00:00:00Z");
        assert_eq!(instant(-1), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn amounts_are_in_major_units() {
        assert_eq!(shown(-4_980_050, Currency::parse("CNY")), "-49800.50 CNY");
        assert_eq!(shown(7, Currency::parse("JPY")), "7 JPY");
        assert_eq!(shown(7, None), "7 minor units");
    }
}
