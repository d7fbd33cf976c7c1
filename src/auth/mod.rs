//! Who asks: bearer tokens, verified and signed. The only room that names the JWT library and the HTTP client.
//!
//! A token is a JWT signed with HS256 and the shared secret, or with RS256 or ES256 and a key of the JWKS. Which of these
//! are accepted is the configuration's choice: the token's `alg` only says which of them to look at, and every key is
//! good for one algorithm.

mod claims;
mod error;
mod jwks;
mod keys;
mod shared_secret;
#[cfg(test)]
mod tests;
mod trial;
mod verifier;

pub use claims::{Role, Token};
pub use error::{TokenError, VerifierError};
pub use trial::{TrialError, sign};
pub use verifier::Verifier;

pub use crate::domain::plan::PlanClaim;
