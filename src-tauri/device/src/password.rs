//! Argon2id for passwords and PINs.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::Error;

/// Memory in KiB. With three passes about 130 ms on two cores, which a person does not notice and a guesser does.
const MEMORY: u32 = 64 * 1024;
const PASSES: u32 = 3;

/// The PHC string of a password or PIN, with a fresh salt. Blocks for about 130 ms.
pub(crate) fn hash(secret: &str) -> Result<String, Error> {
    Ok(argon2()?.hash_password(secret.as_bytes()).map_err(|_| Error::Crypto)?.to_string())
}

/// Whether `secret` is the one that `phc` was made from, with the parameters that `phc` names.
pub(crate) fn matches(secret: &str, phc: &str) -> Result<bool, Error> {
    let stored = PasswordHash::new(phc).map_err(|_| Error::Unreadable("password hash"))?;
    Ok(argon2()?.verify_password(secret.as_bytes(), &stored).is_ok())
}

/// Takes as long as [`matches`] and never does: for an account that does not exist.
pub(crate) fn matches_nothing(secret: &str) -> Result<bool, Error> {
    hash(secret)?;
    Ok(false)
}

fn argon2() -> Result<Argon2<'static>, Error> {
    let params = Params::new(MEMORY, PASSES, 1, None).map_err(|_| Error::Crypto)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_hash_names_argon2id_and_its_cost_and_matches_only_its_own_secret() {
        let phc = hash("4826").unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"), "{phc}");
        assert_ne!(phc, hash("4826").unwrap(), "every hash has a salt of its own");
        assert!(matches("4826", &phc).unwrap());
        assert!(!matches("4827", &phc).unwrap());
        assert!(!matches_nothing("4826").unwrap());
        assert!(matches!(matches("4826", "4826"), Err(Error::Unreadable(_))));
    }
}
