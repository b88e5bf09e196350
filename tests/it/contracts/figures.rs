//! Published figures as a table: what is reported, and what a clause must then yield or a measure be.
//!
//! Here are payment rules (F, R); `deals` holds the deals on a drug or device (D) and figures of China.

mod deals;

pub use deals::DEALS;

/// A published figure: what is reported, and what a clause must then yield in all, or a measure be.
#[derive(Clone, Copy)]
pub struct Figure {
    /// The code of the case in the collection of published figures, and what is shown.
    pub case: &'static str,
    /// The folder of the contract.
    pub folder: &'static str,
    /// Parameters that are set, with their values.
    pub set: &'static [(&'static str, &'static str)],
    /// CSV with the day of enrolment and the fields of the subjects; a single one is called `x`.
    pub subject: &'static str,
    /// Kinds of facts, each with a CSV.
    pub facts: &'static [(&'static str, &'static str)],
    /// The day of the settlement.
    pub as_of: &'static str,
    /// Clause and published total in the contract's currency; "≈" before it when it was published rounded.
    pub yields: &'static [(&'static str, &'static str)],
    /// Measure and published value (of the contract or the first subject), compared after rounding to its decimals.
    pub measures: &'static [(&'static str, &'static str)],
}

impl Figure {
    /// A figure about nothing, for the parts that a row leaves out.
    pub const BLANK: Self =
        Self { case: "", folder: "", set: &[], subject: "", facts: &[], as_of: "", yields: &[], measures: &[] };
}

/// Rows of the result of an ACO.
macro_rules! aco {
    ($case:literal, $track:literal, $rate:literal, $row:literal, $facts:expr, $yields:expr) => {
        Figure {
            case: $case,
            folder: "mssp-2018",
            subject: concat!("subject,enrolled_on,track\nx,2018-01-01,", $track),
            facts: &[
                (
                    "results",
                    concat!(
                        "subject,on,assigned,benchmark,expenditure,quality,quality_met,stated_rate\nx,2019-07-01,",
                        $row,
                        ",yes,",
                        $rate
                    ),
                ),
                ("advance", concat!("subject,on,balance\n", $facts)),
            ],
            as_of: "2019-12-31",
            yields: $yields,
            ..Figure::BLANK
        }
    };
}

/// A column of the risk corridor: cost against a target of 10,000,000, to the issuer, to HHS.
macro_rules! corridor {
    ($cost:literal, $to_issuer:literal, $to_hhs:literal) => {
        Figure {
            case: concat!("R1 risk corridor, cost ", $cost),
            folder: "aca-risk-corridor",
            subject: "subject,enrolled_on,issuer_name\nx,2014-01-01,a",
            facts: &[("year", concat!("subject,on,target,cost\nx,2015-07-31,10000000,", $cost))],
            as_of: "2015-12-31",
            yields: &[("to_issuer", $to_issuer), ("to_hhs", $to_hhs)],
            ..Figure::BLANK
        }
    };
}

/// A unit of 2,000 used on 2022-07-01: year and day of the admission, net price, concession.
macro_rules! best_price {
    ($year:literal, $admitted_on:literal, $net:literal, $rebate:literal) => {
        Figure {
            case: concat!("F6 best price, admitted in year ", $year),
            folder: "multiple-best-price",
            subject: "subject,enrolled_on,units\nx,2022-07-01,1",
            facts: &[("admission", concat!("subject,on\nx,", $admitted_on))],
            as_of: "2025-12-31",
            yields: &[("rebate", $rebate)],
            measures: &[("net", $net)],
            ..Figure::BLANK
        }
    };
}

/// The minimum savings rate of an ACO on the one-sided track: assigned, rate.
macro_rules! savings_rate {
    ($assigned:literal, $rate:literal) => {
        Figure {
            case: concat!("F2 minimum savings rate of ", $assigned),
            folder: "mssp-2018",
            subject: "subject,enrolled_on,track\nx,2018-01-01,track_1",
            facts: &[(
                "results",
                concat!(
                    "subject,on,assigned,benchmark,expenditure,quality,quality_met\nx,2019-07-01,",
                    $assigned,
                    ",1000,1000,1,yes"
                ),
            )],
            as_of: "2019-12-31",
            measures: &[("msr", $rate)],
            ..Figure::BLANK
        }
    };
}

