//! Facts: what is reported under a contract.
//!
//! - `report`: how reports come in; `records_query`: how clinical records are read
//! - `report_facts`, `correct_facts`, `retract_facts`, `import_records`, `list_facts`: the endpoints

pub mod correct_facts;
pub mod import_records;
pub mod list_facts;
pub mod records_query;
mod report;
pub mod report_facts;
pub mod retract_facts;
