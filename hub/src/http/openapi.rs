//! `GET /api/v1/openapi.json`: the description of the API (OpenAPI 3.1), made from the table of routes and the types
//! of their requests and answers. It is the same on every hub and open to everybody.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use axum::Json;
use schemars::generate::{Contract, SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value, json};
use signage_protocol::api::PROBLEM_JSON;

use super::idempotency;
use super::problem::Problem;
use super::routes::{self, Access, Route, SchemaOf};
use super::user::FORM_HEADER;
use crate::rights::{Right, Role};

/// The document.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(document);

/// Answers that any route may give, by status: name and what it means.
const PROBLEMS: &[(u16, &str, &str)] = &[
    (400, "Unreadable", "The body of the request cannot be read; for JSON the detail names line and column."),
    (401, "NotSignedIn", "The request does not say who asks, or with a token that does not hold."),
    (403, "Forbidden", "Whoever asks may not do this."),
    (404, "NotFound", "There is no such thing in the account."),
    (
        409,
        "Conflict",
        "The request does not fit to what is there, or one with its Idempotency-Key still runs.",
    ),
    (413, "TooLarge", "The body of the request is too large."),
    (415, "MediaType", "The body of the request is of a media type that is not taken here."),
    (422, "Invalid", "The request holds something that is not allowed; the detail names it."),
    (429, "Busy", "Too many requests: Retry-After tells for how many seconds to wait."),
];

/// Header fields of requests that a route may name: name, meaning.
const HEADERS: &[(&str, &str)] = &[
    ("accept", "Chooses among the media types of the answer."),
    ("content-length", "Bytes of the body."),
    ("content-range", "Which bytes the body holds (RFC 9110 §14.4)."),
    ("if-match", "Changes it only if it still has this entity tag."),
    ("if-none-match", "The entity tag of what is at hand; 304 when it has not changed."),
    ("if-range", "The entity tag that a range belongs to."),
    ("range", "Which bytes are wanted (RFC 9110 §14.2)."),
];

const ABOUT: &str = "JSON in, JSON out. Every refusal is a problem of RFC 9457 with a code of the catalogue; `detail` \
     says what to do. An object of another account does not exist (404).\n\n\
     **Signing in**: a program sends an API token, `Authorization: Bearer sga_…`. A page of the console uses its \
     cookie, and for everything but reading the header `x-signage-form`.\n\n\
     **Lists** are pages: `items`, and `next` when there is more, which goes into `after` of the next request; \
     `Link` with `rel=\"next\"` holds its address. `limit` is 1 to 1000, without it 100.\n\n\
     **Repeating**: a POST may carry an `Idempotency-Key`. The same request with the same key within 24 hours gets \
     the same answer and does nothing again; another request with it gets 422, one that still runs 409.\n\n\
     **Growth**: version 1 gets new paths, members and codes, and loses none. Ignore members that you do not know; \
     parameters and members of a request that the hub does not know are refused.";

pub(super) async fn get() -> Json<&'static Value> {
    Json(&DOCUMENT)
}

fn document() -> Value {
    let mut types = Types::new();
    let mut paths = Map::new();
    let mut tags = BTreeSet::new();
    for route in routes::all().filter(|route| route.is_described()) {
        tags.insert(route.area());
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.to_lowercase()] = operation(route, &mut types);
    }
    let mut responses = Map::new();
    let problem = types.answer(SchemaGenerator::subschema_for::<Problem>);
    let default =
        (0, "Problem", "Anything else that was not done: too slow (408), or the hub's own fault (5xx).");
    for (status, name, meaning) in PROBLEMS.iter().chain([&default]) {
        let mut response =
            json!({ "description": meaning, "content": { PROBLEM_JSON: { "schema": problem.clone() } } });
        if *status == 429 {
            response["headers"] = json!({ "Retry-After": { "schema": { "type": "integer", "minimum": 0 } } });
        }
        responses.insert((*name).to_owned(), response);
    }
    let tags: Vec<Value> = tags.into_iter().map(|name| json!({ "name": name })).collect();
    let mut document = json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Signage hub",
            "version": "1",
            "description": ABOUT,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "tags": tags,
        "paths": paths,
        "components": {
            "responses": responses,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": "An API token, `sga_…`." },
                "session": { "type": "apiKey", "in": "cookie", "name": "__Host-signage",
                    "description": "The cookie of somebody who is signed in." },
                "form": { "type": "apiKey", "in": "header", "name": FORM_HEADER,
                    "description": "The form token of a page, against requests that other sites make up." },
                "device": { "type": "http", "scheme": "bearer",
                    "description": "An access token from `/oauth/token`; good for 15 minutes." },
            },
        },
    });
    types.finish(&mut document);
    document
}

