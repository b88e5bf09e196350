//! What the parties should know before they sign, with figures worked out by hand.

use outcome_ledger::{
    terms::{
        Contract, compile,
        evaluate::{Data, DataBuilder, evaluate},
        exposure::{Missing, duties, exposure, findings::CODES, missing},
        finding::{Finding, Severity},
        scalar::Scalar,
    },
    values::{Day, Decimal},
};
use proptest::prelude::*;

/// A document of three years and one month around parameters, clauses and measures.
fn document(clauses: &str) -> String {
    format!(
        "format: 1
id: sample
currency: CNY
parties: {{ maker: {{ is: manufacturer }}, payer: {{ is: insurer }} }}
parameters:
  rate: {{ type: number, default: 40%, min: 0, max: 100% }}
  bonus: {{ type: money, default: 0 CNY, min: 0 CNY }}
term: {{ start: 2025-01-01, end: 2028-01-31 }}
subject:
  is: patient
  fields: {{ age: {{ number: {{ min: 18, max: 100 }} }}, site: {{ text: [north, south] }}, free: number }}
group: site
facts:
  visit: {{ by: payer, fields: {{ cost: {{ money: {{ min: 0 CNY, max: 500 CNY }} }}, loss: money }} }}
  base: {{ once: yes, by: payer, fields: {{ score: {{ number: {{ min: -2, max: 3 }} }} }} }}
  budget: {{ of: contract, by: payer, fields: {{ amount: money }} }}
tables:
  part: {{ bands: [ {{ upto: 20, is: 100% }}, {{ upto: 60, is: 50% }}, {{ above: 60, is: 0% }} ] }}
  corridor: {{ marginal: [ {{ upto: 5, is: 0 }}, {{ upto: 10, is: 50% }}, {{ above: 10, is: 0 }} ] }}
measures:
  subject:
    cost: sum(visit.cost)
    worst: max(visit.cost) or 0 CNY
    carried: min(300 CNY, (previous(carried) or 0 CNY) + worst)
  contract:
    spend: sum(subjects.cost)
    response: share(subjects where age > 50) or 0
clauses:
  one: {{ pays: maker to payer, {clauses} }}
"
    )
}

fn compiled(clause: &str) -> (Contract, Vec<Finding>) {
    let text = document(clause);
    let (contract, findings) = compile("c.yaml", &text, &[], &|_| Err(String::new()));
    let shown: String = findings.iter().map(ToString::to_string).collect();
    (contract.unwrap_or_else(|| panic!("{clause}\n{shown}")), findings)
}

fn shown(amount: Option<Decimal>) -> String {
    amount.map_or("unlimited".into(), |amount| amount.normalize().to_string())
}

