//! Files that are written whole or not at all.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// Writes a file so that at every moment there is either the old or the whole new content: under
/// another name beside it, which then takes its place.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // What a link leads to is replaced, not the link.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let old = match fs::metadata(&target) {
        // A pipe or device cannot be replaced, only written to.
        Ok(old) if !old.is_file() => return fs::write(&target, bytes),
        Ok(old) => Some(old.permissions()),
        Err(_) => None,
    };
    let name = target.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let beside =
        target.with_file_name(format!(".{}.{}.part", name.to_string_lossy(), std::process::id()));
    let written = (|| {
        let mut file = fs::File::create_new(&beside)?;
        file.write_all(bytes)?;
        if let Some(permissions) = old {
            file.set_permissions(permissions)?;
        }
        file.sync_all()?;
        drop(file);
        fs::rename(&beside, &target)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}
