//! What those who watch over a server see: metrics, traces, a log; and that nobody on the line sees anything.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use ureq::tls::{Certificate, RootCerts, TlsConfig};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tls");

/// A server of the demo network, speaking TLS, and what it writes to its log.
struct Server {
    process: Child,
    address: String,
    token: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn start(folder: &Path, settings: &str) -> Server {
    fs::write(folder.join("server.toml"), settings).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_outcome-ledger"));
    command.current_dir(folder).env_remove("OUTCOME_LEDGER_DATABASE").env_remove("OUTCOME_LEDGER_KEY");
    command.args(["--database", "ledger.db", "serve", "--demo", "--config", "server.toml"]);
    let log = fs::File::create(folder.join("log")).unwrap();
    let mut process = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let address = lines.next().unwrap().unwrap().strip_prefix("Listening on ").unwrap().to_owned();
    let party = lines.next().unwrap().unwrap();
    assert_eq!(party, "Maker A (manufacturer):");
    let token = lines.next().unwrap().unwrap().trim().to_owned();
    // What is left is read too, or the server would wait for a reader.
    thread::spawn(move || lines.count());
    Server { process, address, token }
}

/// An address on which nobody listens; somebody else could take it before we do, which has not been seen.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// A collector of traces that answers every request, and gives what it got.
fn collector() -> (SocketAddr, Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (send, got) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let (mut head, mut length) = (String::new(), 0);
            while stream.read_line(&mut head).unwrap() > 2 {
                let last = head.lines().last().unwrap().to_lowercase();
                if let Some(value) = last.strip_prefix("content-length: ") {
                    length = value.parse().unwrap();
                }
            }
            assert!(head.starts_with("POST /v1/traces HTTP/1.1"), "{head}");
            let mut body = vec![0; length];
            stream.read_exact(&mut body).unwrap();
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            stream.get_mut().write_all(answer).unwrap();
            if send.send(body).is_err() {
                return;
            }
        }
    });
    (address, got)
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn a_server_with_tls_shows_metrics_and_traces_without_names_of_contracts() {
    let folder = tempfile::tempdir().unwrap();
    let (metrics, (collector, spans)) = (free(), collector());
    let server = start(
        folder.path(),
        &format!(
            "listen = '127.0.0.1:0'\nmetrics = '{metrics}'\ntraces = 'http://{collector}'\n\
             [tls]\ncertificate = '{FIXTURES}/certificate.pem'\nkey = '{FIXTURES}/key.pem'\n"
        ),
    );
    assert!(server.address.starts_with("https://"), "{}", server.address);
    let pem = fs::read(format!("{FIXTURES}/certificate.pem")).unwrap();
    let roots = RootCerts::new_with_certs(&[Certificate::from_pem(&pem).unwrap()]);
    let tls = TlsConfig::builder().root_certs(roots).build();
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    let agent = config.tls_config(tls).build().new_agent();
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let get = |path: &str| {
        let request = agent.get(format!("{}{path}", server.address)).header("traceparent", parent);
        request.header("authorization", format!("Bearer {}", server.token)).call().unwrap().status().as_u16()
    };
    assert_eq!(get("/api/v1/contracts/heart-failure-survival"), 200);
    assert_eq!(get("/api/v1/contracts/heart-failure-survival"), 200);
    assert_eq!(get("/api/v1/contracts/secret-plan"), 404);

    // Who does not trust the certificate gets nothing; who speaks plain HTTP gets nothing either.
    assert!(ureq::get(format!("{}/livez", server.address)).call().is_err());
    assert!(ureq::get(format!("{}/livez", server.address.replace("https", "http"))).call().is_err());

    let mut shown = ureq::get(format!("http://{metrics}/metrics")).call().unwrap();
    let shown = shown.body_mut().read_to_string().unwrap();
    let route = "route=\"/api/v1/contracts/{contract}\"";
    for line in [
        format!("outcome_ledger_http_requests_total{{method=\"GET\",{route},status=\"200\"}} 2"),
        format!("outcome_ledger_http_requests_total{{method=\"GET\",{route},status=\"404\"}} 1"),
        format!("outcome_ledger_http_request_duration_seconds_count{{method=\"GET\",{route}}} 3"),
        "outcome_ledger_log_troubled 0".into(),
    ] {
        assert!(shown.contains(&line), "{line}\n{shown}");
    }
    assert!(ureq::get(format!("http://{metrics}/api/openapi.json")).call().is_err(), "metrics and nothing else");

    let mut traced = Vec::new();
    while !holds(&traced, "GET /api/v1/contracts/{contract}") {
        traced.extend(spans.recv_timeout(Duration::from_secs(30)).unwrap());
    }
    let trace = [0x0a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd];
    assert!(traced.windows(8).any(|window| window == trace), "the span belongs to the caller's trace");
    let log = fs::read(folder.path().join("log")).unwrap();
    assert!(holds(&log, "/api/v1/contracts/{contract}"));
    for name in ["heart-failure-survival", "secret-plan", &server.token] {
        for (place, bytes) in [("metrics", shown.as_bytes()), ("traces", &traced), ("log", &log)] {
            assert!(!holds(bytes, name), "{name} stands in the {place}");
        }
    }
}

#[test]
fn a_server_without_a_good_certificate_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("empty.pem"), "").unwrap();
    for (certificate, key, reason) in [
        ("nowhere.pem", "empty.pem", "nowhere.pem: "),
        ("empty.pem", "empty.pem", "empty.pem: no certificate in PEM is in it"),
        (&format!("{FIXTURES}/certificate.pem"), "empty.pem", "empty.pem: "),
    ] {
        let tls = format!("listen = '127.0.0.1:0'\n[tls]\ncertificate = '{certificate}'\nkey = '{key}'\n");
        fs::write(folder.path().join("server.toml"), tls).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_outcome-ledger"));
        command.current_dir(folder.path()).env_remove("OUTCOME_LEDGER_KEY");
        let ended =
            command.args(["--database", "l.db", "serve", "--demo", "--config", "server.toml"]).output().unwrap();
        assert!(!ended.status.success());
        let told = String::from_utf8_lossy(&ended.stderr);
        assert!(told.contains(reason), "{reason}: {told}");
    }
}
