//! Big reports: whatever format they come in and wherever they lie, the same is recorded; one wrong row refuses all, unless
//! so many may be left out.

use std::thread;

use outcome_ledger::{
    operations::{Content, Error, FactReport, FactSheet, Sheet, verify_log},
    storage,
    terms::intake::Format,
};

use super::{
    databases::{on_each, on_sqlite},
    deal,
    refusals::assert_refused,
};

/// More than two steps of reading.
const MANY: usize = 4_500;

/// Subject, day and values of a row that no other row has.
fn row(at: usize) -> (String, String, String) {
    (
        format!("p{}", at % 3 + 1),
        format!("2025-{:02}-{:02}", at % 12 + 1, at % 28 + 1),
        format!("{}.{:02}", at, at % 100),
    )
}

fn csv(rows: usize) -> String {
    let row = |at| {
        let (subject, on, paid) = row(at);
        format!("{subject},{on},21,{paid}\n")
    };
    format!("subject,on,units,paid\n{}", (0..rows).map(row).collect::<String>())
}

/// The same as JSON, numbers now as numbers and now as texts, keys in any order, with an empty line.
fn lines(rows: usize) -> String {
    let row = |at| {
        let (subject, on, paid) = row(at);
        match at % 2 {
            0 => format!("{{\"on\":\"{on}\",\"subject\":\"{subject}\",\"paid\":{paid},\"units\":\"21\"}}\n\n"),
            _ => format!("{{\"units\": 21, \"paid\": \" {paid}\", \"on\": \"{on}\", \"subject\": \"{subject}\"}}\n"),
        }
    };
    (0..rows).map(row).collect()
}

fn report(sheets: impl IntoIterator<Item = Sheet>, rejects: usize) -> FactReport {
    let recorded = sheets.into_iter().map(|sheet| FactSheet { kind: "dispensing".into(), sheet }).collect();
    FactReport { recorded, rejects, ..FactReport::default() }
}

fn of_lines(text: impl Into<Vec<u8>>) -> Sheet {
    Sheet { file: "d.ndjson".into(), format: Format::Lines, content: Content::Bytes(text.into()) }
}

#[test]
fn the_same_is_recorded_from_every_format_and_place() {
    let folder = tempfile::tempdir().unwrap();
    let files = [("d.csv", csv(MANY)), ("d.jsonl", lines(MANY))].map(|(name, text)| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        Sheet::at(&path)
    });
    let [in_csv, in_lines] = files;
    assert_eq!((in_csv.format, in_lines.format), (Format::Csv, Format::Lines));
    assert_eq!(in_csv.digest().unwrap(), Sheet::csv("other name", csv(MANY)).digest().unwrap());
    let recorded = |sheet: &Sheet| {
        let sheet = sheet.clone();
        // A thread of its own begins anew with time and salts.
        let run = move || {
            let found = std::cell::RefCell::new(None);
            on_sqlite(|database| {
                let c = &mut database.connect();
                storage::migrate::run(c).unwrap();
                deal::follow_up(c);
                let done = deal::report(c, report([sheet.clone()], 0)).unwrap();
                assert_eq!(done.recorded, MANY);
                assert!(verify_log(c).unwrap().valid, "the root in the entry is that of all rows");
                *found.borrow_mut() =
                    Some((done.receipts[0].clone(), storage::fact::of_contract(c, done.receipts[0].chain).unwrap()));
            });
            found.into_inner().unwrap()
        };
        thread::spawn(run).join().unwrap()
    };
    let expected = recorded(&Sheet::csv("d.csv", csv(MANY)));
    for sheet in [of_lines(lines(MANY)), in_csv, in_lines] {
        assert!(recorded(&sheet) == expected, "{}", sheet.file);
    }
}

#[test]
fn one_wrong_row_at_the_end_undoes_all_before_it() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::follow_up(c);
        let good = csv(MANY);
        // Line 1 has the names: row 0 stands in line 2, and what follows all rows in line 4,502.
        for (reason, text) in [
            ("d.csv, line 4502, column `on`", format!("{good}p1,2025-02-30,21,1\n")),
            ("d.csv, line 4502, column `subject`: no such subject", format!("{good}p4,2025-02-28,21,1\n")),
            ("d.csv, line 4502, column `on`: this report has the same", format!("{good}p1,2025-01-01,21,0.000\n")),
        ] {
            assert_refused(c, reason, |c| deal::report(c, report([Sheet::csv("d.csv", text)], 0)));
        }
        deal::report(c, report([Sheet::csv("d.csv", good.clone())], 0)).unwrap();
        let again = report([Sheet::csv("d.csv", good)], 0);
        let Err(Error::Rows(errors)) = deal::report(c, again) else { panic!("all of it stands reported") };
        assert_eq!((errors.total, errors.errors.len()), (MANY, 1_000));
        assert_eq!((errors.errors[0].line, errors.errors[999].line), (2, 1_001));
        assert!(errors.to_string().ends_with("and 3500 more"), "{errors}");
        assert!(verify_log(c).unwrap().valid);
    });
}

