//! The Python package of crawlint: the library's scanner for Python objects and Arrow batches.
//!
//! This module is `crawlint._native`. It takes plain values and gives results as JSON, as the
//! command writes them; what users meet is Python, in `crawlint/`.

mod batch;
mod content;
mod errors;
mod files;
mod run;
mod scanner;
mod setup;

/// See `_native.pyi`.
#[pyo3::pymodule]
mod _native {
    #[pymodule_export]
    use crate::files::Files;
    #[pymodule_export]
    use crate::scanner::Scanner;
    #[pymodule_export]
    use crate::setup::read_config;

    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}
