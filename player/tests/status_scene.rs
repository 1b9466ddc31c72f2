//! Draws every status screen and measures it: everything inside its panel, nothing over something else, at
//! sizes from a small panel to 4K.

use signage_player::frame::Size;
use signage_player::scene::{Area, Layout, Painter, ProblemView, StatusView};
use signage_protocol::bus::Phase;
use signage_protocol::problem::Code;

const SIZES: [Size; 7] = [
    Size::new(1280, 720),
    Size::new(1920, 1080),
    Size::new(3840, 2160),
    Size::new(1024, 768),
    Size::new(800, 480),
    Size::new(800, 1280),
    Size::new(2560, 1080),
];

fn view(phase: Phase) -> StatusView {
    StatusView {
        phase,
        device_name: "Lobby, second floor, beside the northern entrance".into(),
        address: "2001:db8:1234:5678:9abc:def0:1234:5678".into(),
        hub: "https://hub.a-rather-long-name.example.com:8443".into(),
        device_id: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k".into(),
        progress: None,
        problem: None,
    }
}

fn inside(inner: &Area, outer: &Area) -> bool {
    inner.x >= outer.x - 1.0
        && inner.y >= outer.y - 1.0
        && inner.right() <= outer.right() + 1.0
        && inner.bottom() <= outer.bottom() + 1.0
}

fn overlap(a: &Area, b: &Area) -> bool {
    a.x + 1.0 < b.right() && b.x + 1.0 < a.right() && a.y + 1.0 < b.bottom() && b.y + 1.0 < a.bottom()
}

fn check(layout: &Layout, size: Size, what: &str) {
    let screen = Area { x: 0.0, y: 0.0, width: size.width as f32, height: size.height as f32 };
    for area in &layout.texts {
        assert!(inside(area, &screen), "{what} {size}: {area:?} leaves the screen");
    }
    if let Some(panel) = &layout.panel {
        assert!(inside(panel, &screen), "{what} {size}: {panel:?} leaves the screen");
        for area in &layout.panel_texts {
            assert!(inside(area, panel), "{what} {size}: {area:?} leaves its panel {panel:?}");
        }
        for area in &layout.texts {
            assert!(!overlap(area, panel), "{what} {size}: {area:?} under the panel {panel:?}");
        }
    }
    let all: Vec<&Area> = layout.texts.iter().chain(&layout.panel_texts).collect();
    for (index, a) in all.iter().enumerate() {
        for b in &all[index + 1..] {
            assert!(!overlap(a, b), "{what} {size}: {a:?} over {b:?}");
        }
    }
}

#[test]
fn every_phase_fits() {
    let mut painter = Painter::default();
    for &phase in Phase::ALL {
        for size in SIZES {
            let mut view = view(phase);
            view.progress = Some("Downloading 12 of 345: ".to_owned() + &"a long title ".repeat(20));
            let (frame, layout) = painter.paint(&view, size).unwrap();
            assert_eq!(frame.size(), size);
            check(&layout, size, phase.as_str());
        }
    }
}

#[test]
fn every_problem_fits_with_any_detail() {
    let mut painter = Painter::default();
    for &code in Code::ALL {
        for (size, words) in SIZES.into_iter().zip([0, 3, 200, 12, 60, 200, 1]) {
            let mut view = view(Phase::Enrolling);
            let detail = "word ".repeat(words) + &"x".repeat(words * 3);
            view.problem = Some(ProblemView::new(code, detail.trim(), Some(3599)));
            let (_, layout) = painter.paint(&view, size).unwrap();
            assert!(layout.panel_texts.len() >= 4 + usize::from(words > 0), "{code} {size}");
            check(&layout, size, code.as_str());
        }
    }
}

#[test]
fn a_countdown_changes_its_line_and_nothing_else() {
    let mut painter = Painter::default();
    let size = SIZES[0];
    let mut at = |seconds| {
        let mut view = view(Phase::Enrolling);
        view.problem = Some(ProblemView::new(Code::HubUnreachable, "no answer", Some(seconds)));
        painter.paint(&view, size).unwrap()
    };
    let ((twelve, _), (eleven, layout)) = (at(12), at(11));
    let line = layout.panel_texts.last().unwrap();
    let mut differences = 0;
    for y in 0..size.height {
        for x in 0..size.width {
            if twelve.rgb(x, y) != eleven.rgb(x, y) {
                differences += 1;
                let (x, y) = (x as f32, y as f32);
                let widened = Area { width: line.width + 40.0, ..*line };
                assert!(inside(&Area { x, y, width: 0.0, height: 0.0 }, &widened), "{x},{y} beside {line:?}");
            }
        }
    }
    assert!(differences > 20);
}

#[test]
fn a_code_of_a_newer_provisioner_is_shown_as_it_is() {
    let status = signage_protocol::bus::Status {
        phase: "enrolling".into(),
        problem_code: "NEW-042".into(),
        problem_detail: "something".into(),
        retry_at: 61_000,
        ..Default::default()
    };
    let problem = StatusView::from_status(&status, 1_500).problem.unwrap();
    assert_eq!(
        (problem.code.as_str(), problem.detail.as_str(), problem.retry_in),
        ("NEW-042", "something", Some(60))
    );
    let (_, layout) = Painter::default().paint(&StatusView::from_status(&status, 0), SIZES[0]).unwrap();
    check(&layout, SIZES[0], "unknown code");
}
