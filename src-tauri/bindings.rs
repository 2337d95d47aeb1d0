//! Writes the TypeScript of everything that crosses to the page. `make bindings` writes it in place; CI writes it
//! aside and compares.
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use questionnaire::{Answer, MediumData};
use ts_rs::{Config, TS};

use crate::ipc::{
    AlertChoice, AlertDetail, AlertRow, AppView, AssignmentList, CertificateRequest, CommandError,
    ConnectionLine, Credentials, DeviceStatus, EmergencyExported, EmergencyInside, EmergencyTaken, Exported,
    FaultPanel, FormList, FormReport, NoticeRow, OutboxRow, RecordDetail, RecordList, RecordsWanted,
    StudyBrought, TokenFor, Visit, VisitChoices,
};

/// Where the TypeScript is written.
const FOLDER: &str = "ATTESTA_BINDINGS";

#[test]
fn the_bindings_are_written() {
    let folder = std::env::var_os(FOLDER)
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/bindings"), PathBuf::from);
    let config = Config::new().with_out_dir(&folder);
    AppView::export_all(&config).unwrap();
    CommandError::export_all(&config).unwrap();
    Answer::export_all(&config).unwrap();
    MediumData::export_all(&config).unwrap();
    Visit::export_all(&config).unwrap();
    VisitChoices::export_all(&config).unwrap();
    AssignmentList::export_all(&config).unwrap();
    FormList::export_all(&config).unwrap();
    FormReport::export_all(&config).unwrap();
    OutboxRow::export_all(&config).unwrap();
    NoticeRow::export_all(&config).unwrap();
    AlertRow::export_all(&config).unwrap();
    AlertDetail::export_all(&config).unwrap();
    AlertChoice::export_all(&config).unwrap();
    RecordsWanted::export_all(&config).unwrap();
    RecordList::export_all(&config).unwrap();
    RecordDetail::export_all(&config).unwrap();
    Exported::export_all(&config).unwrap();
    ConnectionLine::export_all(&config).unwrap();
    DeviceStatus::export_all(&config).unwrap();
    StudyBrought::export_all(&config).unwrap();
    Credentials::export_all(&config).unwrap();
    CertificateRequest::export_all(&config).unwrap();
    TokenFor::export_all(&config).unwrap();
    EmergencyExported::export_all(&config).unwrap();
    EmergencyInside::export_all(&config).unwrap();
    EmergencyTaken::export_all(&config).unwrap();
    FaultPanel::export_all(&config).unwrap();
    let written = std::fs::read_to_string(folder.join("index.ts")).unwrap();
    assert!(!written.contains("bigint"), "a 64-bit integer would become a bigint in the page");
}
