//! Exact FHIR JSON: values, canonical forms, differences.
