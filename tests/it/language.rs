//! What the compiler says about documents: every mistake at its line and column, all of a file at once.

use outcome_ledger::terms::{
    compile, exposure,
    finding::{Finding, Severity},
};

/// The findings about the language; what the parties should know before they sign is tried in `exposure.rs`.
fn findings(text: &str) -> Vec<Finding> {
    let mut found = compile("contract.yaml", text, &[], &|name| Err(format!("there is no file {name}"))).1;
    found.retain(|finding| !exposure::findings::CODES.contains(&finding.code));
    found
}

/// A sound document around the measures of subjects, those of the contract, and the clauses that a test gives.
fn document(subject: &str, contract: &str, clauses: &str) -> String {
    format!(
        "format: 1
id: sample
currency: CNY
parties: {{ maker: {{ is: manufacturer }}, payer: {{ is: insurer }}, patient: {{ is: beneficiary }} }}
parameters:
  window: {{ type: duration, default: 365 days }}
  cap: {{ type: money, default: 30_000 CNY, min: 0 CNY }}
term: {{ start: 2025-01-01, end: 2026-12-31 }}
subject:
  is: patient
  fields: {{ age: number, arm: {{ text: [treated, comparator] }}, weight: number? }}
facts:
  dispensing: {{ fields: {{ units: number, paid: money }} }}
  progression: {{}}
  hba1c: {{ fields: {{ value: number }} }}
  baseline: {{ once: yes, fields: {{ ecog: number }} }}
  benchmark: {{ of: contract, fields: {{ amount: money }} }}
tables:
  part: {{ bands: [ {{ upto: 90 days, is: 100% }}, {{ above: 90 days, is: 0% }} ] }}
  price: {{ keys: {{ a: 1, b: 2 }} }}
measures:
  subject:
    cost: sum(dispensing.paid)
    progressed_on: first(progression.on)
    {subject}
  contract:
    spend: sum(subjects.cost)
    {contract}
clauses:
  {clauses}
"
    )
}

const REFUND: &str = "refund: { pays: maker to patient, per: subject, amount: cost, due: enrolled_on }";

#[test]
fn ten_mistakes_get_ten_findings_each_at_its_place() {
    let text = "\
format: 1
id: ten-mistakes
currency: RMB
parties:
  maker: { is: manufacturer }
  patient: { is: beneficiary }
parameters:
  cap: { type: money, default: 30_000 }
term: { start: 2025-01-01, end: 2024-12-31 }
subject:
  fields: { age: nummber }
facts:
  dispensing: { fields: { paid: money } }
  progression: {}
tables:
  part: { bands: [ { upto: 90 days, is: 1 }, { from: 100 days, is: 0 } ] }
measures:
  subject:
    cost: sum(dispensing.payd)
    progressed_on: first(progression.on)
    early: progressed_on <= enrolled_on + 90 days
clauses:
  refund:
    pays: maker to pateint
    per: subjekt
    amount: cost *
    when: early and age > 18
";
    let found: Vec<(&str, u32, u32)> = findings(text).iter().map(|f| (f.code, f.line, f.column)).collect();
    assert_eq!(
        found,
        [
            ("unknown-currency", 3, 11),
            ("wrong-type", 8, 32),
            ("term-ends-first", 9, 7),
            ("unknown-type", 11, 18),
            ("gap", 16, 46),
            ("unknown-field", 19, 26),
            ("missing-undecided", 21, 12),
            ("unknown-party", 24, 20),
            ("unknown-word", 25, 10),
            ("not-a-formula", 26, 18),
        ]
    );
    assert!(findings(text).iter().all(|finding| finding.severity == Severity::Error && finding.help.is_some()));
}

#[test]
fn the_sound_document_is_sound() {
    assert_eq!(findings(&document("x: cost", "y: spend", REFUND)), []);
}

