//! What a scenario wrote down: every answer, and when which replica was made sick or well.

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;

use attack::Report;

use crate::error::NotMeasured;
use crate::mesh::Mesh;
use crate::profile::Sickness;

/// An answer, or the lack of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// When the request was sent, after the start of the scenario.
    pub(crate) sent: Duration,
    /// When the answer was there.
    pub(crate) at: Duration,
    /// 0: no answer.
    pub(crate) status: u16,
    /// Who gave it, by place in the list of hosts; `None`: it names nobody.
    pub(crate) host: Option<usize>,
}

impl Answer {
    pub(crate) fn is_error(&self) -> bool {
        !(200..500).contains(&self.status)
    }
}

/// Something that was done to a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Fault(usize, Sickness),
    Recover(usize),
}

/// A scenario as it went.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recording {
    /// Who the replicas are.
    pub(crate) hosts: Vec<String>,
    /// In the order in which they came.
    pub(crate) answers: Vec<Answer>,
    /// In order of time.
    pub(crate) changes: Vec<(Duration, Change)>,
    /// The times in which several sick hosts were watched: how many were sick, and when.
    pub(crate) watched: Vec<(usize, Range<Duration>)>,
    /// What the mesh said at the beginning, and after the first ejection was due.
    pub(crate) mesh: Option<(Mesh, Mesh)>,
    /// Good answers that front counted in all of the scenario.
    pub(crate) counted: u64,
    /// Answers that the mesh made itself, as front counted them.
    pub(crate) mesh_answers: u64,
    /// The load in figures.
    pub(crate) report: Option<Report>,
    /// How often the host that fell ill first had been ejected of late, before the scenario.
    pub(crate) ejected_before: u32,
}

/// A run of answers of one host, with no long silence in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spell {
    pub(crate) first: Duration,
    pub(crate) last: Duration,
    pub(crate) answers: usize,
    pub(crate) errors: usize,
}

impl Recording {
    /// When the first change of this kind was made.
    pub(crate) fn when(&self, made: impl Fn(Change) -> bool) -> Option<Duration> {
        let mut changes = self.changes.iter();
        changes.find(|(_, of)| made(*of)).map(|(at, _)| *at)
    }

    /// The host that fell ill first, and when.
    pub(crate) fn sick(&self) -> Option<(usize, Duration)> {
        self.changes.iter().find_map(|(at, change)| match change {
            Change::Fault(host, _) => Some((*host, *at)),
            Change::Recover(_) => None,
        })
    }

    /// Those that were made sick and are not well again.
    pub(crate) fn faulty(&self) -> BTreeSet<usize> {
        let mut faulty = BTreeSet::new();
        for (_, change) in &self.changes {
            match change {
                Change::Fault(host, _) => faulty.insert(*host),
                Change::Recover(host) => faulty.remove(host),
            };
        }
        faulty
    }

    /// Those answers that came within a time.
    pub(crate) fn within(&self, time: Range<Duration>) -> impl Iterator<Item = &Answer> {
        let answers = self.answers.iter();
        answers.filter(move |answer| time.contains(&answer.at))
    }

    /// Looks whether front gave more good answers than were asked for. A good answer is never retried.
    pub(crate) fn no_traffic_of_others(&self) -> Result<(), NotMeasured> {
        if self.counted <= self.answers.len() as u64 {
            return Ok(());
        }
        Err(NotMeasured::new(format!(
            "someone else sends traffic, too: front counted {} good answers, {} were asked for here",
            self.counted,
            self.answers.len()
        )))
    }

    /// Whether front counted far fewer good answers than there were: there are several, each with a count of
    /// its own.
    pub(crate) fn is_of_several_fronts(&self) -> bool {
        let good = self.answers.iter().filter(|of| !of.is_error()).count() as u64;
        10 * self.counted < 9 * good
    }

    /// From the first answer to the last.
    pub(crate) fn all(&self) -> Range<Duration> {
        Duration::ZERO..self.end() + Duration::from_nanos(1)
    }

    /// The last answer's time.
    pub(crate) fn end(&self) -> Duration {
        self.answers.last().map_or(Duration::ZERO, |last| last.at)
    }

