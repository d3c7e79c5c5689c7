//! Archives: files in a file. Each member is opened as a file of its own would be, so that a
//! WARC file in a zip file in a tar file is read like any other.

mod directory;
mod member;
mod random_access;
mod tar;
mod zip;

pub(super) use directory::is_zip;
pub(super) use member::passed_over;
#[cfg(feature = "parquet")]
pub(super) use random_access::RandomAccess;
pub(super) use tar::{is_tar, open as open_tar};
pub(super) use zip::open as open_zip;
