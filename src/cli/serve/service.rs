//! The routes.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, ORIGIN};
use axum::http::{StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use crawlint::Scanner;
use serde_json::{Value, json};

use crate::cli::serve::metrics::Metrics;
use crate::cli::serve::openapi;
use crate::cli::serve::problem::Problem;
use crate::cli::serve::scan::scan;
use crate::cli::serve::turn::Turns;

/// What requests share.
pub(super) struct Service {
    pub(super) scanner: Scanner,
    /// Pages judged at a time.
    pub(super) jobs: usize,
    pub(super) max_bytes: u64,
    /// Time for each step that depends on the client.
    pub(super) limit: Duration,
    pub(super) turns: Turns,
    pub(super) metrics: Metrics,
}

type Shared = State<Arc<Service>>;

/// The routes by their names in the counts.
const ROUTES: [&str; 6] = ["/", "/healthz", "/metrics", "/openapi.json", "/rules", "/scan"];

const HELP: &str = "\
crawlint: POST a page to /scan, or a stream of them with Content-Type: application/jsonl.

  POST /scan?url=ADDRESS&path=NAME    one page, answered with one result
  POST /scan                          application/jsonl or application/warc, answered line by line
  GET  /rules                         the rules in force
  GET  /healthz, /metrics             for those who watch over it
  GET  /openapi.json                  all of this, for programs
";

/// All routes.
pub(super) fn router(service: Arc<Service>) -> Router {
    Router::new()
        .route("/", get(|| async { HELP }))
        .route("/scan", post(scan))
        .route("/rules", get(rules))
        .route("/healthz", get(health))
        .route("/metrics", get(metrics))
        .route("/openapi.json", get(|| async { typed(&openapi::document()) }))
        .fallback(|| async {
            Problem::new(StatusCode::NOT_FOUND, "there is no such path; GET / lists them")
        })
        .method_not_allowed_fallback(|| async {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "this path takes another method; GET / lists them",
            )
        })
        .layer(middleware::from_fn_with_state(Arc::clone(&service), count))
        .with_state(service)
}

/// Counts answers, and refuses pages in browsers: no page of the web has business here.
async fn count(State(service): Shared, request: Request, next: Next) -> Response {
    let route = route(request.uri());
    let answer = if request.headers().contains_key(ORIGIN) {
        Problem::new(StatusCode::FORBIDDEN, "this is for programs, not for pages in a browser")
            .into_response()
    } else {
        next.run(request).await
    };
    service.metrics.request(route, answer.status().as_u16());
    answer
}

fn route(uri: &Uri) -> &'static str {
    ROUTES.into_iter().find(|route| *route == uri.path()).unwrap_or("other")
}

fn typed(value: &Value) -> Response {
    ([(CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

async fn health(State(service): Shared) -> Response {
    let rules = service.scanner.rules().rules().len();
    typed(&json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION"), "rules": rules }))
}

async fn rules(State(service): Shared) -> Response {
    let rules = service.scanner.rules().rules().iter().map(|rule| {
        let it = &rule.definition;
        json!({
            "id": it.id,
            "family": rule.family,
            "pack": rule.pack,
            "topic": it.topic,
            "summary": it.summary,
            "why": it.why,
            "advice": it.advice,
            "weight": service.scanner.weight(&it.id),
        })
    });
    typed(&rules.collect())
}

async fn metrics(State(service): Shared) -> Response {
    let taken = service.turns.taken();
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(CONTENT_TYPE, kind)], service.metrics.text(taken)).into_response()
}
