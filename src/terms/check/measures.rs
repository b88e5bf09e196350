//! The order of measures: each after those it uses; cycles are findings.

use super::super::{
    document::Document,
    finding::Findings,
    formula::{Expr, ExprKind},
};

/// Visits every part of a formula, the formula itself first.
pub fn walk<'e>(expr: &'e Expr, visit: &mut impl FnMut(&'e Expr)) {
    visit(expr);
    match &expr.kind {
        ExprKind::Number(_)
        | ExprKind::Percent(_)
        | ExprKind::Money(..)
        | ExprKind::Date(_)
        | ExprKind::Duration(..)
        | ExprKind::Text(_)
        | ExprKind::Truth(_)
        | ExprKind::Path(_) => {}
        ExprKind::List(items) => items.iter().for_each(|item| walk(item, visit)),
        ExprKind::Call { arguments, filter, named, .. } => {
            arguments.iter().for_each(|argument| walk(argument, visit));
            filter.iter().for_each(|filter| walk(filter, visit));
            named.iter().for_each(|(_, argument)| walk(argument, visit));
        }
        ExprKind::Negative(a) | ExprKind::Not(a) | ExprKind::InPeriod(a) | ExprKind::Is(a, _) => walk(a, visit),
        ExprKind::Binary(_, a, b) | ExprKind::In(a, b) | ExprKind::StartsWith(a, b) => {
            walk(a, visit);
            walk(b, visit);
        }
        ExprKind::Between(a, b, c) | ExprKind::If(a, b, c) => {
            walk(a, visit);
            walk(b, visit);
            walk(c, visit);
        }
    }
}

/// The measures that a formula uses within the same period; `previous(x)` looks back and is not among them.
fn uses(document: &Document, expr: &Expr) -> Vec<usize> {
    let mut found = Vec::new();
    let mut looked_back = Vec::new();
    walk(expr, &mut |part| match &part.kind {
        ExprKind::Call { name, arguments, .. } if name.text == "previous" => {
            looked_back.extend(arguments.iter().map(|argument| argument.span));
        }
        ExprKind::Path(path) if !looked_back.contains(&part.span) => {
            let name = match &path[..] {
                [head, member] if head.text == "subjects" || head.text == "groups" => member,
                [only] => only,
                _ => return,
            };
            found.extend(document.measures.iter().position(|measure| measure.name.text == name.text));
        }
        _ => {}
    });
    found
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

/// Orders the measures; those on a cycle are left out, with a finding.
pub fn order(document: &Document, findings: &mut Findings) -> Vec<usize> {
    let edges: Vec<Vec<usize>> = document.measures.iter().map(|measure| uses(document, &measure.formula)).collect();
    let mut states = vec![State::New; edges.len()];
    let mut order = Vec::new();
    for start in 0..edges.len() {
        let mut stack = vec![(start, 0)];
        if states[start] != State::New {
            continue;
        }
        states[start] = State::Open;
        while let Some((index, next)) = stack.last_mut() {
            let Some(used) = edges[*index].get(*next).copied() else {
                states[*index] = State::Done;
                order.push(*index);
                stack.pop();
                continue;
            };
            *next += 1;
            match states[used] {
                State::New => {
                    states[used] = State::Open;
                    stack.push((used, 0));
                }
                State::Open => note_cycle(document, &stack, used, findings),
                State::Done => {}
            }
        }
    }
    order
}

fn note_cycle(document: &Document, stack: &[(usize, usize)], closing: usize, findings: &mut Findings) {
    let start = stack.iter().position(|(index, _)| *index == closing).unwrap_or(0);
    let names: Vec<&str> =
        stack[start..].iter().map(|(index, _)| document.measures[*index].name.text.as_str()).collect();
    let measure = &document.measures[closing];
    findings
        .error(
            "cycle",
            measure.name.span,
            format!("`{}` is defined by itself: {} → {}", measure.name.text, names.join(" → "), names[0]),
        )
        .help("a value of an earlier period is `previous(…)`; otherwise one of these must be given another way");
}
