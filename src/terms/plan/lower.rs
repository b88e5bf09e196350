//! From typed formulas to nodes.

use std::collections::HashMap;

use super::{
    super::{
        check::{
            Checked,
            clauses::TypedEach,
            typed::{Aggregate, Collection, Form, PeriodPart, Typed},
            types::{Kind, Level, Presence},
        },
        document::Period,
        formula::Operator,
    },
    ClausePlan, Plan,
    node::{Context, Gathering, Move, Node, NodeId, Op, Shape},
};

/// Remembers nodes by operation and level, and measures by context.
#[derive(Clone, Debug, Default)]
pub struct Index {
    nodes: HashMap<(Op, Level), NodeId>,
    measures: HashMap<(usize, usize), NodeId>,
}

/// Turns a checked contract into a plan.
pub fn lower(checked: &Checked) -> Plan {
    let mut lowering = Lowering::new(checked);
    let enrol = checked.enrol.as_ref().map(|typed| lowering.at(typed, Level::Subject, 0));
    let measures: Vec<_> = checked
        .measures
        .iter()
        .enumerate()
        .map(|(index, typed)| (!typed.periodic).then(|| lowering.measure(index, 0)))
        .collect();
    let clauses: Vec<_> = checked.clauses.iter().map(|clause| lowering.clause(clause)).collect();
    let earlier = lowering.earlier();
    let of_contract = checked.document.facts.iter().map(|fact| fact.of_contract).collect();
    Plan {
        nodes: lowering.nodes,
        contexts: lowering.contexts,
        clauses,
        enrol,
        measures,
        earlier,
        of_contract,
        index: lowering.index,
    }
}

/// Adds the days by which facts are reported to a plan; gives their nodes, kind by kind. They are no part of the plan itself,
/// because nothing that is owed depends on them.
pub fn with_reports(plan: &Plan, checked: &Checked) -> (Plan, Vec<Option<NodeId>>) {
    let mut lowering = Lowering::new(checked);
    lowering.nodes.clone_from(&plan.nodes);
    lowering.contexts.clone_from(&plan.contexts);
    lowering.index.clone_from(&plan.index);
    let kinds = checked.reported_by.iter().zip(&plan.of_contract);
    let days = kinds.map(|(due, of_contract)| {
        let level = if *of_contract { Level::Contract } else { Level::Subject };
        due.as_ref().map(|due| lowering.at(due, level, 0))
    });
    let days = days.collect();
    let Lowering { nodes, contexts, index, .. } = lowering;
    (Plan { nodes, contexts, index, ..plan.clone() }, days)
}

/// Finds the node of a typed formula that was lowered before; none for one that never was.
pub fn find(plan: &Plan, checked: &Checked, typed: &Typed, context: usize) -> Option<NodeId> {
    let mut lowering = Lowering::new(checked);
    lowering.nodes.clone_from(&plan.nodes);
    lowering.contexts.clone_from(&plan.contexts);
    lowering.index.clone_from(&plan.index);
    let id = lowering.node(typed, context);
    (lowering.nodes.len() == plan.nodes.len()).then_some(id)
}

struct Lowering<'c> {
    checked: &'c Checked,
    nodes: Vec<Node>,
    contexts: Vec<Context>,
    index: Index,
    looked_back: Vec<(NodeId, usize, usize)>,
}

impl<'c> Lowering<'c> {
    fn new(checked: &'c Checked) -> Self {
        Self {
            checked,
            nodes: Vec::new(),
            contexts: vec![Context::None],
            index: Index::default(),
            looked_back: Vec::new(),
        }
    }

