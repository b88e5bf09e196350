//! What the named formulas mean.

use super::{
    sheet::{Block, Section},
    speaker::Speaker,
};
use crate::terms::{check::types::Kind, document::MeasureLevel};

impl Speaker<'_> {
    /// The named formulas.
    pub fn definitions(&self) -> Option<Section> {
        let document = self.document();
        if document.measures.is_empty() {
            return None;
        }
        let rows = document.measures.iter().zip(&self.contract.checked.measures).map(|(measure, typed)| {
            let whom = match measure.level {
                MeasureLevel::Contract => self.pick("the contract", "合同整体").to_owned(),
                MeasureLevel::Group => {
                    let group = self.group_name();
                    self.say(|| format!("each group by {group}"), || format!("每个 {group} 组"))
                }
                MeasureLevel::Subject => self.subject().each,
            };
            let meaning = if typed.is.kind == Kind::Truth { self.condition(typed) } else { self.value(typed) };
            vec![self.writing.name(&measure.name.text), whom, meaning]
        });
        let headings = [("name", "名称"), ("for", "统计单位"), ("meaning", "含义")];
        let headings = headings.map(|(en, zh)| self.pick(en, zh).to_owned()).to_vec();
        let title = self.pick("Definitions", "指标定义").into();
        Some(Section { id: "definitions", title, blocks: vec![Block::Table { headings, rows: rows.collect() }] })
    }
}
