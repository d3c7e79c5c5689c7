//! `POST /scan`: one page, or a stream of them.

use std::io::{self, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::anyhow;
use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use crawlint::input::{self, InputFormat, Item, Pull};
use crawlint::report::{Reason, Report, json};
use crawlint::{Origin, Scanner};
use futures_util::{StreamExt as _, stream};
use serde::Deserialize;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::cli::batch;
use crate::cli::serve::problem::Problem;
use crate::cli::serve::service::Service;
use crate::cli::serve::turn::Seat;
use crate::cli::sources;

/// Chunks of a stream that may wait on its way in or out.
const CHUNKS: usize = 8;

/// What the address may say of a page.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// Its address.
    url: Option<String>,
    /// What the result calls it.
    path: Option<String>,
}

pub(super) async fn scan(
    State(service): State<Arc<Service>>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let Query(asked) =
        asked.map_err(|error| Problem::new(StatusCode::BAD_REQUEST, error.body_text()))?;
    let kind = match headers.get(CONTENT_TYPE).map(|value| value.to_str()) {
        None => None,
        Some(Ok(kind)) => Some(kind),
        Some(Err(_)) => {
            let wrong = "Content-Type holds what no header may";
            return Err(Problem::new(StatusCode::BAD_REQUEST, wrong));
        }
    };
    let seat = service.turns.seat()?;
    let name = asked.path.unwrap_or_else(|| "-".to_owned());
    match kind.and_then(stream_of) {
        Some(_) if asked.url.is_some() => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "`url` is for one page: records bring theirs",
        )),
        Some(format) => Ok(records(service, seat, name, format, body)),
        None => {
            let plain = headers.get(CONTENT_ENCODING).is_none_or(|value| value == "identity");
            if !plain {
                let wrong = "send a page without Content-Encoding";
                return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, wrong));
            }
            let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
            if length.and_then(|n| n.parse().ok()).is_some_and(|n: u64| n > service.max_bytes) {
                return Err(Problem::large(service.max_bytes));
            }
            let origin =
                Origin { url: asked.url, content_type: page_type(kind), ..Origin::path(name) };
            page(service, seat, origin, body).await
        }
    }
}

/// What a stream of this media type holds; nothing where the body is one page.
fn stream_of(kind: &str) -> Option<InputFormat> {
    match essence(kind).as_str() {
        "application/jsonl"
        | "application/ndjson"
        | "application/x-ndjson"
        | "application/x-jsonlines" => Some(InputFormat::Jsonl),
        "application/warc" => Some(InputFormat::Warc),
        _ => None,
    }
}

/// The media type of a page, where it says anything: clients that were not told one send these.
fn page_type(kind: Option<&str>) -> Option<String> {
    let nothing = ["application/x-www-form-urlencoded", "application/octet-stream"];
    kind.filter(|kind| !nothing.contains(&essence(kind).as_str())).map(str::to_owned)
}