/// A formula of a subject's measure, the code of its finding, the column inside the formula, words of message or help.
const SUBJECT_SLIPS: [(&str, &str, usize, &str); 42] = [
    ("progressed_on + 30 days", "missing-undecided", 1, "no `progression`"),
    ("progressed_on > enrolled_on", "missing-undecided", 1, "decide it"),
    ("weight * 2", "missing-undecided", 1, "`weight` is not given"),
    ("cost / 0 CNY or 1", "", 0, ""),
    ("cost or 0 CNY", "needless-default", 9, "never used"),
    ("1 / age", "", 0, ""),
    ("1 / age + 1", "missing-undecided", 1, "when `age` is zero"),
    ("cost + 5", "wrong-type", 1, "CNY"),
    ("cost * cost", "wrong-type", 1, "multiplied by a number"),
    ("cost > 0", "wrong-type", 1, "0 CNY"),
    ("enrolled_on + 30", "wrong-type", 1, "30 days"),
    ("enrolled_on - enrolled_on > 12 months", "wrong-type", 1, "compare dates"),
    ("100 EUR", "other-currency", 1, "CNY"),
    ("arm = \"treatd\"", "not-in-list", 7, "treated"),
    ("arm = 1", "wrong-type", 1, "double quotes"),
    ("arm < \"a\"", "wrong-type", 1, "order"),
    ("cots", "unknown-name", 1, "`cost`"),
    ("dispensing.unit", "unknown-field", 12, "units"),
    ("dispensing.units", "not-gathered", 1, "first(dispensing.units)"),
    ("dispensing", "fact-alone", 1, "dispensing.units"),
    ("sum(dispensing)", "wrong-arguments", 5, "sum(dispensing.units)"),
    ("sum(dispensing.paid + hba1c.value)", "not-gathered", 23, "hba1c"),
    ("sum(age)", "no-collection", 1, "dispensing"),
    ("smu(dispensing.paid)", "unknown-function", 1, "`sum`"),
    ("mean(dispensing.paid) * 2", "missing-undecided", 1, "no `dispensing`"),
    ("part(age)", "wrong-type", 6, "duration in days"),
    ("price(arm) + 1", "missing-undecided", 1, "not a key of `price`"),
    ("nearest(hba1c.value)", "wrong-arguments", 1, "within"),
    ("count(dispensing.paid)", "wrong-arguments", 7, "collection"),
    ("first(dispensing.paid wher on > enrolled_on)", "not-a-formula", 23, "`)`"),
    ("if age > 3 then cost", "not-a-formula", 20, "else"),
    ("if age > 3 then cost else 0", "wrong-type", 17, "one type"),
    ("min(cost, 0)", "wrong-type", 1, "0 CNY"),
    ("round(cost, 99)", "wrong-arguments", 13, "0 to 20"),
    ("period.start", "", 0, ""),
    ("period.begin", "unknown-name", 8, "start"),
    ("x + 1", "cycle", 0, "defined by itself"),
    ("age in [1, \"2\"]", "wrong-type", 12, "the list holds a text"),
    ("age in 1", "not-a-list", 8, "list"),
    ("subjects.cost", "not-gathered", 1, "sum(subjects.cost)"),
    ("progressed_on is known and progressed_on > enrolled_on", "", 0, ""),
    ("progressed_on is known or progressed_on > enrolled_on", "missing-undecided", 27, "progression"),
];

#[test]
fn slips_in_formulas_are_named_where_they_stand() {
    for (formula, code, column, words) in SUBJECT_SLIPS {
        let all = findings(&document(&format!("x: {formula}"), "y: spend", REFUND));
        let Some(finding) = all.first() else {
            assert_eq!(code, "", "{formula}");
            continue;
        };
        let text = finding.to_string();
        assert_eq!(finding.code, code, "{formula}: {text}");
        assert!(text.contains(words), "{formula}: {text}");
        if column > 0 {
            assert_eq!((finding.line, finding.column as usize), (25, column + 7), "{formula}: {text}");
        }
        assert_eq!(all.len(), 1, "{formula}: one mistake, one finding");
    }
}

#[test]
fn values_of_subjects_must_be_gathered_for_the_contract() {
    for (formula, code) in [
        ("cost", "too-fine"),
        ("sum(dispensing.paid)", "too-fine"),
        ("enrolled_on", "too-fine"),
        ("mean(subjects.cost) + 1 CNY", "missing-undecided"),
        ("share(subjects)", "wrong-arguments"),
        ("sum(subjects.progressed_on)", "missing-undecided"),
        ("survival(subjects.cost, event: yes)", "wrong-arguments"),
        ("sum(groups.cost)", "no-group"),
        ("benchmark.amount", "not-gathered"),
    ] {
        let quoted = format!("y: '{formula}'");
        let found: Vec<&str> = findings(&document("x: cost", &quoted, REFUND)).iter().map(|f| f.code).collect();
        assert_eq!(found, [code], "{formula}");
    }
}

