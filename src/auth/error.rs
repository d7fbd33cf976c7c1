//! Why a token is refused.

use jsonwebtoken::errors::{Error, ErrorKind};

use crate::config::SecretError;

/// Why a token is refused. The texts are fit for its sender, and for the `error_description` of RFC 6750: plain ASCII
/// without quotation marks, and nothing of the token but the names of its claims.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is no JWT, or one that cannot be read.
    #[error("the token is malformed: it must be a signed JWT")]
    Malformed,
    /// Its header has `crit`.
    #[error("the token has critical header extensions, and none is supported")]
    Critical,
    /// Its `alg` is none of those that are configured.
    #[error("the token is signed with an algorithm that is not accepted here")]
    Algorithm,
    /// No key that is published is meant, or more than one may be.
    #[error("the token is signed with a key that is not known for its algorithm")]
    UnknownKey,
    /// The signature is another's.
    #[error("the signature of the token is wrong")]
    Signature,
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `nbf` is yet to come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `iss` is another.
    #[error("the token is from another issuer")]
    Issuer,
    /// `aud` is another.
    #[error("the token is for another audience")]
    Audience,
    /// A claim that is needed is not there, or not of a type that it can have.
    #[error("the claim {0} of the token is missing or cannot be read")]
    MissingClaim(String),
    /// A claim has a value that means nothing.
    #[error("the claim {claim} of the token must be {accepted}")]
    InvalidClaim {
        /// The claim.
        claim: &'static str,
        /// What it may be.
        accepted: &'static str,
    },
    /// The service's fault, not the token's: the key may be among those that cannot be fetched now.
    #[error("the keys of tokens cannot be fetched now, try again later")]
    KeysUnavailable,
}

/// Why tokens cannot be verified at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifierError {
    /// The shared secret has no value.
    #[error("the secret of tokens cannot be read")]
    Secret(#[from] SecretError),
    /// The client that fetches the keys cannot be set up; TLS needs the certificates that the system trusts.
    #[error("the client that fetches the keys of tokens cannot be set up")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<Error> for TokenError {
    fn from(error: Error) -> Self {
        match error.into_kind() {
            ErrorKind::ExpiredSignature => Self::Expired,
            ErrorKind::ImmatureSignature => Self::NotYetValid,
            ErrorKind::InvalidIssuer => Self::Issuer,
            ErrorKind::InvalidAudience => Self::Audience,
            ErrorKind::MissingRequiredClaim(claim) | ErrorKind::InvalidClaimFormat(claim) => Self::MissingClaim(claim),
            ErrorKind::InvalidAlgorithm | ErrorKind::UnsupportedAlgorithm => Self::Algorithm,
            ErrorKind::InvalidToken | ErrorKind::Base64(_) | ErrorKind::Json(_) | ErrorKind::Utf8(_) => Self::Malformed,
            // What is left is about keys: nothing that is signed with an unusable one is to be believed.
            _ => Self::Signature,
        }
    }
}
