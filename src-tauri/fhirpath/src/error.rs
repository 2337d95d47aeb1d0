//! What can be wrong with an expression, and what can go wrong while it is evaluated.

/// Why a text is not an expression, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {kind}")]
pub struct ParseError {
    /// The 1-based line.
    pub line: usize,
    /// The 1-based column, in characters.
    pub column: usize,
    /// What is wrong there.
    pub kind: ParseErrorKind,
}

/// What is wrong with an expression. Each message says what to change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseErrorKind {
    /// Longer than [`crate::MAX_LENGTH`].
    #[error("the expression is longer than 65,536 bytes; divide it with variables")]
    TooLong,
    /// Nested deeper than [`crate::MAX_DEPTH`].
    #[error(
        "parentheses, arguments and signs are nested more than 100 deep; divide the expression with variables"
    )]
    TooDeep,
    /// The expression ends in the middle.
    #[error("the expression ends too early; {0} is missing")]
    UnexpectedEnd(&'static str),
    /// Something that cannot stand here.
    #[error("{0} was expected here")]
    Expected(&'static str),
    /// A character that no expression has.
    #[error("this character means nothing in an expression; write names that have it between backquotes")]
    Character,
    /// A string or name without its end.
    #[error("this string, name or comment has no end")]
    Unterminated,
    /// A `\u` that is no character.
    #[error(
        "this escape is no character; write \\uXXXX with four hexadecimal digits, and both halves of a pair"
    )]
    Escape,
    /// Not a number that fits.
    #[error("this number is out of range: integers have 64 bits, decimals 28 digits")]
    Number,
    /// Not a date or time.
    #[error("this is no date or time; write @YYYY-MM-DD, @YYYY-MM-DDThh:mm:ss.fff+zz:zz or @Thh:mm:ss.fff")]
    Temporal,
    /// A function that does not exist.
    #[error("there is no function {0}()")]
    UnknownFunction(String),
    /// Too few or too many arguments.
    #[error("{function}() takes {least} to {most} arguments, not {found}")]
    Arguments {
        /// The function.
        function: &'static str,
        /// How many it has to have.
        least: usize,
        /// How many it may have.
        most: usize,
        /// How many there are.
        found: usize,
    },
    /// A type where only a type can stand.
    #[error("a type's name was expected here, such as Quantity, FHIR.code or System.String")]
    Type,
    /// A regular expression that is none.
    #[error(
        "this is no regular expression, or one that needs too much memory (look-around and back references are not supported)"
    )]
    Regex,
}

/// Why an expression has no result, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {kind}")]
pub struct EvaluationError {
    /// The 1-based line of the part that failed.
    pub line: usize,
    /// Its 1-based column, in characters.
    pub column: usize,
    /// What went wrong.
    pub kind: EvaluationErrorKind,
}

/// What went wrong. No message repeats data: only names that stand in the expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvaluationErrorKind {
    /// A variable that nobody defined.
    #[error("the variable %{0} is not defined")]
    UnknownVariable(String),
    /// A variable whose own expression failed.
    #[error("the variable %{name} has no value: {reason}")]
    Variable {
        /// The variable.
        name: String,
        /// Why, in the words of whoever supplied it.
        reason: String,
    },
    /// `defineVariable()` of a name that is taken.
    #[error("the variable %{0} is defined already; choose another name")]
    VariableTaken(String),
    /// Several values where one is needed.
    #[error("{0} needs one value, but there are several; choose one with first(), where(…) or single()")]
    NotSingle(&'static str),
    /// A value of another type than is needed.
    #[error("{operation} cannot be done with {found}")]
    Operand {
        /// The function or operator.
        operation: &'static str,
        /// What it got.
        found: String,
    },
    /// An argument that is missing or makes no sense.
    #[error("{function}: {expected}")]
    Argument {
        /// The function.
        function: &'static str,
        /// What the argument has to be.
        expected: &'static str,
    },
    /// A type that neither FHIR nor FHIRPath has.
    #[error("there is no type {0} in this release of FHIR")]
    UnknownType(String),
    /// A number or date that does not fit.
    #[error("a number or date is out of range: decimals have 28 digits, years 1 to 9999")]
    OutOfRange,
    /// No time was given to a `now()`.
    #[error("now(), today() and timeOfDay() have no clock here")]
    NoClock,
    /// The questionnaire is needed and was not given.
    #[error("{0}() needs the Questionnaire, which is not known here")]
    NoQuestionnaire(&'static str),
    /// The questionnaire has no such item.
    #[error("the Questionnaire has no item for an answer whose weight is asked for")]
    UnknownItem,
    /// A value set that is not there.
    #[error("a value set or code system is not at hand; contain it or have it expanded at import")]
    UnknownValueSet,
    /// A function that this engine knows and does not have.
    #[error("{0}() is not supported")]
    Unsupported(&'static str),
    /// Not a regular expression.
    #[error("{0}() has no valid regular expression")]
    Regex(&'static str),
    /// Too much work.
    #[error("the expression takes more than {0} steps; simplify it")]
    Steps(u64),
    /// A `repeat()` or a value nested too deep.
    #[error("the data is nested too deep")]
    Depth,
}

/// The 1-based line and column (in characters) of the byte `at`.
pub(crate) fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at.min(text.len())).unwrap_or(text);
    let line = before.split('\n').count();
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}
