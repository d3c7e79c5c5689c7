//! What can be wrong with a record or its container.

use std::io;

/// Why a record's bytes could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The record is larger than the caller allows.
    #[error("the record is larger than {max_bytes} bytes")]
    TooLarge {
        /// Size in bytes, where it is known without reading on.
        size: Option<u64>,
        /// What the caller allows, in bytes.
        max_bytes: u64,
    },
    /// The path names something that is no regular file: reading it might never end.
    #[error("{0} cannot be read as a page")]
    NotAFile(&'static str),
    /// A path that could not be listed; the words of an [`InputError`](crate::input::InputError).
    #[error("{0}")]
    Listing(String),
    /// The system refused.
    #[error("the file cannot be read: {0}")]
    Io(io::Error),
    /// The container ends before it should.
    #[error("cut short: {0}")]
    Truncated(String),
    /// The bytes break the rules of their format.
    #[error("damaged: {0}")]
    Corrupt(String),
    /// Compressed so well that it can only be meant to fill the memory.
    #[error("decompresses to more than {max_ratio} times its size")]
    Bomb {
        /// What the caller allows, in bytes out per byte in.
        max_ratio: u64,
    },
    /// Sound, as far as can be told, but of a kind that is not read.
    #[error("not supported: {0}")]
    Unsupported(String),
    /// Cannot be read without a password.
    #[error("encrypted")]
    Encrypted,
    /// A member name that leads out of its archive; harmless, since nothing is written by it.
    #[error("the member's name leads out of the archive: {0}")]
    UnsafePath(String),
    /// Containers in containers.
    #[error("nested deeper than {max_depth} containers")]
    TooDeep {
        /// What the caller allows.
        max_depth: usize,
    },
    /// A fault of this program.
    #[error("the reader failed; please report the file")]
    Internal,
}

impl ReadError {
    /// The reason a report gives: a short stable word.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too-large",
            Self::NotAFile(_) | Self::Listing(_) | Self::Io(_) => "io",
            Self::Truncated(_) => "truncated",
            Self::Corrupt(_) => "corrupt",
            Self::Bomb { .. } => "bomb",
            Self::Unsupported(_) => "unsupported",
            Self::Encrypted => "encrypted",
            Self::UnsafePath(_) => "unsafe-path",
            Self::TooDeep { .. } => "too-deep",
            Self::Internal => "internal",
        }
    }
}

/// Decompressors are `Read`ers, so their errors travel inside of [`io::Error`]s; this finds them
/// there again.
impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(own) => own,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Self::Truncated("the data ends too early".to_owned())
            }
            Err(error) => Self::Io(error),
        }
    }
}

impl From<ReadError> for io::Error {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Io(error) => error,
            own => Self::other(own),
        }
    }
}
