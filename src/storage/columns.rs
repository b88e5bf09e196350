//! How our types are written in each database: one SQL type per concept, one physical type per database.
//!
//! | concept | SQLite | PostgreSQL |
//! |---|---|---|
//! | [`Identifier`] | 16-byte BLOB | uuid |
//! | digest, key | 32-byte BLOB | bytea |
//! | [`CalendarDay`] | INTEGER, days since 1970-01-01 | date |
//! | [`AmountMinor`] | TEXT, canonical decimal | numeric(39, 0) |

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue, data_types::PgNumeric},
    query_builder::QueryId,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{BigInt, Binary, Bool, Date, Integer, Numeric, SmallInt, SqlType, Text},
    sqlite::Sqlite,
};

use crate::{
    contract::seal::SubjectKey,
    values::{
        Day, Digest,
        id::{ChainId, EntryId, FactId, PartyId, ReadId, SubjectRef, WebhookId},
    },
};

/// Sixteen bytes that name something.
#[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
#[diesel(sqlite_type(name = "Binary"), postgres_type(oid = 2950, array_oid = 2951))]
pub struct Identifier;

/// A day without a time.
#[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
#[diesel(sqlite_type(name = "Integer"), postgres_type(oid = 1082, array_oid = 1182))]
pub struct CalendarDay;

/// An amount in minor units, over the whole range of `i128`.
#[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
#[diesel(sqlite_type(name = "Text"), postgres_type(oid = 1700, array_oid = 1231))]
pub struct AmountMinor;

/// Reads a fixed number of bytes; both databases hand over the bare bytes, for uuid as well.
fn octets<const N: usize, DB>(value: DB::RawValue<'_>) -> deserialize::Result<[u8; N]>
where
    DB: Backend,
    Vec<u8>: FromSql<Binary, DB>,
{
    let bytes = Vec::<u8>::from_sql(value)?;
    let length = bytes.len();
    bytes.try_into().map_err(|_| format!("a column holds {length} bytes where {N} were expected").into())
}

/// Writes our own types as a column of a fixed number of bytes.
macro_rules! octets_column {
    ($($proxy:ident($rust:ty): $sql:ty, $make:expr, $bytes:expr;)*) => {$(
        #[allow(dead_code, reason = "the derive reads the type through it")]
        #[derive(AsExpression, FromSqlRow)]
        #[diesel(foreign_derive, sql_type = $sql)]
        struct $proxy($rust);

        impl<DB: Backend> FromSql<$sql, DB> for $rust
        where
            Vec<u8>: FromSql<Binary, DB>,
        {
            fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
                octets::<_, DB>(value).map($make)
            }
        }

        impl<DB: Backend> ToSql<$sql, DB> for $rust
        where
            [u8]: ToSql<Binary, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                let bytes: fn(&$rust) -> &[u8] = $bytes;
                ToSql::<Binary, DB>::to_sql(bytes(self), out)
            }
        }
    )*};
}

octets_column! {
    ChainIdColumn(ChainId): Identifier, ChainId::from_bytes, |id| id.as_bytes();
    EntryIdColumn(EntryId): Identifier, EntryId::from_bytes, |id| id.as_bytes();
    FactIdColumn(FactId): Identifier, FactId::from_bytes, |id| id.as_bytes();
    PartyIdColumn(PartyId): Identifier, PartyId::from_bytes, |id| id.as_bytes();
    SubjectRefColumn(SubjectRef): Identifier, SubjectRef::from_bytes, |id| id.as_bytes();
    WebhookIdColumn(WebhookId): Identifier, WebhookId::from_bytes, |id| id.as_bytes();
    ReadIdColumn(ReadId): Identifier, ReadId::from_bytes, |id| id.as_bytes();
    DigestColumn(Digest): Binary, Digest, |digest| &digest.0;
    KeyColumn(SubjectKey): Binary, SubjectKey, |key| &key.0;
}

#[allow(dead_code, reason = "the derive reads the type through it")]
#[derive(AsExpression, FromSqlRow)]
#[diesel(foreign_derive, sql_type = CalendarDay)]
struct DayColumn(Day);

impl FromSql<CalendarDay, Sqlite> for Day {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let days = whole(value)?;
        i32::try_from(days).map(Day).map_err(|_| format!("{days} days since 1970-01-01 are out of range").into())
    }
}

impl ToSql<CalendarDay, Sqlite> for Day {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        ToSql::<Integer, Sqlite>::to_sql(&self.0, out)
    }
}

/// Reads a number of SQLite in full: Diesel cuts it to the width of the type that is asked for.
fn whole(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<i64> {
    <i64 as FromSql<BigInt, Sqlite>>::from_sql(value)
}

/// Carries a number of a narrow column in 64 bits, so that a value that somebody made too wide is seen as it is.
#[derive(Clone, Copy, Debug, AsExpression, FromSqlRow)]
#[diesel(sql_type = SmallInt)]
#[diesel(sql_type = Integer)]
#[diesel(sql_type = CalendarDay)]
pub struct Wide(i64);

impl From<i64> for Wide {
    fn from(number: i64) -> Self {
        Self(number)
    }
}

impl From<Wide> for i64 {
    fn from(wide: Wide) -> Self {
        wide.0
    }
}

/// Reads and writes [`Wide`] for a column whose values PostgreSQL keeps as a narrower type.
macro_rules! wide_column {
    ($($sql:ty as $narrow:ty, $make:expr, $number:expr;)*) => {$(
        impl FromSql<$sql, Sqlite> for Wide {
            fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                whole(value).map(Self)
            }
        }

        impl ToSql<$sql, Sqlite> for Wide {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                // Diesel binds narrow columns as 32 bits.
                out.set_value(i32::try_from(self.0)?);
                Ok(IsNull::No)
            }
        }

        impl FromSql<$sql, Pg> for Wide {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                let number: fn($narrow) -> i64 = $number;
                <$narrow as FromSql<$sql, Pg>>::from_sql(value).map(|narrow| Self(number(narrow)))
            }
        }

        impl ToSql<$sql, Pg> for Wide {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                let make: fn(i64) -> Result<$narrow, std::num::TryFromIntError> = $make;
                ToSql::<$sql, Pg>::to_sql(&make(self.0)?, &mut out.reborrow())
            }
        }
    )*};
}