#[test]
fn wrong_rows_are_left_out_when_so_many_may_be() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::follow_up(c);
        // Two errors in line 3, one each in 4 and 6.
        let text = "subject,on,units,paid\np1,2025-06-01,1,1\np1,soon,many,1\np9,2025-06-01,1,1\np2,2025-06-01,1,1\n\
                    p1,2025-06-01,1,1.0\n";
        let sheet = || [Sheet::csv("d.csv", text)];
        assert_refused(c, "d.csv, line 6", |c| deal::report(c, report(sheet(), 2)));
        let done = deal::report(c, report(sheet(), 3)).unwrap();
        let lines: Vec<_> = done.rejected.errors.iter().map(|error| error.line).collect();
        assert_eq!((done.recorded, done.rejected.total, lines), (2, 4, vec![3, 3, 4, 6]));
        // Nothing good is left, a file that cannot be read to its end, a file without its names.
        assert_refused(c, "stands reported already", |c| deal::report(c, report(sheet(), 5)));
        let long = format!("{}{{\"subject\":\"{}\"}}\n", lines_of("p3"), "p".repeat(1 << 20));
        assert_refused(c, "d.ndjson, line 2: the line is too long", |c| deal::report(c, report([of_lines(long)], 9)));
        let nameless = Sheet::csv("d.csv", "p3,2025-07-01,1,1\n");
        assert_refused(c, "the name of column 1 is not known", |c| deal::report(c, report([nameless], 9)));
        let good = [of_lines(lines_of("p3")), Sheet::csv("e.csv", "subject,on,units,paid\np3,2025-07-01,1,1\n")];
        let done = deal::report(c, report(good, 1)).unwrap();
        assert_eq!((done.recorded, done.rejected.total), (1, 1), "the second file repeats the first");
        assert_eq!(done.rejected.errors[0].file, "e.csv");
        assert!(verify_log(c).unwrap().valid);
    });
}

fn lines_of(subject: &str) -> String {
    format!("{{\"subject\":\"{subject}\",\"on\":\"2025-07-01\",\"units\":1,\"paid\":\"1\"}}\n")
}

#[test]
fn lines_that_are_no_rows_are_refused_without_what_stands_there() {
    on_each(|database| {
        let c = &mut database.connect();
        deal::follow_up(c);
        for (reason, line) in [
            ("d.ndjson, line 2: the row cannot be read", r#"{"subject":"p3","on":"2025-07-02""#),
            ("d.ndjson, line 2: the row cannot be read", r#"["p3","2025-07-02",1,1]"#),
            ("d.ndjson, line 2: the row cannot be read", r#"{"subject":"p3"} {"on":"2025-07-02"}"#),
            ("d.ndjson, line 2: the row cannot be read", "{\"subject\":\"\u{1}\"}"),
            ("d.ndjson, line 2: the name of key 2 is not known", r#"{"subject":"p3","secret":1,"on":"2025-07-02"}"#),
            ("d.ndjson, line 2, column `on`: this key stands twice", r#"{"on":"2025-07-02","on":"2025-07-02"}"#),
            ("d.ndjson, line 2, column `units`: this is no single value", r#"{"subject":"p3","units":[1]}"#),
            ("d.ndjson, line 2, column `subject`: the cell is empty", r#"{"on":"2025-07-02","units":1,"paid":1}"#),
            ("d.ndjson, line 2, column `paid`: the cell is empty", r#"{"subject":"p3","on":"2025-07-02","paid":null}"#),
            ("d.ndjson, line 2, column `paid`: this is not", r#"{"subject":"p3","on":"2025-07-02","paid":true}"#),
            ("d.ndjson, line 2, column `paid`: this is not", r#"{"subject":"p3","on":"2025-07-02","paid":1e3}"#),
        ] {
            let text = format!("\u{feff}{}{line}\n", lines_of("p3"));
            assert_refused(c, reason, |c| {
                deal::report(c, report([of_lines(text)], 0)).inspect_err(|error| {
                    assert!(!error.to_string().contains("secret"), "{error}");
                })
            });
        }
    });
}
