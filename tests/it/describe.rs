//! What descriptions promise: both languages, and no figure of the contract left out.

use std::path::Path;

use outcome_ledger::{
    terms::{
        Contract, compile,
        describe::{Language, describe, markdown},
        document::{Document, Each, Rhythm, TableKind, clause::Dates},
        formula::{Expr, ExprKind, syntax::Unit},
    },
    values::{Day, Decimal},
};

fn contract(path: &Path) -> Contract {
    let text = std::fs::read_to_string(path).unwrap();
    let folder = path.parent().unwrap();
    let files = |name: &str| std::fs::read_to_string(folder.join(name)).map_err(|error| error.to_string());
    let (contract, findings) = compile(&path.display().to_string(), &text, &[], &files);
    contract.unwrap_or_else(|| panic!("{}", findings.iter().map(ToString::to_string).collect::<String>()))
}

fn library() -> Vec<Contract> {
    let folders = std::fs::read_dir("contracts")
        .unwrap()
        .map(|entry| entry.unwrap().path().join("contract.yaml"))
        .filter(|path| path.is_file());
    folders.chain([Path::new("tests/fixtures/every-form.yaml").to_owned()]).map(|path| contract(&path)).collect()
}

fn text(contract: &Contract, language: Language) -> String {
    markdown::render(&describe(contract, language))
}

/// A section of a rendered sheet, from its heading to the next.
fn section<'t>(text: &'t str, title: &str) -> &'t str {
    let from = text.find(&format!("## {title}\n")).unwrap_or_else(|| panic!("no section {title}"));
    let rest = &text[from..];
    &rest[..rest[3..].find("\n## ").map_or(rest.len(), |at| at + 3)]
}

#[test]
fn the_efficacy_guarantee_in_english() {
    let sheet = text(&contract(Path::new("contracts/efficacy-guarantee/contract.yaml")), Language::English);
    assert!(sheet.starts_with("# Efficacy guarantee\n"));
    assert_eq!(
        section(&sheet, "Who pays what"),
        "\
## Who pays what

### Refund when disease progresses early (`refund`)

- **Who pays whom**: Manufacturer pays Patient
- **For**: each patient, once
- **When**: `progressed` holds, that is: `progressed_on` is known and `progressed_on` is on or before the day of enrolment + “Time in which progression counts” (365 days)
- **Amount**: `drug_cost` × `refund_share` (`progressed_on` − the day of enrolment)
- **Due**: `progressed_on` + 30 days
- **Limit**: at most “Most that one patient receives” (30,000 CNY) per patient
- **Limit**: at most 2,000,000 CNY per year of the term, by due date; payments are met in order of their due dates until it is used up
"
    );
    assert!(
        section(&sheet, "Eligibility")
            .contains("A patient can be enrolled when `age` is at least 18; and `diagnosis` is “C50”.")
    );
    assert!(section(&sheet, "Definitions").contains(
        "| `drug_cost` | each patient | the total of `paid` over all Drug dispensed and paid by the patient reports |"
    ));
    assert!(section(&sheet, "Tables").contains("| above 90 days and up to 180 days | 50 % |"));
    assert!(section(&sheet, "Term and settlement").contains("1 January 2025 to 31 December 2027, both days included"));
}

