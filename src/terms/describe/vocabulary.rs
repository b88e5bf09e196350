//! Words for sorts of parties and of enrolled units; other sorts are shown as the document writes them.

use super::language::Language;

/// A noun in the forms that sentences need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noun {
    /// One: patient, 患者.
    pub one: String,
    /// Many: patients, 患者.
    pub many: String,
    /// Each: each patient, 每名患者.
    pub each: String,
    /// How many: number of patients, 患者人数.
    pub number: String,
}

/// Sorts of enrolled units in Chinese: word, classifier, word for their number.
const UNITS: [(&str, &str, &str, &str); 17] = [
    ("patient", "患者", "名", "患者人数"),
    ("person", "参保人", "名", "人数"),
    ("member", "参保人", "名", "参保人数"),
    ("beneficiary", "受益人", "名", "受益人数"),
    ("child", "儿童", "名", "儿童人数"),
    ("episode", "诊疗病例", "个", "病例数"),
    ("case", "病例", "个", "病例数"),
    ("admission", "住院病例", "个", "住院例数"),
    ("treatment", "治疗例次", "个", "治疗例次数"),
    ("provider", "医疗机构", "家", "机构数"),
    ("hospital", "医院", "家", "医院数"),
    ("practice", "诊所", "家", "诊所数"),
    ("site", "中心", "个", "中心数"),
    ("village", "村", "个", "村数"),
    ("facility", "医疗机构", "家", "机构数"),
    ("device", "器械", "台", "器械台数"),
    ("subject", "受试者", "名", "受试者人数"),
];

/// The forms of a noun for one enrolled unit.
pub fn noun(is: &str, language: Language) -> Noun {
    if language == Language::English {
        let many = plural(is);
        return Noun { one: is.into(), each: format!("each {is}"), number: format!("number of {many}"), many };
    }
    let known = UNITS.iter().find(|(word, ..)| *word == is);
    let (_, word, classifier, number) = known.copied().unwrap_or((is, is, "个", ""));
    let number = if number.is_empty() { format!("{word} 数量") } else { number.into() };
    let gap = if known.is_none() { " " } else { "" };
    Noun { one: word.into(), many: word.into(), each: format!("每{classifier}{gap}{word}"), number }
}

fn plural(word: &str) -> String {
    match word {
        "person" => "people".into(),
        "child" => "children".into(),
        _ => match word.strip_suffix('y') {
            Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
            _ if word.ends_with(['s', 'x']) || word.ends_with("ch") => format!("{word}es"),
            _ => format!("{word}s"),
        },
    }
}

/// Sorts of parties in Chinese.
const PARTIES: [(&str, &str); 25] = [
    ("manufacturer", "生产企业"),
    ("maker", "生产企业"),
    ("insurer", "保险公司"),
    ("reinsurer", "再保险公司"),
    ("payer", "支付方"),
    ("provider", "医疗机构"),
    ("hospital", "医院"),
    ("clinic", "诊所"),
    ("physician", "医师"),
    ("pharmacy", "药店"),
    ("beneficiary", "受益人"),
    ("patient", "患者"),
    ("policyholder", "投保人"),
    ("employer", "用人单位"),
    ("government", "政府"),
    ("public payer", "医保经办机构"),
    ("health ministry", "卫生主管部门"),
    ("fund", "基金"),
    ("donor", "捐助方"),
    ("investor", "投资方"),
    ("outcome funder", "结果付费方"),
    ("service provider", "服务机构"),
    ("intermediary", "中介机构"),
    ("administrator", "第三方管理机构"),
    ("evaluator", "独立评估机构"),
];

/// The word for a sort of party.
pub fn party(is: &str, language: Language) -> &str {
    match language {
        Language::English => is,
        Language::Chinese => {
            let plain = is.replace(['-', '_'], " ");
            PARTIES.iter().find(|(word, _)| *word == plain).map_or(is, |(_, chinese)| chinese)
        }
    }
}

/// Labels of the taxonomy of models in Chinese.
const MODELS: [(&str, &str); 12] = [
    ("outcome-guarantee", "按疗效付费"),
    ("pay-for-performance", "按绩效付费"),
    ("bundled-payment", "打包付费"),
    ("shared-savings", "结余留用"),
    ("shared-risk", "风险共担"),
    ("risk-sharing", "风险共担"),
    ("capitation", "按人头付费"),
    ("drg", "按病组（DRG）付费"),
    ("price-volume", "量价协议"),
    ("annuity", "分期付款"),
    ("instalments", "分期付款"),
    ("reinsurance", "再保险"),
];

/// The word for a model.
pub fn model(label: &str, language: Language) -> &str {
    match language {
        Language::English => label,
        Language::Chinese => MODELS.iter().find(|(known, _)| *known == label).map_or(label, |(_, chinese)| chinese),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_have_their_forms() {
        for (is, many) in
            [("patient", "patients"), ("facility", "facilities"), ("person", "people"), ("practice", "practices")]
        {
            assert_eq!(noun(is, Language::English).many, many);
        }
        assert_eq!(noun("patient", Language::Chinese).each, "每名患者");
        assert_eq!(noun("wave", Language::Chinese).each, "每个 wave");
        assert_eq!(party("insurer", Language::Chinese), "保险公司");
        assert_eq!(party("wizard", Language::Chinese), "wizard");
    }
}
