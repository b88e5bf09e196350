//! The columns of one chunk of subjects, or of the contract and its groups.

use std::{ops::Range, sync::Arc};

use rust_decimal::Decimal;

use super::{
    super::{
        check::{
            typed::{Collection, Gather, PeriodPart},
            types::Level,
        },
        plan::{
            Plan,
            node::{Gathering, Node, NodeId, Op, Shape},
        },
        scalar::Scalar,
    },
    bind::Bound,
    calendar,
    column::{Column, Gap, Values},
    data::{Store, Stored},
    kernel,
    members::{Members, Partial, answers},
    period::Current,
    rows::{self, Arguments, RowRange},
};

/// Columns by node.
pub type Columns<'d> = Vec<Option<Arc<Column<'d>>>>;

/// Where columns of a chunk are computed.
pub struct Frame<'a, 'd> {
    /// The plan.
    pub plan: &'a Plan,
    /// The contract bound to data.
    pub bound: &'a Bound<'d>,
    /// The chunk.
    pub subjects: Range<usize>,
    /// Columns of the contract and of groups; empty while they are being computed themselves.
    pub coarse: &'a [Option<Arc<Column<'d>>>],
    /// Columns computed so far.
    pub columns: Columns<'d>,
    /// The period.
    pub period: Current,
    /// Values of the period before.
    pub earlier: Vec<(NodeId, Arc<Column<'d>>)>,
}

