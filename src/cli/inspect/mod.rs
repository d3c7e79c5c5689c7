//! `crawlint inspect`: one page as the scanner sees it.

mod human;
mod json;
mod place;

use crawlint::report::Verdict;

use crate::cli::args::{InspectArgs, InspectFormat};
use crate::cli::{Exit, look_of, packs, print, sources};
use place::Places;

pub(crate) fn run(options: &InspectArgs) -> anyhow::Result<Exit> {
    let scanner =
        packs::set_up(&options.scanner, |builder| builder.quality(true).profile(options.profile))?;
    let record = sources::one(&options.page, options.scanner.max_bytes, "inspect")?;
    let (origin, bytes) = sources::origin(record, options.page.reading.url.as_deref());
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
