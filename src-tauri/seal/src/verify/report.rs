//! What a verification says: five verdicts, never one tick.

use std::collections::HashMap;

use serde::Serialize;

/// The five questions that are answered separately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Aspect {
    /// Is the content exactly what was signed?
    Signature,
    /// Whose certificate is it, by a configured authority?
    Identity,
    /// Was the certificate still good?
    Revocation,
    /// When was it signed, and does that hold together?
    Time,
    /// Does everything around the signature belong to it?
    Linkage,
}

impl Aspect {
    /// All five, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::Signature, Self::Identity, Self::Revocation, Self::Time, Self::Linkage];
}

/// The answer to one question; the later, the worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It holds.
    Valid,
    /// Nothing speaks against it, but what was given does not prove it.
    Indeterminate,
    /// It does not hold.
    Invalid,
}

impl Verdict {
    /// What a command ends with that says this: 0, 1 or 3 (2 is for wrong usage).
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::Invalid => 1,
            Self::Indeterminate => 3,
        }
    }
}

/// One verdict with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which of the five questions.
    pub name: Aspect,
    /// The answer.
    pub verdict: Verdict,
    /// Stable across versions and languages.
    pub code: &'static str,
    /// For a person, in English.
    pub reason: String,
}

/// What was signed by whom, for people to read. Says nothing about whether it holds: the verdicts do.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignatureReport {
    /// `capture`, `persistence`, `document`, `manifest` or `foreign`.
    pub kind: &'static str,
    /// The kind of token that was met: `jws-compact`, `jws-flattened`, `xml` or `non-rfc`; `None` when it could not be
    /// read.
    pub token: Option<&'static str>,
    /// The baseline level that the token has by what it carries: `B`, `T`, `LT` or `LTA`.
    pub level: Option<&'static str>,
    /// Where the signature stands, as a FHIRPath or a file name.
    pub location: String,
    /// The printed name of who signed; capture only.
    pub printed_name: Option<String>,
    /// The meaning of the signature in the words that the signer saw; capture only.
    pub meaning: Option<String>,
    /// The claimed time with the signer's own offset where it is known, RFC 3339.
    pub signed_at: Option<String>,
    /// The identifier of who signed technically: the Device.
    pub who: Option<String>,
    /// `ES256` or `RS256`.
    pub algorithm: Option<&'static str>,
    /// SHA-256 of the certificate, lower-case hexadecimal.
    pub thumbprint: Option<String>,
    /// The certificate's subject.
    pub subject: Option<String>,
    /// When the certificate expires, RFC 3339.
    pub certificate_until: Option<String>,
    /// Which canonical form the signature covers, and where its name was found.
    pub canonicalization: Option<String>,
    /// The five verdicts on this signature alone.
    pub verdicts: Vec<Finding>,
}

/// How the value of a [`Fact`] is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FactKind {
    /// Words that a person wrote or reads.
    Words,
    /// A time, RFC 3339.
    Time,
    /// One word of a closed list, such as `jws-compact`.
    Term,
    /// What only machines write: a hash, an identifier, a path.
    Code,
}

/// One line of what a signature claims.
#[derive(Clone, Copy)]
pub struct Fact<'a> {
    /// What it is, in English.
    pub label: &'static str,
    /// The value.
    pub value: &'a str,
    /// How the value is written.
    pub kind: FactKind,
}

impl SignatureReport {
    /// What is claimed, line by line, in the order in which it is shown; whether it holds, the verdicts say.
    pub fn facts(&self) -> impl Iterator<Item = Fact<'_>> {
        let lines = [
            ("name", FactKind::Words, self.printed_name.as_deref()),
            ("meaning", FactKind::Words, self.meaning.as_deref()),
            ("signed at", FactKind::Time, self.signed_at.as_deref()),
            ("by", FactKind::Code, self.who.as_deref()),
            ("token", FactKind::Term, self.token),
            ("level", FactKind::Term, self.level),
            ("algorithm", FactKind::Code, self.algorithm),
            ("subject", FactKind::Code, self.subject.as_deref()),
            ("thumbprint", FactKind::Code, self.thumbprint.as_deref()),
            ("good until", FactKind::Time, self.certificate_until.as_deref()),
            ("form", FactKind::Code, self.canonicalization.as_deref()),
        ];
        lines.into_iter().filter_map(|(label, kind, value)| Some(Fact { label, value: value?, kind }))
    }

    /// Where the signature stands, as one more line.
    pub fn place(&self) -> Fact<'_> {
        Fact { label: "found in", value: &self.location, kind: FactKind::Code }
    }
}

/// Names people, so it must not reach a log.
impl std::fmt::Debug for SignatureReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignatureReport")
            .field("kind", &self.kind)
            .field("location", &self.location)
            .finish_non_exhaustive()
    }
}

