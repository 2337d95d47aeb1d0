//! What is wrong with a document.

/// Why a document is not acceptable XML, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {kind}")]
pub struct XmlError {
    /// The 1-based line of the piece of markup or text that is wrong.
    pub line: usize,
    /// The 1-based column, in bytes.
    pub column: usize,
    /// What is wrong there.
    pub kind: XmlErrorKind,
}

/// What is wrong with a document. Each message says what to change; none repeats the document's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum XmlErrorKind {
    /// Larger than [`super::MAX_BYTES`].
    #[error("the document is larger than 64 MB")]
    TooLarge,
    /// Deeper than [`super::MAX_DEPTH`].
    #[error("elements are nested more than 128 deep")]
    TooDeep,
    /// More than [`super::MAX_NODES`].
    #[error("the document has more than 4 million tags, attributes and texts")]
    TooManyNodes,
    /// More than [`super::MAX_ATTRIBUTES`].
    #[error("this element has more than 1,024 attributes")]
    TooManyAttributes,
    /// More than [`super::MAX_NAMESPACES`].
    #[error("more than 256 namespaces are declared at one place")]
    TooManyNamespaces,
    /// Not UTF-8.
    #[error("the document is not UTF-8; save it as UTF-8, with no other encoding in its XML declaration")]
    NotUtf8,
    /// A character outside XML 1.0, section 2.2.
    #[error("this character cannot stand in XML; remove it")]
    IllegalCharacter,
    /// The document ends within something, or has no root.
    #[error("the document ends too early; it may have been cut off")]
    UnexpectedEnd,
    /// Markup that XML does not know.
    #[error("this is not well-formed markup")]
    Malformed,
    /// A document type declaration.
    #[error("a document type (<!DOCTYPE>) is not accepted; remove it")]
    DocumentType,
    /// An XML declaration that is malformed, not at the start, or of another version.
    #[error("the XML declaration must stand first and read <?xml version=\"1.0\" encoding=\"UTF-8\"?>")]
    Declaration,
    /// A name that is none.
    #[error("this name is not a valid XML name")]
    BadName,
    /// An end tag without its start tag.
    #[error("this end tag does not match the element that is open")]
    MismatchedEnd,
    /// A second root, or text outside of it.
    #[error("only comments and processing instructions may stand outside the one root element")]
    OutsideRoot,
    /// `<` in an attribute, `]]>` in text.
    #[error("this character must be escaped here")]
    Unescaped,
    /// `&` with no known reference.
    #[error("only &lt; &gt; &amp; &quot; &apos; and character references are known")]
    UnknownEntity,
    /// Two attributes of one name.
    #[error("this element has the same attribute twice; keep one of them")]
    DuplicateAttribute,
    /// A prefix without declaration.
    #[error("this prefix is not declared; add its xmlns attribute")]
    UndeclaredPrefix,
    /// A declaration that Namespaces in XML forbids, or a relative name.
    #[error("this namespace declaration is not allowed; a namespace is an absolute URI")]
    BadNamespace,
}
