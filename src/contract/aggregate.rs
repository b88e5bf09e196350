//! Figures about patients that tell nothing of any few of them: counts over fixed cells, in releases that can be held against
//! each other.
//!
//! A release counts subjects by the document's group and by `arm`, and how many of them have a fact of each kind. Each number
//! that is given, what is left of a cell without it, and the difference of the same cells between any two releases is 0 or at
//! least [`LEAST`]. Cells that are too small are put together; figures that cannot be given are left out.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::reported::Reported;
use crate::{
    terms::document::{Document, FieldType},
    values::SubjectRef,
};

/// The smallest number of people that is told: the least cell of the cell size suppression policy of CMS, by which no value
/// from 1 to 10 is displayed, nor can be derived from what is.
pub const LEAST: u64 = 11;

/// The values of the fields by which subjects are told apart.
pub type Stratum = Vec<String>;

/// What is counted, exactly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exact {
    /// Subjects of each stratum.
    pub subjects: BTreeMap<Stratum, u64>,
    /// By kind of fact, subjects of each stratum that have one.
    pub having: BTreeMap<String, BTreeMap<Stratum, u64>>,
}

/// A part of the subjects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// Its stratum; none for all those that have no cell of their own.
    pub stratum: Option<Stratum>,
    /// How many there are.
    pub subjects: u64,
    /// How many of them have a fact, by kind, where that may be told.
    pub having: BTreeMap<String, u64>,
}

/// What is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Cells that make up all subjects; none when nothing can be told.
    pub cells: Vec<Cell>,
    /// How many of all subjects have a fact, by kind, where that may be told.
    pub having: BTreeMap<String, u64>,
}

/// The fields by which subjects are told apart: the group, and `arm` where that is a closed list. No others, so that no two
/// ways of counting can be held against each other; for the same reason those of the first version count for good.
pub fn strata(document: &Document, group: Option<usize>) -> Vec<String> {
    let is_arm = |at: &usize| {
        let field = &document.fields[*at];
        field.name.text == "arm" && matches!(&field.is, FieldType::Text(list) if !list.is_empty())
    };
    let arm = (0..document.fields.len()).find(is_arm).filter(|arm| Some(*arm) != group);
    group.into_iter().chain(arm).map(|at| document.fields[at].name.text.clone()).collect()
}

/// Counts what was known at a position.
pub fn count(document: &Document, strata: &[String], reported: &Reported, seq: i64) -> Exact {
    let mut exact = Exact::default();
    let mut stratum_of: BTreeMap<SubjectRef, Stratum> = BTreeMap::new();
    for row in reported.subjects.iter().filter(|row| row.seq <= seq) {
        let value = |field: &String| row.content.fields.get(field).cloned().flatten().unwrap_or_default();
        let stratum: Stratum = strata.iter().map(value).collect();
        *exact.subjects.entry(stratum.clone()).or_default() += 1;
        stratum_of.insert(row.content.subject, stratum);
    }
    for kind in document.facts.iter().filter(|kind| !kind.of_contract) {
        exact.having.insert(kind.name.text.clone(), BTreeMap::new());
    }
    let mut counted: BTreeSet<(&str, SubjectRef)> = BTreeSet::new();
    for row in reported.facts_at(seq) {
        let Some((subject, stratum)) =
            row.content.subject.and_then(|subject| Some((subject, stratum_of.get(&subject)?)))
        else {
            continue;
        };
        if counted.insert((&row.content.kind, subject))
            && let Some(having) = exact.having.get_mut(&row.content.kind)
        {
            *having.entry(stratum.clone()).or_default() += 1;
        }
    }
    exact
}

