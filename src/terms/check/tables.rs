//! Tables with their constants computed, bands put in order, gaps and overlaps found.

use rust_decimal::Decimal;

use super::{
    super::{
        document::{Band, Edge, Table, TableKind},
        finding::Findings,
        formula::{Expr, Name},
        scalar::Scalar,
        source::Span,
    },
    constant::Constants,
    types::Kind,
};

/// A table that can be looked up.
#[derive(Clone, Debug)]
pub struct TableData {
    /// Its name.
    pub name: String,
    /// The sort of its argument.
    pub argument: Kind,
    /// The sort of its answer.
    pub result: Kind,
    /// Whether it has an answer for every argument.
    pub total: bool,
    /// Its rows.
    pub rows: Rows,
}

/// The rows of a table. Days and dates stand as whole numbers.
#[derive(Clone, Debug)]
pub enum Rows {
    /// Step bands in ascending order.
    Bands(Vec<BandData>),
    /// Marginal bands: lower end, upper end (none when open), rate.
    Marginal(Vec<(Decimal, Option<Decimal>, Decimal)>),
    /// Points in ascending order.
    Points(Vec<(Decimal, Decimal)>),
    /// Values from a day on, in ascending order.
    Since(Vec<(Decimal, Scalar)>),
    /// Values by text.
    Keys(Vec<(String, Scalar)>),
}

/// A step band; an end is its value and whether the value itself belongs to the band.
#[derive(Clone, Debug)]
pub struct BandData {
    /// Lower end, none when open.
    pub lower: Option<(Decimal, bool)>,
    /// Upper end, none when open.
    pub upper: Option<(Decimal, bool)>,
    /// The value.
    pub is: Scalar,
}

impl BandData {
    /// Tells whether a value lies in the band.
    pub fn holds(&self, at: Decimal) -> bool {
        self.lower.is_none_or(|(edge, included)| at > edge || (included && at == edge))
            && self.upper.is_none_or(|(edge, included)| at < edge || (included && at == edge))
    }
}

/// Computes all tables; those with errors are left out, with findings noted.
pub fn compute(tables: &[Table], constants: &Constants, findings: &mut Findings) -> Vec<Option<TableData>> {
    tables.iter().map(|table| Checker { table, constants, findings }.table()).collect()
}

struct Checker<'c, 's> {
    table: &'c Table,
    constants: &'c Constants<'c>,
    findings: &'c mut Findings<'s>,
}

/// The position of an ordered scalar on one line.
pub fn position(value: &Scalar) -> Option<Decimal> {
    Some(match value {
        Scalar::Number(value) | Scalar::Money(value) => *value,
        Scalar::Date(day) => Decimal::from(day.0),
        Scalar::Days(count) | Scalar::Months(count) => Decimal::from(*count),
        Scalar::Text(_) | Scalar::Truth(_) => return None,
    })
}

/// The sorts of arguments and answers of a table, and its rows.
type TwoColumns<R> = (Column, Column, Vec<R>);

/// Gathers the common sort of a column of scalars.
#[derive(Default)]
struct Column(Option<Kind>);

impl Checker<'_, '_> {
    fn table(mut self) -> Option<TableData> {
        let before = self.findings.len();
        let data = match &self.table.kind {
            TableKind::Bands(bands) => self.bands(bands),
            TableKind::Marginal(bands) => self.marginal(bands),
            TableKind::Points(points) => self.points(points),
            TableKind::Since(rows) => self.since(rows),
            TableKind::Keys(keys) => self.keys(keys),
        };
        data.filter(|_| self.findings.len() == before)
    }

    fn name(&self) -> &Name {
        &self.table.name
    }

    fn error(&mut self, code: &'static str, span: Span, message: String, help: &str) {
        self.findings.error(code, span, message).help(help);
    }

    fn data(&self, argument: Column, result: Column, total: bool, rows: Rows) -> Option<TableData> {
        Some(TableData { name: self.name().text.clone(), argument: argument.0?, result: result.0?, total, rows })
    }

    fn same_kind(&mut self, column: &mut Column, value: &Scalar, span: Span, what: &str) {
        let kind = Kind::of(value);
        match &column.0 {
            Some(known) if !known.same(&kind) => {
                let message = format!("{what} of `{}` are {known}, but this one is {kind}", self.name().text);
                self.error("wrong-type", span, message, "all values of a column have one type and unit");
            }
            _ => column.0 = Some(kind),
        }
    }

