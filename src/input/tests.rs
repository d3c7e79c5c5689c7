#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::input::page::bounded;
use crate::input::{Entry, ReadError, WalkOptions, read, walk};

/// What the walk gives, relative to `root`, errors as `!path: message`.
fn listing(root: &Path, paths: &[PathBuf], options: &WalkOptions) -> Vec<String> {
    let relative = |path: &Path| path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
    walk(paths, options)
        .map(|item| match item {
            Ok(entry) => relative(&entry.path),
            Err(error) => format!("!{}: {}", relative(&error.path), error.message),
        })
        .collect()
}

#[test]
fn folders_are_listed_in_order_of_path_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for name in ["b/2.html", "b/10.html", "a/x.txt", "a.txt", "b/.hidden", "b/skipped.html"] {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "text").unwrap();
    }
    fs::write(root.join("b/.gitignore"), "skipped.html\n").unwrap();
    let all = listing(root, &[root.to_owned()], &WalkOptions::default());
    assert_eq!(
        all,
        [
            "a.txt",
            "a/x.txt",
            "b/.gitignore",
            "b/.hidden",
            "b/10.html",
            "b/2.html",
            "b/skipped.html"
        ]
    );
    let some = listing(root, &[root.to_owned()], &WalkOptions { respect_ignore: true });
    assert_eq!(some, ["a.txt", "a/x.txt", "b/10.html", "b/2.html"]);
    // Given paths keep their order, and what is named is taken although it is ignored.
    let given = [root.join("b/skipped.html"), root.join("a"), root.join("none")];
    let named = listing(root, &given, &WalkOptions { respect_ignore: true });
    assert_eq!(named, ["b/skipped.html", "a/x.txt", "!none: no such file or folder"]);
}

#[cfg(unix)]
#[test]
fn links_loops_and_special_files_are_survived() {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("d")).unwrap();
    fs::write(root.join("d/page.html"), "text").unwrap();
    symlink(root.join("d/page.html"), root.join("d/again.html")).unwrap();
    symlink(root.join("d"), root.join("d/loop")).unwrap();
    symlink(root.join("nowhere"), root.join("d/dead")).unwrap();
    let _socket = UnixListener::bind(root.join("d/socket")).unwrap();
    let found = listing(root, &[root.join("d")], &WalkOptions::default());
    assert_eq!(found.len(), 5, "{found:?}");
    assert_eq!(found[0], "d/again.html");
    assert_eq!(found[1], "!d/dead: no such file or folder");
    assert!(found[2].starts_with("!d/loop: leads back to "), "{}", found[2]);
    assert_eq!(found[3], "d/page.html");
    assert_eq!(found[4], "!d/socket: a socket cannot be read as a page");

    let error = read(Path::new("/dev/zero"), 10).unwrap_err();
    assert_eq!(error.to_string(), "a device cannot be read as a page");
    let error = read(root, 10).unwrap_err();
    assert_eq!(error.to_string(), "a folder cannot be read as a page");
}

#[test]
fn size_is_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page");
    fs::write(&path, "0123456789").unwrap();
    assert_eq!(read(&path, 10).unwrap(), b"0123456789");
    let error = read(&path, 9).unwrap_err();
    assert!(matches!(error, ReadError::TooLarge { size: Some(10), max_bytes: 9 }), "{error}");
    assert!(matches!(read(&folder.path().join("no"), 9), Err(ReadError::Io(_))));

    // A source without a known size is read one byte too far at most.
    let mut endless = io::repeat(b'x');
    let error = bounded(&mut endless, 0, 1000).unwrap_err();
    assert!(matches!(error, ReadError::TooLarge { size: None, max_bytes: 1000 }));
    assert_eq!(bounded(&b"abc"[..], 0, 3).unwrap(), b"abc");

    let entry = Entry { path: path.clone() };
    let record = entry.read(10).unwrap();
    assert_eq!((record.path, record.bytes.len()), (path.to_string_lossy().into_owned(), 10));
}
