//! `crawlint serve`: the scanner behind HTTP, for tools that can neither start a command nor link
//! a library.
//!
//! Nothing is stored and nothing is written. What a client can take is bounded: connections, by
//! waiting to accept; requests at work and in the queue, by refusal; the time for every step that
//! depends on the client; the bytes of a page.

mod metrics;
mod openapi;
mod problem;
mod scan;
mod service;
mod turn;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use crate::cli::args::ServeArgs;
use crate::cli::serve::metrics::Metrics;
use crate::cli::serve::service::{Service, router};
use crate::cli::serve::turn::Turns;
use crate::cli::{Exit, packs, say};

/// Largest head of a request, in bytes. Addresses of pages can be long.
const MAX_HEAD: usize = 64 << 10;

/// How long requests at work may take after the server was asked to stop.
const GRACE: Duration = Duration::from_secs(20);

/// How long to wait where no connection can be accepted (no file handles left).
const PAUSE: Duration = Duration::from_millis(50);

pub(crate) fn run(options: &ServeArgs) -> anyhow::Result<Exit> {
    let scanner = packs::set_up(&options.scanner, |builder| builder)?;
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = options.jobs.map_or(processors, usize::from);
    let queue = usize::from(options.queue);
    let limit = Duration::from_secs(options.timeout.into());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        // One thread for each request that has a place.
        .max_blocking_threads(jobs + queue)
        .build()?;
    let service = Arc::new(Service {
        scanner,
        jobs,
        max_bytes: options.scanner.max_bytes,
        limit,
        turns: Turns::new(jobs, queue),
        metrics: Metrics::default(),
    });
    runtime.block_on(async {
        let listener = TcpListener::bind(options.listen)
            .await
            .with_context(|| format!("cannot listen on {}", options.listen))?;
        let address = listener.local_addr()?;
        say(&greeting(address, service.scanner.rules().rules().len()));
        serve(listener, router(service), options.connections.into(), limit).await
    })?;
    // What is still at work after the grace is not waited for.
    runtime.shutdown_background();
    Ok(Exit::Passed)
}

fn greeting(address: SocketAddr, rules: usize) -> String {
    let mut text = format!("listening on http://{address} with {rules} rules; Ctrl-C ends\n");
    if !address.ip().is_loopback() {
        text.push_str("  anyone who reaches this address can use it: there is no password\n");
    }
    text
}

/// Takes connections until the process is asked to stop, then lets requests at work end.
async fn serve(
    listener: TcpListener,
    router: Router,
    connections: usize,
    limit: Duration,
) -> anyhow::Result<()> {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limit).max_buf_size(MAX_HEAD);
    let free = Arc::new(Semaphore::new(connections));
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(asked_to_stop());
    loop {
        let next = async {
            let permit = Arc::clone(&free).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            next = next => next,
            () = &mut stop => break,
        };
        let Ok((stream, _)) = accepted else {
            // One connection that fails must not end the others.
            sleep(PAUSE).await;
            continue;
        };
        // Answers are small, and each is written at once.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(router.clone());
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // What ends a connection is the client's doing, or was answered already.
            let _ = connection.await;
            drop(permit);
        });
    }
    drop(listener);
    say("stopping after the requests at work\n");
    if timeout(GRACE, graceful.shutdown()).await.is_err() {
        say("some requests took too long and were cut short\n");
    }
    Ok(())
}

/// Waits for Ctrl-C, or the polite signal of service managers.
async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};

        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Where signals cannot be listened for, they end the process, which is as well.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
