//! Both listeners, from the first to the last moment.

use std::net::SocketAddr;
use std::time::Duration;

use service::{ConfigError, Environment, Grace, Limits, Stop, Tracer, bind, serve};
use tokio::net::TcpListener;
use tracing::info;

use crate::{AppState, Error, Settings, app, control};

/// How long a scrape or a probe that is under way at the very end may take.
const CONTROL_GRACE: Grace = Grace {
    delay: Duration::ZERO,
    deadline: Duration::from_secs(1),
};

/// `front` with its ports open and nobody answering yet.
pub struct Server {
    settings: Settings,
    tracer: Option<Tracer>,
    server: TcpListener,
    server_addr: SocketAddr,
    control: TcpListener,
    control_addr: SocketAddr,
}

/// Runs `front` with the settings in `env` until `stop`, logs included: the whole program.
///
/// # Errors
/// [`Error::Config`] when the settings cannot be used, [`Error::Serve`] when requests were cut at the end.
pub async fn run(env: &impl Environment, stop: Stop) -> Result<(), Error> {
    let settings = Settings::from_env(env)?;
    service::init_logging(settings.log_format, settings.log_filter.as_deref())?;
    let mut server = Server::bind(&settings)?;
    server.tracer = Tracer::from_env(env, "front", None)?;
    server.run(stop).await
}

impl Server {
    /// Opens both ports. Needs a tokio runtime.
    ///
    /// # Errors
    /// When a port is in use or not to be had; the sentence names the variable that changes it.
    pub fn bind(settings: &Settings) -> Result<Self, Error> {
        let server = listen(settings.server, "SERVER_PORT", settings.share_port)?;
        let control = listen(settings.control, "CONTROL_PORT", settings.share_port)?;
        Ok(Self {
            server_addr: server.local_addr()?,
            server,
            control_addr: control.local_addr()?,
            control,
            tracer: None,
            settings: settings.clone(),
        })
    }

    /// Where the app listens.
    pub fn server_addr(&self) -> SocketAddr {
        self.server_addr
    }

    /// Where metrics and probes are.
    pub fn control_addr(&self) -> SocketAddr {
        self.control_addr
    }

    /// Serves until `stop`: then readiness goes down, the app finishes what runs, and the control
    /// port, which tells of all this, closes last.
    ///
    /// # Errors
    /// When requests had to be cut at the deadline.
    pub async fn run(self, stop: Stop) -> Result<(), Error> {
        let state = AppState::new(&self.settings, stop.clone());
        let readiness = state.0.readiness.clone();
        info!(
            server = %self.server_addr,
            control = %self.control_addr,
            color = %self.settings.color,
            "started"
        );
        readiness.set(true);
        let not_ready = async move {
            stop.wait().await;
            readiness.set(false);
        };
        let app_ended = Stop::new();
        let (app, control) = tokio::join!(
            async {
                let router = app(state.clone());
                let router = match &self.tracer {
                    Some(tracer) => tracer.around(router),
                    None => router,
                };
                let limits = Limits::app(service::raise_open_files());
                let grace = self.settings.grace;
                let result = serve(self.server, router, limits, not_ready, grace).await;
                app_ended.request();
                result
            },
            serve(
                self.control,
                control(state.clone()),
                Limits::CONTROL,
                app_ended.wait(),
                CONTROL_GRACE
            ),
        );
        if let Some(tracer) = self.tracer {
            tracer.end().await;
        }
        info!("stopped");
        app?;
        control?;
        Ok(())
    }
}

fn listen(
    address: SocketAddr,
    variable: &str,
    share_port: bool,
) -> Result<TcpListener, ConfigError> {
    bind(address, share_port).map_err(|error| {
        ConfigError::new(if error.in_use() {
            format!("{error}: set {variable} to a free port")
        } else {
            format!("SERVER_HOST and {variable}: {error}")
        })
    })
}
