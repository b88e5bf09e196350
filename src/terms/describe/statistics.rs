//! Formulas in words: statistical and actuarial functions, ranks, running sums.

use super::{formula::WHOLE, speaker::Speaker};
use crate::terms::{
    check::{
        statistics::{SIGNATURES, Signature},
        typed::{Form, Statistic, Typed},
    },
    scalar::Scalar,
};

impl Speaker<'_> {
    /// A function of the table of statistics: its name, then its values with their names.
    pub(super) fn statistic(&self, statistic: Statistic, parts: &[Typed]) -> String {
        let Some(signature) = SIGNATURES.iter().find(|signature| signature.statistic == statistic) else {
            return String::new();
        };
        let (english, chinese) = name(statistic);
        let values = parts.len() - signature.options.len();
        let mut words: Vec<String> =
            parts[..values].iter().enumerate().map(|(at, part)| self.named_value(signature, at, part)).collect();
        words.extend(parts[values..].iter().zip(signature.options).map(|(part, option)| self.option(option, part)));
        self.say(|| format!("the {english} of ({})", words.join("; ")), || format!("{chinese}（{}）", words.join("；")))
    }

    fn named_value(&self, signature: &Signature, at: usize, part: &Typed) -> String {
        let (word, _) = &signature.values[at % signature.values.len()];
        let value = self.part(part, WHOLE);
        self.say(|| format!("{}: {value}", word.replace('_', " ")), || format!("{}：{value}", chinese_of(word)))
    }

    /// An option stands in the tree as a number: a level, a least number, or the place of its word.
    fn option(&self, (option, words): &(&str, &[&str]), part: &Typed) -> String {
        let place = match &part.form {
            Form::Constant(Scalar::Number(place)) => usize::try_from(*place).ok(),
            _ => None,
        };
        let value =
            place.and_then(|place| words.get(place)).map_or_else(|| self.value(part), |word| (*word).to_owned());
        self.say(|| format!("{}: {value}", option.replace('_', " ")), || format!("{}：{value}", chinese_of(option)))
    }

    /// The place of a member among all.
    pub(super) fn rank(&self, own: &Typed, all: &Typed, largest_first: bool) -> String {
        let value = self.part(own, WHOLE);
        let filter = match &all.form {
            Form::Aggregate(aggregate) => aggregate.filter.as_ref().map(|filter| self.condition(filter)),
            _ => None,
        };
        let which = filter
            .map_or_else(String::new, |filter| self.say(|| format!(" where {filter}"), || format!("（限 {filter}）")));
        let (english, chinese) =
            if largest_first { ("the largest first", "由大到小") } else { ("the smallest first", "由小到大") };
        self.say(
            || format!("the rank of {value} among all{which}, {english}"),
            || format!("{value} 在全体{which}中{chinese}的名次"),
        )
    }

    /// The sum or number of facts so far.
    pub(super) fn running(&self, value: Option<&Typed>, key: Option<&Typed>, kind: usize) -> String {
        let fact = self.fact(kind);
        let of_key = key.map(|key| self.value(key));
        let by = of_key
            .map_or_else(String::new, |key| self.say(|| format!(" with the same {key}"), || format!("（同一 {key}）")));
        match value.map(|value| self.part(value, WHOLE)) {
            Some(value) => self.say(
                || format!("the sum of {value} over this {fact} and those before it{by}"),
                || format!("截至该次 {fact}{by} 的 {value} 累计"),
            ),
            None => self.say(
                || format!("the number of this {fact}{by}, counted from the first"),
                || format!("该次 {fact}{by} 的序次"),
            ),
        }
    }
}

/// The names of the functions in the words of the field.
const fn name(statistic: Statistic) -> (&'static str, &'static str) {
    match statistic {
        Statistic::IncidenceRate => ("incidence rate", "发生率"),
        Statistic::IncidenceRateLower => ("lower confidence limit of the incidence rate", "发生率置信下限"),
        Statistic::IncidenceRateUpper => ("upper confidence limit of the incidence rate", "发生率置信上限"),
        Statistic::RateRatio => ("incidence rate ratio", "发生率比"),
        Statistic::RateRatioLower => ("lower confidence limit of the incidence rate ratio", "发生率比置信下限"),
        Statistic::RateRatioUpper => ("upper confidence limit of the incidence rate ratio", "发生率比置信上限"),
        Statistic::ProportionLower => ("lower confidence limit of the proportion", "比例置信下限"),
        Statistic::ProportionUpper => ("upper confidence limit of the proportion", "比例置信上限"),
        Statistic::RiskRatio => ("risk ratio", "相对危险度"),
        Statistic::RiskRatioLower => ("lower confidence limit of the risk ratio", "相对危险度置信下限"),
        Statistic::RiskRatioUpper => ("upper confidence limit of the risk ratio", "相对危险度置信上限"),
        Statistic::RiskDifference => ("risk difference", "率差"),
        Statistic::RiskDifferenceLower => ("lower confidence limit of the risk difference", "率差置信下限"),
        Statistic::RiskDifferenceUpper => ("upper confidence limit of the risk difference", "率差置信上限"),
        Statistic::Effectiveness => ("effectiveness (1 less the ratio)", "保护效果"),
        Statistic::EffectivenessLower => ("lower confidence limit of the effectiveness", "保护效果置信下限"),
        Statistic::EffectivenessUpper => ("upper confidence limit of the effectiveness", "保护效果置信上限"),
        Statistic::WeightedScore => {
            ("weighted score, weights of missing scores shared out", "加权得分（缺失项权重由其余项分摊）")
        }
        Statistic::Annuity => ("annuity factor, paid in arrears", "期末年金现值系数"),
        Statistic::AnnuityDue => ("annuity factor, paid in advance", "期初年金现值系数"),
        Statistic::LevelPayment => ("level payment", "等额还款额"),
        Statistic::YearFraction => ("years between two days", "两日之间的年数"),
        Statistic::Interest => ("simple interest", "单利利息"),
        Statistic::Layer => ("part of the loss in the layer", "超赔层赔款"),
        Statistic::Power => ("power", "乘方"),
    }
}

/// Names of values and options.
fn chinese_of(word: &str) -> &str {
    match word {
        "events" => "事件数",
        "person_time" => "人时",
        "people" => "人数",
        "comparator_events" => "对照组事件数",
        "comparator_person_time" => "对照组人时",
        "comparator_people" => "对照组人数",
        "score" => "得分",
        "weight" => "权重",
        "rate" => "利率",
        "periods" => "期数",
        "principal" => "本金",
        "from" => "起始日",
        "to" => "截止日",
        "loss" => "损失",
        "retention" => "起赔点",
        "limit" => "赔付限额",
        "base" => "底数",
        "exponent" => "指数",
        "confidence" => "置信水平",
        "method" => "方法",
        "against" => "分母",
        "day_count" => "计息天数规则",
        "least" => "最少项数",
        other => other,
    }
}
