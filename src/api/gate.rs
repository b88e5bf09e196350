//! The only way of handlers to the ledger: access is decided first, then the ledger is read or written.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{PoisonError, RwLock},
    time::{SystemTime, UNIX_EPOCH},
};

use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder, dev::Payload, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Config, Health, Metrics, Problem, door::IDEMPOTENCY_KEY, precondition, rate::Buckets, sign_in::Keys,
    upload::Uploads,
};
use crate::{
    operations::{
        Asked, Caller, Done, Error, Limits, Operation, Outside, Receipt, World, Writer,
        access::{allow, allow_for_parties, allow_on_contract},
        once, record_read, settlement_tag,
    },
    storage::{self, Address, Connection, Pool},
    values::{Day, PartyId},
};

/// Callers that are remembered; registered parties never change.
const MOST_CALLERS: usize = 10_000;

/// What all workers of a server share.
pub struct Gate {
    pub(super) pool: Pool,
    writer: Writer,
    pub(super) keys: Keys,
    /// How uploads are taken in.
    pub uploads: Uploads,
    /// How clinical records are.
    pub records: Uploads,
    pub(super) requests: Buckets<PartyId>,
    pub(super) failures: Buckets<Option<IpAddr>>,
    callers: RwLock<HashMap<String, Caller>>,
    /// Whether the log is kept up.
    pub health: Health,
    pub(super) metrics: Metrics,
}

/// What a request is about, as far as access depends on it.
#[derive(Clone, Debug)]
pub enum About {
    /// The network.
    Network,
    /// A contract, by its name.
    Contract(String),
    /// A settlement of a contract, by their names: a change rests on the settlement alone.
    Settlement(String, String),
    /// Parties for whom something is done, by their names.
    Parties(Vec<String>),
}

/// What comes with every request that changes something.
pub struct Ask {
    /// Who asks.
    pub caller: Caller,
    /// The key under which it is carried out once.
    pub key: String,
    tags: Option<Vec<String>>,
}

/// What was written.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Written<T> {
    /// Where it was recorded: keep them, each can be proven later.
    pub receipts: Vec<EntryReceipt>,
    /// What came of it; absent when the same request had been carried out before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub result: Option<T>,
}

/// Proves what was recorded where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EntryReceipt {
    /// The chain: a contract's, or the network's.
    pub chain: uuid::Uuid,
    /// The position in the chain, from 1.
    pub position: u64,
    /// The entry.
    pub entry: uuid::Uuid,
    /// The chain hash, which covers everything up to the entry; hexadecimal.
    pub hash: String,
}

impl From<Receipt> for EntryReceipt {
    fn from(receipt: Receipt) -> Self {
        let Receipt { chain, position, entry, hash } = receipt;
        Self { chain: chain.0, position, entry: entry.0, hash }
    }
}

impl Ask {
    /// The party that asks.
    pub fn party(&self) -> PartyId {
        self.caller.party
    }
}

impl About {
    /// The contract that it is about, by its name.
    fn contract(&self) -> Option<&str> {
        match self {
            Self::Contract(name) | Self::Settlement(name, _) => Some(name),
            Self::Network | Self::Parties(_) => None,
        }
    }
}

impl Gate {
    /// Opens the way to a ledger: connections to read by, and the thread that writes.
    ///
    /// # Errors
    /// What the database answers.
    pub fn open(config: &Config, address: Address, keys: Keys) -> Result<Self, Error> {
        let random = |bytes: &mut [u8]| getrandom::fill(bytes).map_err(|error| error.to_string());
        let world = World { clock: Box::new(now_micros), random: Box::new(random) };
        let limits = &config.limits;
        Ok(Self {
            pool: Pool::new(address.clone(), config.connections),
            writer: Writer::start(address, Limits::default(), world)?,
            keys,
            uploads: Uploads { most: limits.upload_bytes, folder: config.upload_folder.clone() },
            records: Uploads { most: limits.records_bytes, folder: config.upload_folder.clone() },
            requests: Buckets::new(limits.requests_per_second, limits.requests_at_once),
            failures: Buckets::new(1, limits.failed_sign_ins_at_once),
            callers: RwLock::default(),
            health: Health::default(),
            metrics: Metrics::default(),
        })
    }

    /// About how many bytes wait to be written.
    pub(super) fn waiting_bytes(&self) -> usize {
        self.writer.waiting_bytes()
    }

