//! Parties, term, settlement, eligibility.

use super::{
    sheet::{Block, Section},
    speaker::Speaker,
    vocabulary,
};
use crate::terms::{
    document::{Rhythm, Term},
    formula::syntax::Unit,
};

impl Speaker<'_> {
    /// The title of the sheet.
    pub fn title(&self) -> String {
        let header = &self.document().header;
        self.writing.language.title(&header.title).map_or_else(|| header.id.clone(), str::to_owned)
    }

    /// Who takes part.
    pub fn parties(&self) -> Section {
        let header = &self.document().header;
        let rows = header.parties.iter().enumerate().map(|(at, party)| {
            let is = vocabulary::party(&party.is, self.writing.language).to_owned();
            vec![self.writing.name(&party.name.text), self.party(at), is]
        });
        let titled = header.parties.iter().any(|party| self.writing.language.title(&party.title).is_some());
        let headings = [("role", "角色"), ("name", "名称"), ("sort", "类别")];
        let mut headings: Vec<String> = headings.map(|(en, zh)| self.pick(en, zh).to_owned()).to_vec();
        let mut rows: Vec<Vec<String>> = rows.collect();
        if !titled {
            headings.remove(1);
            rows.iter_mut().for_each(|row| drop(row.remove(1)));
        }
        let mut blocks = vec![Block::Table { headings, rows }];
        if let Some(model) = &header.model {
            let model = vocabulary::model(model, self.writing.language);
            blocks.insert(0, Block::points([(self.pick("Model", "合作模式").into(), model.to_owned())]));
        }
        Section { id: "parties", title: self.pick("Parties", "合同各方").into(), blocks }
    }

    /// Term, settlement, currency.
    pub fn term(&self) -> Section {
        let header = &self.document().header;
        let label = |en: &str, zh: &str| self.pick(en, zh).to_owned();
        let mut points = Vec::new();
        if let Some(term) = header.term {
            points.push((label("Term", "合同期限"), self.days_of(term)));
            if term.run_out_days > 0 {
                let days = self.writing.duration(term.run_out_days, Unit::Day);
                let text = self.say(
                    || format!("what happened in the term may be reported until {days} after its end"),
                    || format!("期满后 {days} 内，仍可补报合同期内发生的数据"),
                );
                points.push((label("Run-out", "补报期"), text));
            }
        }
        points.push((label("Settlement", "结算周期"), self.rhythm(&header.settle)));
        let rounding = self.rounding(header.rounding);
        let (currency, places) = (header.currency, header.currency.minor_units());
        let currency = match (self.english(), currency.code()) {
            (false, "CNY") => "人民币（CNY）".to_owned(),
            (_, code) => code.to_owned(),
        };
        let text = self.say(
            || format!("{currency}; each payment is rounded once, to {places} decimal places ({rounding})"),
            || format!("{currency}；每笔金额仅舍入一次，保留 {places} 位小数（{rounding}）"),
        );
        points.push((label("Currency and rounding", "币种与舍入"), text));
        Section {
            id: "term", title: label("Term and settlement", "期限与结算"), blocks: vec![Block::points(points)]
        }
    }

    fn days_of(&self, term: Term) -> String {
        let (start, end) = (self.writing.day(term.start), self.writing.day(term.end));
        self.say(|| format!("{start} to {end}, both days included"), || format!("{start}至{end}（含首尾两日）"))
    }

    fn rhythm(&self, rhythm: &Rhythm) -> String {
        match rhythm {
            Rhythm::Once => self.pick("once, at the end", "期满一次性结算").into(),
            Rhythm::Months(1) => self.pick("monthly", "按月结算").into(),
            Rhythm::Months(3) => self.pick("quarterly", "按季度结算").into(),
            Rhythm::Months(6) => self.pick("half-yearly", "每半年结算").into(),
            Rhythm::Months(12) => self.pick("yearly", "按年度结算").into(),
            Rhythm::Months(months) => {
                let span = self.writing.duration(*months, Unit::Month);
                self.say(|| format!("every {span}"), || format!("每 {span} 结算一次"))
            }
            Rhythm::On(days) => {
                let days: Vec<String> = days.iter().map(|day| self.writing.day(*day)).collect();
                let days = self.writing.all(&days);
                self.say(|| format!("on {days}"), || format!("于 {days} 结算"))
            }
        }
    }

    /// Who can be enrolled.
    pub fn eligibility(&self) -> Option<Section> {
        let enrol = self.contract.checked.enrol.as_ref()?;
        let (noun, condition) = (self.subject(), self.condition_with_meaning(enrol));
        let text = self.say(
            || format!("A {} can be enrolled when {condition}.", noun.one),
            || format!("{}须符合以下条件方可入组：{condition}。", noun.one),
        );
        let title = self.pick("Eligibility", "入组条件").into();
        Some(Section { id: "eligibility", title, blocks: vec![Block::paragraph(text)] })
    }

    /// Remarks and sources of the document, as they are written there.
    pub fn remarks(&self) -> Option<Section> {
        let header = &self.document().header;
        let label = |en: &str, zh: &str| self.pick(en, zh).to_owned();
        let source = header.source.iter().map(|text| (label("Source", "来源"), text.clone()));
        let notes = header.notes.iter().map(|text| (label("Notes", "说明"), text.clone()));
        let points: Vec<_> = source.chain(notes).collect();
        let title = label("Source and notes", "来源与说明");
        (!points.is_empty()).then(|| Section { id: "remarks", title, blocks: vec![Block::points(points)] })
    }
}
