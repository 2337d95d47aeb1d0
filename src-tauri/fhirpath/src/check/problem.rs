//! What can never give anything, or never be evaluated, and where.

/// So many problems of one expression are told.
pub const MAX_PROBLEMS: usize = 16;

/// A part of an expression that can never give anything, or never be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {kind}")]
pub struct Problem {
    /// The 1-based line.
    pub line: usize,
    /// The 1-based column, in characters.
    pub column: usize,
    /// What is wrong there.
    pub kind: ProblemKind,
}

/// What is wrong. Types are named as [`crate::StaticType`] writes them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProblemKind {
    /// No type that is possible here has this element.
    #[error("{of} has no element {name}, so this is always empty")]
    NoElement {
        /// The element.
        name: String,
        /// What it was looked for in.
        of: String,
    },
    /// A choice by the name that it has in JSON (FHIR R4, section 2.9.1.3).
    #[error("in FHIRPath {written} is called {element}, and some programs find nothing by its name in JSON")]
    WrittenChoice {
        /// As it is written, such as `valueQuantity`.
        written: String,
        /// The element, such as `value`.
        element: &'static str,
    },
    /// A path begins with a type, and with another one than it is evaluated on.
    #[error("the path begins with {name} where there is {found}, so it is always empty")]
    OtherContext {
        /// The type.
        name: String,
        /// What there is.
        found: String,
    },
    /// `as` or `ofType()` asks for a type that is not possible here.
    #[error("{found} is never {name}, so this is always empty")]
    NeverType {
        /// The type.
        name: String,
        /// What there is.
        found: String,
    },
    /// A type that neither FHIR nor FHIRPath has.
    #[error("there is no type {0} in this release of FHIR")]
    UnknownType(String),
    /// A function of an order on what has none: `children()` and `descendants()` (FHIRPath 2.0.0, section 3.1).
    #[error("{0} depends on an order, and children() and descendants() have none")]
    Unordered(String),
    /// An operator on types that it is not defined for.
    #[error("{operator} cannot be done with {left} and {right}")]
    Operands {
        /// The operator.
        operator: &'static str,
        /// What is on its left.
        left: String,
        /// What is on its right.
        right: String,
    },
    /// A conversion of what it is not defined for (FHIRPath 2.0.0, section 5.5), such as `toInteger()` of a decimal, which
    /// is empty even where the decimal is whole.
    #[error("{function}() cannot convert {found}, so this is always {result}")]
    NeverConverted {
        /// The function.
        function: &'static str,
        /// What it is applied to.
        found: String,
        /// What it gives instead of a value: `empty`, and where it only asks `false`.
        result: &'static str,
        /// The functions that do it, where there are some.
        instead: Option<&'static str>,
    },
}

/// The longest name that is repeated, in characters.
const LONGEST: usize = 64;

/// A name as a message repeats it: cut short, and without control characters.
pub(super) fn shown(name: &str) -> String {
    let safe = |character: char| if character.is_control() { '\u{fffd}' } else { character };
    let mut shown: String = name.chars().take(LONGEST).map(safe).collect();
    if name.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}
