//! What the program would otherwise work out at every start: the packs in `rules/` as JSON, which
//! is read eight times as fast as TOML, and the automata of their patterns, which take longer to
//! compile than most pages to scan. What packs say is not looked at here: the tests compare all
//! forms.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::ops::Range;
use std::path::Path;

use regex_syntax::hir::Hir;

#[path = "src/rules/loose.rs"]
mod loose;
#[expect(dead_code, reason = "the program unpacks")]
#[path = "src/rules/packed.rs"]
mod packed;
#[path = "src/rules/syntax.rs"]
mod syntax;

fn main() {
    println!("cargo::rerun-if-changed=rules");
    for module in ["loose", "packed", "syntax"] {
        println!("cargo::rerun-if-changed=src/rules/{module}.rs");
    }
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    let out = Path::new(&out);
    let mut automata = Automata::default();
    for entry in fs::read_dir("rules").expect("the packs lie in rules/") {
        let path = entry.expect("rules/ can be listed").path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let source = fs::read_to_string(&path).expect("packs are UTF-8");
        let name = path.with_extension("json");
        let name = name.file_name().expect("the path has a name");
        // A pack with a fault becomes an empty text; reading it anew tells the fault.
        let table = toml::from_str::<toml::Table>(&source).ok();
        let rules = table.as_ref().and_then(|table| table.get("rule")?.as_array());
        for rule in rules.into_iter().flatten() {
            automata.add(rule);
        }
        let json = table.and_then(|table| serde_json::to_string(&table).ok()).unwrap_or_default();
        write(&out.join(name), json.as_bytes());
    }
    write(&out.join("automata"), &automata.packed);
    write(&out.join("stored.rs"), automata.table().as_bytes());
}

fn write(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).expect("OUT_DIR can be written to");
}

/// The automata of all patterns, packed, and what the program needs to find them.
#[derive(Default)]
struct Automata {
    packed: Vec<u8>,
    /// By the pattern and how it is to be read.
    entries: BTreeMap<(String, bool, bool), String>,
}

impl Automata {
    /// Adds those of a rule's pattern; without them the program compiles its own.
    fn add(&mut self, rule: &toml::Value) -> Option<()> {
        let pattern = rule.get("pattern")?.as_str()?;
        let flag = |name| rule.get(name).and_then(toml::Value::as_bool).unwrap_or(false);
        let (sensitive, unicode) = (flag("case_sensitive"), flag("unicode_classes"));
        let hir = syntax::parse(pattern, sensitive, unicode).ok()?;
        let line = self.pack(&loose::loosened(&hir, true))?;
        let loose = loose::loosened(&hir, false);
        let text = self.pack(&loose)?;
        let beginnings = loose::beginnings(&loose);
        let beginnings: Vec<String> = beginnings.iter().map(|one| format!("&{one:?}")).collect();
        let beginnings = beginnings.join(", ");
        let of = (pattern.to_owned(), sensitive, unicode);
        let entry =
            format!("of: {of:?}, line: {line:?}, text: {text:?}, beginnings: &[{beginnings}]");
        self.entries.insert(of, entry);
        Some(())
    }

    /// Packs an automaton; answers where it stands. Most patterns have the same for lines and for
    /// long texts.
    fn pack(&mut self, loose: &Hir) -> Option<Range<usize>> {
        let packed = packed::pack(&loose::automaton(loose)?)?;
        if !self.packed.ends_with(&packed) {
            self.packed.extend(&packed);
        }
        Some(self.packed.len() - packed.len()..self.packed.len())
    }

    /// The entries as a list, in order.
    fn table(&self) -> String {
        let entries: Vec<&str> = self.entries.values().map(String::as_str).collect();
        let entries = entries.join(" },\n    Stored { ");
        format!(
            "#[expect(clippy::unreadable_literal, reason = \"no one reads them\")]\n\
             static STORED: &[Stored] = &[\n    Stored {{ {entries} }}\n];\n"
        )
    }
}
