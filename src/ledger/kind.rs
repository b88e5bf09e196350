//! The registry of entry kinds: numbers that are hashed, names that are shown.

/// Makes an enum whose variants have a stable number and a stable name.
macro_rules! registry {
    ($(#[$doc:meta])* $name:ident: $number:ty { $($(#[$variant_doc:meta])* $variant:ident = $value:literal, $text:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant = $value,)*
        }

        impl $name {
            /// Lists all of them in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The number that is hashed.
            pub const fn number(self) -> $number {
                self as $number
            }

            /// The name that is shown and exported.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Finds one by its number; none for a number that is not registered.
            pub const fn from_number(number: $number) -> Option<Self> {
                match number {
                    $($value => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// Finds one by its name; none for a name that is not registered.
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().find(|known| known.name() == name).copied()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}
pub(super) use registry;

registry! {
    /// Says what kind of thing an entry records. A number is never used again for something else.
    EntryKind: u16 {
        /// A party joined the network.
        PartyRegistered = 1, "party.registered";
        /// A contract document was put forward.
        ContractProposed = 2, "contract.proposed";
        /// A party signed a contract document.
        ContractSigned = 3, "contract.signed";
        /// A contract came into force.
        ContractActivated = 4, "contract.activated";
        /// A contract in force got a new version.
        ContractAmended = 5, "contract.amended";
        /// A contract ended.
        ContractTerminated = 6, "contract.terminated";
        /// Subjects were enrolled.
        SubjectsEnrolled = 7, "subjects.enrolled";
        /// Facts were reported.
        FactsRecorded = 8, "facts.recorded";
        /// Reported facts were replaced by others.
        FactsCorrected = 9, "facts.corrected";
        /// Reported facts were withdrawn.
        FactsRetracted = 10, "facts.retracted";
        /// The contents of facts were destroyed.
        FactsErased = 11, "facts.erased";
        /// A settlement was computed and put forward.
        SettlementProposed = 12, "settlement.proposed";
        /// A party approved a settlement.
        SettlementApproved = 13, "settlement.approved";
        /// A settlement was posted to the accounts.
        SettlementPosted = 14, "settlement.posted";
        /// A payment left.
        PaymentSent = 15, "payment.sent";
        /// A payment arrived.
        PaymentConfirmed = 16, "payment.confirmed";
        /// A payment came back.
        PaymentFailed = 17, "payment.failed";
        /// A claim was accepted or refused.
        ClaimDecided = 18, "claim.decided";
        /// A party disputed something recorded.
        DisputeOpened = 19, "dispute.opened";
        /// A dispute ended.
        DisputeResolved = 20, "dispute.resolved";
        /// The heads of all chains were committed to.
        HeadsRecorded = 21, "heads.recorded";
        /// A witness cosigned a checkpoint.
        CheckpointWitnessed = 22, "checkpoint.witnessed";
        /// A party refused a settlement that was put forward.
        SettlementRejected = 23, "settlement.rejected";
        /// The postings of an entry were taken back.
        PostingReversed = 24, "posting.reversed";
        /// What is earned and not yet settled was posted.
        AccrualPosted = 25, "accrual.posted";
        /// A key that signs the log was announced.
        KeyAnnounced = 26, "key.announced";
        /// A new version of a contract in force was put forward.
        AmendmentProposed = 27, "amendment.proposed";
        /// What was put forward and not yet signed by all was taken back.
        ProposalWithdrawn = 28, "proposal.withdrawn";
        /// A party suspended a contract in force.
        ContractSuspended = 29, "contract.suspended";
        /// A suspended contract goes on.
        ContractResumed = 30, "contract.resumed";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_find_the_kind_again() {
        for (position, kind) in EntryKind::ALL.iter().enumerate() {
            assert_eq!(usize::from(kind.number()), position + 1, "{kind}");
            assert_eq!(EntryKind::from_number(kind.number()), Some(*kind));
            assert_eq!(EntryKind::parse(kind.name()), Some(*kind));
        }
        assert_eq!(EntryKind::ALL.len(), 30);
        assert_eq!(EntryKind::SettlementPosted.name(), "settlement.posted");
        assert_eq!(EntryKind::from_number(0), None);
        assert_eq!(EntryKind::from_number(31), None);
        assert_eq!(EntryKind::parse("settlement"), None);
    }

    #[test]
    fn the_document_lists_every_kind() {
        let document = include_str!("../../docs/LEDGER-FORMAT.md");
        for kind in EntryKind::ALL {
            assert!(document.contains(&format!("| {} | {kind} |", kind.number())), "{kind}");
        }
    }
}
