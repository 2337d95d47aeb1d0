//! What a part of an expression can be: a set of types.

use std::fmt;

use fhir::Version;
use smallvec::SmallVec;

use crate::Item;
use crate::syntax::TypeName;
use crate::types::{Form, Type, Types};

/// One of the types that a value may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// An element of the data.
    Fhir(Type),
    /// A value of FHIRPath's own; never [`Form::Complex`].
    System(Form),
    /// What `type()` gives.
    TypeInfo,
}

impl Kind {
    pub(super) fn of(item: &Item<'_>) -> Self {
        match item {
            Item::Node(node) => Self::Fhir(node.kind),
            Item::Type(_) => Self::TypeInfo,
            Item::Boolean(_) => Self::System(Form::Boolean),
            Item::Integer(_) => Self::System(Form::Integer),
            Item::Decimal(_) => Self::System(Form::Decimal),
            Item::String(_) => Self::System(Form::Text),
            Item::Date(_) => Self::System(Form::Date),
            Item::DateTime(_) => Self::System(Form::DateTime),
            Item::Time(_) => Self::System(Form::Time),
            Item::Quantity(_) => Self::System(Form::Quantity),
        }
    }
}

/// More types than this are any: it keeps the work bounded, and so many say nothing.
const MOST: usize = 32;

/// What the result of an expression, or of a part of it, can be: some types, or anything.
#[derive(Clone, PartialEq, Eq)]
pub struct StaticType {
    release: Version,
    /// Sorted, each once; `None` where it may be anything.
    kinds: Option<SmallVec<[Kind; 4]>>,
    /// Whether its items are in an order.
    pub(super) ordered: bool,
}

/// How a value stands in JSON, and what its text is the text of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape<'t> {
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// A string that is no date or time.
    Text,
    /// A date as a string.
    Date,
    /// A date and time as a string.
    DateTime,
    /// A time as a string.
    Time,
    /// An object of this type.
    Object(&'t str),
}

impl StaticType {
    /// What may be anything.
    pub fn any(release: Version) -> Self {
        Self { release, kinds: None, ordered: true }
    }

    /// An element of one of these FHIR types, such as `QuestionnaireResponse.item`; anything where one of them is abstract
    /// or no type of this release.
    pub fn of(release: Version, names: &[&str]) -> Self {
        let types = Types::of(release);
        let kinds: Option<Vec<Kind>> = names.iter().map(|name| types.named(name).map(Kind::Fhir)).collect();
        match kinds {
            Some(kinds) => Self::from_kinds(release, kinds),
            None => Self::any(release),
        }
    }

    /// What is always empty.
    pub(super) fn none(release: Version) -> Self {
        Self { release, kinds: Some(SmallVec::new()), ordered: true }
    }

    pub(super) fn system(release: Version, form: Form) -> Self {
        Self::from_kinds(release, [Kind::System(form)])
    }

    pub(super) fn from_kinds(release: Version, kinds: impl IntoIterator<Item = Kind>) -> Self {
        let mut list: SmallVec<[Kind; 4]> = SmallVec::new();
        for kind in kinds {
            if kind == Kind::Fhir(Type::UNKNOWN) {
                return Self::any(release);
            }
            if let Err(at) = list.binary_search(&kind) {
                if list.len() == MOST {
                    return Self::any(release);
                }
                list.insert(at, kind);
            }
        }
        Self { release, kinds: Some(list), ordered: true }
    }

    /// Whether it may be anything: nothing is known.
    pub fn is_any(&self) -> bool {
        self.kinds.is_none()
    }

    /// Whether it is always empty.
    pub fn is_empty(&self) -> bool {
        self.kinds.as_ref().is_some_and(SmallVec::is_empty)
    }

