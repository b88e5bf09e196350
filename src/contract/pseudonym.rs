//! Names that carry nothing: pseudonyms of subjects, names of facts, the parties that a contract makes for its beneficiaries.

use crate::values::{ChainId, Digest, EntryId, FactId, PartyId, SubjectRef};

/// Separates the identifiers of beneficiaries from every other hash of the product.
const BENEFICIARY_TAG: &[u8] = b"outcome-ledger/beneficiary/v1\0";

/// Separates the names of facts from every other hash of the product.
const FACT_TAG: &[u8] = b"outcome-ledger/fact/v1\0";

/// Makes the pseudonym of a subject in one contract out of sixteen random bytes.
///
/// Random and not a keyed hash of the subject's label: nobody who learns a key can join contracts or try labels.
pub const fn pseudonym(random: [u8; 16]) -> SubjectRef {
    SubjectRef::from_bytes(random)
}

/// Names the party that stands for the beneficiaries of one contract in a role: patients do not register.
///
/// The first 16 bytes of SHA-256 over a tag, the contract's chain and the role.
pub fn beneficiary(contract: ChainId, role: &str) -> PartyId {
    let Digest(hash) = Digest::of(&[BENEFICIARY_TAG, contract.as_bytes(), role.as_bytes()]);
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    PartyId::from_bytes(id)
}

/// Names the facts of one entry by their item: the first 12 bytes of SHA-256 over a tag and the entry, then the item.
///
/// Names follow from the place, so that no two facts can have the same and a fact is found by its name.
pub fn fact_name(entry: EntryId) -> impl Fn(u32) -> FactId {
    let Digest(hash) = Digest::of(&[FACT_TAG, entry.as_bytes()]);
    move |item| {
        let mut id = [0; 16];
        id[..12].copy_from_slice(&hash[..12]);
        id[12..].copy_from_slice(&item.to_be_bytes());
        FactId::from_bytes(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_named_by_their_place() {
        // python3: sha256(b"outcome-ledger/fact/v1\0" + bytes([1]*16)).hexdigest()[:24] + "00000102"
        let name = fact_name(EntryId::from_bytes([1; 16]));
        assert_eq!(name(258).0.simple().to_string(), "654dbf751ba2b92844d9bedc00000102");
        assert_ne!(name(0), fact_name(EntryId::from_bytes([2; 16]))(0));
    }

    #[test]
    fn each_contract_and_role_has_its_own_beneficiary() {
        let [one, two] = [1, 2].map(|id| ChainId::from_bytes([id; 16]));
        // python3: sha256(b"outcome-ledger/beneficiary/v1\0" + bytes([1]*16) + b"patient").hexdigest()[:32]
        assert_eq!(beneficiary(one, "patient").0.simple().to_string(), "2741a94d846c5fcc1f379d6b0e136abd");
        assert_ne!(beneficiary(one, "patient"), beneficiary(two, "patient"));
        assert_ne!(beneficiary(one, "patient"), beneficiary(one, "family"));
    }
}
