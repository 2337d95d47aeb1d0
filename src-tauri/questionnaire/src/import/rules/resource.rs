//! What an expression reads of the response itself, beside its items, and nobody knows while the form is filled in.

use std::collections::BTreeSet;

use super::super::{item::Tree, read::Findings};
use super::read::RawRule;
use crate::Reason;
use crate::report::Quoted;

/// Who it is about, who gave and who recorded it, and its name: known when it is signed.
const UNKNOWN: [&str; 4] = ["subject", "author", "source", "identifier"];

/// Refuses an expression that reads what is not known yet: it would give one result now, and another one on the response
/// that is signed.
pub(super) fn check(findings: &mut Findings, tree: &Tree<'_>, raw: &RawRule, at_end: &BTreeSet<String>) {
    let words = words(raw.expression.text());
    let is_of_response = raw.place.is_none();
    // What comes from the response by a variable is seen by where it comes from; the rest, by how it is written.
    let reads = |member: &str| {
        at_end.contains(member)
            || words.iter().enumerate().any(|(at, _)| is_read(&words, at, member, is_of_response))
    };
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

/// Whether the word at a place is this member of the response. `%context` is the response, and what begins a path is a member
/// of it, where the expression stands at the form itself.
fn is_read(words: &[&str], at: usize, member: &str, is_of_response: bool) -> bool {
    let is_call = words.get(at + 1) == Some(&"(");
    let is_it = words.get(at) == Some(&member) && !is_call;
    is_it
        && match at.checked_sub(1).map(|before| (before, words[before])) {
            Some((dot, ".")) => is_on_response(words, dot, is_of_response),
            _ => begins_at_response(words, at, is_of_response),
        }
}

/// Functions whose results are among what they are called on.
const PASS_ON: [&str; 12] = [
    "where", "first", "last", "single", "tail", "skip", "take", "trace", "distinct", "ofType", "as",
    "combine",
];

/// Whether what stands before a dot is the response, perhaps after functions that only choose.
fn is_on_response(words: &[&str], dot: usize, is_of_response: bool) -> bool {
    let Some(before) = dot.checked_sub(1) else { return false };
    match words[before] {
        "%resource" | "%rootResource" | "QuestionnaireResponse" => true,
        "%context" => is_of_response,
        "$this" => begins_at_response(words, before, is_of_response),
        ")" => {
            let Some(open) = around(words, before) else { return false };
            match open.checked_sub(1).map(|name| (name, words[name])) {
                Some((name, called)) if PASS_ON.contains(&called) => name
                    .checked_sub(1)
                    .is_some_and(|dot| words[dot] == "." && is_on_response(words, dot, is_of_response)),
                // (%resource).subject
                _ => before == open + 2 && is_on_response(words, before, is_of_response),
            }
        }
        _ => false,
    }
}

/// Words before a bracket that call nothing.
const OPERATORS: [&str; 10] = ["and", "or", "xor", "implies", "in", "contains", "div", "mod", "is", "as"];

/// Whether a path that begins here begins at the response: what a function around it is called on, or the expression's own.
fn begins_at_response(words: &[&str], at: usize, is_of_response: bool) -> bool {
    let mut at = at;
    loop {
        let Some(open) = around(words, at) else { return is_of_response };
        let is_name = |word: &str| word.starts_with(|first: char| first.is_alphabetic());
        let called =
            open.checked_sub(1).filter(|&name| is_name(words[name]) && !OPERATORS.contains(&words[name]));
        match called.and_then(|name| name.checked_sub(1)) {
            Some(dot) if words[dot] == "." => return is_on_response(words, dot, is_of_response),
            _ => at = open,
        }
    }
}

/// The bracket that is open around a word; of a closing one, its own.
fn around(words: &[&str], at: usize) -> Option<usize> {
    let mut closed = 0_usize;
    (0..at).rev().find(|&before| match words[before] {
        ")" => {
            closed += 1;
            false
        }
        "(" if closed == 0 => true,
        "(" => {
            closed -= 1;
            false
        }
        _ => false,
    })
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
