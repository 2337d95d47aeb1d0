//! What an expression reads of the response itself, beside its items, and nobody knows while the form is filled in.

use super::super::{item::Tree, read::Findings};
use super::read::RawRule;
use crate::Reason;
use crate::report::Quoted;

/// Who it is about, who gave and who recorded it, and its name: known when it is signed.
const UNKNOWN: [&str; 4] = ["subject", "author", "source", "identifier"];

/// Refuses an expression that reads what is not known yet: it would give one result now, and another one on the response
/// that is signed.
pub(super) fn check(findings: &mut Findings, tree: &Tree<'_>, raw: &RawRule) {
    let words = words(raw.expression.text());
    let is_of_response = raw.place.is_none();
    let reads =
        |member: &str| words.iter().enumerate().any(|(at, _)| is_read(&words, at, member, is_of_response));
    if let Some(member) = UNKNOWN.into_iter().find(|member| reads(member)) {
        let message = format!(
            "the expression {} reads {member} of the response, which is not known while the form is filled in; read \
             what it needs from a launchContext, such as %patient",
            Quoted(raw.expression.text())
        );
        findings.refuse(&raw.at, Reason::Expression, message);
    }
    if reads("authored") {
        findings.notice(
            &raw.at,
            Reason::Expression,
            "authored is the time of the last answer while the form is filled in, and that of the end in the response",
        );
    }
    let is_text = words.windows(2).any(|pair| pair[1] == "text" && matches!(pair[0], "." | "(" | "="));
    if is_text && tree.objects.iter().any(|object| object.contains("_text") && is_computed(object)) {
        let message = format!(
            "the expression {} reads the texts of items, and some of them are computed; read what they are computed from",
            Quoted(raw.expression.text())
        );
        findings.refuse(&raw.at, Reason::Expression, message);
    }
}

fn is_computed(object: &fhir::Object) -> bool {
    let text = object.get("_text").map(|text| text.list("extension")).unwrap_or_default();
    text.iter().any(|extension| extension.str("url").is_some_and(|url| url.ends_with("/cqf-expression")))
}

/// Whether the word at a place is this member of the response.
fn is_read(words: &[&str], at: usize, member: &str, is_of_response: bool) -> bool {
    let before = |steps: usize| at.checked_sub(steps).and_then(|at| words.get(at)).copied();
    if words.get(at) != Some(&member) || words.get(at + 1) == Some(&"(") {
        return false;
    }
    match (before(1), before(2)) {
        (Some("."), Some("%resource" | "%rootResource" | "QuestionnaireResponse")) => true,
        (Some("."), Some("%context" | "$this")) => is_of_response,
        (Some("."), _) => false,
        _ => is_of_response,
    }
}

/// The names and signs of an expression, without its texts, blanks and comments.
fn words(expression: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = expression;
    let is_name = |character: char| character.is_alphanumeric() || matches!(character, '_' | '%' | '$');
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' => text_length(rest),
            _ if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            _ if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            first if is_name(first) => rest.find(|next| !is_name(next)).unwrap_or(rest.len()),
            first => first.len_utf8(),
        };
        let (word, after) = rest.split_at(length);
        let is_said =
            !first.is_whitespace() && first != '\'' && !word.starts_with("//") && !word.starts_with("/*");
        if is_said {
            words.push(word);
        }
        rest = after;
    }
    words
}

/// How long the text is that begins here, with its marks.
fn text_length(rest: &str) -> usize {
    let mut escaped = true;
    for (at, character) in rest.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\'' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}
