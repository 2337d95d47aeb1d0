//! What can be asked on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use fhir::Version;
use jiff::Timestamp;

const EXIT_STATUS: &str = "\
Exit status:
  0  everything is valid, equal or usable
  1  something is invalid, different or refused
  2  the command line is wrong, or a file cannot be read
  3  nothing is invalid, but something could not be decided";

/// Verify, augment, canonicalise, compare and check what Attesta signs.
#[derive(Debug, Parser)]
#[command(name = "attesta", version, after_help = EXIT_STATUS, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// How to print what was found; errors always go to standard error as text
    #[arg(long, global = true, value_enum, default_value_t)]
    pub(crate) output: Output,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people
    #[default]
    Text,
    /// For programs: one JSON document
    Json,
    /// For printing and filing: one page without scripts or references to others (`verify` only)
    Html,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Verify signatures: five verdicts (signature, identity, revocation, time, linkage), each with its reason
    Verify(Verify),
    /// Add time stamps and proofs of validity to the signatures of a record or response, in a file beside it
    Augment(Augment),
    /// Print the canonical form of a resource, without a line end
    Canonical(Canonical),
    /// Write a resource in FHIR's other format; nothing is lost, or it is refused
    Convert(Convert),
    /// Say where a returned resource differs from what was sent
    Diff(Diff),
    /// Check questionnaires before a study uses them
    #[command(subcommand)]
    Questionnaire(Questionnaire),
    /// Check responses against their questionnaires
    #[command(subcommand)]
    Response(Response),
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// What to verify: an exported record (zip, or the folder it was unpacked to), a folder with many records, or a
    /// QuestionnaireResponse and the Provenances that belong to it. A Questionnaire beside them is compared with what
    /// was signed; - reads standard input. With --server, references such as QuestionnaireResponse/123
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Certificates of the authorities you trust, as PEM; may be given several times. Without it the signer's identity
    /// stays undecided, because an authority that comes with the file proves nothing
    #[arg(long, value_name = "CA.pem")]
    pub(crate) trust: Vec<PathBuf>,
    /// Certificate revocation lists (one in DER, or any number in PEM) that you got from the authority; may be given
    /// several times. Count beside those that came with a record
    #[arg(long, value_name = "FILE")]
    pub(crate) crl: Vec<PathBuf>,
    /// An OCSP response (DER) that you got from the authority's responder; may be given several times. Counts beside the
    /// revocation lists
    #[arg(long, value_name = "FILE")]
    pub(crate) ocsp: Vec<PathBuf>,
    /// A signer's certificate with those above it, as PEM, for signatures that bring none; may be given several times.
    /// It is not trusted for being given: --trust decides
    #[arg(long, value_name = "CHAIN.pem")]
    pub(crate) certificate: Vec<PathBuf>,
    /// A FHIR server to ask: FILE is then a reference to one of its resources, such as QuestionnaireResponse/123 or
    /// QuestionnaireResponse/123/_history/2. What the server has is verified as a file is; nothing is sent to it
    #[arg(long, value_name = "BASE_URL")]
    pub(crate) server: Option<String>,
    /// The release of FHIR that XML is read by [default: R4, and R5 where that does not fit; with --server the one that its
    /// CapabilityStatement names]
    #[arg(long, value_enum, value_name = "RELEASE", ignore_case = true)]
    pub(crate) fhir: Option<Release>,
    /// The time to verify at, such as 2026-11-21T09:41:07+01:00 [default: now]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) at: Option<Timestamp>,
    /// A ledger to ask about the entries that the Provenances of documents name. Only their ids are sent to it
    #[arg(long, value_name = "BASE_URL")]
    pub(crate) ledger: Option<String>,
}

fn time(text: &str) -> Result<Timestamp, &'static str> {
    text.parse().map_err(|_| "write it with its offset, such as 2026-11-21T09:41:07+01:00")
}

