//! Who may do what: the one table of access. What it does not allow is refused.
//!
//! A caller is a registered party; its role follows from what it is registered as, never from what it says of itself. What
//! one may not know of is not there for one (`unknown-contract`); what one knows but may not do is refused (`forbidden`).
//!
//! - `decide`: the table applied to somebody who asks

use std::fmt;

use crate::values::PartyId;

mod decide;

pub use decide::{allow, allow_for_parties, allow_on_contract, find_caller};
pub(super) use decide::{not_your_role, scope_of, unknown_contract};

/// What a party is in the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Makes drugs or devices and gives guarantees on them.
    Manufacturer,
    /// Insures against outcomes or pays claims.
    Insurer,
    /// Pays for care.
    Payer,
    /// Gives care and reports outcomes.
    Provider,
    /// Acts for beneficiaries.
    Agent,
    /// Oversees the network.
    Regulator,
    /// Examines the records.
    Auditor,
    /// Runs the ledger.
    Operator,
}

/// How far a right goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// To nothing.
    None,
    /// To contracts in which the party takes a role.
    Own,
    /// To everything.
    All,
}

/// What a party sees of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Each under the name by which it was enrolled.
    Named,
    /// Each under a pseudonym.
    Pseudonyms,
    /// Nobody: sums only.
    Sums,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The party.
    pub party: PartyId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub role: Role,
}

impl Role {
    /// All roles, in the order of the columns of the table.
    pub const ALL: [Self; 8] = [
        Self::Manufacturer,
        Self::Insurer,
        Self::Payer,
        Self::Provider,
        Self::Agent,
        Self::Regulator,
        Self::Auditor,
        Self::Operator,
    ];