    /// Whether a value can be of it: of the type that was found out before, every result is.
    pub fn fits(&self, item: &Item<'_>) -> bool {
        let kind = Kind::of(item);
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind))
    }

    /// How its values can stand in JSON; `None` where it may be anything. Types as `type()` gives them do not stand there.
    pub fn shapes(&self) -> Option<impl Iterator<Item = Shape<'static>>> {
        let types = Types::of(self.release);
        let kinds = self.kinds.as_ref()?;
        Some(kinds.iter().filter_map(move |kind| {
            let (form, name) = match kind {
                Kind::Fhir(kind) => {
                    let definition = types.definition(*kind)?;
                    (definition.form, definition.name)
                }
                Kind::System(form) => (*form, "Quantity"),
                Kind::TypeInfo => return None,
            };
            Some(match form {
                Form::Boolean => Shape::Boolean,
                // A string in JSON, because it has 64 bits.
                Form::Integer if name == "integer64" => Shape::Text,
                Form::Integer | Form::Decimal => Shape::Number,
                Form::Text => Shape::Text,
                Form::Date => Shape::Date,
                Form::DateTime => Shape::DateTime,
                Form::Time => Shape::Time,
                Form::Quantity | Form::Complex => Shape::Object(name),
            })
        }))
    }

    pub(super) fn release(&self) -> Version {
        self.release
    }

    /// The types; `None` where it may be anything.
    pub(super) fn kinds(&self) -> Option<&[Kind]> {
        self.kinds.as_deref()
    }

    /// The same without an order.
    pub(super) fn unordered(self) -> Self {
        Self { ordered: false, ..self }
    }

    /// The same in an order: at most one item, or sorted.
    pub(super) fn in_an_order(self) -> Self {
        Self { ordered: true, ..self }
    }

    /// The same types, in an order where they and those of `first` are, of each of which they were found.
    pub(super) fn after(self, first: &Self) -> Self {
        let ordered = self.ordered && first.ordered;
        Self { ordered, ..self }
    }

    /// The same types, in the order of `other`.
    pub(super) fn in_order_of(self, other: &Self) -> Self {
        Self { ordered: other.ordered, ..self }
    }

    /// Of one or of the other type.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        let ordered = self.ordered && other.ordered;
        let merged = match (&self.kinds, &other.kinds) {
            (Some(one), Some(two)) if two.iter().all(|kind| one.contains(kind)) => self,
            (Some(one), Some(two)) => Self::from_kinds(self.release, one.iter().chain(two).copied()),
            _ => Self::any(self.release),
        };
        Self { ordered, ..merged }
    }

    /// FHIRPath's own types of its values; `None` where it may be anything.
    pub(super) fn forms(&self) -> Option<SmallVec<[Form; 4]>> {
        let types = Types::of(self.release);
        let mut forms: SmallVec<[Form; 4]> = SmallVec::new();
        for kind in self.kinds.as_ref()? {
            let form = match kind {
                Kind::Fhir(kind) => types.form(*kind)?,
                Kind::System(form) => *form,
                Kind::TypeInfo => Form::Complex,
            };
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
        Some(forms)
    }

    /// Those of its types that are `name`, or derived from it: what `as` and `ofType()` leave.
    pub(super) fn only(&self, name: &TypeName) -> Self {
        let types = Types::of(self.release);
        let namespace = name.namespace.as_deref();
        let is_it = |kind: &Kind| match kind {
            Kind::Fhir(_) if namespace == Some("System") => false,
            Kind::Fhir(kind) => {
                let own = types.definition(*kind).map_or("", |definition| definition.name);
                let primitive = own.starts_with(|first: char| first.is_ascii_lowercase());
                if primitive { own == &*name.name } else { types.derives(*kind, &name.name) }
            }
            Kind::System(form) => namespace != Some("FHIR") && own_name(*form) == &*name.name,
            Kind::TypeInfo => false,
        };
        let found = match &self.kinds {
            Some(kinds) => Self::from_kinds(self.release, kinds.iter().copied().filter(is_it)),
            None if Types::is_abstract(&name.name) => Self::any(self.release),
            None => {
                let all = types.all().map(Kind::Fhir).chain(OWN.map(|(form, _)| Kind::System(form)));
                Self::from_kinds(self.release, all.filter(is_it))
            }
        };
        found.in_order_of(self)
    }

    /// Whether one of its types is a primitive of the family that `name` is of, such as `code` and `string`.
    pub(super) fn is_akin(&self, name: &str) -> bool {
        let types = Types::of(self.release);
        let Some(named) = types.named(name) else { return false };
        let families = ["string", "uri", "integer"].iter();
        let mut families = families.filter(|family| types.derives(named, family));
        families.any(|family| !self.derived(family).is_empty())
    }

    /// Those of its types that a path may begin with `name` on.
    pub(super) fn derived(&self, name: &str) -> Self {
        let types = Types::of(self.release);
        let is_it = |kind: &Kind| matches!(kind, Kind::Fhir(kind) if types.derives(*kind, name));
        let found = match &self.kinds {
            Some(kinds) => Self::from_kinds(self.release, kinds.iter().copied().filter(is_it)),
            None if Types::is_abstract(name) || !types.exists(name) => Self::any(self.release),
            None => Self::from_kinds(self.release, types.all().map(Kind::Fhir).filter(is_it)),
        };
        found.in_order_of(self)
    }
}

/// FHIRPath's own types.
const OWN: [(Form, &str); 8] = [
    (Form::Boolean, "Boolean"),
    (Form::Integer, "Integer"),
    (Form::Decimal, "Decimal"),
    (Form::Text, "String"),
    (Form::Date, "Date"),
    (Form::DateTime, "DateTime"),
    (Form::Time, "Time"),
    (Form::Quantity, "Quantity"),
];

fn own_name(form: Form) -> &'static str {
    OWN.iter().find(|(own, _)| *own == form).map_or("Any", |(_, name)| name)
}

/// So many types are named.
const NAMED: usize = 4;

/// `Quantity or Coding`, `Boolean`; of many types the first.
impl fmt::Display for StaticType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let types = Types::of(self.release);
        let Some(kinds) = &self.kinds else { return f.write_str("anything") };
        if kinds.is_empty() {
            return f.write_str("nothing");
        }
        let shown = kinds.len().min(NAMED);
        for (at, kind) in kinds.iter().take(shown).enumerate() {
            let name = match kind {
                Kind::Fhir(kind) => types.definition(*kind).map_or("", |definition| definition.name),
                Kind::System(form) => own_name(*form),
                Kind::TypeInfo => "a type",
            };
            match at {
                0 => {}
                _ if at + 1 == kinds.len() => f.write_str(" or ")?,
                _ => f.write_str(", ")?,
            }
            f.write_str(name)?;
        }
        if kinds.len() > shown { f.write_str(" or another type") } else { Ok(()) }
    }
}

impl fmt::Debug for StaticType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StaticType({self})")
    }
}
