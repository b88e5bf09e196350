//! What the parties negotiated: values in force, bounds, sources.

use super::{
    sheet::{Block, Section},
    speaker::Speaker,
};
use crate::terms::{document::Parameter, scalar::Scalar};

impl Speaker<'_> {
    /// The parameters.
    pub fn parameters(&self) -> Option<Section> {
        let checked = &self.contract.checked;
        if checked.document.parameters.is_empty() {
            return None;
        }
        let rows = checked.document.parameters.iter().map(|parameter| {
            let value = checked.parameters.iter().find(|(name, _)| *name == parameter.name.text);
            self.parameter_row(parameter, value.map(|(_, value)| value))
        });
        let headings = [
            ("name", "名称"),
            ("what it is", "含义"),
            ("value", "约定值"),
            ("allowed", "允许范围"),
            ("source", "依据"),
        ];
        let mut headings: Vec<String> = headings.map(|(en, zh)| self.pick(en, zh).to_owned()).to_vec();
        let mut rows: Vec<Vec<String>> = rows.collect();
        for column in [4, 3, 1] {
            if rows.iter().all(|row| row[column].is_empty()) {
                headings.remove(column);
                rows.iter_mut().for_each(|row| drop(row.remove(column)));
            }
        }
        let title = self.pick("Agreed values", "约定参数").into();
        Some(Section { id: "parameters", title, blocks: vec![Block::Table { headings, rows }] })
    }

    fn parameter_row(&self, parameter: &Parameter, value: Option<&Scalar>) -> Vec<String> {
        let name = &parameter.name.text;
        let title = self.writing.language.title(&parameter.title).unwrap_or_default();
        let value = value.map(|value| self.value_of(name, value)).unwrap_or_default();
        let bound = |expr: &crate::terms::formula::Expr| self.writing.literal(expr).unwrap_or_else(|| expr.to_string());
        let min = parameter.min.as_ref().map(|min| format!("{}{}", self.pick("at least ", "不低于 "), bound(min)));
        let max = parameter.max.as_ref().map(|max| format!("{}{}", self.pick("at most ", "不超过 "), bound(max)));
        let allowed: Vec<String> = min.into_iter().chain(max).collect();
        let source = parameter.source.clone().unwrap_or_default();
        vec![self.writing.name(name), title.to_owned(), value, allowed.join(self.pick(", ", "，")), source]
    }
}
