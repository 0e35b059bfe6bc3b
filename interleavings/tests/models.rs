//! Runs the models. `LOOM_MAX_PREEMPTIONS=3` and the like bound them; none of them needs it.

#![cfg(test)]

macro_rules! models {
    ($($of:ident: $($model:ident)*;)*) => {$($(
        #[test]
        fn $model() {
            interleavings::$of::$model();
        }
    )*)*};
}

models! {
    streaks: enough_errors_trip_once enough_errors_of_three_trip_once each_streak_is_that_of_some_order;
    gauges: no_more_than_the_limit_come_in who_leaves_makes_room a_counter_is_the_sum;
    hosts: who_heard_of_an_ejection_keeps_no_connection_from_before who_heard_of_a_leave_keeps_no_connection;
    leaving: who_waits_leaves_when_asked who_is_answered_stays who_ends_by_itself_is_heard_of;
}