    /// Who a party is, when it was asked before.
    pub(super) fn known_caller(&self, party: &str) -> Option<Caller> {
        self.callers.read().unwrap_or_else(PoisonError::into_inner).get(party).cloned()
    }

    pub(super) fn remember_caller(&self, caller: &Caller) {
        let mut callers = self.callers.write().unwrap_or_else(PoisonError::into_inner);
        if callers.len() < MOST_CALLERS {
            callers.insert(caller.name.clone(), caller.clone());
        }
    }

    /// Computes something that needs no ledger, on a thread that may take its time.
    ///
    /// # Errors
    /// A problem when the caller may not, and what `work` answers.
    pub async fn compute<T: Send + 'static>(
        caller: &Caller,
        operation: Operation,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        allow(caller, operation)?;
        web::block(work).await.map_err(|error| Problem::internal(&error))?
    }

    /// Reads from the ledger what the caller may know.
    ///
    /// # Errors
    /// A problem when the caller may not, and what `work` answers.
    pub async fn read<T: Send + 'static>(
        &self,
        caller: &Caller,
        operation: Operation,
        about: About,
        work: impl FnOnce(&mut Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Problem> {
        let caller = caller.clone();
        let work = move |connection: &mut Connection| {
            decide(connection, &caller, operation, &about)?;
            work(connection)
        };
        self.read_public(work).await
    }

    /// Lets a caller go on whose body comes only when it may do something with it.
    ///
    /// # Errors
    /// A problem when the caller may not.
    pub async fn admit(&self, ask: &Ask, operation: Operation, about: &About) -> Result<(), Problem> {
        self.read(&ask.caller, operation, about.clone(), |_| Ok(())).await
    }

    /// Reads rows about patients of a contract; `work` gives them and how many there are. They are answered when it is
    /// recorded who read them.
    ///
    /// # Errors
    /// A problem when the caller may not, when the reading cannot be recorded, and what `work` answers.
    pub async fn read_patients<T: Send + 'static>(
        &self,
        caller: &Caller,
        operation: Operation,
        contract: String,
        work: impl FnOnce(&mut Connection, &str) -> Result<(T, usize), Error> + Send + 'static,
    ) -> Result<T, Problem> {
        let (about, name) = (About::Contract(contract.clone()), contract.clone());
        let (found, rows) = self.read(caller, operation, about, move |connection| work(connection, &name)).await?;
        self.record_reading(caller, operation, contract, rows).await?;
        Ok(found)
    }

    /// Records that somebody reads rows about patients; they are answered afterwards.
    ///
    /// # Errors
    /// A problem when it cannot be recorded.
    pub async fn record_reading(
        &self,
        caller: &Caller,
        operation: Operation,
        contract: String,
        rows: usize,
    ) -> Result<(), Problem> {
        let (place, reader) = (contract.clone(), caller.party);
        let record = move |connection: &mut Connection, outside: &mut Outside| {
            record_read(connection, outside, &contract, reader, (operation.name(), rows))
        };
        self.keep(&place, record).await
    }

    /// Writes beside the journal what an answer rests on.
    ///
    /// # Errors
    /// What `work` answers.
    pub(super) async fn keep(
        &self,
        contract: &str,
        work: impl FnMut(&mut Connection, &mut Outside) -> Result<(), Error> + Send + 'static,
    ) -> Result<(), Problem> {
        Ok(self.writer.submit(contract, 0, work)?.answer().await?)
    }

    /// Reads what everybody may know: the log, and whether there is one.
    ///
    /// # Errors
    /// What `work` answers.
    pub(super) async fn read_public<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Problem> {
        let pool = self.pool.clone();
        let answer = web::block(move || {
            let mut connection = pool.lend().map_err(Error::from)?;
            let done = work(&mut connection);
            if matches!(done, Err(Error::Storage(_))) {
                connection.discard();
            }
            done.map_err(Problem::from)
        });
        answer.await.map_err(|error| Problem::internal(&error))?
    }

    /// Writes to the ledger what the caller may do, once under its key. `request` is everything that was asked for; `work`
    /// gives the result and where it was recorded.
    ///
    /// # Errors
    /// A problem when the caller may not, when the key was used for something else, when the ledger has moved on since
    /// the caller looked, and what `work` answers.
    pub async fn write<T: Serialize + Send + 'static>(
        &self,
        ask: Ask,
        operation: Operation,
        about: About,
        request: &impl Serialize,
        mut work: impl FnMut(&mut Connection, &mut Outside) -> Result<(T, Vec<Receipt>), Error> + Send + 'static,
    ) -> Result<Written<T>, Problem> {
        let Ask { caller, key, tags } = ask;
        let asked = Asked::new(operation.name(), Some(caller.party), &key, request)?;
        let place = about.contract().unwrap_or_default().to_owned();
        let work = move |connection: &mut Connection, outside: &mut Outside| {
            decide(connection, &caller, operation, &about)?;
            outside.acting = Some(caller.party);
            let done = once(connection, outside, &asked, |connection, outside| {
                check_tags(connection, &about, tags.as_deref())?;
                work(connection, outside)
            });
            outside.acting = None;
            done
        };
        let bytes = serde_json::to_vec(request).map_or(0, |bytes| bytes.len());
        Ok(self.writer.submit(&place, bytes, work)?.answer().await?.into())
    }
}

