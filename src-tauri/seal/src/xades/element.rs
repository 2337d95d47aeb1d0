//! Reading elements strictly: what is not expected is refused, because a part that one reader skips another may follow.

use fhir::xml::{Element, Node, XML};

use super::Refused;

/// The children of an element, each to be taken once and in order.
pub(super) struct Children<'a> {
    parent: Element<'a>,
    left: std::iter::Peekable<std::vec::IntoIter<Element<'a>>>,
}

impl<'a> Children<'a> {
    /// `attributes` are all that the element may have.
    ///
    /// # Errors
    /// `attribute-unknown`; `text-unexpected` for anything but elements and white space inside.
    pub(super) fn of(parent: Element<'a>, attributes: &[&str]) -> Result<Self, Refused> {
        known_attributes(parent, attributes)?;
        for child in parent.children() {
            match child {
                Node::Text(text) if !is_blank(text) => {
                    return Err(Refused::new(
                        "text-unexpected",
                        format!("there is text in {}", parent.name()),
                    ));
                }
                _ => {}
            }
        }
        let left: Vec<_> = parent.elements().collect();
        Ok(Self { parent, left: left.into_iter().peekable() })
    }

    /// The next child, if it is this one.
    pub(super) fn optional(&mut self, namespace: &str, name: &str) -> Option<Element<'a>> {
        self.left.next_if(|element| element.is(namespace, name))
    }

    /// The next child, which must be this one.
    pub(super) fn required(&mut self, namespace: &str, name: &str) -> Result<Element<'a>, Refused> {
        self.optional(namespace, name).ok_or_else(|| {
            Refused::new("element-missing", format!("{} has no {name} where it belongs", self.parent.name()))
        })
    }

    /// Every further child must have been taken.
    pub(super) fn end(mut self) -> Result<(), Refused> {
        self.left.next().map_or(Ok(()), |element| {
            Err(Refused::new(
                "element-unknown",
                format!("{} has a {} that does not belong there", self.parent.name(), element.name()),
            ))
        })
    }
}

/// Text alone, without children.
pub(super) fn text(element: Element<'_>, attributes: &[&str]) -> Result<String, Refused> {
    known_attributes(element, attributes)?;
    if element.elements().next().is_some() {
        return Err(Refused::new("element-unknown", format!("{} has an element inside", element.name())));
    }
    Ok(element.text())
}

/// Base64 as XML has it: broken into lines by many writers, strict otherwise.
pub(super) fn bytes(element: Element<'_>, attributes: &[&str]) -> Result<Vec<u8>, Refused> {
    let packed: String = text(element, attributes)?.split(WHITE).collect();
    crate::encoding::from_base64(&packed)
        .ok_or_else(|| Refused::new("base64-unreadable", format!("{} is not strict base64", element.name())))
}

/// The attribute `Algorithm` of an element that has nothing else.
pub(super) fn algorithm(element: Element<'_>) -> Result<&str, Refused> {
    if element.elements().next().is_some() || !is_blank(&element.text()) {
        return Err(Refused::new(
            "algorithm-parameters",
            format!("{} has parameters, and none are understood", element.name()),
        ));
    }
    known_attributes(element, &["Algorithm"])?;
    Ok(element.attribute("Algorithm").unwrap_or_default())
}

fn known_attributes(element: Element<'_>, known: &[&str]) -> Result<(), Refused> {
    match element.attributes().find(|one| !one.namespace.is_empty() || !known.contains(&one.local)) {
        None => Ok(()),
        Some(attribute) => Err(Refused::new(
            "attribute-unknown",
            format!("{} has the attribute {}, which does not belong there", element.name(), attribute.local),
        )),
    }
}

/// Every `Id` stands once (whichever element has it), and nothing is hidden in comments or processing instructions.
pub(super) fn refuse_ambiguity<'a>(element: Element<'a>, ids: &mut Vec<&'a str>) -> Result<(), Refused> {
    for attribute in element.attributes() {
        let is_id = match attribute.namespace {
            "" => attribute.local.eq_ignore_ascii_case("id"),
            XML => attribute.local == "id",
            _ => false,
        };
        if is_id {
            if ids.contains(&attribute.value) {
                return Err(Refused::new("id-duplicate", "two elements have the same Id"));
            }
            ids.push(attribute.value);
        }
        if ids.len() > MOST_IDS {
            return Err(Refused::new("id-duplicate", format!("more than {MOST_IDS} elements have an Id")));
        }
    }
    for child in element.children() {
        match child {
            Node::Element(element) => refuse_ambiguity(element, ids)?,
            Node::Text(_) => {}
            Node::Comment(_) | Node::ProcessingInstruction { .. } => {
                return Err(Refused::new(
                    "comment-inside",
                    "the signature has a comment or a processing instruction inside",
                ));
            }
        }
    }
    Ok(())
}

/// No signature has nearly as many.
const MOST_IDS: usize = 256;
const WHITE: [char; 4] = [' ', '\t', '\n', '\r'];

fn is_blank(text: &str) -> bool {
    text.chars().all(|character| WHITE.contains(&character))
}
