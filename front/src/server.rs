//! Both listeners, from the first to the last moment.

use std::io;
use std::net::SocketAddr;

use futures_util::future;
use service::{
    ConfigError, Environment, Grace, Limits, Listeners, ProgramError, Stop, Tracer, serve,
};
use tracing::info;

use crate::{AppState, Settings, app, control};

/// `front` with its ports open and nobody answering yet.
pub struct Server {
    settings: Settings,
    tracer: Option<Tracer>,
    listeners: Listeners,
}

/// Runs `front` with the settings in `env` until `stop`, logs included: the whole program.
///
/// # Errors
/// [`ProgramError::Config`] when the settings cannot be used, [`ProgramError::Io`] when requests were cut at the end.
pub async fn run(env: &impl Environment, stop: Stop) -> Result<(), ProgramError> {
    let settings = Settings::from_env(env)?;
    service::init_logging(settings.log_format, settings.log_filter.as_deref())?;
    let mut server = Server::bind(&settings)?;
    server.tracer = Tracer::from_env(env, "front", None)?;
    server.run(stop).await?;
    Ok(())
}

impl Server {
    /// Opens both ports. Needs a tokio runtime.
    ///
    /// # Errors
    /// When a port is in use or not to be had; the sentence names the variable that changes it.
    pub fn bind(settings: &Settings) -> Result<Self, ConfigError> {
        Ok(Self {
            listeners: settings.ports.listen()?,
            tracer: None,
            settings: settings.clone(),
        })
    }

    /// Where the app listens.
    pub fn server_addr(&self) -> SocketAddr {
        self.listeners.server_addr
    }

    /// Where metrics and probes are.
    pub fn control_addr(&self) -> SocketAddr {
        self.listeners.control_addr
    }

    /// Serves until `stop`: then readiness goes down, the app finishes what runs, and the control
    /// port, which tells of all this, closes last.
    ///
    /// # Errors
    /// When requests had to be cut at the deadline.
    pub async fn run(self, stop: Stop) -> io::Result<()> {
        let state = AppState::new(&self.settings, stop.clone());
        let readiness = state.0.readiness.clone();
        info!(
            server = %self.listeners.server_addr,
            control = %self.listeners.control_addr,
            color = %self.settings.color,
            "started"
        );
        readiness.set(true);
        let not_ready = async move {
            stop.wait().await;
            readiness.set(false);
        };
        let app_ended = Stop::new();
        let served = future::join(
            async {
                let router = app(state.clone());
                let router = match &self.tracer {
                    Some(tracer) => tracer.around(router),
                    None => router,
                };
                let limits = Limits::app(service::raise_open_files());
                let grace = self.settings.grace;
                let result = serve(self.listeners.server, router, limits, not_ready, grace).await;
                app_ended.request();
                result
            },
            serve(
                self.listeners.control,
                control(state.clone()),
                Limits::CONTROL,
                app_ended.wait(),
                Grace::CONTROL,
            ),
        );
        let (app, control) = tokio::select! {
            served = served => served,
            never = state.0.sources.follow_names() => match never {},
        };
        if let Some(tracer) = self.tracer {
            tracer.end().await;
        }
        info!("stopped");
        app.and(control)
    }
}
