//! Whose signatures make a checkpoint valid (`tlog-policy`): one of the logs, and a quorum of the witnesses.

use std::fmt;

use super::{Checkpoint, LineError, Note, NoteError, Verified, VerifierKey};

/// Says which logs a verifier knows, which witnesses, and how many of them it wants.
///
/// Comes from whoever verifies, never from whoever is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Logs; a signature of any one counts.
    pub logs: Vec<KnownKey>,
    /// Witnesses, in order of the file.
    pub witnesses: Vec<Witnessing>,
    /// What the witnesses have to fulfil.
    pub quorum: Quorum,
}

/// Holds a key and where its owner is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownKey {
    /// The key.
    pub key: VerifierKey,
    /// An address, such as the submission prefix of a witness.
    pub url: Option<String>,
}

/// Holds a witness by the name that the policy gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witnessing {
    /// The name in the policy; means nothing elsewhere.
    pub name: PolicyName,
    /// Key and address.
    pub known: KnownKey,
}

/// Says what is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quorum {
    /// No witness is needed.
    None,
    /// A witness, by its place in [`Policy::witnesses`].
    Witness(usize),
    /// So many of these.
    Group {
        /// The name in the policy.
        name: PolicyName,
        /// How many are enough.
        threshold: usize,
        /// Of whom.
        members: Vec<Quorum>,
    },
}

/// Names a witness or a group in a policy: bytes, compared as such.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PolicyName(pub(super) Vec<u8>);

impl fmt::Display for PolicyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

/// Holds a checkpoint that a policy accepts, and on whose word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted<'a> {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// The log that signed it.
    pub log: &'a VerifierKey,
    /// The witnesses that cosigned it, whether the quorum needed them or not.
    pub witnesses: Vec<Verified<'a>>,
}

/// Says why a policy does not accept a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyRefusal {
    /// No known log signed, or a signature is wrong.
    #[error("the policy knows no log that signed this checkpoint: {0}")]
    Log(NoteError),
    /// The text is no checkpoint.
    #[error("the signed text is no checkpoint: {0}")]
    Malformed(LineError),
    /// A key of one log under the checkpoint of another.
    #[error("the checkpoint is of {origin}, but signed by {signer}: a log signs for itself only")]
    Origin {
        /// What the checkpoint says.
        origin: String,
        /// Who signed.
        signer: String,
    },
    /// A cosignature is wrong.
    #[error("a cosignature is wrong: {0}")]
    Cosignature(NoteError),
    /// Too few witnesses.
    #[error("too few witnesses cosigned: the policy wants {wanted}; cosigned: {}", or_none(cosigned))]
    Quorum {
        /// The rule in words.
        wanted: String,
        /// Who did cosign.
        cosigned: Vec<String>,
    },
}

fn or_none(names: &[String]) -> String {
    if names.is_empty() { "nobody".into() } else { names.join(", ") }
}

impl Policy {
    /// Accepts a checkpoint that a known log signed and enough witnesses cosigned.
    pub fn check(&self, note: &Note) -> Result<Accepted<'_>, PolicyRefusal> {
        let signed = note.verify(self.logs.iter().map(|log| &log.key)).map_err(PolicyRefusal::Log)?;
        let checkpoint = Checkpoint::parse(note.text()).map_err(PolicyRefusal::Malformed)?;
        let Some(own) = signed.iter().find(|signed| signed.key.name() == checkpoint.origin()) else {
            let signer = signed.iter().map(|signed| signed.key.name()).collect::<Vec<_>>().join(", ");
            return Err(PolicyRefusal::Origin { origin: checkpoint.origin().to_owned(), signer });
        };
        let witnesses = self.cosignatures(note)?;
        if !self.is_quorum(&witnesses) {
            let wanted = self.in_words(&self.quorum);
            let cosigned = witnesses.iter().map(|witness| witness.key.name().to_owned()).collect();
            return Err(PolicyRefusal::Quorum { wanted, cosigned });
        }
        Ok(Accepted { checkpoint, log: own.key, witnesses })
    }

    /// The cosignatures of known witnesses under a note, checked.
    pub fn cosignatures(&self, note: &Note) -> Result<Vec<Verified<'_>>, PolicyRefusal> {
        match note.verify(self.witnesses.iter().map(|witness| &witness.known.key)) {
            Err(NoteError::Unverified { .. }) => Ok(vec![]),
            verified => verified.map_err(PolicyRefusal::Cosignature),
        }
    }

    /// Whether these cosignatures are enough.
    pub fn is_quorum(&self, cosigned: &[Verified<'_>]) -> bool {
        self.holds(&self.quorum, cosigned)
    }

    fn holds(&self, rule: &Quorum, cosigned: &[Verified<'_>]) -> bool {
        match rule {
            Quorum::None => true,
            Quorum::Witness(place) => self
                .witnesses
                .get(*place)
                .is_some_and(|witness| cosigned.iter().any(|verified| *verified.key == witness.known.key)),
            Quorum::Group { threshold, members, .. } => {
                members.iter().filter(|member| self.holds(member, cosigned)).count() >= *threshold
            }
        }
    }

    /// A rule as people say it: `2 of X-witnesses (A, B, C)`.
    fn in_words(&self, rule: &Quorum) -> String {
        match rule {
            Quorum::None => "no witness".into(),
            Quorum::Witness(place) => self.witnesses.get(*place).map_or_else(String::new, |w| w.name.to_string()),
            Quorum::Group { name, threshold, members } => {
                let members: Vec<_> = members.iter().map(|member| self.in_words(member)).collect();
                format!("{threshold} of {name} ({})", members.join(", "))
            }
        }
    }
}
