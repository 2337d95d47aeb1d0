//! The device and the trainer's panel.

use serde::{Deserialize, Serialize};

use super::StudyInForce;

row! {
    /// The state of this device.
    DeviceStatus {
        /// Its certificate.
        certificate: Certificate,
        /// Where its keys are.
        keystore: Keystore,
        /// The server.
        server: ServerStatus,
        /// The clock.
        clock: Clock,
        /// The study's document; none in practice.
        study: Option<StudyInForce>,
        /// The staff accounts.
        accounts: Vec<StaffAccount>,
        /// The app's version.
        version: String,
        /// Where the data are.
        data_folder: String,
        /// Where exports go.
        export_folder: String,
        /// Whether something was changed that is used from the next start on.
        restart: bool,
        /// Whether the study has a recovery key, for which emergency exports are encrypted.
        recovery_key: bool,
    }
}

row! {
    /// The device's certificate.
    Certificate {
        /// Its subject.
        subject: String,
        /// Its issuer.
        issuer: String,
        /// From when, RFC 3339.
        not_before: String,
        /// Until when, RFC 3339.
        not_after: String,
        /// SHA-256, lower-case hexadecimal.
        thumbprint: String,
        /// How much of its life is over, in percent.
        percent_used: u32,
    }
}

row! {
    /// The keystore.
    Keystore {
        /// What the operating system calls it.
        name: String,
        /// Whether our keys are there.
        ok: bool,
    }
}

row! {
    /// The server.
    ServerStatus {
        /// Its address.
        url: String,
        /// Whether it answered last time.
        reachable: bool,
        /// When it last answered, RFC 3339.
        last_contact: Option<String>,
    }
}

row! {
    /// The clock.
    Clock {
        /// How far it is from the server's, in seconds.
        difference_seconds: Option<i32>,
        /// The last recorded time, RFC 3339, when the clock is before it: nothing can be signed then.
        behind: Option<String>,
    }
}

row! {
    /// A staff account.
    StaffAccount {
        /// The user name.
        user: String,
        /// The name as printed.
        display_name: String,
        /// The role: `coordinator`, `siteStaff` or `inspector`.
        role: String,
        /// Whether too many wrong tries have locked it.
        locked: bool,
    }
}

row! {
    /// One line of a connection check.
    ConnectionLine {
        /// What was checked, as a text key.
        check: String,
        /// The address of the further server that it is about; `null` for the study's own.
        server: Option<String>,
        /// How it came out.
        state: LineState,
        /// What was wrong, as a text key.
        code: Option<String>,
        /// What it is a matter of: an HTTP status and what the server says, a host, a release of FHIR, seconds.
        value: Option<String>,
        /// What was wrong and what to do, in English.
        detail: Option<String>,
    }
}

words! {
    /// How a line of a connection check came out.
    LineState {
        /// As it has to be.
        Passed,
        /// Not so, and a delivery works all the same.
        Noticed,
        /// Not so.
        Failed,
        /// An earlier one failed, without which this cannot be known.
        NotTried,
        /// There is no such thing here: a server on this computer has no TLS, and a study may assign nothing.
        NotNeeded,
    }
}

row! {
    /// The trainer's panel.
    FaultPanel {
        /// The faults.
        faults: Vec<Fault>,
        /// Whether the server listens.
        listener_open: bool,
        /// The last requests.
        log: Vec<LoggedRequest>,
    }
}

row! {
    /// A fault of the practice server.
    Fault {
        /// Its name.
        id: String,
        /// Whether it is switched on.
        active: bool,
        /// For how many more requests.
        remaining: u32,
    }
}

row! {
    /// A request that the practice server saw.
    LoggedRequest {
        /// When, RFC 3339.
        at: String,
        /// The method.
        method: String,
        /// The path, without values.
        path: String,
        /// The status answered; none when the connection was closed.
        status: Option<u16>,
    }
}