/// What may be told of counts after what was told before; none when nothing may.
pub fn release(exact: &Exact, earlier: &[Release]) -> Option<Release> {
    let earlier: Vec<&Release> = earlier.iter().filter(|release| !release.cells.is_empty()).collect();
    let candidates = [own_cells(exact), BTreeSet::new()];
    let mut release = candidates.iter().map(|own| cells(exact, own)).find(|release| {
        let may = |count: u64| count == 0 || count >= LEAST;
        release.total() >= LEAST
            && release.cells.iter().all(|cell| may(cell.subjects))
            && earlier.iter().all(|before| release.is_apart(before, Of::Subjects))
    })?;
    for kind in exact.having.keys() {
        let parts = |with: u64, of: u64| [with, of - with].into_iter().all(|count| count == 0 || count >= LEAST);
        let apart = |release: &Release| {
            [Of::Having(kind), Of::Lacking(kind)]
                .into_iter()
                .all(|of| earlier.iter().all(|before| release.is_apart(before, of)))
        };
        if !parts(release.having[kind], release.total()) {
            release.hide(kind, true);
        } else if !(release.cells.iter().all(|cell| parts(cell.having[kind], cell.subjects)) && apart(&release)) {
            release.hide(kind, false);
            if !apart(&release) {
                release.hide(kind, true);
            }
        }
    }
    Some(release)
}

/// The strata that are large enough to have a cell of their own, and whose others together are.
fn own_cells(exact: &Exact) -> BTreeSet<Stratum> {
    let mut by_size: Vec<(u64, &Stratum)> = exact.subjects.iter().map(|(stratum, count)| (*count, stratum)).collect();
    by_size.sort();
    let (mut pooled, mut pool) = (0, 0);
    for (count, _) in &by_size {
        if *count >= LEAST && (pool == 0 || pool >= LEAST) {
            break;
        }
        (pooled, pool) = (pooled + 1, pool + count);
    }
    by_size[pooled..].iter().map(|(_, stratum)| (*stratum).clone()).collect()
}

/// The counts over cells for some strata and one for all others.
fn cells(exact: &Exact, own: &BTreeSet<Stratum>) -> Release {
    let sum = |counts: &BTreeMap<Stratum, u64>, of: &dyn Fn(&Stratum) -> bool| -> u64 {
        counts.iter().filter(|(stratum, _)| of(stratum)).map(|(_, count)| count).sum()
    };
    let cell = |name: Option<&Stratum>, of: &dyn Fn(&Stratum) -> bool| Cell {
        stratum: name.cloned(),
        subjects: sum(&exact.subjects, of),
        having: exact.having.iter().map(|(kind, counts)| (kind.clone(), sum(counts, of))).collect(),
    };
    let mut cells: Vec<Cell> = own.iter().map(|name| cell(Some(name), &|stratum| stratum == name)).collect();
    cells.extend(Some(cell(None, &|stratum| !own.contains(stratum))).filter(|others| others.subjects > 0));
    let having = exact.having.iter().map(|(kind, counts)| (kind.clone(), sum(counts, &|_| true))).collect();
    Release { cells, having }
}

