//! A payment as it is shown.

use serde::Serialize;
use utoipa::ToSchema;

use crate::operations::{ListedPayment, Receipt, RecordedPayment};

/// A payment as it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Payment)]
pub struct PaymentShown {
    /// The position at which it was sent, by which it is called.
    pub position: i64,
    /// The entry with which it was sent.
    pub entry: uuid::Uuid,
    /// The role that pays.
    #[schema(example = "maker")]
    pub from: String,
    /// The role that is paid.
    #[schema(example = "insurer")]
    pub to: String,
    /// The amount in major units, above zero.
    #[schema(example = "1000.00")]
    pub amount: String,
    /// What both banks call it.
    #[schema(example = "INV-2025-0017")]
    pub reference: String,
    /// The day on which it left.
    #[schema(format = Date, example = "2025-07-01")]
    pub sent_on: String,
    /// Where it stands: `in flight`, `confirmed`, `failed` or `void`.
    #[schema(example = "in flight")]
    pub stage: String,
    /// The day of its last step.
    #[schema(format = Date, example = "2025-07-01")]
    pub on: String,
}

/// What became of a payment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaymentRecorded {
    /// The contract's name.
    #[schema(example = "refund-2025")]
    pub contract: String,
    /// The payment as it stands now.
    pub payment: PaymentShown,
}

impl From<ListedPayment> for PaymentShown {
    fn from(payment: ListedPayment) -> Self {
        let ListedPayment { position, entry, from, to, amount, reference, sent_on, stage, on } = payment;
        let (sent_on, on) = (sent_on.to_string(), on.to_string());
        Self { position, entry: entry.0, from, to, amount, reference, sent_on, stage: stage.into(), on }
    }
}

impl PaymentRecorded {
    /// What became of a payment, and where it was recorded.
    pub fn of(recorded: RecordedPayment) -> (Self, Vec<Receipt>) {
        let RecordedPayment { contract, payment, receipt } = recorded;
        (Self { contract, payment: payment.into() }, vec![receipt])
    }
}