#[test]
fn clauses_are_checked_part_by_part() {
    for (clause, code) in [
        ("refund: { pays: maker, per: subject, amount: cost }", "bad-direction"),
        ("refund: { pays: maker to maker, per: subject, amount: cost, due: enrolled_on }", "pays-itself"),
        ("refund: { pays: maker to patient, amount: spend, each: yaer }", "unknown-schedule"),
        ("refund: { pays: maker to patient, per: subject, amount: age, due: enrolled_on }", "wrong-type"),
        ("refund: { pays: maker to patient, per: subject, amount: cost, due: age }", "wrong-type"),
        ("refund: { pays: maker to patient, per: subject, amount: cost, when: age, due: enrolled_on }", "wrong-type"),
        ("refund: { pays: maker to patient, per: subject, amount: cost, due: period.end }", "no-period"),
        ("refund: { pays: maker to patient, per: group, amount: cost }", "no-group"),
        ("refund: { pays: maker, to: { patient: 60%, payer: 30% }, amount: spend, due: as_of }", "shares"),
        (
            "refund: { pays: maker to patient, amount: spend, due: as_of, limits: [ { per: subject, at_most: cap } ] }",
            "bad-limit",
        ),
        (
            "refund: { pays: maker to patient, amount: spend, due: as_of, limits: [ { per: year, at_most: 5 } ] }",
            "wrong-type",
        ),
        ("refund: { pays: maker to patient, per: subject, amount: cost }", "no-due-date"),
        ("refund: { pays: maker to patient, per: subject, amount: cost, due: progressed_on }", "missing-undecided"),
        (
            "refund: { pays: maker to patient, per: subject, amount: cost, dew: enrolled_on, due: enrolled_on }",
            "unknown-key",
        ),
        (
            "refund: { pays: maker to patient, per: subject, each: { from: enrolled_on, every: 1 month }, amount: cost }",
            "endless-schedule",
        ),
    ] {
        let found: Vec<&str> = findings(&document("x: cost", "y: spend", clause)).iter().map(|f| f.code).collect();
        assert_eq!(found, [code], "{clause}");
    }
}

#[test]
fn a_condition_of_the_clause_decides_what_its_amount_may_use() {
    let sound = "refund: { pays: maker to patient, per: subject, when: early, due: progressed_on, amount: cost }";
    let measure = "early: progressed_on is known and progressed_on <= enrolled_on + window";
    assert_eq!(findings(&document(measure, "y: spend", sound)), []);
}

#[test]
fn settings_replace_defaults_and_are_checked() {
    let text = document("x: cost", "y: spend", REFUND);
    let set = |name: &str, value: &str| {
        compile("c.yaml", &text, &[(name.into(), value.into())], &|_| Err(String::new()))
            .1
            .iter()
            .map(|f| f.code)
            .filter(|code| !exposure::findings::CODES.contains(code))
            .collect::<Vec<_>>()
    };
    assert_eq!(set("cap", "10 CNY"), Vec::<&str>::new());
    assert_eq!(set("cap", "-10 CNY"), ["out-of-bounds"]);
    assert_eq!(set("cap", "10"), ["wrong-type"]);
    assert_eq!(set("cap", "ten"), ["not-constant"]);
    assert_eq!(set("cap", "10 +"), ["bad-setting"]);
    assert_eq!(set("cpa", "10 CNY"), ["unknown-parameter"]);
    assert_eq!(set("window", "12 months"), Vec::<&str>::new());
}

/// Documents whose worked cases are hand calculations.
#[test]
fn worked_cases_of_the_fixtures_hold() {
    let folder = std::path::Path::new("tests/fixtures/documents");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let (contract, findings) = compile(&path.display().to_string(), &text, &[], &|_| Err(String::new()));
        let contract = contract.unwrap_or_else(|| panic!("{}", findings[0]));
        let failed = outcome_ledger::terms::examples::run(&contract, &[], &|_| Err(String::new()));
        assert!(failed.is_empty(), "{}", failed[0]);
        assert!(!contract.checked.document.examples.is_empty(), "{}", path.display());
    }
}

#[test]
fn hostile_documents_are_refused_in_bounded_time() {
    let deep = format!("a: {}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let bomb = "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n".to_string();
    let wide = format!(
        "measures: {{ subject: {{ {} }} }}",
        (0..50_000).map(|n| format!("m{n}: 1")).collect::<Vec<_>>().join(", ")
    );
    let chain = (1..3_000).map(|n| format!("m{n}: m{} + 1", n - 1)).collect::<Vec<_>>().join(", ");
    for text in [deep, bomb, "x".repeat(100_000_000), "\u{0}\u{1}".into(), "- - - -".into(), wide] {
        assert!(findings(&text).iter().any(|finding| finding.severity == Severity::Error));
    }
    let text = document("x: cost", &format!("m0: 1\n    {}", chain.replace(", ", "\n    ")), REFUND);
    let found = findings(&text);
    assert!(found.iter().all(|finding| finding.severity != Severity::Error), "{}", found[0]);
}
