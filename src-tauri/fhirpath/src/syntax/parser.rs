//! The parser (FHIRPath 2.0.0, appendix A): precedence climbing over the words.

use std::sync::{Arc, OnceLock};

use regex::Regex;
use rust_decimal::Decimal;

use super::lexer::{Kind, Lexer, Token};
use super::{
    Call, Chain, Expr, Function, Head, Link, LinkKind, Member, Operator, Path, Step, StepKind, TypeName,
};
use crate::error::{ParseError, ParseErrorKind as Wrong, position};
use crate::quantity::{Calendar, Quantity, Unit};
use crate::{Item, MAX_DEPTH, MAX_LENGTH, temporal};

/// How tightly `is` and `as` bind: more than `|` (two of the official tests hold the opposite of the specification).
const TYPE: u8 = 8;

type Parsed<T> = Result<T, (Wrong, usize)>;

/// Parses one expression.
pub(crate) fn parse(text: &str) -> Result<Expr, ParseError> {
    let located = |(kind, at): (Wrong, usize)| {
        let (line, column) = position(text, at);
        ParseError { line, column, kind }
    };
    if text.len() > MAX_LENGTH {
        return Err(located((Wrong::TooLong, 0)));
    }
    let mut parser = Parser::new(text).map_err(located)?;
    let parsed = parser.expression(0).and_then(|parsed| match parser.token.kind {
        Kind::End => Ok(parsed),
        _ => Err((Wrong::Expected("an operator or the end"), parser.token.at)),
    });
    parsed.map_err(located)
}

