//! A compiled Questionnaire: the item tree in document order, and who depends on whom.

mod beyond;
mod item;
mod launch;
mod rule;
mod texts;

use std::{collections::HashMap, fmt, sync::Arc};

use fhir::{Value, canonical};
use sha2::{Digest, Sha256};

use crate::{Block, MediumData, Problem, Supported, adaptive::Adaptive, language, media::Library};
pub use beyond::{LAUNCH_ELEMENTS, LaunchBeyond};
pub(crate) use item::{
    Arrangement, Asks, AttachmentQuestion, Behavior, Condition, Fold, Item, Kind, Layout, LayoutForm,
    NumberQuestion, Occurs, Operator, OptionItem, OptionValue, Own, Precision, QuantityQuestion, Question,
    Role, Scale, Temporal, Test, TextQuestion, UnitItem,
};
pub(crate) use launch::Declared;
pub use launch::{LaunchContext, LaunchRead};
pub(crate) use rule::{Constraint, ItemRules, Named, Reads, Rule, Rules, Standing, Stands, Toggle, Variable};
pub(crate) use texts::item_texts;

/// A Questionnaire that was imported without a problem. Cheap to clone.
#[derive(Clone)]
pub struct Questionnaire {
    pub(crate) form: Arc<Form>,
}

/// What [`Questionnaire`] shares.
pub(crate) struct Form {
    pub(crate) id: Option<String>,
    pub(crate) url: String,
    pub(crate) version: Option<String>,
    pub(crate) title: Text,
    pub(crate) copyright: Option<Text>,
    pub(crate) languages: Vec<String>,
    /// Those of them in which not everything is there: the rest is shown in the first.
    pub(crate) mixed: Vec<String>,
    /// Languages in which it is not offered, because not everything is there.
    pub(crate) partial: Vec<String>,
    pub(crate) sha256: String,
    /// In document order, so that descendants follow their ancestors.
    pub(crate) items: Vec<Item>,
    /// The headers and footers among them, without those inside others.
    pub(crate) running: Vec<usize>,
    /// The item of each key.
    pub(crate) by_key: HashMap<String, usize>,
    /// The scopes of its items; the first is the root.
    pub(crate) scopes: Vec<Scope>,
    /// How many brackets set the number of an instance apart from a linkId in a key, so that no linkId looks like one.
    pub(crate) brackets: usize,
    /// Items in an order in which each comes after all that it depends on.
    pub(crate) order: Vec<usize>,
    /// The place of each item in `order`.
    pub(crate) rank: Vec<usize>,
    /// The items whose showing depends directly on each item.
    pub(crate) dependents: Vec<Vec<usize>>,
    pub(crate) rules: Rules,
    pub(crate) media: Library,
    pub(crate) notices: Vec<Problem>,
    pub(crate) supported: Vec<Supported>,
    /// Of a form whose questions a server chooses.
    pub(crate) adaptive: Option<Adaptive>,
}

/// Items that come into being together: all of the root, or all inside one instance of a repeating item, but for
/// those inside a further repeating item.
#[derive(Default)]
pub(crate) struct Scope {
    /// In document order; an item's `slot` is its place here.
    pub(crate) items: Vec<usize>,
}

/// A text with its translations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) original: String,
    /// Language tag and content, from the `translation` extension.
    pub(crate) translations: Vec<(String, String)>,
    /// The same words formatted, by language tag; the author's own without. Where there is none, the words are plain.
    pub(crate) formatted: Vec<(Option<String>, Vec<Block>)>,
    /// A value as it is written, such as a code, a date or an address: it has letters, and is in no language.
    pub(crate) bare: bool,
}

impl Text {
    /// Without translations.
    pub(crate) fn plain(original: &str) -> Self {
        Self { original: original.to_owned(), translations: Vec::new(), formatted: Vec::new(), bare: false }
    }

    /// A value as it is written.
    pub(crate) fn bare(value: &str) -> Self {
        Self { bare: true, ..Self::plain(value) }
    }

    /// With each of its languages' words changed alike; nothing in it is formatted.
    pub(crate) fn each(mut self, change: impl Fn(&str) -> String) -> Self {
        self.original = change(&self.original);
        for (_, content) in &mut self.translations {
            *content = change(content);
        }
        self
    }

    /// Whether there is anything to translate: numbers and signs are read in every language.
    pub(crate) fn is_in_a_language(&self) -> bool {
        !self.bare && self.original.chars().any(char::is_alphabetic)
    }

    /// The text in `language`: in that very one, in the one that it is a variety of (BCP 47 lookup, RFC 4647 section
    /// 3.4: `de-CH`, then `de`), or as the author wrote it.
    pub(crate) fn text(&self, language: &str) -> &str {
        self.translation(language).map_or(self.original.as_str(), |(_, content)| content)
    }

    /// The same formatted, where it is.
    pub(crate) fn formatted(&self, language: &str) -> Option<&[Block]> {
        if self.formatted.is_empty() {
            return None;
        }
        let tag = self.translation(language).map(|(tag, _)| tag);
        let is_meant = |of: &Option<String>| match (of, tag) {
            (None, None) => true,
            (Some(of), Some(tag)) => of.eq_ignore_ascii_case(tag),
            _ => false,
        };
        self.formatted.iter().find(|(of, _)| is_meant(of)).map(|(_, blocks)| blocks.as_slice())
    }

