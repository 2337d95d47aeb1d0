//! Passwords and PINs on their way in: wiped when dropped, never shown.

use std::fmt;

use serde::Deserialize;
use zeroize::Zeroizing;

/// A password or a PIN.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes over the text.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl std::ops::Deref for Secret {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A member of staff who gives user name and password.
#[derive(Debug, Clone, Deserialize)]
pub struct Person {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: Secret,
}
