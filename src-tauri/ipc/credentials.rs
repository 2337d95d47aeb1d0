//! What the device shows servers. Nothing here is a secret.

use serde::{Deserialize, Serialize};

row! {
    /// What the study asks for, and what of it this device has.
    Credentials {
        /// How the device shows the study's server who it is, as the document names it.
        method: &'static str,
        /// Whether the device has what that needs.
        ready: bool,
        /// As what the study's devices are registered at the authorization server.
        client_id: Option<String>,
        /// The public half of the key that signs assertions: a JSON Web Key Set (RFC 7517).
        key_set: Option<String>,
        /// Whether the ledger's access token is here; none where the ledger asks for none.
        ledger_token: Option<bool>,
        /// The proxy's address; none where there is no proxy.
        proxy: Option<String>,
        /// As whom the device signs in to the proxy.
        proxy_user: Option<String>,
        /// The certificates that the device has or needs.
        certificates: Vec<HeldCertificate>,
        /// Whether something was changed that is used from the next start on.
        restart: bool,
    }
}

row! {
    /// A certificate that the device has or needs.
    HeldCertificate {
        /// For whom.
        holder: CertificateHolder,
        /// Its subject; none where there is no certificate yet.
        subject: Option<String>,
        /// Until when it is valid, RFC 3339.
        not_after: Option<String>,
        /// How much of its life is over, in percent.
        percent_used: u32,
    }
}

row! {
    /// A request for a certificate.
    CertificateRequest {
        /// The identifier that the certificate has to carry.
        identifier: String,
        /// The request (PKCS #10, PEM).
        request: String,
    }
}

words! {
    /// For whom a certificate is.
    CertificateHolder {
        /// The device: it seals records.
        Device,
        /// The device, where it shows the study's server who it is (TLS).
        Authentication,
        /// The site's organization.
        Organization,
    }
}

words! {
    /// Which server an access token is for.
    TokenFor {
        /// The study's own.
        Server,
        /// Its ledger.
        Ledger,
    }
}