impl<'a, 'd> Frame<'a, 'd> {
    /// Starts with no column computed.
    pub fn new(
        plan: &'a Plan,
        bound: &'a Bound<'d>,
        subjects: Range<usize>,
        coarse: &'a [Option<Arc<Column<'d>>>],
    ) -> Self {
        Self {
            plan,
            bound,
            subjects,
            coarse,
            columns: vec![None; plan.nodes.len()],
            period: Current::None,
            earlier: Vec::new(),
        }
    }

    /// The column of a node that was computed before.
    pub fn column(&self, id: NodeId) -> Arc<Column<'d>> {
        let at = id as usize;
        let found = self.columns[at].as_ref().or_else(|| self.coarse.get(at).and_then(Option::as_ref));
        found.cloned().unwrap_or_else(|| Arc::new(Column::bools(vec![false], Some(vec![Gap::Failed]))))
    }

    /// Computes nodes, which stand in ascending order, unless they are there.
    pub fn compute(&mut self, nodes: &[NodeId]) {
        for id in nodes {
            if self.columns[*id as usize].is_none() {
                let column = self.node(*id, &self.plan.nodes[*id as usize]);
                self.columns[*id as usize] = Some(Arc::new(column));
            }
        }
    }

    /// Forgets the columns of a context, for its next period.
    pub fn forget(&mut self, context: usize) {
        for (node, column) in self.plan.nodes.iter().zip(&mut self.columns) {
            if node.context == context {
                *column = None;
            }
        }
    }

    fn node(&self, id: NodeId, node: &Node) -> Column<'d> {
        let of = |id: &NodeId| self.column(*id);
        match &node.op {
            Op::Constant(value) => self.constant(value),
            Op::AsOf => Column::ints(vec![self.bound.as_of.0], None),
            Op::EnrolledOn => Column::ints(&self.bound.data.enrolled_on[self.subjects.clone()], None),
            Op::SubjectField(at) => stored(&self.bound.data.fields[*at], self.subjects.clone()),
            Op::GroupKey => Column::ints(self.bound.groups.clone(), None),
            Op::RowOn(kind) => {
                let rows = self.rows(*kind);
                Column::ints(&rows.rows.on[rows.range()], None)
            }
            Op::RowField(kind, at) => {
                let rows = self.rows(*kind);
                stored(&rows.rows.fields[*at], rows.range())
            }
            Op::Once(kind, field, until) => self.once(*kind, *field, until.as_ref().map(of).as_deref(), node.shape),
            Op::Period(part) => self.period_part(*part),
            Op::Previous(..) => self.previous(id, node.shape),
            Op::Spread(input) => self.spread(&of(input), self.plan.nodes[*input as usize].level, node.level),
            Op::Not(a) => kernel::not(&of(a)),
            Op::Negative(a) => kernel::negative(&of(a)),
            Op::Binary(operator, a, b) => kernel::binary(*operator, &of(a), &of(b)),
            Op::Shift(by, a, b) => calendar::shift(*by, &of(a), &of(b)),
            Op::Default(a, b, of_awaited) => kernel::default(&of(a), &of(b), *of_awaited),
            Op::In(a, list) => calendar::member(&of(a), list, self.bound),
            Op::StartsWith(a, text) => calendar::starts_with(&of(a), text, self.bound),
            Op::Is(a, known, of_awaited) => kernel::is(&of(a), *known, *of_awaited),
            Op::If(a, b, c) => kernel::choice(&of(a), &of(b), &of(c)),
            Op::Lookup(table, a) => calendar::lookup(*table, &of(a), self.bound),
            Op::Round(rounding, a, places) => kernel::round(*rounding, &of(a), *places),
            Op::Call(function, parts) => calendar::call(*function, &parts.iter().map(of).collect::<Vec<_>>()),
            Op::Rank(own, all, largest_first) => rows::rank(&of(own), &of(all), *largest_first),
            Op::Running(value, key, kind) => {
                let (value, key) = (value.as_ref().map(of), key.as_ref().map(of));
                rows::running(&self.rows(*kind), value.as_deref(), key.as_deref())
            }
            Op::Gather(gathering) => self.gathered(gathering, node.shape),
        }
    }

    fn constant(&self, value: &Scalar) -> Column<'d> {
        match value {
            Scalar::Number(value) | Scalar::Money(value) => Column::decimals(vec![*value], None),
            Scalar::Truth(truth) => Column::bools(vec![*truth], None),
            value => Column::ints(vec![self.bound.int(value)], None),
        }
    }

    fn rows(&self, kind: usize) -> RowRange<'d> {
        let rows = &self.bound.data.facts[kind];
        let owners = if rows.of_contract { 0..1 } else { self.subjects.clone() };
        RowRange { rows, owners }
    }

    /// The one fact of each owner; where there is none yet, its value is awaited.
    fn once(&self, kind: usize, field: Option<usize>, until: Option<&Column>, shape: Shape) -> Column<'d> {
        let RowRange { rows, owners } = self.rows(kind);
        let mut gaps = vec![Gap::None; owners.len()];
        let mut places = Vec::with_capacity(owners.len());
        for (at, owner) in owners.enumerate() {
            let row = rows.offsets[owner];
            let judged = until.is_none_or(|until| {
                until.gap(at) == Gap::None && row < rows.offsets[owner + 1] && rows.on[row as usize] <= until.int(at)
            });
            let there = row < rows.offsets[owner + 1] && judged;
            if !there {
                gaps[at] = Gap::Awaited;
            } else if field
                .is_some_and(|field| rows.fields[field].missing.as_ref().is_some_and(|missing| missing[row as usize]))
            {
                gaps[at] = Gap::Missing;
            }
            places.push(row as usize);
        }
        fn taken<T: Copy + Default>(values: &[T], places: &[usize], gaps: &[Gap]) -> Vec<T> {
            places
                .iter()
                .zip(gaps)
                .map(|(at, gap)| if *gap == Gap::None { values[*at] } else { T::default() })
                .collect()
        }
        let any = gaps.iter().any(|gap| *gap != Gap::None);
        let values = match field.map(|field| &rows.fields[field].values) {
            None => Values::Int(taken(&rows.on, &places, &gaps).into()),
            Some(Store::Decimal(values)) => Values::Decimal(taken(values, &places, &gaps).into()),
            Some(Store::Int(values)) => Values::Int(taken(values, &places, &gaps).into()),
            Some(Store::Bool(values)) => Values::Bool(taken(values, &places, &gaps).into()),
        };
        debug_assert!(matches!(
            (&values, shape),
            (Values::Decimal(_), Shape::Decimal) | (Values::Int(_), Shape::Int) | (Values::Bool(_), Shape::Bool)
        ));
        Column { values, gaps: any.then_some(gaps) }
    }

    fn period_part(&self, part: PeriodPart) -> Column<'d> {
        match (&self.period, part) {
            (current, PeriodPart::Number) => Column::decimals(vec![Decimal::from(current.number())], None),
            (Current::Dates(_, start, _), PeriodPart::Start) => (**start).clone(),
            (Current::Dates(_, _, end), PeriodPart::End) => (**end).clone(),
            (current, PeriodPart::Start) => Column::ints(vec![current.days(0).0.0], None),
            (current, PeriodPart::End) => Column::ints(vec![current.days(0).1.0], None),
        }
    }

    fn previous(&self, id: NodeId, shape: Shape) -> Column<'d> {
        let target = self.plan.earlier.iter().find(|(node, _)| *node == id).map(|(_, target)| *target);
        match self.earlier.iter().find(|(node, _)| Some(*node) == target) {
            Some((_, column)) => (**column).clone(),
            None => match shape {
                Shape::Decimal => Column::decimals(vec![Decimal::ZERO], Some(vec![Gap::Missing])),
                Shape::Int => Column::ints(vec![0], Some(vec![Gap::Missing])),
                Shape::Bool => Column::bools(vec![false], Some(vec![Gap::Missing])),
            },
        }
    }

    /// Repeats values of groups for their subjects, or of subjects for their facts.
    fn spread(&self, column: &Column<'d>, from: Level, to: Level) -> Column<'d> {
        if column.len() == 1 && (from != Level::Group || self.bound.groups.len() != 1) {
            return column.clone();
        }
        let places: Vec<u32> = match (from, to) {
            (Level::Group, _) => self.bound.group_of[self.subjects.clone()].to_vec(),
            (_, Level::Row(kind)) => {
                let RowRange { rows, owners } = self.rows(kind);
                let counts = owners.enumerate().map(|(at, owner)| (at, rows.offsets[owner + 1] - rows.offsets[owner]));
                counts.flat_map(|(at, count)| std::iter::repeat_n(at as u32, count as usize)).collect()
            }
            _ => return column.clone(),
        };
        let gaps = column.gaps.as_ref().map(|_| places.iter().map(|at| column.gap(*at as usize)).collect());
        match &column.values {
            Values::Decimal(_) => {
                Column::decimals(places.iter().map(|at| column.decimal(*at as usize)).collect::<Vec<_>>(), gaps)
            }
            Values::Int(_) => Column::ints(places.iter().map(|at| column.int(*at as usize)).collect::<Vec<_>>(), gaps),
            Values::Bool(_) => {
                Column::bools(places.iter().map(|at| column.bool(*at as usize)).collect::<Vec<_>>(), gaps)
            }
        }
    }

    fn gathered(&self, gathering: &Gathering, shape: Shape) -> Column<'d> {
        let value = gathering.value.map(|id| self.column(id));
        let filter = gathering.filter.map(|id| self.column(id));
        let extra: Vec<_> = gathering.extra.iter().map(|id| self.column(*id)).collect();
        let extra: Vec<&Column> = extra.iter().map(|column| &**column).collect();
        match gathering.over {
            Collection::Rows(kind) => {
                let until = gathering.until.map(|id| self.column(id));
                let arguments = Arguments {
                    value: value.as_deref(),
                    filter: filter.as_deref(),
                    extra: &extra,
                    until: until.as_deref(),
                };
                rows::gather(gathering.gather, shape, &self.rows(kind), arguments)
            }
            Collection::Groups => {
                let mut partial = Partial::new(gathering.gather);
                let members = Members {
                    value: value.as_deref(),
                    filter: filter.as_deref(),
                    event: event(gathering.gather, &extra),
                    arm: arm(gathering.gather, &extra),
                };
                (0..self.bound.groups.len()).for_each(|at| partial.add(members, at));
                if gathering.gather == Gather::Sorted {
                    return partial.sorted();
                }
                answers(&[partial], shape, &extra)
            }
            // Subjects are gathered over all chunks; see `run`.
            Collection::Subjects => Column::bools(vec![false], Some(vec![Gap::Failed])),
        }
    }

    /// Adds the chunk's subjects to partial results, one for each group or one for the contract.
    pub fn gather_subjects(&self, gathering: &Gathering, by_group: bool, partials: &mut [Partial]) {
        let value = gathering.value.map(|id| self.column(id));
        let filter = gathering.filter.map(|id| self.column(id));
        let extra: Vec<_> = gathering.extra.iter().map(|id| self.column(*id)).collect();
        let extra: Vec<&Column> = extra.iter().map(|column| &**column).collect();
        let members = Members {
            value: value.as_deref(),
            filter: filter.as_deref(),
            event: event(gathering.gather, &extra),
            arm: arm(gathering.gather, &extra),
        };
        for (at, subject) in self.subjects.clone().enumerate() {
            let group = if by_group { self.bound.group_of[subject] as usize } else { 0 };
            partials[group].add(members, at);
        }
    }
}

