//! The packs that are part of the program.

/// File name and text of every pack in `rules/`, sorted by name.
pub(super) static PACKS: &[(&str, &str)] = &[];