struct Parser<'t> {
    lexer: Lexer<'t>,
    token: Token,
    depth: usize,
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl<'t> Parser<'t> {
    fn new(text: &'t str) -> Parsed<Self> {
        let mut lexer = Lexer::new(text);
        let token = lexer.next()?;
        Ok(Self { lexer, token, depth: 0 })
    }

    /// Goes on to the next word and gives the one before.
    fn advance(&mut self) -> Parsed<Token> {
        let next = self.lexer.next()?;
        Ok(std::mem::replace(&mut self.token, next))
    }

    fn is(&self, symbol: &str) -> bool {
        matches!(self.token.kind, Kind::Symbol(found) if found == symbol)
    }

    fn accept(&mut self, symbol: &str) -> Parsed<bool> {
        let found = self.is(symbol);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn expect(&mut self, symbol: &str, what: &'static str) -> Parsed<()> {
        if self.accept(symbol)? { Ok(()) } else { Err(self.missing(what)) }
    }

    fn missing(&self, what: &'static str) -> (Wrong, usize) {
        let kind =
            if self.token.kind == Kind::End { Wrong::UnexpectedEnd(what) } else { Wrong::Expected(what) };
        (kind, self.token.at)
    }

    fn expression(&mut self, least: u8) -> Parsed<Expr> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err((Wrong::TooDeep, self.token.at));
        }
        let mut left = self.signed()?;
        while let Some((operator, precedence)) = self.operator() {
            if precedence < least {
                break;
            }
            let at = place(self.advance()?.at);
            let kind = match operator {
                Infix::Binary(operator) => LinkKind::Binary(operator, self.expression(precedence + 1)?),
                Infix::Is => LinkKind::Is(self.type_name()?),
                Infix::As => LinkKind::As(self.type_name()?),
            };
            let link = Link { at, kind };
            left = match left {
                Expr::Chain(mut chain) if chain.precedence() == Some(precedence) => {
                    chain.rest.push(link);
                    Expr::Chain(chain)
                }
                first => Expr::Chain(Box::new(Chain { first, rest: vec![link] })),
            };
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operator(&self) -> Option<(Infix, u8)> {
        let operator = match &self.token.kind {
            Kind::Symbol(symbol) => match *symbol {
                "*" => Operator::Times,
                "/" => Operator::Over,
                "+" => Operator::Plus,
                "-" => Operator::Minus,
                "&" => Operator::Join,
                "|" => Operator::Union,
                "<" => Operator::Less,
                "<=" => Operator::LessOrEqual,
                ">" => Operator::Greater,
                ">=" => Operator::GreaterOrEqual,
                "=" => Operator::Equal,
                "!=" => Operator::NotEqual,
                "~" => Operator::Equivalent,
                "!~" => Operator::NotEquivalent,
                _ => return None,
            },
            Kind::Name(name) => match &**name {
                "is" => return Some((Infix::Is, TYPE)),
                "as" => return Some((Infix::As, TYPE)),
                "div" => Operator::Div,
                "mod" => Operator::Mod,
                "in" => Operator::In,
                "contains" => Operator::Contains,
                "and" => Operator::And,
                "or" => Operator::Or,
                "xor" => Operator::Xor,
                "implies" => Operator::Implies,
                _ => return None,
            },
            _ => return None,
        };
        Some((Infix::Binary(operator), operator.precedence()))
    }

    /// A sign binds less tightly than an invocation: `-1.abs()` is `-(1.abs())`.
    fn signed(&mut self) -> Parsed<Expr> {
        if !self.is("-") && !self.is("+") {
            return self.path();
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err((Wrong::TooDeep, self.token.at));
        }
        let token = self.advance()?;
        let operand = Box::new(self.signed()?);
        self.depth -= 1;
        Ok(Expr::Sign { negative: token.kind == Kind::Symbol("-"), at: place(token.at), operand })
    }

    fn path(&mut self) -> Parsed<Expr> {
        let at = place(self.token.at);
        let head = self.head()?;
        let mut steps = Vec::new();
        loop {
            let step = place(self.token.at);
            if self.accept(".")? {
                let step = place(self.token.at);
                let kind = match self.invocation(true)? {
                    Invocation::Member(member) => StepKind::Member(member),
                    Invocation::Call(call) => StepKind::Call(call),
                };
                steps.push(Step { at: step, kind });
            } else if self.accept("[")? {
                let index = self.expression(0)?;
                self.expect("]", "the closing ']'")?;
                steps.push(Step { at: step, kind: StepKind::At(index) });
            } else {
                break;
            }
        }
        // A group without steps is its content.
        match head {
            Head::Group(inner) if steps.is_empty() => Ok(*inner),
            head => Ok(Expr::Path(Path { head, at, steps })),
        }
    }

    fn head(&mut self) -> Parsed<Head> {
        let at = self.token.at;
        match &self.token.kind {
            Kind::Symbol("(") => {
                self.advance()?;
                let inner = self.expression(0)?;
                self.expect(")", "the closing ')'")?;
                Ok(Head::Group(Box::new(inner)))
            }
            Kind::Symbol("{") => {
                self.advance()?;
                self.expect("}", "the closing '}' of an empty collection")?;
                Ok(Head::Empty)
            }
            Kind::String(text) => {
                let text = Arc::clone(text);
                self.advance()?;
                Ok(Head::Literal(Item::from(text)))
            }
            Kind::Number(_) => self.number(),
            Kind::Temporal(text) => {
                let literal = temporal::literal(text).ok_or((Wrong::Temporal, at))?;
                self.advance()?;
                Ok(Head::Literal(literal))
            }
            Kind::Variable(name) => {
                let name = Arc::clone(name);
                self.advance()?;
                Ok(Head::Variable(name))
            }
            Kind::Special(name) => {
                let head = match &**name {
                    "this" => Head::This,
                    "index" => Head::Index,
                    "total" => Head::Total,
                    _ => return Err((Wrong::Expected("$this, $index or $total"), at)),
                };
                self.advance()?;
                Ok(head)
            }
            Kind::Name(name) if matches!(&**name, "true" | "false") => {
                let value = &**name == "true";
                self.advance()?;
                Ok(Head::Literal(Item::Boolean(value)))
            }
            _ => Ok(match self.invocation(false)? {
                Invocation::Member(member) => Head::Member(member),
                Invocation::Call(call) => Head::Call(call),
            }),
        }
    }

    /// A number, or a quantity where a unit follows.
    fn number(&mut self) -> Parsed<Head> {
        let token = self.advance()?;
        let Kind::Number(text) = token.kind else { return Err((Wrong::Number, token.at)) };
        let wrong = (Wrong::Number, token.at);
        let unit = match &self.token.kind {
            Kind::String(unit) => Some(Unit::written(unit)),
            Kind::Name(name) => Calendar::named(name).map(Unit::Calendar),
            _ => None,
        };
        if let Some(unit) = unit {
            self.advance()?;
            let value = Decimal::from_str_exact(text.trim_end_matches('L')).map_err(|_| wrong)?;
            return Ok(Head::Literal(Item::from(Quantity { value, unit })));
        }
        Ok(Head::Literal(if text.contains('.') {
            Item::Decimal(Decimal::from_str_exact(&text).map_err(|_| wrong)?)
        } else {
            Item::Integer(text.trim_end_matches('L').parse().map_err(|_| wrong)?)
        }))
    }

    /// A name or a call. After a dot, an operator's word can only be a name: the official tests have `text.div`.
    fn invocation(&mut self, after_dot: bool) -> Parsed<Invocation> {
        const OPERATORS: [&str; 6] = ["and", "or", "xor", "implies", "div", "mod"];
        let token = match &self.token.kind {
            Kind::Name(name) if matches!(&**name, "true" | "false") => {
                return Err(self.missing("a value, a name or a function"));
            }
            Kind::Name(name) if after_dot || !OPERATORS.contains(&&**name) => self.advance()?,
            Kind::Quoted(_) => self.advance()?,
            _ => return Err(self.missing("a value, a name or a function")),
        };
        let (Kind::Name(name) | Kind::Quoted(name)) = token.kind else { return Err(self.missing("a name")) };
        if !self.is("(") {
            let capital = name.starts_with(|first: char| first.is_ascii_uppercase());
            return Ok(Invocation::Member(Member { name, capital }));
        }
        let function =
            Function::named(&name).ok_or_else(|| (Wrong::UnknownFunction(name.to_string()), token.at))?;
        self.advance()?;
        self.call(function, token.at).map(Invocation::Call)
    }

    fn call(&mut self, function: Function, at: usize) -> Parsed<Call> {
        let (least, most) = function.arguments();
        let mut arguments = Vec::new();
        let mut type_name = None;
        let mut found = 0;
        if !self.is(")") {
            loop {
                if matches!(function, Function::Is | Function::As | Function::OfType) {
                    type_name = Some(self.type_name()?);
                } else if function == Function::Sort {
                    arguments.push(self.sort_key()?);
                } else {
                    arguments.push(self.expression(0)?);
                }
                found += 1;
                if !self.accept(",")? {
                    break;
                }
            }
        }
        self.expect(")", "the closing ')'")?;
        if !(least..=most).contains(&found) {
            return Err((Wrong::Arguments { function: function.name(), least, most, found }, at));
        }
        let regex = OnceLock::new();
        if let Some(pattern) = literal_pattern(function, &arguments) {
            let compiled = crate::run::compile(function, pattern, "").ok_or((Wrong::Regex, at))?;
            let _ = regex.set(compiled) as Result<(), Regex>;
        }
        Ok(Call { function, arguments, type_name, regex })
    }

    /// A key of `sort()`; `asc` and `desc` may follow it.
    fn sort_key(&mut self) -> Parsed<Expr> {
        let key = self.expression(0)?;
        let Kind::Name(word) = &self.token.kind else { return Ok(key) };
        let negative = match &**word {
            "asc" => false,
            "desc" => true,
            _ => return Ok(key),
        };
        let at = place(self.advance()?.at);
        Ok(if negative { Expr::Sign { negative, at, operand: Box::new(key) } } else { key })
    }

    fn type_name(&mut self) -> Parsed<TypeName> {
        let first = self.type_word()?;
        if !self.accept(".")? {
            return Ok(TypeName { namespace: None, name: first });
        }
        let name = self.type_word()?;
        Ok(TypeName { namespace: Some(first), name })
    }

    fn type_word(&mut self) -> Parsed<Arc<str>> {
        match &self.token.kind {
            Kind::Name(name) | Kind::Quoted(name) => {
                let name = Arc::clone(name);
                self.advance()?;
                Ok(name)
            }
            _ => Err((Wrong::Type, self.token.at)),
        }
    }
}

enum Infix {
    Binary(Operator),
    Is,
    As,
}

enum Invocation {
    Member(Member),
    Call(Call),
}

impl Chain {
    fn precedence(&self) -> Option<u8> {
        self.rest.first().map(|link| match &link.kind {
            LinkKind::Binary(operator, _) => operator.precedence(),
            LinkKind::Is(_) | LinkKind::As(_) => TYPE,
        })
    }
}

/// The regular expression, where it is a literal without flags.
fn literal_pattern(function: Function, arguments: &[Expr]) -> Option<&str> {
    let flags_at = match function {
        Function::Matches | Function::MatchesFull => 1,
        Function::ReplaceMatches => 2,
        _ => return None,
    };
    match arguments.first()? {
        Expr::Path(Path { head: Head::Literal(Item::String(pattern)), steps, .. })
            if steps.is_empty() && arguments.len() == flags_at =>
        {
            Some(pattern)
        }
        _ => None,
    }
}
