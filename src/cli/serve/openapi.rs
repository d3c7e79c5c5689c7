//! What the server answers, for programs, as `OpenAPI` 3.1 has it.

use crawlint::report::schema;
use serde_json::{Map, Value, json};

/// The document. The schema of a result is that of `crawlint schema`.
pub(super) fn document() -> Value {
    let mut schemas = Map::new();
    let mut result = schema::result().to_value();
    if let Some(Value::Object(parts)) = result.as_object_mut().and_then(|it| it.remove("$defs")) {
        schemas.extend(parts);
    }
    schemas.insert("Result".to_owned(), result);
    schemas.values_mut().for_each(point_here);
    schemas.insert("Problem".to_owned(), problem());
    schemas.insert("Rule".to_owned(), rule());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "crawlint",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Judges scraped pages: clean, damaged, suspicious, injected, spam, junk; and shows where and why.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "paths": {
            "/scan": { "post": scan() },
            "/rules": { "get": read("rules", "The rules in force.", "application/json",
                &json!({ "type": "array", "items": { "$ref": "#/components/schemas/Rule" } })) },
            "/healthz": { "get": read("health", "Whether the server is there.", "application/json",
                &json!({
                    "type": "object",
                    "required": ["status", "version", "rules"],
                    "properties": {
                        "status": { "const": "ok" },
                        "version": { "type": "string" },
                        "rules": { "type": "integer", "minimum": 0 },
                    },
                })) },
            "/metrics": { "get": read("metrics", "Counts, in the text format of Prometheus.",
                "text/plain", &json!({ "type": "string" })) },
            "/openapi.json": { "get": read("openapi", "This document.", "application/json",
                &json!({ "type": "object" })) },
        },
        "components": { "schemas": schemas },
    })
}

/// References within the schema of a result, from its own place to that of the document.
fn point_here(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(target) if key == "$ref" => {
                        *target = target.replace("#/$defs/", "#/components/schemas/");
                    }
                    value => point_here(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(point_here),
        _ => {}
    }
}

fn scan() -> Value {
    let bytes = json!({ "schema": {} });
    let lines = json!({ "schema": { "type": "string" } });
    let refusal = |what: &str| {
        json!({
            "description": what,
            "content": {
                "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } },
            },
        })
    };
    json!({
        "operationId": "scan",
        "summary": "Judge a page, or a stream of pages.",
        "description": "The body is one page, unless its type is application/jsonl (or x-ndjson) or application/warc: then it is a stream of pages, compressed or not, and the answer has one line for each, in their order, as they are judged.",
        "parameters": [
            {
                "name": "url", "in": "query", "required": false,
                "description": "Address of the page; not for streams.",
                "schema": { "type": "string" },
            },
            {
                "name": "path", "in": "query", "required": false,
                "description": "What the result calls the page.",
                "schema": { "type": "string" },
            },
        ],
        "requestBody": {
            "required": false,
            "content": {
                "text/html": bytes,
                "text/plain": bytes,
                "application/octet-stream": bytes,
                "application/jsonl": lines,
            },
        },
        "responses": {
            "200": {
                "description": "The result; for a stream one line of JSON for each page.",
                "content": {
                    "application/json": { "schema": { "$ref": "#/components/schemas/Result" } },
                    "application/jsonl": { "schema": { "type": "string" } },
                },
            },
            "400": refusal("The request is wrong."),
            "403": refusal("The request comes from a page in a browser."),
            "408": refusal("The page did not come in time."),
            "413": refusal("The page is too large."),
            "415": refusal("The page has a Content-Encoding."),
            "429": refusal("All places are taken."),
            "503": refusal("No processor was free in time."),
        },
    })
}

fn read(id: &str, summary: &str, kind: &str, schema: &Value) -> Value {
    json!({
        "operationId": id,
        "summary": summary,
        "responses": {
            "200": { "description": summary, "content": { kind: { "schema": schema } } },
        },
    })
}

fn problem() -> Value {
    json!({
        "type": "object",
        "description": "RFC 9457.",
        "required": ["title", "status", "detail"],
        "properties": {
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
        },
    })
}

fn rule() -> Value {
    let text = json!({ "type": "string" });
    let perhaps = json!({ "type": ["string", "null"] });
    json!({
        "type": "object",
        "required": ["id", "family", "pack", "topic", "summary", "why", "advice", "weight"],
        "properties": {
            "id": text,
            "family": text,
            "pack": text,
            "topic": perhaps,
            "summary": text,
            "why": text,
            "advice": perhaps,
            "weight": { "type": ["number", "null"], "description": "What its evidence is multiplied with; 0 is off." },
        },
    })
}
