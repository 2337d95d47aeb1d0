//! Chains of operators, logic and membership (FHIRPath 2.0.0, section 6).

use std::ops::Deref;

use super::{Outcome, Run, Scope, one, optional};
use crate::error::EvaluationErrorKind as Wrong;
use crate::syntax::{Chain, Expr, Head, LinkKind, Operator, TypeName};
use crate::types::Type;
use crate::{Collection, Item};

/// One side of an operator.
enum Operand<'s, 'a> {
    Held(&'s [Item<'a>]),
    Owned(Collection<'a>),
}

impl<'a> Operand<'_, 'a> {
    fn into_owned(self) -> Collection<'a> {
        match self {
            Self::Held(items) => items.into(),
            Self::Owned(items) => items,
        }
    }
}

impl<'a> Deref for Operand<'_, 'a> {
    type Target = [Item<'a>];

    fn deref(&self) -> &[Item<'a>] {
        match self {
            Self::Held(items) => items,
            Self::Owned(items) => items,
        }
    }
}

impl<'a> Run<'_, 'a> {
    pub(super) fn chain(&mut self, chain: &Chain, scope: Scope<'_, 'a>) -> Outcome<Collection<'a>> {
        let mut left = self.operand(&chain.first, scope)?;
        for link in &chain.rest {
            self.spend(1)?;
            let next = self.link(&link.kind, left, scope).map_err(|failure| failure.at(link.at))?;
            left = Operand::Owned(next);
        }
        Ok(left.into_owned())
    }

    fn link(
        &mut self,
        link: &LinkKind,
        left: Operand<'_, 'a>,
        scope: Scope<'_, 'a>,
    ) -> Outcome<Collection<'a>> {
        match link {
            LinkKind::Is(name) => self.is_type(&left, name),
            LinkKind::As(name) => self.as_type(left.into_owned(), name, true),
            LinkKind::Binary(operator, right) => {
                if let Some(decided) = Self::decided(*operator, &left)? {
                    return Ok(one(decided));
                }
                let right = self.operand(right, scope)?;
                match operator {
                    Operator::Union => self.union(left.into_owned(), right.into_owned()),
                    _ => self.binary(*operator, &left, &right),
                }
            }
        }
    }

    /// What is there already is not copied.
    fn operand<'s>(&mut self, operand: &'s Expr, scope: Scope<'s, 'a>) -> Outcome<Operand<'s, 'a>> {
        if let Expr::Path(path) = operand
            && path.steps.is_empty()
        {
            match (&path.head, scope.total) {
                (Head::Literal(item), _) => return Ok(Operand::Held(std::slice::from_ref(item))),
                (Head::This, _) => return Ok(Operand::Held(scope.this)),
                (Head::Total, Some(total)) => return Ok(Operand::Held(total)),
                _ => {}
            }
        }
        let defined = self.defined.len();
        let value = self.expression(operand, scope)?;
        self.defined.truncate(defined);
        Ok(Operand::Owned(value))
    }

    /// The result, where the left side alone decides.
    fn decided(operator: Operator, left: &[Item<'a>]) -> Outcome<Option<bool>> {
        Ok(match (operator, Self::logical(operator, left)?) {
            (Operator::And, Some(false)) => Some(false),
            (Operator::Or, Some(true)) | (Operator::Implies, Some(false)) => Some(true),
            _ => None,
        })
    }

    fn logical(operator: Operator, items: &[Item<'a>]) -> Outcome<Option<bool>> {
        match operator {
            Operator::And | Operator::Or | Operator::Xor | Operator::Implies => {
                Self::boolean(items, operator.name())
            }
            _ => Ok(None),
        }
    }

    fn binary(
        &mut self,
        operator: Operator,
        left: &[Item<'a>],
        right: &[Item<'a>],
    ) -> Outcome<Collection<'a>> {
        match operator {
            Operator::And | Operator::Or | Operator::Xor | Operator::Implies => {
                let (left, right) = (Self::logical(operator, left)?, Self::logical(operator, right)?);
                Ok(optional(logic(operator, left, right)))
            }
            Operator::Equal => Ok(optional(self.equal(left, right)?)),
            Operator::NotEqual => Ok(optional(self.equal(left, right)?.map(|equal| !equal))),
            Operator::Equivalent => Ok(one(self.equivalent(left, right)?)),
            Operator::NotEquivalent => Ok(one(!self.equivalent(left, right)?)),
            Operator::In => self.membership(left, right, "in"),
            Operator::Contains => self.membership(right, left, "contains"),
            Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
                let (Some(left), Some(right)) =
                    (Self::single(left, operator.name())?, Self::single(right, operator.name())?)
                else {
                    return Ok(Collection::new());
                };
                let order = self.order(left, right, operator.name())?;
                Ok(optional(order.map(|order| match operator {
                    Operator::Less => order.is_lt(),
                    Operator::LessOrEqual => order.is_le(),
                    Operator::Greater => order.is_gt(),
                    _ => order.is_ge(),
                })))
            }
            Operator::Join => {
                let left = self.string(left, "&")?;
                let right = self.string(right, "&")?;
                let joined =
                    [left.as_deref().unwrap_or_default(), right.as_deref().unwrap_or_default()].concat();
                self.spend(joined.len() / 64)?;
                Ok(one(joined))
            }
            _ => self.arithmetic(operator, left, right),
        }
    }

    fn membership(
        &mut self,
        item: &[Item<'a>],
        of: &[Item<'a>],
        name: &'static str,
    ) -> Outcome<Collection<'a>> {
        let Some(item) = Self::single(item, name)? else { return Ok(Collection::new()) };
        Ok(one(self.has(of, item)?))
    }

    /// Whether `item` equals one of `items`.
    pub(super) fn has(&mut self, items: &[Item<'a>], item: &Item<'a>) -> Outcome<bool> {
        for each in items {
            if self.equal_items(each, item)? == Some(true) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the one item is of this type or of one derived from it.
    pub(super) fn is_type(&mut self, items: &[Item<'a>], name: &TypeName) -> Outcome<Collection<'a>> {
        self.known_type(name)?;
        let Some(item) = Self::single(items, "is")? else { return Ok(Collection::new()) };
        Ok(one(self.type_matches(item, name, true)))
    }

    /// The items that are of exactly this type (`as`, `ofType`); complex types also those derived from it.
    pub(super) fn as_type(
        &mut self,
        mut items: Collection<'a>,
        name: &TypeName,
        single: bool,
    ) -> Outcome<Collection<'a>> {
        self.known_type(name)?;
        if single {
            Self::single(&items, "as")?;
        }
        items.retain(|item| self.type_matches(item, name, false));
        Ok(items)
    }

    fn known_type(&self, name: &TypeName) -> Outcome<()> {
        let known = match name.namespace.as_deref() {
            Some("FHIR") => self.types.exists(&name.name),
            // FHIR's types are none of FHIRPath's own; asked for as `System.Patient`, nothing is one.
            Some("System") | None => is_system_type(&name.name) || self.types.exists(&name.name),
            Some(_) => false,
        };
        if known { Ok(()) } else { Err(Wrong::UnknownType(name.name.to_string()).into()) }
    }

    fn type_matches(&self, item: &Item<'a>, name: &TypeName, derived: bool) -> bool {
        let namespace = name.namespace.as_deref();
        match item {
            Item::Node(node) => {
                if namespace == Some("System") || node.kind == Type::UNKNOWN {
                    return false;
                }
                let own = node.type_name(self.types).unwrap_or_default();
                let primitive = own.starts_with(|first: char| first.is_ascii_lowercase());
                if primitive && !derived {
                    return own == &*name.name;
                }
                self.types.derives(node.kind, &name.name)
            }
            _ => namespace != Some("FHIR") && system_type(item) == &*name.name,
        }
    }
}

/// FHIRPath's own types.
const SYSTEM: [&str; 9] =
    ["Boolean", "String", "Integer", "Long", "Decimal", "Date", "DateTime", "Time", "Quantity"];

/// Whether FHIRPath has a type of its own of this name.
pub(crate) fn is_system_type(name: &str) -> bool {
    SYSTEM.contains(&name)
}

/// The name of the type in the namespace `System`.
pub(crate) fn system_type(item: &Item<'_>) -> &'static str {
    match item {
        Item::Boolean(_) => "Boolean",
        Item::Integer(_) => "Integer",
        Item::Decimal(_) => "Decimal",
        Item::String(_) => "String",
        Item::Date(_) => "Date",
        Item::DateTime(_) => "DateTime",
        Item::Time(_) => "Time",
        Item::Quantity(_) => "Quantity",
        Item::Node(_) | Item::Type(_) => "Any",
    }
}

/// Three-valued logic: `None` is empty.
fn logic(operator: Operator, left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match operator {
        Operator::And => match (left, right) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        Operator::Or => match (left, right) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        Operator::Xor => Some(left? ^ right?),
        _ => match (left, right) {
            (Some(false), _) | (_, Some(true)) => Some(true),
            (Some(true), right) => right,
            (None, _) => None,
        },
    }
}
