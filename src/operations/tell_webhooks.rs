//! Tells parties what happened, at the addresses that they gave.
//!
//! The log is the outbox: an event cannot be lost between being recorded and being told, and can always be told again. Each
//! address is told in the order of the log and goes no further before a message arrived.

use std::{net::IpAddr, time::Duration};

use ureq::{
    Agent,
    config::Config,
    http::{Uri, uri::Scheme},
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};

use super::{
    Error, Event, Operation,
    access::{Scope, scope_of},
    list_events,
};
use crate::{
    exchange::webhook::{Happened, Message, sign},
    storage::{self, Connection, WebhookRow},
    values::instant,
};

/// Messages to one address before the others have their turn.
const AT_ONCE: i64 = 20;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a server keeps an address for itself: all messages of a turn, with room.
const TURN_MICROS: i64 = 300 * 1_000_000;
/// Seconds until the next attempt, by the number of attempts that failed, as Standard Webhooks proposes; the last goes on.
const PAUSES: [i64; 8] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000];

/// Tells over HTTP.
#[derive(Clone, Debug)]
pub struct Courier {
    agent: Agent,
    private: bool,
}

impl Courier {
    /// One that tells public addresses over TLS only, or with `private` also those of this machine and network, which an
    /// attacker would like to reach through us.
    pub fn new(private: bool) -> Self {
        let config =
            Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false).max_redirects(0);
        let resolver = Guarded { private, resolver: DefaultResolver::default() };
        Self { agent: Agent::with_parts(config.build(), DefaultConnector::default(), resolver), private }
    }

    /// Sends one message; the status of the answer, if there is one.
    fn tell(&self, row: &WebhookRow, event: &Event, now_micros: i64) -> Option<u16> {
        let uri: Uri = row.url.parse().ok()?;
        if uri.scheme() != Some(&Scheme::HTTPS) && !self.private {
            return None;
        }
        let (id, seconds) = (event.entry.to_string(), now_micros.div_euclid(1_000_000));
        let body = serde_json::to_string(&message(event)).ok()?;
        let signature = sign(&row.secret, &id, seconds, &body)?;
        let request = self.agent.post(uri).content_type("application/json").header("webhook-id", &id);
        let request = request.header("webhook-timestamp", seconds.to_string()).header("webhook-signature", signature);
        request.send(body).ok().map(|answer| answer.status().as_u16())
    }
}

/// Keeps messages out of this machine and its network, whatever a name leads to.
#[derive(Debug)]
struct Guarded {
    private: bool,
    resolver: DefaultResolver,
}

impl Resolver for Guarded {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.resolver.resolve(uri, config, timeout)?;
        if self.private || found.iter().all(|address| is_public(address.ip())) {
            return Ok(found);
        }
        Err(ureq::Error::HostNotFound)
    }
}

/// Whether an address is one of the open internet (IANA special-purpose registries; what is not known to be is not).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_documentation()
                || a == 0
                || a >= 224
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && (b == 18 || b == 19)))
        }
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_public(v4.into()),
            // Global unicast, without documentation, and without 6to4 and Teredo, which hide another address.
            None => {
                let [a, b, ..] = v6.segments();
                (0x2000..0x4000).contains(&a) && !(a == 0x2001 && (b < 0x200 || b == 0xdb8)) && a != 0x2002
            }
        },
    }
}

fn message(event: &Event) -> Message {
    Message {
        kind: event.kind.name().into(),
        timestamp: instant(event.recorded_at_micros),
        data: Happened {
            index: event.index,
            contract: event.contract.clone(),
            position: event.position,
            entry: event.entry.0,
            hash: event.hash.to_string(),
        },
    }
}

/// Tells every address that is due what it was not told yet, as long as it `goes_on`; says how many messages arrived.
///
/// # Errors
/// What the database answers. An address that does not answer is no error: it is told later.
pub fn tell_webhooks(
    connection: &mut Connection,
    courier: &Courier,
    mut now_micros: impl FnMut() -> i64,
    goes_on: impl Fn() -> bool,
) -> Result<usize, Error> {
    let mut arrived = 0;
    for row in storage::webhook::due(connection, now_micros())? {
        let of = match scope_of(connection, row.party_id, Operation::ListEvents)? {
            Scope::All => None,
            Scope::Own => Some(row.party_id),
            Scope::None => continue,
        };
        // Read before the events: what enters the log meanwhile is looked at next time.
        let end = storage::sequencer::load(connection)?.size - 1;
        if row.told_index >= end {
            continue;
        }
        let events = list_events(connection, of, row.told_index, AT_ONCE)?;
        if !storage::webhook::take(connection, &row, now_micros() + TURN_MICROS)? {
            continue;
        }
        let mut now = WebhookRow { next_at: now_micros(), ..row.clone() };
        let mut all = i64::try_from(events.len()).unwrap_or(i64::MAX) < AT_ONCE;
        for event in &events {
            if !goes_on() {
                all = false;
                break;
            }
            let at = now_micros();
            let status = courier.tell(&row, event, at);
            now.last_at = Some(at);
            now.last_status = status.map(i64::from);
            if !status.is_some_and(|status| (200..300).contains(&status)) {
                now.failures += 1;
                let pause = usize::try_from(now.failures - 1).unwrap_or_default().min(PAUSES.len() - 1);
                now.next_at = at + PAUSES[pause] * 1_000_000;
                break;
            }
            arrived += 1;
            now.failures = 0;
            now.told_index = event.index;
        }
        if now.failures == 0 && all {
            now.told_index = now.told_index.max(end);
        }
        storage::webhook::told(connection, row.told_index, &now)?;
    }
    Ok(arrived)
}

#[cfg(test)]
mod tests {
    use super::is_public;

    #[test]
    fn only_addresses_of_the_open_internet_are_told() {
        for address in ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "198.18.0.1",
            "192.0.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }
}
