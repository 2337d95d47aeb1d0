//! The list of what a study allows its server to change.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use seal::Tolerance;
use serde::{Deserialize, Serialize};

/// Named changes, each once. An unknown name is refused: there is no way to say "anything".
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<&'static str>")]
pub struct Tolerances(Vec<Tolerance>);

impl Tolerances {
    /// The names that are tolerated.
    pub fn as_slice(&self) -> &[Tolerance] {
        &self.0
    }
}

impl JsonSchema for Tolerances {
    fn schema_name() -> Cow<'static, str> {
        "Tolerances".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names = Tolerance::ALL.map(Tolerance::name);
        json_schema!({ "type": "array", "uniqueItems": true, "items": { "type": "string", "enum": names } })
    }
}

impl From<Vec<Tolerance>> for Tolerances {
    fn from(list: Vec<Tolerance>) -> Self {
        Self(list)
    }
}

impl TryFrom<Vec<String>> for Tolerances {
    type Error = String;

    fn try_from(names: Vec<String>) -> Result<Self, String> {
        let mut list = Vec::with_capacity(names.len().min(Tolerance::ALL.len()));
        for name in names {
            let Some(one) = Tolerance::by_name(&name) else {
                let known = Tolerance::ALL.map(Tolerance::name).join(", ");
                return Err(format!(
                    "policy.tolerances names a change that is none of {known}: leave it out"
                ));
            };
            if list.contains(&one) {
                return Err(format!("policy.tolerances names {} twice: name it once", one.name()));
            }
            list.push(one);
        }
        Ok(Self(list))
    }
}

impl From<Tolerances> for Vec<&'static str> {
    fn from(tolerances: Tolerances) -> Self {
        tolerances.0.into_iter().map(Tolerance::name).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn known_names_are_written_as_they_are_read_and_others_refused() {
        for one in Tolerance::ALL {
            let text = format!(r#"["{}"]"#, one.name());
            let read: Tolerances = serde_json::from_str(&text).unwrap();
            assert_eq!(read.as_slice(), [one]);
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
        let refused = |text: &str| serde_json::from_str::<Tolerances>(text).unwrap_err().to_string();
        for unknown in [r#"["ignore"]"#, r#"["*"]"#, r#"[""]"#, r#"["Meta-Tag-Added"]"#] {
            assert!(refused(unknown).contains("references-lose-version, meta-tag-added"), "{unknown}");
        }
        assert!(refused(r#"["meta-tag-added","meta-tag-added"]"#).contains("twice"));
    }
}
