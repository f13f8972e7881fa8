//! TLS, for servers that no proxy does it for.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{InconsistentKeys, ServerConfig};
use tokio_rustls::TlsAcceptor;

use super::stream::Stream;
use super::taken::Counted;
use crate::error::{Error, Result};

/// What HTTP/2 is called where two agree on it (RFC 9113 §3.1).
#[cfg(feature = "http2")]
pub(super) const HTTP_2: &[u8] = b"h2";

/// A certificate and its key, with which [`Server::tls`](crate::Server::tls) encrypts its connections: TLS 1.3 and 1.2.
///
/// Clones are the same one. Keep a clone, to [reload](Self::reload) the files once they have been renewed.
///
/// ```no_run
/// use converse::{Server, Tls};
///
/// # async fn run() -> converse::Result {
/// let tls = Tls::from_pem_files("fullchain.pem", "privkey.pem")?;
/// let again = tls.clone();
/// tokio::spawn(async move {
///     let mut day = tokio::time::interval(std::time::Duration::from_secs(24 * 60 * 60));
///     loop {
///         day.tick().await;
///         if let Err(error) = again.reload() {
///             eprintln!("the certificate is not renewed: {error:?}");
///         }
///     }
/// });
/// Server::bind("0.0.0.0:443").await?.tls(tls).serve(axum::Router::new()).await
/// # }
/// ```
#[derive(Clone)]
pub struct Tls(Arc<Files>);

struct Files {
    certificate: PathBuf,
    key: PathBuf,
    config: RwLock<Arc<ServerConfig>>,
}

impl Tls {
    /// Reads a certificate, with those that lead from it to one that clients know behind it in the same file, and its
    /// private key.
    ///
    /// # Errors
    ///
    /// If a file cannot be read or holds nothing of its kind, or the key belongs to another certificate.
    pub fn from_pem_files(certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Result<Self> {
        let (certificate, key) = (certificate.into(), key.into());
        let config = RwLock::new(read(&certificate, &key)?);
        Ok(Tls(Arc::new(Files { certificate, key, config })))
    }

    /// Reads the files again. Connections that come from now on have what is in them; those that are open go on.
    ///
    /// # Errors
    ///
    /// As [`from_pem_files`](Self::from_pem_files). What was read before then stays in use.
    pub fn reload(&self) -> Result {
        let config = read(&self.0.certificate, &self.0.key)?;
        *self.0.config.write().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }

    pub(super) async fn accept(&self, stream: Stream) -> io::Result<Stream> {
        let config = Arc::clone(&self.0.config.read().unwrap_or_else(PoisonError::into_inner));
        TlsAcceptor::from(config).accept(Counted::new(stream)).await.map(Stream::from)
    }
}

/// Where the files are, and nothing of what is in them.
impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("certificate", &self.0.certificate)
            .field("key", &self.0.key)
            .finish_non_exhaustive()
    }
}

fn read(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>> {
    let chain =
        CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<std::result::Result<Vec<_>, _>>);
    let chain = match chain {
        Ok(chain) if chain.is_empty() => Err(pem::Error::NoItemsFound),
        chain => chain,
    };
    let chain = chain.map_err(|error| unreadable("certificate", certificate, error))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable("private key", key, error))?;
    let builder = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(Error::new)?;
    let mut config = builder.with_no_client_auth().with_single_cert(chain, private).map_err(|error| {
        let (key, certificate) = (key.display(), certificate.display());
        let words = match error {
            rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                format!("the private key in {key} does not belong to the certificate in {certificate}")
            }
            _ => format!("the certificate in {certificate} and the private key in {key} cannot be used"),
        };
        Error::new(Unusable { words, source: Some(Box::new(error)) })
    })?;
    config.alpn_protocols = vec![
        #[cfg(feature = "http2")]
        HTTP_2.to_vec(),
        b"http/1.1".to_vec(),
    ];
    Ok(Arc::new(config))
}

fn unreadable(what: &str, path: &Path, error: pem::Error) -> Error {
    let path = path.display();
    Error::new(match error {
        pem::Error::NoItemsFound => Unusable { words: format!("there is no {what} in {path}"), source: None },
        pem::Error::Io(error) => {
            Unusable { words: format!("cannot read the {what} in {path}"), source: Some(Box::new(error)) }
        }
        error => Unusable { words: format!("the {what} in {path} is no PEM"), source: Some(Box::new(error)) },
    })
}

/// Why there is no TLS with these files.
#[derive(Debug)]
struct Unusable {
    words: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl std::error::Error for Unusable {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn std::error::Error + 'static))
    }
}
