//! `attesta diff`.

use std::fmt::Write as _;

use fhir::diff::{Difference, MOST_DIFFERENCES, differences, without_server_managed};
use fhir::{Value, object};

use crate::arguments::{Diff, Output};
use crate::error::Error;
use crate::input;
use crate::outcome::{Outcome, Status, printable};

pub(crate) fn run(command: &Diff, output: Output) -> Result<Outcome, Error> {
    input::at_most_one_standard_input([command.sent.as_path(), command.returned.as_path()])?;
    let (mut sent, mut returned) = (input::json(&command.sent)?, input::json(&command.returned)?);
    if !command.exact {
        (sent, returned) = (without_server_managed(&sent), without_server_managed(&returned));
    }
    let found = differences(&sent, &returned);
    let status = if found.is_empty() { Status::Good } else { Status::Bad };
    let printed = match output {
        Output::Text | Output::Html => text(&found),
        Output::Json => json(&found),
    };
    Ok(Outcome::new(status, printed))
}

fn text(found: &[Difference]) -> String {
    let mut out = String::new();
    for Difference { path, sent, returned } in found {
        let (sent, returned) = (sent.as_ref().map(shown), returned.as_ref().map(shown));
        let (sent, returned) =
            (sent.as_deref().unwrap_or("(nothing)"), returned.as_deref().unwrap_or("(nothing)"));
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{path}\n  sent      {sent}\n  returned  {returned}");
    }
    let _ = match found.len() {
        0 => writeln!(out, "no difference"),
        1 => writeln!(out, "1 difference"),
        MOST_DIFFERENCES.. => {
            writeln!(out, "{MOST_DIFFERENCES} differences or more; the last names the rest as a whole")
        }
        count => writeln!(out, "{count} differences"),
    };
    out
}

fn shown(value: &Value) -> String {
    printable(&value.to_json())
}

/// The values stand in the output as they stand in the files, number text included.
fn json(found: &[Difference]) -> String {
    let found: Vec<Value> = found
        .iter()
        .map(|difference| {
            let mut entry = fhir::Object::new();
            entry.insert("path", difference.path.as_str());
            for (name, value) in [("sent", &difference.sent), ("returned", &difference.returned)] {
                if let Some(value) = value {
                    entry.insert(name, value);
                }
            }
            Value::Object(entry)
        })
        .collect();
    object! { "equal" => found.is_empty(), "differences" => found }.to_json_pretty()
}