/// A hospital without a score of efficiency and with 100 in one domain alone: domain, scores, its weight, incentive.
macro_rules! domain {
    ($domain:literal, $scores:literal, $weight:literal, $incentive:literal) => {
        Figure {
            case: concat!("F8 efficiency missing, weight of ", $domain),
            folder: "vbp-domains",
            subject: "subject,enrolled_on,name\nx,2015-10-01,a",
            facts: &[(
                "scores",
                concat!("subject,on,process,experience,outcome,base_payments\nx,2016-10-31,", $scores, ",10000000"),
            )],
            as_of: "2016-12-31",
            yields: &[("incentive", $incentive)],
            measures: &[("total_score", $weight)],
            ..Figure::BLANK
        }
    };
}

/// Points of a practice: what is shown, parameters, points and size of the list, index, payment.
macro_rules! points {
    ($case:literal, $set:expr, $points:literal, $index:literal, $payment:literal) => {
        Figure {
            case: concat!("F9 ", $case),
            folder: "qof",
            set: $set,
            subject: "subject,enrolled_on,name\nx,2021-04-01,a",
            facts: &[("achievement", concat!("subject,on,points,list_size\nx,2022-03-31,", $points))],
            as_of: "2022-12-31",
            yields: &[("achievement_payment", $payment)],
            measures: &[("index", $index)],
        }
    };
}

/// 100 patients at 10,000 each: what is shown, subjects, failures, what is paid back.
macro_rules! scheme {
    ($case:literal, $subjects:literal, $failures:literal, $paid_back:literal) => {
        Figure {
            case: concat!("R10 ", $case),
            folder: "aifa",
            subject: include_str!(concat!("../../../contracts/aifa/", $subjects)),
            facts: &[
                ("purchase", include_str!("../../../contracts/aifa/purchase.csv")),
                ("failure", include_str!(concat!("../../../contracts/aifa/", $failures))),
            ],
            as_of: "2019-12-31",
            yields: &[("pay_back", $paid_back)],
            ..Figure::BLANK
        }
    };
}

/// A hip fracture: what is shown, the record of the case, base tariff and top-up.
macro_rules! hip {
    ($case:literal, $record:literal, $top_up:literal) => {
        Figure {
            case: concat!("R13 hip fracture, ", $case),
            folder: "best-practice-tariff",
            subject: "subject,enrolled_on,age\nx,2020-04-10,82",
            facts: &[
                ("discharge", "subject,on\nx,2020-04-30"),
                (
                    "audit",
                    concat!(
                        "subject,on,hours_to_surgery,joint_care,protocol,hours_to_geriatrician,rehabilitation_team,\
                         prevention_assessed\nx,2020-05-05,",
                        $record
                    ),
                ),
            ],
            as_of: "2020-12-31",
            yields: &[("base_tariff", "6000"), ("top_up_payment", $top_up)],
            ..Figure::BLANK
        }
    };
}

