//! Where a contract stands in its life, and what may happen there.

use std::fmt;

/// Where a contract stands. It follows from the entries of its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Put forward; parties sign.
    Proposed,
    /// All parties that have to sign have signed.
    Signed,
    /// In force: subjects are enrolled, facts reported, settlements posted.
    InForce,
    /// Ended: facts about the term may still be reported and settled.
    Terminated,
}

/// Something that is asked of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// A party signs.
    Sign,
    /// The last party that has to sign has signed.
    CompleteSignatures,
    /// The contract comes into force.
    Activate,
    /// Subjects are enrolled.
    Enrol,
    /// Facts are reported, corrected or retracted.
    Report,
    /// Somebody is erased.
    Erase,
    /// A settlement is proposed, approved or posted; a payment goes its way; what is earned is accrued.
    Settle,
    /// The contract ends.
    Terminate,
}

/// What may happen in which state, and where it leads. Everything else is refused.
const ALLOWED: [(State, Act, State); 11] = [
    (State::Proposed, Act::Sign, State::Proposed),
    (State::Proposed, Act::CompleteSignatures, State::Signed),
    (State::Signed, Act::Activate, State::InForce),
    (State::InForce, Act::Enrol, State::InForce),
    (State::InForce, Act::Report, State::InForce),
    (State::InForce, Act::Erase, State::InForce),
    (State::InForce, Act::Settle, State::InForce),
    (State::InForce, Act::Terminate, State::Terminated),
    (State::Terminated, Act::Report, State::Terminated),
    (State::Terminated, Act::Erase, State::Terminated),
    (State::Terminated, Act::Settle, State::Terminated),
];

/// All states with the words they are stored and shown by.
const WORDS: [(State, &str); 4] = [
    (State::Proposed, "proposed"),
    (State::Signed, "signed"),
    (State::InForce, "in force"),
    (State::Terminated, "terminated"),
];

/// Says that something may not happen in a state, and what has to happen first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the contract is {state}: {}", next(*.state, *.act))]
pub struct NotAllowed {
    /// The state.
    pub state: State,
    /// What was asked.
    pub act: Act,
}

impl State {
    /// The state after something happened, or why it may not happen.
    pub fn after(self, act: Act) -> Result<Self, NotAllowed> {
        let found = ALLOWED.iter().find(|(from, allowed, _)| (*from, *allowed) == (self, act));
        found.map(|(_, _, to)| *to).ok_or(NotAllowed { state: self, act })
    }

    /// The word by which it is stored and shown.
    pub fn word(self) -> &'static str {
        WORDS.iter().find(|(state, _)| *state == self).map_or("", |(_, word)| word)
    }

    /// Finds a state by its word.
    pub fn parse(word: &str) -> Option<Self> {
        WORDS.iter().find(|(_, known)| *known == word).map(|(state, _)| *state)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What to do instead.
const fn next(state: State, act: Act) -> &'static str {
    match (state, act) {
        (State::Proposed, _) => "all parties have to sign it first, then it can be activated",
        (State::Signed, Act::Sign | Act::CompleteSignatures) => "all parties have signed it already",
        (State::Signed, _) => "activate it first",
        (State::InForce, Act::Activate) => "it is active already",
        (State::Terminated, _) => "nothing new is agreed under it; facts of its term can still be reported and settled",
        _ => "this belongs to an earlier step of its life",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTS: [Act; 8] = [
        Act::Sign,
        Act::CompleteSignatures,
        Act::Activate,
        Act::Enrol,
        Act::Report,
        Act::Erase,
        Act::Settle,
        Act::Terminate,
    ];

    #[test]
    fn each_state_allows_what_the_table_says_and_nothing_else() {
        // Columns: sign, complete, activate, enrol, report, erase, settle, terminate. P, S, F, T: the state after; `-`: refused.
        for (state, row) in [
            (State::Proposed, "PS------"),
            (State::Signed, "--F-----"),
            (State::InForce, "---FFFFT"),
            (State::Terminated, "----TTT-"),
        ] {
            let found: String = ACTS
                .iter()
                .map(|act| match state.after(*act) {
                    Ok(State::Proposed) => 'P',
                    Ok(State::Signed) => 'S',
                    Ok(State::InForce) => 'F',
                    Ok(State::Terminated) => 'T',
                    Err(error) => {
                        assert!(error.to_string().contains(state.word()), "{error}");
                        '-'
                    }
                })
                .collect();
            assert_eq!(found, row, "{state}");
        }
    }

    #[test]
    fn words_find_the_state_again() {
        for (state, word) in WORDS {
            assert_eq!(State::parse(word), Some(state));
            assert_eq!(state.to_string(), word);
        }
        assert_eq!(State::parse("active"), None);
    }
}
