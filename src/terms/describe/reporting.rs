//! What is recorded on enrolment and what is reported later, by whom and by when.

use super::{
    sheet::{Block, Section},
    speaker::Speaker,
};
use crate::terms::document::{FactKind, Field, FieldType};

impl Speaker<'_> {
    /// What each subject carries.
    pub fn subject_fields(&self) -> Option<Section> {
        let document = self.document();
        if document.fields.is_empty() {
            return None;
        }
        let noun = self.subject();
        let lead = self.say(
            || format!("For {}, on enrolment, besides the day of enrolment:", noun.each),
            || format!("{}入组时，除入组日外还须登记：", noun.each),
        );
        let rows = document.fields.iter().map(|field| vec![self.writing.name(&field.name.text), self.kind(field)]);
        let headings = [("field", "项目"), ("what it holds", "内容")];
        let headings = headings.map(|(en, zh)| self.pick(en, zh).to_owned()).to_vec();
        let mut blocks = vec![Block::paragraph(lead), Block::Table { headings, rows: rows.collect() }];
        if document.group.is_some() {
            let group = self.group_name();
            blocks.push(Block::paragraph(self.say(
                || format!("Those with the same {group} form a group."),
                || format!("{group} 相同的{}归为一组。", noun.many),
            )));
        }
        let title = self.pick("Recorded on enrolment", "入组登记信息").into();
        Some(Section { id: "enrolment", title, blocks })
    }

    fn kind(&self, field: &Field) -> String {
        let word = match &field.is {
            FieldType::Number => self.pick("number", "数值").to_owned(),
            FieldType::Money => self.pick("amount", "金额").to_owned(),
            FieldType::Date => self.pick("date", "日期").to_owned(),
            FieldType::Duration => self.pick("number of days", "天数").to_owned(),
            FieldType::Truth => self.pick("yes or no", "是/否").to_owned(),
            FieldType::Text(list) if list.is_empty() => self.pick("text", "文本").to_owned(),
            FieldType::Text(list) => {
                let list: Vec<String> = list.iter().map(|text| self.writing.quoted(text)).collect();
                let list = self.writing.any(&list);
                self.say(|| list.clone(), || format!("取值为 {list}"))
            }
        };
        let mut parts = vec![word];
        let bound = |expr: &crate::terms::formula::Expr| self.writing.literal(expr).unwrap_or_else(|| expr.to_string());
        if let Some(min) = &field.min {
            parts.push(format!("{}{}", self.pick("at least ", "不低于 "), bound(min)));
        }
        if let Some(max) = &field.max {
            parts.push(format!("{}{}", self.pick("at most ", "不超过 "), bound(max)));
        }
        if let Some(unit) = &field.unit {
            parts.push(self.say(|| format!("in {unit}"), || format!("单位 {unit}")));
        }
        if !field.codes.is_empty() {
            parts.push(format!("{}{}", self.pick("code ", "编码 "), self.codes(&field.codes)));
        }
        if field.optional {
            parts.push(self.pick("may be left out", "可不填").into());
        }
        parts.join(self.pick(", ", "，"))
    }

    /// What is reported.
    pub fn reports(&self) -> Option<Section> {
        let document = self.document();
        if document.facts.is_empty() {
            return None;
        }
        let rows = document.facts.iter().enumerate().map(|(at, fact)| {
            let by = fact.by.as_ref().and_then(|by| document.header.party(&by.text));
            let by = by.map_or_else(|| self.pick("nobody is named", "未指定").to_owned(), |at| self.party(at));
            let due = self.contract.checked.reported_by[at].as_ref();
            let due = due.map_or_else(|| self.pick("no day is named", "未约定").to_owned(), |due| self.value(due));
            vec![self.fact(at), self.about(fact), self.carried(fact), self.how_often(fact), by, due]
        });
        let headings = [
            ("report", "报告事项"),
            ("about", "报告对象"),
            ("what it holds", "内容"),
            ("how often", "频次"),
            ("reported by", "报告方"),
            ("by when", "报告时限"),
        ];
        let headings = headings.map(|(en, zh)| self.pick(en, zh).to_owned()).to_vec();
        let title = self.pick("Reports", "数据报告义务").into();
        Some(Section { id: "reports", title, blocks: vec![Block::Table { headings, rows: rows.collect() }] })
    }

    fn about(&self, fact: &FactKind) -> String {
        if fact.of_contract { self.pick("the contract", "合同整体").into() } else { self.subject().each }
    }

    fn carried(&self, fact: &FactKind) -> String {
        let day = self.pick("the day", "日期").to_owned();
        let fields = fact.fields.iter().map(|field| {
            format!("{} {}", self.writing.name(&field.name.text), self.writing.bracketed(&self.kind(field)))
        });
        let mut text = std::iter::once(day).chain(fields).collect::<Vec<_>>().join(self.pick(", ", "、"));
        if let Some(unit) = &fact.unit {
            text.push_str(&self.say(|| format!("; in {unit}"), || format!("；单位 {unit}")));
        }
        if !fact.codes.is_empty() {
            text.push_str(&format!("{}{}", self.pick("; code ", "；编码 "), self.codes(&fact.codes)));
        }
        text
    }

    fn codes(&self, codes: &[(String, String)]) -> String {
        let codes: Vec<String> = codes.iter().map(|(system, code)| format!("{system} {code}")).collect();
        self.writing.all(&codes)
    }

    fn how_often(&self, fact: &FactKind) -> String {
        match fact.once {
            true => self.pick("exactly once", "一次性上报").into(),
            false => self.pick("whenever it happens", "发生即报，次数不限").into(),
        }
    }
}