fn essence(kind: &str) -> String {
    kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Judges one page.
async fn page(
    service: Arc<Service>,
    seat: Seat,
    origin: Origin,
    body: Body,
) -> Result<Response, Problem> {
    let limit = service.limit;
    let collected = timeout(limit, collect(body, service.max_bytes)).await;
    let bytes = collected.map_err(|_| Problem::slow(limit))??;
    let judged = tokio::spawn(async move {
        // Here, so that a client that goes away does not free the place of a page at work.
        let _seat = seat;
        let permit = service.turns.turn(limit).await?;
        let shared = Arc::clone(&service);
        let work = tokio::task::spawn_blocking(move || json::line(&shared.judge(&bytes, &origin)));
        let line = work.await;
        drop(permit);
        line.map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the page was not judged"))
    });
    let line = judged.await.map_err(|_| {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the page was not judged")
    })??;
    Ok(([(CONTENT_TYPE, "application/json")], line).into_response())
}

/// All of a body.
async fn collect(body: Body, max_bytes: u64) -> Result<Vec<u8>, Problem> {
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| {
            Problem::new(StatusCode::BAD_REQUEST, format!("the page broke off: {error}"))
        })?;
        if (bytes.len() + chunk.len()) as u64 > max_bytes {
            return Err(Problem::large(max_bytes));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Judges the records of a stream as they come, and answers with a line for each, in their order.
/// Memory is bounded by the records at work: who does not read the answer is not read from.
fn records(
    service: Arc<Service>,
    seat: Seat,
    name: String,
    format: InputFormat,
    body: Body,
) -> Response {
    let (chunks, incoming) = mpsc::channel(CHUNKS);
    tokio::spawn(feed(body.into_data_stream(), chunks, service.limit));
    let (lines, outgoing) = mpsc::channel::<Bytes>(CHUNKS);
    let handle = Handle::current();
    tokio::task::spawn_blocking(move || {
        let _seat = seat;
        let reader = Incoming { chunks: incoming, chunk: Bytes::new() };
        let options = input::Options {
            limits: input::Limits { max_bytes: service.max_bytes, ..input::Limits::default() },
            format: Some(format),
            ..input::Options::default()
        };
        let work = |pull: Pull| {
            let line = outcome(&service, pull.item(), &handle)?;
            Some(Bytes::from(line))
        };
        let write = |line: Option<Bytes>| {
            let Some(line) = line else { return Ok(()) };
            let sent = handle.block_on(timeout(service.limit, lines.send(line)));
            // A client that has gone, or does not read, needs no more answers.
            sent.map_err(|_| anyhow!("not read"))?.map_err(|_| anyhow!("gone"))
        };
        let _ = batch::in_order(input::records(name, reader, &options), service.jobs, work, write);
    });
    let lines = stream::unfold(outgoing, |mut outgoing| async {
        let line = outgoing.recv().await?;
        Some((Ok::<_, io::Error>(line), outgoing))
    });
    ([(CONTENT_TYPE, "application/jsonl")], Body::from_stream(lines)).into_response()
}

/// The line of an item; none for what is passed over.
fn outcome(service: &Service, item: Item, handle: &Handle) -> Option<Vec<u8>> {
    let report = match item {
        Item::Page(record) => {
            let (origin, bytes) = sources::origin(record, None);
            let _turn = service.turns.turn_on(handle)?;
            service.judge(&bytes, &origin)
        }
        Item::Fault { at, error } => {
            let reason = Reason { code: error.code().to_owned(), message: error.to_string() };
            service.count(Scanner::unreadable(&sources::origin_of(at, None), reason), 0, None)
        }
        Item::Skipped { .. } => return None,
    };
    Some(json::line(&report))
}

/// Hands the chunks of a body to a thread that reads them.
async fn feed(mut body: BodyDataStream, chunks: mpsc::Sender<io::Result<Bytes>>, limit: Duration) {
    loop {
        let chunk = match timeout(limit, body.next()).await {
            Ok(None) => return,
            Ok(Some(Ok(chunk))) => Ok(chunk),
            Ok(Some(Err(error))) => Err(io::Error::other(error)),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the client stopped sending")),
        };
        let last = chunk.is_err();
        if chunks.send(chunk).await.is_err() || last {
            return;
        }
    }
}

/// A body as a reader, for a thread that may block.
struct Incoming {
    chunks: mpsc::Receiver<io::Result<Bytes>>,
    chunk: Bytes,
}

impl Read for Incoming {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.chunk.is_empty() {
            match self.chunks.blocking_recv() {
                None => return Ok(0),
                Some(chunk) => self.chunk = chunk?,
            }
        }
        let bytes = self.chunk.split_to(buffer.len().min(self.chunk.len()));
        buffer[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}

impl Service {
    /// Judges a page and counts it.
    fn judge(&self, bytes: &[u8], origin: &Origin) -> Report {
        let begun = Instant::now();
        let report = self.scanner.scan(bytes, origin);
        self.count(report, bytes.len(), Some(begun))
    }

    fn count(&self, report: Report, bytes: usize, begun: Option<Instant>) -> Report {
        let time = begun.map_or(Duration::ZERO, |begun| begun.elapsed());
        self.metrics.page(report.verdict, bytes, time);
        report
    }
}
