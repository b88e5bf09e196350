//! Published figures of deals on a drug or device, and of China.

use super::Figure;

/// Four cycles of 3,000 from an M-protein of 40: what is shown, M-protein after the fourth, rebate.
macro_rules! response {
    ($case:literal, $m_protein:literal, $rebate:literal) => {
        Figure {
            case: concat!("D1 myeloma, ", $case),
            folder: "velcade-response",
            subject: "subject,enrolled_on,age\nx,2007-11-01,70",
            facts: &[
                ("baseline", "subject,on,m_protein\nx,2007-11-01,40"),
                (
                    "cycle",
                    "subject,on,number,cost\nx,2007-11-05,1,3000\nx,2007-11-26,2,3000\nx,2007-12-17,3,3000\n\
                     x,2008-01-07,4,3000",
                ),
                ("measurement", concat!("subject,on,cycle,m_protein\nx,2008-02-01,4,", $m_protein)),
            ],
            as_of: "2008-12-31",
            yields: &[("rebate", $rebate)],
            ..Figure::BLANK
        }
    };
}

/// A heart attack or stroke in an adherent patient after a year of drug at list price: the event, refund.
macro_rules! event {
    ($case:literal, $events:literal, $refund:literal) => {
        Figure {
            case: concat!("D17 a year of drug at 14,000, ", $case),
            folder: "repatha",
            subject: "subject,enrolled_on,indicated\nx,2017-06-01,yes",
            facts: &[
                ("dispensing", "subject,on,days,paid\nx,2017-06-01,365,14000"),
                ("event", concat!("subject,on,what", $events)),
            ],
            as_of: "2018-12-31",
            yields: &[("refund", $refund)],
            ..Figure::BLANK
        }
    };
}

/// Two patients in each arm, one of the other drug at goal, 1,000 packs at the list price: results of the patients on
/// Trulicity, rebate. The size of the rebates is chosen, their order is published.
macro_rules! at_goal {
    ($case:literal, $first:literal, $second:literal, $rebate:literal) => {
        Figure {
            case: concat!("D18 ", $case),
            folder: "trulicity-harvard-pilgrim",
            set: &[("least_in_arm", "2")],
            subject: "subject,enrolled_on,age,arm\nx,2016-06-01,60,trulicity\ny,2016-06-01,60,trulicity\n\
                      u,2016-06-01,60,other_glp1\nv,2016-06-01,60,other_glp1",
            facts: &[
                ("fill", "subject,on,packs\nx,2016-06-01,1000"),
                (
                    "hba1c",
                    concat!(
                        "subject,on,value\nu,2017-06-01,7.9\nv,2017-06-01,8.0\nx,2017-06-01,",
                        $first,
                        "\ny,2017-06-01,",
                        $second
                    ),
                ),
            ],
            as_of: "2018-12-31",
            yields: &[("rebate", $rebate)],
            measures: &[("list_cost", "574800")],
        }
    };
}

/// Fractures of a covered woman: what was bought, fractures (site, cost, months on the drug), rebate.
macro_rules! fracture {
    ($case:literal, $bought:literal, $fractures:literal, $rebate:literal) => {
        Figure {
            case: concat!("D22 ", $case),
            folder: "actonel",
            subject: "subject,enrolled_on,female,age,earlier_fracture\nx,2009-04-01,yes,60,no",
            facts: &[
                ("purchase", concat!("subject,on,paid\nx,2009-04-01,", $bought)),
                ("fracture", concat!("subject,on,site,cost,months_on_drug", $fractures)),
            ],
            as_of: "2010-06-30",
            yields: &[("rebate", $rebate)],
            ..Figure::BLANK
        }
    };
}

