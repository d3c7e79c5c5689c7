//! The bodies of the fuzz targets on the inputs that fuzzing kept: what once was reached stays
//! sound without a fuzzer at hand.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[expect(unreachable_pub, reason = "shared with the fuzz targets, which name them from outside")]
#[path = "../../fuzz/src/targets.rs"]
mod targets;

/// Most that the kept inputs may weigh, in bytes.
const MAX_KEPT: u64 = 200_000;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

fn replay(name: &str, target: fn(&[u8])) {
    let mut inputs: Vec<PathBuf> = fs::read_dir(fuzz().join("kept").join(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    inputs.sort();
    assert!(!inputs.is_empty());
    for input in inputs {
        let bytes = fs::read(&input).unwrap();
        // The panic inside has told what is wrong; this tells with which input.
        let result = std::panic::catch_unwind(|| target(&bytes));
        assert!(result.is_ok(), "the input is {}", input.display());
    }
}

macro_rules! targets {
    ($($name:ident),+) => {
        $(#[test]
        fn $name() {
            replay(stringify!($name), targets::$name);
        })+

        const TARGETS: &[&str] = &[$(stringify!($name)),+];
    };
}

targets!(archive, charset, html, json, jsonl, rule_pack, scan, warc);

#[test]
fn every_target_has_its_inputs_and_its_dictionary() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|name| (*name).to_owned()).collect();
    for folder in ["fuzz_targets", "kept", "dictionaries"] {
        assert_eq!(names(&fuzz().join(folder)), targets, "fuzz/{folder}");
    }
}

#[test]
fn the_kept_inputs_are_small() {
    let folders = TARGETS.iter().map(|name| fuzz().join("kept").join(name));
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap());
    let total: u64 = files.map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    assert!(total <= MAX_KEPT, "{total} bytes");
}
