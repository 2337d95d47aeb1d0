//! XHTML (`rendering-xhtml`): read as XML, without a document type, and only for what it says and how it looks.

use fhir::xml::{Document, Element, Node};

use super::{Builder, MAX_DEPTH, Parsed, Script, Style};

/// The names of HTML that stand for characters and that XML does not know.
const CHARACTERS: [(&str, &str); 22] = [
    ("&nbsp;", "\u{a0}"),
    ("&ndash;", "–"),
    ("&mdash;", "—"),
    ("&hellip;", "…"),
    ("&bull;", "•"),
    ("&middot;", "·"),
    ("&copy;", "©"),
    ("&reg;", "®"),
    ("&trade;", "™"),
    ("&deg;", "°"),
    ("&plusmn;", "±"),
    ("&micro;", "µ"),
    ("&frac12;", "½"),
    ("&le;", "≤"),
    ("&ge;", "≥"),
    ("&times;", "×"),
    ("&lsquo;", "‘"),
    ("&rsquo;", "’"),
    ("&ldquo;", "“"),
    ("&rdquo;", "”"),
    ("<br>", "<br/>"),
    ("<hr>", "<hr/>"),
];

/// What a fragment of XHTML is; or why it cannot be read.
pub(crate) fn xhtml(source: &str) -> Result<Parsed, String> {
    let mut text = format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{source}</div>");
    for (name, character) in CHARACTERS {
        if text.contains(name) {
            text = text.replace(name, character);
        }
    }
    let document = Document::parse(text.as_bytes())
        .map_err(|error| format!("it is not well-formed XHTML ({error}); correct it"))?;
    let mut builder = Builder::default();
    inside(&mut builder, document.root(), Style::default(), 0);
    Ok(builder.finish())
}

/// Depth is bounded by [`MAX_DEPTH`].
fn inside(builder: &mut Builder, element: Element<'_>, style: Style, depth: usize) {
    if depth > MAX_DEPTH {
        builder.drop("what is nested too deeply");
        return;
    }
    for node in element.children() {
        match node {
            Node::Text(text) => builder.text(text, style),
            Node::Element(child) => one(builder, child, style, depth),
            Node::Comment(_) | Node::ProcessingInstruction { .. } => {}
        }
    }
}

fn one(builder: &mut Builder, element: Element<'_>, style: Style, depth: usize) {
    let name = element.name().to_ascii_lowercase();
    // What runs, loads, or asks: nothing of it, not even its words.
    if [
        "script", "style", "iframe", "object", "embed", "applet", "frame", "frameset", "link", "meta",
        "base", "head", "title", "template", "noscript", "svg", "math", "canvas", "img", "picture", "source",
        "audio", "video", "track", "map", "form", "input", "button", "select", "textarea", "dialog",
    ]
    .contains(&name.as_str())
    {
        builder.drop(&format!("<{name}>"));
        return;
    }
    let style = look(builder, element, &name, style);
    match name.as_str() {
        "br" => builder.line_break(style),
        "hr" => builder.block(false),
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
            builder.block(true);
            inside(builder, element, style, depth + 1);
            builder.block(false);
        }
        "p" | "div" | "section" | "article" | "header" | "footer" | "main" | "blockquote" | "pre"
        | "address" | "dl" | "dt" | "dd" | "table" | "thead" | "tbody" | "tfoot" | "tr" | "caption"
        | "figure" | "figcaption" => {
            if name == "table" {
                builder.drop("<table>, whose rows are lines");
            }
            builder.block(false);
            inside(builder, element, style, depth + 1);
            builder.block(false);
        }
        "td" | "th" => {
            inside(builder, element, style, depth + 1);
            builder.text(" ", style);
        }
        "ul" | "ol" if builder.has_room() => {
            builder.begin_list(name == "ol");
            inside(builder, element, style, depth + 1);
            builder.end_list();
        }
        "li" => {
            builder.end_item();
            inside(builder, element, style, depth + 1);
            builder.end_item();
        }
        "a" => {
            builder.drop("a link, whose words are shown");
            inside(builder, element, style, depth + 1);
        }
        _ => {
            if !TRANSPARENT.contains(&name.as_str()) {
                builder.drop(&format!("<{name}>, whose words are shown"));
            }
            inside(builder, element, style, depth + 1);
        }
    }
}

/// Elements that are their words, with a mark or without.
const TRANSPARENT: [&str; 27] = [
    "span", "font", "b", "strong", "i", "em", "u", "ins", "s", "del", "strike", "sub", "sup", "small", "big",
    "abbr", "cite", "q", "code", "kbd", "samp", "var", "tt", "mark", "bdi", "bdo", "dfn",
];

/// The marks of an element: by its name and by what is safe of its style. Attributes that run or load are named.
fn look(builder: &mut Builder, element: Element<'_>, name: &str, mut style: Style) -> Style {
    match name {
        "b" | "strong" => style.bold = true,
        "i" | "em" | "cite" | "var" | "dfn" => style.italic = true,
        "u" | "ins" => style.underlined = true,
        "s" | "del" | "strike" => style.struck = true,
        "sub" => style.script = Script::Sub,
        "sup" => style.script = Script::Super,
        _ => {}
    }
    for attribute in element.attributes() {
        let local = attribute.local.to_ascii_lowercase();
        match local.as_str() {
            "style" => style = style.with(attribute.value, |dropped| builder.drop(dropped)),
            "src" | "background" | "srcset" | "poster" => builder.drop(&format!("the attribute {local}")),
            local if local.starts_with("on") => builder.drop(&format!("the attribute {local}")),
            _ => {}
        }
    }
    style
}
