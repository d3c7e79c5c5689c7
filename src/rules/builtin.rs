//! The packs that are part of the program.

macro_rules! packs {
    ($($name:literal)*) => {
        &[$((concat!("rules/", $name, ".toml"), include_str!(concat!("../../rules/", $name, ".toml")))),*]
    };
}

/// File name and text of every pack in `rules/`, sorted by name.
pub(super) static PACKS: &[(&str, &str)] = packs! {
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
};