/// Figures of deals on a drug or device, and of China.
pub const DEALS: &[Figure] = &[
    response!("a fall of one half is a response", "20", "0"),
    response!("less than one half, all of the drug", "20.1", "12000"),
    Figure {
        case: "D2 gene therapy, five instalments of 315,000",
        folder: "zynteglo",
        subject: "subject,enrolled_on,age\nx,2019-07-01,15",
        facts: &[("infusion", "subject,on\nx,2019-09-02")],
        as_of: "2024-12-31",
        yields: &[("instalment", "1575000")],
        ..Figure::BLANK
    },
    Figure {
        case: "D2 gene therapy, the first of 315,000",
        folder: "zynteglo",
        subject: "subject,enrolled_on,age\nx,2019-07-01,15",
        facts: &[("infusion", "subject,on\nx,2019-09-02")],
        as_of: "2019-12-31",
        yields: &[("instalment", "315000")],
        ..Figure::BLANK
    },
    Figure {
        case: "D2 gene therapy, transfused again, 80 % of the price kept",
        folder: "zynteglo",
        subject: "subject,enrolled_on,age\nx,2019-07-01,15",
        facts: &[("infusion", "subject,on\nx,2019-09-02"), ("transfusion", "subject,on\nx,2020-03-01")],
        as_of: "2024-12-31",
        yields: &[("instalment", "315000")],
        ..Figure::BLANK
    },
    Figure {
        case: "D6 cell therapy, 52 % and 48 % of 320,000",
        folder: "kymriah-spain",
        subject: "subject,enrolled_on,indication\nx,2019-03-01,all",
        facts: &[
            ("infusion", "subject,on\nx,2019-04-01"),
            ("assessment", "subject,on,response\nx,2020-10-01,complete"),
        ],
        as_of: "2021-12-31",
        yields: &[("at_treatment", "166400"), ("after_18_months", "153600")],
        ..Figure::BLANK
    },
    event!("a stroke", "\nx,2018-06-01,stroke", "14000"),
    event!("a heart attack", "\nx,2018-06-01,infarction", "14000"),
    event!("no event", "", "0"),
    at_goal!("fewer at goal, a larger rebate", "8.0", "8.0", "201180"),
    at_goal!("as many at goal", "7.9", "8.0", "114960"),
    at_goal!("more at goal, a smaller rebate", "7.9", "7.9", "57480"),
    fracture!("a hip, up to 30,000", "100000", "\nx,2009-11-01,hip,42000,6", "30000"),
    fracture!("a wrist, up to 6,000", "100000", "\nx,2009-11-01,wrist,7500,6", "6000"),
    fracture!("a hip of 4,000, as it cost", "100000", "\nx,2009-11-01,hip,4000,6", "4000"),
    fracture!("the spine, nothing", "100000", "\nx,2009-11-01,spine,9000,9", "0"),
    fracture!("five months of drug, nothing", "100000", "\nx,2009-11-01,hip,42000,5", "0"),
    fracture!("not more than was bought", "2000", "\nx,2009-11-01,hip,42000,6", "2000"),
    Figure {
        case: "D26 insulin pump, 25,000 over four years",
        folder: "medtronic-670g",
        subject: "subject,enrolled_on,device\nx,2018-07-01,pump",
        facts: &[(
            "care",
            "subject,on,setting,diabetes_related,cost\nx,2018-09-01,admission,yes,20000\nx,2020-09-01,emergency,yes,9000\nx,2022-03-01,admission,yes,8000",
        )],
        as_of: "2023-05-31",
        yields: &[("reimbursement", "25000")],
        ..Figure::BLANK
    },
    Figure {
        case: "D29 hepatitis C, a flat 35,000,000 of 39,000,000 spent",
        folder: "louisiana-hepc",
        subject: "subject,enrolled_on,name\nx,2019-07-15,a",
        facts: &[("spending", "subject,on,paid,patients\nx,2019-12-01,39000000,5000")],
        as_of: "2020-12-31",
        yields: &[("supplemental_rebate", "4000000")],
        ..Figure::BLANK
    },
    Figure {
        case: "D29 hepatitis C, five years at 35,000,000",
        folder: "louisiana-hepc",
        subject: "subject,enrolled_on,name\nx,2019-07-15,a",
        facts: &[(
            "spending",
            "subject,on,paid,patients\nx,2019-12-01,35000000,1\nx,2020-12-01,35000000,1\nx,2021-12-01,35000000,1\nx,2022-12-01,35000000,1\nx,2023-12-01,35000001,1",
        )],
        as_of: "2024-12-31",
        yields: &[("supplemental_rebate", "1")],
        ..Figure::BLANK
    },
    Figure {
        case: "row 88, 500,000 patients at 50,000 less, 25 billion saved",
        folder: "dialysis-switch",
        subject: "",
        facts: &[(
            "year_report",
            "on,pd_deaths,pd_people,hd_deaths,hd_people,pd_year_cost,hd_year_cost,switched_years\n2026-12-31,50000,500000,50000,500000,40000,90000,500000",
        )],
        as_of: "2027-12-31",
        measures: &[("saved_in_all", "25000000000")],
        ..Figure::BLANK
    },
    Figure {
        case: "row 51, ten hospitals keep about 50 million, 5.75 %",
        folder: "yuxi-drg",
        subject: "subject,enrolled_on,tier\nx,2017-01-01,tier_2",
        facts: &[("month", "subject,on,weight,cost\nx,2017-12-31,173913.0434,819565217")],
        as_of: "2018-06-30",
        measures: &[("kept", "50000000"), ("retention", "0.0575")],
        ..Figure::BLANK
    },
    Figure {
        case: "row 51, rate of tier 3 at 1.91 of tier 2",
        folder: "yuxi-drg",
        set: &[("tier_3_ratio", "1.91")],
        subject: "subject,enrolled_on,tier\nx,2017-01-01,tier_3",
        facts: &[("month", "subject,on,weight,cost\nx,2017-01-31,100,800000")],
        as_of: "2018-06-30",
        measures: &[("payable", "955000")],
        ..Figure::BLANK
    },
    Figure {
        case: "row 51, rate of tier 3 at 1.68 of tier 2",
        folder: "yuxi-drg",
        set: &[("tier_3_ratio", "1.68")],
        subject: "subject,enrolled_on,tier\nx,2017-01-01,tier_3",
        facts: &[("month", "subject,on,weight,cost\nx,2017-01-31,100,800000")],
        as_of: "2018-06-30",
        measures: &[("payable", "840000")],
        ..Figure::BLANK
    },
];
