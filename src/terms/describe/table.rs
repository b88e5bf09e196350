//! Tables as small tables, bands as rows in words.

use super::{
    sheet::{Block, Section},
    speaker::Speaker,
};
use crate::terms::{
    check::tables::{Rows, TableData},
    document::{Band, Edge, TableKind},
    formula::{Expr, ExprKind},
};

/// Rows of a keyed table that are shown; a longer one stands in its file.
pub const MOST_KEYS: usize = 100;

impl Speaker<'_> {
    /// The tables.
    pub fn tables(&self) -> Option<Section> {
        let document = self.document();
        if document.tables.is_empty() {
            return None;
        }
        let blocks = document.tables.iter().zip(&self.contract.checked.tables).flat_map(|(table, data)| {
            [Block::heading(self.writing.name(&table.name.text)), Block::paragraph(self.how(&table.kind))]
                .into_iter()
                .chain(self.rows(&table.kind, data))
        });
        Some(Section { id: "tables", title: self.pick("Tables", "附表").into(), blocks: blocks.collect() })
    }

    fn how(&self, kind: &TableKind) -> String {
        match kind {
            TableKind::Bands(_) => self.pick("The row that the value falls into holds.", "按数值所在档次取值。"),
            TableKind::Marginal(_) => self.pick(
                "Each slice of the value counts at the rate of its own row; the slices are added up.",
                "分段累计：数值落入各段的部分分别按该段比例计算后相加。",
            ),
            TableKind::Points(_) => self.pick(
                "Between two rows the value lies on the straight line between them.",
                "相邻两行之间按线性插值取值。",
            ),
            TableKind::Since(_) => {
                self.pick("A row holds from its day until the next.", "自所列日期起适用，直至下一行。")
            }
            TableKind::Keys(_) => self.pick("The row with the same text holds.", "按编码对应取值。"),
        }
        .into()
    }

    fn rows(&self, kind: &TableKind, data: &TableData) -> Vec<Block> {
        let cell = |expr: &Expr| self.writing.literal(expr).unwrap_or_else(|| self.constant(expr));
        let (headings, rows): ([(&str, &str); 2], Vec<Vec<String>>) = match kind {
            TableKind::Bands(bands) | TableKind::Marginal(bands) => {
                let rows = bands.iter().enumerate().map(|(at, band)| {
                    let before = at.checked_sub(1).and_then(|before| bands[before].upper.as_ref());
                    vec![self.range(band, before), cell(&band.is)]
                });
                ([("range", "档次"), ("value", "取值")], rows.collect())
            }
            TableKind::Points(rows) => {
                ([("at", "自变量"), ("value", "取值")], rows.iter().map(|(at, is)| vec![cell(at), cell(is)]).collect())
            }
            TableKind::Since(rows) => (
                [("from", "起始日"), ("value", "取值")],
                rows.iter().map(|(at, is)| vec![cell(at), cell(is)]).collect(),
            ),
            TableKind::Keys(rows) => {
                let shown = rows.iter().take(MOST_KEYS);
                ([("text", "编码"), ("value", "取值")], shown.map(|(key, is)| vec![key.clone(), cell(is)]).collect())
            }
        };
        let headings = headings.map(|(en, zh)| self.pick(en, zh).to_owned()).to_vec();
        let mut blocks = vec![Block::Table { headings, rows }];
        if let Rows::Keys(all) = &data.rows
            && all.len() > MOST_KEYS
        {
            let rest = all.len() - MOST_KEYS;
            blocks.push(Block::paragraph(
                self.say(|| format!("… and {rest} more rows, see the file."), || format!("……其余 {rest} 行见附件。")),
            ));
        }
        blocks
    }

    /// A band in words; an end that is not written follows from the band before.
    fn range(&self, band: &Band, before: Option<&Edge>) -> String {
        let at = |edge: &Edge| self.writing.literal(&edge.at).unwrap_or_else(|| self.constant(&edge.at));
        let lower = match (&band.lower, before) {
            (Some(edge), _) => Some((at(edge), edge.included)),
            (None, Some(edge)) => Some((at(edge), !edge.included)),
            (None, None) => None,
        };
        let lower = lower.map(|(at, included)| match included {
            true => format!("{}{at}", self.pick("from ", "不低于 ")),
            false => format!("{}{at}", self.pick("above ", "超过 ")),
        });
        let upper = band.upper.as_ref().map(|edge| match edge.included {
            true => format!("{}{}", self.pick("up to ", "不超过 "), at(edge)),
            false => format!("{}{}", self.pick("below ", "低于 "), at(edge)),
        });
        match (lower, upper) {
            (None, None) => self.pick("any value", "任意值").into(),
            (lower, upper) => lower.into_iter().chain(upper).collect::<Vec<_>>().join(self.pick(" and ", " 且 ")),
        }
    }

    /// A constant formula with what it comes to.
    fn constant(&self, expr: &Expr) -> String {
        use crate::terms::{check::constant::Constants, finding::Findings};
        let checked = &self.contract.checked;
        if let ExprKind::Path(path) = &expr.kind
            && let Some((name, value)) = checked.parameters.iter().find(|(name, _)| *name == path[0].text)
        {
            let figure = self.figure_of(name, value);
            return format!("{figure}{}{}", self.pick(" ", ""), self.writing.bracketed(&self.parameter(name)));
        }
        let constants = Constants { currency: checked.document.header.currency, parameters: &checked.parameters };
        let value = constants.compute(expr, &mut Findings::new(&self.contract.source));
        value.map_or_else(|| expr.to_string(), |value| self.writing.value(Some(expr), &value))
    }
}
