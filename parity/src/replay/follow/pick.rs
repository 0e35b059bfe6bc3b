//! Whose turn each attempt was.

use ingress::balance::{View, select};
use ingress::outlier::HostIndex;

use super::Follower;
use crate::replay::freedom::{Point, SKEW};
use crate::replay::mismatch::What;
use crate::replay::turns::Turns;
use crate::trace::{Ms, Request};

impl<T: Turns> Follower<'_, T> {
    /// Compares whose turn it is with `envoy`'s choice. If a change of the view is near, the choice may be
    /// one from the view before or after it.
    pub(super) fn pick(
        &mut self,
        at: Ms,
        request: &Request,
        tried: &[HostIndex],
        envoy: Option<HostIndex>,
    ) {
        // When a retry was made is not known, only that it was within the request.
        let lately = if tried.is_empty() { at } else { request.at } - SKEW;
        let gone = self.before.iter().take_while(|(when, _)| *when >= lately);
        let mut views: Vec<View> = gone.map(|(_, view)| view.clone()).collect();
        let just_changed = !views.is_empty();
        views.insert(0, self.view.clone());
        let about_to_change = self.next_event().is_some_and(|next| next - at <= SKEW);
        let sure = !just_changed && !about_to_change;
        let was = (self.turns.clone(), self.panic_picks);
        let attempt = tried.len() + 1;
        let n = request.n;
        let point = Point::Pick(n, attempt);
        let mut ours = None;
        if just_changed {
            self.points.push((at, point));
            // Several may explain the pick, and yet not leave the same turn to the next.
            if self.choices.contains_key(&point) {
                views.reverse();
            }
        }
        for (index, view) in views.iter().enumerate() {
            (self.turns, self.panic_picks) = was.clone();
            ours = self.turn(view, request, tried, envoy, sure);
            if ours == envoy {
                self.skews += usize::from(index > 0);
                break;
            }
        }
        while ours != envoy
            && let Some(next) = self.next_event().filter(|next| next - at <= SKEW)
        {
            self.happen(next);
            (self.turns, self.panic_picks) = was.clone();
            ours = self.turn(&self.view.clone(), request, tried, envoy, sure);
            self.skews += usize::from(ours == envoy);
        }
        self.compared += 1;
        if ours != envoy {
            let healthy = self.view.healthy().to_vec();
            self.differs(
                at,
                What::Pick {
                    n,
                    attempt,
                    envoy,
                    ours,
                    healthy,
                },
            );
        }
    }

    fn turn(
        &mut self,
        view: &View,
        request: &Request,
        tried: &[HostIndex],
        envoy: Option<HostIndex>,
        sure: bool,
    ) -> Option<HostIndex> {
        // Envoy's turns in this attempt: the last is its choice, one before it may have been passed over.
        let passed = envoy
            .and_then(|envoy| before(view, envoy))
            .filter(|host| tried.contains(host) && !self.turns.knows(view));
        let mut observed = envoy;
        if passed.is_some() {
            let point = Point::Pass(request.n, tried.len() + 1);
            self.points.push((request.at, point));
            if self.choices.contains_key(&point) {
                observed = passed;
            }
        }
        let (turns, panic_picks) = (&mut self.turns, &mut self.panic_picks);
        let retries = self.trace.header.retries.selection_retries;
        let turn = || {
            *panic_picks += u64::from(view.panic());
            turns.next(view, std::mem::replace(&mut observed, envoy), sure)
        };
        select(|host| tried.contains(&host), retries, turn)
    }
}

/// Whose turn is before that of `host`.
fn before(view: &View, host: HostIndex) -> Option<HostIndex> {
    if view.panic() {
        return (host + view.hosts() - 1).checked_rem(view.hosts());
    }
    let healthy = view.healthy();
    let place = healthy.iter().position(|healthy| *healthy == host)?;
    Some(healthy[(place + healthy.len() - 1) % healthy.len()])
}
