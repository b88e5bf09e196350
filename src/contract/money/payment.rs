//! The life of a payment: sent, then confirmed or failed; and reversals of steps that were recorded wrongly.
//!
//! A payment covers what posted settlements owe from one role to another. It never exceeds that, those in flight included.
//! Where corrections leave less owed than was paid, the payee pays back: a payment of the same two roles below zero.

use super::{
    super::payload::{PaymentFailed, PaymentSent, Reversal},
    books::{Books, Pair, Place, minor},
    effect::{Effect, Impossible},
    reason,
};
use crate::{
    ledger::AccountKind,
    values::{Day, EntryId},
};

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// It left and did not arrive yet.
    InFlight,
    /// It arrived.
    Confirmed,
    /// It came back.
    Failed,
    /// It was recorded wrongly and counts for nothing.
    Void,
}

/// What is asked of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Confirm,
    Fail,
    ReverseSent,
    ReverseConfirmed,
    ReverseFailed,
}

/// What may happen at which stage, and where it leads. Everything else is refused.
const ALLOWED: [(Stage, Asked, Stage); 5] = [
    (Stage::InFlight, Asked::Confirm, Stage::Confirmed),
    (Stage::InFlight, Asked::Fail, Stage::Failed),
    (Stage::InFlight, Asked::ReverseSent, Stage::Void),
    (Stage::Confirmed, Asked::ReverseConfirmed, Stage::InFlight),
    (Stage::Failed, Asked::ReverseFailed, Stage::InFlight),
];

impl Stage {
    fn after(self, asked: Asked) -> Option<Self> {
        ALLOWED.iter().find(|(from, allowed, _)| (*from, *allowed) == (self, asked)).map(|(_, _, to)| *to)
    }

    /// Whether the payment covers what is owed.
    pub const fn covers(self) -> bool {
        matches!(self, Self::InFlight | Self::Confirmed)
    }

    /// The word by which it is shown.
    pub const fn word(self) -> &'static str {
        match self {
            Self::InFlight => "in flight",
            Self::Confirmed => "confirmed",
            Self::Failed => "failed",
            Self::Void => "void",
        }
    }
}

/// One recorded step of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    at: Place,
    /// What is asked to take it back.
    undone_by: Asked,
    effect: Effect,
    reversed: bool,
}

/// A payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The position of the entry with which it was sent.
    pub seq: i64,
    /// That entry, by which the payment is called.
    pub entry: EntryId,
    /// What it says.
    pub sent: PaymentSent,
    /// The amount in minor units; below zero the payee pays back.
    pub amount_minor: i128,
    /// The day it was sent.
    pub sent_on: Day,
    /// The day of the last step that stands.
    pub on: Day,
    /// Where it stands.
    pub stage: Stage,
    steps: Vec<Step>,
}

impl Payment {
    /// The roles whose debt it covers.
    pub fn pair(&self) -> Pair {
        (self.sent.payer.clone(), self.sent.payee.clone())
    }

    /// The role that the money leaves, the role that it goes to.
    pub fn sides(&self) -> (&str, &str) {
        sides(&self.sent, self.amount_minor)
    }
}

fn sides(sent: &PaymentSent, amount_minor: i128) -> (&str, &str) {
    if amount_minor < 0 { (&sent.payee, &sent.payer) } else { (&sent.payer, &sent.payee) }
}

impl Books {
    /// The payment that an entry sent.
    pub fn payment(&self, entry: EntryId) -> Option<&Payment> {
        self.payments.iter().find(|payment| payment.entry == entry)
    }

    pub(super) fn send(&mut self, at: Place, sent: &PaymentSent) -> Result<Effect, Impossible> {
        let amount_minor = minor(&sent.amount_minor)?;
        reason::check_reference(&sent.reference)?;
        self.party(&sent.payer)?;
        self.party(&sent.payee)?;
        self.check_fresh(&sent.reference)?;
        self.check_open(&(sent.payer.clone(), sent.payee.clone()), amount_minor)?;
        let effect = self.leaving(sent, amount_minor)?;
        let step = Step { at, undone_by: Asked::ReverseSent, effect: effect.clone(), reversed: false };
        self.payments.push(Payment {
            seq: at.seq,
            entry: at.entry,
            sent: sent.clone(),
            amount_minor,
            sent_on: at.on,
            on: at.on,
            stage: Stage::InFlight,
            steps: vec![step],
        });
        Ok(effect)
    }

    pub(super) fn confirm(&mut self, at: Place, payment: EntryId) -> Result<Effect, Impossible> {
        let (index, stage) = self.asked_of(payment, Asked::Confirm, at.on)?;
        let payment = &self.payments[index];
        let (sender, receiver) = payment.sides();
        let account = if payment.amount_minor < 0 { AccountKind::Payable } else { AccountKind::Receivable };
        let amount_minor = payment.amount_minor.checked_abs().ok_or_else(Impossible::overflow)?;
        let party = self.party(receiver)?;
        let mut effect = Effect::by(self.keeper(receiver, sender));
        effect.debit(party, AccountKind::Cash, amount_minor)?;
        effect.credit(party, account, amount_minor)?;
        self.step(index, at, Asked::ReverseConfirmed, stage, &effect);
        Ok(effect)
    }

