//! What is handed out is checked by others, at the command line: bundles, certificates and remembered checkpoints, each with
//! its exit code.

use std::{fs, path::Path};

use outcome_ledger::{
    contract::bundle::Bundle,
    ledger::note::{Checkpoint, Note, Policy},
    operations::{list_settlements, make_key, signing::KeyFiles},
    storage::{Address, Connection, migrate},
};
use tempfile::TempDir;

use super::{deal, restored::run};

/// A folder with the deal in `ledger.db`, signed, and a policy that trusts its key.
struct Office(TempDir);

impl Office {
    fn new() -> Self {
        let office = Self(tempfile::tempdir().unwrap());
        let c = &mut office.ledger();
        migrate::run(c).unwrap();
        deal::complete(c);
        let files = KeyFiles::of_key(&office.path().join("ledger.db.key"));
        deal::act(c, |c, outside| make_key(c, outside, files)).unwrap();
        office.says(0, &["checkpoint"]);
        let key = office.says(0, &["checkpoint", "--verifier-key"]);
        office.write("policy.txt", format!("log {}\nquorum none\n", key.trim()));
        office
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn ledger(&self) -> Connection {
        Connection::open(&Address::Sqlite(self.path().join("ledger.db"))).unwrap()
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path().join(name), content).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path().join(name)).unwrap()
    }

    /// The entries that a kept checkpoint covers.
    fn size(&self, name: &str) -> u64 {
        Checkpoint::parse(Note::parse(&self.read(name)).unwrap().text()).unwrap().head().size
    }

    fn says(&self, exit: i32, words: &[&str]) -> String {
        let (code, said) = run(self.path(), words);
        assert_eq!(code, exit, "{words:?}: {said}");
        said
    }

    fn verify(&self, exit: i32, file: &str, more: &[&str]) -> String {
        self.says(exit, &[&["verify", file, "--policy", "policy.txt"], more].concat())
    }

    /// One more entry, signed.
    fn goes_on(&self, name: &str) {
        self.says(0, &["party", "add", name, "--is", "provider"]);
        self.says(0, &["checkpoint"]);
    }
}

#[test]
fn a_bundle_is_valid_closed_stale_invalid_or_no_bundle() {
    let office = Office::new();
    office.says(0, &["export", "ep", "--output", "first.bundle"]);
    office.says(0, &["export", "ep", "--closed", "--output", "closed.bundle"]);
    let said = office.verify(0, "first.bundle", &["--remember", "kept"]);
    assert!(said.starts_with("VALID: everything is as the log signed it\n"), "{said}");
    let first = office.size("kept");
    let said = office.verify(10, "closed.bundle", &["--remember", "kept"]);
    assert!(said.starts_with("VALID, PARTLY CLOSED") && said.contains("Whether the 2 settlement(s)"), "{said}");
    // The log goes on: the bundle has to prove that it continues what was kept, and then that is kept.
    office.goes_on("Clinic A");
    office.says(0, &["export", "ep", "--output", "second.bundle"]);
    let said = office.verify(40, "second.bundle", &["--remember", "kept"]);
    assert!(said.contains("consistency.fails") && said.contains(&format!("--since {first}")), "{said}");
    assert_eq!(office.size("kept"), first, "what is not proven is not kept");
    office.says(0, &["export", "ep", "--since", &first.to_string(), "--output", "second.bundle"]);
    office.verify(0, "second.bundle", &["--remember", "kept"]);
    assert_eq!(office.size("kept"), first + 2, "a party, and the heads");
    let said = office.verify(20, "first.bundle", &["--remember", "kept"]);
    assert!(said.starts_with("STALE") && office.size("kept") == first + 2, "{said}");
    let mut changed = office.read("first.bundle");
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    office.write("changed.bundle", &changed);
    let said = office.verify(40, "changed.bundle", &["--remember", "kept", "--format", "json"]);
    assert!(said.contains("\"verdict\":") && said.contains("manifest.differs"), "{said}");
    office.write("half.bundle", &changed[..middle]);
    office.write("letter.txt", "Dear all,\n");
    for file in ["half.bundle", "letter.txt"] {
        assert!(office.verify(50, file, &[]).contains("no bundle or certificate that can be read"));
    }
    assert_eq!(office.size("kept"), first + 2);
}

