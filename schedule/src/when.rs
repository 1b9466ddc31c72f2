//! The moments at which an entry begins and ends.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use signage_protocol::document::program::{Day, Repeat, Span, When};

/// Days that are searched for the next date of a rule: twelve years hold every rule that has a date at all, but one
/// for 29 February that waits for the end of a century.
const HORIZON: i32 = 12 * 366;

/// The first moment at which the wall clock shows this or is past it.
pub fn moment(zone: &TimeZone, wall: DateTime) -> Option<Timestamp> {
    match zone.to_ambiguous_timestamp(wall).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(wall).ok(),
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(wall).ok(),
        AmbiguousOffset::Gap { after, .. } => {
            let early = after.to_timestamp(wall).ok()?;
            zone.following(early).next().map(|jump| jump.timestamp())
        }
    }
}

/// Days from one date to another; negative backwards.
fn between(from: Date, to: Date) -> i32 {
    // Julian day numbers would do as well; jiff's span of days is exact.
    from.until(to).map(|span| span.get_days()).unwrap_or_default()
}

/// The date as many days later.
fn plus(date: Date, days: i32) -> Option<Date> {
    date.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// Whether a rule has this date, its exceptions and its end aside.
fn matches(when: &When, date: Date) -> bool {
    let first = when.date;
    if date < first {
        return false;
    }
    let months = (i32::from(date.year()) - i32::from(first.year())) * 12
        + (i32::from(date.month()) - i32::from(first.month()));
    let each = |count: i32, step: u16| step > 0 && count % i32::from(step) == 0;
    match &when.repeat {
        Repeat::Once => date == first,
        Repeat::Day { step } => each(between(first, date), *step),
        Repeat::Week { step, days } => {
            let monday = i32::from(first.weekday().to_monday_zero_offset());
            let weeks = (between(first, date) + monday).div_euclid(7);
            let day = Day::of(date);
            each(weeks, *step) && if days.is_empty() { day == Day::of(first) } else { days.contains(&day) }
        }
        Repeat::MonthDay { step, day } => {
            let wanted = if *day == -1 { date.days_in_month() } else { *day };
            each(months, *step) && date.day() == wanted
        }
        Repeat::MonthWeekday { step, nth, day } => {
            let nth_here = (date.day() - 1) / 7 + 1;
            let last = date.day() + 7 > date.days_in_month();
            each(months, *step) && Day::of(date) == *day && if *nth == -1 { last } else { *nth == nth_here }
        }
        Repeat::Unknown => false,
    }
}

/// Whether something begins on this date.
pub fn begins_on(when: &When, date: Date) -> bool {
    when.until.is_none_or(|until| date <= until)
        && matches(when, date)
        && (when.only.is_empty() || when.only.contains(&Day::of(date)))
        && !when.except.contains(&date)
}

/// The last date of a rule that holds `count` times, dates that are excepted counted in, as RFC 5545 does. None when
/// it has no such date.
pub fn last_date(when: &When, count: u32) -> Option<Date> {
    let unending = When { until: None, except: Vec::new(), ..when.clone() };
    let mut date = when.date;
    for _ in 1..count {
        date = next_date(&unending, next_date(&unending, date)?.tomorrow().ok()?)?;
    }
    next_date(&unending, date)
}

/// The first date from this one on at which something begins.
fn next_date(when: &When, from: Date) -> Option<Date> {
    let mut date = from.max(when.date);
    for _ in 0..HORIZON {
        if when.until.is_some_and(|until| date > until) {
            return None;
        }
        if begins_on(when, date) {
            return Some(date);
        }
        if when.repeat == Repeat::Once {
            return None;
        }
        date = date.tomorrow().ok()?;
    }
    None
}

/// Beginning and end of a span that begins on a date.
fn edges(span: Span, date: Date, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let last = plus(date, i32::from(span.last_day()))?;
    Some((moment(zone, date.to_datetime(span.from))?, moment(zone, last.to_datetime(span.to))?))
}

/// How many days before today something may have begun that is not over.
fn reach(when: &When) -> i32 {
    when.spans.iter().map(|span| i32::from(span.last_day())).max().unwrap_or_default()
}

/// What begins on the days around a moment on which it may be under way: beginnings and ends.
fn around(when: &When, zone: &TimeZone, at: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let today = zone.to_datetime(at).date();
    let mut found = Vec::new();
    // One more on each side: a night of the clock may lie between.
    for offset in -reach(when) - 1..=1 {
        let Some(date) = plus(today, offset).filter(|&date| begins_on(when, date)) else { continue };
        found.extend(when.spans.iter().filter_map(|&span| edges(span, date, zone)));
    }
    found
}

/// Whether it is under way at a moment.
pub fn is_on(when: &When, zone: &TimeZone, at: Timestamp) -> bool {
    around(when, zone, at).iter().any(|&(begin, end)| begin <= at && at < end)
}

/// The first beginning or end after a moment.
pub fn next_edge(when: &When, zone: &TimeZone, after: Timestamp) -> Option<Timestamp> {
    let edges_near = around(when, zone, after).into_iter().flat_map(|(begin, end)| [begin, end]);
    let near = edges_near.filter(|&edge| edge > after).min();
    let from = plus(zone.to_datetime(after).date(), 2)?;
    let far = next_date(when, from).and_then(|date| {
        when.spans.iter().filter_map(|&span| edges(span, date, zone)).map(|(begin, _)| begin).min()
    });
    // A beginning that was passed over in its own way can only be earlier, not before `after`.
    near.into_iter().chain(far.filter(|&edge| edge > after)).min()
}

/// What happens in a stretch of time, in the order of the beginnings; what ends as it begins is left out.
pub fn occurrences(
    when: &When,
    zone: &TimeZone,
    from: Timestamp,
    until: Timestamp,
) -> Vec<(Timestamp, Timestamp)> {
    let Some(mut date) = plus(zone.to_datetime(from).date(), -reach(when) - 1) else { return Vec::new() };
    let end = zone.to_datetime(until).date();
    let mut found = Vec::new();
    while let Some(next) = next_date(when, date).filter(|&next| next <= end) {
        found.extend(when.spans.iter().filter_map(|&span| edges(span, next, zone)));
        let Ok(tomorrow) = next.tomorrow() else { break };
        date = tomorrow;
    }
    found.retain(|&(begin, over)| begin < over && begin < until && over > from);
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Time, date, time};

    use super::*;
    use crate::zone;

    pub(crate) fn when(repeat: Repeat, from: Date, spans: &[(Time, Time)]) -> When {
        let spans = spans.iter().map(|&(from, to)| Span { from, to, days: 0 }).collect();
        When { date: from, until: None, repeat, except: Vec::new(), only: Vec::new(), spans }
    }

    fn dates(when: &When, count: usize) -> Vec<String> {
        let mut found = Vec::new();
        let mut from = when.date;
        while let Some(date) = next_date(when, from).filter(|_| found.len() < count) {
            found.push(date.to_string());
            from = date.tomorrow().unwrap();
        }
        found
    }

    #[test]
    fn rules_have_their_dates() {
        let start = date(2026, 1, 31);
        let rule = |repeat| when(repeat, start, &[(time(9, 0, 0, 0), time(10, 0, 0, 0))]);
        assert_eq!(dates(&rule(Repeat::Once), 5), ["2026-01-31"]);
        assert_eq!(dates(&rule(Repeat::Day { step: 3 }), 3), ["2026-01-31", "2026-02-03", "2026-02-06"]);
        // 31 January 2026 is a Saturday: with weeks from Monday, the Tuesday of its week is over.
        let week = Repeat::Week { step: 2, days: vec![Day::Tue, Day::Sat] };
        assert_eq!(dates(&rule(week), 4), ["2026-01-31", "2026-02-10", "2026-02-14", "2026-02-24"]);
        let bare = Repeat::Week { step: 1, days: Vec::new() };
        assert_eq!(dates(&rule(bare), 2), ["2026-01-31", "2026-02-07"]);
        let day = Repeat::MonthDay { step: 1, day: 31 };
        assert_eq!(dates(&rule(day), 3), ["2026-01-31", "2026-03-31", "2026-05-31"]);
        let last = Repeat::MonthDay { step: 1, day: -1 };
        assert_eq!(dates(&rule(last), 3), ["2026-01-31", "2026-02-28", "2026-03-31"]);
        let second = Repeat::MonthWeekday { step: 2, nth: 2, day: Day::Tue };
        assert_eq!(dates(&rule(second), 2), ["2026-03-10", "2026-05-12"]);
        let final_friday = Repeat::MonthWeekday { step: 1, nth: -1, day: Day::Fri };
        assert_eq!(dates(&rule(final_friday), 2), ["2026-02-27", "2026-03-27"]);
        let never = Repeat::MonthDay { step: 1, day: 32 };
        assert!(dates(&rule(never), 1).is_empty());
    }

    #[test]
    fn a_count_becomes_a_last_date_and_exceptions_count_in() {
        let mut rule = when(
            Repeat::Week { step: 1, days: vec![Day::Mon] },
            date(2026, 3, 4),
            &[(time(9, 0, 0, 0), time(10, 0, 0, 0))],
        );
        assert_eq!(last_date(&rule, 1), Some(date(2026, 3, 9)));
        assert_eq!(last_date(&rule, 3), Some(date(2026, 3, 23)));
        rule.except = vec![date(2026, 3, 16)];
        rule.until = last_date(&rule, 3);
        assert_eq!(dates(&rule, 9), ["2026-03-09", "2026-03-23"]);
    }

    #[test]
    fn the_night_that_is_short_and_the_one_that_is_long() {
        let berlin = zone("Europe/Berlin").unwrap();
        let hour = |hour, minute| time(hour, minute, 0, 0);
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let on = |spans: &[(Time, Time)], day: Date| {
            let rule = when(Repeat::Day { step: 1 }, day, spans);
            let begin = moment(&berlin, day.to_datetime(hour(0, 0))).unwrap();
            let end = moment(&berlin, day.tomorrow().unwrap().to_datetime(hour(0, 0))).unwrap();
            occurrences(&rule, &berlin, begin, end)
        };
        // 29 March 2026: 02:00 becomes 03:00 at 01:00 UTC.
        let short = date(2026, 3, 29);
        let jump = at("2026-03-29T01:00:00Z");
        assert_eq!(on(&[(hour(2, 15), hour(2, 45))], short), [], "a time that does not come");
        assert_eq!(on(&[(hour(1, 0), hour(2, 30))], short), [(at("2026-03-29T00:00:00Z"), jump)]);
        assert_eq!(on(&[(hour(2, 30), hour(4, 0))], short), [(jump, at("2026-03-29T02:00:00Z"))]);
        // 25 October 2026: 03:00 becomes 02:00 at 01:00 UTC.
        let long = date(2026, 10, 25);
        assert_eq!(
            on(&[(hour(2, 0), hour(3, 0))], long),
            [(at("2026-10-25T00:00:00Z"), at("2026-10-25T02:00:00Z"))]
        );
        assert_eq!(
            on(&[(hour(1, 0), hour(2, 30)), (hour(2, 30), hour(4, 0))], long),
            [
                (at("2026-10-24T23:00:00Z"), at("2026-10-25T00:30:00Z")),
                (at("2026-10-25T00:30:00Z"), at("2026-10-25T03:00:00Z"))
            ]
        );
    }

    #[test]
    fn over_midnight_and_over_days() {
        let utc = TimeZone::UTC;
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let night = when(
            Repeat::Week { step: 1, days: vec![Day::Fri] },
            date(2026, 1, 2),
            &[(time(22, 0, 0, 0), time(2, 0, 0, 0))],
        );
        assert!(is_on(&night, &utc, at("2026-01-02T22:00:00Z")));
        assert!(is_on(&night, &utc, at("2026-01-03T01:59:59Z")), "Saturday's small hours are Friday's");
        assert!(!is_on(&night, &utc, at("2026-01-03T02:00:00Z")));
        assert!(!is_on(&night, &utc, at("2026-01-02T01:00:00Z")), "there was no Thursday");
        let all_day = when(Repeat::Once, date(2026, 1, 2), &[(Time::midnight(), Time::midnight())]);
        assert!(is_on(&all_day, &utc, at("2026-01-02T23:59:59Z")));
        assert!(!is_on(&all_day, &utc, at("2026-01-03T00:00:00Z")));
        let mut fair = when(Repeat::Once, date(2026, 1, 2), &[(time(10, 0, 0, 0), time(18, 0, 0, 0))]);
        fair.spans[0].days = 300;
        assert!(is_on(&fair, &utc, at("2026-10-29T17:59:59Z")));
        assert!(!is_on(&fair, &utc, at("2026-10-29T18:00:00Z")));
        assert_eq!(next_edge(&fair, &utc, at("2026-01-02T10:00:00Z")), Some(at("2026-10-29T18:00:00Z")));
        assert_eq!(next_edge(&fair, &utc, at("2026-10-29T18:00:00Z")), None);
    }
}
