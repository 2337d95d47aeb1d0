//! What functions give, and which of them judge what they are applied to.

use super::arithmetic;
use super::problem::ProblemKind;
use super::static_type::{Kind, StaticType};
use super::walk::{Scope, Walk};
use crate::Item;
use crate::run::Conversion;
use crate::syntax::{Call, Expr, Function, Head, Operator, Path};
use crate::types::{Form, Types};

/// So often what `repeat()` finds is looked at for what it finds in that; after it, it may be anything.
const ROUNDS: usize = 8;

impl Walk<'_> {
    pub(super) fn call(&mut self, call: &Call, focus: StaticType, scope: Scope<'_>, at: u32) -> StaticType {
        use Function as F;
        match call.function {
            F::Where => {
                self.each(call, 0, &focus, scope);
                focus
            }
            F::Select => self.each(call, 0, &focus, scope).unwrap_or_else(|| self.any()).after(&focus),
            F::Repeat | F::RepeatAll => self.repeat(call, &focus, scope),
            F::Exists | F::All => {
                self.each(call, 0, &focus, scope);
                self.system(Form::Boolean)
            }
            F::Iif => {
                self.each(call, 0, &focus, scope);
                let one = self.each(call, 1, &focus, scope).unwrap_or_else(|| self.any());
                match self.each(call, 2, &focus, scope) {
                    Some(other) => one.or(&other),
                    None => one,
                }
            }
            F::Aggregate => {
                let start = self.each(call, 1, scope.this, scope);
                // What is summed up is not known before it is.
                let total = self.any();
                let inner = Scope { this: &focus, total: Some(&total) };
                let found = call.arguments.first().map(|body| self.expression(body, inner));
                let start = start.unwrap_or_else(|| StaticType::none(self.release));
                found.map_or_else(|| start.clone(), |found| found.or(&start))
            }
            F::Sort => {
                for key in 0..call.arguments.len() {
                    self.each(call, key, &focus, scope);
                }
                focus.in_an_order()
            }
            F::Coalesce => {
                let mut found = StaticType::none(self.release);
                for value in 0..call.arguments.len() {
                    let value = self.each(call, value, scope.this, scope);
                    found = value.map_or_else(|| self.any(), |value| found.or(&value));
                }
                found
            }
            F::DefineVariable => self.define(call, focus, scope),
            F::Trace => {
                self.each(call, 0, scope.this, scope);
                self.each(call, 1, &focus, scope);
                focus
            }
            F::Is => {
                if let Some(name) = &call.type_name {
                    self.known_type(name, at);
                }
                self.system(Form::Boolean)
            }
            F::As | F::OfType => match &call.type_name {
                Some(name) => self.narrowed(&focus, name, at),
                None => self.any(),
            },
            function => {
                // The others' arguments are evaluated where the call stands.
                let mut arguments = Vec::new();
                for argument in &call.arguments {
                    arguments.push(self.expression(argument, scope));
                }
                self.plain(function, focus, &arguments, at)
            }
        }
    }

    /// What an argument gives for each item of `this`.
    fn each(&mut self, call: &Call, index: usize, this: &StaticType, scope: Scope<'_>) -> Option<StaticType> {
        call.arguments.get(index).map(|argument| self.expression(argument, scope.on(this)))
    }

    /// What the projection finds, in that, and so on. It is told of problems once all types are known.
    fn repeat(&mut self, call: &Call, focus: &StaticType, scope: Scope<'_>) -> StaticType {
        let mut found = StaticType::none(self.release).in_order_of(focus);
        self.quiet += 1;
        for round in 0.. {
            let open = found.clone().or(focus);
            let next = self.each(call, 0, &open, scope).unwrap_or_else(|| self.any());
            let all = found.clone().or(&next);
            if all == found {
                break;
            }
            found = if round < ROUNDS { all } else { self.any() };
        }
        self.quiet -= 1;
        let open = found.clone().or(focus);
        self.each(call, 0, &open, scope);
        found
    }

    fn define(&mut self, call: &Call, focus: StaticType, scope: Scope<'_>) -> StaticType {
        self.each(call, 0, scope.this, scope);
        let value = self.each(call, 1, &focus, scope).unwrap_or_else(|| focus.clone());
        if let Some(Expr::Path(Path { head: Head::Literal(Item::String(name)), steps, .. })) =
            call.arguments.first()
            && steps.is_empty()
        {
            self.defined.push((name.to_string().into(), value));
        }
        focus
    }

    /// Functions whose arguments are values.
    fn plain(
        &mut self,
        function: Function,
        focus: StaticType,
        arguments: &[StaticType],
        at: u32,
    ) -> StaticType {
        use Function as F;
        let types = Types::of(self.release);
        match function {
            F::Distinct | F::Exclude | F::Intersect => focus,
            F::Single | F::Min | F::Max => focus.in_an_order(),
            F::First | F::Last | F::Tail | F::Skip | F::Take => self.in_order(focus, Some(function), at),
            F::Union | F::Combine => match arguments.first() {
                Some(other) => focus.or(other),
                None => focus,
            },
            F::Children | F::Descendants => match focus.kinds() {
                // Values of FHIRPath's own have no children.
                Some([]) => focus,
                _ => self.any().unordered(),
            },
            F::Sum => {
                let all = [
                    Form::Boolean,
                    Form::Integer,
                    Form::Decimal,
                    Form::Text,
                    Form::Date,
                    Form::DateTime,
                    Form::Time,
                    Form::Quantity,
                ];
                if focus.forms().is_none_or(|forms| forms.contains(&Form::Complex)) {
                    return self.any();
                }
                let own = arithmetic::only(&focus, &all);
                let sum = arithmetic::result(self.release, Operator::Plus, &own, &own);
                own.or(&sum)
            }
            F::Avg | F::Round => arithmetic::only(&focus, &[Form::Quantity]).or(&self.system(Form::Decimal)),
            F::Abs => arithmetic::amounts(&focus),
            F::Ceiling | F::Floor | F::Truncate => {
                arithmetic::only(&focus, &[Form::Quantity]).or(&self.system(Form::Integer))
            }
            F::Power => self.system(Form::Integer).or(&self.system(Form::Decimal)),
            F::LowBoundary
            | F::HighBoundary
            | F::Resolve
            | F::ElementDefinition
            | F::Slice
            | F::CheckModifiers => self.any(),
            F::Extension => StaticType::from_kinds(self.release, [Kind::Fhir(types.known.extension)]),
            F::Answers => StaticType::from_kinds(self.release, [Kind::Fhir(types.known.answer)]),
            F::TypeOf => StaticType::from_kinds(self.release, [Kind::TypeInfo]),
            F::GetValue => match focus.forms() {
                Some(forms) if !forms.contains(&Form::Complex) => {
                    StaticType::from_kinds(self.release, forms.into_iter().map(Kind::System))
                }
                _ => self.any(),
            },
            function => match fixed(function) {
                Some(form) => self.converted(function, &focus, form, at),
                None => self.any(),
            },
        }
    }

    /// What a function gives that always gives this form. A conversion gives nothing where it is not defined for any of the
    /// types; what is always empty is so on purpose, or was told of.
    fn converted(&mut self, function: Function, focus: &StaticType, form: Form, at: u32) -> StaticType {
        let given = self.system(form);
        let Some(conversion) = Conversion::of(function) else { return given };
        let Some(forms) = focus.forms().filter(|forms| !forms.is_empty()) else { return given };
        if forms.iter().any(|form| conversion.takes(*form)) {
            return given;
        }
        let to_integer = conversion.is_to_integer() && forms.as_slice() == [Form::Decimal];
        self.problem(at, || ProblemKind::NeverConverted {
            function: function.name(),
            found: focus.to_string(),
            result: if conversion.asks { "false" } else { "empty" },
            instead: to_integer.then_some("truncate(), floor() or ceiling()"),
        });
        if conversion.asks { given } else { StaticType::none(self.release) }
    }
}

