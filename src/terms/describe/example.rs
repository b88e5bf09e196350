//! Worked cases: what is given, and what is then owed.

use super::{
    sheet::{Block, Section},
    speaker::Speaker,
};
use crate::terms::{
    document::{
        Example,
        example::{Cells, Expected},
    },
    formula::{Expr, ExprKind},
};

/// Subjects and facts of a case that are told one by one; a longer case is counted.
const MOST_LISTED: usize = 12;

impl Speaker<'_> {
    /// The worked cases.
    pub fn examples(&self) -> Option<Section> {
        let examples = &self.document().examples;
        let blocks = examples
            .iter()
            .flat_map(|example| [Block::heading(example.name.clone()), Block::points(self.one_example(example))]);
        let title = self.pick("Worked cases", "示例").into();
        (!examples.is_empty()).then(|| Section { id: "examples", title, blocks: blocks.collect() })
    }

    fn one_example(&self, example: &Example) -> Vec<(String, String)> {
        let label = |en: &str, zh: &str| self.pick(en, zh).to_owned();
        let semicolon = self.pick("; ", "；");
        let mut points = Vec::new();
        if !example.set.is_empty() {
            let set = example.set.iter().map(|(name, value)| format!("{} = {value}", self.parameter(name)));
            points.push((label("With", "参数调整"), set.collect::<Vec<_>>().join(semicolon)));
        }
        points.extend(self.given(example).into_iter().map(|text| (label("Given", "已知"), text)));
        points.extend(example.as_of.map(|day| (label("Settled as of", "结算日"), self.writing.day(day))));
        for (name, expected) in example.expect.iter().flatten() {
            let at = self.document().clauses.iter().position(|clause| clause.name == *name);
            let clause = at.map_or_else(|| self.writing.name(&name.text), |at| self.clause(at));
            points.push((label("Owed", "应付"), self.expected(&clause, expected)));
        }
        for (name, expected) in &example.measures {
            points.push((label("Value", "指标值"), self.expected(&self.writing.name(&name.text), expected)));
        }
        if let Some(pending) = &example.pending {
            let names: Vec<String> = pending.iter().map(|name| name.text.clone()).collect();
            let names = if names.is_empty() { label("nobody", "无") } else { self.writing.all(&names) };
            points.push((label("Awaited", "待补数据"), names));
        }
        points
    }

    fn given(&self, example: &Example) -> Vec<String> {
        let noun = self.subject();
        let mut given = Vec::new();
        if example.subjects.len() <= MOST_LISTED {
            given.extend(example.subjects.iter().map(|(name, cells)| format!("{}{}", name.text, self.cells(cells))));
        } else {
            let count = example.subjects.len();
            given.push(self.say(|| format!("{count} {}", noun.many), || format!("{} {count}", noun.number)));
        }
        if example.facts.len() <= MOST_LISTED {
            given.extend(example.facts.iter().map(|(about, kind, cells)| {
                let at = self.document().facts.iter().position(|fact| fact.name == *kind);
                let fact = at.map_or_else(|| self.writing.name(&kind.text), |at| self.fact(at));
                let about = about.as_ref().map(|name| format!("{} ", name.text)).unwrap_or_default();
                format!("{about}{fact}{}", self.cells(cells))
            }));
        } else {
            let count = example.facts.len();
            given.push(self.say(|| format!("{count} reports"), || format!("报告 {count} 条")));
        }
        let files = example.files.iter().map(|(_, file)| self.writing.name(&file.text));
        given.extend(files.map(|file| self.say(|| format!("the file {file}"), || format!("附件 {file}"))));
        given
    }

    fn cells(&self, cells: &Cells) -> String {
        let cells = cells.iter().map(|(name, value)| {
            let name = match name.text.as_str() {
                "on" => self.pick("on", "日期").to_owned(),
                "enrolled_on" => self.pick("enrolled on", "入组日").to_owned(),
                name => self.writing.name(name),
            };
            format!("{name} {}", self.cell(value))
        });
        let cells: Vec<String> = cells.collect();
        format!("{}{}", self.pick(": ", "："), cells.join(self.pick(", ", "，")))
    }

    fn cell(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Text(text) => text.clone(),
            _ => self.writing.literal(expr).unwrap_or_else(|| expr.to_string()),
        }
    }

    fn expected(&self, what: &str, expected: &Expected) -> String {
        match expected {
            Expected::Total(expr) => format!("{what}{}{}", self.pick(": ", "："), self.cell(expr)),
            Expected::Each(list) if list.is_empty() => {
                format!("{what}{}{}", self.pick(": ", "："), self.pick("nothing", "无"))
            }
            Expected::Each(list) => {
                let each = list.iter().map(|(name, expr)| format!("{} {}", name.text, self.cell(expr)));
                let each = each.collect::<Vec<_>>().join(self.pick(", ", "，"));
                format!("{what}{}{each}", self.pick(": ", "："))
            }
        }
    }
}
