//! Files changed in git.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, anyhow, bail};
use crawlint::input::Start;
use crawlint::report::terminal::escape;

use crate::cli::args::ScanArgs;
use crate::cli::sources;

/// What the arguments name to be scanned.
pub(crate) fn starts(options: &ScanArgs) -> anyhow::Result<Vec<Start>> {
    match &options.changed_since {
        Some(revision) => since(revision, &options.paths),
        None => sources::starts(&options.paths),
    }
}

/// The files at the paths that differ from where the branch left a revision: changed, added,
/// renamed (under the new name), staged or not, and untracked ones that are not ignored. Deleted
/// files are left out. Sorted by path.
fn since(revision: &str, paths: &[PathBuf]) -> anyhow::Result<Vec<Start>> {
    if paths.iter().any(|path| path.as_os_str() == "-") {
        bail!("standard input (`-`) has no history: give files or folders with --changed-since");
    }
    sources::starts(paths)?;
    let inside = git(&["rev-parse", "--show-prefix"], &[])
        .context("--changed-since asks git, but this is no work tree")?;
    let commit = format!("{revision}^{{commit}}");
    let commit = git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit], &[])
        .map_err(|_| {
            anyhow!(
                "git knows no revision `{}`; in a shallow clone fetch it first \
                (GitHub: `fetch-depth: 0`, GitLab: `GIT_DEPTH: 0`)",
                escape(revision)
            )
        })?;
    let base = git(&["merge-base", line(&commit)?, "HEAD"], &[]).with_context(|| {
        format!(
            "`{}` and HEAD have no commit in common; in a shallow clone fetch more history",
            escape(revision)
        )
    })?;
    // Without rename detection a renamed file is an added one, which is what is to be scanned.
    let diff = [
        "diff",
        "--name-only",
        "-z",
        "--no-renames",
        "--no-ext-diff",
        "--diff-filter=d",
        "--ignore-submodules",
        line(&base)?,
    ];
    let mut files: Vec<PathBuf> = names(&git(&diff, paths)?)
        .map(|name| from_here(&name, Path::new(line(&inside).unwrap_or(""))))
        .collect();
    let others = git(&["ls-files", "--others", "--exclude-standard", "-z"], paths)?;
    // These are told from the working directory on.
    files.extend(names(&others).map(Cow::into_owned));
    // A nested repository is told as a folder: its files are not of this one.
    files.retain(|file| !file.is_dir());
    files.sort();
    files.dedup();
    Ok(files.into_iter().map(Start::Path).collect())
}

/// What git writes to standard output, for paths where the command takes them.
fn git(arguments: &[&str], paths: &[PathBuf]) -> anyhow::Result<Vec<u8>> {
    let mut command = Command::new("git");
    command.arg("--literal-pathspecs").args(arguments);
    if matches!(arguments[0], "diff" | "ls-files") {
        command.arg("--");
        command.args(paths);
    }
    let output = command.output().context("cannot run git, which --changed-since needs")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().next().unwrap_or("it does not say why");
        bail!("git {}: {}", arguments[0], escape(said));
    }
    Ok(output.stdout)
}

/// A single line of text.
fn line(output: &[u8]) -> anyhow::Result<&str> {
    Ok(std::str::from_utf8(output).context("git answered in no known encoding")?.trim_end())
}

fn names(output: &[u8]) -> impl Iterator<Item = Cow<'_, Path>> {
    output.split(|&byte| byte == 0).filter(|name| !name.is_empty()).map(sources::as_path)
}

/// A path from the top of the work tree, from the working directory on, which lies `inside` it.
fn from_here(file: &Path, inside: &Path) -> PathBuf {
    let shared = file.components().zip(inside.components()).take_while(|(a, b)| a == b).count();
    let up = inside.components().skip(shared).map(|_| Path::new(".."));
    let down = file.components().skip(shared).map(|part| Path::new(part.as_os_str()));
    up.chain(down).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_begin_where_the_command_runs() {
        let path = |file: &str, inside: &str| from_here(Path::new(file), Path::new(inside));
        assert_eq!(path("a/b.html", ""), Path::new("a/b.html"));
        assert_eq!(path("a/b.html", "a/"), Path::new("b.html"));
        assert_eq!(path("b.html", "a/c/"), Path::new("../../b.html"));
        assert_eq!(path("a/x/b.html", "a/c/"), Path::new("../x/b.html"));
    }
}
