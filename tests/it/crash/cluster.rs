//! A PostgreSQL server of its own that waits for the disk and may be killed.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Command,
    thread::sleep,
    time::Duration,
};

use diesel::{RunQueryDsl, dsl::sql, select, sql_types::Integer};
use outcome_ledger::storage::{Address, Connection};
use tempfile::TempDir;

use super::super::databases::execute;

/// A server that ends with the test.
pub struct Cluster {
    home: TempDir,
    tools: PathBuf,
    port: u16,
}

impl Cluster {
    pub fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let cluster = Self { home, tools: tools(), port };
        if is_root() {
            run(Command::new("chown").arg(account()).arg(cluster.home.path()));
        }
        let data = cluster.data();
        // Reached from this machine only, for as long as the test runs.
        let options = ["-U", "tester", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync"];
        cluster.run("initdb", &[&["-D", data.to_str().unwrap()], &options[..]].concat());
        cluster.up();
        cluster
    }

    fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// Runs a tool as an account that the server accepts: it refuses to run as root.
    fn run(&self, tool: &str, words: &[&str]) {
        let tool = self.tools.join(tool);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", account(), "--"]).arg(tool);
            command
        } else {
            Command::new(tool)
        };
        run(command.args(words).current_dir(self.home.path()));
    }

    fn control(&self, words: &[&str]) {
        let (data, log) = (self.data(), self.home.path().join("server.log"));
        let place = ["-D", data.to_str().unwrap(), "-l", log.to_str().unwrap(), "-w", "-t", "60"];
        self.run("pg_ctl", &[&place, words].concat());
    }

    fn up(&self) {
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=on -c max_connections=100",
            self.port
        );
        self.control(&["-o", &options, "start"]);
    }

    fn url(&self, name: &str) -> String {
        format!("postgres://tester@127.0.0.1:{}/{name}?sslmode=disable", self.port)
    }

    fn admin(&self) -> Connection {
        Connection::open(&Address::parse(&self.url("postgres")).unwrap()).unwrap()
    }

    /// Makes a database and gives its address.
    pub fn create_database(&self, name: &str) -> String {
        execute(&mut self.admin(), &format!("CREATE DATABASE {name} TEMPLATE template0")).unwrap();
        self.url(name)
    }

    /// Stops the server as a power cut would, and starts it again.
    pub fn crash(&mut self) {
        self.control(&["-m", "immediate", "stop"]);
        self.up();
    }

    /// Kills the process of the server that serves a ledger; the server then ends all connections and recovers.
    pub fn kill_backend(&mut self) {
        let Connection::Postgres(mut admin) = self.admin() else { unreachable!() };
        let busy = "(SELECT pid FROM pg_stat_activity WHERE datname LIKE 'ledger%' LIMIT 1)";
        let pid: i32 = select(sql::<Integer>(busy)).get_result(&mut admin).unwrap();
        run(Command::new("kill").args(["-9", &pid.to_string()]));
        // The server notices within moments; until it has recovered it turns connections away.
        sleep(Duration::from_millis(200));
        for _ in 0..1_800 {
            if Connection::open(&Address::parse(&self.url("postgres")).unwrap()).is_ok() {
                return;
            }
            sleep(Duration::from_millis(100));
        }
        panic!("the server does not come back");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.control(&["-m", "immediate", "stop"]);
    }
}

fn run(command: &mut Command) {
    let output = command.stdin(std::process::Stdio::null()).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&text));
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

fn account() -> &'static str {
    let known = fs::read_to_string("/etc/passwd").unwrap();
    if known.lines().any(|line| line.starts_with("postgres:")) { "postgres" } else { "nobody" }
}

/// The folder of the server's tools: on the path, or where Debian keeps them.
fn tools() -> PathBuf {
    let has = |folder: &Path| folder.join("initdb").exists() && folder.join("pg_ctl").exists();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let debian = debian.map(|version| version.unwrap().path().join("bin"));
    let found = std::env::split_paths(&path).chain(debian).find(|folder| has(folder));
    found.expect("initdb and pg_ctl are needed; `bash .ci/test` installs them")
}