    fn edge(&mut self, edge: Option<&Edge>, column: &mut Column) -> Option<(Decimal, bool)> {
        let edge = edge?;
        let value = self.constants.compute(&edge.at, self.findings)?;
        self.same_kind(column, &value, edge.at.span, "the edges");
        let at = position(&value);
        if at.is_none() {
            self.error(
                "wrong-type",
                edge.at.span,
                "a band runs between values that have an order".into(),
                "use `keys` for texts",
            );
        }
        Some((at?, edge.included))
    }

    /// Computes ends and values in the order written; an end that is not written follows from the neighbour.
    fn ranges(&mut self, bands: &[Band]) -> Option<TwoColumns<(BandData, Span)>> {
        let (mut edges, mut values) = (Column::default(), Column::default());
        let mut rows: Vec<(BandData, Span)> = Vec::new();
        for band in bands {
            let is = self.constants.cell(&band.is, self.findings)?;
            self.same_kind(&mut values, &is, band.is.span, "the values");
            let written = self.edge(band.lower.as_ref(), &mut edges);
            let upper = self.edge(band.upper.as_ref(), &mut edges);
            let before = rows.last().and_then(|(band, _)| band.upper).map(|(at, included)| (at, !included));
            let lower = written.or(before);
            rows.push((BandData { lower, upper, is }, band.span));
        }
        if rows.is_empty() {
            let (name, span) = (self.name().text.clone(), self.name().span);
            self.error("empty-table", span, format!("`{name}` has no rows"), "add rows");
            return None;
        }
        Some((edges, values, rows))
    }

    /// Finds gaps and overlaps; true when every value between the first and the last end has exactly one band.
    fn joined(&mut self, rows: &[(BandData, Span)]) -> bool {
        let mut whole = true;
        for pair in rows.windows(2) {
            let ((before, _), (band, span)) = (&pair[0], &pair[1]);
            let (Some(end), Some(start)) = (before.upper, band.lower) else {
                let message = "this band begins where the one before already covers everything above".to_string();
                self.error("overlap", *span, message, "give the band before an upper end, or remove this one");
                whole = false;
                continue;
            };
            if start.0 < end.0 || (start.0 == end.0 && start.1 && end.1) {
                let message = format!("this band overlaps the one before, which reaches up to {}", end.0);
                self.error(
                    "overlap",
                    *span,
                    message,
                    "bands stand in ascending order; let one end where the next begins",
                );
                whole = false;
            } else if start.0 > end.0 || !(start.1 || end.1) {
                let message = format!("nothing is said between {} and {}", end.0, start.0);
                self.error(
                    "gap",
                    *span,
                    message,
                    "let the band begin where the one before ends (`above` after `upto`, `from` after `below`)",
                );
                whole = false;
            }
        }
        for (band, span) in rows {
            if let (Some(low), Some(high)) = (band.lower, band.upper)
                && (low.0 > high.0 || (low.0 == high.0 && !(low.1 && high.1)))
            {
                self.error(
                    "empty-band",
                    *span,
                    format!("no value lies between {} and {}", low.0, high.0),
                    "exchange the ends",
                );
                whole = false;
            }
        }
        whole
    }

    fn bands(&mut self, bands: &[Band]) -> Option<TableData> {
        let (edges, values, rows) = self.ranges(bands)?;
        let whole = self.joined(&rows);
        let open = rows.first().is_some_and(|(band, _)| band.lower.is_none())
            && rows.last().is_some_and(|(band, _)| band.upper.is_none());
        let rows = rows.into_iter().map(|(band, _)| band).collect();
        self.data(edges, values, whole && open, Rows::Bands(rows))
    }