/// A clause, the most per year, the most in all. The term has four years: three whole ones and one month of a fourth.
const MOST: [(&str, &str, &str); 29] = [
    // One payment of the contract.
    ("due: 2025-06-01, amount: 100 CNY", "100", "100"),
    ("due: 2025-06-01, amount: 100 CNY * rate", "40", "40"),
    ("due: 2025-06-01, amount: 100 CNY * response", "100", "100"),
    ("due: 2025-06-01, amount: spend", "unlimited", "unlimited"),
    ("due: 2025-06-01, amount: 'min(spend, 70 CNY)'", "70", "70"),
    ("due: 2025-06-01, amount: 'max(0 CNY, 90 CNY - spend)'", "90", "90"),
    ("due: 2025-06-01, amount: '10.005 CNY'", "10", "10"),
    ("due: 2025-06-01, amount: 'if spend > 80 CNY then 80 CNY else spend'", "80", "80"),
    ("due: 2025-06-01, when: spend <= 60 CNY, amount: spend", "60", "60"),
    ("due: 2025-06-01, when: spend < 60 CNY and spend > 20 CNY, amount: 100 CNY - spend", "80", "80"),
    // What bands and slices can be reached decides: ages above 60 give 0%, a patient of 18 to 20 gives 100%.
    ("due: 2025-06-01, amount: 'part(max(subjects.age) or 18) * 10 CNY'", "10", "10"),
    ("due: 2025-06-01, amount: 'part(30 + 10 * response) * 10 CNY'", "5", "5"),
    // The slice from 5 to 10 at one half: 2.5 at most.
    ("due: 2025-06-01, amount: 'corridor(count(subjects)) * 10 CNY'", "25", "25"),
    // Periods of the calendar: 37 months make 13 quarters, 4 a year, and 4 years.
    ("each: quarter, amount: 100 CNY", "400", "1300"),
    ("each: year, amount: 100 CNY", "100", "400"),
    ("each: quarter, amount: spend, limits: [ { per: period, at_most: 30 CNY } ]", "120", "390"),
    ("each: quarter, amount: 100 CNY * period.number", "5200", "16900"),
    ("each: quarter, amount: 100 CNY, due: period.end + 10 days", "400", "1300"),
    // A due date that is the same in all periods puts 13 payments into one year.
    ("each: quarter, amount: 100 CNY, due: 2025-06-01", "1300", "1300"),
    // Groups: two sites.
    ("per: group, due: as_of, amount: 50 CNY", "100", "100"),
    // Subjects: nothing says how many.
    ("per: subject, due: enrolled_on, amount: worst", "unlimited", "unlimited"),
    ("per: subject, due: enrolled_on, amount: worst, limits: [ { per: contract, at_most: 900 CNY } ]", "900", "900"),
    ("per: subject, due: enrolled_on, amount: cost, limits: [ { per: year, at_most: 900 CNY } ]", "900", "3600"),
    (
        "per: subject, due: enrolled_on, amount: cost, limits: [ { per: subject, at_most: 10 CNY }, { per: year, at_most: 900 CNY }, { per: contract, at_most: 1_000 CNY } ]",
        "900",
        "1000",
    ),
    (
        "per: subject, due: enrolled_on, amount: cost, limits: [ { per: subject, at_most: 10 CNY } ]",
        "unlimited",
        "unlimited",
    ),
    ("per: subject, due: 2025-12-31, amount: cost, limits: [ { per: year, at_most: 900 CNY } ]", "900", "900"),
    // A value carried forward is bounded by its own formula.
    ("each: year, per: subject, amount: carried, limits: [ { per: contract, at_most: 5_000 CNY } ]", "5000", "5000"),
    ("each: year, amount: 'max(subjects.carried) or 0 CNY'", "300", "1200"),
    // A score of -2 to 3.
    (
        "per: subject, due: as_of, when: base.score > 1, amount: 10 CNY * base.score, limits: [ { per: contract, at_most: 25 CNY } ]",
        "25",
        "25",
    ),
];

#[test]
fn the_most_a_party_can_owe() {
    for (clause, per_year, total) in MOST {
        let (contract, findings) = compiled(clause);
        let found = exposure(&contract);
        assert_eq!((&*found[0].party, &*found[1].party), ("maker", "payer"));
        assert_eq!((shown(found[0].per_year), shown(found[0].total)), (per_year.into(), total.into()), "{clause}");
        let advised = findings.iter().any(|finding| finding.code == "unlimited" && finding.line == 29);
        assert_eq!(advised, total == "unlimited", "{clause}");
        assert!(findings.iter().all(|finding| finding.severity == Severity::Advice), "{clause}");
    }
}

#[test]
fn an_amount_that_can_be_negative_makes_the_other_side_owe() {
    for (clause, maker, payer) in [
        // Ages from 18 to 100.
        ("due: as_of, amount: '(min(subjects.age) or 18) * 1 CNY - 50 CNY'", "50", "32"),
        ("due: as_of, amount: '100 CNY * (response - 30%)'", "70", "30"),
        // Reported amounts without a smallest value are taken as not negative here.
        ("due: as_of, amount: sum(budget.amount)", "unlimited", "0"),
        ("due: as_of, amount: 10 CNY - sum(budget.amount)", "unlimited", "unlimited"),
        // Limits hold from above only.
        ("due: as_of, amount: '100 CNY * (response - 30%)', limits: [ { per: contract, at_most: 5 CNY } ]", "5", "30"),
    ] {
        let (contract, _) = compiled(clause);
        let found = exposure(&contract);
        assert_eq!((shown(found[0].total), shown(found[1].total)), (maker.into(), payer.into()), "{clause}");
    }
}

