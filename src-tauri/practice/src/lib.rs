//! Practice FHIR server and certificate authority on loopback.
