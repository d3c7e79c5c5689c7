//! The packs that are part of the program.

macro_rules! packs {
    ($($name:literal)*) => {
        /// File name and text of every pack in `rules/`, sorted by name.
        pub(super) static PACKS: &[(&str, &str)] =
            &[$((concat!("rules/", $name, ".toml"), include_str!(concat!("../../rules/", $name, ".toml")))),*];

        /// What each says, as the build script puts it: JSON.
        pub(super) static READY: &[&str] =
            &[$(include_str!(concat!(env!("OUT_DIR"), "/", $name, ".json"))),*];
    };
}

packs! {
    "conversion"
    "damage"
    "edges"
    "encoding"
    "generated"
    "headlines"
    "hidden"
    "junk"
    "language"
    "layout"
    "lex-ar"
    "lex-brands"
    "lex-de"
    "lex-en"
    "lex-es"
    "lex-europe"
    "lex-fr"
    "lex-hi"
    "lex-id"
    "lex-it"
    "lex-ja"
    "lex-ko"
    "lex-lures"
    "lex-pl"
    "lex-pt"
    "lex-reach"
    "lex-ru"
    "lex-th"
    "lex-tr"
    "lex-trades"
    "lex-vi"
    "lex-zh"
    "links"
    "meta"
    "obfuscation"
    "prompt-injection"
    "scripts"
    "stuffing"
    "topics"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::definition::PackDefinition;

    #[test]
    fn both_forms_of_a_pack_say_the_same() {
        assert_eq!(PACKS.len(), READY.len());
        for ((file, source), ready) in PACKS.iter().zip(READY) {
            let written: PackDefinition = toml::from_str(source).expect("the packs are valid");
            let ready: PackDefinition = serde_json::from_str(ready).expect("the packs are valid");
            assert!(format!("{written:?}") == format!("{ready:?}"), "{file}");
        }
    }
}
