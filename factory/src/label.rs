//! What is stuck on the box: the screen's name, its board's serial number, the hub, and a QR code that leads to it.
//! Holds no token. 62 x 29 mm, the customary size of label printers, as PNG and as PDF.

use std::fmt;
use std::io::{Cursor, Write as _};
use std::sync::Arc;

use cosmic_text::{
    Attrs, Buffer, Color, Ellipsize, EllipsizeHeightLimit, Family, FontSystem, Metrics, Shaping, SwashCache,
    Weight, Wrap, fontdb,
};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use image::{GrayImage, ImageFormat, Luma};
use pdf_writer::{Content, Filter, Finish as _, Name, Pdf, Rect, Ref};
use qrcode::{EcLevel, QrCode};

use crate::{Error, Result};

const REGULAR: &[u8] = include_bytes!("../../player/assets/Inter-Regular.subset.otf");
const BOLD: &[u8] = include_bytes!("../../player/assets/Inter-Bold.subset.otf");

/// Millimetres.
const SIZE: (f32, f32) = (62.0, 29.0);
/// Pixels for each inch, as label printers have them.
const DENSITY: f32 = 300.0;
const INCH: f32 = 25.4;
/// Points for each inch, the unit of PDF.
const POINTS: f32 = 72.0;
/// Empty edge in pixels.
const MARGIN: u32 = 24;
/// QR codes want four modules of white around them; the margin is a part of it.
const QUIET: u32 = 4;

const WHITE: Luma<u8> = Luma([255]);
const BLACK: Luma<u8> = Luma([0]);

/// One label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What the screen is called.
    pub name: String,
    /// Serial number of its board.
    pub serial: Option<String>,
    /// Address of the hub.
    pub hub: Option<String>,
    /// Where the QR code leads.
    pub link: String,
}

impl Label {
    /// Its lines: text, size in pixels and whether bold, and how many lines it may take.
    fn lines(&self) -> impl Iterator<Item = (&str, (f32, bool), usize)> {
        let lines = [
            (Some(self.name.as_str()), (44.0, true), 2),
            (self.serial.as_deref(), (30.0, false), 1),
            (self.hub.as_deref(), (26.0, false), 2),
        ];
        lines.into_iter().filter_map(|(text, style, count)| Some((text?, style, count)))
    }

    fn wrong(&self, detail: String) -> Error {
        Error::Label { unit: self.name.clone(), detail }
    }
}

fn pixels(millimetres: f32) -> u32 {
    (millimetres / INCH * DENSITY).round() as u32
}

fn line_height(size: f32) -> f32 {
    (size * 1.2).round()
}

/// The QR code of a label, and the pixels of a module.
fn code(label: &Label) -> Result<(QrCode, u32)> {
    let code = QrCode::with_error_correction_level(&label.link, EcLevel::M)
        .map_err(|error| label.wrong(format!("the link does not fit into a QR code: {error}")))?;
    let module = (pixels(SIZE.1) - 2 * MARGIN) / code.width() as u32;
    // 0.25 mm is what a telephone reads from a hand's breadth.
    match module < 3 {
        true => {
            Err(label.wrong(format!("the link has {} characters, too many for this size", label.link.len())))
        }
        false => Ok((code, module)),
    }
}

/// Draws labels.
pub struct Printer {
    fonts: FontSystem,
    glyphs: SwashCache,
}

impl fmt::Debug for Printer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Printer").finish_non_exhaustive()
    }
}

impl Default for Printer {
    fn default() -> Self {
        let mut database = fontdb::Database::new();
        for data in [REGULAR, BOLD] {
            database.load_font_source(fontdb::Source::Binary(Arc::new(data)));
        }
        // Names in other scripts are drawn with what this machine has.
        database.load_system_fonts();
        let fonts = FontSystem::new_with_locale_and_db("en-US".into(), database);
        Self { fonts, glyphs: SwashCache::new() }
    }
}

