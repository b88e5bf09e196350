//! The nodes of the log's tree: roots of its full subtrees of 256, 256², … leaves, as tiles of the log hold them.

use std::ops::Range;

use diesel::{
    ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper, dsl::sql,
    sql_types::SmallInt,
};

use super::{Connection, Error, columns::Wide, reading::Each, schema::log_node};
use crate::values::Digest;

/// Keeps one node.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = log_node, treat_none_as_default_value = false)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct LogNodeRow {
    /// Its level: it covers 256 to the power of the level leaves.
    #[diesel(serialize_as = Wide, deserialize_as = Wide)]
    pub level: i64,
    /// Its place in the level, from 0.
    pub node_index: i64,
    /// The root over its leaves.
    pub hash: Digest,
}

/// Appends nodes.
///
/// # Errors
/// [`Error::Exists`] when a place is taken.
pub fn insert(connection: &mut Connection, rows: &[LogNodeRow]) -> Result<(), Error> {
    insert_rows!(connection, log_node::table, rows)
}

/// Loads the hashes of a range of nodes of a level, in order; fewer where rows are missing.
///
/// # Errors
/// What the database answers.
pub fn nodes(connection: &mut Connection, level: u8, range: Range<i64>) -> Result<Vec<Digest>, Error> {
    let of_level = log_node::level.eq(sql::<SmallInt>(&level.to_string()));
    let rows = log_node::table.filter(of_level).filter(log_node::node_index.ge(range.start));
    let hashes = rows.filter(log_node::node_index.lt(range.end)).order(log_node::node_index).select(log_node::hash);
    Ok(dual!(connection, |c| hashes.load(c))?)
}

/// Loads all rows one by one, ordered by level and index.
///
/// # Errors
/// What the database answers.
pub fn each(connection: &mut Connection) -> Result<Each<LogNodeRow>, Error> {
    Ok(load_each!(connection, LogNodeRow, log_node::table.order((log_node::level, log_node::node_index))))
}