fn operation(route: &Route, types: &mut Types) -> Value {
    let doc = &route.doc;
    let mut operation = json!({
        "operationId": operation_id(route),
        "summary": doc.summary.trim_end_matches('.'),
        "tags": [route.area()],
        "security": security(route),
        "responses": responses(route, types),
    });
    if let Access::Api(right) = route.access {
        let role = Role::ALL.into_iter().find(|role| role.may(right)).unwrap_or(Role::Admin);
        operation["description"] = json!(format!("{} Needs the role `{}`.", doc.summary, role.as_str()));
        operation["x-signage-right"] = json!(right_name(right));
    }
    let parameters = parameters(route);
    if !parameters.is_empty() {
        operation["parameters"] = Value::Array(parameters);
    }
    if doc.body.is_some() || doc.body_type.is_some() {
        let schema = doc.body.map_or_else(|| json!({}), |body| types.request(body));
        let media_type = doc.body_type.unwrap_or("application/json");
        operation["requestBody"] =
            json!({ "required": true, "content": { media_type: { "schema": schema } } });
    }
    operation
}

/// `get-screens-id`: stable, since method and path are.
fn operation_id(route: &Route) -> String {
    let path = route.path.strip_prefix(super::api::PREFIX).unwrap_or(route.path);
    let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(str::to_owned).collect();
    format!("{}-{}", route.method.to_lowercase(), words.join("-"))
}

const fn right_name(right: Right) -> &'static str {
    match right {
        Right::View => "view",
        Right::EditContent => "edit-content",
        Right::Publish => "publish",
        Right::ManageScreens => "manage-screens",
        Right::ManageAccount => "manage-account",
    }
}

fn security(route: &Route) -> Value {
    match (route.access, route.method) {
        (Access::Api(_), "GET") => json!([{ "token": [] }, { "session": [] }]),
        (Access::Api(_), _) => json!([{ "token": [] }, { "session": [], "form": [] }]),
        (Access::Device, _) => json!([{ "device": [] }]),
        _ => json!([]),
    }
}

fn parameters(route: &Route) -> Vec<Value> {
    let mut parameters = Vec::new();
    for part in route.path.split('/').filter_map(|part| part.strip_prefix('{')) {
        let name = part.trim_end_matches('}');
        let mut parameter =
            json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } });
        if name == "sha256" {
            parameter["description"] = json!("SHA-256 of the bytes, hexadecimal.");
        }
        parameters.push(parameter);
    }
    if let Some(query) = route.doc.query {
        parameters.extend(query_parameters(query));
    }
    for name in route.doc.headers {
        let meaning = HEADERS.iter().find(|(known, _)| known == name).map_or("", |(_, meaning)| meaning);
        parameters.push(
            json!({ "name": name, "in": "header", "description": meaning, "schema": { "type": "string" } }),
        );
    }
    if route.is_repeatable() {
        parameters.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "description": "Any text that names this request alone, such as a UUID.",
            "schema": { "type": "string", "minLength": 1, "maxLength": idempotency::MAX_KEY, "pattern": "^[!-~]+$" },
        }));
    }
    parameters
}

