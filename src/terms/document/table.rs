//! Tables: step bands, marginal bands, points with lines between them, values by date, values by key.

use super::{
    super::{
        formula::{Expr, ExprKind, Name, parse},
        source::Span,
        tree::{Node, Value},
    },
    reader::Reader,
};

/// An end of a band.
#[derive(Clone, Debug)]
pub struct Edge {
    /// The value at the end.
    pub at: Expr,
    /// Whether the value itself belongs to the band.
    pub included: bool,
}

/// One band with its value.
#[derive(Clone, Debug)]
pub struct Band {
    /// Where the band stands.
    pub span: Span,
    /// Lower end as written; none when it follows from the band before.
    pub lower: Option<Edge>,
    /// Upper end; none when open.
    pub upper: Option<Edge>,
    /// The value, or for marginal bands the rate.
    pub is: Expr,
}

/// The kinds of tables.
#[derive(Clone, Debug)]
pub enum TableKind {
    /// The value of the band that the argument falls into.
    Bands(Vec<Band>),
    /// The sum over bands of the argument's slice in the band times the band's rate.
    Marginal(Vec<Band>),
    /// Straight lines between points.
    Points(Vec<(Expr, Expr)>),
    /// The value in force on a date.
    Since(Vec<(Expr, Expr)>),
    /// The value of a text.
    Keys(Vec<(String, Expr)>),
}

/// A named table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name.
    pub name: Name,
    /// Its rows.
    pub kind: TableKind,
}

const KEYS: [&str; 7] = ["bands", "marginal", "points", "since", "keys", "key", "value"];
/// The most rows that are read of a table in a file.
const MOST_ROWS: usize = 200_000;

/// Reads the tables.
pub fn read(reader: &mut Reader, node: Option<&Node>) -> Vec<Table> {
    let entries = node.map(|node| reader.entries(node, "tables")).unwrap_or_default();
    entries.into_iter().filter_map(|(name, value)| read_one(reader, name, value)).collect()
}

fn read_one(reader: &mut Reader, name: Name, node: &Node) -> Option<Table> {
    reader.map(node, "a table", &KEYS)?;
    let kinds: Vec<&str> = KEYS[..5].iter().copied().filter(|kind| node.get(kind).is_some()).collect();
    let [kind] = kinds[..] else {
        reader
            .findings
            .error("table-kind", name.span, format!("`{}` must be one kind of table", name.text))
            .help("give exactly one of bands, marginal, points, since, keys");
        return None;
    };
    let rows = node.get(kind)?;
    let kind = match kind {
        "bands" => TableKind::Bands(read_bands(reader, rows)),
        "marginal" => TableKind::Marginal(read_bands(reader, rows)),
        "points" => TableKind::Points(read_pairs(reader, node, rows)),
        "since" => TableKind::Since(read_pairs(reader, node, rows)),
        _ => TableKind::Keys(read_keys(reader, node, rows)),
    };
    Some(Table { name, kind })
}

fn read_bands(reader: &mut Reader, node: &Node) -> Vec<Band> {
    let items = reader.list(node, "bands");
    items.iter().filter_map(|item| read_band(reader, item)).collect()
}

fn read_band(reader: &mut Reader, node: &Node) -> Option<Band> {
    reader.map(node, "a band", &["from", "above", "upto", "below", "is"])?;
    let is = reader.required(node, "is", "a band").and_then(|node| reader.cell(node))?;
    let lower = read_edge(reader, node, ("from", true), ("above", false));
    let upper = read_edge(reader, node, ("upto", true), ("below", false));
    Some(Band { span: node.span, lower, upper, is })
}

fn read_edge(reader: &mut Reader, node: &Node, with: (&str, bool), without: (&str, bool)) -> Option<Edge> {
    if let (Some(_), Some(second)) = (node.get(with.0), node.get(without.0)) {
        reader
            .findings
            .error("two-edges", second.span, format!("a band has `{}` or `{}`, not both", with.0, without.0))
            .help(format!("`{}` includes the value itself, `{}` does not", with.0, without.0));
    }
    let (key, included) = if node.get(with.0).is_some() { with } else { without };
    let at = reader.formula(node.get(key)?)?;
    Some(Edge { at, included })
}

