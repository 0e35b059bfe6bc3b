//! What the handlers share.

use std::sync::Arc;

use service::{Readiness, Stop, Token};
use tokio::sync::Mutex;

use crate::Settings;
use crate::color::ColorClient;
use crate::events::Feed;
use crate::mesh_view::{MeshReport, MeshView};
use crate::metrics::Metrics;
use crate::replicas::Replicas;
use crate::stats::Stats;

/// Everything the routers need. Clones share it.
#[derive(Clone)]
pub struct AppState(pub(crate) Arc<Front>);

/// The parts of an [`AppState`].
pub(crate) struct Front {
    pub(crate) color: ColorClient,
    /// `None` when nobody said where the control ports are.
    pub(crate) replicas: Option<Replicas>,
    /// `None` when nobody said where the mesh can be asked.
    mesh: Option<MeshView>,
    pub(crate) stats: Stats,
    pub(crate) metrics: Metrics,
    pub(crate) feed: Feed,
    /// Held while faults are set or cleared, so that two requests never pick the same replica. An
    /// async lock, because replicas are asked meanwhile.
    pub(crate) changing: Mutex<()>,
    /// `None`: the controls are not locked.
    pub(crate) control_token: Option<Token>,
    pub(crate) readiness: Readiness,
    pub(crate) stop: Stop,
}

impl AppState {
    /// The state of a `front` with these settings that is not ready yet. Streams end with `stop`.
    pub fn new(settings: &Settings, stop: Stop) -> Self {
        let control = settings.color_control.clone();
        Self(Arc::new(Front {
            color: ColorClient::new(
                settings.color.clone(),
                settings.color_timeout,
                settings.proxy.clone(),
            ),
            replicas: (!control.is_empty()).then(|| Replicas::new(control)),
            mesh: settings.mesh_admin.clone().map(MeshView::new),
            stats: Stats::default(),
            metrics: Metrics::new(),
            feed: Feed::new(settings.events_limit),
            changing: Mutex::default(),
            control_token: settings.control_token.clone(),
            readiness: Readiness::new(),
            stop,
        }))
    }
}

impl Front {
    /// What the mesh says of the hosts; nothing when nobody said where to ask.
    pub(crate) async fn mesh_report(&self) -> MeshReport {
        match &self.mesh {
            Some(mesh) => mesh.read().await,
            None => MeshReport::default(),
        }
    }
}