    pub(super) fn fail(&mut self, at: Place, failed: &PaymentFailed) -> Result<Effect, Impossible> {
        reason::check_bank_code(&failed.reason)?;
        let (index, stage) = self.asked_of(failed.payment, Asked::Fail, at.on)?;
        let payment = &self.payments[index];
        let effect = self.leaving(&payment.sent, payment.amount_minor)?.opposite(failed.payment)?;
        self.step(index, at, Asked::ReverseFailed, stage, &effect);
        Ok(effect)
    }

    pub(super) fn reverse(&mut self, at: Place, reversal: &Reversal) -> Result<Effect, Impossible> {
        reason::check_word(&reason::REVERSALS, &reversal.reason)?;
        let of_payment = |payment: &Payment| payment.steps.iter().position(|step| step.at.entry == reversal.entry);
        let found = self.payments.iter().enumerate().find_map(|(index, payment)| Some((index, of_payment(payment)?)));
        let Some((index, number)) = found else {
            let message = format!("entry {} is no step of a payment", reversal.entry);
            let help =
                "steps of payments are reversed; settlements and accruals are corrected by posting the difference";
            return Err(Impossible::new("not-reversible", message, help));
        };
        let payment = &self.payments[index];
        let step = &payment.steps[number];
        if step.reversed {
            let message = format!("entry {} is reversed already", reversal.entry);
            return Err(Impossible::new(
                "reversed-already",
                message,
                "an entry is reversed once; record the step anew",
            ));
        }
        check_day(at.on, step.at.on)?;
        let stage = payment.stage.after(step.undone_by).ok_or_else(|| over(payment, "reverse its last step first"))?;
        if step.undone_by == Asked::ReverseFailed {
            self.check_fresh(&payment.sent.reference)?;
            self.check_open(&payment.pair(), payment.amount_minor)?;
        }
        let effect = step.effect.opposite(reversal.entry)?;
        let payment = &mut self.payments[index];
        payment.steps[number].reversed = true;
        (payment.stage, payment.on) = (stage, at.on);
        Ok(effect)
    }

    /// Payments that count have references of their own, so that none is recorded twice.
    fn check_fresh(&self, reference: &str) -> Result<(), Impossible> {
        let same = |payment: &&Payment| payment.stage.covers() && payment.sent.reference == reference;
        let Some(other) = self.payments.iter().find(same) else { return Ok(()) };
        let message = format!("the payment at position {} has the reference `{reference}` already", other.seq);
        Err(Impossible::new("paid-twice", message, "give each payment a reference of its own"))
    }

    /// What a payment posts when it leaves: less owed by the one who sends it, less cash.
    fn leaving(&self, sent: &PaymentSent, amount_minor: i128) -> Result<Effect, Impossible> {
        let (sender, receiver) = sides(sent, amount_minor);
        let party = self.party(sender)?;
        let account = if amount_minor < 0 { AccountKind::Receivable } else { AccountKind::Payable };
        let amount_minor = amount_minor.checked_abs().ok_or_else(Impossible::overflow)?;
        let mut effect = Effect::by(self.keeper(sender, receiver));
        effect.debit(party, account, amount_minor)?;
        effect.credit(party, AccountKind::Cash, amount_minor)?;
        Ok(effect)
    }

    /// A payment moves something, in the direction of what is open, and not more than that.
    fn check_open(&self, pair: &Pair, amount_minor: i128) -> Result<(), Impossible> {
        let open = self.unpaid().get(pair).copied().unwrap_or_default();
        let within = if open < 0 { open..=-1 } else { 1..=open };
        if within.contains(&amount_minor) {
            return Ok(());
        }
        let (payer, payee) = pair;
        let message = match open {
            0 => format!("nothing is open from `{payer}` to `{payee}`"),
            _ => format!("{amount_minor} minor units, when {open} are open from `{payer}` to `{payee}`"),
        };
        Err(Impossible::new(
            "overpaid",
            message,
            "a payment covers what posted settlements owe, those in flight included",
        ))
    }

    fn asked_of(&self, payment: EntryId, asked: Asked, on: Day) -> Result<(usize, Stage), Impossible> {
        let missing =
            || Impossible::new("no-payment", format!("entry {payment} sent no payment"), "name the entry that sent it");
        let index = self.payments.iter().position(|found| found.entry == payment).ok_or_else(missing)?;
        let payment = &self.payments[index];
        check_day(on, payment.sent_on)?;
        let stage = payment.stage.after(asked);
        Ok((index, stage.ok_or_else(|| over(payment, "a payment arrives or comes back once"))?))
    }

    fn step(&mut self, index: usize, at: Place, undone_by: Asked, stage: Stage, effect: &Effect) {
        let payment = &mut self.payments[index];
        payment.steps.push(Step { at, undone_by, effect: effect.clone(), reversed: false });
        (payment.stage, payment.on) = (stage, at.on);
    }
}

fn over(payment: &Payment, help: &str) -> Impossible {
    let message = format!("the payment sent at position {} is {}", payment.seq, payment.stage.word());
    Impossible::new("payment-over", message, help)
}

fn check_day(on: Day, earliest: Day) -> Result<(), Impossible> {
    if on >= earliest {
        return Ok(());
    }
    let message = format!("{on} lies before the step that it follows");
    Err(Impossible::new("too-early", message, format!("{earliest} or a later day")))
}
