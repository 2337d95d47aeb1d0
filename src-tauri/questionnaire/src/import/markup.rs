//! Markup that was written into a plain text, where nobody reads it as such.

/// HTML's elements that authors mark texts up with.
const ELEMENTS: [&str; 31] = [
    "a", "b", "big", "br", "center", "code", "div", "em", "font", "h1", "h2", "h3", "h4", "hr", "i", "img",
    "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "td", "tr", "u", "ul",
];

/// An element that has not ended after so many bytes is none: each is looked through once.
const LONGEST: usize = 200;

/// What a text holds that is markup and no words: an element or a character reference of HTML, or emphasis or a link of
/// markdown. What may well be meant as it stands, such as `<5` and `# of drinks`, is none.
pub(super) fn found(text: &str) -> Option<&'static str> {
    if has_element(text) || has_reference(text) {
        return Some("HTML");
    }
    (has_emphasis(text) || text.contains("](http")).then_some("markdown")
}

/// `<b>`, `</b>`, `<br/>` or `<span class=…>`.
fn has_element(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| {
        let rest = &text[at + 1..];
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        let name = rest.find(|letter: char| !letter.is_ascii_alphanumeric()).map(|end| rest.split_at(end));
        name.is_some_and(|(name, after)| {
            let is_element = ELEMENTS.iter().any(|known| known.eq_ignore_ascii_case(name));
            is_element
                && after.starts_with(['>', '/', ' '])
                && after.bytes().take(LONGEST).any(|byte| byte == b'>')
        })
    })
}

/// `&nbsp;` and the like.
fn has_reference(text: &str) -> bool {
    ["&nbsp;", "&lt;", "&gt;", "&amp;", "&quot;", "&#"].iter().any(|reference| text.contains(reference))
}

/// `**words**`.
fn has_emphasis(text: &str) -> bool {
    let mut parts = text.split("**").skip(1).peekable();
    while let Some(part) = parts.next() {
        let is_word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        if parts.peek().is_some() && is_word(part.chars().next()) && !part.ends_with(char::is_whitespace) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_told_from_words() {
        for (text, what) in [
            ("<b>Pain</b><br/>Where?", Some("HTML")),
            ("Pain<BR>", Some("HTML")),
            ("<span style='x'>Pain", Some("HTML")),
            ("Pain&nbsp;now", Some("HTML")),
            ("In the **past 7 days**, …", Some("markdown")),
            ("See [this](https://a.example)", Some("markdown")),
            ("Is it <5 or >7?", None),
            ("a < b > c", None),
            ("<name of the clinic>", None),
            ("<b without an end", None),
            ("Q&A", None),
            ("2 ** 3 ** 4", None),
            ("** required", None),
            ("# of drinks", None),
            ("Name: ____ (given) __", None),
            ("I < i", None),
        ] {
            assert_eq!(found(text), what, "{text}");
        }
    }
}
