//! Fakes of what `front` talks to, and a `front` to talk to.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use front::{AppState, Settings};
use http_body_util::BodyExt;
use parking_lot::Mutex;
use serde_json::{Value, json};
use service::Stop;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket};
use tower::ServiceExt;

/// A `front` without listeners.
pub(crate) struct Front {
    pub(crate) stop: Stop,
    app: Router,
    control: Router,
}

/// An answer of a [`Front`].
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Front {
    /// With these variables; colorapp is nowhere unless they say where.
    pub(crate) fn new(variables: &[(&str, &str)]) -> Self {
        let mut env = BTreeMap::from([("COLOR_SERVICE_ENDPOINT", "colorapp.invalid:8080")]);
        env.extend(variables.iter().copied());
        let settings = Settings::from_env(&env).unwrap();
        let stop = Stop::new();
        let state = AppState::new(&settings, stop.clone());
        Self {
            stop,
            app: front::app(state.clone()),
            control: front::control(state),
        }
    }

    /// With colorapp at `address`.
    pub(crate) fn of_color(address: SocketAddr) -> Self {
        Self::new(&[("COLOR_SERVICE_ENDPOINT", &address.to_string())])
    }

    /// With these replicas' control ports.
    pub(crate) fn of(replicas: &[&Replica]) -> Self {
        Self::new(&[("COLOR_CONTROL_ENDPOINT", &control_of(replicas))])
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.request(Method::GET, path).await
    }

    pub(crate) async fn request(&self, method: Method, path: &str) -> Reply {
        Reply::read(self.open(method, path).await).await
    }

    /// GET `path` with these headers.
    pub(crate) async fn get_with(&self, headers: &[(&str, &str)], path: &str) -> Reply {
        Reply::read(self.send(Method::GET, headers, path).await).await
    }

    /// The answer with its body still to come.
    pub(crate) async fn open(&self, method: Method, path: &str) -> Response {
        self.send(method, &[], path).await
    }

    /// The same to a request with these headers.
    pub(crate) async fn send(
        &self,
        method: Method,
        headers: &[(&str, &str)],
        path: &str,
    ) -> Response {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        self.app.clone().oneshot(request).await.unwrap()
    }

    /// GET `path` on the control port.
    pub(crate) async fn control(&self, path: &str) -> Reply {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        Reply::read(self.control.clone().oneshot(request).await.unwrap()).await
    }

    /// The JSON of `/hosts`.
    pub(crate) async fn hosts(&self) -> Value {
        serde_json::from_str(&self.get("/hosts").await.text).unwrap()
    }
}

impl Reply {
    async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Self {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    /// The header `name`, empty when it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn assert(&self, status: u16, text: &str) {
        assert_eq!((self.status.as_u16(), self.text.as_str()), (status, text));
    }
}

/// A replica of colorapp, as far as its control port goes.
#[derive(Clone)]
pub(crate) struct Replica {
    pub(crate) uid: &'static str,
    pub(crate) control: SocketAddr,
    main_port: u16,
    told: Arc<Mutex<Told>>,
}

#[derive(Default)]
struct Told {
    fault: Option<Value>,
    changes: Vec<String>,
    /// How often it was asked for its status.
    looks: usize,
    /// Whether it no longer says how it is.
    lost: bool,
}

impl Replica {
    pub(crate) async fn start(uid: &'static str) -> Self {
        // Nobody calls the main ports; they only have to differ.
        static NEXT_MAIN_PORT: AtomicU16 = AtomicU16::new(1);
        let main_port = NEXT_MAIN_PORT.fetch_add(1, Ordering::Relaxed);
        Self::listen(uid, main_port, Arc::default()).await
    }

    /// The same replica under a second address.
    pub(crate) async fn second_address(&self) -> Self {
        Self::listen(self.uid, self.main_port, self.told.clone()).await
    }

    async fn listen(uid: &'static str, main_port: u16, told: Arc<Mutex<Told>>) -> Self {
        let shared = told.clone();
        let handler = async move |uri: Uri| answer(uid, main_port, &mut shared.lock(), &uri);
        let control = serve(Router::new().fallback(handler)).await;
        Self {
            uid,
            control,
            main_port,
            told,
        }
    }

    /// Three replicas, out of order on purpose.
    pub(crate) async fn three() -> [Self; 3] {
        [
            Self::start("cccc-3").await,
            Self::start("aaaa-1").await,
            Self::start("bbbb-2").await,
        ]
    }

    pub(crate) fn set_faulty(&self) {
        self.told.lock().fault = Some(json!({"status": 500}));
    }

    /// From now on its control port says nothing of use, as that of a container that is about to start.
    pub(crate) fn lose(&self) {
        self.told.lock().lost = true;
    }

