//! Published figures as a table: what is reported, and what a clause must then yield.

/// A published figure: what is reported, and what a clause must then yield in all.
pub struct Figure {
    /// The case, as it was published.
    pub case: &'static str,
    /// The folder of the contract.
    pub folder: &'static str,
    /// CSV with the day of enrolment and the fields of one subject `x`.
    pub subject: &'static str,
    /// Kinds of facts, each with a CSV.
    pub facts: &'static [(&'static str, &'static str)],
    /// The day of the settlement.
    pub as_of: &'static str,
    /// Clause and published total in the contract's currency.
    pub yields: &'static [(&'static str, &'static str)],
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
        }
    };
}

/// A column of the risk corridor: cost against a target of 10,000,000, to the issuer, to HHS.
macro_rules! corridor {
    ($cost:literal, $to_issuer:literal, $to_hhs:literal) => {
        Figure {
            case: concat!("risk corridor, cost ", $cost),
            folder: "aca-risk-corridor",
            subject: "subject,enrolled_on,issuer_name\nx,2014-01-01,a",
            facts: &[("year", concat!("subject,on,target,cost\nx,2015-07-31,10000000,", $cost))],
            as_of: "2015-12-31",
            yields: &[("to_issuer", $to_issuer), ("to_hhs", $to_hhs)],
        }
    };
}

/// A unit of 2,000 used on 2022-07-01: day of the admission, concession.
macro_rules! best_price {
    ($admitted_on:literal, $rebate:literal) => {
        Figure {
            case: concat!("best price, admitted on ", $admitted_on),
            folder: "multiple-best-price",
            subject: "subject,enrolled_on,units\nx,2022-07-01,1",
            facts: &[("admission", concat!("subject,on\nx,", $admitted_on))],
            as_of: "2025-12-31",
            yields: &[("rebate", $rebate)],
        }
    };
}

/// Each row: assigned, benchmark, expenditure, quality (sharing rate / most share, see the document).
pub const FIGURES: &[Figure] = &[
    aco!("A1001", "track_1", "", "77372,1072551536,960028237,0.90843749", "", &[("shared_savings", "50087988")]),
    aco!("A1002", "track_1", "", "9139,91914080,79742206,0.8503126", "", &[("shared_savings", "5071450")]),
    aco!("A1026, in the dead zone", "track_1", "", "56362,625808887,620860274,0.9034", "", &[("shared_savings", "0")]),
    aco!("A1409, cap", "track_1", "", "5451,121182225,83501144,0.9082", "", &[("shared_savings", "12118223")]),
    aco!("A1161, loss not owed", "track_1", "", "42910,558505588,603632476,0.8786", "", &[("shared_losses", "0")]),
    aco!("A1033", "track_1_plus", "0", "127371,1497358051,1459862163,0.8530824", "", &[("shared_savings", "15673670")]),
    aco!("A1041", "track_3", "0.02", "16934,220610162,202723302,0.9212074", "", &[("shared_savings", "12110968")]),
    aco!(
        "A2084, advance recouped",
        "track_1_plus",
        "0",
        "7291,103945581,102954601,0.741092",
        "x,2018-01-01,183990",
        &[("shared_savings", "359860"), ("recoupment", "183990")]
    ),
    Figure {
        case: "liver transplant, alive after three years",
        folder: "zhejiang-transplant",
        subject: "subject,enrolled_on,age,tumour,well_differentiated\nx,2018-03-01,6,no,no",
        facts: &[
            ("discharge", "subject,on,eligible_cost\nx,2018-04-02,300000"),
            ("visit", "subject,on\nx,2019-03-01\nx,2021-03-01"),
        ],
        as_of: "2021-12-31",
        yields: &[("at_discharge", "147000"), ("one_year", "42000"), ("three_years", "21000")],
    },
    Figure {
        case: "liver transplant, death in month 14",
        folder: "zhejiang-transplant",
        subject: "subject,enrolled_on,age,tumour,well_differentiated\nx,2018-03-01,6,no,no",
        facts: &[("discharge", "subject,on,eligible_cost\nx,2018-04-02,300000"), ("death", "subject,on\nx,2019-04-20")],
        as_of: "2021-12-31",
        yields: &[("at_discharge", "147000"), ("one_year", "42000"), ("three_years", "0")],
    },
    Figure {
        case: "medical loss ratio, who paid 2,000 of 200,000",
        folder: "mlr-rebate",
        subject: "subject,enrolled_on,kind,premium\nx,2014-01-01,single,2000",
        facts: &[("report", MLR)],
        as_of: "2015-12-31",
        yields: &[("rebate", "92.50")],
    },
    Figure {
        case: "medical loss ratio, all 200,000",
        folder: "mlr-rebate",
        subject: "subject,enrolled_on,kind,premium\nx,2014-01-01,group,200000",
        facts: &[("report", MLR)],
        as_of: "2015-12-31",
        yields: &[("rebate", "9250")],
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
        case: "readmissions 2025, factor 0.9993",
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
    },
    Figure {
        case: "readmissions 2024, factor 0.9998",
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
    },
    Figure {
        case: "74 points of an average practice",
        folder: "qof",
        subject: "subject,enrolled_on,name\nx,2021-04-01,a",
        facts: &[("achievement", "subject,on,points,list_size\nx,2022-03-31,74,9103")],
        as_of: "2022-12-31",
        yields: &[("achievement_payment", "14885.84")],
    },
    Figure {
        case: "gene therapy, five instalments of 315,000",
        folder: "zynteglo",
        subject: "subject,enrolled_on,age\nx,2019-07-01,15",
        facts: &[("infusion", "subject,on\nx,2019-09-02")],
        as_of: "2024-12-31",
        yields: &[("instalment", "1575000")],
    },
    Figure {
        case: "gene therapy, the first of 315,000",
        folder: "zynteglo",
        subject: "subject,enrolled_on,age\nx,2019-07-01,15",
        facts: &[("infusion", "subject,on\nx,2019-09-02")],
        as_of: "2019-12-31",
        yields: &[("instalment", "315000")],
    },
    Figure {
        case: "cell therapy, 52 % and 48 % of 320,000",
        folder: "kymriah-spain",
        subject: "subject,enrolled_on,indication\nx,2019-03-01,all",
        facts: &[
            ("infusion", "subject,on\nx,2019-04-01"),
            ("assessment", "subject,on,response\nx,2020-10-01,complete"),
        ],
        as_of: "2021-12-31",
        yields: &[("at_treatment", "166400"), ("after_18_months", "153600")],
    },
    best_price!("2023-06-30", "1500"),
    best_price!("2024-06-30", "1250"),
    best_price!("2025-06-30", "1000"),
    Figure {
        case: "gene therapy, 1,575,000 less the arbitrated 629,974",
        folder: "zynteglo-germany",
        subject: "subject,enrolled_on,age\nx,2020-11-15,20",
        facts: &[("bill", "subject,on,paid\nx,2020-12-01,1575000")],
        as_of: "2021-12-31",
        yields: &[("repayment", "945026")],
    },
];

/// The figures of the issuer in the regulation's example.
const MLR: &str = "on,earned_premium,reinsurance_received,net_adjustment_paid,taxes_and_fees,loss_ratio\n\
                   2015-06-01,200000,2500,20000,15000,0.75";

/// Beneficiaries and the minimum savings rate that CMS published for an ACO of that size.
pub const RATES: [(&str, &str); 6] = [
    ("9139", "0.030860861"),
    ("38660", "0.023133938"),
    ("54981", "0.0210037"),
    ("56362", "0.020727473"),
    ("18719", "0.025512102"),
    ("77372", "0.02"),
];