/// Each row: assigned, benchmark, expenditure, quality (sharing rate / most share, see the document).
pub const RULES: &[Figure] = &[
    aco!("F1 A1001", "track_1", "", "77372,1072551536,960028237,0.90843749", "", &[("shared_savings", "50087988")]),
    aco!("F1 A1002", "track_1", "", "9139,91914080,79742206,0.8503126", "", &[("shared_savings", "5071450")]),
    aco!(
        "F1 A1026, in the dead zone",
        "track_1",
        "",
        "56362,625808887,620860274,0.9034",
        "",
        &[("shared_savings", "0")]
    ),
    aco!("F1 A1409, cap", "track_1", "", "5451,121182225,83501144,0.9082", "", &[("shared_savings", "12118223")]),
    aco!("F1 A1161, loss not owed", "track_1", "", "42910,558505588,603632476,0.8786", "", &[("shared_losses", "0")]),
    aco!(
        "F1 A1033",
        "track_1_plus",
        "0",
        "127371,1497358051,1459862163,0.8530824",
        "",
        &[("shared_savings", "15673670")]
    ),
    aco!("F1 A1041", "track_3", "0.02", "16934,220610162,202723302,0.9212074", "", &[("shared_savings", "12110968")]),
    aco!(
        "F1 A2084, advance recouped",
        "track_1_plus",
        "0",
        "7291,103945581,102954601,0.741092",
        "x,2018-01-01,183990",
        &[("shared_savings", "359860"), ("recoupment", "183990")]
    ),
    savings_rate!("9139", "0.030860861"),
    savings_rate!("38660", "0.023133938"),
    savings_rate!("54981", "0.0210037"),
    savings_rate!("56362", "0.020727473"),
    savings_rate!("18719", "0.025512102"),
    savings_rate!("77372", "0.02"),
    Figure {
        case: "R9 liver transplant, alive after three years",
        folder: "zhejiang-transplant",
        subject: "subject,enrolled_on,age,tumour,well_differentiated\nx,2018-03-01,6,no,no",
        facts: &[
            ("discharge", "subject,on,eligible_cost\nx,2018-04-02,300000"),
            ("visit", "subject,on\nx,2019-03-01\nx,2021-03-01"),
        ],
        as_of: "2021-12-31",
        yields: &[("at_discharge", "147000"), ("one_year", "42000"), ("three_years", "21000")],
        ..Figure::BLANK
    },
    Figure {
        case: "R9 liver transplant, death in month 14",
        folder: "zhejiang-transplant",
        subject: "subject,enrolled_on,age,tumour,well_differentiated\nx,2018-03-01,6,no,no",
        facts: &[("discharge", "subject,on,eligible_cost\nx,2018-04-02,300000"), ("death", "subject,on\nx,2019-04-20")],
        as_of: "2021-12-31",
        yields: &[("at_discharge", "147000"), ("one_year", "42000"), ("three_years", "0")],
        ..Figure::BLANK
    },
    Figure {
        case: "F5 medical loss ratio, who paid 2,000 of 200,000",
        folder: "mlr-rebate",
        subject: "subject,enrolled_on,kind,premium\nx,2014-01-01,single,2000",
        facts: &[("report", MLR)],
        as_of: "2015-12-31",
        yields: &[("rebate", "92.50")],
        ..Figure::BLANK
    },
    Figure {
        case: "F5 medical loss ratio, all 200,000",
        folder: "mlr-rebate",
        subject: "subject,enrolled_on,kind,premium\nx,2014-01-01,group,200000",
        facts: &[("report", MLR)],
        as_of: "2015-12-31",
        yields: &[("rebate", "9250")],
        measures: &[("base", "185000"), ("rebate_rate", "0.05")],
        ..Figure::BLANK
    },
    corridor!("9000000", "0", "410000"),
    corridor!("9200000", "0", "250000"),
    corridor!("9500000", "0", "100000"),
    corridor!("9700000", "0", "0"),
    corridor!("10300000", "0", "0"),
    corridor!("10600000", "150000", "0"),
    corridor!("10800000", "250000", "0"),
    corridor!("11000000", "410000", "0"),
    Figure {
        case: "R1 risk corridor, 12.6 % of 410,000 could be collected",
        folder: "aca-risk-corridor",
        set: &[("funded", "12.6%")],
        subject: "subject,enrolled_on,issuer_name\nx,2014-01-01,a",
        facts: &[("year", "subject,on,target,cost\nx,2015-07-31,10000000,11000000")],
        as_of: "2015-12-31",
        yields: &[("to_issuer", "51660")],
        ..Figure::BLANK
    },
    scheme!("risk sharing, 30 of 100 fail", "subjects_risk_sharing.csv", "failure_30.csv", "150000"),
    scheme!("payment by results, 30 of 100 fail", "subjects_results.csv", "failure_30.csv", "300000"),
    scheme!("payment by results, 10 of the 30 undocumented", "subjects_results.csv", "failure_20.csv", "200000"),
    Figure {
        case: "R10 cost sharing, half of the first months whatever the outcome",
        folder: "aifa",
        subject: "subject,enrolled_on,scheme\nx,2019-01-07,cost_sharing",
        facts: &[("purchase", "subject,on,cost\nx,2019-01-07,4000")],
        as_of: "2019-12-31",
        yields: &[("pay_back", "2000")],
        ..Figure::BLANK
    },
    Figure {
        case: "R11 eight injections of the left eye at 601 to 608, seven of the right",
        folder: "ranibizumab-capping",
        subject: "subject,enrolled_on,treated_before\nx,2017-03-01,no",
        facts: &[("injection", INJECTIONS)],
        as_of: "2018-06-30",
        yields: &[("refund", "608")],
        ..Figure::BLANK
    },
    hip!("all criteria", "36,yes,yes,72,yes,yes", "1335"),
    hip!("late surgery", "37,yes,yes,72,yes,yes", "0"),
    hip!("no joint care", "36,no,yes,72,yes,yes", "0"),
    hip!("no protocol", "36,yes,no,72,yes,yes", "0"),
    hip!("late geriatrician", "36,yes,yes,73,yes,yes", "0"),
    hip!("no rehabilitation team", "36,yes,yes,72,no,yes", "0"),
    hip!("no prevention assessed", "36,yes,yes,72,yes,no", "0"),
    Figure {
        case: "F4 readmissions FY2025, factor 0.9993",
        folder: "hrrp",
        subject: "subject,enrolled_on,name\nx,2024-10-01,mock",
        facts: &[
            (
                "condition",
                "subject,on,name,cases,excess_ratio,peer_median,drg_ratio\n\
                 x,2024-10-01,pneumonia,32,1.00678435268232,0.99115160184587,0.04944402732139",
            ),
            ("statement", "subject,on,base_payments,modifier\nx,2025-03-01,10000,0.96524016588985"),
        ],
        as_of: "2025-12-31",
        yields: &[("payment_reduction", "7")],
        measures: &[("reduction", "0.00074607868"), ("factor", "0.9993")],
        ..Figure::BLANK
    },
    Figure {
        case: "F4 readmissions FY2024, factor 0.9998",
        folder: "hrrp",
        subject: "subject,enrolled_on,name\nx,2023-10-01,mock",
        facts: &[
            (
                "condition",
                "subject,on,name,cases,excess_ratio,peer_median,drg_ratio\n\
                 x,2023-10-01,pneumonia,48,0.99739162265968,0.99185165966812,0.04293378593597",
            ),
            ("statement", "subject,on,base_payments,modifier\nx,2024-03-01,10000,0.9630510589014"),
        ],
        as_of: "2025-12-31",
        yields: &[("payment_reduction", "2")],
        measures: &[("reduction", "0.00022906322"), ("factor", "0.9998")],
        ..Figure::BLANK
    },
    domain!("process", "100,0,0", "13.3", "53333.33"),
    domain!("experience", "0,100,0", "33.3", "133333.33"),
    domain!("outcome", "0,0,100", "53.3", "213333.33"),
    points!("74 points of an average practice", &[], "74,9103", "1.00", "14885.84"),
    points!("74 points, half the size", &[], "74,4550", "0.50", "≈ 7443"),
    points!("74 points, twice the size", &[], "74,18200", "2.00", "≈ 29800"),
    points!(
        "index of 15,326 / 9,962, on 100,000",
        &[("average_list", "9962"), ("point_value", "100 GBP")],
        "1000,15326",
        "1.54",
        "154000"
    ),
    points!("a point of 2006/07", &[("point_value", "124.60 GBP")], "1,9103", "1.00", "124.60"),
    points!("a point at 194.83", &[("point_value", "194.83 GBP")], "1,9103", "1.00", "194.83"),
    points!("a point of 2021/22", &[("point_value", "201.16 GBP")], "1,9103", "1.00", "201.16"),
    points!("a point of 2024/25", &[("point_value", "220.62 GBP")], "1,9103", "1.00", "220.62"),
    points!("a point of 2025/26", &[("point_value", "225.49 GBP")], "1,9103", "1.00", "225.49"),
    best_price!("1", "2023-06-30", "500", "1500"),
    best_price!("2", "2024-06-30", "750", "1250"),
    best_price!("3", "2025-06-30", "1000", "1000"),
    Figure {
        case: "F7 gene therapy, 1,575,000 less the arbitrated 629,974",
        folder: "zynteglo-germany",
        subject: "subject,enrolled_on,age\nx,2020-11-15,20",
        facts: &[("bill", "subject,on,paid\nx,2020-12-01,1575000")],
        as_of: "2021-12-31",
        yields: &[("repayment", "945026")],
        measures: &[("interim_price", "629974"), ("discount", "0.60")],
        ..Figure::BLANK
    },
];

/// The figures of the issuer in the regulation's example.
const MLR: &str = "on,earned_premium,reinsurance_received,net_adjustment_paid,taxes_and_fees,loss_ratio\n\
                   2015-06-01,200000,2500,20000,15000,0.75";

/// Injections of both eyes of a patient; the last of the left eye is the eighth.
const INJECTIONS: &str = "subject,on,eye,cost\n\
    x,2017-03-01,left,601\nx,2017-03-15,right,701\nx,2017-04-01,left,602\n\
    x,2017-04-15,right,702\nx,2017-05-01,left,603\nx,2017-05-15,right,703\n\
    x,2017-06-01,left,604\nx,2017-06-15,right,704\nx,2017-07-01,left,605\n\
    x,2017-07-15,right,705\nx,2017-08-01,left,606\nx,2017-08-15,right,706\n\
    x,2017-09-01,left,607\nx,2017-09-15,right,707\nx,2017-10-01,left,608";
