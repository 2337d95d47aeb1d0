//! Encrypted store, OS keystore, outbox, alerts, staff accounts.
