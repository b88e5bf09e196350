//! The sequencer's row: how far the log goes, and the lock of whoever appends to it.

use diesel::{ExpressionMethods, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use super::{Connection, Error, columns::Wide, reading::Each, schema::sequencer};

/// Says how many rows the tables of the log have.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = sequencer)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct SequencerRow {
    /// Always 1: there is one row.
    #[diesel(deserialize_as = Wide)]
    pub one: i64,
    /// Entries in the log.
    pub size: i64,
    /// Checkpoints that were signed.
    pub checkpoints: i64,
    /// Cosignatures that were received.
    pub cosignatures: i64,
}

/// Locks the row until the transaction ends and says what it holds. The first statement of a transaction that appends to
/// the log: others wait here and then see what was appended.
///
/// # Errors
/// [`Error::Busy`] when another holds it for too long; what the database answers.
pub fn lock(connection: &mut Connection) -> Result<SequencerRow, Error> {
    let touch = diesel::update(sequencer::table).set(sequencer::size.eq(sequencer::size));
    Ok(dual!(connection, |c| touch.returning(SequencerRow::as_select()).get_result(c))?)
}

/// Loads the row without waiting.
///
/// # Errors
/// What the database answers.
pub fn load(connection: &mut Connection) -> Result<SequencerRow, Error> {
    Ok(dual!(connection, |c| sequencer::table.select(SequencerRow::as_select()).first(c))?)
}

/// Moves the numbers forward.
///
/// # Errors
/// [`Error::Refused`] when one of them would shrink.
pub fn advance(connection: &mut Connection, to: &SequencerRow) -> Result<(), Error> {
    let numbers = (
        sequencer::size.eq(to.size),
        sequencer::checkpoints.eq(to.checkpoints),
        sequencer::cosignatures.eq(to.cosignatures),
    );
    dual!(connection, |c| diesel::update(sequencer::table).set(numbers).execute(c))?;
    Ok(())
}

/// Loads all rows one by one, of which there is one unless somebody wrote past this program.
///
/// # Errors
/// What the database answers.
pub fn each(connection: &mut Connection) -> Result<Each<SequencerRow>, Error> {
    Ok(load_each!(connection, SequencerRow, sequencer::table.order(sequencer::one)))
}
