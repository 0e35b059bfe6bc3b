//! What becomes of heads between two sockets, for whoever has the bytes and no socket: the same functions that a
//! request's task calls, in the same order.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use http::StatusCode;
use http1::{Length, RequestHead, ResponseHead};

use super::balancer::Balancer;
use super::buffers::Buffers;
use super::forward::body_of;
use super::headers::{self, ToClient};
use super::request::{Rules, Task};
use super::router::Router;
use crate::cluster::Cluster;
use crate::metrics::Downstream;

/// The routes of one listener and the clusters behind them, as one worker has them.
pub struct Heads {
    router: Router,
    balancer: Balancer,
    downstream: Arc<Downstream>,
}

/// What is to be done with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// It is answered here, with this status. What comes behind its head is the next request, unless the
    /// connection ends with the answer.
    Answered {
        /// The answer's status.
        status: StatusCode,
        /// Whether the connection ends.
        closes: bool,
    },
    /// A host is asked.
    Forwarded {
        /// How long the body is that follows the head, to the host as from the client.
        length: Length,
        /// Whether it is the last request on its connection.
        closes: bool,
    },
}

/// What is to be done with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// It is an interim one and is dropped.
    Interim,
    /// The client gets it, with a body that is so long. One to the end of the host's connection is for the client in
    /// chunks.
    Passed(Length),
    /// It is none that could be passed on.
    Refused,
}

impl Heads {
    /// For the routes of `router`, which lead to `clusters`.
    pub fn new(router: Router, clusters: &[Arc<Cluster>]) -> Self {
        Self {
            router,
            balancer: Balancer::new(clusters, Some(0), &Buffers::default()),
            downstream: Downstream::new("heads", SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
        }
    }

    /// What is to be done with the request that has this `head`. If a host is asked, its own head is written to the
    /// end of `out`.
    pub fn to_host(&self, head: &RequestHead<'_>, out: &mut Vec<u8>) -> Judged {
        let rules = Rules {
            router: &self.router,
            balancer: &self.balancer,
            downstream: &self.downstream,
        };
        let request = rules.judge(head, out);
        let closes = request.about.closes;
        match request.task {
            Task::Answer(answer) => Judged::Answered {
                status: answer.status,
                closes: closes || answer.closes(),
            },
            Task::Forward(_) => Judged::Forwarded {
                length: request.about.length,
                closes,
            },
        }
    }

    /// What is to be done with the answer that has this `head`, to a request whose method is HEAD (`to_head`) or is
    /// not, on a connection that ends with it (`closes`) or does not. If the client gets it, its own head is written
    /// to the end of `out`.
    pub fn to_client(
        head: &ResponseHead<'_>,
        to_head: bool,
        closes: bool,
        out: &mut Vec<u8>,
    ) -> Answered {
        let length = match body_of(head, to_head) {
            Ok(None) => return Answered::Interim,
            Ok(Some(length)) => length,
            Err(_) => return Answered::Refused,
        };
        let to = ToClient {
            length,
            to_head,
            service_time: None,
            closes,
        };
        headers::to_client(out, head, to);
        Answered::Passed(length)
    }
}
