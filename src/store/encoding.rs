//! The two encodings that connecting needs: percent-encoding, in and out, and PEM.

use std::fmt::Write;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// A `%` without two hexadecimal digits after it, or bytes that are not UTF-8.
#[derive(Debug)]
pub(crate) struct BadEncoding;

/// Undoes percent-encoding. A `+` stays a `+`, as in libpq.
pub(crate) fn percent_decode(text: &str) -> Result<String, BadEncoding> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let (byte, after) = if first == b'%' { hex_pair(after)? } else { (first, after) };
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).map_err(|_| BadEncoding)
}

fn hex_pair(bytes: &[u8]) -> Result<(u8, &[u8]), BadEncoding> {
    let (pair, rest) = bytes.split_at_checked(2).ok_or(BadEncoding)?;
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).ok_or(BadEncoding);
    Ok((digit(pair[0])? * 16 + digit(pair[1])?, rest))
}

/// Percent-encodes everything but letters and digits.
pub(crate) fn percent_encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => out.push(char::from(byte)),
            _ => write!(out, "%{byte:02X}").expect("a String takes everything"),
        }
        out
    })
}

/// Certificates as one PEM text.
pub(crate) fn pem<'a>(certificates: impl IntoIterator<Item = &'a [u8]>) -> String {
    certificates.into_iter().fold(String::new(), |mut out, der| {
        let body = BASE64_STANDARD.encode(der);
        out.push_str("-----BEGIN CERTIFICATE-----\n");
        for line in body.as_bytes().chunks(64) {
            out.extend(line.iter().copied().map(char::from));
            out.push('\n');
        }
        out.push_str("-----END CERTIFICATE-----\n");
        out
    })
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
