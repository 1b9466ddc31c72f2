//! Rules of the schedule in words.

use jiff::civil::{Date, Time};
use signage_protocol::document::program::{Day, Repeat, Span};

use crate::composition::Audience;
use crate::composition::schedules::Timing;

/// A day of the week.
pub fn day_name(day: Day) -> &'static str {
    match day {
        Day::Mon => "Monday",
        Day::Tue => "Tuesday",
        Day::Wed => "Wednesday",
        Day::Thu => "Thursday",
        Day::Fri => "Friday",
        Day::Sat => "Saturday",
        Day::Sun => "Sunday",
    }
}

/// A time of day without seconds, as a form has it.
pub fn time(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// Days of the week; all when there is none.
pub fn days(days: &[Day]) -> String {
    use Day::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    match days {
        [] | [Mon, Tue, Wed, Thu, Fri, Sat, Sun] => "every day".into(),
        [Mon, Tue, Wed, Thu, Fri] => "Monday to Friday".into(),
        [Sat, Sun] => "at weekends".into(),
        days => list(&days.iter().map(|&day| day_name(day).to_owned()).collect::<Vec<_>>()),
    }
}

/// Times of day; none is all day.
pub fn spans(spans: &[Span]) -> String {
    let whole = |span: &Span| span.from == span.to && span.days <= 1;
    if spans.is_empty() || spans.iter().all(whole) {
        return "all day".into();
    }
    let one = |span: &Span| match span.days {
        0 | 1 => format!("{} to {}", time(span.from), time(span.to)),
        days => format!("{} to {} {days} days later", time(span.from), time(span.to)),
    };
    list(&spans.iter().map(one).collect::<Vec<_>>())
}

/// When an entry is shown; `block` is the name of its time block.
pub fn timing(timing: &Timing, block: Option<&str>) -> String {
    let every = |step: u16, one: &str| match step {
        1 => format!("every {one}"),
        step => format!("every {step} {one}s"),
    };
    let dates = match &timing.repeat {
        Repeat::Once => format!("on {}", timing.date),
        Repeat::Day { step } => every(*step, "day"),
        Repeat::Week { step, days: chosen } => {
            let on = if chosen.is_empty() { vec![Day::of(timing.date)] } else { chosen.clone() };
            match step {
                1 => days(&on),
                step => format!("{}, {}", every(*step, "week"), days(&on)),
            }
        }
        Repeat::MonthDay { step, day: -1 } => format!("on the last day of {}", every(*step, "month")),
        Repeat::MonthDay { step, day } => format!("on day {day} of {}", every(*step, "month")),
        Repeat::MonthWeekday { step, nth, day } => {
            format!("on the {} {} of {}", ordinal(*nth), day_name(*day), every(*step, "month"))
        }
        Repeat::Unknown => "never".into(),
    };
    let mut text = format!("{}, {dates}", block.map_or_else(|| spans(&timing.spans), ToOwned::to_owned));
    if timing.repeat != Repeat::Once {
        text.push_str(&format!(", from {}", timing.date));
        text.push_str(&end(timing.until, timing.count));
    }
    if !timing.except.is_empty() {
        let dates: Vec<String> = timing.except.iter().map(Date::to_string).collect();
        text.push_str(&format!(", but not on {}", list(&dates)));
    }
    text
}

fn end(until: Option<Date>, count: Option<u32>) -> String {
    match (until, count) {
        (Some(until), _) => format!(" until {until}"),
        (None, Some(count)) => format!(", {count} times"),
        (None, None) => String::new(),
    }
}

/// Such as "second"; -1 is the last one.
pub fn ordinal(nth: i8) -> &'static str {
    match nth {
        1 => "first",
        2 => "second",
        3 => "third",
        4 => "fourth",
        5 => "fifth",
        _ => "last",
    }
}

/// On which screens, with `name` for those that are listed one by one.
pub fn audience(audience: &Audience, name: impl Fn(&str) -> String) -> String {
    if audience.everybody {
        return "every screen".into();
    }
    let mut parts = Vec::new();
    let mut add = |what: &str, names: Vec<String>| {
        if !names.is_empty() {
            parts.push(format!("{what}{}", list(&names)));
        }
    };
    add("", audience.screens.iter().map(|id| name(id)).collect());
    add("tagged ", audience.tags.clone());
    add("in folder ", audience.folders.clone());
    add("in group ", audience.groups.clone());
    parts.join("; ")
}

/// Names as people list them.
fn list(names: &[String]) -> String {
    match names {
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        names => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time as at};

    use super::*;

    fn every(repeat: Repeat) -> Timing {
        let span = Span { from: at(9, 0, 0, 0), to: at(17, 30, 0, 0), days: 0 };
        let date = date(2026, 3, 2);
        Timing { date, repeat, until: None, count: None, except: vec![], spans: vec![span], time_block: None }
    }

    #[test]
    fn rules_read_as_sentences() {
        assert_eq!(timing(&every(Repeat::Once), None), "09:00 to 17:30, on 2026-03-02");
        let weekly = Repeat::Week { step: 1, days: vec![Day::Mon, Day::Wed] };
        assert_eq!(timing(&every(weekly), None), "09:00 to 17:30, Monday and Wednesday, from 2026-03-02");
        let mut monthly = every(Repeat::MonthWeekday { step: 2, nth: -1, day: Day::Fri });
        monthly.count = Some(3);
        monthly.except = vec![date(2026, 5, 29)];
        assert_eq!(
            timing(&monthly, Some("Opening hours")),
            "Opening hours, on the last Friday of every 2 months, from 2026-03-02, 3 times, but not on 2026-05-29"
        );
    }

    #[test]
    fn everybody_is_said_once() {
        assert_eq!(audience(&Audience::everybody(), |_| String::new()), "every screen");
        let some =
            Audience { screens: vec!["a".into()], tags: vec!["x".into(), "y".into()], ..Audience::default() };
        assert_eq!(audience(&some, |id| id.to_uppercase()), "A; tagged x and y");
    }
}
