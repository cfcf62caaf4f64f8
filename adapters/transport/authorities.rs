//! The machine's own certificate authorities, on which most sources' certificates rest: some 150 of them in a file. Read once for all
//! connections that are made together, and not once for each.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustls::{ClientConfig, RootCertStore};

/// What was read serves connections that are made within this: a service that starts reads once, and one that is told other settings
/// months later reads what the machine trusts by then.
const KEPT: Duration = Duration::from_mins(1);

/// The only protocol that is spoken to sources.
const HTTP_1: &[u8] = b"http/1.1";

static MACHINE: Authorities = Authorities(Mutex::new(None));

/// Authorities, and when they were read.
struct Authorities(Mutex<Option<(Instant, Arc<RootCertStore>)>>);

impl Authorities {
    /// What the machine trusts, as it was read at `now` or a little before.
    fn at(&self, now: Instant) -> Arc<RootCertStore> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, roots)) = kept.as_ref().filter(|(read, _)| now.saturating_duration_since(*read) < KEPT) {
            return Arc::clone(roots);
        }
        let mut roots = RootCertStore::empty();
        let read = rustls_native_certs::load_native_certs();
        let (_, misshapen) = roots.add_parsable_certificates(read.certs);
        let unreadable = read.errors.len() + misshapen;
        if unreadable > 0 {
            // None of them is trusted: what rests on one will not verify, and this is why.
            tracing::warn!(unreadable, "certificate authorities of this machine cannot be read");
        }
        let roots = Arc::new(roots);
        // A machine without any is being set up: whoever asks again wants what is there by then.
        *kept = (!roots.is_empty()).then(|| (now, Arc::clone(&roots)));
        roots
    }
}

/// TLS that trusts whom the machine trusts.
///
/// # Errors
/// In words, when it trusts nobody.
#[expect(clippy::disallowed_methods, reason = "how old a file is that was read, and nothing of an answer")]
pub(super) fn machine() -> Result<ClientConfig, &'static str> {
    let roots = MACHINE.at(Instant::now());
    if roots.is_empty() {
        return Err("no certificate authorities could be loaded");
    }
    trusting(roots)
}

fn trusting(roots: Arc<RootCertStore>) -> Result<ClientConfig, &'static str> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let mut tls = tls.map_err(|_| "TLS cannot be set up")?.with_root_certificates(roots).with_no_client_auth();
    tls.alpn_protocols = vec![HTTP_1.to_vec()];
    Ok(tls)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(feature = "fakes")]
    use crate::transport::wire::Lost;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "any moment will do")]
    fn what_was_read_serves_a_minute_and_is_read_anew_after_it() {
        let (machine, begun) = (Authorities(Mutex::new(None)), Instant::now());
        let first = machine.at(begun);
        assert!(Arc::ptr_eq(&first, &machine.at(begun + KEPT / 2)));
        let later = machine.at(begun + KEPT);
        assert!(!Arc::ptr_eq(&first, &later));
        assert_eq!(first.len(), later.len(), "the same machine");
    }

    /// A server on loopback, known by the name `localhost`: its certificate, and where it is. Answers `ok` to one request.
    #[cfg(feature = "fakes")]
    #[expect(clippy::disallowed_methods, reason = "a server beside its client")]
    async fn server() -> (rustls::pki_types::CertificateDer<'static>, String) {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
        let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let certificate = made.cert.der().clone();
        let config =
            rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()
                .expect("versions")
                .with_no_client_auth();
        let mut config = config.with_single_cert(vec![certificate.clone()], key.into()).expect("a server");
        config.alpn_protocols = vec![b"h2".to_vec(), HTTP_1.to_vec()];
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            let (socket, _) = listener.accept().await.expect("a caller");
            let Ok(mut stream) = acceptor.accept(socket).await else { return };
            assert_eq!(stream.get_ref().1.alpn_protocol(), Some(HTTP_1));
            let _ = stream.read(&mut [0; 1024]).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
        });
        (certificate, format!("https://localhost:{port}/"))
    }

    #[cfg(feature = "fakes")]
    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "TLS alone, without the rest of the door")]
    async fn whose_authority_is_trusted_is_spoken_to_and_nobody_else() {
        let get = async |tls: ClientConfig, address: &str| {
            let client = reqwest::Client::builder().no_proxy().http1_only().tls_backend_preconfigured(tls);
            client.build().expect("a client").get(address).send().await.map(|answer| answer.status().as_u16())
        };
        let (certificate, address) = server().await;
        let mut roots = RootCertStore::empty();
        roots.add(certificate).expect("an authority");
        let trusting_it = trusting(Arc::new(roots)).expect("TLS");
        assert_eq!(get(trusting_it.clone(), &address).await.expect("an answer"), 200);
        for tls in [trusting_it, machine().expect("the machine trusts somebody")] {
            let (_, strangers) = server().await;
            assert_eq!(Lost::of(&get(tls, &strangers).await.expect_err("nobody answers for it")), Lost::Certificate);
        }
    }
}
