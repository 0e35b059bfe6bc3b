//! A request to an API server, taken apart.

use std::collections::BTreeMap;

use axum::http::{Method, Uri};

use crate::api_server::cluster::Cluster;
use crate::api_server::kinds::Kind;
use crate::api_server::refusal::Refusal;

pub(crate) struct Request {
    pub(crate) kind: Kind,
    /// Empty for a cluster-wide kind, and for all namespaces.
    pub(crate) namespace: String,
    /// Empty for a collection.
    pub(crate) name: String,
    /// `log`, `status`; mostly empty.
    pub(crate) subresource: String,
    query: BTreeMap<String, String>,
}

impl Request {
    pub(crate) fn parse(cluster: &Cluster, uri: &Uri) -> Result<Self, Refusal> {
        let path = uri.path();
        let mut parts = path.trim_matches('/').split('/').map(str::to_owned);
        let api_version = match parts.next().as_deref() {
            Some("api") => parts.next().unwrap_or_default(),
            Some("apis") => format!(
                "{}/{}",
                parts.next().unwrap_or_default(),
                parts.next().unwrap_or_default()
            ),
            _ => return Err(Refusal::not_found("path", path)),
        };
        let mut rest: Vec<String> = parts.collect();
        let mut namespace = String::new();
        if rest.len() > 2 && rest[0] == "namespaces" {
            namespace = rest.remove(1);
            rest.remove(0);
        }
        let mut rest = rest.into_iter();
        let plural = rest.next().unwrap_or_default();
        let kind = cluster.kind(&api_version, &plural).cloned();
        Ok(Self {
            kind: kind.ok_or_else(|| Refusal::not_found("path", path))?,
            namespace,
            name: rest.next().unwrap_or_default(),
            subresource: rest.next().unwrap_or_default(),
            query: uri.query().map(query).unwrap_or_default(),
        })
    }

    pub(crate) fn query(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    pub(crate) fn dry_run(&self) -> bool {
        self.query("dryRun") == "All"
    }

    /// The verb as permissions name it.
    pub(crate) fn verb(&self, method: &Method) -> &'static str {
        match *method {
            Method::GET if self.query("watch") == "true" => "watch",
            Method::GET if self.name.is_empty() => "list",
            Method::GET => "get",
            Method::POST => "create",
            Method::PATCH => "patch",
            Method::PUT => "update",
            _ => "delete",
        }
    }
}

fn query(text: &str) -> BTreeMap<String, String> {
    form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect()
}
