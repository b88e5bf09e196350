//! The description of the interface (OpenAPI 3.1): what the endpoints say of themselves, and what holds for all of them.

use actix_web::{App, dev::ResourceDef, http::Method};
use utoipa::{
    OpenApi, ToSchema,
    openapi::{
        self, ContentBuilder, HttpMethod, ObjectBuilder, Ref, RefOr, ResponseBuilder, Type,
        path::{Operation, ParameterBuilder, ParameterIn},
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_actix_web::{AppExt, scope::scope};

use super::{
    Problem,
    routes::{ROOT, endpoints},
};

/// What the interface says of itself before any endpoint.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "outcome-ledger",
        description = "The system of record for outcome-based health contracts.\n\nEvery request signs in with \
            `Authorization: Bearer TOKEN`; what a party may do follows from what it is registered as. What one may not know \
            of answers 404. Every request that changes something brings an `Idempotency-Key`; asked again under the same \
            key it is carried out once. Failures are problem documents (RFC 9457) whose `code` is stable. Money is text in \
            major units, exact.",
        contact(name = "Whoever runs this ledger"),
        license(name = "MIT OR Apache-2.0", url = "https://spdx.org/licenses/MIT.html")
    ),
    servers((url = "/", description = "This server")),
    tags(
        (name = "parties", description = "Who takes part in the network"),
        (name = "templates", description = "The library of agreements"),
        (name = "documents", description = "Documents that are no contracts yet"),
        (name = "contracts", description = "From a proposal to a contract in force, and what happened under it"),
        (name = "settlements", description = "What is owed, put forward, approved by both sides, posted"),
        (name = "disputes", description = "Lines set aside, decided by both sides or an arbiter"),
        (name = "claims", description = "Claims over all contracts, and what nobody claimed"),
        (name = "accounts", description = "What was posted, and what accounts hold"),
        (name = "audit", description = "Proofs for those who trust nobody"),
        (name = "payments", description = "How it is paid"),
        (name = "events", description = "What happened, for those who ask and for those who want to be told"),
        (name = "subjects", description = "Who is enrolled, row by row; readings are recorded"),
        (name = "facts", description = "What is reported, corrected and taken back; readings are recorded"),
        (name = "erasures", description = "People who are forgotten"),
        (name = "calendar", description = "Who owes which report by when, and what it costs that it has not come"),
        (name = "aggregates", description = "Figures about patients that tell nothing of any few of them"),
        (name = "reads", description = "Who read rows about patients")
    ),
    security(("bearer" = []))
)]
struct Interface;

/// What every endpoint can answer: status, what it means.
const ALWAYS: [(&str, &str); 6] = [
    ("400", "The request is not understood"),
    ("401", "The request is not signed in"),
    ("403", "The caller may not do this"),
    ("422", "The content is not acceptable"),
    ("429", "More was asked than is allowed at once"),
    ("default", "The server could not do this"),
];

/// What endpoints with a body can answer besides.
const WITH_BODY: [(&str, &str); 2] =
    [("413", "The body is too long"), ("415", "The body has a media type or coding that is not understood")];

/// What endpoints that change something can answer besides.
const CHANGING: [(&str, &str); 2] =
    [("409", "It is not possible as things stand"), ("412", "It has changed since the caller looked")];

/// The description of the interface.
pub fn interface() -> openapi::OpenApi {
    let app = App::new().into_utoipa_app().openapi(Interface::openapi());
    let (_, mut api) = app.service(scope(ROOT).configure(endpoints)).split_for_parts();
    let components = api.components.get_or_insert_default();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer()));
    components.schemas.insert(Problem::name().into(), <Problem as utoipa::PartialSchema>::schema());
    for (_, method, operation) in operations(&mut api) {
        complete(operation, &method);
    }
    drop_unused(&mut api);
    api
}

/// Leaves out schemas that nothing refers to: those that stand inside others already.
fn drop_unused(api: &mut openapi::OpenApi) {
    loop {
        let text = serde_json::to_string(api).unwrap_or_default();
        let Some(components) = &mut api.components else { return };
        let before = components.schemas.len();
        components.schemas.retain(|name, _| text.contains(&format!("\"#/components/schemas/{name}\"")));
        if components.schemas.len() == before {
            return;
        }
    }
}