    /// Whether it is there in `language`, and not only as the author wrote it.
    pub(crate) fn is_translated(&self, language: &str) -> bool {
        self.translation(language).is_some()
    }

    fn translation(&self, language: &str) -> Option<&(String, String)> {
        if self.translations.is_empty() {
            return None;
        }
        language::fallbacks(language)
            .find_map(|wanted| self.translations.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(wanted)))
    }
}

impl Questionnaire {
    /// `Questionnaire.url`.
    pub fn url(&self) -> &str {
        &self.form.url
    }

    /// `Questionnaire.version`, where the author gave one.
    pub fn version(&self) -> Option<&str> {
        self.form.version.as_deref()
    }

    /// The resource's own `id`, where it has one.
    pub fn id(&self) -> Option<&str> {
        self.form.id.as_deref()
    }

    /// `url|version`, as a response names it; the url alone where there is no version.
    pub fn canonical(&self) -> String {
        self.form.canonical()
    }

    /// `Questionnaire.title` in `language`, or as the author wrote it.
    pub fn title(&self, language: &str) -> String {
        self.form.title.text(language).to_owned()
    }

    /// `Questionnaire.copyright` in `language`, or as the author wrote it.
    pub fn copyright(&self, language: &str) -> Option<String> {
        self.form.copyright.as_ref().map(|text| text.text(language).to_owned())
    }

    /// The languages in which it is offered (BCP 47), the resource's own first.
    pub fn languages(&self) -> Vec<String> {
        self.form.languages.clone()
    }

    /// Those of them in which not everything is there: the form allows it (our extension `mixed-language`), and what is
    /// lacking is shown in the resource's own language.
    pub fn mixed_languages(&self) -> &[String] {
        &self.form.mixed
    }

    /// The languages in which it is not offered, because not everything is there: [`allow_mixed_languages`] is how a study
    /// has them all the same.
    ///
    /// [`allow_mixed_languages`]: crate::allow_mixed_languages
    pub fn partial_languages(&self) -> &[String] {
        &self.form.partial
    }

    /// The language of this form that is shown to whoever asks for `tag`: that very one, or the first of its languages that
    /// `tag` is a variety of (BCP 47 lookup, RFC 4647 section 3.4: `de-CH`, then `de`).
    pub fn language_for(&self, tag: &str) -> Option<&str> {
        language::lookup(&self.form.languages, tag)
    }

    /// Base64url of the SHA-256 of the resource in the number-text form: what events and signatures name it by.
    pub fn sha256(&self) -> String {
        self.form.sha256.clone()
    }

    /// How many questions a patient can be asked, whatever the answers.
    pub fn question_count(&self) -> u32 {
        let count = self.form.items.iter().filter(|item| item.question().is_some() && !item.hidden).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// The bytes of a medium that a screen named.
    pub fn medium(&self, id: &str) -> Option<&MediumData> {
        self.form.media.get(id)
    }

    /// What a study builder should know although the form can be used: languages that are not offered and why, markup
    /// shown as plain text, extensions that are not used.
    pub fn notices(&self) -> &[Problem] {
        &self.form.notices
    }

    /// The extensions that are honoured.
    pub fn supported(&self) -> &[Supported] {
        &self.form.supported
    }

    /// Base64url of the SHA-256 over every text and medium that can be shown in `language`, in document order: part of
    /// what is signed.
    pub fn display_sha256(&self, language: &str) -> String {
        sha256(&Value::Array(self.form.shown_texts(language)))
    }
}

/// Questionnaires are shown by their canonical.
impl fmt::Debug for Questionnaire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Questionnaire({})", self.canonical())
    }
}

impl Form {
    pub(crate) fn canonical(&self) -> String {
        match &self.version {
            Some(version) => format!("{}|{version}", self.url),
            None => self.url.clone(),
        }
    }

    /// What grew out of a published form is still that form.
    pub(crate) fn become_grown(&mut self, grown: Adaptive, published: &Self) {
        self.url.clone_from(&published.url);
        self.sha256.clone_from(&published.sha256);
        self.adaptive = Some(grown);
    }

    /// Yes and no as they are shown in `language`: in the form's own, where they are not known in it.
    pub(crate) fn yes_no(&self, language: &str) -> (&'static str, &'static str) {
        let own = || language::yes_no(self.languages.first()?);
        language::yes_no(language).or_else(own).unwrap_or_default()
    }

    /// The language of this form that `tag` names, as the form writes it.
    pub(crate) fn language(&self, tag: &str) -> Option<&str> {
        self.languages.iter().find(|known| known.eq_ignore_ascii_case(tag)).map(String::as_str)
    }

    /// The direct children of `parent`, or the items of the root.
    pub(crate) fn children(&self, parent: Option<usize>) -> impl Iterator<Item = usize> + '_ {
        let (first, end) = parent.map_or((0, self.items.len()), |at| (at + 1, self.items[at].end));
        let mut next = first;
        std::iter::from_fn(move || {
            (next < end).then(|| {
                let child = next;
                next = self.items[child].end;
                child
            })
        })
    }
}

/// Base64url of the SHA-256 of the number-text form.
pub(crate) fn sha256(value: &Value) -> String {
    base64url(&digest(value))
}

/// The SHA-256 of the number-text form.
pub(crate) fn digest(value: &Value) -> Vec<u8> {
    Sha256::digest(canonical::number_text(value)).to_vec()
}

pub(crate) fn base64url(bytes: &[u8]) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(bytes)
}
