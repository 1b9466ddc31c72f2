//! Draws the status scene: mark and steps on top, what happens or what is wrong in the middle, who and where
//! this device is at the bottom.
//!
//! Everything is measured in units of 1/720 of the height of a landscape screen (narrow screens count their
//! width), so the sentences are about 36 units: readable from across a room, and by a text recogniser.

use signage_protocol::bus::Phase;

use super::canvas::{Area, Canvas, Color, Fonts, Type};
use super::{ProblemView, StatusView};
use crate::frame::{Frame, Size};

const BACKGROUND: Color = Color(0x0f, 0x17, 0x2a);
const PANEL: Color = Color(0x1b, 0x26, 0x3b);
const LINE: Color = Color(0x33, 0x41, 0x55);
const TEXT: Color = Color(0xf8, 0xfa, 0xfc);
const SOFT: Color = Color(0xd5, 0xdd, 0xe8);
const MUTED: Color = Color(0x9f, 0xb0, 0xc6);
const ACCENT: Color = Color(0x2d, 0xd4, 0xbf);
const WARNING: Color = Color(0xfb, 0xbf, 0x24);

/// Units of the smallest layout.
const MIN_WIDTH: f32 = 900.0;
const MIN_HEIGHT: f32 = 720.0;
const MARGIN: f32 = 64.0;
const STEPS: [&str; 4] = ["Settings", "Network", "Hub", "Ready"];
/// Characters of the device id that tell the devices of one account apart.
const SHORT_ID: usize = 8;

/// Where things were drawn, in pixels, for tests of the layout.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// The panel of a problem.
    pub panel: Option<Area>,
    /// The texts inside it.
    pub panel_texts: Vec<Area>,
    /// All other texts.
    pub texts: Vec<Area>,
}

/// Draws status scenes and remembers the last one without its countdown: the only part that changes every
/// second.
#[derive(Debug, Default)]
pub struct Painter {
    fonts: Fonts,
    last: Option<Base>,
}

#[derive(Debug)]
struct Base {
    size: Size,
    view: StatusView,
    canvas: Canvas,
    layout: Layout,
    countdown: Option<(f32, f32)>,
}

impl Painter {
    /// Draws `view`; `None` only for a size that cannot be.
    pub fn paint(&mut self, view: &StatusView, size: Size) -> Option<(Frame, Layout)> {
        let mut still = view.clone();
        let retry_in =
            still.problem.as_mut().and_then(|problem| problem.retry_in.as_mut()).map(std::mem::take);
        if self.last.as_ref().is_none_or(|base| base.size != size || base.view != still) {
            self.last = Some(self.base(still, size)?);
        }
        let base = self.last.as_ref()?;
        let mut canvas = base.canvas.clone();
        let mut layout = base.layout.clone();
        if let (Some(seconds), Some(place)) = (retry_in, base.countdown) {
            let text = match seconds {
                0 => "Trying now …".into(),
                1..120 => format!("Next try in {seconds} s"),
                _ => format!("Next try in {} min", seconds.div_ceil(60)),
            };
            let unit = unit(size);
            let style = style(unit, 28.0, true, ACCENT, 1);
            let area = canvas.text(&mut self.fonts, place, size.width as f32, style, &text);
            layout.panel_texts.push(area);
        }
        Some((canvas.into_frame()?, layout))
    }

    fn base(&mut self, view: StatusView, size: Size) -> Option<Base> {
        let mut sheet = Sheet {
            canvas: Canvas::new(size, BACKGROUND)?,
            fonts: &mut self.fonts,
            unit: unit(size),
            width: size.width as f32 / unit(size),
            height: size.height as f32 / unit(size),
            layout: Layout::default(),
        };
        sheet.mark();
        sheet.steps(view.phase, view.problem.is_some());
        let bottom = sheet.footer(&view);
        let countdown = match &view.problem {
            Some(problem) => sheet.problem(&view, problem, bottom),
            None => {
                sheet.calm(&view, bottom);
                None
            }
        };
        let Sheet { canvas, layout, .. } = sheet;
        Some(Base { size, view, canvas, layout, countdown })
    }
}

fn unit(size: Size) -> f32 {
    (size.width as f32 / MIN_WIDTH).min(size.height as f32 / MIN_HEIGHT)
}

fn style(unit: f32, size: f32, bold: bool, color: Color, max_lines: usize) -> Type {
    Type { size: size * unit, bold, color, max_lines }
}

