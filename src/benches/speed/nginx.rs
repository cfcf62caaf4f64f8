//! `nginx` with some files, the fastest way that there is to give bytes out again.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::net::TcpStream;

/// A running `nginx`; it ends with this.
pub(crate) struct Nginx {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Nginx {
    /// Over these files, by their number; `None` where there is no `nginx`.
    pub(crate) async fn start(folder: &Path, files: &[Vec<u8>]) -> Option<Self> {
        let www = folder.join("www");
        fs::create_dir_all(&www).unwrap();
        for (at, bytes) in files.iter().enumerate() {
            fs::write(www.join(format!("{at}.json")), bytes).unwrap();
        }
        let address = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        let folder = folder.canonicalize().unwrap();
        let place = folder.display();
        // As one would tune it for this: no log, the file's handle kept, one worker.
        let settings = format!(
            "daemon off; master_process off; worker_processes 1; pid {place}/nginx.pid; error_log {place}/nginx.log;
             events {{ worker_connections 1024; }}
             http {{ access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 1000000;
               open_file_cache max=1000; open_file_cache_valid 1h; types {{ application/json json; }}
               client_body_temp_path {place}/n1; proxy_temp_path {place}/n2; fastcgi_temp_path {place}/n3;
               uwsgi_temp_path {place}/n4; scgi_temp_path {place}/n5;
               server {{ listen {address}; root {place}/www; }} }}"
        );
        fs::write(folder.join("nginx.conf"), settings).unwrap();
        let mut command = Command::new("nginx");
        command.arg("-p").arg(&folder).arg("-c").arg(folder.join("nginx.conf"));
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
        let nginx = Self { child, address };
        for _ in 0..100 {
            if TcpStream::connect(address).await.is_ok() {
                return Some(nginx);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("nginx does not listen: {}", fs::read_to_string(folder.join("nginx.log")).unwrap_or_default());
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// A request for one of the files, as bytes.
    pub(crate) fn get(&self, at: usize) -> Vec<u8> {
        format!("GET /{at}.json HTTP/1.1\r\nHost: {}\r\n\r\n", self.address).into_bytes()
    }
}
