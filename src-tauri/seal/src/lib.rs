//! Signatures, certificates, Provenance, verification.