wide_column! {
    SmallInt as i16, i16::try_from, i64::from;
    Integer as i32, i32::try_from, i64::from;
    CalendarDay as Day, |days| i32::try_from(days).map(Day), |day| day.0.into();
}

/// Reads a number or a truth value of SQLite in full before it is narrowed; what does not fit cannot be read.
#[derive(Clone, Copy, Debug, FromSqlRow)]
pub struct Narrow<T>(T);

macro_rules! narrow_column {
    ($($sql:ty as $rust:ty, $make:expr;)*) => {$(
        impl FromSql<$sql, Sqlite> for Narrow<$rust> {
            fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                let number = whole(value)?;
                let make: fn(i64) -> Option<$rust> = $make;
                make(number).map(Self).ok_or_else(|| format!("{number} is out of range").into())
            }
        }

        impl FromSql<$sql, Pg> for Narrow<$rust> {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                <$rust as FromSql<$sql, Pg>>::from_sql(value).map(Self)
            }
        }

        impl From<Narrow<$rust>> for $rust {
            fn from(narrow: Narrow<$rust>) -> Self {
                narrow.0
            }
        }
    )*};
}

narrow_column! {
    SmallInt as i16, |number| number.try_into().ok();
    Integer as i32, |number| number.try_into().ok();
    Bool as bool, |number| [false, true].into_iter().find(|truth| i64::from(*truth) == number);
}

/// PostgreSQL counts its days from 2000-01-01, ours from 1970-01-01.
const PG_EPOCH_SHIFT_DAYS: i32 = 10_957;

impl FromSql<CalendarDay, Pg> for Day {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let date = <diesel::pg::data_types::PgDate as FromSql<Date, Pg>>::from_sql(value)?;
        date.0.checked_add(PG_EPOCH_SHIFT_DAYS).map(Day).ok_or_else(|| "a date is out of range".into())
    }
}

impl ToSql<CalendarDay, Pg> for Day {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let days = self.0.checked_sub(PG_EPOCH_SHIFT_DAYS).ok_or("a day is out of range")?;
        std::io::Write::write_all(out, &days.to_be_bytes())?;
        Ok(IsNull::No)
    }
}

/// Carries an amount to and from a column, so that rows can keep plain `i128`.
#[derive(Clone, Copy, Debug, AsExpression, FromSqlRow)]
#[diesel(sql_type = AmountMinor)]
pub struct Minor(i128);

impl From<i128> for Minor {
    fn from(minor: i128) -> Self {
        Self(minor)
    }
}

impl From<Minor> for i128 {
    fn from(minor: Minor) -> Self {
        minor.0
    }
}

impl FromSql<AmountMinor, Sqlite> for Minor {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
        text.parse().map(Minor).map_err(|_| format!("`{text}` is not an amount in minor units").into())
    }
}

impl ToSql<AmountMinor, Sqlite> for Minor {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.to_string());
        Ok(IsNull::No)
    }
}

impl FromSql<AmountMinor, Pg> for Minor {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let numeric = <PgNumeric as FromSql<Numeric, Pg>>::from_sql(value)?;
        minor_from_numeric(&numeric).map(Minor).ok_or_else(|| format!("{numeric:?} is not a whole i128").into())
    }
}

impl ToSql<AmountMinor, Pg> for Minor {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<Numeric, Pg>::to_sql(&minor_to_numeric(self.0), &mut out.reborrow())
    }
}

/// Splits an amount into PostgreSQL's digits of base 10,000, most significant first.
fn minor_to_numeric(minor: i128) -> PgNumeric {
    let mut digits = Vec::with_capacity(10);
    let mut rest = minor.unsigned_abs();
    while rest > 0 {
        // Below 10,000, so it fits.
        digits.push((rest % 10_000) as i16);
        rest /= 10_000;
    }
    digits.reverse();
    // At most ten digits of base 10,000 make up a u128.
    let weight = digits.len() as i16 - 1;
    if minor < 0 {
        PgNumeric::Negative { weight, scale: 0, digits }
    } else {
        PgNumeric::Positive { weight, scale: 0, digits }
    }
}

/// Puts an amount together again; none for fractions, NaN and what exceeds `i128`.
fn minor_from_numeric(numeric: &PgNumeric) -> Option<i128> {
    let (weight, digits, sign) = match numeric {
        PgNumeric::Positive { weight, scale: 0, digits } => (*weight, digits, 1),
        PgNumeric::Negative { weight, scale: 0, digits } => (*weight, digits, -1),
        _ => return None,
    };
    // PostgreSQL leaves trailing zero digits out: the weight says how many places there are.
    let places = usize::try_from(weight.checked_add(1)?).ok()?;
    if digits.len() > places {
        return None;
    }
    let padded = digits.iter().copied().chain(std::iter::repeat(0)).take(places);
    padded.map(i128::from).try_fold(0_i128, |sum, digit| sum.checked_mul(10_000)?.checked_add(sign * digit))
}