    pub(crate) fn is_faulty(&self) -> bool {
        self.told.lock().fault.is_some()
    }

    /// What it was told to change, in order.
    pub(crate) fn changes(&self) -> Vec<String> {
        self.told.lock().changes.clone()
    }

    /// How often it was looked at.
    pub(crate) fn looks(&self) -> usize {
        self.told.lock().looks
    }

    /// Where the mesh would send its requests.
    pub(crate) fn address(&self) -> SocketAddr {
        SocketAddr::new(self.control.ip(), self.main_port)
    }
}

fn answer(uid: &str, main_port: u16, told: &mut Told, uri: &Uri) -> Response {
    let query = uri.query().unwrap_or_default();
    if uri.path() == "/status" {
        told.looks += 1;
        if told.lost {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        let status = json!({"HostUID": uid, "port": main_port, "fault": told.fault});
        return axum::Json(status).into_response();
    }
    told.changes.push(uri.to_string());
    match uri.path() {
        "/fault" if query.contains("percent=0") => {
            let sentence = "percent must be a whole number from 1 to 100";
            (StatusCode::BAD_REQUEST, sentence).into_response()
        }
        "/fault" => {
            told.fault = Some(json!({"status": 500}));
            format!("host: `{uid}` will now respond with 500 on /get.").into_response()
        }
        "/recover" => {
            told.fault = None;
            format!("host: `{uid}` will now respond with 200 on /get.").into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The value of `COLOR_CONTROL_ENDPOINT` for these replicas.
pub(crate) fn control_of(replicas: &[&Replica]) -> String {
    let control: Vec<_> = replicas
        .iter()
        .map(|replica| replica.control.to_string())
        .collect();
    control.join(",")
}

/// Somebody who answers everything with the same status, `HostUID` and body.
pub(crate) async fn color(status: u16, uid: &'static str, body: impl Into<String>) -> SocketAddr {
    let (status, body) = (StatusCode::from_u16(status).unwrap(), body.into());
    serve(Router::new().fallback(async move || (status, [("HostUID", uid)], body.clone()))).await
}

/// The mesh in front of colorapp: answers `/get` with the given answers in turn (`None`: made by the
/// mesh), and everything else with the request as it came.
pub(crate) async fn mesh(answers: &[(u16, Option<&'static str>)]) -> SocketAddr {
    let answers = answers.iter().rev().copied().collect::<Vec<_>>();
    let answers = Arc::new(Mutex::new(answers));
    let handler = async move |method: Method, uri: Uri| {
        if uri.path() != "/get" {
            return ([("HostUID", "aaaa-1")], format!("{method} {uri}")).into_response();
        }
        let (status, uid) = answers.lock().pop().expect("an answer is left");
        let status = StatusCode::from_u16(status).unwrap();
        match uid {
            Some(uid) => (status, [("HostUID", uid)], "color").into_response(),
            None => (status, "no healthy upstream").into_response(),
        }
    };
    serve(Router::new().fallback(handler)).await
}

/// An admin interface that answers exactly this path and query.
pub(crate) async fn admin(path_and_query: &'static str, body: Value) -> SocketAddr {
    let handler = async move |uri: Uri| match uri.to_string() {
        asked if asked == path_and_query => axum::Json(body.clone()).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    };
    serve(Router::new().fallback(handler)).await
}

/// An admin interface that answers exactly these.
pub(crate) async fn admin_of(answers: &'static [(&'static str, &'static str)]) -> SocketAddr {
    let handler = async move |uri: Uri| {
        let mut answers = answers.iter();
        match answers.find(|(asked, _)| uri == *asked) {
            Some((_, body)) => body.into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    };
    serve(Router::new().fallback(handler)).await
}

/// The suite's own data plane with these hosts of one cluster.
pub(crate) async fn outliers(hosts: Value) -> SocketAddr {
    let cluster = json!({
        "name": "colorapp",
        "policy": {"interval": "10s"},
        "panic": false,
        "hosts": hosts,
    });
    admin("/outliers", json!({"clusters": [cluster]})).await
}

/// A server that reads each request's head, answers with these bytes and hangs up.
pub(crate) async fn raw(answer: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                stream.read_buf(&mut head).await.unwrap();
            }
            stream.write_all(answer).await.unwrap();
        }
    });
    address
}

/// An address at which nobody listens.
pub(crate) async fn nobody() -> SocketAddr {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let address = socket.local_addr().unwrap();
    // The socket stays, bound and deaf, so that no other test gets the port.
    std::mem::forget(socket);
    address
}

/// Serves `router` for as long as the test lasts.
pub(crate) async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}
