//! Navigation, the clock, types and parts of dates (FHIRPath 2.0.0, sections 5.8 and 5.9).

use super::{Outcome, Run, Scope, one, operators, optional};
use crate::error::EvaluationErrorKind as Wrong;
use crate::item::TypeInfo;
use crate::quantity::Calendar;
use crate::syntax::{Call, Function as F};
use crate::temporal::{self, DateTime};
use crate::types::Type;
use crate::{Collection, Item};

impl<'a> Run<'_, 'a> {
    pub(super) fn utility(
        &mut self,
        call: &Call,
        focus: &[Item<'a>],
        scope: Scope<'_, 'a>,
    ) -> Outcome<Collection<'a>> {
        let now = || self.context.now.ok_or(Wrong::NoClock);
        match call.function {
            F::Now => Ok(one(Item::DateTime(now()?))),
            F::Today => Ok(one(Item::Date(now()?.date))),
            F::TimeOfDay => Ok(optional(now()?.time.map(Item::Time))),
            F::Children => self.children(focus),
            F::Descendants => {
                let mut found = Collection::new();
                let mut open: Collection<'a> = focus.into();
                while !open.is_empty() {
                    open = self.children(&open)?;
                    found.extend(open.iter().cloned());
                }
                Ok(found)
            }
            F::TypeOf => Ok(focus.iter().filter_map(|item| self.type_of(item)).map(Item::Type).collect()),
            F::Duration | F::Difference => self.between(call, focus, scope),
            _ => self.part(call.function, focus),
        }
    }

    fn children(&mut self, focus: &[Item<'a>]) -> Outcome<Collection<'a>> {
        let mut found = Collection::new();
        for item in focus {
            if let Item::Node(node) = item {
                node.children(self.types, &mut found);
            }
            self.spend(1)?;
        }
        self.spend(found.len())?;
        Ok(found)
    }

    fn type_of(&self, item: &Item<'a>) -> Option<TypeInfo> {
        match item {
            Item::Node(node) if node.kind == Type::UNKNOWN => None,
            Item::Node(node) => {
                let definition = self.types.definition(node.kind)?;
                Some(TypeInfo { namespace: "FHIR", name: definition.name })
            }
            _ => Some(TypeInfo { namespace: "System", name: operators::system_type(item) }),
        }
    }

    /// `duration()` and `difference()` to the argument, in units of a calendar.
    fn between(&mut self, call: &Call, focus: &[Item<'a>], scope: Scope<'_, 'a>) -> Outcome<Collection<'a>> {
        let name = call.function.name();
        let other = self.argument(call, 0, scope)?;
        let unit = self.argument(call, 1, scope)?;
        let (Some(from), Some(to), Some(unit)) =
            (Self::single(focus, name)?, Self::single(&other, name)?, self.string(&unit, name)?)
        else {
            return Ok(Collection::new());
        };
        let expected =
            "the second argument is years, months, weeks, days, hours, minutes, seconds or milliseconds";
        let unit = Calendar::named(&unit)
            .or_else(|| Calendar::from_ucum(&unit))
            .ok_or(Wrong::Argument { function: name, expected })?;
        let moment = |item: Item<'a>| match item {
            Item::DateTime(value) => Ok(value),
            Item::Date(date) => Ok(DateTime { date, time: None, offset: None }),
            other => Err(self.unfit(name, &other)),
        };
        let (from, to) = (moment(self.system(from)?)?, moment(self.system(to)?)?);
        let whole = call.function == F::Duration;
        Ok(optional(temporal::between(from, to, unit, whole).map(Item::Integer)))
    }

    /// One part of a date or time.
    fn part(&self, function: F, focus: &[Item<'a>]) -> Outcome<Collection<'a>> {
        let name = function.name();
        let Some(item) = Self::single(focus, name)? else { return Ok(Collection::new()) };
        let item = self.system(item)?;
        let (date, time, offset) = match &item {
            Item::Date(date) => (Some(*date), None, None),
            Item::DateTime(value) => (Some(value.date), value.time, value.offset),
            Item::Time(time) => (None, Some(*time), None),
            _ => return Err(self.unfit(name, &item)),
        };
        let known = |part: u8| (part > 0).then_some(i64::from(part));
        let number = match function {
            F::YearOf => date.map(|date| i64::from(date.year)),
            F::MonthOf => date.and_then(|date| known(date.month)),
            F::DayOf => date.and_then(|date| known(date.day)),
            F::HourOf => time.map(|time| i64::from(time.hour)),
            F::MinuteOf => time.and_then(|time| time.minute).map(i64::from),
            F::SecondOf => time.and_then(|time| time.second).map(i64::from),
            F::MillisecondOf => {
                time.filter(|time| time.digits > 0).map(|time| i64::from(time.nanosecond / 1_000_000))
            }
            F::DateOf => return Ok(optional(date.map(Item::Date))),
            F::TimeOf => return Ok(optional(time.map(Item::Time))),
            _ => {
                let hours = offset.and_then(|offset| {
                    rust_decimal::Decimal::from(offset).checked_div(rust_decimal::Decimal::from(60))
                });
                return Ok(optional(hours.map(|hours| Item::Decimal(hours.normalize()))));
            }
        };
        Ok(optional(number.map(Item::Integer)))
    }
}
