//! Tests of the command and of what it promises, through its public face only.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod api;
mod cli;
mod containers;
mod desk;
mod docs;
mod eval;
mod formats;
mod fuzz;
mod gate;
mod hidden;
mod hostile;
mod inputs;
mod layers;
mod metamorphic;
mod output;
mod policy;
mod properties;
#[cfg(feature = "review")]
mod review;
mod rules;
mod samples;
mod schema;
#[cfg(feature = "serve")]
mod serve;
mod settings;
mod tune;

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

/// The command, away from what the environment says about colours.
fn crawlint() -> Command {
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("crawlint");
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command
}

/// A folder of files that is gone after the test.
struct Folder(TempDir);

impl Folder {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let folder = Self(TempDir::new().unwrap());
        for (name, bytes) in files {
            folder.add(name, bytes);
        }
        folder
    }

    fn add(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

/// An article that nothing is wrong with.
const ARTICLE: &[u8] = b"How to brew green tea\n\n\
    Green tea wants water that has cooled a little after boiling. Pour it over the leaves,\n\
    wait two minutes, and taste. If the cup is bitter, use cooler water or wait less.\n\n\
    Leaves of good quality give a second cup, and often a third. Each needs a little longer\n\
    than the one before, because the leaves have already given away what dissolves first.\n";

/// The article, with a line that the rule of [`PACK`] finds.
fn advertised() -> Vec<u8> {
    [ARTICLE, b"\nBuy zorblax teapots\n"].concat()
}

/// A record that is not text.
const BINARY: &[u8] = &[0; 1 << 16];

/// A pack whose one rule fires on a made-up phrase.
const PACK: &str = r#"
[pack]
name = "tea"
summary = "Finds the made-up advertiser of the tests."

[[rule]]
id = "tea/zorblax-teapots"
detector = "LEX-90"
summary = "advertisement for Zorblax teapots"
why = "Zorblax does not exist, so no good page names it."
guard = "Only the whole name counts."
keywords = ["zorblax teapots"]
db = 6.0
damage = 60.0
bad = ["Buy zorblax teapots today"]
good = ["Buy teapots today"]
"#;