/// A column of a release.
#[derive(Clone, Copy)]
enum Of<'k> {
    Subjects,
    Having(&'k str),
    Lacking(&'k str),
}

impl Release {
    fn total(&self) -> u64 {
        self.cells.iter().map(|cell| cell.subjects).sum()
    }

    /// Leaves a kind out, of cells or altogether.
    fn hide(&mut self, kind: &str, altogether: bool) {
        for cell in &mut self.cells {
            cell.having.remove(kind);
        }
        if altogether {
            self.having.remove(kind);
        }
    }

    fn own(&self) -> BTreeSet<&Stratum> {
        self.cells.iter().filter_map(|cell| cell.stratum.as_ref()).collect()
    }

    fn has_others(&self) -> bool {
        self.cells.iter().any(|cell| cell.stratum.is_none())
    }

    /// A number over all subjects; none when it is not told.
    fn overall(&self, of: Of) -> Option<u64> {
        match of {
            Of::Subjects => Some(self.total()),
            Of::Having(kind) => self.having.get(kind).copied(),
            Of::Lacking(kind) => self.having.get(kind).map(|with| self.total() - with),
        }
    }

    /// A number of one stratum, 0 when it has no subjects; none when it is not told by cells.
    fn of(&self, stratum: &Stratum, of: Of) -> Option<u64> {
        let Some(cell) = self.cells.iter().find(|cell| cell.stratum.as_ref() == Some(stratum)) else {
            let by_cells = |kind: &str| self.cells.iter().all(|cell| cell.having.contains_key(kind));
            return match of {
                Of::Subjects => Some(0),
                Of::Having(kind) | Of::Lacking(kind) => by_cells(kind).then_some(0),
            };
        };
        match of {
            Of::Subjects => Some(cell.subjects),
            Of::Having(kind) => cell.having.get(kind).copied(),
            Of::Lacking(kind) => cell.having.get(kind).map(|with| cell.subjects - with),
        }
    }

    /// Whether every cell that follows from both releases differs by 0 or by enough.
    fn is_apart(&self, before: &Self, of: Of) -> bool {
        let apart = |now: u64, then: u64| now == then || now.abs_diff(then) >= LEAST;
        let (Some(now), Some(then)) = (self.overall(of), before.overall(of)) else { return true };
        if !apart(now, then) {
            return false;
        }
        let Some(common) = self.common(before) else { return false };
        let mut rest = (now, then);
        for stratum in common {
            let (Some(now), Some(then)) = (self.of(stratum, of), before.of(stratum, of)) else {
                // One of the two tells all subjects together only.
                return true;
            };
            if !apart(now, then) {
                return false;
            }
            rest = (rest.0 - now, rest.1 - then);
        }
        apart(rest.0, rest.1)
    }

    /// The strata that both releases tell alone, when the cells of one are made up of cells of the other; none when they cut
    /// across each other, so that parts of cells would follow.
    fn common<'r>(&'r self, other: &'r Self) -> Option<BTreeSet<&'r Stratum>> {
        let (mine, others) = (self.own(), other.own());
        match (self.has_others(), other.has_others()) {
            // Who stands nowhere is not there.
            (false, false) => Some(mine.union(&others).copied().collect()),
            (false, true) => Some(others),
            (true, false) => Some(mine),
            (true, true) if mine.is_subset(&others) => Some(mine),
            (true, true) if others.is_subset(&mine) => Some(others),
            (true, true) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn exact(strata: &[(&str, u64, u64)]) -> Exact {
        let mut exact = Exact::default();
        let having = exact.having.entry("relapse".into()).or_default();
        for (name, subjects, relapsed) in strata {
            exact.subjects.insert(vec![(*name).into()], *subjects);
            having.insert(vec![(*name).into()], *relapsed);
        }
        exact
    }

    /// Cells as name, subjects and those with a relapse.
    fn told(release: &Option<Release>) -> Vec<(String, u64, Option<u64>)> {
        let cells = release.iter().flat_map(|release| &release.cells);
        cells
            .map(|cell| {
                let name = cell.stratum.as_ref().map_or("others".into(), |stratum| stratum.join("/"));
                (name, cell.subjects, cell.having.get("relapse").copied())
            })
            .collect()
    }

    #[test]
    fn small_cells_are_put_together_with_the_next_one() {
        // Ten of c could be had as 71 - 20 - 41; with a they are 30.
        let found = release(&exact(&[("a", 20, 12), ("b", 41, 11), ("c", 10, 1)]), &[]);
        // 12 + 1 of 30 have relapsed, 17 have not; 11 of 41 and 30.
        assert_eq!(told(&found), [("b".into(), 41, Some(11)), ("others".into(), 30, Some(13))]);
        assert_eq!(found.unwrap().having["relapse"], 24);
    }

    #[test]
    fn what_is_left_of_a_cell_counts_too() {
        // Of 20 in a, 12 have relapsed and 8 have not: only the sum is told, 24 of 60, since 36 are left.
        let found = release(&exact(&[("a", 20, 12), ("b", 40, 12)]), &[]);
        assert_eq!(told(&found), [("a".into(), 20, None), ("b".into(), 40, None)]);
        assert_eq!(found.unwrap().having["relapse"], 24);
        // Of 30 all but 5 have relapsed: not even that.
        let found = release(&exact(&[("a", 30, 25)]), &[]).unwrap();
        assert!(found.having.is_empty() && found.cells[0].having.is_empty());
        // All or nobody is told: the least cell is about 1 to 10.
        let found = release(&exact(&[("a", 30, 30), ("b", 11, 0)]), &[]);
        assert_eq!(told(&found), [("a".into(), 30, Some(30)), ("b".into(), 11, Some(0))]);
        assert_eq!(release(&exact(&[("a", 10, 3)]), &[]), None);
        assert_eq!(release(&Exact::default(), &[]), None);
    }

    #[test]
    fn releases_differ_by_nobody_or_by_enough() {
        let first = release(&exact(&[("a", 30, 15), ("b", 40, 20)]), &[]).unwrap();
        let next = |strata: &[(&str, u64, u64)]| release(&exact(strata), std::slice::from_ref(&first));
        // One more patient in a: nothing new is told.
        assert_eq!(next(&[("a", 31, 15), ("b", 40, 20)]), None);
        // Five more in each: the sum grew by ten, which is too few; with six in b it is eleven, told as a sum.
        assert_eq!(next(&[("a", 35, 15), ("b", 45, 20)]), None);
        assert_eq!(told(&next(&[("a", 35, 15), ("b", 46, 20)])), [("others".into(), 81, Some(35))]);
        // Three relapses more are not told, eleven are; those without one must not be fewer by some either.
        assert_eq!(told(&next(&[("a", 30, 18), ("b", 40, 20)])), [("a".into(), 30, None), ("b".into(), 40, None)]);
        let more = next(&[("a", 52, 26), ("b", 40, 20)]);
        assert_eq!(told(&more), [("a".into(), 52, Some(26)), ("b".into(), 40, Some(20))]);
    }

    #[test]
    fn all_together_differ_by_enough_too() {
        // c grew by 25, the others shrank by 35: of all there are ten fewer.
        let before = release(&exact(&[("a", 11, 0), ("b", 37, 0), ("c", 13, 0)]), &[]).unwrap();
        assert_eq!(before.cells.len(), 3);
        assert_eq!(release(&exact(&[("a", 1, 0), ("b", 12, 0), ("c", 38, 0)]), &[before]), None);
    }

    #[test]
    fn cells_do_not_cut_across_those_told_before() {
        // With others {b, c} first and {a, c} then, unchanged counts would tell c alone as 70 - 30 - 30.
        let first = cells(&exact(&[("a", 30, 0), ("b", 30, 0), ("c", 10, 0)]), &[vec!["a".into()]].into());
        let second = cells(&exact(&[("a", 30, 0), ("b", 30, 0), ("c", 10, 0)]), &[vec!["b".into()]].into());
        assert!(!second.is_apart(&first, Of::Subjects));
        let all = cells(&exact(&[("a", 30, 0), ("b", 30, 0), ("c", 10, 0)]), &BTreeSet::new());
        assert!(all.is_apart(&first, Of::Subjects) && all.is_apart(&second, Of::Subjects));
    }

    proptest! {
        /// Whatever happens month by month: numbers, what they leave, and differences are 0 or large enough.
        #[test]
        fn nothing_small_follows_from_releases(
            months in prop::collection::vec(prop::collection::vec((0..40_u64, 0..100_u64), 3), 1..8),
        ) {
            let mut told: Vec<Release> = Vec::new();
            for month in months {
                let names = ["a", "b", "c"];
                let strata: Vec<_> = names.into_iter().zip(&month).map(|(name, (n, share))| (name, *n, n * share / 100)).collect();
                let counts = exact(&strata.into_iter().filter(|(_, n, _)| *n > 0).collect::<Vec<_>>());
                let Some(release) = release(&counts, &told) else { continue };
                let fits = |count: u64| count == 0 || count >= LEAST;
                for cell in &release.cells {
                    prop_assert!(fits(cell.subjects));
                    for with in cell.having.values() {
                        prop_assert!(fits(*with) && fits(cell.subjects - with));
                    }
                }
                for before in &told {
                    let all = |r: &Release| (r.total(), r.having.get("relapse").copied());
                    let ((now, with), (then, had)) = (all(&release), all(before));
                    prop_assert!(fits(now.abs_diff(then)));
                    if let (Some(with), Some(had)) = (with, had) {
                        prop_assert!(fits(with.abs_diff(had)) && fits((now - with).abs_diff(then - had)));
                    }
                    for cell in release.cells.iter().filter(|cell| cell.stratum.is_some()) {
                        if let Some(old) = before.cells.iter().find(|old| old.stratum == cell.stratum) {
                            prop_assert!(fits(cell.subjects.abs_diff(old.subjects)));
                        }
                    }
                }
                told.push(release);
            }
        }
    }
}
