//! Puts a document forward.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, http::StatusCode, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{
        Gate, Problem,
        documents::draft::{Draft, EXAMPLE, Finding},
        gate::{About, Ask, Written},
        page::in_address,
        templates::library::find_template,
    },
    operations::{self, Operation, Outside},
};

/// A document to be put forward, and who takes which role.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "refund-2025", "document": EXAMPLE, "settings": { "refund": "2_000 CNY" },
    "parties": { "maker": "Maker A", "insurer": "Insurer A" } }))]
pub struct NewContract {
    /// The contract's name in this ledger; the document's own id when left out.
    #[serde(default)]
    #[schema(required = false, min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// The text of the document, unless a template is named.
    #[serde(default)]
    #[schema(required = false, max_length = 1_048_576)]
    pub document: Option<String>,
    /// An agreement of the library that is taken as it is, with its files; `settings` make it one's own.
    #[serde(default)]
    #[schema(required = false, example = "efficacy-insurance")]
    pub template: Option<String>,
    /// The texts of files that the document refers to, by name.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// Values that replace defaults of parameters, as written in documents.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// The names of registered parties by the roles that they take; roles of patients are left out.
    pub parties: BTreeMap<String, String>,
}

impl NewContract {
    fn draft(&self) -> Result<Draft, Problem> {
        let settings = self.settings.clone();
        match (&self.document, &self.template) {
            (Some(document), None) => Ok(Draft { document: document.clone(), files: self.files.clone(), settings }),
            (None, Some(name)) => {
                let template = find_template(name)?;
                let file = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
                let files = template.files.iter().map(file).collect();
                Ok(Draft { document: template.document.into(), files, settings })
            }
            _ => {
                let detail = "there is a `document` and a `template`, or neither";
                let help = "send the text of a document, or name a template";
                Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "one-document", detail, help))
            }
        }
    }
}

/// What was put forward.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContractProposed {
    /// The contract's name.
    #[schema(example = "refund-2025")]
    pub contract: String,
    /// The digest that the parties sign, hexadecimal.
    pub digest: String,
    /// The roles that have to sign.
    pub signers: Vec<String>,
    /// What the compiler remarks; none of it is an error.
    pub findings: Vec<Finding>,
}

/// Puts a document forward
///
/// The document is checked, the roles are filled, and the digest that the parties sign is recorded. A party proposes
/// contracts in which it takes a role itself.
#[utoipa::path(operation_id = "propose_contract", tag = "contracts", request_body = NewContract,
    responses((status = 201, description = "The contract is proposed", body = Written<ContractProposed>)))]
#[post("/contracts")]
pub async fn propose_contract(
    gate: web::Data<Gate>,
    ask: Ask,
    body: web::Json<NewContract>,
) -> Result<HttpResponse, Problem> {
    let new = body.into_inner();
    let about = About::Parties(new.parties.values().cloned().collect());
    let draft = new.draft()?;
    let NewContract { name, parties, .. } = new.clone();
    let work = move |connection: &mut _, outside: &mut Outside| {
        let proposal = operations::Proposal {
            name: name.as_deref(),
            file: "document",
            document: &draft.document,
            files: &|name| draft.file(name),
            settings: draft.settings.clone(),
            parties: parties.clone(),
        };
        let proposed = operations::propose_contract(connection, outside, proposal)?;
        let operations::Proposed { contract, digest, signers, findings, receipt } = proposed;
        let findings = findings.into_iter().map(Finding::from).collect();
        Ok((ContractProposed { contract, digest, signers, findings }, vec![receipt]))
    };
    let written = gate.write(ask, Operation::ProposeContract, about, &new, work).await?;
    let name = written.result.as_ref().map(|proposed| &proposed.contract).or(new.name.as_ref());
    Ok(written.created(name.map(|name| format!("/api/v1/contracts/{}", in_address(name.trim())))))
}