/// The members of an object as parameters. One that is absent is absent, so none of them is null.
fn query_parameters(query: SchemaOf) -> Vec<Value> {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let object = tidy(query(&mut settings.into_generator()).to_value());
    let required = |name: &String| {
        object["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name.as_str()))
    };
    let members = object["properties"].as_object().into_iter().flatten();
    members
        .map(|(name, schema)| {
            let mut schema = not_null(schema.clone());
            let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
            let mut parameter =
                json!({ "name": name, "in": "query", "required": required(name), "schema": schema });
            if let Some(description) = description {
                parameter["description"] = description;
            }
            parameter
        })
        .collect()
}

/// The names of a route's parameters behind the question mark.
pub(super) fn query_names(route: &Route) -> Vec<&'static str> {
    described(route).filter_map(|one| one["name"].as_str()).collect()
}

/// Whether a parameter behind the question mark is a whole number.
pub(super) fn is_number(route: &Route, name: &str) -> bool {
    described(route).any(|one| one["name"] == name && one["schema"]["type"] == "integer")
}

fn described(route: &Route) -> impl Iterator<Item = &'static Value> {
    let operation = &DOCUMENT["paths"][route.path][route.method.to_lowercase()];
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    parameters.filter(|one| one["in"] == "query")
}

/// A schema without the case that it is null.
fn not_null(mut schema: Value) -> Value {
    if let Some(types) = schema["type"].as_array() {
        let types: Vec<Value> = types.iter().filter(|one| *one != "null").cloned().collect();
        schema["type"] = if let [one] = types.as_slice() { one.clone() } else { Value::Array(types) };
    }
    if let Some(all) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        all.retain(|one| !one.is_null());
    }
    if let Some(object) = schema.as_object_mut() {
        if object.get("type").is_some_and(Value::is_null) {
            object.remove("type");
        }
        if object.get("default").is_some_and(|default| default.is_null() || default == "") {
            object.remove("default");
        }
        let choices: Option<Vec<Value>> = object
            .get("anyOf")
            .and_then(Value::as_array)
            .map(|all| all.iter().filter(|one| one["type"] != "null").cloned().collect());
        if let Some([only]) = choices.as_deref() {
            object.remove("anyOf");
            for (key, value) in only.as_object().into_iter().flatten() {
                object.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
    }
    schema
}

fn responses(route: &Route, types: &mut Types) -> Value {
    let doc = &route.doc;
    let mut responses = Map::new();
    let mut content = Map::new();
    if let Some(answer) = doc.answer {
        content.insert("application/json".to_owned(), json!({ "schema": types.answer(answer) }));
    }
    for file in doc.file.iter().chain(doc.files) {
        content.insert((*file).to_owned(), json!({}));
    }
    let done = |meaning: &str| json!({ "description": meaning });
    let mut response = done(match doc.status {
        101 => "The connection is a WebSocket from now on.",
        201 => "Made.",
        _ => "Done.",
    });
    if !content.is_empty() {
        response["content"] = Value::Object(content.clone());
    }
    responses.insert(doc.status.to_string(), response);
    for status in doc.also {
        let mut response = done(match status {
            200 => "It was there already.",
            202 => "Begun.",
            206 => "A part of it.",
            304 => "It has not changed.",
            _ => "Done, too.",
        });
        if !matches!(status, 204 | 304) && !content.is_empty() {
            response["content"] = Value::Object(content.clone());
        }
        responses.insert(status.to_string(), response);
    }
    let with_body = doc.body.is_some() || doc.body_type.is_some();
    for (status, name, _) in PROBLEMS {
        let fits = match (status, route.access) {
            (400 | 413 | 415, _) => with_body,
            (401, access) => matches!(access, Access::Api(_) | Access::Device),
            (403, access) => matches!(access, Access::Api(_) | Access::Device),
            (404, _) => route.path.contains('{'),
            (409, Access::Api(_)) => route.method != "GET",
            (422, Access::Api(_)) => with_body || doc.query.is_some() || route.is_repeatable(),
            (429, access) => access == Access::Open && route.method == "POST",
            _ => false,
        };
        if fits {
            responses.insert(status.to_string(), json!({ "$ref": format!("#/components/responses/{name}") }));
        }
    }
    if let Some((status, refusal)) = doc.refusal {
        let schema = types.answer(refusal);
        let problem = types.answer(SchemaGenerator::subschema_for::<Problem>);
        let content =
            json!({ "application/json": { "schema": schema }, PROBLEM_JSON: { "schema": problem } });
        responses.insert(status.to_string(), json!({ "description": "Refused.", "content": content }));
    }
    responses.insert("default".to_owned(), json!({ "$ref": "#/components/responses/Problem" }));
    Value::Object(responses)
}

/// The schemas that the document refers to. What a request may leave out, an answer may always hold: requests and
/// answers are described apart, and a type that is both and differs gets two names.
struct Types {
    requests: SchemaGenerator,
    answers: SchemaGenerator,
}

/// Where the schemas of requests are while it is not known which of them differ.
const REQUESTS: &str = "#/components/requests/";
const SCHEMAS: &str = "#/components/schemas/";

impl Types {
    fn new() -> Self {
        let generator = |contract: Contract, path: &'static str| {
            let settings = SchemaSettings::draft2020_12().with(|settings| {
                settings.contract = contract;
                settings.definitions_path = path.into();
            });
            settings.into_generator()
        };
        Self {
            requests: generator(Contract::Deserialize, REQUESTS),
            answers: generator(Contract::Serialize, SCHEMAS),
        }
    }

    fn request(&mut self, schema: SchemaOf) -> Value {
        tidy(schema(&mut self.requests).to_value())
    }

    fn answer(&mut self, schema: SchemaOf) -> Value {
        tidy(schema(&mut self.answers).to_value())
    }

    /// Puts the schemas into the document that refers to them.
    fn finish(mut self, document: &mut Value) {
        let mut all = self.answers.take_definitions(true);
        let requests = self.requests.take_definitions(true);
        // Those that differ, and those that refer to one that does.
        let mut differ: BTreeSet<&str> = BTreeSet::new();
        loop {
            let before = differ.len();
            for (name, schema) in &requests {
                let mut schema = schema.clone();
                let mut renamed = false;
                rename(&mut schema, &mut |name| {
                    renamed |= differ.contains(name);
                    name.to_owned()
                });
                if all.get(name).is_some_and(|answer| renamed || *answer != schema) {
                    differ.insert(name);
                }
            }
            if differ.len() == before {
                break;
            }
        }
        let mut name_of = |name: &str| {
            let suffix = if differ.contains(name) { "Input" } else { "" };
            format!("{name}{suffix}")
        };
        for (name, schema) in &requests {
            let mut schema = schema.clone();
            rename(&mut schema, &mut name_of);
            all.insert(name_of(name), schema);
        }
        rename(document, &mut name_of);
        document["components"]["schemas"] =
            all.into_iter().map(|(name, schema)| (name, tidy(schema))).collect();
    }
}

/// Gives the references to schemas of requests the names that they have in the end.
fn rename(schema: &mut Value, name_of: &mut impl FnMut(&str) -> String) {
    match schema {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if name == "$ref" => {
                        if let Some(name) = text.strip_prefix(REQUESTS) {
                            *text = format!("{SCHEMAS}{}", name_of(name));
                        }
                    }
                    other => rename(other, name_of),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, name_of)),
        _ => {}
    }
}

/// A schema as people read it: links of our own documentation are no links elsewhere.
fn tidy(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(members) => {
            members.remove("$schema");
            for (name, member) in members {
                match member {
                    Value::String(text) if name == "description" => {
                        *text = text.replace("[`", "`").replace("`]", "`");
                    }
                    other => *other = tidy(other.take()),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = tidy(item.take())),
        _ => {}
    }
    schema
}