/// The event of a survival curve stands first among its further arguments.
fn event<'e, 'd>(gather: Gather, extra: &[&'e Column<'d>]) -> Option<&'e Column<'d>> {
    use Gather::{LogRank, LogRankP, MedianSurvival, Survival, SurvivalLower, SurvivalUpper};
    let timed = matches!(gather, Survival | SurvivalLower | SurvivalUpper | MedianSurvival | LogRank | LogRankP);
    extra.first().copied().filter(|_| timed)
}

/// The arm stands second where arms are compared.
fn arm<'e, 'd>(gather: Gather, extra: &[&'e Column<'d>]) -> Option<&'e Column<'d>> {
    extra.get(1).copied().filter(|_| matches!(gather, Gather::LogRank | Gather::LogRankP))
}

fn stored<'d>(column: &'d Stored, range: Range<usize>) -> Column<'d> {
    let gaps = column
        .missing
        .as_ref()
        .map(|missing| missing[range.clone()].iter().map(|m| if *m { Gap::Missing } else { Gap::None }).collect());
    match &column.values {
        Store::Decimal(values) => Column::decimals(&values[range], gaps),
        Store::Int(values) => Column::ints(&values[range], gaps),
        Store::Bool(values) => Column::bools(&values[range], gaps),
    }
}