/// A problem that is the normal state of a new screen and only tells what to do next.
fn is_instruction(code: &str) -> bool {
    matches!(code, "USB-001" | "AUT-001" | "PLY-001")
}

/// The canvas in units.
struct Sheet<'a> {
    canvas: Canvas,
    fonts: &'a mut Fonts,
    unit: f32,
    width: f32,
    height: f32,
    layout: Layout,
}

impl Sheet<'_> {
    fn area(&self, x: f32, y: f32, width: f32, height: f32) -> Area {
        Area { x: x * self.unit, y: y * self.unit, width: width * self.unit, height: height * self.unit }
    }

    /// Draws a text and returns what it covers, in units.
    fn text(&mut self, (x, y): (f32, f32), width: f32, style: Type, text: &str) -> Area {
        let place = (x * self.unit, y * self.unit);
        let area = self.canvas.text(self.fonts, place, width * self.unit, style, text);
        self.layout.texts.push(area);
        Area {
            x: area.x / self.unit,
            y: area.y / self.unit,
            width: area.width / self.unit,
            height: area.height / self.unit,
        }
    }

    fn style(&self, size: f32, bold: bool, color: Color, max_lines: usize) -> Type {
        style(self.unit, size, bold, color, max_lines)
    }

    /// The product's mark: a screen that plays, and its name.
    fn mark(&mut self) {
        let (x, y) = (MARGIN, 40.0);
        self.canvas.panel(self.area(x, y, 60.0, 42.0), 9.0 * self.unit, ACCENT);
        let triangle = [(24.0, 11.0), (24.0, 31.0), (41.0, 21.0)];
        let points = triangle.map(|(dx, dy)| ((x + dx) * self.unit, (y + dy) * self.unit));
        self.canvas.polygon(&points, BACKGROUND);
        self.canvas.panel(self.area(x + 18.0, y + 46.0, 24.0, 5.0), 2.5 * self.unit, ACCENT);
        self.text((x + 76.0, y), 200.0, self.style(38.0, true, TEXT, 1), "Signage");
    }

    /// How far the device has come. The present step is marked in the colour of what is going on.
    fn steps(&mut self, phase: Phase, troubled: bool) {
        let present = match phase {
            Phase::Starting | Phase::Sources | Phase::Settings => 0,
            Phase::Network | Phase::Clock => 1,
            Phase::Enrolling | Phase::Pending | Phase::Unauthorized => 2,
            Phase::Authorized => 3,
        };
        let pitch = 132.0;
        let first = self.width - MARGIN - pitch * 3.0 - 52.0;
        let y = 52.0;
        for (index, label) in STEPS.iter().enumerate() {
            let x = first + pitch * index as f32;
            if index > 0 {
                let color = if index <= present { ACCENT } else { LINE };
                self.canvas.panel(
                    self.area(x - pitch + 20.0, y - 2.0, pitch - 40.0, 4.0),
                    2.0 * self.unit,
                    color,
                );
            }
            let (color, label_color) = match index.cmp(&present) {
                std::cmp::Ordering::Less => (ACCENT, SOFT),
                std::cmp::Ordering::Equal if troubled => (WARNING, TEXT),
                std::cmp::Ordering::Equal => (ACCENT, TEXT),
                std::cmp::Ordering::Greater => (LINE, MUTED),
            };
            let (cx, cy) = (x * self.unit, y * self.unit);
            self.canvas.disc(cx, cy, 11.0 * self.unit, color);
            if index >= present {
                self.canvas.disc(cx, cy, 6.5 * self.unit, BACKGROUND);
            }
            let style = self.style(22.0, index == present, label_color, 1);
            let (width, _) = self.fonts.measure(label, style, self.width * self.unit);
            self.text((x - width / self.unit / 2.0, y + 20.0), 200.0, style, label);
        }
    }

    /// Facts about the device; returns where the space above them ends.
    fn footer(&mut self, view: &StatusView) -> f32 {
        let hub = view.hub.trim_start_matches("https://").trim_end_matches('/');
        let id: String = view.device_id.chars().take(SHORT_ID).collect();
        let facts = [
            ("Screen", view.device_name.as_str()),
            ("Address", &view.address),
            ("Hub", hub),
            ("Device ID", &id),
        ];
        let columns: &[f32] = if self.width > self.height { &[0.28, 0.23, 0.32, 0.17] } else { &[0.5, 0.5] };
        let size = if columns.len() == 4 && self.width < 1100.0 { 22.0 } else { 28.0 };
        let inner = self.width - 2.0 * MARGIN;
        let rows = facts.len().div_ceil(columns.len());
        let top = self.height - 30.0 - 78.0 * rows as f32;
        self.canvas.panel(self.area(MARGIN, top - 12.0, inner, 2.0), 0.0, LINE);
        for (index, (label, value)) in facts.into_iter().enumerate() {
            let column = index % columns.len();
            let x = MARGIN + inner * columns[..column].iter().sum::<f32>();
            let y = top + 78.0 * (index / columns.len()) as f32;
            let width = inner * columns[column] - 20.0;
            self.text((x, y), width, self.style(20.0, false, MUTED, 1), label);
            let value = if value.is_empty() { "–" } else { value };
            self.text((x, y + 28.0), width, self.style(size, false, TEXT, 1), value);
        }
        top - 12.0
    }

    /// Nothing is wrong: the phase, large, and what is being done.
    fn calm(&mut self, view: &StatusView, bottom: f32) {
        let top = 130.0;
        let inner = self.width - 2.0 * MARGIN;
        let title = self.style(64.0, true, TEXT, 2);
        let (_, height) = self.fonts.measure(view.phase.title(), title, inner * self.unit);
        let height = height / self.unit;
        let y = top + (bottom - top - height - 60.0).max(0.0) / 2.0;
        self.text((MARGIN, y), inner, title, view.phase.title());
        if let Some(progress) = &view.progress {
            self.text((MARGIN, y + height + 18.0), inner, self.style(32.0, false, SOFT, 2), progress);
        }
    }

    /// Something is wrong: a panel with code, cause, action, detail; returns where the countdown goes, in
    /// pixels.
    fn problem(&mut self, view: &StatusView, problem: &ProblemView, bottom: f32) -> Option<(f32, f32)> {
        let inner = self.width - 2.0 * MARGIN;
        let mut top = 124.0;
        let title = self.text((MARGIN, top), inner, self.style(38.0, true, TEXT, 1), view.phase.title());
        top = title.bottom() + 16.0;
        let color = if is_instruction(&problem.code) { ACCENT } else { WARNING };

        let (pad, bar) = (32.0, 10.0);
        let (x, width) = (MARGIN + bar + pad, inner - bar - 2.0 * pad);
        let limit = bottom - 14.0; // of the panel
        let countdown_height = 44.0;
        let reserved = if problem.retry_in.is_some() { countdown_height } else { 0.0 };

        // Texts are laid out before the panel behind them is drawn, since it is as high as they are.
        let mut blocks = Vec::new();
        let mut y = top + 22.0;
        let fixed = [
            (problem.code.as_str(), self.style(50.0, true, color, 1), 8.0),
            (&problem.cause, self.style(38.0, true, TEXT, 2), 12.0),
            (&problem.action, self.style(33.0, false, SOFT, 2), 16.0),
        ];
        for (text, style, gap) in fixed {
            if !text.is_empty() {
                let (_, height) = self.fonts.measure(text, style, width * self.unit);
                blocks.push((y, style, text));
                y += height / self.unit + gap;
            }
        }
        let mut detail = self.style(27.0, false, MUTED, 1);
        let line = detail.line_height() / self.unit;
        let lines = ((limit - 14.0 - reserved - y) / line).floor();
        if !problem.detail.is_empty() && lines >= 1.0 {
            detail.max_lines = lines.min(6.0) as usize;
            let (_, height) = self.fonts.measure(&problem.detail, detail, width * self.unit);
            blocks.push((y, detail, &problem.detail));
            y += height / self.unit + 12.0;
        }
        let panel = self.area(MARGIN, top, inner, (y + reserved + 14.0).min(limit) - top);
        self.canvas.panel(panel, 14.0 * self.unit, PANEL);
        self.canvas.panel(Area { width: bar * self.unit, ..panel }, 5.0 * self.unit, color);
        self.layout.panel = Some(panel);
        for (y, style, text) in blocks {
            let place = (x * self.unit, y * self.unit);
            let area = self.canvas.text(self.fonts, place, width * self.unit, style, text);
            self.layout.panel_texts.push(area);
        }
        problem.retry_in.map(|_| (x * self.unit, y * self.unit))
    }
}