    fn clause(&mut self, clause: &super::super::check::clauses::TypedClause) -> ClausePlan {
        let context = self.context(clause.each.as_ref());
        let at = |lowering: &mut Self, typed: &Typed| lowering.at(typed, clause.per, context);
        ClausePlan {
            context,
            per: clause.per,
            when: clause.when.as_ref().map(|typed| at(self, typed)),
            due: clause.due.as_ref().map(|typed| at(self, typed)),
            amount: at(self, &clause.amount),
            shared_by: clause.shared_by.as_ref().map(|typed| at(self, typed)),
            at_most: clause
                .limits
                .iter()
                .map(|limit| {
                    // A limit over several periods does not depend on one of them.
                    let context = if limit.per == Period::EachPeriod { context } else { 0 };
                    self.node(&limit.at_most, context)
                })
                .collect(),
        }
    }

    /// Finds or adds the context of a rhythm.
    fn context(&mut self, each: Option<&TypedEach>) -> usize {
        let context = match each {
            None => return 0,
            Some(TypedEach::Months(months)) => Context::Months(*months),
            Some(TypedEach::Dates(from, distances)) => Context::Dates(self.node(from, 0), distances.clone()),
        };
        self.contexts.iter().position(|known| *known == context).unwrap_or_else(|| {
            self.contexts.push(context);
            self.contexts.len() - 1
        })
    }

    /// Adds the measures that are looked back at; they may look back at others.
    fn earlier(&mut self) -> Vec<(NodeId, NodeId)> {
        let mut earlier = Vec::new();
        while let Some((node, measure, context)) = self.looked_back.pop() {
            earlier.push((node, self.measure(measure, context)));
        }
        earlier.sort_unstable();
        earlier
    }

    fn measure(&mut self, index: usize, context: usize) -> NodeId {
        if let Some(id) = self.index.measures.get(&(index, context)) {
            return *id;
        }
        let level = self.checked.document.measures[index].level.level();
        let typed = &self.checked.measures[index];
        let id = self.node(typed, context);
        let id = self.spread(id, level);
        self.index.measures.insert((index, context), id);
        id
    }

    /// Lowers a formula to a level at least as fine as it needs.
    fn at(&mut self, typed: &Typed, level: Level, context: usize) -> NodeId {
        let id = self.node(typed, context);
        self.spread(id, level)
    }

    /// Repeats values of groups and subjects for a finer level; one value of the contract serves everywhere as it is.
    fn spread(&mut self, id: NodeId, to: Level) -> NodeId {
        let from = self.nodes[id as usize].level;
        match (from, to) {
            (Level::Group, Level::Subject) | (Level::Subject, Level::Row(_)) => self.add(Op::Spread(id), to),
            (Level::Group, Level::Row(_)) => {
                let middle = self.add(Op::Spread(id), Level::Subject);
                self.add(Op::Spread(middle), to)
            }
            _ => id,
        }
    }

    fn add(&mut self, op: Op, level: Level) -> NodeId {
        let shape = self.shape(&op);
        self.add_shaped(op, level, shape, 0)
    }

    fn add_shaped(&mut self, op: Op, level: Level, shape: Shape, own_context: usize) -> NodeId {
        let key = (op, level);
        // Sides of a period are the same operation in every context, so they are told apart by their own entry.
        let known = if own_context == 0 {
            self.index.nodes.get(&key).copied()
        } else {
            self.find_in_context(&key, own_context)
        };
        if let Some(id) = known {
            return id;
        }
        let inputs = key.0.inputs();
        let of = |id: &NodeId| &self.nodes[*id as usize];
        let context = inputs.iter().map(|id| of(id).context).max().unwrap_or(0).max(own_context);
        let stage = inputs.iter().map(|id| of(id).stage).max().unwrap_or(0) + usize::from(key.0.over_subjects());
        let id = self.nodes.len() as NodeId;
        if own_context == 0 {
            self.index.nodes.insert(key.clone(), id);
        }
        self.nodes.push(Node { op: key.0, level, shape, context, stage });
        id
    }

    fn find_in_context(&self, key: &(Op, Level), context: usize) -> Option<NodeId> {
        let found =
            self.nodes.iter().position(|node| node.context == context && node.op == key.0 && node.level == key.1);
        found.map(|at| at as NodeId)
    }

