//! The form engine: Questionnaire to QuestionnaireResponse.
//!
//! [`import`] compiles a FHIR Questionnaire (R4, R4B or R5) once, or refuses it with a report that names every item it cannot
//! honour: nothing unsupported ever reaches a patient. A [`Session`] is one filling of it: an append-only log of
//! [`Event`]s whose replay gives the same session, one [`Screen`] at a time, and at the end the complete
//! QuestionnaireResponse that the patient signs.
//!
//! The crate does no I/O and reads no clock: times and actors are arguments. Errors and `Debug` never show an answer.

mod adaptive;
mod answer;
mod check;
mod converted;
pub mod device;
mod event;
mod form;
mod formatted;
mod hl7;
mod import;
pub mod instruments;
mod language;
mod media;
mod number;
mod page;
mod refusal;
mod report;
pub mod respondent;
mod screen;
mod session;
pub mod terminology;
pub mod validate;

pub use adaptive::{MAX_GROWN_BYTES, MAX_STEPS, NextQuestionError, contained_form};
pub use answer::Answer;
pub use event::{
    AddedInside, Event, EventKind, FORMAT, InitialAnswer, LaunchResource, Place, Received, Step,
};
pub use form::{LAUNCH_ELEMENTS, LaunchBeyond, LaunchContext, LaunchRead, Questionnaire};
pub use formatted::{Block, Category, FormattedTexts, Script, Span};
pub use import::{
    ImportOptions, MAX_BYTES, MAX_ITEM_DEPTH, allow_mixed_languages, import, import_bytes, import_bytes_with,
    import_with, language_taken, read_document,
};
pub use language::{
    Direction, UNDETERMINED as UNDETERMINED_LANGUAGE, Untranslated, is_tag as is_language_tag,
};
pub use media::{Medium, MediumData, MediumKind};
pub use page::{Column, Page, PageInstance, PageText, Part, Row, RunningText, Tab, Table, TableLayout};
pub use refusal::AnswerError;
pub use report::{ImportReport, Problem, ReadAs, Reason, Supported};
pub use screen::{
    Ahead, ChoiceLayout, ChoiceOption, Control, DatePrecision, Instance, OwnAnswer, Position, Review,
    ReviewRow, Screen,
};
pub use session::{Action, Reference, ReplayError, ResponseContext, ResponseError, Session};
pub use validate::validate;
