//! Rows read one by one, so that one that cannot be read does not hide the others.

use diesel::{QueryableByName, RunQueryDsl, result::Error as DieselError, sql_query, sql_types::Text};

use super::{Connection, Error, columns::Identifier};
use crate::values::ChainId;

/// What came of reading rows: each of them, or why it cannot be read.
pub type Each<T> = Vec<Result<T, Error>>;

/// Gathers rows. An error that is not about the values of one row ends it.
pub(super) fn one_by_one<T>(rows: impl Iterator<Item = diesel::QueryResult<T>>) -> Each<T> {
    let mut all = Vec::new();
    for row in rows {
        let ends = matches!(&row, Err(error) if !matches!(error, DieselError::DeserializationError(_)));
        all.push(row.map_err(Error::from));
        if ends {
            break;
        }
    }
    all
}

/// Runs a query on either database and gathers its rows one by one.
macro_rules! load_each {
    ($connection:expr, $row:ty, $query:expr) => {
        dual!($connection, |c| {
            let rows = $query.select(<$row>::as_select());
            $crate::storage::reading::one_by_one(rows.load_iter::<$row, diesel::connection::DefaultLoadingMode>(c)?)
        })
    };
}

/// The number of rows of a table.
macro_rules! count_rows {
    ($connection:expr, $table:expr) => {
        dual!($connection, |c| $table.count().get_result::<i64>(c))
    };
}

#[derive(QueryableByName)]
struct Place {
    #[diesel(sql_type = Text)]
    text: String,
}

/// Says in words where the row of a batch stands that comes at a number, from 0, in the order of position and item.
///
/// # Errors
/// What the database answers.
pub fn place_in_batch(connection: &mut Connection, table: &str, contract: ChainId, at: usize) -> Result<String, Error> {
    let sql = format!(
        "SELECT 'position ' || seq || ', item ' || item AS text FROM {table} WHERE contract_id = $1
         ORDER BY seq, item LIMIT 1 OFFSET {at}"
    );
    let place: Place = dual!(connection, |c| sql_query(sql).bind::<Identifier, _>(contract).get_result(c))?;
    Ok(place.text)
}