    /// The shape of an operation's answer, from the shapes of what it reads.
    fn shape(&self, op: &Op) -> Shape {
        let of = |id: &NodeId| self.nodes[*id as usize].shape;
        match op {
            Op::Spread(a) | Op::Negative(a) | Op::Default(a, ..) | Op::Round(_, a, _) | Op::If(_, a, _) => of(a),
            _ => Shape::Bool,
        }
    }

    /// The context whose facts end with the date that is judged.
    fn until(&mut self, context: usize) -> Option<NodeId> {
        match self.contexts[context] {
            Context::Dates(..) => Some(self.period(PeriodPart::End, context)),
            _ => None,
        }
    }

    fn period(&mut self, part: PeriodPart, context: usize) -> NodeId {
        let level = match self.contexts[context] {
            Context::Dates(from, _) if part != PeriodPart::Number => self.nodes[from as usize].level,
            _ => Level::Contract,
        };
        let shape = if part == PeriodPart::Number { Shape::Decimal } else { Shape::Int };
        self.add_shaped(Op::Period(part), level, shape, context)
    }

    fn node(&mut self, typed: &Typed, context: usize) -> NodeId {
        let level = typed.level;
        let shape = shape_of(&typed.is.kind);
        let op = match &typed.form {
            Form::Constant(value) | Form::Parameter(_, value) => Op::Constant(value.clone()),
            Form::AsOf => Op::AsOf,
            Form::EnrolledOn => Op::EnrolledOn,
            Form::SubjectField(at) => Op::SubjectField(*at),
            Form::GroupKey => Op::GroupKey,
            Form::RowOn(kind) => Op::RowOn(*kind),
            Form::RowField(kind, at) => Op::RowField(*kind, *at),
            Form::OnceOn(kind) => return self.once(*kind, None, level, shape, context),
            Form::OnceField(kind, at) => return self.once(*kind, Some(*at), level, shape, context),
            Form::Measure(index) => return self.measure(*index, context),
            Form::Previous(index) => return self.previous(*index, shape, context),
            Form::Period(part) => return self.period(*part, context),
            Form::Rank(own, all, largest_first) => {
                let (own, all) = (self.node(own, context), self.node(all, context));
                let level = self.nodes[own as usize].level.max(level);
                return self.add_shaped(Op::Rank(own, all, *largest_first), level, shape, 0);
            }
            Form::Running(value, key, kind) => {
                let [value, key] =
                    [value, key].map(|part| part.as_ref().map(|part| self.at(part, Level::Row(*kind), context)));
                return self.add_shaped(Op::Running(value, key, *kind), level, shape, 0);
            }
            Form::Aggregate(aggregate) => return self.gathering(aggregate, level, shape, context),
            form => {
                // The level that parts need here is the finest among them, which a schedule may have made finer.
                let parts = self.parts(form, context);
                let level = parts.iter().map(|id| self.nodes[*id as usize].level).max().unwrap_or(level).max(level);
                let parts: Vec<NodeId> = parts.into_iter().map(|id| self.spread(id, level)).collect();
                let op = rebuilt(form, &parts);
                return self.add_shaped(op, level, shape, 0);
            }
        };
        self.add_shaped(op, level, shape, 0)
    }

    fn parts(&mut self, form: &Form, context: usize) -> Vec<NodeId> {
        let parts: Vec<&Typed> = match form {
            Form::Not(a)
            | Form::Negative(a)
            | Form::In(a, _)
            | Form::StartsWith(a, _)
            | Form::Is(a, _)
            | Form::Lookup(_, a)
            | Form::Round(_, a, _) => {
                vec![&**a]
            }
            Form::Binary(_, a, b) | Form::Default(a, b) => vec![&**a, &**b],
            Form::If(a, b, c) => vec![&**a, &**b, &**c],
            Form::Call(_, parts) => parts.iter().collect(),
            _ => Vec::new(),
        };
        parts.into_iter().map(|part| self.node(part, context)).collect()
    }