    /// What `host` answered to requests sent after `from`, taken apart at each silence that is as long as
    /// `silence` answers of others.
    pub(crate) fn spells(&self, host: usize, from: Duration, silence: usize) -> Vec<Spell> {
        let mut spells: Vec<Spell> = Vec::new();
        let mut others = 0;
        for answer in self.answers.iter().filter(|answer| answer.sent >= from) {
            if answer.host != Some(host) {
                others += 1;
                continue;
            }
            match spells.last_mut() {
                Some(spell) if others < silence => {
                    spell.last = answer.at;
                    spell.answers += 1;
                    spell.errors += usize::from(answer.is_error());
                }
                _ => spells.push(Spell {
                    first: answer.at,
                    last: answer.at,
                    answers: 1,
                    errors: usize::from(answer.is_error()),
                }),
            }
            others = 0;
        }
        spells
    }

    /// How many answers of others came since the last one of `host`.
    pub(crate) fn silent_for(&self, host: usize) -> usize {
        let answers = self.answers.iter().rev();
        answers.take_while(|of| of.host != Some(host)).count()
    }

    /// When the `nth` error of `host` came, of those sent after `from`; the last one if it has fewer.
    pub(crate) fn error(&self, host: usize, from: Duration, nth: usize) -> Option<Duration> {
        let errors = self
            .answers
            .iter()
            .filter(|answer| answer.host == Some(host) && answer.sent >= from && answer.is_error());
        errors.take(nth).last().map(|error| error.at)
    }

    /// How many answers each of `hosts` gave within a time, and how many of them were errors.
    pub(crate) fn shares(&self, hosts: usize, time: Range<Duration>) -> Vec<(usize, usize)> {
        let mut shares = vec![(0, 0); hosts];
        for answer in self.within(time) {
            if let Some((answers, errors)) = answer.host.and_then(|host| shares.get_mut(host)) {
                *answers += 1;
                *errors += usize::from(answer.is_error());
            }
        }
        shares
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::fixture::{answer_of, ms, play};

    #[test]
    fn a_long_silence_divides_a_hosts_answers() {
        let recording = play("abABbbbbAba");
        let spells = recording.spells(0, ms(30), 4);
        let (one, two) = (spells[0], spells[1]);
        assert_eq!(
            (one.answers, one.errors, one.first, one.last),
            (1, 1, ms(42), ms(42))
        );
        assert_eq!(
            (two.answers, two.errors, two.first, two.last),
            (2, 1, ms(162), ms(202))
        );
        // Five others are not as many as six.
        assert_eq!(recording.spells(0, ms(0), 6).len(), 1);
        assert_eq!(recording.spells(0, ms(0), 5).len(), 2);
        assert_eq!(recording.silent_for(1), 1);
        assert_eq!(recording.error(0, ms(0), 2), Some(ms(162)));
        assert_eq!(recording.shares(2, ms(0)..ms(100)), [(2, 1), (3, 1)]);
    }

    #[test]
    fn who_was_made_sick_and_not_well_again_is_faulty() {
        let mut recording = play("abc fault:c abC fault:a AbC recover:c Abc");
        assert_eq!(Vec::from_iter(recording.faulty()), [0]);
        recording.changes.pop();
        assert_eq!(Vec::from_iter(recording.faulty()), [0, 2]);
    }

    #[test]
    fn a_time_has_its_first_moment_and_not_its_last() {
        let recording = play("aaa");
        assert_eq!(recording.within(ms(2)..ms(22)).count(), 1);
        assert_eq!(recording.within(ms(2)..recording.end()).count(), 2);
        assert_eq!(recording.within(recording.all()).count(), 3);
    }

    #[test]
    fn an_error_is_no_answer_or_one_from_500_on() {
        let mut recording = Recording::default();
        for status in [0, 200, 404, 499, 500, 503] {
            answer_of(&mut recording, None, status);
        }
        let errors: Vec<_> = recording.answers.iter().map(Answer::is_error).collect();
        assert_eq!(errors, [true, false, false, false, true, true]);
    }

    #[test]
    fn more_good_answers_than_requests_are_those_of_others() {
        let mut recording = play("aBcd");
        assert_eq!(recording.no_traffic_of_others(), Ok(()));
        recording.counted = 5;
        let cause = recording.no_traffic_of_others().unwrap_err();
        assert_eq!(
            cause.to_string(),
            "someone else sends traffic, too: front counted 5 good answers, 4 were asked for here"
        );
    }

    #[test]
    fn a_front_that_counts_less_than_nine_of_ten_is_not_alone() {
        let mut recording = play("abcde*2");
        let several = [10, 9, 8].map(|counted| {
            recording.counted = counted;
            recording.is_of_several_fronts()
        });
        assert_eq!(several, [false, false, true]);
    }
}