/// The type that a function gives whatever it is applied to.
fn fixed(function: Function) -> Option<Form> {
    use Function as F;
    Some(match function {
        F::Empty
        | F::AllTrue
        | F::AnyTrue
        | F::AllFalse
        | F::AnyFalse
        | F::SubsetOf
        | F::SupersetOf
        | F::IsDistinct
        | F::Not
        | F::ToBoolean
        | F::ConvertsToBoolean
        | F::ConvertsToInteger
        | F::ConvertsToLong
        | F::ConvertsToDecimal
        | F::ConvertsToDate
        | F::ConvertsToDateTime
        | F::ConvertsToTime
        | F::ConvertsToQuantity
        | F::ConvertsToText
        | F::StartsWith
        | F::EndsWith
        | F::Contains
        | F::Matches
        | F::MatchesFull
        | F::HasValue
        | F::ConformsTo
        | F::MemberOf
        | F::Subsumes
        | F::SubsumedBy
        | F::HtmlChecks
        | F::Comparable => Form::Boolean,
        F::Count
        | F::ToInteger
        | F::ToLong
        | F::IndexOf
        | F::LastIndexOf
        | F::Length
        | F::Precision
        | F::YearOf
        | F::MonthOf
        | F::DayOf
        | F::HourOf
        | F::MinuteOf
        | F::SecondOf
        | F::MillisecondOf
        | F::Duration
        | F::Difference => Form::Integer,
        F::ToDecimal | F::Exp | F::Ln | F::Log | F::Sqrt | F::Weight | F::TimezoneOffsetOf => Form::Decimal,
        F::ToText
        | F::Substring
        | F::Upper
        | F::Lower
        | F::Replace
        | F::ReplaceMatches
        | F::ToChars
        | F::Encode
        | F::Decode
        | F::Escape
        | F::Unescape
        | F::Trim
        | F::Split
        | F::Join => Form::Text,
        F::ToDate | F::DateOf | F::Today => Form::Date,
        F::ToDateTime | F::Now => Form::DateTime,
        F::ToTime | F::TimeOf | F::TimeOfDay => Form::Time,
        F::ToQuantity => Form::Quantity,
        _ => return None,
    })
}