impl Printer {
    /// Whether a label can be drawn.
    pub fn check(&mut self, label: &Label) -> Result<()> {
        code(label)?;
        for (text, style, _) in label.lines() {
            self.shape(label, text, style, pixels(SIZE.0) as f32)?;
        }
        Ok(())
    }

    /// A label as a picture.
    pub fn draw(&mut self, label: &Label) -> Result<GrayImage> {
        let mut picture = GrayImage::from_pixel(pixels(SIZE.0), pixels(SIZE.1), WHITE);
        let (code, module) = code(label)?;
        let modules = code.width() as u32;
        let top = (picture.height() - module * modules) / 2;
        for (at, dark) in (0..).zip(code.to_colors()) {
            if dark == qrcode::Color::Dark {
                let (x, y) = (MARGIN + at % modules * module, top + at / modules * module);
                for (dx, dy) in (0..module * module).map(|at| (at % module, at / module)) {
                    picture.put_pixel(x + dx, y + dy, BLACK);
                }
            }
        }
        let left = MARGIN + modules * module + QUIET * module;
        let mut y = MARGIN;
        for (text, style, count) in label.lines() {
            y += self.text(&mut picture, label, (left, y), text, style, count)? + 10;
        }
        Ok(picture)
    }

    /// Refuses what would be blank, since no font has it.
    fn shape(&mut self, label: &Label, text: &str, (size, bold): (f32, bool), width: f32) -> Result<Buffer> {
        let mut buffer = Buffer::new(&mut self.fonts, Metrics::new(size, line_height(size)));
        buffer.set_size(Some(width), None);
        buffer.set_wrap(Wrap::WordOrGlyph);
        let weight = if bold { Weight::BOLD } else { Weight::NORMAL };
        let attributes = Attrs::new().family(Family::Name("Inter")).weight(weight);
        buffer.set_text(text, &attributes, Shaping::Advanced, None);
        buffer.shape_until_scroll(&mut self.fonts, false);
        let missing = buffer.layout_runs().find_map(|run| {
            let blank = run.glyphs.iter().filter(|glyph| glyph.glyph_id == 0);
            // What cannot be seen needs no glyph.
            blank.filter_map(|glyph| run.text[glyph.start..].chars().next()).find(|char| !char.is_control())
        });
        match missing {
            Some(missing) => Err(label.wrong(format!("no font of this machine has {missing:?}"))),
            None => Ok(buffer),
        }
    }

    /// Draws a text of at most so many lines; says how high it became.
    fn text(
        &mut self,
        picture: &mut GrayImage,
        label: &Label,
        (left, top): (u32, u32),
        text: &str,
        style: (f32, bool),
        lines: usize,
    ) -> Result<u32> {
        let mut buffer =
            self.shape(label, text, style, picture.width().saturating_sub(left + MARGIN) as f32)?;
        if buffer.layout_runs().count() > lines {
            buffer.set_ellipsize(Ellipsize::End(EllipsizeHeightLimit::Lines(lines)));
            buffer.shape_until_scroll(&mut self.fonts, false);
        }
        let drawn = buffer.layout_runs().count() as u32;
        buffer.draw(&mut self.fonts, &mut self.glyphs, Color::rgb(0, 0, 0), |x, y, _, _, color| {
            let place = (left.checked_add_signed(x), top.checked_add_signed(y));
            if let (Some(x), Some(y)) = place
                && let Some(pixel) = picture.get_pixel_mut_checked(x, y)
            {
                pixel.0[0] = pixel.0[0].min(255 - color.a());
            }
        });
        Ok(drawn * line_height(style.0) as u32)
    }

    /// A label as PNG.
    pub fn png(&mut self, label: &Label) -> Result<Vec<u8>> {
        let mut bytes = Cursor::new(Vec::new());
        let written = self.draw(label)?.write_to(&mut bytes, ImageFormat::Png);
        written.map_err(|error| label.wrong(error.to_string()))?;
        Ok(bytes.into_inner())
    }