#[test]
fn a_log_that_shows_two_pasts_is_found_by_what_was_kept() {
    let office = Office::new();
    // The same ledger and key once more, before they part.
    for file in ["ledger.db", "ledger.db.signed"] {
        office.write(&format!("{file}.before"), office.read(file));
    }
    office.goes_on("Clinic A");
    office.says(0, &["export", "--all", "--output", "one.bundle"]);
    office.verify(0, "one.bundle", &["--remember", "kept"]);
    for file in ["ledger.db", "ledger.db.signed"] {
        office.write(file, office.read(&format!("{file}.before")));
    }
    office.goes_on("Clinic B");
    office.says(0, &["export", "--all", "--output", "other.bundle"]);
    office.verify(0, "other.bundle", &[]);
    let kept = office.read("kept");
    for held in ["--remember", "--held"] {
        let said = office.verify(30, "other.bundle", &[held, "kept"]);
        assert!(said.starts_with("DIVERGED") && said.contains("the checkpoint that you hold"), "{said}");
        assert!(said.contains(std::str::from_utf8(&kept).unwrap().trim_end()), "both are printed: {said}");
    }
    assert!(office.read("kept") == kept);
    // The same in a single certificate of the same size.
    office.says(0, &["certificate", "ep", "--settlement", "10", "--output", "page.txt"]);
    assert!(office.verify(30, "page.txt", &["--held", "kept"]).starts_with("DIVERGED"));
}

#[test]
fn a_certificate_is_called_by_what_the_list_shows() {
    let office = Office::new();
    let settlements = list_settlements(&mut office.ledger(), deal::CONTRACT).unwrap();
    let settlement = &settlements[0];
    let (proposed, posted) = (settlement.position, settlement.posted_at.unwrap());
    let list = office.says(0, &["settlement", "list", "ep"]);
    let row = list.lines().nth(1).unwrap().split_whitespace().take(2).collect::<Vec<_>>();
    assert!(list.starts_with("proposed at  posted at") && row == [proposed.to_string(), posted.to_string()], "{list}");
    let names = [proposed.to_string(), posted.to_string(), settlement.entry.to_string()];
    let shown = names.each_ref().map(|name| office.says(0, &["settlement", "show", "ep", name]));
    let pages = names.each_ref().map(|name| {
        office.says(0, &["certificate", "ep", "--settlement", name, "--output", "page.txt"]);
        office.read("page.txt")
    });
    assert!(shown.iter().all(|other| *other == shown[0]) && pages.iter().all(|other| *other == pages[0]));
    let said = office.verify(0, "page.txt", &["--remember", "kept"]);
    assert!(said.starts_with("VALID") && !office.path().join("kept").exists(), "a page proves no continuation");
    let said = office.says(1, &["certificate", "ep", "--settlement", "1", "--output", "no.txt"]);
    assert!(
        said.contains("has no settlement `1`") && said.contains(&format!("settlements stand at {posted}")),
        "{said}"
    );
    let page = String::from_utf8(pages[0].clone()).unwrap();
    office.write("changed.txt", page.replacen("39800.50", "49800.50", 1));
    assert!(office.verify(40, "changed.txt", &[]).contains("page.differs"));
    office.write("version.txt", page.replacen("certificate/v1", "certificate/v2", 1));
    office.verify(50, "version.txt", &[]);
    office.goes_on("Clinic A");
    office.says(0, &["export", "ep", "--output", "new.bundle"]);
    office.verify(0, "new.bundle", &["--remember", "kept"]);
    assert!(office.verify(20, "page.txt", &["--held", "kept"]).starts_with("STALE"));
}

#[test]
fn without_a_policy_of_ones_own_nothing_is_proven() {
    let office = Office::new();
    office.says(0, &["export", "ep", "--output", "ep.bundle"]);
    office.says(2, &["verify", "ep.bundle"]);
    office.verify(3, "absent.bundle", &[]);
    office.write("stranger.txt", "log ledger.example/two+9a3c\nquorum none\n");
    let said = office.says(1, &["verify", "ep.bundle", "--policy", "stranger.txt"]);
    assert!(said.contains("stranger.txt:line 1"), "{said}");
    // What the bundle claims is a policy that can be taken over by whoever knows the key.
    let archive = office.read("ep.bundle");
    let claimed = Bundle::read(&archive).unwrap().0.policy.into_owned();
    assert!(Policy::parse(claimed.as_bytes()).is_ok(), "{claimed}");
    let own = String::from_utf8(office.read("policy.txt")).unwrap();
    assert_eq!(claimed.split_once('\n').unwrap().1, own);
}