/// The outcome of a verification.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The five verdicts on the whole, in the order of [`Aspect::ALL`]; each is the worst of those below it.
    pub verdicts: Vec<Finding>,
    /// Each signature that was found.
    pub signatures: Vec<SignatureReport>,
    /// What a reader should know beside the verdicts.
    pub notes: Vec<String>,
}

impl Report {
    /// The verdict on one question.
    pub fn verdict(&self, aspect: Aspect) -> Verdict {
        self.verdicts
            .iter()
            .find(|finding| finding.name == aspect)
            .map_or(Verdict::Invalid, |one| one.verdict)
    }

    /// The worst of the five.
    pub fn overall(&self) -> Verdict {
        Aspect::ALL.into_iter().map(|aspect| self.verdict(aspect)).max().unwrap_or(Verdict::Invalid)
    }

    /// That of the worst verdict: 0 all valid, 1 any invalid, 3 otherwise.
    pub fn exit_code(&self) -> u8 {
        self.overall().exit_code()
    }
}

/// Findings while they are collected: an aspect is as good as its worst finding.
#[derive(Debug, Clone, Default)]
pub(crate) struct Findings {
    found: Vec<Found>,
}

#[derive(Debug, Clone)]
struct Found {
    finding: Finding,
    /// Which of several signatures it is about.
    whose: Option<String>,
}

impl Findings {
    pub(crate) fn valid(&mut self, name: Aspect, code: &'static str, reason: impl Into<String>) {
        self.push(Finding { name, verdict: Verdict::Valid, code, reason: reason.into() });
    }

    pub(crate) fn indeterminate(&mut self, name: Aspect, code: &'static str, reason: impl Into<String>) {
        self.push(Finding { name, verdict: Verdict::Indeterminate, code, reason: reason.into() });
    }

    pub(crate) fn invalid(&mut self, name: Aspect, code: &'static str, reason: impl Into<String>) {
        self.push(Finding { name, verdict: Verdict::Invalid, code, reason: reason.into() });
    }

    pub(crate) fn push(&mut self, finding: Finding) {
        self.found.push(Found { finding, whose: None });
    }

    /// Adds a signature's own verdicts; where there are several signatures, each reason says which one it is about.
    pub(crate) fn include(&mut self, verdicts: &[Finding], whose: Option<&str>) {
        self.found.extend(
            verdicts
                .iter()
                .map(|finding| Found { finding: finding.clone(), whose: whose.map(str::to_owned) }),
        );
    }

    /// Whether the aspect has a finding worse than valid.
    pub(crate) fn is_flawed(&self, aspect: Aspect) -> bool {
        self.found.iter().any(|one| one.finding.name == aspect && one.finding.verdict > Verdict::Valid)
    }

    /// The five verdicts: for each aspect its worst findings, the first one's code and all their reasons, each once. An
    /// aspect about which nothing was found is never valid.
    pub(crate) fn conclude(&self) -> Vec<Finding> {
        Aspect::ALL
            .into_iter()
            .map(|name| {
                let about = || self.found.iter().filter(|one| one.finding.name == name);
                let worst = about().map(|one| one.finding.verdict).max();
                let worst_ones = || about().filter(|one| Some(one.finding.verdict) == worst);
                match worst_ones().next() {
                    Some(first) => Finding { reason: reasons(worst_ones()), ..first.finding.clone() },
                    None => Finding {
                        name,
                        verdict: Verdict::Indeterminate,
                        code: "not-checked",
                        reason: "this could not be checked".to_owned(),
                    },
                }
            })
            .collect()
    }
}

/// Every reason once, with all the signatures that it is about.
fn reasons<'f>(found: impl Iterator<Item = &'f Found>) -> String {
    let mut places: HashMap<(&str, bool), usize> = HashMap::new();
    let mut said: Vec<(&str, Vec<&str>)> = Vec::new();
    for Found { finding, whose } in found {
        let reason = finding.reason.as_str();
        let place = *places.entry((reason, whose.is_some())).or_insert(said.len());
        if place == said.len() {
            said.push((reason, Vec::new()));
        }
        if let (Some(whose), Some((_, all))) = (whose.as_deref(), said.get_mut(place))
            && !all.contains(&whose)
        {
            all.push(whose);
        }
    }
    let texts = said.into_iter().map(|(reason, whose)| match whose.split_last() {
        None => reason.to_owned(),
        Some((one, [])) => format!("{one} signature: {reason}"),
        Some((last, others)) => format!("{} and {last} signatures: {reason}", others.join(", ")),
    });
    texts.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_said_once_with_all_whom_it_is_about() {
        let mut findings = Findings::default();
        for reason in ["one", "two", "two"] {
            findings.invalid(Aspect::Time, "a", reason);
        }
        let verdicts = findings.conclude();
        assert_eq!(verdicts[3].reason, "one; two");
        for whose in ["capture", "persistence", "manifest", "manifest"] {
            findings.include(&verdicts, Some(whose));
        }
        assert_eq!(
            findings.conclude()[3].reason,
            "one; two; capture, persistence and manifest signatures: one; two"
        );
    }
}
