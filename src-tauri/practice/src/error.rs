//! Why the practice server cannot start or go on.

use std::path::PathBuf;

/// What went wrong, and what the person at the machine can do. None of the messages repeats what a resource holds.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The data folder cannot be created or protected.
    #[error("the practice data folder {} cannot be used: {source}; check that it exists and is writable", path.display())]
    Folder {
        /// The folder as given.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The database cannot be read or written.
    #[error(
        "the practice database failed: {0}; end other practice servers on this folder, or start with an empty folder"
    )]
    Database(#[from] rusqlite::Error),
    /// The database was written by a later version.
    #[error(
        "the practice database has format {found}, this version knows {known}; start with an empty folder or update"
    )]
    DatabaseFormat {
        /// The format in the file.
        found: i64,
        /// The format that this version writes.
        known: i64,
    },
    /// The folder holds resources of another release of FHIR.
    #[error(
        "the practice database holds resources of FHIR {found}, and {wanted} was asked for; start with an empty folder, \
         or with the release that it was begun with"
    )]
    Release {
        /// The release in the file.
        found: String,
        /// The release asked for.
        wanted: &'static str,
    },
    /// A stored document no longer parses.
    #[error("the practice database holds a document that cannot be read: {0}; start with an empty folder")]
    Document(#[from] fhir::ParseError),
    /// A document to be seeded is not a resource that this server keeps.
    #[error("{resource} cannot be seeded: {reason}")]
    Seed {
        /// Its type and id, as far as it has them.
        resource: String,
        /// What is missing.
        reason: String,
    },
    /// The port is taken.
    #[error(
        "port {port} on 127.0.0.1 cannot be opened: {source}; end the program that uses it or choose another port"
    )]
    Bind {
        /// The port asked for; 0 is any.
        port: u16,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The practice CA cannot make what was asked for.
    #[error("the practice certificate authority failed: {0}")]
    Authority(#[from] seal::SealError),
    /// Bundles are signed for transmission in FHIR R4 alone.
    #[error("searches can be signed in FHIR R4 alone; start the server in R4, or without --sign-searches")]
    SigningRelease,
    /// The practice CA's keys or certificates are not all there.
    #[error(
        "the practice certificate authority's keys, or its list of what it revoked, cannot be read; start with an empty folder"
    )]
    AuthorityIncomplete,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: {0}; restart the computer")]
    Randomness(String),
    /// No threads for the server.
    #[error("the practice server cannot start its threads: {0}; close other programs and try again")]
    Runtime(std::io::Error),
}
