//! Texts of the contract as codes of the data; groups; keyed tables.

use std::collections::HashMap;

use super::{
    super::{
        Contract,
        check::tables::{Rows as TableRows, TableData},
        plan::Op,
        scalar::Scalar,
    },
    data::{Data, Store, Texts},
};
use crate::values::Day;

/// Everything that a run looks up before it starts.
#[derive(Debug)]
pub struct Bound<'d> {
    /// Subjects and facts.
    pub data: &'d Data,
    /// Texts of the data and of the contract.
    pub texts: Texts,
    /// Tables.
    pub tables: &'d [TableData],
    /// For each keyed table the row of each text code.
    pub keys: Vec<HashMap<i32, usize>>,
    /// The group of each subject.
    pub group_of: Vec<u32>,
    /// The text code of each group, in the order of their texts.
    pub groups: Vec<i32>,
    /// The day of the settlement.
    pub as_of: Day,
}

impl<'d> Bound<'d> {
    /// Binds a contract to data.
    pub fn new(contract: &'d Contract, data: &'d Data, as_of: Day) -> Self {
        let checked = &contract.checked;
        let mut texts = data.texts.clone();
        for node in &contract.plan.nodes {
            bind_constants(&node.op, &mut texts);
        }
        let keys = checked.tables.iter().map(|table| bind_table(table, &mut texts)).collect();
        let (groups, group_of) = match checked.group.map(|field| &data.fields[field].values) {
            Some(Store::Int(codes)) => group(codes, &texts),
            _ => (Vec::new(), Vec::new()),
        };
        Self { data, texts, tables: &checked.tables, keys, group_of, groups, as_of }
    }

    /// The code of a text; a code that no value has when the text is nowhere in data, formulas or tables.
    pub fn code(&self, text: &str) -> i32 {
        self.texts.find(text).unwrap_or(-1)
    }

    /// A scalar as it is held in columns of whole numbers.
    pub fn int(&self, value: &Scalar) -> i32 {
        match value {
            Scalar::Date(day) => day.0,
            Scalar::Days(count) | Scalar::Months(count) => *count,
            Scalar::Text(text) => self.code(text),
            Scalar::Number(_) | Scalar::Money(_) | Scalar::Truth(_) => 0,
        }
    }
}

/// Takes the texts of formulas into the list, so that two of them are equal only when they are.
fn bind_constants(op: &Op, texts: &mut Texts) {
    let constants = match op {
        Op::Constant(value) => std::slice::from_ref(value),
        Op::In(_, list) => list,
        _ => &[],
    };
    for constant in constants {
        if let Scalar::Text(text) = constant {
            texts.code(text);
        }
    }
}

/// Finds the row of each key, and takes the texts among the answers into the list.
fn bind_table(table: &TableData, texts: &mut Texts) -> HashMap<i32, usize> {
    let mut answer = |value: &Scalar| {
        if let Scalar::Text(text) = value {
            texts.code(text);
        }
    };
    match &table.rows {
        TableRows::Bands(bands) => bands.iter().for_each(|band| answer(&band.is)),
        TableRows::Since(rows) => rows.iter().for_each(|(_, value)| answer(value)),
        TableRows::Keys(rows) => rows.iter().for_each(|(_, value)| answer(value)),
        TableRows::Marginal(_) | TableRows::Points(_) => {}
    }
    match &table.rows {
        TableRows::Keys(rows) => rows.iter().enumerate().map(|(at, (key, _))| (texts.code(key), at)).collect(),
        _ => HashMap::new(),
    }
}

/// Numbers the groups in the order of their texts.
fn group(codes: &[i32], texts: &Texts) -> (Vec<i32>, Vec<u32>) {
    let mut groups = codes.to_vec();
    groups.sort_unstable_by_key(|code| texts.text(*code));
    groups.dedup();
    let numbers: HashMap<i32, u32> = groups.iter().enumerate().map(|(at, code)| (*code, at as u32)).collect();
    let group_of = codes.iter().map(|code| numbers[code]).collect();
    (groups, group_of)
}
