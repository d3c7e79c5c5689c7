//! Speed of the stages on the pages of `samples/`, in bytes of source a second: `cargo bench`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crawlint::decode::decode;
use crawlint::page::Page;
use crawlint::parse::{Hints, parse};
use crawlint::signals::{Facts, SIGNALS, Signals};
use crawlint::terms::Found;
use crawlint::text::{View, language, normalise};
use crawlint::{Origin, Scanner};
use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

struct Sample {
    path: String,
    bytes: Vec<u8>,
}

/// Results of the stages before the signals.
struct Read {
    text: String,
    page: Page,
    norm: View,
    found: Found,
}

static SAMPLES: LazyLock<Vec<Sample>> = LazyLock::new(|| {
    let mut paths = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("samples"), &mut paths);
    paths.sort();
    paths
        .into_iter()
        .map(|path| Sample {
            bytes: fs::read(&path).expect("a listed file can be read"),
            path: path.to_string_lossy().into_owned(),
        })
        .collect()
});
static SCANNER: LazyLock<Scanner> =
    LazyLock::new(|| Scanner::new().expect("the built-in packs compile"));

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the samples lie in the repository") {
        let path = entry.expect("the folder can be listed").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn text(sample: &Sample) -> String {
    decode(&sample.bytes, None).text.into_owned()
}

fn page(sample: &Sample, text: &str) -> Page {
    let extension = Path::new(&sample.path).extension().and_then(|e| e.to_str());
    parse(text, &Hints { extension, ..Hints::default() })
}

fn terms(page: &Page) -> (View, Found) {
    let norm = normalise(&page.text[..page.aside_len]);
    let found = SCANNER.rules().terms().find(&norm.text, &norm.map);
    (norm, found)
}

/// Runs a stage over all samples, given what comes before it.
fn stage<I, O>(
    bencher: Bencher<'_, '_>,
    before: impl Fn(&Sample) -> I,
    run: impl Fn(&Sample, &I) -> O,
) {
    let inputs: Vec<I> = SAMPLES.iter().map(before).collect();
    let bytes: usize = SAMPLES.iter().map(|sample| sample.bytes.len()).sum();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        for (sample, input) in SAMPLES.iter().zip(&inputs) {
            divan::black_box(run(sample, input));
        }
    });
}

#[divan::bench]
fn a_decode(bencher: Bencher<'_, '_>) {
    stage(bencher, |_| (), |sample, ()| decode(&sample.bytes, None).text.len());
}

#[divan::bench]
fn b_parse(bencher: Bencher<'_, '_>) {
    stage(bencher, text, |sample, text| page(sample, text));
}

#[divan::bench]
fn c_normalise_and_terms(bencher: Bencher<'_, '_>) {
    stage(bencher, |sample| page(sample, &text(sample)), |_, page| terms(page));
}

#[divan::bench]
fn d_signals(bencher: Bencher<'_, '_>) {
    let read = |sample: &Sample| {
        let text = text(sample);
        let page = page(sample, &text);
        let (norm, found) = terms(&page);
        Read { text, page, norm, found }
    };
    stage(bencher, read, |_, read| {
        let Read { text, page, norm, found } = read;
        let told = language(page.visible());
        let facts = Facts::new(page, text, norm, SCANNER.rules().terms(), found, told);
        let signals = Signals::new(&facts);
        (0..SIGNALS.len()).map(|index| signals.get(index).value).sum::<f64>()
    });
}

#[divan::bench]
fn e_scan(bencher: Bencher<'_, '_>) {
    let origin = |sample: &Sample| Origin::path(sample.path.as_str());
    stage(bencher, origin, |sample, origin| SCANNER.scan(&sample.bytes, origin));
}

/// Compiling the built-in packs, which every start of the command does once.
#[divan::bench]
fn f_start() -> Scanner {
    Scanner::new().expect("the built-in packs compile")
}
