//! What can be asked on the command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use fhir::Version;
use jiff::Timestamp;

const EXIT_STATUS: &str = "\
What is written: resource and provenance for part11, base-r5 and gravitate; resource alone for cdex; bundle for iehr.
Each is written in JSON or in XML, as the resource came.

Exit status:
  0  signed and written
  1  refused: the resource, the key or its certificate is not one that the profile can be signed with
  2  the command line is wrong, or a file cannot be read or written";

/// Sign a resource with a key from a file, under one of the Provenance profiles.
#[derive(Debug, Clone, Parser)]
#[command(name = "seal-file", version, after_help = EXIT_STATUS, arg_required_else_help = true)]
pub struct Arguments {
    /// What is signed, and what stands around it
    #[arg(long, value_enum)]
    pub profile: ProfileName,
    /// The release of FHIR that the resource is written in
    #[arg(long, value_enum, value_name = "RELEASE", ignore_case = true)]
    pub fhir: Release,
    /// The private key (PEM, not encrypted): P-256; for --format xml RSA too
    #[arg(long, value_name = "KEY.pem")]
    pub key: PathBuf,
    /// Its certificate, then those above it (PEM). The one URI in its subjectAltName names who signs
    #[arg(long, value_name = "CHAIN.pem")]
    pub chain: PathBuf,
    /// What the signature is made as
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// When it is signed, such as 2026-11-21T09:41:07+01:00 [default: now]
    #[arg(long, value_name = "TIME")]
    pub at: Option<Timestamp>,
    /// The folder for what is written; what is there already is not overwritten
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub out: PathBuf,
    /// How who signs is referenced, such as Device/tablet-3 [default: Device, or Organization for iehr, with an id from
    /// the certificate's URI]
    #[arg(long, value_name = "REFERENCE")]
    pub who: Option<String>,
    /// gravitate: the entry of an external ledger that covers this version of the resource
    #[arg(long, value_name = "ID")]
    pub transaction_id: Option<String>,
    /// The resource, in JSON or XML. part11, base-r5, cdex: a QuestionnaireResponse; iehr: a Bundle; gravitate: a
    /// Bundle that is a document
    pub resource: PathBuf,
}

/// One Provenance profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProfileName {
    /// Attesta's own, for 21 CFR Part 11 (R4, R5)
    Part11,
    /// FHIR's own shape (R5)
    BaseR5,
    /// `InteropEHRate`: a Bundle that is signed for transmission (R4)
    Iehr,
    /// Gravitate-Health: with the entry of a ledger (R5)
    Gravitate,
    /// Da Vinci `CDex`: inside the response alone (R4)
    Cdex,
}

impl ProfileName {
    /// As `seal::profile::by_name` has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Part11 => "part11",
            Self::BaseR5 => "base-r5",
            Self::Iehr => "iehr",
            Self::Gravitate => "gravitate",
            Self::Cdex => "cdex",
        }
    }
}

/// A release of FHIR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Release {
    /// 4.0.1
    #[value(name = "R4")]
    R4,
    /// 5.0.0
    #[value(name = "R5")]
    R5,
}

impl Release {
    /// The same for the crates.
    pub fn version(self) -> Version {
        match self {
            Self::R4 => Version::R4,
            Self::R5 => Version::R5,
        }
    }
}

/// What a signature is made as.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// JWS in its compact form, ES256
    #[default]
    Jws,
    /// JWS in its flattened JSON form, ES256
    JwsFlattened,
    /// XML signature, `XAdES` baseline B, over the resource in XML (base-r5)
    Xml,
}
