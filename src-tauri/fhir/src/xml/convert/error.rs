//! Why a resource is not converted.

use crate::xml::XmlError;

/// Why a resource has no other format. No message repeats content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConvertError {
    /// The document is not XML that is accepted.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// An element that the release does not know, or not so.
    #[error("{path}: {reason}")]
    Element {
        /// The element's FHIRPath, such as `Questionnaire.item[0].text`; a name that the release does not know stands
        /// as it was written.
        path: String,
        /// What is wrong with it.
        reason: ConvertReason,
    },
}

/// What is wrong with an element. Each message says what to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConvertReason {
    /// Not a type of resource, or none named.
    #[error("this is no resource that this release of FHIR knows")]
    UnknownResource,
    /// Not an element of this type.
    #[error("this release of FHIR has no such element here")]
    UnknownElement,
    /// Not in FHIR's namespace, or div not in XHTML's.
    #[error("this element is in the wrong namespace")]
    WrongNamespace,
    /// After an element that comes later.
    #[error("the element stands too late; XML keeps FHIR's order of elements")]
    WrongOrder,
    /// Twice where one is allowed, or two types of a choice.
    #[error("only one is allowed here")]
    Repeated,
    /// Array, object, string, number or boolean where another is due.
    #[error(
        "this element has another shape in FHIR, such as an array for a single value or a string for a number"
    )]
    WrongShape,
    /// Nothing in it.
    #[error("an element has a value, an id or elements; leave it out when it has none")]
    Empty,
    /// `name` and `_name` of different lengths, or one of nulls alone.
    #[error(
        "the arrays of values and of their extensions must be equally long, each with something besides null"
    )]
    Unpadded,
    /// Not a number or boolean as FHIR writes them.
    #[error("this is not written as FHIR writes this type")]
    WrongValue,
    /// A character that XML cannot carry.
    #[error("this text has a control character that XML cannot carry; remove it, or use JSON")]
    NotInXml,
    /// Text between elements.
    #[error("text cannot stand between FHIR's elements")]
    StrayText,
    /// The narrative is not one well-formed div.
    #[error(
        "a narrative is one well-formed <div> that declares the namespace of XHTML and any prefix itself"
    )]
    BadNarrative,
    /// Deeper than JSON may be.
    #[error("elements are nested too deeply")]
    TooDeep,
}

/// An error on its way up: the names of the elements around it, the innermost first.
#[derive(Debug)]
pub(super) struct Fault {
    reason: ConvertReason,
    names: Vec<String>,
}

pub(super) type Converted<T> = Result<T, Fault>;

impl Fault {
    pub(super) fn new(reason: ConvertReason) -> Self {
        Self { reason, names: Vec::new() }
    }

    /// At the element `name`, as someone else wrote it.
    pub(super) fn at(reason: ConvertReason, name: &str) -> Self {
        Self::new(reason).within(name, None)
    }

    /// The same within the element `name`, with its index where it is one of many.
    pub(super) fn within(mut self, name: &str, index: Option<usize>) -> Self {
        let fits = name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let name = if fits { name } else { "`…`" };
        self.names.push(index.map_or_else(|| name.to_owned(), |index| format!("{name}[{index}]")));
        self
    }
}

impl From<Fault> for ConvertError {
    fn from(mut fault: Fault) -> Self {
        fault.names.reverse();
        Self::Element { path: fault.names.join("."), reason: fault.reason }
    }
}
