//! The exceptions of `crawlint._errors`, and the library's errors as such.

use crawlint::rules::{Problem, RulesError};
use pyo3::PyErr;
use serde_json::{Value, json};

// The macro makes structs that only it names.
#[allow(unreachable_pub)]
mod python {
    pyo3::import_exception!(crawlint._errors, RulesError);
    pyo3::import_exception!(crawlint._errors, ConfigError);
    pyo3::import_exception!(crawlint._errors, InputError);
}

/// Faults of packs.
pub(crate) fn of_rules(error: &RulesError) -> PyErr {
    python::RulesError::new_err(faults(error))
}

/// Faults of settings.
pub(crate) fn of_config(error: &RulesError) -> PyErr {
    python::ConfigError::new_err(faults(error))
}

/// A setting that is no pack's and no file's.
pub(crate) fn setting(message: String) -> PyErr {
    python::ConfigError::new_err(message)
}

/// Something that cannot be read as pages.
pub(crate) fn input(message: String) -> PyErr {
    python::InputError::new_err(message)
}

/// The faults as JSON: exceptions make objects of them.
fn faults(error: &RulesError) -> String {
    let problem = |problem: &Problem| {
        let Problem { file, line, column, rule, message, excerpt, .. } = problem;
        json!({
            "file": file, "line": line, "column": column, "rule": rule, "message": message,
            "excerpt": excerpt,
        })
    };
    error.problems.iter().map(problem).collect::<Value>().to_string()
}