#[test]
fn the_efficacy_guarantee_in_chinese() {
    let sheet = text(&contract(Path::new("contracts/efficacy-guarantee/contract.yaml")), Language::Chinese);
    assert!(sheet.starts_with("# 按疗效付费保障\n"));
    assert_eq!(
        section(&sheet, "支付条款"),
        "\
## 支付条款

### 早期进展退款（`refund`）

- **付款方与收款方**：药品生产企业向患者支付
- **支付单位**：每名患者，一次性支付
- **触发条件**：`progressed` 成立，即：`progressed_on` 已有记录，且 `progressed_on` 不晚于入组日 +“保障期间”（365 天）
- **金额**：`drug_cost` × `refund_share`（`progressed_on` − 入组日）
- **应付日**：`progressed_on` + 30 天
- **赔付限额**：每名患者累计最高赔付“每名患者给付上限”（30,000 元）
- **赔付限额**：每个合同年度（按应付日归属）最高赔付 2,000,000 元；按应付日先后依次支付，额度用完为止
"
    );
    assert!(
        section(&sheet, "入组条件").contains("患者须符合以下条件方可入组：`age` 不低于 18；且 `diagnosis` 为“C50”。")
    );
    assert!(section(&sheet, "指标定义").contains("| `drug_cost` | 每名患者 | 各次购药记录的 `paid` 合计 |"));
    assert!(section(&sheet, "附表").contains("| 超过 90 天且不超过 180 天 | 50% |"));
    assert!(section(&sheet, "期限与结算").contains("2025年1月1日至2027年12月31日（含首尾两日）"));
    assert!(section(&sheet, "示例").contains("早期进展退款：p1 29,800 元"));
}

/// Words that stand somewhere in the description of every form, in both languages.
const FORMS: [(&str, &str); 14] = [
    (
        "The manufacturer pays 62.5 % to `payer` and 37.5 % to `hospital`",
        "生产企业甲支付，按比例分配：`payer` 62.5%、`hospital` 37.5%",
    ),
    (
        "each episode, on 5 dates 1 year apart, the first on the day of enrolment",
        "每个诊疗病例，分期付款：自入组日起每 1 年一期，共 5 期",
    ),
    (
        "on the dates 3 weeks, 30 days and 12 months after the day of enrolment",
        "入组日之后第 3 周、30 天、12 个月各一期",
    ),
    (
        "`dead` does not hold and (`high` holds or not (`los` is more than 5))",
        "`dead` 不成立，且（`high` 成立，或并非（`los` 超过 5））",
    ),
    (
        "((`rate` − “floor of savings” (12.5 %)), but at least 0), but at most 20 %",
        "（`rate` −“起付线”（12.5%））（最低取 0）（最高取 20%）",
    ),
    (
        "(the absolute value of (`level` − 100)) × `corridor` (`alive`)",
        "（（`level` − 100）的绝对值）× `corridor`（`alive`）",
    ),
    (
        "−5 EUR × `most` if `mean_los` is more than `p90`, otherwise 10 EUR × `n` × `lower`",
        "若 `mean_los` 超过 `p90`，则为 −5 EUR × `most`；否则为 10 EUR × `n` × `lower`",
    ),
    (
        "the lower 90 % confidence limit (log-log) of Kaplan–Meier survival at 180 days",
        "180 天时 Kaplan–Meier 生存率的 90% 置信下限（log-log）",
    ),
    (
        "`value` of the HbA1c test nearest to the day of enrolment + 180 days (at most 30 days away)",
        "距入组日 + 180 天最近（相差不超过 30 天）的糖化血红蛋白检测的 `value`",
    ),
    (
        "the mean of `los` over all episodes of the group where `arm` is “treated”",
        "全部本组诊疗病例的 `los` 平均值（限 `arm` 为“treated”）",
    ),
    (
        "where `cause` is “hf” and its day is between the day of enrolment and the day of enrolment + 1 year (both included)",
        "（限 `cause` 为“hf”，且该次日期在入组日至入组日 + 1 年之间（含两端））",
    ),
    ("(`carried` of the period before, or 0 EUR where there is none)", "上一期的 `carried`（缺失时取 0 EUR）"),
    ("| above 5 % and up to 12.5 % (“floor of savings”) | 50 % |", "| 超过 5% 且不超过 12.5%（“起付线”） | 50% |"),
    ("if it is exceeded, all payments are cut in one proportion", "超出时各笔按比例分摊削减"),
];

#[test]
fn every_form_of_the_language_has_words() {
    let contract = contract(Path::new("tests/fixtures/every-form.yaml"));
    let [english, chinese] = [Language::English, Language::Chinese].map(|language| text(&contract, language));
    for (en, zh) in FORMS {
        assert!(english.contains(en), "{en}\n\n{english}");
        assert!(chinese.contains(zh), "{zh}\n\n{chinese}");
    }
}

