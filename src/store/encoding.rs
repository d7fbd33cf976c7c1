//! The two encodings that connecting needs: percent-encoding, in and out, and PEM.

use ::pem::Pem;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// A `%` without two hexadecimal digits after it, or bytes that are not UTF-8.
#[derive(Debug)]
pub(crate) struct BadEncoding;

/// Undoes percent-encoding. A `+` stays a `+`, as in libpq.
pub(crate) fn percent_decode(text: &str) -> Result<String, BadEncoding> {
    // The library leaves a broken escape as it is; in a password that would only show when connecting fails.
    let is_escape =
        |rest: &str| rest.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    if !text.split('%').skip(1).all(is_escape) {
        return Err(BadEncoding);
    }
    percent_decode_str(text).decode_utf8().map(Into::into).map_err(|_| BadEncoding)
}

/// Percent-encodes everything but letters and digits.
pub(crate) fn percent_encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Certificates as one PEM text.
pub(crate) fn pem<'a>(certificates: impl IntoIterator<Item = &'a [u8]>) -> String {
    let certificates: Vec<Pem> = certificates.into_iter().map(|der| Pem::new("CERTIFICATE", der)).collect();
    ::pem::encode_many(&certificates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_encoding_goes_there_and_back() {
        for text in ["", "plain", "p@ss/w:rd?#%+&", "-c search_path=a\\ b", "schlüssel"] {
            assert_eq!(percent_decode(&percent_encode(text)).ok().as_deref(), Some(text));
        }
    }

    #[test]
    fn what_is_not_percent_encoding_is_refused() {
        for text in ["%", "%4", "%zz", "%+1", "%ff"] {
            assert!(percent_decode(text).is_err(), "{text}");
        }
    }
}