/// Reads rows of two values from a list in the document or from a CSV file beside it.
fn read_pairs(reader: &mut Reader, table: &Node, node: &Node) -> Vec<(Expr, Expr)> {
    if node.text().is_some() {
        let rows = read_rows(reader, table, node);
        return rows.into_iter().filter_map(|(at, is)| Some((file_formula(reader, node, &at)?, is))).collect();
    }
    let mut pairs = Vec::new();
    for item in reader.list(node, "rows of two values") {
        match &item.value {
            Value::List(pair) if pair.len() == 2 => {
                if let (Some(at), Some(is)) = (reader.formula(&pair[0]), reader.cell(&pair[1])) {
                    pairs.push((at, is));
                }
            }
            _ => reader.wrong_shape(item, "each row is a list of two values, `[at, value]`"),
        }
    }
    pairs
}

/// Reads keys from a mapping in the document or from a CSV file beside it.
fn read_keys(reader: &mut Reader, table: &Node, node: &Node) -> Vec<(String, Expr)> {
    if let Value::Map(entries) = &node.value {
        return entries.iter().filter_map(|(key, value)| Some((key.text()?.to_owned(), reader.cell(value)?))).collect();
    }
    read_rows(reader, table, node)
}

/// A cell of a CSV file as a formula.
fn file_formula(reader: &mut Reader, node: &Node, text: &str) -> Option<Expr> {
    let positions = vec![node.span.start; text.chars().count()];
    match parse(text, &positions) {
        Ok(expr) => Some(Expr { span: node.span, kind: expr.kind }),
        Err(error) => {
            reader.findings.error("bad-row", node.span, format!("`{text}`: {}", error.message)).help(error.help);
            None
        }
    }
}

/// Reads rows of a key or place and a value from a CSV file beside the document.
fn read_rows(reader: &mut Reader, table: &Node, node: &Node) -> Vec<(String, Expr)> {
    let Some(file) = reader.text(node, "the rows or the name of a CSV file") else { return Vec::new() };
    match (reader.files)(&file) {
        Ok(text) => read_file(reader, table, node, &file, &text),
        Err(reason) => {
            reader
                .findings
                .error("unreadable-file", node.span, format!("`{file}` cannot be read: {reason}"))
                .help("the file stands beside the document; its first line names the columns");
            Vec::new()
        }
    }
}

fn read_file(reader: &mut Reader, table: &Node, node: &Node, file: &str, text: &str) -> Vec<(String, Expr)> {
    let mut csv = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let headers = csv.headers().cloned().unwrap_or_default();
    let column = |reader: &mut Reader, key: &str, otherwise: usize| match table.get(key).and_then(Node::text) {
        None => Some(otherwise),
        Some(name) => {
            let found = headers.iter().position(|header| header == name);
            if found.is_none() {
                reader
                    .findings
                    .error(
                        "unknown-column",
                        table.get(key).map_or(node.span, |n| n.span),
                        format!("`{file}` has no column `{name}`"),
                    )
                    .suggest(name, headers.iter());
            }
            found
        }
    };
    let (Some(key_at), Some(value_at)) = (column(reader, "key", 0), column(reader, "value", 1)) else {
        return Vec::new();
    };
    let mut rows: Vec<(String, Expr)> = Vec::new();
    for (index, record) in csv.records().enumerate() {
        let line = index + 2;
        if index >= MOST_ROWS {
            let message = format!("{file} has more than {MOST_ROWS} rows");
            reader.findings.error("too-large", node.span, message).help("split the table");
            return rows;
        }
        let cells = record.ok().and_then(|r| Some((r.get(key_at)?.to_owned(), r.get(value_at)?.to_owned())));
        let Some((key, cell)) = cells.filter(|(key, _)| !key.is_empty()) else {
            reader.findings.error("bad-row", node.span, format!("{file}, line {line}: two values are expected"));
            continue;
        };
        let positions = vec![node.span.start; cell.chars().count()];
        let kind = match parse(&cell, &positions) {
            Ok(Expr { kind: ExprKind::Path(_), .. }) | Err(_) => ExprKind::Text(cell),
            Ok(expr) => expr.kind,
        };
        rows.push((key, Expr { span: node.span, kind }));
    }
    rows
}
