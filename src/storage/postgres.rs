//! How a connection to a PostgreSQL server is born: the line protected as the address says, the session set up.

use std::{
    io,
    sync::{Arc, OnceLock},
};

use diesel::{QueryResult, connection::SimpleConnection};
use diesel_async::{
    AnsiTransactionManager, AsyncPgConnection,
    async_connection_wrapper::{AsyncConnectionWrapper, BlockOn},
};
use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio_postgres::config::{Config, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::{PostgresAddress, Protection};

/// A connection that waits for the server on the calling thread.
pub type PostgresConnection = AsyncConnectionWrapper<AsyncPgConnection, SharedRuntime>;

/// Set in each session. Waiting longer than the SQLite connections do would hide a stuck writer.
const SESSION: &str = "
    SET synchronous_commit = on;
    SET lock_timeout = '5s';
    SET idle_in_transaction_session_timeout = '60s';
";

/// Waits on the runtime that all connections share: one thread that moves bytes for every connection.
pub struct SharedRuntime(Handle);

impl BlockOn for SharedRuntime {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.0.block_on(future)
    }

    fn get_runtime() -> Self {
        // Called only by `open`, which has entered the runtime.
        Self(Handle::current())
    }
}

fn runtime() -> io::Result<&'static Runtime> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    let new = Builder::new_multi_thread().worker_threads(1).thread_name("postgres").enable_all().build()?;
    Ok(RUNTIME.get_or_init(|| new))
}

/// Connects and sets the session up.
pub fn open(address: &PostgresAddress) -> Result<PostgresConnection, String> {
    let tls = MakeRustlsConnect::new(client_config(address)?);
    let mut config = address.config.clone();
    config.ssl_mode(match address.protection {
        Protection::Disable => SslMode::Disable,
        Protection::Prefer => SslMode::Prefer,
        Protection::Require | Protection::VerifyFull => SslMode::Require,
    });
    let runtime = runtime().map_err(|error| error.to_string())?;
    let connection = runtime.block_on(connect(&config, tls))?;
    let _entered = runtime.enter();
    let mut connection = PostgresConnection::from(connection);
    connection.batch_execute(SESSION).map_err(|error| error.to_string())?;
    Ok(connection)
}

async fn connect(config: &Config, tls: MakeRustlsConnect) -> Result<AsyncPgConnection, String> {
    let (client, line) = config.connect(tls).await.map_err(|error| chain(&error))?;
    AsyncPgConnection::try_from_client_and_connection(client, line).await.map_err(|error| error.to_string())
}

/// Begins a transaction with a statement of our own.
pub fn begin(connection: &mut PostgresConnection, sql: &str) -> QueryResult<()> {
    let runtime = runtime().map_err(|error| diesel::result::Error::QueryBuilderError(error.into()))?;
    runtime.block_on(AnsiTransactionManager::begin_transaction_sql(&mut **connection, sql))
}

/// An error with its causes, because the driver's own text stops at "error connecting to server".
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

fn client_config(address: &PostgresAddress) -> Result<ClientConfig, String> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(match address.protection {
        Protection::VerifyFull => builder.with_root_certificates(roots(address)?).with_no_client_auth(),
        _ => {
            let anyone = Arc::new(AnyServer(provider));
            builder.dangerous().with_custom_certificate_verifier(anyone).with_no_client_auth()
        }
    })
}

/// The certificates to trust: those of the named file, or else the system's.
fn roots(address: &PostgresAddress) -> Result<RootCertStore, String> {
    let mut store = RootCertStore::empty();
    match &address.root_file {
        Some(path) => {
            let unreadable = |error| format!("cannot read sslrootcert {}: {error}", path.display());
            for certificate in CertificateDer::pem_file_iter(path).map_err(unreadable)? {
                store.add(certificate.map_err(unreadable)?).map_err(|error| error.to_string())?;
            }
        }
        None => _ = store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs),
    }
    if store.is_empty() {
        return Err("no certificate to trust was found; name a PEM file with sslrootcert".into());
    }
    Ok(store)
}

/// Encrypts without asking who the server is: what `prefer` and `require` mean in PostgreSQL.
#[derive(Debug)]
struct AnyServer(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyServer {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
