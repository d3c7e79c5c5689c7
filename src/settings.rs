//! Settings files: what the user wants to happen to pages about a topic.
//!
//! ```toml
//! [policy]
//! gambling = "spam"
//! loan = "ignore"
//! ```

use crate::rules::{Problem, place_in_pack};
use crate::score::{Policies, Policy};

/// Tables of a settings file.
const TABLES: &[&str] = &["policy"];

/// Reads a settings file. `topics` are those a policy can be set for.
pub(crate) fn read(file: &str, source: &str, topics: &[&str]) -> Result<Policies, Vec<Problem>> {
    let settings: toml::Table = match source.parse() {
        Ok(settings) => settings,
        Err(error) => {
            let error: toml::de::Error = error;
            let text = error.span().and_then(|span| source.get(span)).unwrap_or("");
            let message = error.message().to_owned();
            return Err(vec![Problem { message, ..place_in_pack(file, source, text) }]);
        }
    };
    let mut policies = Policies::new();
    let mut problems = Vec::new();
    for (key, value) in &settings {
        let mut fault = |text: &str, message: String| {
            problems.push(Problem { message, ..place_in_pack(file, source, text) });
        };
        if !TABLES.contains(&key.as_str()) {
            fault(key, unknown("key", key, TABLES));
            continue;
        }
        let Some(table) = value.as_table() else {
            fault(key, format!("`{key}` is a table: write `[{key}]` and a topic per line below"));
            continue;
        };
        for (topic, value) in table {
            match (known(topic, topics), value.as_str().map_or(Err(None), policy)) {
                (Err(message), _) => fault(topic, message),
                (_, Err(name)) => {
                    let names = Policy::ALL.map(Policy::name);
                    let message = match name {
                        Some(name) => unknown("policy", name, &names),
                        None => format!("a policy is one of \"{}\"", names.join("\", \"")),
                    };
                    fault(topic, message);
                }
                (Ok(()), Ok(policy)) => {
                    policies.insert(topic.clone(), policy);
                }
            }
        }
    }
    if problems.is_empty() { Ok(policies) } else { Err(problems) }
}

/// Whether a policy can be set for a topic; else why not.
pub(crate) fn known(topic: &str, topics: &[&str]) -> Result<(), String> {
    if topics.contains(&topic) { Ok(()) } else { Err(unknown("topic", topic, topics)) }
}

fn policy(name: &str) -> Result<Policy, Option<&str>> {
    Policy::ALL.into_iter().find(|policy| policy.name() == name).ok_or(Some(name))
}

fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    let all = known.join(", ");
    match closest(name, known) {
        Some(meant) => format!("unknown {what} `{name}`; did you mean `{meant}`?"),
        None => format!("unknown {what} `{name}`; there are {all}"),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    const TOPICS: &[&str] = &["adult", "gambling", "loan"];

    fn faults(source: &str) -> String {
        let problems = read("crawlint.toml", source, TOPICS).expect_err(source);
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn policies_are_read() {
        let source = "[policy]\ngambling = \"spam\"\nloan = 'ignore'\n";
        let policies = read("crawlint.toml", source, TOPICS).expect("it is right");
        assert_eq!(policies["gambling"], Policy::Spam);
        assert_eq!(policies["loan"], Policy::Ignore);
        assert!(read("crawlint.toml", "", TOPICS).expect("empty is right").is_empty());
    }

    #[test]
    fn unknown_names_are_faults_with_a_place_and_a_suggestion() {
        let faults_of_names = faults("[policy]\ngamblin = \"spam\"\nadult = \"span\"\n");
        assert!(faults_of_names.contains("crawlint.toml:2:1: unknown topic `gamblin`"));
        assert!(faults_of_names.contains("did you mean `gambling`?"), "{faults_of_names}");
        assert!(faults_of_names.contains("did you mean `spam`?"), "{faults_of_names}");
        assert!(faults("[polisy]\n").contains("did you mean `policy`?"));
        assert!(faults("[policy]\nweather = \"spam\"").contains("there are adult, gambling, loan"));
        assert!(faults("[policy]\nloan = 3").contains("\"suspicious\""));
        assert!(faults("policy = 3").contains("is a table"));
        assert!(faults("[policy\n").starts_with("crawlint.toml:1:"));
    }
}
