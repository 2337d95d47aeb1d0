//! `rendering-xhtml`, `rendering-markdown` and `rendering-style` on a text that patients read.

use std::collections::BTreeSet;

use fhir::{Object, Value};

use super::{
    extension::hl7_name,
    read::{At, Findings},
};
use crate::{
    Reason,
    form::Text,
    formatted::{self, Block, MAX_SOURCE, Parsed, Style},
    report::Quoted,
};

/// Gives `text`, the element `name` of `object`, the formatted form that its extensions give it.
pub(super) fn read(findings: &mut Findings, at: &At, object: &Object, name: &str, text: &mut Option<Text>) {
    let extensions =
        object.get(&format!("_{name}")).map(|sibling| sibling.list("extension")).unwrap_or_default();
    let place = at.child(name);
    let mut taken = false;
    for wanted in ["rendering-xhtml", "rendering-markdown", "rendering-style"] {
        for (index, found) in extensions.iter().enumerate() {
            let url = found.str("url").unwrap_or_default();
            if hl7_name(url) != Some(wanted) {
                continue;
            }
            let here = place.extension(index, url);
            let Some(text) = text else {
                findings.notice(&here, Reason::PlainText, "there is no text that it could be the form of");
                continue;
            };
            let said = match wanted {
                "rendering-style" => style(text, found),
                // XHTML is the more exact of two.
                _ if taken => Err("another form of the text is shown".to_owned()),
                _ => {
                    taken = true;
                    marked_up(findings, &here, text, found, wanted == "rendering-xhtml")
                }
            };
            report(findings, &here, url, said);
        }
    }
}

/// Says what became of an extension: all of it, all but some parts, or nothing.
fn report(findings: &mut Findings, at: &At, url: &str, said: Result<BTreeSet<String>, String>) {
    let shown = Quoted(url);
    match said {
        Ok(dropped) if dropped.is_empty() => findings.support(at),
        Ok(dropped) => {
            let dropped: Vec<String> = dropped.iter().map(|what| Quoted(what).to_string()).collect();
            let message = format!("{shown} is honoured without {}", dropped.join(", "));
            findings.notice(at, Reason::PlainText, message);
        }
        Err(why) => {
            let message = format!("the text is shown without {shown}: {why}");
            findings.notice(at, Reason::PlainText, message);
        }
    }
}

/// What was left out; or why nothing of it is shown.
fn marked_up(
    findings: &mut Findings,
    at: &At,
    text: &mut Text,
    found: &Value,
    is_xhtml: bool,
) -> Result<BTreeSet<String>, String> {
    let value = ["valueString", "valueMarkdown"].into_iter().find_map(|name| Some((name, found.str(name)?)));
    let (element, source) = value.ok_or("it has no value")?;
    let translations = found
        .get(&format!("_{element}"))
        .map(|sibling| findings.translations(&at.child(element), sibling))
        .unwrap_or_default();
    let mut dropped = BTreeSet::new();
    let original = [(None, source.to_owned())];
    for (tag, source) in
        original.into_iter().chain(translations.into_iter().map(|(tag, source)| (Some(tag), source)))
    {
        if source.len() > MAX_SOURCE {
            return Err(format!("it has more than {MAX_SOURCE} bytes"));
        }
        let plain = match &tag {
            None => Some(&text.original),
            Some(tag) => text
                .translations
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(tag))
                .map(|(_, plain)| plain),
        };
        let Some(plain) = plain else { continue };
        let Parsed { blocks, dropped: here } =
            if is_xhtml { formatted::xhtml(&source)? } else { formatted::markdown(&source) };
        // What is recorded and read aloud is the plain text.
        if !formatted::says(&blocks, plain) {
            return Err(
                "it says something else than the text, and the text is what is recorded; make them the same"
                    .to_owned(),
            );
        }
        dropped.extend(here);
        text.formatted.push((tag, blocks));
    }
    Ok(dropped)
}

/// A style is that of the whole text, in every language.
fn style(text: &mut Text, found: &Value) -> Result<BTreeSet<String>, String> {
    let css = found.str("valueString").filter(|css| css.len() <= MAX_SOURCE).ok_or("it has no value")?;
    let mut dropped = BTreeSet::new();
    let style = Style::default().with(css, |name| {
        dropped.insert(name.to_owned());
    });
    if style == Style::default() {
        return Err("only weight, slant, and lines below and through words are honoured".to_owned());
    }
    let plain = |text: &str| -> Vec<Block> { vec![formatted::paragraph(text)] };
    if text.formatted.iter().all(|(tag, _)| tag.is_some()) {
        text.formatted.push((None, plain(&text.original)));
    }
    for (tag, words) in &text.translations {
        let has = |(known, _): &(Option<String>, Vec<Block>)| {
            known.as_ref().is_some_and(|known| known.eq_ignore_ascii_case(tag))
        };
        if !text.formatted.iter().any(has) {
            text.formatted.push((Some(tag.clone()), plain(words)));
        }
    }
    text.formatted.iter_mut().for_each(|(_, blocks)| style.mark(blocks));
    Ok(dropped)
}
