//! `crawlint inspect`: one page as the scanner sees it.

mod human;
mod json;
mod place;

use anyhow::anyhow;
use crawlint::report::Verdict;
use crawlint::report::terminal::escape;

use crate::cli::args::{InspectArgs, InspectFormat};
use crate::cli::{Exit, look_of, packs, print, sources};
use place::Places;

pub(crate) fn run(options: &InspectArgs) -> anyhow::Result<Exit> {
    let max_bytes = options.limits.max_bytes;
    let scanner = packs::set_up(&options.rules, &options.settings, max_bytes, |builder| {
        builder.quality(true).profile(options.profile)
    })?;
    let sources = sources::collect(std::slice::from_ref(&options.file), false)?;
    let [source] = sources.as_slice() else {
        return Err(anyhow!(
            "inspect shows one page, but `{}` holds {}; name one of them, or use `crawlint scan`",
            escape(&options.file.display().to_string()),
            sources.len()
        ));
    };
    let origin = source.origin(options.url.as_deref());
    let bytes = source.read(max_bytes).map_err(|reason| {
        anyhow!("cannot read {}: {}", escape(&origin.path), escape(&reason.message))
    })?;
    let inspection = scanner.inspect(&bytes, &origin);
    let places = Places::new(&inspection.text);
    let text = match options.format {
        InspectFormat::Human => {
            let look = look_of(&std::io::stdout());
            human::render(&inspection, bytes.len(), &places, options.all, look)
        }
        InspectFormat::Json => {
            let view = json::view(&inspection, bytes.len(), &places);
            format!("{}\n", serde_json::to_string_pretty(&view)?)
        }
    };
    print(&text)?;
    let unreadable = inspection.report.verdict == Verdict::Unreadable;
    Ok(if unreadable { Exit::Failed } else { Exit::Passed })
}