/// The figures of a contract as each language writes them, gathered from the document and not from the description.
struct Figures {
    english: Vec<String>,
    chinese: Vec<String>,
}

impl Figures {
    fn of(document: &Document) -> Self {
        let mut figures = Self { english: Vec::new(), chinese: Vec::new() };
        if let Some(term) = document.header.term {
            [term.start, term.end].into_iter().for_each(|day| figures.day(day));
            figures.add(&grouped(Decimal::from(term.run_out_days)), " days", " 天", term.run_out_days != 0);
        }
        if let Rhythm::On(days) = &document.header.settle {
            days.iter().for_each(|day| figures.day(*day));
        }
        let parameters = document.parameters.iter().flat_map(|p| p.value.iter().chain(&p.min).chain(&p.max));
        let fields = document.fields.iter().chain(document.facts.iter().flat_map(|fact| &fact.fields));
        let bounds = fields.flat_map(|field| field.min.iter().chain(&field.max));
        let measures = document.measures.iter().map(|measure| &measure.formula);
        let due = document.facts.iter().filter_map(|fact| fact.due.as_ref());
        parameters.chain(bounds).chain(measures).chain(due).chain(&document.enrol).for_each(|expr| figures.read(expr));
        for table in &document.tables {
            figures.table(&table.kind);
        }
        for clause in &document.clauses {
            let shares = clause.payees.iter().filter_map(|(_, share)| share.as_ref());
            let parts = clause.when.iter().chain(&clause.due).chain(&clause.amount).chain(shares);
            parts.chain(clause.limits.iter().map(|limit| &limit.at_most)).for_each(|expr| figures.read(expr));
            match &clause.each {
                Some(Each::Schedule { from, dates: Dates::Every(every, times) }) => {
                    [from, every, times].into_iter().for_each(|expr| figures.read(expr));
                }
                Some(Each::Schedule { from, dates: Dates::After(list) }) => {
                    list.iter().chain([&**from]).for_each(|expr| figures.read(expr));
                }
                _ => {}
            }
        }
        figures
    }

    fn table(&mut self, kind: &TableKind) {
        match kind {
            TableKind::Bands(bands) | TableKind::Marginal(bands) => {
                for band in bands {
                    let edges = band.lower.iter().chain(&band.upper).map(|edge| &edge.at);
                    edges.chain([&band.is]).for_each(|expr| self.read(expr));
                }
            }
            TableKind::Points(rows) | TableKind::Since(rows) => {
                rows.iter().for_each(|(at, is)| [at, is].into_iter().for_each(|expr| self.read(expr)));
            }
            // A table longer than a page stands in its own file.
            TableKind::Keys(rows) => rows.iter().take(100).for_each(|(_, is)| self.read(is)),
        }
    }

    fn add(&mut self, digits: &str, english: &str, chinese: &str, really: bool) {
        if really {
            self.english.push(format!("{digits}{english}"));
            self.chinese.push(format!("{digits}{chinese}"));
        }
    }

    fn day(&mut self, day: Day) {
        let months = "January February March April May June July August September October November December";
        let month = months.split(' ').nth(day.month() as usize - 1).unwrap();
        self.english.push(format!("{} {month} {}", day.day(), day.year()));
        self.chinese.push(format!("{}年{}月{}日", day.year(), day.month(), day.day()));
    }

