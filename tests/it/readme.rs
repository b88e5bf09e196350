//! The README shows what really happens: its sessions are run, with its own files, and their answers compared.
//!
//! `UPDATE_DOCS=1 cargo test readme` writes the answers anew.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Lays out the files that the page shows, and the contract it settles, in a folder.
fn lay_out(page: &str, folder: &Path) {
    for block in page.split("```csv file=").skip(1) {
        let (name, rest) = block.split_once('\n').unwrap();
        fs::write(folder.join(name), rest.split("```").next().unwrap()).unwrap();
    }
    let contract = folder.join("contracts/efficacy-guarantee");
    fs::create_dir_all(&contract).unwrap();
    fs::copy(root().join("contracts/efficacy-guarantee/contract.yaml"), contract.join("contract.yaml")).unwrap();
}

/// Runs a command line of the page; what stands behind `#` is for people.
fn run(line: &str, folder: &Path) -> Output {
    let command = line.split(" #").next().unwrap().trim_start_matches("$ ");
    let words: Vec<&str> = command.split_whitespace().filter(|word| *word != "\\").collect();
    assert_eq!(words[0], "outcome-ledger", "{line}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_outcome-ledger"));
    command.args(&words[1..]).current_dir(folder).env_remove("OUTCOME_LEDGER_DATABASE").output().unwrap()
}

fn answer(line: &str, folder: &Path) -> String {
    let output = run(line, folder);
    String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
}

/// The page with the answers of its sessions as they are now.
fn replayed(page: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    lay_out(page, folder.path());
    let mut parts = page.split("```console\n");
    let mut replayed = parts.next().unwrap().to_owned();
    for part in parts {
        let (session, rest) = part.split_once("```").unwrap();
        let lines = session.lines().scan(true, |goes_on, line| {
            let mine = std::mem::replace(goes_on, *goes_on && line.ends_with('\\'));
            mine.then_some(line)
        });
        let command: Vec<&str> = lines.collect();
        let command = command.join("\n");
        let answer = answer(&command, folder.path());
        replayed.push_str(&format!("```console\n{command}\n{}\n```{rest}", answer.trim_end()));
    }
    replayed
}

#[test]
fn its_sessions_happen_as_shown() {
    let place = root().join("README.md");
    let page = fs::read_to_string(&place).unwrap();
    let replayed = replayed(&page);
    assert!(replayed.matches("```console").count() >= 3);
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&place, &replayed).unwrap();
    } else {
        assert!(
            page == replayed,
            "README.md shows other answers than these; run: UPDATE_DOCS=1 cargo test readme\n{replayed}"
        );
    }
}

#[cfg(feature = "server")]
#[test]
fn its_ledger_can_be_kept() {
    let page = fs::read_to_string(root().join("README.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    lay_out(&page, folder.path());
    let session = page.split("```sh ledger\n").nth(1).unwrap().split("```").next().unwrap();
    let session = session.replace("\\\n", " ");
    assert!(session.lines().count() > 10);
    for line in session.lines() {
        let output = run(line, folder.path());
        assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
    }
    let statement = run("outcome-ledger statement guarantee", folder.path());
    // The same total as from files: 30,000 under the limit, and half of 29,800.
    assert!(String::from_utf8(statement.stdout).unwrap().contains("44900.00"));
}

/// Ends the server that a session left behind.
#[cfg(feature = "server")]
struct Left(u32);

#[cfg(feature = "server")]
impl Drop for Left {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.0.to_string()).status();
    }
}

#[cfg(feature = "server")]
#[test]
fn its_programme_runs_over_http() {
    let page = fs::read_to_string(root().join("README.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let session = page.split("```sh http\n").nth(1).unwrap().split("```").next().unwrap();
    let session = session.replace("8080", &port);
    let script = session.replace("server.log &\n", "server.log & echo $! > server.pid\n");
    assert_ne!(script, session);
    let program = Path::new(env!("CARGO_BIN_EXE_outcome-ledger"));
    let path = format!("{}:{}", program.parent().unwrap().display(), env::var("PATH").unwrap());
    let mut bash = Command::new("bash");
    bash.args(["-e", "-c", &script]).current_dir(folder.path()).env("PATH", path);
    let told = bash.env("OUTCOME_LEDGER_LISTEN", format!("127.0.0.1:{port}")).output().unwrap();
    let log = fs::read_to_string(folder.path().join("server.log")).unwrap_or_default();
    let _server = fs::read_to_string(folder.path().join("server.pid")).map(|pid| Left(pid.trim().parse().unwrap()));
    let text = String::from_utf8_lossy(&told.stdout);
    assert!(told.status.success(), "{text}\n{}\n{log}", String::from_utf8_lossy(&told.stderr));
    // The sum insured is paid, 600 of premium and 50 of fee are still owed, and the regulator is told no label.
    let answers: Vec<&str> = text.lines().collect();
    let statement = answers[answers.len() - 2];
    for amount in ["3000.00", "600.00", "50.00"] {
        assert!(statement.contains(amount), "{amount}: {statement}");
    }
    let history = answers[answers.len() - 1];
    assert!(history.contains("payment.confirmed") && !history.contains("glu-001"), "{history}");
}

#[test]
fn its_links_lead_somewhere() {
    for page in ["README.md", "docs/TERMS.md", "docs/FUNCTIONS.md", "docs/ARCHITECTURE.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        let folder = root().join(page).parent().unwrap().to_path_buf();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = link.split('#').next().unwrap_or_default();
            assert!(file.starts_with("http") || folder.join(file).exists(), "{page}: {link}");
        }
    }
}

#[test]
fn the_architecture_names_files_that_are_there() {
    let text = fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    let spans = text.split('`').skip(1).step_by(2);
    let paths =
        spans.filter(|span| ["src/", "docs/", "tests/", "migrations"].iter().any(|start| span.starts_with(start)));
    let absent: Vec<_> = paths.filter(|path| !root().join(path).exists()).collect();
    assert!(absent.is_empty(), "docs/ARCHITECTURE.md names {absent:?}, which are not there");
}
