//! Where a contract stands in its life, and what may happen there.

use std::fmt;

use crate::{terms::document::Term, values::Day};

/// Where a contract stands. It follows from the entries of its chain and, once an end is set, from the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Put forward; parties sign.
    Proposed,
    /// Taken back before all had signed.
    Withdrawn,
    /// All parties that have to sign have signed.
    Signed,
    /// In force: subjects are enrolled, facts reported, settlements posted.
    InForce,
    /// In force, but nobody is enrolled and nothing settled until it is resumed.
    Suspended,
    /// An end is set and has not come.
    UnderNotice,
    /// Ended; what was earned before is still reported and settled.
    RunOut,
    /// Over; what is settled is still paid.
    Closed,
}

/// Something that is asked of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// A party signs.
    Sign,
    /// The last party that has to sign has signed.
    CompleteSignatures,
    /// A proposal that not all have signed is taken back.
    Withdraw,
    /// The contract comes into force.
    Activate,
    /// An amendment is put forward, signed, agreed or taken back.
    Amend,
    /// A party suspends the contract.
    Suspend,
    /// It goes on.
    Resume,
    /// Subjects are enrolled.
    Enrol,
    /// Facts are reported, corrected or retracted.
    Report,
    /// Somebody is erased.
    Erase,
    /// A settlement is proposed, disputed, approved, rejected or posted; what is earned is accrued.
    Settle,
    /// A payment goes its way, or a step of it is reversed; what is disputed is decided.
    Pay,
    /// A party sets an end.
    Terminate,
}

/// What may happen in which state, and where it leads. Everything else is refused.
const ALLOWED: [(State, Act, State); 29] = [
    (State::Proposed, Act::Sign, State::Proposed),
    (State::Proposed, Act::CompleteSignatures, State::Signed),
    (State::Proposed, Act::Withdraw, State::Withdrawn),
    (State::Signed, Act::Activate, State::InForce),
    (State::InForce, Act::Amend, State::InForce),
    (State::InForce, Act::Suspend, State::Suspended),
    (State::InForce, Act::Enrol, State::InForce),
    (State::InForce, Act::Report, State::InForce),
    (State::InForce, Act::Erase, State::InForce),
    (State::InForce, Act::Settle, State::InForce),
    (State::InForce, Act::Pay, State::InForce),
    (State::InForce, Act::Terminate, State::UnderNotice),
    (State::Suspended, Act::Amend, State::Suspended),
    (State::Suspended, Act::Resume, State::InForce),
    (State::Suspended, Act::Report, State::Suspended),
    (State::Suspended, Act::Erase, State::Suspended),
    (State::Suspended, Act::Pay, State::Suspended),
    (State::Suspended, Act::Terminate, State::UnderNotice),
    (State::UnderNotice, Act::Enrol, State::UnderNotice),
    (State::UnderNotice, Act::Report, State::UnderNotice),
    (State::UnderNotice, Act::Erase, State::UnderNotice),
    (State::UnderNotice, Act::Settle, State::UnderNotice),
    (State::UnderNotice, Act::Pay, State::UnderNotice),
    (State::RunOut, Act::Report, State::RunOut),
    (State::RunOut, Act::Erase, State::RunOut),
    (State::RunOut, Act::Settle, State::RunOut),
    (State::RunOut, Act::Pay, State::RunOut),
    (State::Closed, Act::Erase, State::Closed),
    (State::Closed, Act::Pay, State::Closed),
];

/// All states with the words by which they are shown.
const WORDS: [(State, &str); 8] = [
    (State::Proposed, "proposed"),
    (State::Withdrawn, "withdrawn"),
    (State::Signed, "signed"),
    (State::InForce, "in force"),
    (State::Suspended, "suspended"),
    (State::UnderNotice, "under notice"),
    (State::RunOut, "in run-out"),
    (State::Closed, "closed"),
];

/// The word by which a contract is stored whose end is set: how far it is tells the day.
const TERMINATED: &str = "terminated";

/// When a contract ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// The last day on which it is in force.
    pub on: Day,
    /// The last day on which what was earned is reported and settled.
    pub run_out_until: Day,
}