    fn read(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Number(value) => self.add(&grouped(*value), "", "", true),
            ExprKind::Percent(value) => self.add(&grouped(*value), " %", "%", true),
            ExprKind::Money(value, code) => {
                let english = format!(" {code}");
                let chinese = if code == "CNY" { " 元".to_owned() } else { english.clone() };
                self.add(&grouped(value.normalize()), &english, &chinese, true);
            }
            ExprKind::Date(day) => self.day(*day),
            ExprKind::Duration(count, unit) => {
                let (one, many, chinese) = match unit {
                    Unit::Day => (" day", " days", " 天"),
                    Unit::Week => (" week", " weeks", " 周"),
                    Unit::Month => (" month", " months", " 个月"),
                    Unit::Year => (" year", " years", " 年"),
                };
                self.add(&grouped(Decimal::from(*count)), if *count == 1 { one } else { many }, chinese, true);
            }
            ExprKind::List(items) => items.iter().for_each(|item| self.read(item)),
            ExprKind::Call { arguments, filter, named, .. } => {
                arguments.iter().for_each(|part| self.read(part));
                filter.iter().for_each(|part| self.read(part));
                named.iter().for_each(|(_, part)| self.read(part));
            }
            ExprKind::Negative(a) | ExprKind::Not(a) | ExprKind::InPeriod(a) | ExprKind::Is(a, _) => self.read(a),
            ExprKind::Binary(_, a, b) | ExprKind::In(a, b) | ExprKind::StartsWith(a, b) => {
                [a, b].into_iter().for_each(|part| self.read(part));
            }
            ExprKind::Between(a, b, c) | ExprKind::If(a, b, c) => {
                [a, b, c].into_iter().for_each(|part| self.read(part));
            }
            ExprKind::Text(_) | ExprKind::Truth(_) | ExprKind::Path(_) => {}
        }
    }
}

/// `1234567.5` as `1,234,567.5`.
fn grouped(value: Decimal) -> String {
    let text = value.to_string();
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + rest
}

/// Tells whether a figure stands in a text as itself and not as a part of a longer one.
fn stands(text: &str, figure: &str) -> bool {
    text.match_indices(figure).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let mut after = text[at + figure.len()..].chars();
        let (next, one_more) = (after.next(), after.next());
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let part = |c: Option<char>| matches!(c, Some('.' | ','));
        !(digit(before) || part(before) || digit(next) || part(next) && digit(one_more))
    })
}

#[test]
fn a_figure_must_stand_by_itself() {
    for (text, figure, found) in [
        ("at most 30,000 CNY", "30,000 CNY", true),
        ("at most 130,000 CNY", "30,000 CNY", false),
        ("1,000", "1", false),
        ("1, 2", "1", true),
        ("10.5 %", "5 %", false),
        ("is 5.", "5", true),
    ] {
        assert_eq!(stands(text, figure), found, "{figure} in {text}");
    }
}

#[test]
fn no_figure_of_a_contract_is_left_out() {
    let mut count = 0;
    for contract in library() {
        let document = &contract.checked.document;
        let figures = Figures::of(document);
        for (language, figures) in [(Language::English, figures.english), (Language::Chinese, figures.chinese)] {
            let text = text(&contract, language);
            for figure in figures {
                assert!(stands(&text, &figure), "{}: `{figure}` is missing\n\n{text}", document.header.id);
                count += 1;
            }
        }
    }
    // The guarantee and the document of every form alone have 97 figures, in two languages.
    assert!(count >= 194, "{count}");
}

#[test]
fn settings_and_titles_change_the_words() {
    let text_of = |set: &[(String, String)]| {
        let source = std::fs::read_to_string("tests/fixtures/every-form.yaml").unwrap();
        let contract = compile("c.yaml", &source, set, &|_| Err(String::new())).0.unwrap();
        text(&contract, Language::Chinese)
    };
    let changed = text_of(&[("floor".into(), "7.5%".into())]);
    assert!(changed.contains("“起付线”（7.5%）") && !changed.contains("12.5%"), "{changed}");
    assert!(changed.contains("首次死亡的日期") && changed.contains("合作模式**：结余留用"));
}

#[test]
fn the_sheet_is_data() {
    let contract = contract(Path::new("contracts/efficacy-guarantee/contract.yaml"));
    let json = serde_json::to_value(describe(&contract, Language::Chinese)).unwrap();
    assert_eq!(json["language"], "zh");
    assert_eq!(json["contract"], "efficacy-guarantee-ibrance");
    let ids: Vec<&str> = json["sections"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    let expected =
        ["parties", "term", "eligibility", "parameters", "clauses", "definitions", "tables", "exposure", "enrolment"];
    assert_eq!(ids[..9], expected);
    assert_eq!(json["sections"][4]["blocks"][1]["points"][4]["text"], "`progressed_on` + 30 天");
}