    fn marginal(&mut self, bands: &[Band]) -> Option<TableData> {
        let (edges, rates, rows) = self.ranges(bands)?;
        self.joined(&rows);
        let span = self.name().span;
        let ends = rows.iter().flat_map(|(band, _)| band.lower.into_iter().chain(band.upper));
        if ends.clone().any(|(at, _)| at < Decimal::ZERO) {
            self.error("wrong-type", span, "slices are counted from zero up; this table has an end below zero".into(), "write one table for what is above and one for what is below, and look the second up with the sign turned");
            return None;
        }
        if let Some((start, _)) = rows.first().and_then(|(band, _)| band.lower).filter(|(at, _)| *at > Decimal::ZERO) {
            self.error(
                "gap",
                span,
                format!("nothing is said between 0 and {start}"),
                "begin with a band from 0, if need be at the rate 0%",
            );
        }
        if rows.last().is_some_and(|(band, _)| band.upper.is_some()) {
            self.error(
                "gap",
                span,
                "nothing is said above the last band".into(),
                "end with a band that has only `above`",
            );
        }
        let rate = matches!(
            (&edges.0, &rates.0),
            (Some(Kind::Number | Kind::Money), Some(Kind::Number))
                | (Some(Kind::Number), Some(Kind::Money))
                | (None, _)
                | (_, None)
        );
        if !rate {
            let message = "slices of an amount have rates, slices of a number have rates or prices".to_string();
            self.error(
                "wrong-type",
                span,
                message,
                "let edges be numbers or money, and values numbers (or money, for edges that are numbers)",
            );
        }
        let mut slices = Vec::new();
        for (index, (band, _)) in rows.iter().enumerate() {
            let low = band.lower.map_or(Decimal::ZERO, |(at, _)| at);
            let low = if index == 0 && band.lower.is_none() {
                Decimal::ZERO.min(band.upper.map_or(low, |(at, _)| at))
            } else {
                low
            };
            slices.push((low, band.upper.map(|(at, _)| at), position(&band.is)?));
        }
        let argument = edges.0.clone()?;
        let result = if rates.0 == Some(Kind::Money) { Kind::Money } else { argument };
        self.data(edges, Column(Some(result)), true, Rows::Marginal(slices))
    }

    fn pairs(&mut self, pairs: &[(Expr, Expr)]) -> Option<TwoColumns<(Decimal, Scalar)>> {
        let (mut at_kind, mut is_kind) = (Column::default(), Column::default());
        let mut rows: Vec<(Decimal, Scalar)> = Vec::new();
        for (at, is) in pairs {
            let (Some(at_value), Some(is_value)) =
                (self.constants.compute(at, self.findings), self.constants.cell(is, self.findings))
            else {
                continue;
            };
            self.same_kind(&mut at_kind, &at_value, at.span, "the first values");
            self.same_kind(&mut is_kind, &is_value, is.span, "the second values");
            let Some(place) = position(&at_value) else {
                self.error(
                    "wrong-type",
                    at.span,
                    "rows stand in an order, which this value has not".into(),
                    "use `keys` for texts",
                );
                continue;
            };
            if rows.last().is_some_and(|(last, _)| *last >= place) {
                self.error(
                    "order",
                    at.span,
                    "rows must stand in ascending order, each value once".into(),
                    "sort the rows",
                );
            }
            rows.push((place, is_value));
        }
        if rows.is_empty() {
            let (name, span) = (self.name().text.clone(), self.name().span);
            self.error("empty-table", span, format!("`{name}` has no rows"), "add rows");
            return None;
        }
        Some((at_kind, is_kind, rows))
    }

    fn points(&mut self, pairs: &[(Expr, Expr)]) -> Option<TableData> {
        let (at, is, rows) = self.pairs(pairs)?;
        if !matches!(is.0, Some(Kind::Number | Kind::Money)) {
            let span = self.name().span;
            self.error(
                "wrong-type",
                span,
                "a line runs between numbers or amounts".into(),
                "use `bands` or `since` for other values",
            );
            return None;
        }
        let rows = rows.iter().map(|(at, is)| Some((*at, position(is)?))).collect::<Option<_>>()?;
        self.data(at, is, false, Rows::Points(rows))
    }

    fn since(&mut self, pairs: &[(Expr, Expr)]) -> Option<TableData> {
        let (at, is, rows) = self.pairs(pairs)?;
        if at.0 != Some(Kind::Date) {
            let span = self.name().span;
            self.error("wrong-type", span, "`since` lists days".into(), "write rows such as `[2020-05-01, 100%]`");
            return None;
        }
        self.data(at, is, false, Rows::Since(rows))
    }

    fn keys(&mut self, keys: &[(String, Expr)]) -> Option<TableData> {
        let mut column = Column::default();
        let mut rows: Vec<(String, Scalar)> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for (key, is) in keys {
            if !seen.insert(key) {
                self.error(
                    "duplicate-key",
                    is.span,
                    format!("`{key}` stands twice in `{}`", self.name().text),
                    "keep one row",
                );
            }
            let value = self.constants.cell(is, self.findings)?;
            self.same_kind(&mut column, &value, is.span, "the values");
            rows.push((key.clone(), value));
        }
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        self.data(Column(Some(Kind::Text(None))), column, false, Rows::Keys(rows))
    }
}
