//! The replica's two servers, and the order in which they end.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use service::{ConfigError, Grace, Limits, Stop, Tracer};
use tokio::net::TcpListener;
use tracing::info;

use crate::{Replica, Settings, app, control};

/// How the control server ends, once the main one has: its answers take no time, so a request that is
/// still running comes from a client that does not read.
const CONTROL_GRACE: Grace = Grace {
    delay: Duration::ZERO,
    deadline: Duration::from_secs(1),
};

/// A replica that listens, and serves once it runs.
#[derive(Debug)]
pub struct Server {
    replica: Replica,
    pub(crate) tracer: Option<Tracer>,
    grace: Grace,
    main: Listener,
    control: Listener,
}

#[derive(Debug)]
struct Listener {
    socket: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Listens on both ports. Needs a tokio runtime.
    ///
    /// # Errors
    /// When a port is in use or not to be had; the sentence names the variable that changes it.
    pub fn bind(settings: &Settings) -> Result<Self, ConfigError> {
        let main = listen(settings, "SERVER_PORT", settings.server_port)?;
        let control = listen(settings, "CONTROL_PORT", settings.control_port)?;
        Ok(Self {
            replica: Replica::new(settings.uid.clone(), main.address.port()),
            tracer: None,
            grace: settings.grace,
            main,
            control,
        })
    }

    /// Where the main server listens.
    pub fn server_addr(&self) -> SocketAddr {
        self.main.address
    }

    /// Where the control server listens.
    pub fn control_addr(&self) -> SocketAddr {
        self.control.address
    }

    /// Serves until `stop` is requested. From then on the replica is not ready, and the main server
    /// ends with the grace of the settings; the control server answers until that is done.
    ///
    /// # Errors
    /// `TimedOut` when requests had to be cut.
    pub async fn run(self, stop: Stop) -> io::Result<()> {
        let Self {
            replica,
            tracer,
            grace,
            main,
            control: control_listener,
        } = self;
        let host = replica.uid().clone();
        let readiness = replica.readiness().clone();
        readiness.set(true);
        info!(%host, server = %main.address, control = %control_listener.address, "listening");

        let main_ended = Stop::new();
        let serve_main = async {
            let stop = async {
                stop.wait().await;
                readiness.set(false);
            };
            let router = app(replica.clone());
            let router = match &tracer {
                Some(tracer) => tracer.around(router),
                None => router,
            };
            let limits = Limits::app(service::raise_open_files());
            let served = service::serve(main.socket, router, limits, stop, grace).await;
            main_ended.request();
            served
        };
        let serve_control = service::serve(
            control_listener.socket,
            control(replica.clone()),
            Limits::CONTROL,
            main_ended.wait(),
            CONTROL_GRACE,
        );
        let (main_served, control_served) = tokio::join!(serve_main, serve_control);
        if let Some(tracer) = tracer {
            tracer.end().await;
        }
        info!(%host, "stopped");
        main_served.and(control_served)
    }
}

fn listen(settings: &Settings, variable: &str, port: u16) -> Result<Listener, ConfigError> {
    let address = SocketAddr::new(settings.host, port);
    let socket = service::bind(address, settings.share_port).map_err(|error| {
        ConfigError::new(if error.in_use() {
            format!("{error}: set {variable} to a free port")
        } else {
            format!("SERVER_HOST and {variable}: {error}")
        })
    })?;
    let address = socket
        .local_addr()
        .expect("a listening socket has an address");
    Ok(Listener { socket, address })
}
