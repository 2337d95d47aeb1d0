//! The variables that the Questionnaire and its items define (SDC, `variable`): each after those of the same place that it
//! reads, in whatever order they are written, as the form engine has them.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use fhir::Value;

use super::definition::extensions;
use super::expressions::{Expressions, Failure, POPULATION, Scope, VARIABLE, expression};

/// What one extension defines.
pub(super) struct Defined<'a> {
    name: Option<&'a str>,
    text: Result<&'a str, Failure>,
    /// It is what something begins with (`itemPopulationContext`).
    begins: bool,
}

impl<'a> Expressions<'a> {
    /// `outer`, and what the extensions of `owner` define. One that fails is not defined, and hides that of an outer place all
    /// the same.
    pub(super) fn variables(
        &mut self,
        owner: &'a Value,
        focus: Option<&'a Value>,
        question: Option<&'a Value>,
        outer: Scope<'a>,
    ) -> Scope<'a> {
        let mut scope = outer;
        let repeats = owner.get("repeats").and_then(Value::as_bool) == Some(true);
        let each = repeats && owner.str("type") == Some("group");
        for defined in self.defined(owner).iter() {
            if defined.begins && each {
                self.populated.extend(defined.name);
                continue;
            }
            let found = defined.text.clone().and_then(|text| self.run(text, focus, question, &scope));
            let Some(name) = defined.name else { continue };
            let mut inner = (*scope).clone();
            inner.retain(|(known, _)| known != name);
            if let Ok(mut found) = found {
                if defined.begins && !repeats {
                    found.truncate(1);
                }
                inner.push((name.to_owned(), found));
            }
            scope = Rc::new(inner);
        }
        scope
    }

    /// What `owner` defines, each after what it reads; those on a circle in the order in which they are written.
    fn defined(&mut self, owner: &'a Value) -> Rc<[Defined<'a>]> {
        let address = std::ptr::from_ref(owner);
        if let Some(known) = self.definitions.get(&address) {
            return Rc::clone(known);
        }
        let written = [(VARIABLE, false), (POPULATION, true)];
        let all = written.into_iter().flat_map(|(url, begins)| {
            extensions(owner, url).map(move |extension| Defined {
                name: extension.get("valueExpression").and_then(|expression| expression.str("name")),
                text: expression(extension),
                begins,
            })
        });
        let ordered: Rc<[Defined<'a>]> = self.in_order(all.collect()).into();
        self.definitions.insert(address, Rc::clone(&ordered));
        ordered
    }

    fn in_order(&mut self, written: Vec<Defined<'a>>) -> Vec<Defined<'a>> {
        if written.len() < 2 {
            return written;
        }
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, defined) in written.iter().enumerate() {
            by_name.entry(defined.name.unwrap_or_default()).or_default().push(at);
        }
        // Who reads each of them, and how many each still waits for.
        let mut readers: Vec<Vec<usize>> = written.iter().map(|_| Vec::new()).collect();
        let mut waits = vec![0_usize; written.len()];
        for (at, defined) in written.iter().enumerate() {
            for name in self.reads(defined) {
                // Its own name is the one of an outer place.
                let others = by_name.get(name.as_str()).filter(|_| defined.name != Some(name.as_str()));
                for &other in others.into_iter().flatten() {
                    readers[other].push(at);
                    waits[at] += 1;
                }
            }
        }
        let mut ready: BTreeSet<usize> = (0..written.len()).filter(|&at| waits[at] == 0).collect();
        let mut order = Vec::with_capacity(written.len());
        while let Some(next) = ready.pop_first() {
            order.push(next);
            for &reader in &readers[next] {
                waits[reader] -= 1;
                if waits[reader] == 0 {
                    ready.insert(reader);
                }
            }
        }
        order.extend((0..written.len()).filter(|&at| waits[at] > 0));
        let mut written: Vec<_> = written.into_iter().map(Some).collect();
        order.into_iter().filter_map(|at| written.get_mut(at)?.take()).collect()
    }

    /// The names that it reads.
    fn reads(&mut self, defined: &Defined<'a>) -> BTreeSet<String> {
        let compiled = defined.text.clone().and_then(|text| self.compiled(text));
        compiled.map(|expression| expression.references().variables.into_iter().collect()).unwrap_or_default()
    }
}
