//! Which item of a playlist is due. Its rules make an item due, they do not start it: the playlist goes round in its
//! order and passes over what is not due.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use signage_protocol::document::program::{Day, Page};

/// Whether an item may be shown at a moment; `last` is when it was shown last. In the night in which an hour comes
/// twice, it is due in both.
pub fn is_due(page: &Page, zone: &TimeZone, at: Timestamp, last: Option<Timestamp>) -> bool {
    let rested = match (page.min_interval_ms, last) {
        (Some(interval), Some(last)) => {
            // A clock that was set back must not hold an item for ever.
            last > at || at.as_millisecond().abs_diff(last.as_millisecond()) >= interval
        }
        _ => true,
    };
    rested && in_hours(page, zone.to_datetime(at))
}

fn in_hours(page: &Page, wall: DateTime) -> bool {
    let holds = |date: jiff::civil::Date| {
        page.from.is_none_or(|from| from <= date)
            && page.until.is_none_or(|until| date <= until)
            && (page.days.is_empty() || page.days.contains(&Day::of(date)))
    };
    if page.hours.is_empty() {
        return holds(wall.date());
    }
    page.hours.iter().any(|span| {
        let mut date = Some(wall.date());
        for back in 0..=span.last_day() {
            let Some(begun) = date else { return false };
            let after_begin = back > 0 || wall.time() >= span.from;
            let before_end = back < span.last_day() || wall.time() < span.to;
            if after_begin && before_end && holds(begun) {
                return true;
            }
            date = begun.yesterday().ok();
        }
        false
    })
}

/// The place of the item that comes after `place`, which may be the same one again; the first one with `None`. None
/// when nothing is due.
pub fn next_due(
    pages: &[Page],
    zone: &TimeZone,
    at: Timestamp,
    place: Option<usize>,
    last: impl Fn(&Page) -> Option<Timestamp>,
) -> Option<usize> {
    let first = place.map_or(0, |place| place + 1);
    (first..first + pages.len()).map(|place| place % pages.len()).find(|&place| {
        let page = &pages[place];
        is_due(page, zone, at, last(page))
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use signage_protocol::document::program::{Show, Span};

    use super::*;

    fn page(id: &str) -> Page {
        Page {
            id: id.into(),
            title: String::new(),
            show: Show::Web { url: "https://a.example".into() },
            duration_ms: None,
            from: None,
            until: None,
            days: Vec::new(),
            hours: Vec::new(),
            min_interval_ms: None,
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn days_hours_and_dates() {
        let (utc, mut one) = (TimeZone::UTC, page("1"));
        one.days = vec![Day::Fri];
        one.hours = vec![Span { from: time(22, 0, 0, 0), to: time(2, 0, 0, 0), days: 0 }];
        one.from = Some(date(2026, 1, 2));
        one.until = Some(date(2026, 1, 2));
        for (moment, due) in [
            ("2026-01-02T21:59:59Z", false),
            ("2026-01-02T22:00:00Z", true),
            ("2026-01-03T01:59:59Z", true),
            ("2026-01-03T02:00:00Z", false),
            ("2026-01-02T01:00:00Z", false),
            ("2026-01-09T23:00:00Z", false),
        ] {
            assert_eq!(is_due(&one, &utc, at(moment), None), due, "{moment}");
        }
        one.hours.clear();
        assert!(is_due(&one, &utc, at("2026-01-02T00:00:00Z"), None));
        assert!(!is_due(&one, &utc, at("2026-01-03T00:00:00Z"), None));
    }

    #[test]
    fn the_order_stays_and_what_is_not_due_is_passed_over() {
        let utc = TimeZone::UTC;
        let mut pages = vec![page("1"), page("2"), page("3")];
        pages[1].min_interval_ms = Some(60_000);
        let now = at("2026-01-02T12:00:30Z");
        let last = |page: &Page| (page.id == "2").then(|| at("2026-01-02T12:00:00Z"));
        let next = |place| next_due(&pages, &utc, now, place, last);
        assert_eq!((next(None), next(Some(0)), next(Some(2))), (Some(0), Some(2), Some(0)));
        let later = at("2026-01-02T12:01:00Z");
        assert_eq!(next_due(&pages, &utc, later, Some(0), last), Some(1));
        let earlier = at("2026-01-01T00:00:00Z");
        assert_eq!(next_due(&pages, &utc, earlier, Some(0), last), Some(1), "the clock was set back");
        for page in &mut pages {
            page.until = Some(date(2020, 1, 1));
        }
        assert_eq!(next_due(&pages, &utc, now, Some(0), last), None);
        assert_eq!(next_due(&[], &utc, now, None, last), None);
    }
}
