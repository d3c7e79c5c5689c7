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
    "hidden"
    "links"
    "meta"
    "stuffing"
};
