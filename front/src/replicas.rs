//! The way around the mesh: every replica's control port. It answers whatever the fault and whatever
//! the mesh thinks of the replica.

use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use futures_util::future::{join_all, select_all};
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::Value;
use tracing::debug;

use crate::Endpoint;
use crate::client::{Client, target};
use crate::replica_name::ReplicaName;

/// How long a replica, and the name server before it, may take. A control port answers at once or is
/// not there.
const TIMEOUT: Duration = Duration::from_secs(2);

/// More than any control port has to say.
const LONGEST_BODY: usize = 64 * 1024;

/// Where replicas are found.
pub(crate) struct Replicas {
    http: Client,
    names: Vec<ReplicaName>,
    /// What was last heard from each control port that is still looked for. A sync lock: it is held for a few copies.
    heard: Mutex<HashMap<SocketAddr, Replica>>,
}

/// All replicas at one moment.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Those that answered, in order of uid.
    pub(crate) replicas: Vec<Replica>,
    /// Control ports that did not answer, and names that lead nowhere.
    pub(crate) silent: Vec<String>,
    /// The replicas behind the silent control ports, as they were when they last answered.
    pub(crate) lost: Vec<Replica>,
}

/// One replica, as it says itself.
#[derive(Clone, Debug)]
pub(crate) struct Replica {
    pub(crate) uid: String,
    pub(crate) control: SocketAddr,
    /// Where the mesh sends its requests.
    pub(crate) address: SocketAddr,
    /// The fault as colorapp describes it; `None` when there is none.
    pub(crate) fault: Option<Value>,
}

/// What a replica is told.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change<'a> {
    /// Set a fault with the options in this query.
    Fault(&'a str),
    /// Clear it.
    Recover,
}

/// What a replica answered to a [`Change`].
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    /// Without the white space at its end.
    pub(crate) text: String,
}

/// The answer of a control port's `/status`.
#[derive(Deserialize)]
struct Status {
    #[serde(rename = "HostUID")]
    uid: String,
    port: u16,
    #[serde(default)]
    fault: Option<Value>,
}

impl Found {
    /// Those that answered, and those that did so before.
    pub(crate) fn known(&self) -> impl Iterator<Item = &Replica> {
        self.replicas.iter().chain(&self.lost)
    }
}

impl Replicas {
    /// `endpoints`: at least one; a name stands for all its addresses.
    pub(crate) fn new(endpoints: Vec<Endpoint>) -> Self {
        let http = Client::new(TIMEOUT);
        let names = endpoints.into_iter().map(ReplicaName::new).collect();
        let heard = Mutex::default();
        Self { http, names, heard }
    }

    /// Keeps the names' addresses known.
    pub(crate) async fn follow_names(&self) -> Infallible {
        let names = self.names.iter().map(|name| Box::pin(name.follow()));
        select_all(names).await.0
    }

    /// Looks all names up anew and asks every address.
    pub(crate) async fn find(&self) -> Found {
        let mut found = Found::default();
        let mut addresses = BTreeSet::new();
        let looked_up = join_all(self.names.iter().map(|name| name.addresses(TIMEOUT))).await;
        for (name, behind_it) in self.names.iter().zip(looked_up) {
            if behind_it.is_empty() {
                found.silent.push(name.endpoint().to_string());
            }
            addresses.extend(behind_it);
        }
        let answers = join_all(addresses.iter().map(|control| self.ask(*control))).await;
        for (control, answer) in addresses.iter().zip(answers) {
            match answer {
                Some(replica) => found.replicas.push(replica),
                None => found.silent.push(control.to_string()),
            }
        }
        let heard = &mut *self.heard.lock();
        heard.retain(|control, _| addresses.contains(control));
        for replica in &found.replicas {
            heard.insert(replica.control, replica.clone());
        }
        // Whoever answers at another address is not lost.
        let lost = heard.values().filter(|lost| {
            let same = |replica: &Replica| replica.uid == lost.uid;
            !found.replicas.iter().any(same)
        });
        found.lost = lost.cloned().collect();
        found.lost.sort_by_key(|lost| lost.control);
        // Under two addresses (IPv4 and IPv6, most often) it is still one replica. The sort is
        // stable and the addresses are in order, so that the same one stays each time.
        found.replicas.sort_by(|a, b| a.uid.cmp(&b.uid));
        found.replicas.dedup_by(|a, b| a.uid == b.uid);
        found
    }

    /// Tells `replica` to change; `None` when it does not answer.
    pub(crate) async fn tell(&self, replica: &Replica, change: Change<'_>) -> Option<Reply> {
        let control = replica.control;
        let target = match change {
            Change::Fault("") => target("/fault", None),
            Change::Fault(options) => target("/fault", Some(options)),
            Change::Recover => target("/recover", None),
        };
        let peer = control.to_string();
        match self
            .http
            .fetch(Method::POST, &peer, target, LONGEST_BODY)
            .await
        {
            Ok((status, text)) => Some(Reply {
                status,
                text: String::from_utf8_lossy(&text).trim_end().to_owned(),
            }),
            Err(error) => {
                debug!(%control, error = &error as &dyn Error, "no answer from a control port");
                None
            }
        }
    }

    async fn ask(&self, control: SocketAddr) -> Option<Replica> {
        let target = target("/status", None);
        let peer = control.to_string();
        let asked = self.http.fetch(Method::GET, &peer, target, LONGEST_BODY);
        let status = match asked.await {
            Ok((StatusCode::OK, body)) => serde_json::from_slice::<Status>(&body)
                .inspect_err(|error| debug!(%control, %error, "not a replica's status")),
            Ok((status, _)) => {
                debug!(%control, %status, "not a replica's status");
                return None;
            }
            Err(error) => {
                debug!(%control, error = &error as &dyn Error, "no answer from a control port");
                return None;
            }
        };
        let status = status.ok()?;
        Some(Replica {
            uid: status.uid,
            control,
            address: SocketAddr::new(control.ip(), status.port),
            fault: status.fault,
        })
    }
}
