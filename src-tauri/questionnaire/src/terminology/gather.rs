//! Asking terminology servers for all that a form lacks: whom for what, page by page, and what came of each value set.

use fhir::Value;

use super::{Expansion, MAX_CONCEPTS, Missing};

/// Entries of a page.
const PAGE: usize = 1_000;

/// One page of one value set (`ValueSet/$expand`, FHIR R4, section 4.9.18.1).
#[derive(Debug, Clone, Copy)]
pub struct Page<'p> {
    /// `url`: the canonical address, without a version.
    pub url: &'p str,
    /// `valueSetVersion`.
    pub version: Option<&'p str>,
    /// Where the page begins.
    pub offset: usize,
    /// The most entries of a page.
    pub count: usize,
}

/// A terminology server that the study allows.
pub trait TerminologyServer: Clone {
    /// Its base address.
    fn address(&self) -> &str;

    /// The server at `address`, where that is of the same origin.
    fn at_same_origin(&self, address: &str) -> Option<Self>;

    /// What the server answers with.
    ///
    /// # Errors
    /// [`NoPage`] when it does not.
    fn page(&self, page: &Page<'_>) -> Result<Value, NoPage>;
}

/// Why a server gives no page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoPage {
    /// What happened, and what to do.
    pub reason: String,
    /// It is about the server, so that asking for another value set is no use.
    pub of_server: bool,
}

/// A value set as it was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// All of it.
    pub expansion: Expansion,
    /// The address of the server that gave it.
    pub server: String,
    /// The servers that the form prefers for it and that the study does not allow.
    pub passed_over: Vec<String>,
}

/// A value set that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// Which.
    pub missing: Missing,
    /// Why, and what to do.
    pub reason: String,
}

/// What became of the value sets.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    /// Those that were found.
    pub found: Vec<Found>,
    /// Those that were not.
    pub lacking: Vec<Lacking>,
}

/// A server that could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct ServerFailed {
    /// The value set that it was asked for, as the form names it.
    pub reference: String,
    /// What happened, and what to do.
    pub reason: String,
}

/// Asks for each of the value sets: the server that the form prefers, if its origin is that of one of `servers`, otherwise
/// the first of these.
///
/// # Errors
/// [`ServerFailed`] at the first server that cannot be asked at all: the others would be asked in vain.
pub fn gather<S: TerminologyServer>(missing: Vec<Missing>, servers: &[S]) -> Result<Gathered, ServerFailed> {
    let mut gathered = Gathered::default();
    for one in missing {
        let Some(mut expansion) = Expansion::of(&one) else {
            let reason = format!("{}; it has no address that a server could be asked for", one.reason);
            gathered.lacking.push(Lacking { missing: one, reason });
            continue;
        };
        let (Some(server), passed_over) = choose(&one, servers) else {
            let reason = "the study names no terminology server".to_owned();
            gathered.lacking.push(Lacking { missing: one, reason });
            continue;
        };
        match pages(&server, &mut expansion) {
            Ok(()) => {
                let server = server.address().to_owned();
                gathered.found.push(Found { expansion, server, passed_over });
            }
            Err(NoPage { reason, of_server: true }) => {
                return Err(ServerFailed { reference: one.reference, reason });
            }
            Err(NoPage { reason, .. }) => gathered.lacking.push(Lacking { missing: one, reason }),
        }
    }
    Ok(gathered)
}

/// Whom to ask, and who was preferred in vain.
fn choose<S: TerminologyServer>(missing: &Missing, servers: &[S]) -> (Option<S>, Vec<String>) {
    let mut passed_over = Vec::new();
    for preferred in &missing.preferred {
        if let Some(found) = servers.iter().find_map(|server| server.at_same_origin(preferred)) {
            return (Some(found), passed_over);
        }
        passed_over.push(preferred.clone());
    }
    (servers.first().cloned(), passed_over)
}

fn pages<S: TerminologyServer>(server: &S, expansion: &mut Expansion) -> Result<(), NoPage> {
    // Every page brings at least one entry, ends the expansion, or is refused; this bound is never met.
    for _ in 0..=MAX_CONCEPTS + 1 {
        let Some(offset) = expansion.next_offset() else { break };
        let page = Page { url: expansion.url(), version: expansion.version(), offset, count: PAGE };
        let answer = server.page(&page)?;
        expansion
            .add(&answer, PAGE)
            .map_err(|error| NoPage { reason: error.to_string(), of_server: false })?;
    }
    Ok(())
}
