//! `token`: a short-lived token for a party, signed by the key of this machine.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{
    output::{DONE, Failure, Outcome, REFUSED, UNREACHABLE, WRONG_USAGE},
    session::Session,
};
use crate::{
    api::sign_in::{LocalKey, local},
    operations::{access::find_caller, open_log::origin},
    storage::Address,
};

/// Issues a token with which a party signs in over HTTP, for a server that trusts the key of this machine.
///
/// The key is made on first use, readable by its owner alone. A server with an issuer of its own does not trust it, unless
/// its keys are given there: see --jwks.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  outcome-ledger token --party \"Insurer A\"\n  curl -H \"Authorization: Bearer $(outcome-ledger token --party 'Insurer A')\" http://127.0.0.1:8080/api/v1/contracts\n  outcome-ledger token --jwks > keys.json"
)]
pub struct TokenArgs {
    /// The name of the registered party
    #[arg(long, value_name = "NAME", required_unless_present = "jwks")]
    party: Option<String>,
    /// How long it is good for
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=i64::from(local::MOST_MINUTES)))]
    minutes: u32,
    /// The file of the key; beside the database when left out
    #[arg(long, value_name = "FILE")]
    local_key: Option<PathBuf>,
    /// Writes the public key as a JWKS instead
    #[arg(long, conflicts_with = "party")]
    jwks: bool,
}

/// Opens the local key of a database, making it on first use.
pub fn local_key(address: &Address, file: Option<&PathBuf>) -> Result<LocalKey, Failure> {
    let path = file.cloned().unwrap_or_else(|| local::beside(address));
    let mut random = |bytes: &mut [u8]| getrandom::fill(bytes).map_err(|error| error.to_string());
    LocalKey::open(&path, &mut random).map_err(|reason| Failure::new(UNREACHABLE, "key", format!("error: {reason}")))
}

/// Runs the command.
pub fn run(args: &TokenArgs, session: &Session) -> Outcome {
    let mut connection = session.open()?;
    let key = local_key(&Address::parse(&session.database)?, args.local_key.as_ref())?;
    let Some(party) = args.party.as_ref().filter(|_| !args.jwks) else {
        let jwks = key.jwks();
        session.answer(&jwks, || serde_json::to_string_pretty(&jwks).unwrap_or_default())?;
        return Ok(DONE);
    };
    let party = find_caller(&mut connection, party).map_err(|error| match Failure::from(error) {
        failure if failure.exit == REFUSED => failure,
        failure => Failure { exit: WRONG_USAGE, ..failure },
    })?;
    let origin = origin(&mut connection)?;
    let token = session.outside(|outside| Ok(key.token(&origin, &party.name, args.minutes, outside.now_micros)))?;
    let token = token.map_err(|reason| Failure::new(UNREACHABLE, "key", format!("error: {reason}")))?;
    session.answer(&json!({ "token": token, "party": party.name, "minutes": args.minutes }), || token.clone())?;
    Ok(DONE)
}
