//! An nginx of its own for a test: its folder, its configuration, its process.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use alphora_tests::{Folder, until};
use tokio::net::{TcpListener, TcpStream};

/// Runs as long as this value lives.
pub(super) struct Nginx {
    /// Where it speaks HTTP/1.1 to the server, and keeps connections to it.
    pub(super) addr: SocketAddr,
    /// Where nothing is configured: HTTP/1.0 to the server, and a connection a request.
    pub(super) plain: SocketAddr,
    /// The same, but what the server says of buffering is ignored.
    pub(super) deaf: SocketAddr,
    process: Child,
    folder: Folder,
}

impl Nginx {
    /// An nginx in front of `server`.
    pub(super) async fn start(server: SocketAddr) -> Self {
        let (addr, plain, deaf) = free_ports().await;
        let folder = Folder::create("nginx").unwrap();
        folder.put("nginx.conf", &configuration(server, addr, plain, deaf));
        let process = Command::new("nginx")
            .arg("-p")
            .arg(folder.path())
            .args(["-c", "nginx.conf", "-e", "error.log"])
            .stdin(Stdio::null())
            .spawn()
            .expect("nginx is installed: `apt-get install nginx-light`");
        let mut nginx = Self { addr, plain, deaf, process, folder };
        nginx.wait_until_it_listens().await;
        nginx
    }

    async fn wait_until_it_listens(&mut self) {
        until("nginx listens", async || {
            assert!(self.process.try_wait().unwrap().is_none(), "nginx ended: {}", self.errors());
            // It has bound all of its ports before it answers at any.
            TcpStream::connect(self.addr).await.is_ok()
        })
        .await;
    }

    fn errors(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("error.log")).unwrap_or_default()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // It is one process, without a master and workers, so that ending it ends all of it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn free_ports() -> (SocketAddr, SocketAddr, SocketAddr) {
    // All are held until all are chosen.
    let listen = || TcpListener::bind("127.0.0.1:0");
    let (one, two, three) = (listen().await.unwrap(), listen().await.unwrap(), listen().await.unwrap());
    (one.local_addr().unwrap(), two.local_addr().unwrap(), three.local_addr().unwrap())
}

/// What one writes to have an agent behind nginx, and the folder. Buffering is left at its default, which is on.
fn configuration(server: SocketAddr, addr: SocketAddr, plain: SocketAddr, deaf: SocketAddr) -> String {
    format!(
        r#"
daemon off;
master_process off;
pid nginx.pid;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    upstream agent {{
        server {server};
        keepalive 4;
    }}
    server {{
        listen {addr};
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $host;
        location / {{ proxy_pass http://agent; }}
    }}
    server {{
        listen {plain};
        location / {{ proxy_pass http://{server}; }}
    }}
    server {{
        listen {deaf};
        proxy_ignore_headers X-Accel-Buffering;
        location / {{ proxy_pass http://{server}; }}
    }}
}}
"#
    )
}
