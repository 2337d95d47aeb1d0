//! What a session was started with (`launchContext`).

use std::collections::BTreeMap;

use fhir::Value;

use super::Session;
use crate::{AnswerError, LaunchResource};

impl Session {
    /// The resources that the session was started with, by the name of their `launchContext`.
    pub fn launched(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.launch.iter().map(|(name, resource)| (name.as_str(), resource))
    }
}

/// The resources of a launch, read.
pub(super) fn parsed(launch: &[LaunchResource]) -> Result<BTreeMap<String, Value>, AnswerError> {
    let read = |given: &LaunchResource| {
        let resource =
            Value::parse(given.resource.as_bytes()).ok().filter(|value| value.resource_type().is_some());
        let resource = resource.ok_or_else(|| AnswerError::LaunchContext { name: given.name.clone() })?;
        Ok((given.name.clone(), resource))
    };
    launch.iter().map(read).collect()
}
