//! What each part of a document says, as text.

use super::super::{
    document::{
        Band, Clause, Document, Each, Edge, FactKind, Field, Limit, MeasureLevel, Rhythm, Scope, Sharing, Table,
        TableKind, Title, clause::Dates,
    },
    formula::Expr,
};

/// Named parts of one thing, in the order of documents.
pub type Parts = Vec<(&'static str, String)>;

/// Everything that a document says, thing by thing.
pub fn of(document: &Document) -> Vec<(String, Parts)> {
    let header = &document.header;
    let mut all = vec![("contract".into(), contract(document))];
    if let Some(term) = header.term {
        let run_out = format!("{} days", term.run_out_days);
        all.push((
            "term".into(),
            vec![("start", term.start.to_string()), ("end", term.end.to_string()), ("run_out", run_out)],
        ));
    }
    all.extend(
        header.parties.iter().map(|party| (format!("party {}", party.name.text), vec![("is", party.is.clone())])),
    );
    for parameter in &document.parameters {
        let parts = optional([("value", &parameter.value), ("min", &parameter.min), ("max", &parameter.max)]);
        let parts = std::iter::once(("type", parameter.is.word().to_string())).chain(parts).collect();
        all.push((format!("parameter {}", parameter.name.text), parts));
    }
    all.push((
        document.subject.clone(),
        document.fields.iter().map(|f| ("carries", field(f))).collect::<Parts>().joined(),
    ));
    all.extend(document.facts.iter().map(|fact| (format!("fact {}", fact.name.text), fact_parts(fact))));
    all.extend(document.tables.iter().map(|table| (format!("table {}", table.name.text), vec![("rows", rows(table))])));
    all.extend(document.measures.iter().map(|measure| {
        let level = match measure.level {
            MeasureLevel::Contract => "contract",
            MeasureLevel::Group => "group",
            MeasureLevel::Subject => "subject",
        };
        (
            format!("measure {}", measure.name.text),
            vec![("per", level.into()), ("formula", measure.formula.to_string())],
        )
    }));
    all.extend(document.clauses.iter().map(|clause| (format!("clause {}", clause.name.text), clause_parts(clause))));
    all
}

/// Joins parts of one name into one.
trait Joined {
    fn joined(self) -> Self;
}

impl Joined for Parts {
    fn joined(self) -> Self {
        let texts: Vec<String> = self.iter().map(|(_, text)| text.clone()).collect();
        self.first().map(|(name, _)| (*name, texts.join(", "))).into_iter().collect()
    }
}

fn contract(document: &Document) -> Parts {
    let header = &document.header;
    let settle = match &header.settle {
        Rhythm::Once => "once".to_string(),
        Rhythm::Months(months) => format!("every {months} months"),
        Rhythm::On(days) => days.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    };
    let mut parts = vec![
        ("id", header.id.clone()),
        ("title", title(&header.title)),
        ("currency", header.currency.to_string()),
        ("rounding", format!("{:?}", header.rounding)),
        ("settle", settle),
    ];
    parts.extend(optional([("enrol", &document.enrol)]));
    parts.extend(document.group.iter().map(|name| ("group", name.text.clone())));
    parts
}

fn optional<const N: usize>(parts: [(&'static str, &Option<Expr>); N]) -> Parts {
    parts.into_iter().filter_map(|(name, expr)| Some((name, expr.as_ref()?.to_string()))).collect()
}

fn title(title: &Title) -> String {
    title.en.iter().chain(&title.zh).cloned().collect::<Vec<_>>().join(" / ")
}

fn field(field: &Field) -> String {
    let list = match &field.is {
        super::super::document::FieldType::Text(list) if !list.is_empty() => format!(" of {}", list.join(" | ")),
        _ => String::new(),
    };
    let bounds = optional([("at least", &field.min), ("at most", &field.max)]);
    let bounds: String = bounds.iter().map(|(word, value)| format!(" {word} {value}")).collect();
    let optional = if field.optional { "?" } else { "" };
    let unit = field.unit.iter().map(|unit| format!(" in {unit}"));
    let codes = field.codes.iter().map(|(system, code)| format!(" {system} {code}"));
    let known: String = unit.chain(codes).collect();
    format!("{} {}{list}{bounds}{optional}{known}", field.name.text, field.is.word())
}

fn fact_parts(fact: &FactKind) -> Parts {
    let whose = if fact.of_contract { "the contract" } else { "each subject" };
    let mut parts = vec![
        ("of", whose.to_string()),
        ("number", if fact.once { "once" } else { "any number" }.to_string()),
        ("fields", fact.fields.iter().map(field).collect::<Vec<_>>().join(", ")),
    ];
    parts.extend(fact.by.iter().map(|name| ("by", name.text.clone())));
    parts.extend(optional([("due", &fact.due)]));
    parts.extend(fact.unit.iter().map(|unit| ("unit", unit.clone())));
    let codes: Vec<String> = fact.codes.iter().map(|(system, code)| format!("{system} {code}")).collect();
    parts.push(("codes", codes.join(", ")));
    parts
}

fn rows(table: &Table) -> String {
    let pair = |(at, is): &(Expr, Expr)| format!("{at}: {is}");
    let rows: Vec<String> = match &table.kind {
        TableKind::Bands(bands) | TableKind::Marginal(bands) => bands.iter().map(band).collect(),
        TableKind::Points(pairs) | TableKind::Since(pairs) => pairs.iter().map(pair).collect(),
        TableKind::Keys(keys) => keys.iter().map(|(key, is)| format!("{key}: {is}")).collect(),
    };
    let kind = match &table.kind {
        TableKind::Bands(_) => "bands",
        TableKind::Marginal(_) => "marginal",
        TableKind::Points(_) => "points",
        TableKind::Since(_) => "since",
        TableKind::Keys(_) => "keys",
    };
    format!("{kind} {}", rows.join("; "))
}

fn band(band: &Band) -> String {
    let edge =
        |edge: &Edge, with: &str, without: &str| format!("{} {} ", if edge.included { with } else { without }, edge.at);
    let lower = band.lower.as_ref().map(|e| edge(e, "from", "above")).unwrap_or_default();
    let upper = band.upper.as_ref().map(|e| edge(e, "upto", "below")).unwrap_or_default();
    format!("{lower}{upper}is {}", band.is)
}

fn clause_parts(clause: &Clause) -> Parts {
    let per = match clause.per {
        Scope::Contract => "contract",
        Scope::Group => "group",
        Scope::Subject => "subject",
    };
    let payees = clause.payees.iter().map(|(name, share)| match share {
        Some(share) => format!("{} {share}", name.text),
        None => name.text.clone(),
    });
    let payer = clause.payer.as_ref().map(|name| name.text.clone()).unwrap_or_default();
    let mut parts = vec![
        ("title", title(&clause.title)),
        ("pays", format!("{payer} to {}", payees.collect::<Vec<_>>().join(", "))),
        ("per", per.to_string()),
    ];
    parts.extend(clause.each.iter().map(|rhythm| ("each", each(rhythm))));
    parts.extend(optional([
        ("when", &clause.when),
        ("due", &clause.due),
        ("amount", &clause.amount),
        ("shared_by", &clause.shared_by),
    ]));
    parts.extend(
        (!clause.limits.is_empty()).then(|| ("limits", clause.limits.iter().map(limit).collect::<Vec<_>>().join("; "))),
    );
    parts
}

fn each(each: &Each) -> String {
    match each {
        Each::Months(months) => format!("{months} months"),
        Each::Schedule { from, dates: Dates::Every(every, times) } => {
            format!("from {from} every {every}, {times} times")
        }
        Each::Schedule { from, dates: Dates::After(list) } => {
            format!("from {from} after {}", list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
    }
}

fn limit(limit: &Limit) -> String {
    let shared = if limit.sharing == Sharing::ProRata { ", pro rata" } else { "" };
    format!("at most {} per {}{shared}", limit.at_most, limit.per.word())
}
