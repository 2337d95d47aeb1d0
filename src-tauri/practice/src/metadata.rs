//! The CapabilityStatement: written from the tables that the server itself works with.

use fhir::{Value, Version, array, object};

use crate::search::parameter::{Kind, LAST_UPDATED, Parameter, RESOURCE_TYPES, ResourceType};

const INTERACTIONS: [&str; 7] =
    ["read", "vread", "update", "delete", "history-instance", "create", "search-type"];

/// What `GET /fhir/metadata` answers. `started` is when this server opened, RFC 3339.
pub(crate) fn capability_statement(base: &str, started: &str, version: Version) -> Value {
    let resources: Vec<_> = RESOURCE_TYPES.iter().map(|one| resource(one, version)).collect();
    object! {
        "resourceType" => "CapabilityStatement",
        "status" => "active",
        "date" => started,
        "kind" => "instance",
        "software" => object! { "name" => "Attesta practice server", "version" => env!("CARGO_PKG_VERSION") },
        "implementation" => object! {
            "description" => "Practice server on this device only. Keep no patient's data here.",
            "url" => base,
        },
        "fhirVersion" => version.number(),
        "format" => array!["application/fhir+json", "json", "application/fhir+xml", "xml"],
        "rest" => array![object! {
            "mode" => "server",
            "documentation" => "Answers on the loopback interface without authentication. \
                Unknown search parameters are refused.",
            "resource" => resources,
        }],
    }
}

fn resource(resource_type: &ResourceType, version: Version) -> Value {
    let id = object! { "name" => "_id", "type" => "token" };
    let parameters = resource_type.parameters_in(version).chain([&LAST_UPDATED]).map(search_parameter);
    let mut value = object! {
        "type" => resource_type.name,
        "interaction" => INTERACTIONS.iter().map(|code| object! { "code" => *code }).collect::<Vec<_>>(),
        "versioning" => "versioned-update",
        "readHistory" => true,
        "updateCreate" => true,
        "conditionalCreate" => true,
        "conditionalRead" => "full-support",
        "conditionalUpdate" => false,
        "conditionalDelete" => "not-supported",
        "searchParam" => [id].into_iter().chain(parameters).collect::<Vec<_>>(),
    };
    let operation = match resource_type.name {
        "ValueSet" => Some(("expand", "http://hl7.org/fhir/OperationDefinition/ValueSet-expand")),
        "Questionnaire" => Some((
            "next-question",
            "http://hl7.org/fhir/uv/sdc/OperationDefinition/Questionnaire-next-question",
        )),
        _ => None,
    };
    if let (Some((name, definition)), Some(members)) = (operation, value.as_object_mut()) {
        members.insert("operation", array![object! { "name" => name, "definition" => definition }]);
    }
    value
}

fn search_parameter(parameter: &Parameter) -> Value {
    let mut value = object! { "name" => parameter.name, "type" => parameter.kind.code() };
    if let (Kind::Date, Some(members)) = (parameter.kind, value.as_object_mut()) {
        members.insert("documentation", "Prefixes eq, ne, gt, lt, ge, le, sa, eb.");
    }
    value
}