#[derive(Debug, Args)]
pub(crate) struct Augment {
    /// An exported record (zip, or the folder it was unpacked to), or a signed resource and the Provenances that belong
    /// to it. They stay as they are: nothing is signed again
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// How far: T adds a time stamp, LT also certificates and revocation values, LTA also a time stamp over all of it.
    /// Levels below that are missing are added first
    #[arg(long, value_enum, value_name = "LEVEL", ignore_case = true)]
    pub(crate) to: Level,
    /// The time stamp authority to ask (RFC 3161). It is sent hashes and nothing else
    #[arg(long, value_name = "URL")]
    pub(crate) tsa: String,
    /// Certificates of the authorities you trust, as PEM, that of the time stamp authority among them; may be given
    /// several times
    #[arg(long, required = true, value_name = "CA.pem")]
    pub(crate) trust: Vec<PathBuf>,
    /// Revocation lists (DER or PEM) that you got from the authorities; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) crl: Vec<PathBuf>,
    /// The OCSP responder to ask about each certificate that no list speaks for
    #[arg(long, value_name = "URL")]
    pub(crate) ocsp: Option<String>,
    /// Where to write the evidence [default: the first file's name with the extension .evidence.json, where `verify`
    /// looks for it]. Evidence that is there already is taken along
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The release of FHIR that XML is read by [default: R4, and R5 where that does not fit]
    #[arg(long, value_enum, value_name = "RELEASE", ignore_case = true)]
    pub(crate) fhir: Option<Release>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    /// A time stamp over the signature
    #[value(name = "T")]
    T,
    /// With the certificates and revocation values
    #[value(name = "LT")]
    Lt,
    /// With a time stamp over all of these
    #[value(name = "LTA")]
    Lta,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Release {
    /// 4.0.1
    #[value(name = "R4")]
    R4,
    /// 5.0.0
    #[value(name = "R5")]
    R5,
}

impl From<Release> for Version {
    fn from(release: Release) -> Self {
        match release {
            Release::R4 => Self::R4,
            Release::R5 => Self::R5,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Canonical {
    /// Which form: as FHIR's canonicalization URIs end (the whole URI is understood too), or what they are made of
    #[arg(long, value_enum)]
    pub(crate) form: Form,
    /// The release of FHIR that XML is read and written by [default: R4, and R5 where that does not fit]
    #[arg(long, value_enum, value_name = "RELEASE", ignore_case = true)]
    pub(crate) fhir: Option<Release>,
    /// A JSON document, or a resource in XML; - reads standard input
    pub(crate) file: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// RFC 8785, which a signature covers: 1.10 becomes 1.1
    #[value(alias = "rfc8785")]
    Jcs,
    /// The same order, with every number as it was written: what decides whether two resources are equal
    NumberText,
    /// RFC 8785 of the whole resource
    #[value(alias = "http://hl7.org/fhir/canonicalization/json")]
    Json,
    /// Without the narrative
    #[value(name = "json#data", alias = "http://hl7.org/fhir/canonicalization/json#data")]
    JsonData,
    /// Without narrative and meta
    #[value(name = "json#static", alias = "http://hl7.org/fhir/canonicalization/json#static")]
    JsonStatic,
    /// Id and narrative alone
    #[value(name = "json#narrative", alias = "http://hl7.org/fhir/canonicalization/json#narrative")]
    JsonNarrative,
    /// Without the root's id and meta, and without a response's own signature
    #[value(name = "json#document", alias = "http://hl7.org/fhir/canonicalization/json#document")]
    JsonDocument,
    /// RFC 8785, each narrative in C14N 1.1
    #[value(
        alias = "json+xml",
        alias = "http://hl7.org/fhir/canonicalization/json-xml",
        alias = "http://hl7.org/fhir/canonicalization/json+xml"
    )]
    JsonXml,
    /// C14N 1.1 of the whole resource in XML
    #[value(alias = "http://hl7.org/fhir/canonicalization/xml")]
    Xml,
    /// Without the narrative
    #[value(name = "xml#data", alias = "http://hl7.org/fhir/canonicalization/xml#data")]
    XmlData,
    /// Without narrative and meta
    #[value(name = "xml#static", alias = "http://hl7.org/fhir/canonicalization/xml#static")]
    XmlStatic,
    /// Id and narrative alone
    #[value(name = "xml#narrative", alias = "http://hl7.org/fhir/canonicalization/xml#narrative")]
    XmlNarrative,
    /// Without the root's id and meta, and without a response's own signature
    #[value(name = "xml#document", alias = "http://hl7.org/fhir/canonicalization/xml#document")]
    XmlDocument,
}

#[derive(Debug, Args)]
pub(crate) struct Convert {
    /// The format to write
    #[arg(long, value_enum)]
    pub(crate) to: Format,
    /// The release of FHIR that the resource is read and written by [default: R4, and R5 where that does not fit]
    #[arg(long, value_enum, value_name = "RELEASE", ignore_case = true)]
    pub(crate) fhir: Option<Release>,
    /// A file to write, which must not exist yet [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// A resource in JSON or XML; - reads standard input
    pub(crate) file: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// application/fhir+json
    Json,
    /// application/fhir+xml
    Xml,
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// What was sent; - reads standard input
    pub(crate) sent: PathBuf,
    /// What the server returned; - reads standard input
    pub(crate) returned: PathBuf,
    /// Compare also what a server manages: root id, meta.versionId, meta.lastUpdated and meta.source
    #[arg(long)]
    pub(crate) exact: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Questionnaire {
    /// Say whether Attesta's device can show a questionnaire, and if not, name every item that stands in the way
    Check(Check),
    /// Get the value sets that a questionnaire names and does not contain from a terminology server, and write it with them
    Expand(Expand),
    /// Fill a questionnaire in, from a log of events or at random, and print the response
    Fill(Fill),
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Questionnaires (FHIR R4, R4B or R5, JSON or XML); - reads standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// A language (BCP 47) in which a questionnaire may have gaps; may be given several times. A study names it
    /// (policy.mixedLanguages): a questionnaire that lacks something in it is judged as the device then adds it
    #[arg(long, value_name = "TAG")]
    pub(crate) mixed_language: Vec<String>,
    #[command(flatten)]
    pub(crate) given: Given,
}

#[derive(Debug, Args)]
pub(crate) struct Expand {
    /// A questionnaire (FHIR R4, R4B or R5, JSON or XML); - reads standard input
    #[arg(value_name = "QUESTIONNAIRE")]
    pub(crate) file: PathBuf,
    /// The FHIR base address of the terminology server that the study trusts; may be given several times. The first is
    /// asked, or the address that the questionnaire prefers where one of these has the same scheme, host and port. It is
    /// sent the addresses of value sets and nothing else
    #[arg(long, required = true, value_name = "BASE_URL")]
    pub(crate) terminology: Vec<String>,
    /// A file to write, which must not exist yet [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The release of FHIR that XML is read by [default: R4, and R5 where that does not fit]
    #[arg(long, value_enum, value_name = "RELEASE", ignore_case = true)]
    pub(crate) fhir: Option<Release>,
}

/// What is given with questionnaires.
#[derive(Debug, Args)]
pub(crate) struct Given {
    /// The language (BCP 47) of questionnaires that name none; und is a language that nobody named. A study names it
    /// (policy.formLanguage), because it is part of what a patient signs
    #[arg(long, value_name = "TAG", default_value = questionnaire::UNDETERMINED_LANGUAGE)]
    pub(crate) language: String,
    /// A value set or code system that the questionnaires name, or a Bundle of them; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) terminology: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("from").required(true).args(["answers", "seed"]))]
pub(crate) struct Fill {
    /// A questionnaire (FHIR R4, R4B or R5, JSON or XML); - reads standard input
    #[arg(value_name = "QUESTIONNAIRE")]
    pub(crate) file: PathBuf,
    /// The events to replay: the draft of an exported record, or what --output json printed
    #[arg(long, value_name = "FILE")]
    pub(crate) answers: Option<PathBuf>,
    /// Answers at random, the same for the same number
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// The language (BCP 47) to fill it in: what is shown, and so what is signed, is in it; de-CH finds de where there is
    /// nothing nearer. Of a questionnaire that names no language, the language of its texts. A log has its own, which this
    /// one has to find [default: that of the questionnaire]
    #[arg(long, value_name = "TAG", value_parser = language)]
    pub(crate) language: Option<String>,
    /// A resource that the questionnaire's expressions read (launchContext: patient, encounter, user, or what else it
    /// declares), such as patient=patient.json; may be given several times. A log has its own
    #[arg(long, visible_alias = "launch", value_name = "NAME=FILE", value_parser = launched, conflicts_with = "answers")]
    pub(crate) context: Vec<(String, PathBuf)>,
    /// A value set or code system that the questionnaire names, or a Bundle of them; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) terminology: Vec<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Response {
    /// Say whether a questionnaire allows a response: items, types, what is required and enabled, options, limits. With
    /// --output json as FHIR's OperationOutcome
    Check(CheckResponse),
}

#[derive(Debug, Args)]
pub(crate) struct CheckResponse {
    /// A QuestionnaireResponse (FHIR R4 or R5, JSON or XML), from Attesta or not; - reads standard input
    #[arg(value_name = "RESPONSE")]
    pub(crate) file: PathBuf,
    /// The Questionnaire that it answers
    #[arg(long, value_name = "FILE")]
    pub(crate) questionnaire: PathBuf,
    /// A value set or code system that the Questionnaire names, or a Bundle of them; may be given several times. What it
    /// contains is found without
    #[arg(long, value_name = "FILE")]
    pub(crate) terminology: Vec<PathBuf>,
    /// A resource that the Questionnaire's expressions read (launchContext), such as patient=patient.json; may be given
    /// several times. What reads another one is not checked
    #[arg(long, visible_alias = "context", value_name = "NAME=FILE", value_parser = launched)]
    pub(crate) launch: Vec<(String, PathBuf)>,
    /// The response comes from Attesta and is not signed yet: a signature that the Questionnaire asks for is not missing, and
    /// nobody could write over what is calculated
    #[arg(long)]
    pub(crate) unsigned: bool,
    /// The release of FHIR that XML is read by [default: R4, and R5 where that does not fit]
    #[arg(long, value_enum, value_name = "RELEASE", ignore_case = true)]
    pub(crate) fhir: Option<Release>,
}

/// A language tag.
fn language(text: &str) -> Result<String, String> {
    let tag = questionnaire::is_language_tag(text).then(|| text.to_owned());
    tag.ok_or_else(|| "this is no language tag (BCP 47); give one such as de or de-CH".to_owned())
}

/// The name of a launch context and the file of its resource.
fn launched(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, file)) if !name.is_empty() && !file.is_empty() => Ok((name.to_owned(), file.into())),
        _ => Err("give a name and a file, such as patient=patient.json".to_owned()),
    }
}
