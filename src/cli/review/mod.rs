//! `crawlint review`: deciding about results in a browser on the same machine.

mod export;
mod guard;
mod results;
mod server;
mod store;

use std::ffi::OsString;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use anyhow::Context as _;
use crawlint::report::terminal::escape;

use crate::cli::args::ReviewArgs;
use crate::cli::review::export::Export;
use crate::cli::review::guard::Guard;
use crate::cli::review::results::Results;
use crate::cli::review::server::{Desk, router};
use crate::cli::review::store::Store;
use crate::cli::words::count;
use crate::cli::{Exit, atomic, packs, say};

pub(crate) fn run(options: &ReviewArgs) -> anyhow::Result<Exit> {
    let results = Results::open(&options.results, &options.source)?;
    let database = beside(&options.results);
    let mut store = Store::open(&database)?;
    if options.manifest.is_some() || options.allow.is_some() {
        let (_, states) = store.since(0)?;
        if let Some(path) = &options.manifest {
            let export = export::manifest(&results, &states, folder_of(path))?;
            write(path, &export, "page", "that are no files below its folder")?;
        }
        if let Some(path) = &options.allow {
            write(path, &export::allow(&results, &states)?, "finding", "that no entry can name")?;
        }
        return Ok(Exit::Passed);
    }
    let scanner = packs::set_up(&options.scanner, |builder| builder)?;
    let pages = count(results.len(), "page");
    let folder = options.source.clone();
    let desk = Arc::new(Desk { results, store: Mutex::new(store), scanner, folder });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
        let listener = tokio::net::TcpListener::bind(address)
            .await
            .with_context(|| format!("cannot listen on {address}"))?;
        let guard = Guard::new(listener.local_addr()?.port())?;
        let url = format!("http://127.0.0.1:{}/{}/", guard.port, guard.token);
        let database = database.display().to_string();
        say(&format!(
            "{pages} to review at\n  {url}\nDecisions are kept in {}. Ctrl-C ends.\n",
            escape(&database)
        ));
        let stop = async {
            // Where the signal cannot be listened for, it ends the process, which is as well.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let serve =
            std::future::IntoFuture::into_future(axum::serve(listener, router(desk, guard)));
        // Not a graceful end, which would wait for windows that stay open. Every answered
        // decision is on the disk.
        tokio::select! {
            ended = serve => ended.context("the server ended"),
            () = stop => Ok(()),
        }
    })?;
    Ok(Exit::Passed)
}

/// The database of results: `results.jsonl.review.sqlite`.
fn beside(results: &Path) -> PathBuf {
    let mut name = OsString::from(results);
    name.push(".review.sqlite");
    name.into()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn write(path: &Path, export: &Export, what: &str, left_out: &str) -> anyhow::Result<()> {
    let shown = escape(&path.display().to_string()).into_owned();
    atomic::replace(path, export.text.as_bytes())
        .with_context(|| format!("cannot write {shown}"))?;
    let mut said = format!("{} written to {shown}", count(export.entries, what));
    if export.left_out > 0 {
        let pages = count(export.left_out, "decided page");
        let _ = write!(said, "; left out: {pages} {left_out}");
    }
    say(&format!("{said}\n"));
    Ok(())
}
