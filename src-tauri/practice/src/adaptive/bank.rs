//! The items of the adaptive test on fatigue, with how people answer them. Wording and figures are our own, made up for
//! practice: they measure nothing.

use std::sync::LazyLock;

use fhir::{Value, Version, array, object};
use serde::Deserialize;

use super::model::Item;

/// The system of the options' codes.
pub(super) const SYSTEM: &str = "https://attesta.example/fhir/CodeSystem/how-often";
const TRANSLATION: &str = "http://hl7.org/fhir/StructureDefinition/translation";

static BANK: LazyLock<Bank> =
    LazyLock::new(|| serde_json::from_str(include_str!("bank.json")).unwrap_or_default());

/// All that can be asked.
#[derive(Deserialize, Default)]
pub(super) struct Bank {
    options: Vec<Choice>,
    items: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    code: String,
    text: Words,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Entry {
    link_id: String,
    discrimination: f64,
    thresholds: Vec<f64>,
    text: Words,
}

/// A text in every language of the form, its own first.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) en: String,
    pub(super) de: String,
    pub(super) es: String,
    pub(super) ar: String,
}

impl Words {
    /// The members of a string with its translations.
    fn translations(&self) -> Value {
        let languages = [("de", &self.de), ("es", &self.es), ("ar", &self.ar)];
        let each = languages.map(|(tag, text)| {
            object! {
                "url" => TRANSLATION,
                "extension" => array![
                    object! { "url" => "lang", "valueCode" => tag },
                    object! { "url" => "content", "valueString" => text.as_str() },
                ],
            }
        });
        object! { "extension" => each.into_iter().collect::<Vec<_>>() }
    }
}

impl Bank {
    pub(super) fn get() -> &'static Self {
        &BANK
    }

    /// The place of an item by its linkId.
    pub(super) fn find(&self, link_id: &str) -> Option<usize> {
        self.items.iter().position(|item| item.link_id == link_id)
    }

    /// The place of an option by its code: what the model calls a category.
    pub(super) fn category(&self, coding: &Value) -> Option<usize> {
        let code = coding.str("code").filter(|_| coding.str("system") == Some(SYSTEM))?;
        self.options.iter().position(|option| option.code == code)
    }

    /// The models of all items, in order.
    pub(super) fn models(&self) -> Vec<Item> {
        let model =
            |item: &Entry| Item { discrimination: item.discrimination, thresholds: item.thresholds.clone() };
        self.items.iter().map(model).collect()
    }

    /// An item as it is asked.
    pub(super) fn question(&self, place: usize, version: Version) -> Option<Value> {
        let item = self.items.get(place)?;
        let options: Vec<Value> = self.options.iter().map(Choice::option).collect();
        Some(object! {
            "linkId" => item.link_id.as_str(),
            "text" => item.text.en.as_str(),
            "_text" => item.text.translations(),
            "type" => match version { Version::R4 => "choice", Version::R5 => "coding" },
            "required" => true,
            "answerOption" => options,
        })
    }
}

impl Choice {
    fn option(&self) -> Value {
        object! {
            "valueCoding" => object! {
                "system" => SYSTEM,
                "code" => self.code.as_str(),
                "display" => self.text.en.as_str(),
                "_display" => self.text.translations(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bank_is_whole() {
        let bank = Bank::get();
        assert_eq!((bank.items.len(), bank.options.len()), (14, 5));
        for (place, item) in bank.items.iter().enumerate() {
            assert_eq!(bank.find(&item.link_id), Some(place));
            assert_eq!(item.thresholds.len() + 1, bank.options.len(), "{}", item.link_id);
            assert!(item.thresholds.is_sorted() && item.discrimination > 0.0, "{}", item.link_id);
            for text in [&item.text.en, &item.text.de, &item.text.es, &item.text.ar] {
                assert!(text.ends_with(['?', '؟']), "{text}");
            }
        }
    }
}