#[test]
fn the_reasons_say_how_a_figure_comes_about() {
    let text = std::fs::read_to_string("contracts/efficacy-guarantee/contract.yaml").unwrap();
    let contract = compile("c.yaml", &text, &[], &|_| Err(String::new())).0.unwrap();
    let found = exposure(&contract);
    assert_eq!(found[0].total, Some(Decimal::from(6_000_000)));
    assert_eq!(
        found[0].clauses[0].reason,
        "at most 30,000 CNY per patient; at most 2,000,000 CNY per year; 3 years → 6,000,000 CNY; \
         payments that fall due after the term can add 2,000,000 CNY each year"
    );
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!(json[0]["total"], "6000000");
    assert_eq!(json[1]["clauses"], serde_json::json!([]));
    let (contract, _) = compiled("each: quarter, amount: 100 CNY");
    assert_eq!(exposure(&contract)[0].clauses[0].reason, "at most 100 CNY per payment; 13 payments → 1,300 CNY");
    let (contract, _) = compiled("per: subject, due: enrolled_on, amount: worst");
    assert_eq!(
        exposure(&contract)[0].clauses[0].reason,
        "at most 500 CNY per payment; unlimited: nothing caps it over all patients"
    );
}

/// The findings about one clause, other than what nobody uses.
fn codes(clause: &str) -> Vec<(&'static str, Severity)> {
    let found = compiled(clause).1;
    let about = found.iter().filter(|f| !["unused", "no-due-date", "unlimited"].contains(&f.code));
    about.map(|f| (f.code, f.severity)).collect()
}

#[test]
fn clauses_that_can_never_pay() {
    use Severity::{Advice, Warning};
    let per_subject = |rest: &str| format!("per: subject, due: enrolled_on, {rest}");
    for (clause, code) in [
        ("when: age < 18, amount: cost", "never-fires"),
        ("when: age > 60 and age < 50, amount: cost", "never-fires"),
        ("when: site = \"north\" and site = \"south\", amount: cost", "never-fires"),
        ("when: 'site in [\"north\"] and not (site starts with \"n\")', amount: cost", "never-fires"),
        ("when: count(base) > 1, amount: cost", "never-fires"),
        ("when: cost < 0 CNY, amount: cost", "never-fires"),
        ("amount: 0 CNY - cost", "never-pays"),
        ("when: age >= 61, amount: 10 CNY * part(age)", "never-pays"),
        ("amount: 'min(cost, 0 CNY)'", "never-pays"),
    ] {
        let clause = per_subject(clause);
        // Both parties take part in this clause alone, so neither can pay nor be paid.
        let expected = [("idle-party", Warning), ("idle-party", Warning), (code, Warning)];
        assert_eq!(codes(&clause), expected, "{clause}");
    }
    // A parameter in force that switches a clause off is no mistake.
    assert_eq!(codes(&per_subject("amount: bonus")), [("never-pays", Advice)]);
    assert_eq!(codes(&per_subject("when: rate > 50%, amount: cost")), [("never-fires", Advice)]);
    for sound in [
        "when: age < 19, amount: cost",
        "when: age >= 100, amount: cost",
        "when: free < 0, amount: cost",
        "when: 'age in [18, 19]', amount: cost",
        "when: age > 20 and (max(subjects.age) or 0) > 90, amount: cost",
        "when: not (age > 20) and (max(subjects.age) or 0) > 90, amount: cost",
    ] {
        assert_eq!(codes(&per_subject(sound)), [], "{sound}");
    }
}

#[test]
fn names_that_nothing_uses() {
    let (_, findings) = compiled("per: subject, due: enrolled_on, amount: cost");
    let unused: Vec<&str> =
        findings.iter().filter(|f| f.code == "unused").map(|f| f.message.split('`').nth(1).unwrap()).collect();
    let expected =
        ["rate", "bonus", "age", "free", "loss", "base", "budget", "part", "corridor", "carried", "spend", "response"];
    // `age` is used by `response`, which nothing uses: the root of it is told once.
    let expected: Vec<&str> = expected.into_iter().filter(|name| *name != "age").collect();
    assert_eq!(unused, expected);
}

#[test]
fn who_reports_what() {
    let text = std::fs::read_to_string("contracts/efficacy-guarantee/contract.yaml").unwrap();
    let (contract, findings) = compile("c.yaml", &text, &[], &|_| Err(String::new()));
    let found: Vec<_> = duties(&contract.unwrap().checked.document)
        .into_iter()
        .map(|duty| (duty.fact, duty.by, duty.clauses))
        .collect();
    let refund = || vec!["refund".to_owned()];
    assert_eq!(found, [("dispensing".into(), None, refund()), ("progression".into(), None, refund())]);
    let nobody: Vec<&str> =
        findings.iter().filter(|f| f.code == "nobody-reports").map(|f| f.message.as_str()).collect();
    assert_eq!(
        nobody,
        [
            "nobody is named who reports `dispensing`, on which `refund` depends",
            "nobody is named who reports `progression`, on which `refund` depends"
        ]
    );
    let (contract, findings) = compiled("per: subject, due: enrolled_on, amount: cost");
    assert_eq!(duties(&contract.checked.document)[0].by.as_deref(), Some("payer"));
    assert!(findings.iter().all(|finding| finding.code != "nobody-reports"));
}

