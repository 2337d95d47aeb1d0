//! The JSON Schema of the signed document, made from the types that read it.

use schemars::{JsonSchema, json_schema};
use serde_json::Value;

use super::Study;

/// The JSON Schema (2020-12) of a signed study. What it accepts may still be refused for what it says: a schema knows
/// neither certificates nor which choices go together.
pub fn schema() -> Value {
    let mut generator = schemars::generate::SchemaSettings::draft2020_12().into_generator();
    let study = generator.subschema_for::<Study>();
    let definitions = generator.take_definitions(true);
    json_schema!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A study for Attesta, signed",
        "description": "Made by attesta-desktop study sign. The signature is a detached JWS (RFC 7515, appendix F) over \
                        the RFC 8785 form of study.",
        "type": "object",
        "additionalProperties": false,
        "required": ["attestaStudy", "study", "signature"],
        "properties": {
            "attestaStudy": { "const": "1" },
            "study": study,
            "signature": { "type": "string", "pattern": "^[A-Za-z0-9_-]+\\.\\.[A-Za-z0-9_-]+$" },
        },
        "$defs": definitions,
    })
    .to_value()
}

/// [`client::Format`], as a study names it.
#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(dead_code)] // for its schema alone
pub(crate) enum FormatName {
    Json,
    Xml,
}
