//! What a person, or a script, needs once everything answers.

use std::fmt::Write;
use std::net::SocketAddr;

use serde::Serialize;

use super::launch::{MeshAddresses, Placed};

/// Where everything is.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// Always true: there is no report before.
    ready: bool,
    gateway: String,
    admin: String,
    egress: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    prometheus: Option<String>,
    replicas: Vec<Replica>,
    #[serde(skip)]
    is_locked: bool,
}

#[derive(Debug, Serialize)]
struct Replica {
    name: String,
    uid: String,
    address: SocketAddr,
    control: SocketAddr,
    pid: u32,
}

impl Report {
    /// Where everything is; `pids` are those of `replicas`.
    pub(super) fn new(
        mesh: &MeshAddresses,
        prometheus: Option<SocketAddr>,
        replicas: &[Placed],
        pids: &[u32],
    ) -> Self {
        let replicas = replicas.iter().zip(pids).map(|(placed, pid)| Replica {
            name: placed.pod.name.clone(),
            uid: placed.host_uid(),
            address: placed.server,
            control: placed.control,
            pid: *pid,
        });
        Self {
            ready: true,
            gateway: format!("http://{}", mesh.gateway),
            admin: format!("http://{}", mesh.admin),
            egress: format!("http://{}", mesh.egress),
            prometheus: prometheus.map(|address| format!("http://{address}")),
            replicas: replicas.collect(),
            is_locked: false,
        }
    }

    /// Whether the controls ask for the token.
    pub(super) fn locked(self, is_locked: bool) -> Self {
        Self { is_locked, ..self }
    }

    /// For a script: one line.
    pub(super) fn json(&self) -> String {
        let line = serde_json::to_string(self).expect("texts and numbers are always JSON");
        line + "\n"
    }

    /// For a person.
    pub(super) fn text(&self) -> String {
        let Self { gateway, admin, .. } = self;
        let mut places = vec![("page", gateway), ("admin", admin)];
        places.extend(self.prometheus.iter().map(|url| ("prometheus", url)));
        let place_width = places.iter().map(|(name, _)| name.len()).max();
        let place_width = place_width.unwrap_or_default();
        let mut text = format!("GW_ENDPOINT={gateway}\n\n");
        for (name, url) in places {
            writeln!(text, "{name:place_width$}  {url}/").expect("a String takes everything");
        }
        text.push('\n');
        let width = |length: fn(&Replica) -> usize| {
            self.replicas.iter().map(length).max().unwrap_or_default()
        };
        let name_width = width(|replica| replica.name.len());
        let uid_width = width(|replica| replica.uid.len());
        for Replica {
            name,
            uid,
            address,
            pid,
            ..
        } in &self.replicas
        {
            writeln!(
                text,
                "{name:name_width$}  {uid:uid_width$}  {address}  pid {pid}"
            )
            .expect("a String takes everything");
        }
        let token = if self.is_locked {
            "-H \"Authorization: Bearer $CONTROL_TOKEN\" "
        } else {
            ""
        };
        text + &format!(
            "\nTry next, in another shell:\n  \
             curl {gateway}/color/get\n  curl {token}{gateway}/fault\n  curl {token}{gateway}/recover\n  \
             curl {gateway}/stats\n\n\
             Ctrl-C ends all of it.\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use uuid::Uuid;

    use super::*;
    use crate::up::plan::{Pod, Program};

    fn report(prometheus: Option<SocketAddr>) -> Report {
        let mesh = MeshAddresses {
            gateway: ([127, 0, 0, 1], 8080).into(),
            egress: ([127, 0, 0, 1], 4).into(),
            admin: ([127, 0, 0, 1], 9901).into(),
        };
        let replica = Placed {
            pod: Pod {
                name: "colorapp-1".to_owned(),
                namespace: "demo".to_owned(),
                node: "colorapp".to_owned(),
                program: Program::Colorapp,
                uid: Uuid::nil(),
                env: BTreeMap::from([("HOST_UID".to_owned(), "aaaa-1".to_owned())]),
            },
            server: ([127, 0, 0, 1], 5).into(),
            control: ([127, 0, 0, 1], 6).into(),
        };
        Report::new(&mesh, prometheus, &[replica], &[77])
    }

    #[test]
    fn a_person_is_told_to_show_the_token_where_controls_are_locked() {
        let text = report(None).locked(true).text();
        let line =
            "\n  curl -H \"Authorization: Bearer $CONTROL_TOKEN\" http://127.0.0.1:8080/fault\n";
        assert!(text.contains(line), "{text}");
        assert!(text.contains("\n  curl http://127.0.0.1:8080/color/get\n"));
    }

    #[test]
    fn a_person_reads_where_to_go_and_what_to_try() {
        assert_eq!(
            report(None).text(),
            "GW_ENDPOINT=http://127.0.0.1:8080\n\
             \n\
             page   http://127.0.0.1:8080/\n\
             admin  http://127.0.0.1:9901/\n\
             \n\
             colorapp-1  aaaa-1  127.0.0.1:5  pid 77\n\
             \n\
             Try next, in another shell:\n  \
             curl http://127.0.0.1:8080/color/get\n  \
             curl http://127.0.0.1:8080/fault\n  \
             curl http://127.0.0.1:8080/recover\n  \
             curl http://127.0.0.1:8080/stats\n\
             \n\
             Ctrl-C ends all of it.\n"
        );
    }

    #[test]
    fn a_script_reads_one_object() {
        assert_eq!(
            report(None).json(),
            "{\"ready\":true,\"gateway\":\"http://127.0.0.1:8080\",\"admin\":\"http://127.0.0.1:9901\",\
             \"egress\":\"http://127.0.0.1:4\",\"replicas\":[{\"name\":\"colorapp-1\",\"uid\":\"aaaa-1\",\
             \"address\":\"127.0.0.1:5\",\"control\":\"127.0.0.1:6\",\"pid\":77}]}\n"
        );
    }

    #[test]
    fn prometheus_is_told_where_there_is_one() {
        let report = report(Some(([127, 0, 0, 1], 9090).into()));
        let places = "page        http://127.0.0.1:8080/\n\
                      admin       http://127.0.0.1:9901/\n\
                      prometheus  http://127.0.0.1:9090/\n\n";
        assert!(report.text().contains(places), "{}", report.text());
        let json = report.json();
        assert!(
            json.contains(r#""prometheus":"http://127.0.0.1:9090","#),
            "{json}"
        );
    }
}
