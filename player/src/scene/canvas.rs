//! A small drawing surface: filled shapes by tiny-skia, text by cosmic-text with the bundled font.
//!
//! Pixels are kept in the order B, G, R, x of [`Frame`]: every colour is handed to tiny-skia with red and blue
//! exchanged, so no picture has to be converted. The font is in the binary, since the first picture is drawn
//! before any file system but the root is there, and a search for system fonts takes longer than the picture.

use std::fmt;
use std::sync::Arc;

use cosmic_text::{
    Attrs, Buffer, Color as TextColor, Ellipsize, EllipsizeHeightLimit, Family, FontSystem, Metrics, Shaping,
    SwashCache, Weight, Wrap, fontdb,
};
use tiny_skia::{FillRule, Paint, PathBuilder, Pixmap, Rect, Transform};

use crate::frame::{Frame, Size};

const REGULAR: &[u8] = include_bytes!("../../assets/Inter-Regular.subset.otf");
const BOLD: &[u8] = include_bytes!("../../assets/Inter-Bold.subset.otf");
const FAMILY: &str = "Inter";
/// Distance of lines, in font sizes.
const LINE_HEIGHT: f32 = 1.25;

/// An opaque colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color(pub u8, pub u8, pub u8);

/// A place on the canvas, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

impl Area {
    /// Its right edge.
    pub fn right(&self) -> f32 {
        self.x + self.width
    }

    /// Its lower edge.
    pub fn bottom(&self) -> f32 {
        self.y + self.height
    }
}

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub struct Type {
    /// Font size in pixels.
    pub size: f32,
    /// Bold or regular.
    pub bold: bool,
    /// Its colour.
    pub color: Color,
    /// What does not fit into so many lines ends with an ellipsis.
    pub max_lines: usize,
}

impl Type {
    /// Distance of two lines in pixels.
    pub fn line_height(&self) -> f32 {
        (self.size * LINE_HEIGHT).round()
    }
}

/// The bundled font, ready to shape and draw.
pub struct Fonts {
    system: FontSystem,
    glyphs: SwashCache,
}

impl Default for Fonts {
    fn default() -> Self {
        let mut database = fontdb::Database::new();
        for data in [REGULAR, BOLD] {
            database.load_font_source(fontdb::Source::Binary(Arc::new(data)));
        }
        let system = FontSystem::new_with_locale_and_db("en-US".into(), database);
        Self { system, glyphs: SwashCache::new() }
    }
}

impl Fonts {
    /// Lays a text out in `width` pixels.
    fn shape(&mut self, text: &str, style: Type, width: f32) -> Buffer {
        let max_lines = style.max_lines.max(1);
        let mut buffer = Buffer::new(&mut self.system, Metrics::new(style.size, style.line_height()));
        buffer.set_size(Some(width.max(1.0)), None);
        buffer.set_wrap(Wrap::WordOrGlyph);
        let weight = if style.bold { Weight::BOLD } else { Weight::NORMAL };
        let attributes = Attrs::new().family(Family::Name(FAMILY)).weight(weight);
        buffer.set_text(text, &attributes, Shaping::Advanced, None);
        buffer.shape_until_scroll(&mut self.system, false);
        // Only where it is needed: with an ellipsis possible, wrapped lines begin with the blank they broke at.
        if buffer.layout_runs().count() > max_lines {
            buffer.set_ellipsize(Ellipsize::End(EllipsizeHeightLimit::Lines(max_lines)));
            buffer.shape_until_scroll(&mut self.system, false);
        }
        buffer
    }

    /// Width and height that a text takes when it may be `width` pixels wide.
    pub fn measure(&mut self, text: &str, style: Type, width: f32) -> (f32, f32) {
        measured(&self.shape(text, style, width), style)
    }
}

fn measured(buffer: &Buffer, style: Type) -> (f32, f32) {
    let (width, lines) =
        buffer.layout_runs().fold((0f32, 0f32), |(width, lines), run| (width.max(run.line_w), lines + 1.0));
    (width, lines * style.line_height())
}

impl fmt::Debug for Fonts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fonts").finish_non_exhaustive()
    }
}

/// A picture being drawn.
#[derive(Debug, Clone)]
pub struct Canvas {
    pixmap: Pixmap,
}

impl Canvas {
    /// A canvas filled with one colour; `None` for an impossible size.
    pub fn new(size: Size, background: Color) -> Option<Self> {
        let mut pixmap = Pixmap::new(size.width, size.height)?;
        pixmap.fill(skia(background));
        Some(Self { pixmap })
    }

