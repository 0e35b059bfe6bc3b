//! The replica's two servers, and the order in which they end.

use std::io;
use std::net::SocketAddr;

use service::{ConfigError, Grace, Limits, Listeners, Stop, Tracer};
use tracing::info;

use crate::{Replica, Settings, app, control};

/// A replica that listens, and serves once it runs.
#[derive(Debug)]
pub struct Server {
    replica: Replica,
    pub(crate) tracer: Option<Tracer>,
    grace: Grace,
    listeners: Listeners,
}

impl Server {
    /// Listens on both ports. Needs a tokio runtime.
    ///
    /// # Errors
    /// When a port is in use or not to be had; the sentence names the variable that changes it.
    pub fn bind(settings: &Settings) -> Result<Self, ConfigError> {
        let listeners = settings.ports.listen()?;
        let port = listeners.server_addr.port();
        Ok(Self {
            replica: Replica::new(settings.uid.clone(), port),
            tracer: None,
            grace: settings.grace,
            listeners,
        })
    }

    /// Where the main server listens.
    pub fn server_addr(&self) -> SocketAddr {
        self.listeners.server_addr
    }

    /// Where the control server listens.
    pub fn control_addr(&self) -> SocketAddr {
        self.listeners.control_addr
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
            listeners,
        } = self;
        let host = replica.uid().clone();
        let readiness = replica.readiness().clone();
        readiness.set(true);
        info!(
            %host,
            server = %listeners.server_addr,
            control = %listeners.control_addr,
            "listening"
        );

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
            let served = service::serve(listeners.server, router, limits, stop, grace).await;
            main_ended.request();
            served
        };
        let serve_control = service::serve(
            listeners.control,
            control(replica.clone()),
            Limits::CONTROL,
            main_ended.wait(),
            Grace::CONTROL,
        );
        let (main_served, control_served) = tokio::join!(serve_main, serve_control);
        if let Some(tracer) = tracer {
            tracer.end().await;
        }
        info!(%host, "stopped");
        main_served.and(control_served)
    }
}