    /// Labels as PDF, a page for each.
    pub fn pdf(&mut self, labels: &[Label]) -> Result<Vec<u8>> {
        let mut pdf = Pdf::new();
        let (catalog, tree) = (Ref::new(1), Ref::new(2));
        let page_of = |at: usize| [0, 1, 2].map(|part| Ref::new((3 + at * 3 + part) as i32));
        pdf.catalog(catalog).pages(tree);
        let kids = (0..labels.len()).map(|at| page_of(at)[0]);
        pdf.pages(tree).kids(kids).count(labels.len() as i32);
        let (width, height) = (SIZE.0 / INCH * POINTS, SIZE.1 / INCH * POINTS);
        for (at, label) in labels.iter().enumerate() {
            let [page_id, picture_id, content_id] = page_of(at);
            let picture = self.draw(label)?;
            let mut page = pdf.page(page_id);
            page.media_box(Rect::new(0.0, 0.0, width, height)).parent(tree).contents(content_id);
            page.resources().x_objects().pair(Name(b"L"), picture_id);
            page.finish();
            let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
            let packed = packed.write_all(&picture).and_then(|()| packed.finish());
            let packed = packed.map_err(|error| label.wrong(error.to_string()))?;
            let mut object = pdf.image_xobject(picture_id, &packed);
            object.bits_per_component(8);
            object.filter(Filter::FlateDecode);
            object.width(picture.width() as i32).height(picture.height() as i32);
            object.color_space().device_gray();
            object.finish();
            let mut content = Content::new();
            content.save_state().transform([width, 0.0, 0.0, height, 0.0, 0.0]);
            content.x_object(Name(b"L")).restore_state();
            pdf.stream(content_id, &content.finish());
        }
        Ok(pdf.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label() -> Label {
        Label {
            name: "Foyer".into(),
            serial: Some("10000000a3b1c2d4".into()),
            hub: Some("https://hub.example:8443".into()),
            link: "https://hub.example:8443/pair".into(),
        }
    }

    #[test]
    fn a_label_has_its_size_its_code_and_its_text() {
        let picture = Printer::default().draw(&label()).unwrap();
        assert_eq!(picture.dimensions(), (732, 343));
        let dark = |from: u32, to: u32| {
            picture
                .enumerate_pixels()
                .filter(|(x, _, pixel)| (from..to).contains(x) && pixel.0[0] < 128)
                .count()
        };
        assert!(dark(0, 340) > 10_000 && dark(360, 732) > 2000, "{} {}", dark(0, 340), dark(360, 732));
        // The edge of a label is not printed.
        assert!(picture.enumerate_pixels().all(|(x, y, pixel)| pixel.0[0] == 255
            || ((MARGIN..732 - MARGIN / 2).contains(&x) && (MARGIN / 2..343 - MARGIN / 2).contains(&y))));
    }

    #[test]
    fn any_name_can_be_drawn_and_too_long_a_link_is_refused() {
        let mut printer = Printer::default();
        for name in ["", "Ёlka – Straße", &"long ".repeat(200), "a\nb\0c"] {
            printer.png(&Label { name: name.into(), ..label() }).unwrap();
        }
        // U+FFFFE is no character, so no font has it.
        let error = printer.check(&Label { name: "a\u{FFFFE}b".into(), ..label() }).unwrap_err();
        assert!(error.to_string().contains("no font of this machine has"), "{error}");
        let error = printer.png(&Label { link: "x".repeat(4000), ..label() }).unwrap_err();
        assert_eq!(error.code(), "FAC-040");
    }

    #[test]
    fn a_pdf_has_a_page_for_each() {
        let pdf = Printer::default().pdf(&[label(), label()]).unwrap();
        let text = String::from_utf8_lossy(&pdf);
        assert!(text.starts_with("%PDF-") && text.contains("/Count 2"));
    }
}