impl<T> From<Done<(T, Vec<Receipt>)>> for Written<T> {
    fn from(done: Done<(T, Vec<Receipt>)>) -> Self {
        let (result, receipts) = match done {
            Done::Now((result, receipts)) => (Some(result), receipts),
            Done::Before(receipts) => (None, receipts),
        };
        Self { receipts: receipts.into_iter().map(EntryReceipt::from).collect(), result }
    }
}

impl<T: Serialize> Written<T> {
    /// The answer when something was made that has an address of its own, as far as that is known.
    pub fn created(&self, address: Option<String>) -> HttpResponse {
        let mut answer = self.answered(HttpResponse::Created());
        if let Some(address) = address {
            answer.insert_header(("location", address));
        }
        answer.json(self)
    }

    /// The answer when something was done.
    pub fn done(&self) -> HttpResponse {
        self.answered(HttpResponse::Ok()).json(self)
    }

    /// The answer, which says when the same had been carried out before.
    pub fn answered(&self, mut answer: HttpResponseBuilder) -> HttpResponseBuilder {
        if self.result.is_none() {
            answer.insert_header(("idempotency-replayed", "true"));
        }
        answer
    }
}

fn decide(connection: &mut Connection, caller: &Caller, operation: Operation, about: &About) -> Result<(), Error> {
    match about {
        About::Network => allow(caller, operation).map(drop),
        About::Contract(name) | About::Settlement(name, _) => allow_on_contract(connection, caller, operation, name),
        About::Parties(names) => allow_for_parties(caller, operation, names.iter().map(String::as_str)),
    }
}

/// Refuses a change when what it is about is no longer as the caller saw it.
fn check_tags(connection: &mut Connection, about: &About, tags: Option<&[String]>) -> Result<(), Error> {
    let Some(tags) = tags else { return Ok(()) };
    let (now, what) = match about {
        About::Contract(name) => {
            let now = storage::overview::find(connection, name)?;
            let now = now.map(|headline| precondition::tag(headline.seq, &headline.hash));
            (now, format!("the contract `{name}`"))
        }
        About::Settlement(name, settlement) => {
            let now = settlement_tag(connection, name, settlement)?;
            (Some(now.to_string()), format!("the settlement {settlement} of `{name}`"))
        }
        About::Network | About::Parties(_) => return Ok(()),
    };
    if now.is_some_and(|now| tags.contains(&now)) {
        return Ok(());
    }
    let help = "read it again, look whether the change is still wanted, and send its new ETag";
    let detail = format!("{what} has changed since it was read");
    Err(Error::refused("changed-meanwhile", detail, help))
}

/// The day of the clock, in UTC, for what is read as of today.
pub fn today() -> Day {
    Day::of_micros(now_micros())
}

fn now_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Self>().cloned();
        std::future::ready(caller.ok_or_else(|| Problem::internal(&"a handler stands before the door")))
    }
}

impl FromRequest for Ask {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let mut ask = || {
            let caller = Caller::from_request(request, payload).into_inner()?;
            let mut keys = request.headers().get_all(IDEMPOTENCY_KEY);
            let key = keys.next().and_then(|key| key.to_str().ok()).filter(|_| keys.next().is_none());
            // A key that is no text, or two of them, is no better than an empty one, which is refused with advice.
            let key = key.unwrap_or_default().to_owned();
            Ok(Self { caller, key, tags: precondition::wanted_tags(request)? })
        };
        std::future::ready(ask())
    }
}
