//! The texts that the page shows, from the files that it shows them from.

use std::collections::HashMap;
use std::path::Path;

/// The page's texts in one language.
#[derive(Debug, Clone)]
pub struct Words {
    /// BCP 47.
    pub language: &'static str,
    messages: HashMap<String, String>,
}

impl Words {
    /// Reads what `ui/locales/LANGUAGE` holds. Only messages of one line: what has variants is not looked up here.
    pub fn of(language: &'static str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/locales").join(language);
        let mut messages = HashMap::new();
        for file in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        {
            for line in std::fs::read_to_string(file.unwrap().path()).unwrap().lines() {
                let Some((id, text)) = line.split_once(" = ") else { continue };
                if !id.starts_with(['#', ' ']) {
                    messages.insert(id.to_owned(), text.trim().to_owned());
                }
            }
        }
        Self { language, messages }
    }

    /// One text.
    pub fn t(&self, id: &str) -> &str {
        self.messages.get(id).unwrap_or_else(|| panic!("the page has no text {id} in {}", self.language))
    }

    /// One text with its place-holders filled.
    pub fn with(&self, id: &str, values: &[(&str, &str)]) -> String {
        values
            .iter()
            .fold(self.t(id).to_owned(), |text, (name, value)| text.replace(&format!("{{ ${name} }}"), value))
    }
}
