//! The `crawlint` command.

mod cli;

/// A page makes and drops thousands of small things, which this costs less than the system's own
/// allocator does. Programs that use the library choose theirs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::main()
}