impl Ending {
    /// The first day until which the run-out has to reach by the terms; none when it leaves the calendar.
    pub fn least_run_out(&self, term: Option<Term>) -> Option<Day> {
        self.on.plus_days(term.map_or(0, |term| term.run_out_days))
    }
}

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

    /// The state on a day: once an end is set, time alone moves a contract on.
    pub fn on(self, day: Day, ending: Option<Ending>) -> Self {
        match (self, ending) {
            (Self::UnderNotice | Self::RunOut | Self::Closed, Some(Ending { on, run_out_until })) => {
                if day <= on {
                    Self::UnderNotice
                } else if day <= run_out_until {
                    Self::RunOut
                } else {
                    Self::Closed
                }
            }
            _ => self,
        }
    }

    /// The word by which it is shown.
    pub fn word(self) -> &'static str {
        WORDS.iter().find(|(state, _)| *state == self).map_or("", |(_, word)| word)
    }

    /// The word by which it is stored: one for all that follows when an end is set.
    pub fn stored(self) -> &'static str {
        match self {
            Self::UnderNotice | Self::RunOut | Self::Closed => TERMINATED,
            other => other.word(),
        }
    }

    /// Finds a state by the word by which it is stored; where an end is set, the first that follows.
    pub fn parse(word: &str) -> Option<Self> {
        let known = WORDS.iter().map(|(state, _)| *state).find(|state| state.stored() == word);
        known.map(|state| if state.stored() == TERMINATED { Self::UnderNotice } else { state })
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
        (State::Withdrawn, _) => "propose it anew, under another name",
        (State::Signed, Act::Sign | Act::CompleteSignatures | Act::Withdraw) => "all parties have signed it already",
        (State::Signed, _) => "activate it first",
        (State::InForce, Act::Activate) => "it is active already",
        (State::InForce, Act::Resume) => "it is not suspended",
        (State::Suspended, Act::Suspend) => "one suspension is enough",
        (State::Suspended, _) => "nobody is enrolled and nothing settled until it is resumed; facts are reported",
        (State::UnderNotice | State::RunOut | State::Closed, Act::Terminate) => "its end is set already",
        (State::UnderNotice, _) => "its end is set, and nothing new is agreed under it",
        (State::RunOut, _) => "it has ended; what was earned before is still reported, settled and paid",
        (State::Closed, _) => "its run-out is over; what is settled is still paid",
        _ => "this belongs to an earlier step of its life",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTS: [(Act, char); 13] = [
        (Act::Sign, 's'),
        (Act::CompleteSignatures, 'c'),
        (Act::Withdraw, 'w'),
        (Act::Activate, 'a'),
        (Act::Amend, 'm'),
        (Act::Suspend, 'u'),
        (Act::Resume, 'r'),
        (Act::Enrol, 'e'),
        (Act::Report, 'f'),
        (Act::Erase, 'x'),
        (Act::Settle, 'l'),
        (Act::Pay, 'p'),
        (Act::Terminate, 't'),
    ];

    #[test]
    fn each_state_allows_what_the_table_says_and_nothing_else() {
        // Below the acts, the state after: by its first letter, `N` under notice, `R` in run-out; `-`: refused.
        let columns: String = ACTS.iter().map(|(_, letter)| letter).collect();
        assert_eq!(columns, "scwamurefxlpt");
        for (state, row) in [
            (State::Proposed, "PSW----------"),
            (State::Withdrawn, "-------------"),
            (State::Signed, "---I---------"),
            (State::InForce, "----IU-IIIIIN"),
            (State::Suspended, "----U-I-UU-UN"),
            (State::UnderNotice, "-------NNNNN-"),
            (State::RunOut, "--------RRRR-"),
            (State::Closed, "---------C-C-"),
        ] {
            let found: String = ACTS
                .iter()
                .map(|(act, _)| match state.after(*act) {
                    Ok(State::Proposed) => 'P',
                    Ok(State::Withdrawn) => 'W',
                    Ok(State::Signed) => 'S',
                    Ok(State::InForce) => 'I',
                    Ok(State::Suspended) => 'U',
                    Ok(State::UnderNotice) => 'N',
                    Ok(State::RunOut) => 'R',
                    Ok(State::Closed) => 'C',
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
    fn time_moves_on_what_has_an_end() {
        let day = |text| Day::parse(text).unwrap();
        let ending = Some(Ending { on: day("2025-06-30"), run_out_until: day("2025-09-28") });
        for (today, state) in [
            ("2025-01-01", State::UnderNotice),
            ("2025-06-30", State::UnderNotice),
            ("2025-07-01", State::RunOut),
            ("2025-09-28", State::RunOut),
            ("2025-09-29", State::Closed),
        ] {
            assert_eq!(State::UnderNotice.on(day(today), ending), state, "{today}");
            assert_eq!(State::InForce.on(day(today), ending), State::InForce);
            assert_eq!(State::UnderNotice.on(day(today), None), State::UnderNotice);
        }
    }

    #[test]
    fn words_find_the_state_again() {
        for (state, word) in WORDS {
            assert_eq!(state.to_string(), word);
            let stored = if state.stored() == TERMINATED { State::UnderNotice } else { state };
            assert_eq!(State::parse(state.stored()), Some(stored));
        }
        for unknown in ["active", "under notice", "closed", ""] {
            assert_eq!(State::parse(unknown), None, "{unknown}");
        }
    }
}
