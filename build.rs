//! The packs in `rules/` as JSON, which is read eight times as fast as TOML at every start of the
//! program. What they say is not looked at here: the tests compare both forms.

use std::env;
use std::fs;
use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=rules");
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
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
        let json = table.and_then(|table| serde_json::to_string(&table).ok()).unwrap_or_default();
        fs::write(Path::new(&out).join(name), json).expect("OUT_DIR can be written to");
    }
}