/// The description as it is served and kept in `openapi/openapi.json`.
pub fn document() -> String {
    interface().to_pretty_json().unwrap_or_default() + "\n"
}

/// What is served: paths with their methods, for telling a wrong method from a wrong path.
pub struct Served(Vec<(ResourceDef, Vec<Method>)>);

impl Served {
    /// What the description names.
    pub fn of_the_interface() -> Self {
        let method = |method: &HttpMethod| Method::from_bytes(word(method).as_bytes()).unwrap_or_default();
        let methods = |item: &openapi::PathItem| methods(item).iter().map(method).collect();
        let paths = interface().paths.paths;
        Self(paths.iter().map(|(path, item)| (ResourceDef::new(path.as_str()), methods(item))).collect())
    }

    /// The methods that are served at a path.
    pub fn methods(&self, path: &str) -> Option<&[Method]> {
        self.0.iter().find(|(known, _)| known.is_match(path)).map(|(_, methods)| methods.as_slice())
    }
}

fn bearer() -> Http {
    let mut http = Http::new(HttpAuthScheme::Bearer);
    http.bearer_format = Some("JWT".into());
    http.description =
        Some("A token whose claim `party` names a registered party; signed by EdDSA, ES256 or RS256".into());
    http
}

const METHODS: [HttpMethod; 5] =
    [HttpMethod::Get, HttpMethod::Post, HttpMethod::Put, HttpMethod::Patch, HttpMethod::Delete];

const fn word(method: &HttpMethod) -> &'static str {
    match method {
        HttpMethod::Get => "GET",
        HttpMethod::Post => "POST",
        HttpMethod::Put => "PUT",
        HttpMethod::Patch => "PATCH",
        _ => "DELETE",
    }
}

fn methods(item: &openapi::PathItem) -> Vec<HttpMethod> {
    let given = |method: &HttpMethod| match method {
        HttpMethod::Get => item.get.is_some(),
        HttpMethod::Post => item.post.is_some(),
        HttpMethod::Put => item.put.is_some(),
        HttpMethod::Patch => item.patch.is_some(),
        _ => item.delete.is_some(),
    };
    METHODS.into_iter().filter(given).collect()
}

fn operations(api: &mut openapi::OpenApi) -> Vec<(String, HttpMethod, &mut Operation)> {
    let mut all = Vec::new();
    for (path, item) in &mut api.paths.paths {
        let slots = [
            (HttpMethod::Get, &mut item.get),
            (HttpMethod::Post, &mut item.post),
            (HttpMethod::Put, &mut item.put),
            (HttpMethod::Patch, &mut item.patch),
            (HttpMethod::Delete, &mut item.delete),
        ];
        all.extend(slots.into_iter().filter_map(|(method, slot)| Some((path.clone(), method, slot.as_mut()?))));
    }
    all
}

/// Adds what holds for every endpoint of its sort.
fn complete(operation: &mut Operation, method: &HttpMethod) {
    let documents = operation.tags.as_ref().is_some_and(|tags| tags.iter().any(|tag| tag == "documents"));
    let mut answers = ALWAYS.to_vec();
    if operation.request_body.is_some() {
        answers.extend(WITH_BODY);
    }
    if *method != HttpMethod::Get {
        answers.extend(CHANGING);
        let parameters = operation.parameters.get_or_insert_default();
        let key = "Under this key the request is carried out once; best a random UUID";
        parameters.push(header("Idempotency-Key", true, key, "^[!-~]{1,200}$"));
        let tags = r#"^(\*|(W/)?"[!#-~]*"(, ?(W/)?"[!#-~]*")*)$"#;
        // What is asked about documents rests on nothing.
        if !documents {
            parameters.push(header("If-Match", false, "The ETag of what the change rests on", tags));
        }
    }
    for (status, meaning) in answers {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response = ResponseBuilder::new().description(meaning).content("application/problem+json", content).build();
        operation.responses.responses.entry(status.into()).or_insert(RefOr::T(response));
    }
}

fn header(name: &str, required: bool, description: &str, pattern: &str) -> RefOr<openapi::path::Parameter> {
    let required = if required { openapi::Required::True } else { openapi::Required::False };
    let parameter = ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(required)
        .description(Some(description))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).build()))
        .build();
    RefOr::T(parameter)
}
