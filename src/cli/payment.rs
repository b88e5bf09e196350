//! `payment`: money that moves, in two phases.

use clap::{Args, Subcommand};
use serde_json::json;

use super::{
    session::{DONE, Failure, Session, Under, day},
    settlement::role_totals,
    table::table,
};
use crate::{
    operations::{
        ListedPayment, PaymentOrder, Payments, RecordedPayment, confirm_payment, fail_payment, list_payments,
        send_payment,
    },
    values::{Day, Decimal, decimal},
};

/// Records payments under a contract: sent by the one who pays, then confirmed by the one who is paid, or come back.
///
/// A payment covers what posted settlements owe from one role to another and never more, payments in flight included. A
/// wrongly recorded step is taken back with `reverse`.
#[derive(Debug, Args)]
pub struct PaymentArgs {
    #[command(subcommand)]
    command: PaymentCommand,
}

#[derive(Debug, Subcommand)]
enum PaymentCommand {
    /// Records that a payment left
    #[command(
        after_help = "Examples:\n  outcome-ledger payment send acme-north-2025 --from insurer --to manufacturer --amount 100.00\n  outcome-ledger payment send acme-north-2025 --from insurer --to manufacturer --amount 100.00 --reference INV-2025-0017 --on 2025-07-15"
    )]
    Send {
        /// The contract's name
        contract: String,
        /// The role that pays
        #[arg(long, value_name = "ROLE")]
        from: String,
        /// The role that is paid
        #[arg(long, value_name = "ROLE")]
        to: String,
        /// The amount
        #[arg(long, value_parser = amount)]
        amount: Decimal,
        /// What both banks call it (end-to-end identification), no names; made when left out
        #[arg(long)]
        reference: Option<String>,
        /// The day on which it left; today when left out
        #[arg(long, value_name = "DATE", value_parser = day)]
        on: Option<Day>,
        #[command(flatten)]
        under: Under,
    },
    /// Records that a payment arrived
    Confirm {
        /// The contract's name
        contract: String,
        /// The payment, by the position or identifier of the entry with which it was sent
        payment: String,
        /// The day on which it arrived; today when left out
        #[arg(long, value_name = "DATE", value_parser = day)]
        on: Option<Day>,
        #[command(flatten)]
        under: Under,
    },
    /// Records that a payment came back
    #[command(after_help = "Examples:\n  outcome-ledger payment fail acme-north-2025 12 --reason AC04")]
    Fail {
        /// The contract's name
        contract: String,
        /// The payment, by the position or identifier of the entry with which it was sent
        payment: String,
        /// The bank's code for why: four letters or digits, such as AC04
        #[arg(long, value_name = "CODE")]
        reason: String,
        /// The day on which it came back; today when left out
        #[arg(long, value_name = "DATE", value_parser = day)]
        on: Option<Day>,
        #[command(flatten)]
        under: Under,
    },
    /// Lists payments, and what is open
    List {
        /// The contract's name
        contract: String,
    },
}

fn amount(text: &str) -> Result<Decimal, String> {
    decimal::parse(text).filter(|_| !text.ends_with('%')).ok_or_else(|| "expected an amount such as 1234.50".into())
}

/// Runs the command.
pub fn run(args: &PaymentArgs, session: &Session) -> Result<u8, Failure> {
    let recorded = match &args.command {
        PaymentCommand::Send { contract, from, to, amount, reference, on, under } => {
            let request = json!([contract, from, to, amount.to_string(), reference, on]);
            let order = PaymentOrder { from, to, amount: *amount, reference: reference.as_deref(), on: *on };
            session.once(under, "send_payment", &request, |connection, outside| {
                send_payment(connection, outside, contract, &order)
            })?
        }
        PaymentCommand::Confirm { contract, payment, on, under } => {
            let request = json!([contract, payment, on]);
            session.once(under, "confirm_payment", &request, |connection, outside| {
                confirm_payment(connection, outside, contract, payment, *on)
            })?
        }
        PaymentCommand::Fail { contract, payment, reason, on, under } => {
            let request = json!([contract, payment, reason, on]);
            session.once(under, "fail_payment", &request, |connection, outside| {
                fail_payment(connection, outside, contract, payment, reason, *on)
            })?
        }
        PaymentCommand::List { contract } => {
            let payments = list_payments(&mut session.open()?, contract)?;
            session.answer(&payments, || list(&payments))?;
            return Ok(DONE);
        }
    };
    session.answer(&recorded, || in_text(&recorded))?;
    Ok(DONE)
}

fn in_text(recorded: &RecordedPayment) -> String {
    let RecordedPayment { contract, payment, receipt } = recorded;
    let next = match payment.stage {
        "in flight" => {
            format!("\nNext, when it has arrived: outcome-ledger payment confirm {contract} {}", payment.position)
        }
        _ => String::new(),
    };
    format!(
        "{} from {} to {} is {}; recorded at position {}{next}",
        payment.amount, payment.from, payment.to, payment.stage, receipt.position
    )
}

fn list(payments: &Payments) -> String {
    let row = |payment: &ListedPayment| {
        vec![
            payment.position.to_string(),
            payment.from.clone(),
            payment.to.clone(),
            payment.amount.clone(),
            payment.sent_on.to_string(),
            payment.stage.to_owned(),
            payment.on.to_string(),
            payment.reference.clone(),
        ]
    };
    let headings = ["position", "from", "to", "amount", "sent on", "stage", "since", "reference"];
    let sent = match payments.payments.as_slice() {
        [] => "No payment was sent yet.\n".to_owned(),
        sent => table(&headings, &[0, 3], sent.iter().map(row)),
    };
    let open = match payments.open.as_slice() {
        [] => "Nothing is open: payments cover all that settlements owe.".to_owned(),
        open => format!("Open, in {}\n{}", payments.currency, role_totals(open)),
    };
    format!("{sent}\n{open}")
}