    /// A filled rectangle with round corners.
    pub fn panel(&mut self, area: Area, radius: f32, color: Color) {
        let Area { x, y, width, height } = area;
        let radius = radius.min(width / 2.0).min(height / 2.0);
        let Some(path) = rounded(x, y, width, height, radius) else {
            return;
        };
        self.pixmap.fill_path(&path, &paint(color), FillRule::Winding, Transform::identity(), None);
    }

    /// A filled disc.
    pub fn disc(&mut self, x: f32, y: f32, radius: f32, color: Color) {
        let Some(path) = PathBuilder::from_circle(x, y, radius) else {
            return;
        };
        self.pixmap.fill_path(&path, &paint(color), FillRule::Winding, Transform::identity(), None);
    }

    /// A filled polygon.
    pub fn polygon(&mut self, points: &[(f32, f32)], color: Color) {
        let mut builder = PathBuilder::new();
        for (index, &(x, y)) in points.iter().enumerate() {
            if index == 0 { builder.move_to(x, y) } else { builder.line_to(x, y) }
        }
        builder.close();
        let Some(path) = builder.finish() else { return };
        self.pixmap.fill_path(&path, &paint(color), FillRule::Winding, Transform::identity(), None);
    }

    /// Draws a text with its upper left corner at a place, and returns what it covers.
    pub fn text(
        &mut self,
        fonts: &mut Fonts,
        (x, y): (f32, f32),
        width: f32,
        style: Type,
        text: &str,
    ) -> Area {
        let mut buffer = fonts.shape(text, style, width);
        let (text_width, height) = measured(&buffer, style);
        let (left, top) = (x.round() as i32, y.round() as i32);
        let (limit_x, limit_y) = (self.pixmap.width() as i32, self.pixmap.height() as i32);
        let stride = self.pixmap.width() as usize * 4;
        let data = self.pixmap.data_mut();
        let Color(red, green, blue) = style.color;
        let color = TextColor::rgb(red, green, blue);
        buffer.draw(&mut fonts.system, &mut fonts.glyphs, color, |x, y, width, height, color| {
            for y in (y + top).max(0)..(y + top + height as i32).min(limit_y) {
                for x in (x + left).max(0)..(x + left + width as i32).min(limit_x) {
                    let at = y as usize * stride + x as usize * 4;
                    blend(&mut data[at..at + 3], color);
                }
            }
        });
        Area { x, y, width: text_width, height }
    }

    /// The finished picture.
    pub fn into_frame(self) -> Option<Frame> {
        let size = Size::new(self.pixmap.width(), self.pixmap.height());
        Frame::from_pixels(size, self.pixmap.take())
    }
}

/// Mixes a colour into an opaque pixel of the order B, G, R.
fn blend(pixel: &mut [u8], color: TextColor) {
    let alpha = u32::from(color.a());
    for (under, over) in pixel.iter_mut().zip([color.b(), color.g(), color.r()]) {
        let mixed = u32::from(over) * alpha + u32::from(*under) * (255 - alpha);
        *under = ((mixed + 127) / 255) as u8;
    }
}

fn skia(Color(red, green, blue): Color) -> tiny_skia::Color {
    tiny_skia::Color::from_rgba8(blue, green, red, 255)
}

fn paint(color: Color) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color(skia(color));
    paint
}

fn rounded(x: f32, y: f32, width: f32, height: f32, radius: f32) -> Option<tiny_skia::Path> {
    if radius <= 0.5 {
        return Some(PathBuilder::from_rect(Rect::from_xywh(x, y, width, height)?));
    }
    // The distance of the control points of a quarter circle from its corner.
    let near = radius * (1.0 - 0.552_285);
    let (right, bottom) = (x + width, y + height);
    let mut path = PathBuilder::new();
    path.move_to(x + radius, y);
    path.line_to(right - radius, y);
    path.cubic_to(right - near, y, right, y + near, right, y + radius);
    path.line_to(right, bottom - radius);
    path.cubic_to(right, bottom - near, right - near, bottom, right - radius, bottom);
    path.line_to(x + radius, bottom);
    path.cubic_to(x + near, bottom, x, bottom - near, x, bottom - radius);
    path.line_to(x, y + radius);
    path.cubic_to(x, y + near, x + near, y, x + radius, y);
    path.close();
    path.finish()
}
