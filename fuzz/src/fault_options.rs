//! The query of `/fault`, as `front` takes it apart and as `colorapp` reads the rest of it.

use std::time::{Duration, Instant};

use colorapp::{Fault, Injector, Outcome};

use crate::fault_request::{FaultRequest, Target};
use crate::sentence;

/// Panics where something is accepted beyond its bounds, or refused without a sentence.
pub fn hold(bytes: &[u8]) {
    let query = String::from_utf8_lossy(bytes);
    match query.parse::<Fault>() {
        Ok(fault) => within_bounds(fault),
        Err(refusal) => sentence::check(&refusal.to_string()),
    }
    match FaultRequest::parse(&query) {
        Ok(request) => taken_apart(&query, &request),
        Err(refusal) => sentence::check(&refusal.to_string()),
    }
    match FaultRequest::parse_recover(&query) {
        Ok(host) => {
            let request = FaultRequest::parse(&query).expect("what recovers can be taken apart");
            let named = host.map_or(Target::Any, Target::Host);
            assert_eq!((request.target, &*request.options), (named, ""));
        }
        Err(refusal) => sentence::check(&refusal.to_string()),
    }
}

fn within_bounds(fault: Fault) {
    let is_in = |time: Option<Duration>, most: u64| {
        time.is_none_or(|time| !time.is_zero() && time <= Duration::from_secs(most))
    };
    assert!((1..=100).contains(&fault.percent()));
    assert!(is_in(fault.delay(), 60) && is_in(fault.lasts(), 24 * 60 * 60));
    match fault.outcome() {
        Outcome::Abort => {}
        Outcome::Answer(status) if status.as_u16() == 200 => assert!(fault.delay().is_some()),
        Outcome::Answer(status) => assert!((500..=599).contains(&status.as_u16())),
    }
    sentence::check(&fault.to_string());

    let now = Instant::now();
    let mut injector = Injector::default();
    injector.arm(fault, now);
    let faulty = (0..100).filter(|_| injector.next(now).is_some()).count();
    assert_eq!(faulty, usize::from(fault.percent()));
    assert_eq!(injector.active(now).map(|active| active.fault), Some(fault));
}

/// Each part of the query is either front's or goes on as it came, in its order.
fn taken_apart(query: &str, request: &FaultRequest) {
    let is_front = |part: &&str| {
        let decoded = form_urlencoded::parse(part.as_bytes()).next();
        decoded.is_some_and(|(name, _)| name == "host" || name == "count")
    };
    let parts = || query.split('&').filter(|part| !part.is_empty());
    let rest: Vec<&str> = parts().filter(|part| !is_front(part)).collect();
    assert_eq!(request.options, rest.join("&"));
    let own = parts().filter(is_front).count();
    assert_eq!(own, usize::from(request.target != Target::Any));
    // Whatever goes on is the same to the replica as if it had come alone.
    if own == 0 {
        let (alone, passed) = (query.parse::<Fault>(), request.options.parse::<Fault>());
        assert_eq!(alone, passed);
    }
}
