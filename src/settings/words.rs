//! Names that are not known, and what they were probably meant to be.

/// Whether a name is known; else why not.
pub(crate) fn known(what: &str, name: &str, known: &[&str]) -> Result<(), String> {
    /// Names listed where none is near.
    const LISTED: usize = 24;
    if known.contains(&name) {
        return Ok(());
    }
    Err(match closest(name, known) {
        Some(meant) => format!("unknown {what} `{name}`; did you mean `{meant}`?"),
        None if known.len() > LISTED => format!("unknown {what} `{name}`"),
        None => format!("unknown {what} `{name}`; there are {}", known.join(", ")),
    })
}

/// The message of the TOML reader about an unknown name, with a suggestion.
pub(super) fn meant(message: &str) -> String {
    // "unknown field `x`, expected one of `a`, `b`", also of variants.
    let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let (what, name) = match (message.split_once(" `"), names.split_first()) {
        (Some(("unknown field", _)), Some((name, _))) => ("key", *name),
        (Some(("unknown variant", _)), Some((name, _))) => ("value", *name),
        _ => return message.to_owned(),
    };
    known(what, name, &names[1..]).err().unwrap_or_else(|| message.to_owned())
}

/// The known name that a name was probably meant to be.
fn closest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let name: Vec<char> = name.to_lowercase().chars().take(64).collect();
    let near = known.iter().map(|candidate| (edits(&name, candidate), *candidate));
    let (edits, meant) = near.min()?;
    (edits * 3 <= meant.chars().count()).then_some(meant)
}

/// Letters to add, drop or change to make one word of the other.
fn edits(from: &[char], to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, c) in from.iter().enumerate() {
        let mut corner = row[0];
        row[0] = at + 1;
        for (column, other) in to.iter().enumerate() {
            let change = corner + usize::from(c != other);
            corner = row[column + 1];
            row[column + 1] = change.min(corner + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}
