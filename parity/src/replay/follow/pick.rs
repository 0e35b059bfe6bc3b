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
        let lately = if tried.is_empty() {
            at - SKEW
        } else {
            request.at
        };
        let just_changed = self
            .before
            .as_ref()
            .is_some_and(|(when, _)| *when >= lately);
        let about_to_change = self.next_event().is_some_and(|next| next - at <= SKEW);
        let sure = !just_changed && !about_to_change;
        let was = (self.turns.clone(), self.panic_picks);
        let attempt = tried.len() + 1;
        let n = request.n;
        let point = Point::Pick(n, attempt);
        let mut ours = None;
        let mut views = vec![self.view.clone()];
        if just_changed && let Some((_, before)) = self.before.clone() {
            self.points.push((at, point));
            views.push(before);
            // Both may explain the pick, and yet not leave the same turn to the next.
            if self.choices.contains_key(&point) {
                views.reverse();
            }
        }
        for (index, view) in views.iter().enumerate() {
            (self.turns, self.panic_picks) = was.clone();
            ours = self.turn(view, tried, envoy, sure);
            if ours == envoy {
                self.skews += index;
                break;
            }
        }
        while ours != envoy
            && let Some(next) = self.next_event().filter(|next| next - at <= SKEW)
        {
            self.happen(next);
            (self.turns, self.panic_picks) = was.clone();
            ours = self.turn(&self.view.clone(), tried, envoy, sure);
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
        tried: &[HostIndex],
        envoy: Option<HostIndex>,
        sure: bool,
    ) -> Option<HostIndex> {
        let (turns, panic_picks) = (&mut self.turns, &mut self.panic_picks);
        let retries = self.trace.header.retries.selection_retries;
        let turn = || {
            *panic_picks += u64::from(view.panic());
            turns.next(view, envoy, sure)
        };
        select(|host| tried.contains(&host), retries, turn)
    }
}