    /// The word by which a party of the role is registered.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Manufacturer => "manufacturer",
            Self::Insurer => "insurer",
            Self::Payer => "payer",
            Self::Provider => "provider",
            Self::Agent => "agent",
            Self::Regulator => "regulator",
            Self::Auditor => "auditor",
            Self::Operator => "operator",
        }
    }

    /// What it sees of people. Those who pay for what they sell see no patients; those who oversee, no identities.
    pub const fn sight(self) -> Sight {
        match self {
            Self::Insurer | Self::Payer | Self::Provider | Self::Agent => Sight::Named,
            Self::Regulator | Self::Auditor => Sight::Pseudonyms,
            Self::Manufacturer | Self::Operator => Sight::Sums,
        }
    }

    /// The role of a party by what it is registered as, in the words of contracts; none for words that give no access.
    pub fn of_kind(kind: &str) -> Option<Self> {
        match kind {
            // An administrator handles claims for an insurer; a registry or an assessor reports what a provider would.
            "reinsurer" | "administrator" => Some(Self::Insurer),
            "fund" | "plan" | "charity" => Some(Self::Payer),
            "hospital" | "practice" | "clinician" | "pharmacy" | "registry" | "assessor" | "evaluator" | "arbiter" => {
                Some(Self::Provider)
            }
            word => Self::ALL.into_iter().find(|role| role.word() == word),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Makes the enum of operations and the table from one list.
macro_rules! table {
    ($($(#[$doc:meta])* $operation:ident = $name:literal, $row:literal;)*) => {
        /// Something that can be asked for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Operation {
            $($(#[$doc])* $operation,)*
        }

        impl Operation {
            /// All operations, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$operation),*];

            /// Its name: the same in files, routes, permissions and the interface's description.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$operation => $name,)* }
            }

            /// Its row of the table: a letter for each role.
            const fn row(self) -> &'static [u8; 8] {
                match self { $(Self::$operation => $row,)* }
            }
        }
    };
}

// A letter for each role in the order of `Role::ALL`: manufacturer, insurer, payer, provider, agent, regulator, auditor,
// operator. `a`: all, `o`: own contracts, `-`: none.
table! {
    /// Who takes part in the network.
    ListParties = "list_parties", b"aaaaaaaa";
    /// One party.
    ShowParty = "show_party", b"aaaaaaaa";
    /// A party joins the network.
    RegisterParty = "register_party", b"-------a";
    /// The library of agreements.
    ListTemplates = "list_templates", b"aaaaaaaa";
    /// One agreement of the library.
    ShowTemplate = "show_template", b"aaaaaaaa";
    /// What is wrong with a document, and what its examples give.
    CheckDocument = "check_document", b"aaaaaaaa";
    /// A document in plain words.
    DescribeDocument = "describe_document", b"aaaaaaaa";
    /// Two documents side by side.
    CompareDocuments = "compare_documents", b"aaaaaaaa";
    /// The contracts that one may know of.
    ListContracts = "list_contracts", b"oooooaaa";
    /// One contract: parties, signatures, state.
    ShowContract = "show_contract", b"oooooaaa";
    /// What was agreed, word for word.
    ShowAgreement = "show_agreement", b"oooooaaa";
    /// A contract in plain words.
    DescribeContract = "describe_contract", b"oooooaaa";
    /// Everything that happened under a contract.
    ShowHistory = "show_history", b"oooooaaa";
    /// What happened, in the order of the log.
    ListEvents = "list_events", b"oooooaaa";
    /// Where the caller is told of what happens.
    ListWebhooks = "list_webhooks", b"aaaaaaaa";
    /// The caller wants to be told of what happens.
    CreateWebhook = "create_webhook", b"aaaaaaaa";
    /// The caller wants to be told again.
    ReplayWebhook = "replay_webhook", b"aaaaaaaa";
    /// The caller wants not to be told any more.
    DeleteWebhook = "delete_webhook", b"aaaaaaaa";
    /// A document is put forward; own: by one who takes a role in it.
    ProposeContract = "propose_contract", b"oooo---a";
    /// A party signs; always for a role of its own.
    SignContract = "sign_contract", b"ooooo--o";
    /// A signed contract comes into force.
    ActivateContract = "activate_contract", b"oooo---a";
    /// Subjects are enrolled, by those who may see their labels.
    EnrolSubjects = "enrol_subjects", b"-ooo----";
    /// The enrolled subjects, row by row.
    ListSubjects = "list_subjects", b"-ooo-aa-";
    /// The reported facts, row by row.
    ListFacts = "list_facts", b"-ooo-aa-";
    /// New facts, each by the role that reports it; manufacturers report about the contract as a whole only.
    ReportFacts = "report_facts", b"oooo----";
    /// Facts are replaced, each by the role that reports it.
    CorrectFacts = "correct_facts", b"oooo----";
    /// Facts are taken back, each by the role that reports it.
    RetractFacts = "retract_facts", b"oooo----";
    /// Facts out of clinical records.
    ImportRecords = "import_records", b"-ooo----";
    /// A person is forgotten.
    EraseSubject = "erase_subject", b"-ooo----";
    /// Who owes which report by when; manufacturers see reports about the contract as a whole only.
    ShowCalendar = "show_calendar", b"oooo-aa-";
    /// Figures about patients, the same for everybody.
    ListAggregates = "list_aggregates", b"oooooaa-";
    /// Who read rows about patients.
    ListReads = "list_reads", b"-ooooaaa";
    /// What a settlement would be.
    PreviewSettlement = "preview_settlement", b"oooooaaa";
    /// A settlement is put forward.
    ProposeSettlement = "propose_settlement", b"oooo---a";
    /// The settlements of a contract.
    ListSettlements = "list_settlements", b"oooooaaa";
    /// One settlement, in sums.
    ShowSettlement = "show_settlement", b"oooooaaa";
    /// The lines of a settlement: not for those who see sums only.
    ListSettlementLines = "list_settlement_lines", b"-ooooaa-";
    /// Why a line is what it is, down to reported facts.
    ExplainSettlementLine = "explain_settlement_line", b"-ooooaa-";
    /// A party approves a settlement; always for a role of its own.
    ApproveSettlement = "approve_settlement", b"ooooo--o";
    /// A party refuses a settlement; always for a role of its own.
    RejectSettlement = "reject_settlement", b"ooooo--o";
    /// Lines of a settlement are set aside; always for a role of one's own.
    OpenDispute = "open_dispute", b"ooooo--o";
    /// What is to become of them; always for a role of one's own.
    DecideClaim = "decide_claim", b"ooooo--o";
    /// The disputes of a contract.
    ListDisputes = "list_disputes", b"oooooaaa";
    /// Claims over all contracts that one may know of.
    ListClaims = "list_claims", b"oooooaaa";
    /// The same in sums.
    SummarizeClaims = "summarize_claims", b"oooooaaa";
    /// What is owed and was never put forward.
    ListUnclaimed = "list_unclaimed", b"oooooaaa";
    /// What was posted under a contract.
    StateContract = "state_contract", b"oooooaaa";
    /// What accounts hold.
    StateBalances = "state_balances", b"oooooaaa";
    /// What is earned and not settled is posted.
    AccrueContract = "accrue_contract", b"oooo---a";
    /// A step of a payment is taken back; always by the party whose step it was.
    ReverseEntry = "reverse_entry", b"ooooo--o";
    /// Everything that proves a contract; contents only for those who see people by name.
    ExportBundle = "export_bundle", b"oooooaaa";
    /// One settlement on one page, proven.
    ExportCertificate = "export_certificate", b"oooooaaa";
    /// The newest checkpoint of the log.
    ShowCheckpoint = "show_checkpoint", b"aaaaaaaa";
    /// That an entry is in the log: of the network, or of a contract that one may know of.
    ProveEntry = "prove_entry", b"oooooaaa";
    /// That the log only grew.
    ProveGrowth = "prove_growth", b"aaaaaaaa";
    /// What one reported fact says: not for those who see sums only.
    ProveFact = "prove_fact", b"-ooooaa-";
    /// Payments, and what is open.
    ListPayments = "list_payments", b"oooooaaa";
    /// A payment leaves; always by the side that pays.
    SendPayment = "send_payment", b"ooooo--o";
    /// A payment arrived; always by the side that is paid.
    ConfirmPayment = "confirm_payment", b"ooooo--o";
    /// A payment came back; always by the side that paid.
    FailPayment = "fail_payment", b"ooooo--o";
    /// The versions of a contract, agreed or not.
    ListVersions = "list_versions", b"oooooaaa";
    /// What the open amendment changes, in words and in money.
    CompareAmendment = "compare_amendment", b"oooooaaa";
    /// A new version of a contract in force is put forward; always by one who signs it.
    ProposeAmendment = "propose_amendment", b"oooo---o";
    /// What not all have signed is taken back; always for a role of its own.
    WithdrawProposal = "withdraw_proposal", b"ooooo--o";
    /// A contract is suspended; always for a role of one's own, as the three below.
    SuspendContract = "suspend_contract", b"oooo---o";
    /// A suspended contract goes on.
    ResumeContract = "resume_contract", b"oooo---o";
    /// The end of a contract is set.
    TerminateContract = "terminate_contract", b"oooo---o";
    /// A contract in force is to be prolonged; always by one who signs it.
    RenewContract = "renew_contract", b"oooo---o";
}

impl Operation {
    /// Finds an operation by its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|operation| operation.name() == name).copied()
    }

    /// How far the right of a role goes.
    pub fn scope(self, role: Role) -> Scope {
        let column = Role::ALL.iter().position(|known| *known == role);
        match column.map(|column| self.row()[column]) {
            Some(b'a') => Scope::All,
            Some(b'o') => Scope::Own,
            _ => Scope::None,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests;