#[test]
fn what_is_missing_for_a_settlement() {
    let (contract, _) = compiled("per: subject, due: enrolled_on, amount: 10 CNY * base.score");
    let mut builder = DataBuilder::new(&contract.checked.document);
    let day = Day::parse("2025-02-01").unwrap();
    let fields = [
        Some(Scalar::Number(Decimal::from(50))),
        Some(Scalar::Text("north".into())),
        Some(Scalar::Number(Decimal::ONE)),
    ];
    let [first, _] = ["p1", "p2"].map(|id| builder.subject(id, day, &fields).unwrap());
    builder.fact(1, first, day, &[Some(Scalar::Number(Decimal::ONE))]);
    let found = missing(&contract, &builder.finish(), Day::parse("2025-12-31").unwrap()).unwrap();
    let expected = Missing {
        subject: Some("p2".into()),
        fact: "base".into(),
        by: Some("payer".into()),
        clauses: vec!["one".into()],
    };
    assert_eq!(found, [expected]);
}

#[test]
fn the_library_has_no_warnings() {
    for folder in
        std::fs::read_dir("contracts").unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir())
    {
        let text = std::fs::read_to_string(folder.join("contract.yaml")).unwrap();
        let files = |name: &str| std::fs::read_to_string(folder.join(name)).map_err(|error| error.to_string());
        let (contract, findings) = compile(&folder.display().to_string(), &text, &[], &files);
        assert!(contract.is_some(), "{}", folder.display());
        for finding in findings.iter().filter(|finding| CODES.contains(&finding.code)) {
            assert_eq!(finding.severity, Severity::Advice, "{finding}");
        }
    }
}

/// A patient: age, days from the start of the term to enrolment, site, score, visits of day and cost.
type Patient = (i64, i32, bool, i64, Vec<(i32, i64)>);

fn patients() -> impl Strategy<Value = Vec<Patient>> {
    let visits = prop::collection::vec((0..1_100i32, 0..=500i64), 0..6);
    prop::collection::vec((18..=100i64, 0..1_100i32, any::<bool>(), -2..=3i64, visits), 1..12)
}

fn reported(contract: &Contract, patients: &[Patient]) -> Data {
    let mut builder = DataBuilder::new(&contract.checked.document);
    let start = Day::parse("2025-01-01").unwrap();
    for (at, (age, enrolled, north, score, visits)) in patients.iter().enumerate() {
        let day = |days: i32| Day(start.0 + days);
        let number = |value: i64| Some(Scalar::Number(Decimal::from(value)));
        let site = Some(Scalar::Text(if *north { "north" } else { "south" }.into()));
        let subject = builder.subject(&format!("p{at}"), day(*enrolled), &[number(*age), site, number(1)]).unwrap();
        for (on, cost) in visits {
            let fields = [Some(Scalar::Money(Decimal::from(*cost))), Some(Scalar::Money(Decimal::ZERO))];
            builder.fact(0, subject, day(*on), &fields);
        }
        builder.fact(1, subject, day(*enrolled), &[number(*score)]);
    }
    builder.finish()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is reported within the declared bounds, no year and no contract comes to more than was told before.
    #[test]
    fn nobody_ever_owes_more(patients in patients()) {
        for (clause, _, _) in MOST {
            let (contract, _) = compiled(clause);
            let most = exposure(&contract).swap_remove(0);
            let evaluation =
                evaluate(&contract, &reported(&contract, &patients), Day::parse("2028-03-31").unwrap()).unwrap();
            let start = Day::parse("2025-01-01").unwrap();
            let mut years = std::collections::BTreeMap::<i32, Decimal>::new();
            for line in &evaluation.lines {
                *years.entry(start.whole_months_until(line.due_on).div_euclid(12)).or_default() += line.amount;
            }
            let total: Decimal = years.values().copied().sum();
            prop_assert!(most.total.is_none_or(|most| total <= most), "{clause}: {total}");
            for (year, amount) in years {
                prop_assert!(most.per_year.is_none_or(|most| amount <= most), "{clause}: {amount} in year {year}");
            }
        }
    }
}