    fn once(&mut self, kind: usize, field: Option<usize>, level: Level, shape: Shape, context: usize) -> NodeId {
        let until = self.until(context);
        let until_level = until.map_or(Level::Contract, |id| self.nodes[id as usize].level);
        self.add_shaped(Op::Once(kind, field, until), level.max(until_level), shape, 0)
    }

    fn previous(&mut self, index: usize, shape: Shape, context: usize) -> NodeId {
        let level = self.checked.document.measures[index].level.level();
        let before = self.nodes.len();
        let id = self.add_shaped(Op::Previous(index, context), level, shape, context);
        if self.nodes.len() > before {
            self.looked_back.push((id, index, context));
        }
        id
    }

    fn gathering(&mut self, aggregate: &Aggregate, level: Level, shape: Shape, context: usize) -> NodeId {
        let inner = match aggregate.over {
            Collection::Rows(kind) => Level::Row(kind),
            Collection::Subjects => Level::Subject,
            Collection::Groups => Level::Group,
        };
        let part = |lowering: &mut Self, typed: &Typed| lowering.at(typed, inner, context);
        let value = aggregate.value.as_ref().map(|typed| part(self, typed));
        let filter = aggregate.filter.as_ref().map(|typed| part(self, typed));
        // Arguments of the call itself belong to the level of the answer; the event of a survival curve to the member.
        let extra: Vec<NodeId> = aggregate
            .extra
            .iter()
            .map(|typed| if typed.level == inner { part(self, typed) } else { self.node(typed, context) })
            .collect();
        let rows = matches!(aggregate.over, Collection::Rows(_));
        let until = if rows { self.until(context) } else { None };
        let until_level = until.map_or(Level::Contract, |id| self.nodes[id as usize].level);
        let gathering = Gathering { gather: aggregate.gather, over: aggregate.over, value, filter, extra, until };
        self.add_shaped(Op::Gather(gathering), level.max(until_level), shape, 0)
    }
}

/// Whether a formula that decides about a value also decides while it is awaited: when the value is nothing but awaited.
/// A value that may be missing for good, such as a mean over a cohort, waits while anything that it is made of is awaited.
fn of_awaited(value: &Typed) -> bool {
    value.is.presence == Presence::Awaited
}

/// The form with its parts as nodes.
fn rebuilt(form: &Form, parts: &[NodeId]) -> Op {
    match form {
        Form::Not(_) => Op::Not(parts[0]),
        Form::Negative(_) => Op::Negative(parts[0]),
        Form::Binary(operator, day, by)
            if day.is.kind == Kind::Date && matches!(by.is.kind, Kind::Days | Kind::Months) =>
        {
            let moved = Move { months: by.is.kind == Kind::Months, back: *operator == Operator::Minus };
            Op::Shift(moved, parts[0], parts[1])
        }
        Form::Binary(operator, ..) => Op::Binary(*operator, parts[0], parts[1]),
        Form::Default(first, _) => Op::Default(parts[0], parts[1], of_awaited(first)),
        Form::In(_, list) => Op::In(parts[0], list.clone()),
        Form::StartsWith(_, text) => Op::StartsWith(parts[0], text.clone()),
        Form::Is(value, known) => Op::Is(parts[0], *known, of_awaited(value)),
        Form::If(..) => Op::If(parts[0], parts[1], parts[2]),
        Form::Lookup(table, _) => Op::Lookup(*table, parts[0]),
        Form::Round(rounding, _, places) => Op::Round(*rounding, parts[0], *places),
        Form::Call(function, _) => Op::Call(*function, parts.to_vec()),
        // Leaves and gatherings are lowered where they are met.
        _ => Op::AsOf,
    }
}

/// How values of a sort are held.
pub const fn shape_of(kind: &Kind) -> Shape {
    match kind {
        Kind::Number | Kind::Money => Shape::Decimal,
        Kind::Date | Kind::Days | Kind::Months | Kind::Text(_) => Shape::Int,
        Kind::Truth => Shape::Bool,
    }
}
