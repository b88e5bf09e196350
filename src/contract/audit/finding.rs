//! What a comparison with the journal can find.

use std::fmt;

use serde::Serialize;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $meaning:literal;)*) => {
        /// Says what kind of thing does not fit.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// The stable text for programs.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What it means, in one sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }
        }
    };
}

codes! {
    /// The identity does not follow from origin and founding.
    LogDiffers = "log.differs", "The identity of the log, its name or its day of founding was changed, or a new row put in its place.";
    /// A table cannot be read.
    Unreadable = "table.unreadable", "A value in the table cannot be read, so something was written past this program.";
    /// The journal knows a row that is not there.
    RowMissing = "row.missing", "The journal commits to a row that is gone.";
    /// A row that the journal does not know.
    RowExtra = "row.extra", "No entry of the journal commits to the row: it was added, copied or moved here.";
    /// A column disagrees with the journal.
    ColumnDiffers = "column.differs", "A column says something else than the journal or the content beside it.";
    /// Content, salt or commitment of a row were changed.
    CommitmentDiffers = "commitment.differs", "Content, salt, place or commitment of the row was changed: together they no longer fit.";
    /// What is sealed does not open.
    SealedDiffers = "sealed.differs", "What is sealed, its key or its place was changed: it does not open any more.";
    /// A key opens nothing.
    KeyDiffers = "key.differs", "Nothing of the subject opens with this key, so the key was changed.";
    /// Something is gone without a word in the journal.
    ErasedUnrecorded = "erased.unrecorded", "The content is gone and no entry says that it was erased.";
    /// Something is left in spite of the journal.
    ErasedPresent = "erased.present", "The content was erased by an entry of the journal but is still here: delete it.";
    /// Other rows were erased than the journal says.
    ErasedDiffers = "erased.differs", "The rows that are erased are not those that the entry names by their root.";
    /// A batch as a whole is not the one in the journal.
    BatchDiffers = "batch.differs", "Rows of the batch were changed together with their commitments; the root in the journal shows it.";
    /// The agreement is not the one that was signed.
    AgreementDiffers = "agreement.differs", "The document, its files or its settings are not what the parties signed.";
    /// The order of entries is not that of a contract's life.
    LifeDiffers = "life.differs", "The entry could not happen when it is said to have happened; no correct writer records it.";
    /// The payload cannot be read.
    PayloadUnreadable = "payload.unreadable", "The entry does not say what entries of its kind say.";
    /// An entry of the log is not where it belongs.
    LogOrder = "log.order", "An entry stands twice in the log, or not in the order of its chain, or not where it was when the log was signed.";
    /// Heads that were recorded are not those of the log.
    HeadsDiffer = "heads.differs", "The heads that were recorded are not those of the log: a chain was added, left out or changed.";
    /// A checkpoint or cosignature is not what was signed.
    CheckpointDiffers = "checkpoint.differs", "The checkpoint or cosignature was changed, or signed by somebody else.";
    /// The log is not the one that a checkpoint kept elsewhere speaks of.
    HeldDiffers = "held.differs", "The log is not the one that the checkpoint you kept was signed for: it was replaced, changed or cut.";
    /// The policy does not accept the checkpoint.
    PolicyRefuses = "policy.refuses", "Nobody whom your policy trusts vouches for this checkpoint: it is of another log, was changed, or too few witnesses saw it.";
    /// The manifest does not describe the files.
    ManifestDiffers = "manifest.differs", "The file was changed after the bundle was made, or the manifest was.";
    /// The entries do not give the signed root.
    RootDiffers = "root.differs", "These are not the entries that the log signed: some were changed, added, left out or put in another order.";
    /// An entry is not in the signed tree.
    InclusionFails = "inclusion.fails", "The log never signed this entry at this place: it, its proof or its place was changed.";
    /// An older tree is not continued.
    ConsistencyFails = "consistency.fails", "Nothing proves that the log continues the older one: entries may have been changed since.";
    /// Entries of a chain are left out.
    ChainIncomplete = "chain.incomplete", "The log recorded more entries of the chain, or another last one, than are given here.";
    /// The page of a certificate is not the one that its entries give.
    PageDiffers = "page.differs", "The page says something else than the entries that the log signed.";
    /// A settlement does not follow from agreement and facts.
    SettlementDiffers = "settlement.differs", "The settled line is not what agreement and facts give: it, the facts or the agreement were changed.";
    /// An accrual does not follow from agreement, facts and settlements.
    AccrualDiffers = "accrual.differs", "The accrual is not what agreement, facts and settlements give: it or one of them was changed.";
    /// A settlement could not be computed again.
    SettlementUncertain = "settlement.uncertain", "The settlement or accrual cannot be computed again from what is stored.";
}

/// Holds one thing that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind of thing, as a stable text.
    pub code: &'static str,
    /// The table.
    pub table: &'static str,
    /// The contract's name; none outside of contracts.
    pub contract: Option<String>,
    /// Which row.
    pub row: String,
    /// What is there.
    pub found: String,
    /// What should be there.
    pub expected: String,
    /// What it means.
    pub meaning: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.table)?;
        if let Some(contract) = &self.contract {
            write!(f, " of `{contract}`")?;
        }
        write!(f, ", {}\n  found    {}\n  expected {}\n  {}", self.row, self.found, self.expected, self.meaning)
    }
}

/// Gathers findings about one table of one contract, or of the network.
pub struct Findings<'a> {
    /// Where they go.
    pub list: &'a mut Vec<Finding>,
    /// The table.
    pub table: &'static str,
    /// The contract's name.
    pub contract: Option<&'a str>,
}

impl Findings<'_> {
    /// Adds one.
    pub fn add(&mut self, code: Code, row: impl Into<String>, found: impl ToString, expected: impl ToString) {
        self.list.push(Finding {
            code: code.as_str(),
            table: self.table,
            contract: self.contract.map(str::to_owned),
            row: row.into(),
            found: found.to_string(),
            expected: expected.to_string(),
            meaning: code.meaning(),
        });
    }

    /// Compares one column.
    pub fn compare<T: PartialEq + fmt::Display>(&mut self, row: &str, column: &str, found: T, expected: T) {
        if found != expected {
            self.add(Code::ColumnDiffers, row, format!("{column} {found}"), expected);
        }
    }
}
