//! What the handlers share.

use std::sync::Arc;

use service::{Readiness, Stop, Token};
use tokio::sync::Mutex;

use crate::Settings;
use crate::color::ColorClient;
use crate::events::Feed;
use crate::look::{Looks, Sources};
use crate::mesh_view::MeshView;
use crate::metrics::Metrics;
use crate::replicas::Replicas;
use crate::stats::Stats;

/// Everything the routers need. Clones share it.
#[derive(Clone)]
pub struct AppState(pub(crate) Arc<Front>);

/// The parts of an [`AppState`].
pub(crate) struct Front {
    pub(crate) color: ColorClient,
    pub(crate) sources: Arc<Sources>,
    pub(crate) looks: Looks,
    pub(crate) stats: Arc<Stats>,
    pub(crate) metrics: Metrics,
    pub(crate) feed: Arc<Feed>,
    /// Held while faults are set or cleared, so that two requests never pick the same replica. An
    /// async lock, because replicas are asked meanwhile.
    pub(crate) changing: Arc<Mutex<()>>,
    /// `None`: the controls are not locked.
    pub(crate) control_token: Option<Token>,
    pub(crate) readiness: Readiness,
}

impl AppState {
    /// The state of a `front` with these settings that is not ready yet. Streams end with `stop`.
    pub fn new(settings: &Settings, stop: Stop) -> Self {
        let control = settings.color_control.clone();
        let sources = Arc::new(Sources {
            replicas: (!control.is_empty()).then(|| Arc::new(Replicas::new(control))),
            mesh: settings.mesh_admin.clone().map(MeshView::new),
        });
        let looks = Looks::new(Arc::clone(&sources));
        let stats = Arc::new(Stats::default());
        let feed = Feed::new(
            settings.events_limit,
            looks.clone(),
            Arc::clone(&stats),
            stop,
        );
        Self(Arc::new(Front {
            color: ColorClient::new(
                settings.color.clone(),
                settings.color_timeout,
                settings.proxy.clone(),
            ),
            sources,
            looks,
            stats,
            metrics: Metrics::new(),
            feed,
            changing: Arc::default(),
            control_token: settings.control_token.clone(),
            readiness: Readiness::new(),
        }))
    }
}
