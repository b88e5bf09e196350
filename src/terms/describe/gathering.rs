//! Formulas in words: functions over facts, subjects and groups.

use super::{formula::WHOLE, speaker::Speaker};
use crate::terms::check::{
    typed::{Aggregate, Collection, Form, Gather, Typed},
    types::Level,
};

impl Speaker<'_> {
    /// A function over a collection in words.
    pub fn gathered(&self, aggregate: &Aggregate, level: Level) -> String {
        match aggregate.over {
            Collection::Rows(kind) => self.over_facts(aggregate, &self.fact(kind)),
            Collection::Subjects => {
                let noun = self.subject();
                if level == Level::Group {
                    let many = self.say(|| format!("{} of the group", noun.many), || format!("本组 {}", noun.many));
                    let number =
                        self.say(|| format!("{} of the group", noun.number), || format!("本组 {}", noun.number));
                    return self.over_members(aggregate, &many, &number);
                }
                self.over_members(aggregate, &noun.many, &noun.number)
            }
            Collection::Groups => {
                let group = self.group_name();
                let many = self.say(|| format!("groups by {group}"), || format!("{group} 组"));
                let number = self.say(|| format!("number of groups by {group}"), || format!("{group} 组数"));
                self.over_members(aggregate, &many, &number)
            }
        }
    }

    /// That no fact of a kind is there.
    pub fn nothing_reported(&self, aggregate: &Aggregate) -> String {
        let Collection::Rows(kind) = aggregate.over else {
            return self.say(|| "there is none".into(), || "不存在".into());
        };
        let (fact, which) = (self.fact(kind), self.which(aggregate.filter.as_ref()));
        self.say(|| format!("no {fact} is reported{which}"), || format!("未报告 {fact}{which}"))
    }

    /// ` where …`, （限 …）; empty without a condition.
    fn which(&self, filter: Option<&Typed>) -> String {
        filter.map_or_else(String::new, |filter| {
            let filter = self.condition(filter);
            self.say(|| format!(" where {filter}"), || format!("（限 {filter}）"))
        })
    }

    fn over_facts(&self, aggregate: &Aggregate, fact: &str) -> String {
        let which = self.which(aggregate.filter.as_ref());
        let extra = |at: usize| aggregate.extra.get(at).map(|typed| self.value(typed)).unwrap_or_default();
        let day = matches!(aggregate.value.as_ref().map(|value| &value.form), Some(Form::RowOn(_)));
        let value = match &aggregate.value {
            Some(_) if day => self.pick("the day", "日期").to_owned(),
            Some(value) => self.part(value, WHOLE),
            None => String::new(),
        };
        match aggregate.gather {
            Gather::Count => {
                self.say(|| format!("the number of {fact} reports{which}"), || format!("{fact} 次数{which}"))
            }
            Gather::Exists => self.say(|| format!("{fact} is reported{which}"), || format!("已报告 {fact}{which}")),
            Gather::First => {
                self.say(|| format!("{value} of the first {fact}{which}"), || format!("首次 {fact} 的 {value}{which}"))
            }
            Gather::Last => {
                self.say(|| format!("{value} of the last {fact}{which}"), || format!("末次 {fact} 的 {value}{which}"))
            }
            Gather::Nearest => self.say(
                || format!("{value} of the {fact} nearest to {} (at most {} away){which}", extra(0), extra(1)),
                || format!("距 {} 最近（相差不超过 {}）的 {fact} 的 {value}{which}", extra(0), extra(1)),
            ),
            Gather::DaysCovered => self.say(
                || {
                    format!(
                        "the share of days from {} to {} covered by {value} of all {fact} reports{which}",
                        extra(0),
                        extra(1)
                    )
                },
                || format!("自 {} 至 {} 按各次 {fact} 的 {value} 计算的用药天数覆盖率{which}", extra(0), extra(1)),
            ),
            Gather::Share => {
                self.say(|| format!("the share of {fact} reports{which}"), || format!("{fact} 占比{which}"))
            }
            gather => {
                let (english, chinese) = total(gather);
                let more = if gather == Gather::Percentile { self.spaced(&extra(0)) } else { String::new() };
                self.say(
                    || format!("the {english}{more} of {value} over all {fact} reports{which}"),
                    || format!("各次 {fact} 的 {value} {chinese}{more}{which}"),
                )
            }
        }
    }

    fn over_members(&self, aggregate: &Aggregate, many: &str, number: &str) -> String {
        let which = self.which(aggregate.filter.as_ref());
        let value = aggregate.value.as_ref().map(|value| self.part(value, WHOLE)).unwrap_or_default();
        match aggregate.gather {
            Gather::Count => self.say(|| format!("the {number}{which}"), || format!("{number}{which}")),
            Gather::Exists => self.say(|| format!("there are {many}{which}"), || format!("存在 {many}{which}")),
            Gather::Share => {
                let filter = aggregate.filter.as_ref().map(|filter| self.condition(filter)).unwrap_or_default();
                self.say(
                    || format!("the share of {many} for whom {filter}"),
                    || format!("符合“{filter}”的 {many} 占比"),
                )
            }
            Gather::Survival | Gather::SurvivalLower | Gather::SurvivalUpper | Gather::MedianSurvival => {
                self.survival(aggregate, many, &value, &which)
            }
            Gather::LogRank | Gather::LogRankP => {
                let words = |at: usize| aggregate.extra.get(at).map(|typed| self.value(typed)).unwrap_or_default();
                let event = aggregate.extra.first().map(|event| self.condition(event)).unwrap_or_default();
                let p = aggregate.gather == Gather::LogRankP;
                let (english, chinese) =
                    if p { ("two-sided p-value", "双侧 P 值") } else { ("chi-square", "卡方值") };
                self.say(
                    || format!("the {english} of the log-rank test between {} of all {many}{which}, followed for {value}, with the event: {event}", words(1)),
                    || format!("全部 {many}{which} 按 {} 分组的对数秩检验{chinese}（随访时长：{value}；事件：{event}）", words(1)),
                )
            }
            gather => {
                let (english, chinese) = total(gather);
                let percent = aggregate.extra.first().filter(|_| gather == Gather::Percentile);
                let more = percent.map_or_else(String::new, |typed| self.spaced(&self.value(typed)));
                self.say(
                    || format!("the {english}{more} of {value} over all {many}{which}"),
                    || format!("全部 {many} 的 {value} {chinese}{more}{which}"),
                )
            }
        }
    }

    fn spaced(&self, inner: &str) -> String {
        format!("{}{}", self.pick(" ", ""), self.writing.bracketed(inner))
    }

    /// Arguments of survival stand in the order event, time, confidence level, method.
    fn survival(&self, aggregate: &Aggregate, many: &str, value: &str, which: &str) -> String {
        let event = aggregate.extra.first().map(|event| self.condition(event)).unwrap_or_default();
        let time = aggregate.extra.get(1).map(|time| self.value(time)).unwrap_or_default();
        let confidence = aggregate.extra.get(2).map(|level| self.confidence(level)).unwrap_or_default();
        let method = aggregate.extra.get(3).map(|method| self.method(method)).unwrap_or_default();
        let (english, chinese) = match aggregate.gather {
            Gather::Survival => {
                (format!("Kaplan–Meier survival at {time}"), format!("{time} 时的 Kaplan–Meier 生存率"))
            }
            Gather::SurvivalLower => (
                format!("lower {confidence} confidence limit ({method}) of Kaplan–Meier survival at {time}"),
                format!("{time} 时 Kaplan–Meier 生存率的 {confidence} 置信下限（{method}）"),
            ),
            Gather::SurvivalUpper => (
                format!("upper {confidence} confidence limit ({method}) of Kaplan–Meier survival at {time}"),
                format!("{time} 时 Kaplan–Meier 生存率的 {confidence} 置信上限（{method}）"),
            ),
            _ => ("median survival time (Kaplan–Meier)".into(), "中位生存时间（Kaplan–Meier 法）".into()),
        };
        self.say(
            || format!("the {english} of all {many}{which}, followed for {value}, with the event: {event}"),
            || format!("全部 {many}{which} {chinese}（随访时长：{value}；事件：{event}）"),
        )
    }

    fn confidence(&self, level: &Typed) -> String {
        match &level.form {
            Form::Constant(crate::terms::scalar::Scalar::Number(value)) => {
                let figure = value.checked_mul(rust_decimal::Decimal::ONE_HUNDRED).unwrap_or(*value);
                self.writing.percent(super::writing::trimmed(figure))
            }
            _ => self.value(level),
        }
    }

    /// A method stands in the tree as its place in the list of methods.
    fn method(&self, method: &Typed) -> &'static str {
        match &method.form {
            Form::Constant(crate::terms::scalar::Scalar::Number(place)) if place.is_zero() => "plain",
            Form::Constant(crate::terms::scalar::Scalar::Number(place)) if *place == rust_decimal::Decimal::ONE => {
                "log"
            }
            _ => "log-log",
        }
    }
}

const fn total(gather: Gather) -> (&'static str, &'static str) {
    match gather {
        Gather::Sum => ("total", "合计"),
        Gather::Mean => ("mean", "平均值"),
        Gather::Min => ("smallest", "最小值"),
        Gather::Max => ("greatest", "最大值"),
        Gather::Median => ("median", "中位数"),
        _ => ("percentile", "百分位数"),
    }
}
