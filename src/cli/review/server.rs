//! The server: answers of one page's script, each made on a thread of its own, because files and
//! the database block.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Json, Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use crawlint::Scanner;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::desk::{Document, about};
use crate::cli::review::export::{self, Export};
use crate::cli::review::guard::{Guard, check};
use crate::cli::review::results::Results;
use crate::cli::review::store::{self, Answer, Store, Wish};

/// Labels that a page may be given.
const LABELS: [&str; 7] =
    ["clean", "damaged", "suspicious", "injected", "spam", "junk", "ambiguous"];

/// Largest request, in bytes: a note and little else.
const MAX_BODY: usize = 32 << 10;

/// Longest note, in bytes.
const MAX_NOTE: usize = 8 << 10;

/// What the answers are made of.
pub(super) struct Desk {
    pub(super) results: Results,
    pub(super) store: Mutex<Store>,
    pub(super) scanner: Scanner,
    /// Folder of the manifest that is downloaded.
    pub(super) folder: PathBuf,
}

type Shared = State<Arc<Desk>>;

/// All routes, behind the guard.
pub(super) fn router(desk: Arc<Desk>, guard: Guard) -> Router {
    Router::new()
        .route("/{token}/", get(page))
        .route("/{token}/rows", get(rows))
        .route("/{token}/details/{page}", get(details))
        .route("/{token}/search", get(search))
        .route("/{token}/decisions", get(decisions))
        .route("/{token}/decide", post(decide))
        .route("/{token}/undo", post(undo))
        .route("/{token}/manifest.jsonl", get(manifest))
        .route("/{token}/allow.toml", get(allow))
        .with_state(desk)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn_with_state(guard, check))
}

/// Trouble, as the script shows it.
struct Trouble(StatusCode, String);

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        (self.0, self.1).into_response()
    }
}

impl<E: Into<anyhow::Error>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, format!("{:#}", error.into()))
    }
}

type Reply = Result<Response, Trouble>;

/// Makes an answer where it may block.
async fn off<F>(desk: Arc<Desk>, work: F) -> Reply
where
    F: FnOnce(&Desk) -> Reply + Send + 'static,
{
    tokio::task::spawn_blocking(move || work(&desk)).await?
}

#[expect(clippy::unnecessary_wraps, reason = "the last step of answers that may fail")]
fn typed(kind: &'static str, body: impl Into<axum::body::Body>) -> Reply {
    Ok(([(CONTENT_TYPE, kind)], body.into()).into_response())
}

async fn page(State(desk): Shared) -> Reply {
    let about = about(desk.scanner.rules(), desk.results.len() as u64).to_string();
    let page = Document::Review.head() + &Document::tail(&about);
    typed("text/html; charset=utf-8", page)
}

async fn rows(State(desk): Shared) -> Reply {
    off(desk, |desk| typed("application/jsonl", desk.results.rows()?)).await
}

async fn details(State(desk): Shared, Path((_, page)): Path<(String, usize)>) -> Reply {
    off(desk, move |desk| {
        if page >= desk.results.len() {
            return Err(Trouble(StatusCode::NOT_FOUND, format!("there is no page {page}")));
        }
        typed("application/json", desk.results.details(&desk.scanner, page)?.json())
    })
    .await
}

#[derive(Deserialize)]
struct Search {
    q: String,
}

async fn search(State(desk): Shared, Query(search): Query<Search>) -> Reply {
    off(desk, move |desk| Ok(axum::Json(desk.results.search(&search.q)?).into_response())).await
}

impl Desk {
    fn store(&self) -> std::sync::MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A state for the script, which knows pages by number.
    fn shown(&self, state: &store::State) -> Option<Value> {
        let page = self.results.page(&state.page)?;
        let store::State { seq, action, label, note, .. } = state;
        Some(json!({ "page": page, "seq": seq, "action": action, "label": label, "note": note }))
    }
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: i64,
}

async fn decisions(State(desk): Shared, Query(Since { since }): Query<Since>) -> Reply {
    off(desk, move |desk| {
        let (seq, states) = desk.store().since(since)?;
        let decisions: Vec<Value> = states.iter().filter_map(|it| desk.shown(it)).collect();
        Ok(axum::Json(json!({ "seq": seq, "decisions": decisions })).into_response())
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decide {
    window: String,
    page: usize,
    action: String,
    label: Option<String>,
    #[serde(default)]
    note: String,
    seen: i64,
}

async fn decide(State(desk): Shared, Json(wish): Json<Decide>) -> Reply {
    let refused = |why: &str| Err(Trouble(StatusCode::UNPROCESSABLE_ENTITY, why.to_owned()));
    let decision = match (wish.action.as_str(), wish.label.as_deref()) {
        ("note", _) => None,
        ("accept" | "reject" | "relabel", Some(label)) if LABELS.contains(&label) => {
            Some((wish.action.clone(), label.to_owned()))
        }
        _ => return refused("there is no such decision"),
    };
    if wish.note.len() > MAX_NOTE || wish.window.len() > 64 {
        return refused("the note is too long");
    }
    off(desk, move |desk| {
        let Some(page) = desk.results.key(wish.page) else {
            return Err(Trouble(StatusCode::NOT_FOUND, "there is no such page".to_owned()));
        };
        let answer = desk.store().decide(&Wish {
            page,
            decision: decision.as_ref().map(|(action, label)| (action.as_str(), label.as_str())),
            note: &wish.note,
            window: &wish.window,
            seen: wish.seen,
        })?;
        let (status, state) = match &answer {
            Answer::Kept(state) => (StatusCode::OK, state),
            Answer::Conflict(state) => (StatusCode::CONFLICT, state),
        };
        Ok((status, axum::Json(desk.shown(state))).into_response())
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Undo {
    window: String,
}

async fn undo(State(desk): Shared, Json(wish): Json<Undo>) -> Reply {
    off(desk, move |desk| {
        let state = desk.store().undo(&wish.window)?;
        let shown = state.and_then(|state| desk.shown(&state)).unwrap_or(json!({}));
        Ok(axum::Json(shown).into_response())
    })
    .await
}

#[expect(clippy::unnecessary_wraps, reason = "the last step of answers that may fail")]
fn download(name: &str, export: Export) -> Reply {
    let disposition = format!("attachment; filename=\"{name}\"");
    let kind = (CONTENT_TYPE, "text/plain; charset=utf-8".to_owned());
    Ok(([kind, (CONTENT_DISPOSITION, disposition)], export.text).into_response())
}

async fn manifest(State(desk): Shared) -> Reply {
    off(desk, |desk| {
        let (_, states) = desk.store().since(0)?;
        download("manifest.jsonl", export::manifest(&desk.results, &states, &desk.folder)?)
    })
    .await
}

async fn allow(State(desk): Shared) -> Reply {
    off(desk, |desk| {
        let (_, states) = desk.store().since(0)?;
        download("allow.toml", export::allow(&desk.results, &states)?)
    })
    .await
}
