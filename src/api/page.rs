//! Lists in pages: a limit, a cursor to go on from, an order.

use actix_web::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Problem;
use crate::values::{from_hex, to_hex};

/// What part of a list is wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// The most items; 50 when left out.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[param(pattern = "^([0-9a-f]{2})+$")]
    pub cursor: Option<String>,
}

/// A part of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items, in order.
    pub items: Vec<T>,
    /// The cursor of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub next: Option<String>,
}

/// The most items of a page.
const MOST: u32 = 500;

/// Reads a limit.
pub fn limit(limit: Option<u32>) -> Result<i64, Problem> {
    match limit {
        None => Ok(50),
        Some(limit @ 1..=MOST) => Ok(limit.into()),
        Some(_) => Err(bad("limit", "give 1 to 500")),
    }
}

/// A parameter of the address that is not understood.
pub fn bad(parameter: &str, help: &str) -> Problem {
    let detail = format!("the parameter `{parameter}` is not understood");
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-query", detail, help)
}

/// Reads a cursor that names a place in a contract's chain: position and leaf, from before the first when there is none.
pub fn place(text: Option<&str>) -> Result<(i64, i32), Problem> {
    let Some(key) = cursor(text)? else { return Ok((0, -1)) };
    let place = key.split_once('.').and_then(|(seq, item)| Some((seq.parse().ok()?, item.parse().ok()?)));
    place.ok_or_else(bad_cursor)
}

/// Reads a cursor: the key of the last item before, which callers are not to look into.
pub fn cursor(cursor: Option<&str>) -> Result<Option<String>, Problem> {
    let Some(cursor) = cursor else { return Ok(None) };
    let key = from_hex(cursor).and_then(|bytes| String::from_utf8(bytes).ok()).filter(|key| !key.is_empty());
    key.map(Some).ok_or_else(bad_cursor)
}

/// A cursor that no page of the list gave.
pub fn bad_cursor() -> Problem {
    let help = "give the `next` of the page before, unchanged";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-cursor", "this is no cursor of this list", help)
}

/// Reads a cursor that is a position in a chain; 0 when there is none.
pub fn position(text: Option<&str>) -> Result<i64, Problem> {
    let after = cursor(text)?.map_or(Ok(0), |after| after.parse());
    after.map_err(|_| bad_cursor())
}

impl<T> Page<T> {
    /// A page of the first `limit` of items, of which one more was loaded to see whether there is a next page.
    pub fn of(mut items: Vec<T>, limit: i64, key: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or_default();
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|last| to_hex(key(last).as_bytes()));
        Self { items, next }
    }

    /// The same page with other items.
    pub fn map<U>(self, other: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(other).collect(), next: self.next }
    }
}

/// A name as it stands in the path of an address (RFC 3986, section 2.1).
pub fn in_address(name: &str) -> String {
    let mut text = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => text.push(byte.into()),
            _ => text += &format!("%{byte:02X}"),
        }
    }
    text
}
