//! Keeps the places where parties are told of what happens: made, listed, set back, taken away by the party itself.

use ureq::http::Uri;

use super::{Error, Outside};
use crate::{
    exchange::webhook::write_secret,
    storage::{self, Connection, WebhookRow},
    values::{Digest, PartyId, WebhookId},
};

/// The most places of one party.
const MOST: usize = 20;
/// The longest address.
const LONGEST: usize = 2_000;

/// Makes a place that is told of everything from now on. Asked again with the same key, the same one is answered.
///
/// # Errors
/// A refusal of addresses that are none, of more than twenty, and of a key that was used for another address.
pub fn create_webhook(
    connection: &mut Connection,
    outside: &mut Outside,
    party: PartyId,
    url: &str,
    key: &str,
) -> Result<WebhookRow, Error> {
    check(url)?;
    let digest = Digest::of(&[b"webhook", party.as_bytes(), key.as_bytes()]);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.0[..16]);
    let id = WebhookId(uuid::Builder::from_custom_bytes(bytes).into_uuid());
    let rows = storage::webhook::of_party(connection, party)?;
    let again = rows.iter().find(|row| row.webhook_id == id);
    match again {
        Some(row) if row.url == url => return Ok(row.clone()),
        Some(_) => {
            let message = "the idempotency key was used for another request";
            return Err(Error::refused("key-reused", message, "give each request a key of its own"));
        }
        None if rows.len() >= MOST => {
            let message = format!("a party has at most {MOST} webhooks");
            return Err(Error::refused("too-many-webhooks", message, "delete one that is not needed any more"));
        }
        None => {}
    }
    let row = WebhookRow {
        webhook_id: id,
        party_id: party,
        url: url.to_owned(),
        secret: write_secret(&outside.bytes()?),
        created_at: outside.now_micros,
        told_index: storage::sequencer::load(connection)?.size - 1,
        failures: 0,
        last_status: None,
        last_at: None,
        next_at: 0,
    };
    storage::webhook::insert(connection, &row)?;
    Ok(row)
}

/// Lists the places of a party, oldest first.
///
/// # Errors
/// What the database answers.
pub fn list_webhooks(connection: &mut Connection, party: PartyId) -> Result<Vec<WebhookRow>, Error> {
    Ok(storage::webhook::of_party(connection, party)?)
}

/// Tells a place again everything after a place of the log; -1 for everything.
///
/// # Errors
/// A refusal when the party has no such place, or the log is not as long.
pub fn replay_webhook(
    connection: &mut Connection,
    party: PartyId,
    id: WebhookId,
    after: i64,
) -> Result<WebhookRow, Error> {
    let row = find(connection, party, id)?;
    let size = storage::sequencer::load(connection)?.size;
    if !(-1..size).contains(&after) {
        let message = format!("the log has {size} entries");
        return Err(Error::refused("no-such-event", message, "give the `index` of an event, or -1 for the beginning"));
    }
    storage::webhook::set_to(connection, id, after)?;
    Ok(WebhookRow { told_index: after, failures: 0, next_at: 0, ..row })
}

/// Takes a place away.
///
/// # Errors
/// A refusal when the party has no such place.
pub fn delete_webhook(connection: &mut Connection, party: PartyId, id: WebhookId) -> Result<(), Error> {
    find(connection, party, id)?;
    Ok(storage::webhook::delete(connection, id)?)
}

fn find(connection: &mut Connection, party: PartyId, id: WebhookId) -> Result<WebhookRow, Error> {
    let missing = || Error::refused("no-such-webhook", "there is no such webhook", "look at the list of webhooks");
    storage::webhook::find(connection, party, id)?.ok_or_else(missing)
}

/// Refuses what is no address that can be told. Where a name leads is seen when it is told.
fn check(url: &str) -> Result<(), Error> {
    let parsed: Option<Uri> = url.parse().ok().filter(|_| url.len() <= LONGEST);
    let good = parsed.is_some_and(|uri| {
        let authority = uri.authority().map(|authority| authority.as_str()).unwrap_or_default();
        matches!(uri.scheme_str(), Some("https" | "http")) && !authority.is_empty() && !authority.contains('@')
    });
    if good {
        return Ok(());
    }
    let message = format!("this is no address of at most {LONGEST} characters that can be told");
    Err(Error::refused("bad-address", message, "give one like https://example.org/hooks, without a user name"))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn addresses_are_looked_at() {
        for url in ["https://example.org", "https://example.org:8443/a?b=c", "http://10.0.0.1/x"] {
            assert!(check(url).is_ok(), "{url}");
        }
        let long = format!("https://example.org/{}", "x".repeat(2_000));
        for url in
            ["", "example.org", "/path", "ftp://example.org", "file:///etc/passwd", "https://", "https://a@b/", &long]
        {
            assert!(check(url).is_err(), "{url}");
        }
    }
}
