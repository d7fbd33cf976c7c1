//! Encryption to PostgreSQL: libpq's modes, by rustls.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pem::Pem;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{VerifierBuilderError, WebPkiServerVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls12_signature, verify_tls13_signature,
};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::target::{RootCert, SslMode, Target};

/// Why no encrypted connection can be attempted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The file named by `sslrootcert` is missing or not PEM.
    #[error("sslrootcert {}", path.display())]
    RootCert {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: rustls_pki_types::pem::Error,
    },
    /// The file named by `sslrootcert` holds no certificate.
    #[error("sslrootcert {}: it holds no PEM certificate", path.display())]
    NoRootCert {
        /// The file.
        path: PathBuf,
    },
    /// The system trusts nobody.
    #[error("the system has no trusted certificates: install ca-certificates or give sslrootcert")]
    NoSystemRoots,
    /// rustls refuses the settings.
    #[error(transparent)]
    Rustls(#[from] Error),
    /// None of the authorities to trust can be used.
    #[error(transparent)]
    Verifier(#[from] VerifierBuilderError),
}

/// The authorities to trust for this target: none where it verifies nothing.
///
/// Reads files, so it may block for some milliseconds.
pub(crate) fn trusted(target: &Target) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    match (target.ssl_mode, &target.root_cert) {
        (SslMode::Disable | SslMode::Prefer | SslMode::Require, _) => Ok(Vec::new()),
        (_, RootCert::File(path)) => from_file(path),
        (_, RootCert::System) => from_system(),
    }
}

fn from_file(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let certificates: Vec<_> = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|source| TlsError::RootCert { path: path.to_owned(), source })?;
    if certificates.is_empty() { Err(TlsError::NoRootCert { path: path.to_owned() }) } else { Ok(certificates) }
}

fn from_system() -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "a trusted certificate of the system cannot be read");
    }
    if found.certs.is_empty() { Err(TlsError::NoSystemRoots) } else { Ok(found.certs) }
}

/// What rustls shall check. `prefer` and `require` encrypt, but to whoever answers; to `verify-ca` the chain counts, and
/// not the name.
pub(crate) fn client_config(mode: SslMode, trusted: &[CertificateDer<'static>]) -> Result<ClientConfig, TlsError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions()?;
    let algorithms = provider.signature_verification_algorithms;
    let verifier: Arc<dyn ServerCertVerifier> = match mode {
        SslMode::Disable | SslMode::Prefer | SslMode::Require => Arc::new(Lenient { chain: None, algorithms }),
        SslMode::VerifyCa => Arc::new(Lenient { chain: Some(webpki(provider, trusted)?), algorithms }),
        SslMode::VerifyFull => webpki(provider, trusted)?,
    };
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

fn webpki(
    provider: Arc<CryptoProvider>,
    trusted: &[CertificateDer<'static>],
) -> Result<Arc<WebPkiServerVerifier>, TlsError> {
    let mut roots = RootCertStore::empty();
    // The system's store may hold a certificate that webpki does not read; one such is no reason to trust none.
    roots.add_parsable_certificates(trusted.iter().cloned());
    Ok(WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build()?)
}

/// The certificates as one PEM text, which is how sqlx takes them.
pub(crate) fn pem(certificates: &[CertificateDer<'static>]) -> String {
    let certificates: Vec<Pem> = certificates.iter().map(|der| Pem::new("CERTIFICATE", der.as_ref())).collect();
    ::pem::encode_many(&certificates)
}

/// Checks less than rustls does by itself, as libpq's modes below `verify-full` ask.
#[derive(Debug)]
struct Lenient {
    /// Checks the certificate's chain; without it any certificate will do.
    chain: Option<Arc<WebPkiServerVerifier>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Lenient {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        // The name is the last thing that the verifier looks at: the chain is good where only the name is wrong.
        match chain.verify_server_cert(certificate, intermediates, name, ocsp, now) {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
