//! Fits a picture into a screen: as large as it goes, undistorted, in the middle, black around it.

use fast_image_resize as resize;
use resize::PixelTrait;
use resize::images::{TypedImage, TypedImageRef};
use resize::pixels::U8x3;

use crate::frame::{Frame, Size};

/// Where a picture lies on the screen, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// Columns left free at the left.
    pub x: u32,
    /// Rows left free on top.
    pub y: u32,
    /// What the picture covers.
    pub size: Size,
}

/// The largest undistorted place for a picture of `content` on `screen`. Both have no empty side.
pub fn fit(content: Size, screen: Size) -> Placement {
    let [cw, ch, sw, sh] = [content.width, content.height, screen.width, screen.height].map(u64::from);
    // Rounded, at least one pixel, never more than there is.
    let scaled = |side: u64, by: u64, of: u64, limit: u64| ((side * by + of / 2) / of).clamp(1, limit) as u32;
    let size = if cw * sh >= ch * sw {
        Size::new(screen.width, scaled(ch, sw, cw, sh))
    } else {
        Size::new(scaled(cw, sh, ch, sw), screen.height)
    };
    Placement { x: (screen.width - size.width) / 2, y: (screen.height - size.height) / 2, size }
}

/// Scales packed pixels; the order of their bytes stays. The type of a pixel is known to the compiler: chosen at run
/// time, it would compile the scaling of all thirteen that there are.
pub fn scale<P: PixelTrait>(pixels: &[u8], from: Size, to: Size) -> Option<Vec<u8>> {
    let mut scaled = vec![0; to.width as usize * to.height as usize * size_of::<P>()];
    let source = TypedImageRef::<P>::from_buffer(from.width, from.height, pixels).ok()?;
    let mut target = TypedImage::<P>::from_buffer(to.width, to.height, &mut scaled).ok()?;
    let filter = resize::ResizeAlg::Convolution(resize::FilterType::CatmullRom);
    let options = resize::ResizeOptions::new().resize_alg(filter);
    resize::Resizer::new().resize_typed(&source, &mut target, &options).ok()?;
    Some(scaled)
}

/// Lays packed pixels of `N` bytes at their place on a black screen; `mix` makes each into B, G, R.
pub fn compose<const N: usize>(
    pixels: &[u8],
    place: Placement,
    screen: Size,
    mix: impl Fn([u8; N]) -> [u8; 3],
) -> Option<Frame> {
    let mut result = vec![0; screen.width as usize * screen.height as usize * 4];
    let (stride, row) = (screen.width as usize * 4, place.size.width as usize);
    let lines = result.chunks_exact_mut(stride).skip(place.y as usize);
    for (line, pixels) in lines.zip(pixels.chunks_exact(row * N)) {
        let line = line.chunks_exact_mut(4).skip(place.x as usize);
        for (target, pixel) in line.zip(pixels.as_chunks::<N>().0) {
            target[..3].copy_from_slice(&mix(*pixel));
        }
    }
    Frame::from_pixels(screen, result)
}

/// The same picture for a screen of another size.
pub fn refit(frame: &Frame, screen: Size) -> Option<Frame> {
    let place = fit(frame.size(), screen);
    let scaled = scale::<U8x3>(&frame.to_rgb(), frame.size(), place.size)?;
    compose(&scaled, place, screen, |[red, green, blue]: [u8; 3]| [blue, green, red])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wide_pictures_get_bars_above_and_below_tall_ones_at_the_sides() {
        let screen = Size::new(1280, 720);
        let place = |width, height| fit(Size::new(width, height), screen);
        assert_eq!(place(640, 360), Placement { x: 0, y: 0, size: screen });
        assert_eq!(place(400, 300), Placement { x: 160, y: 0, size: Size::new(960, 720) });
        assert_eq!(place(2000, 500), Placement { x: 0, y: 200, size: Size::new(1280, 320) });
        assert_eq!(place(1, 10_000), Placement { x: 639, y: 0, size: Size::new(1, 720) });
    }

    proptest! {
        #[test]
        fn it_always_fits_touches_two_edges_and_keeps_its_shape(
            cw in 1u32..20_000, ch in 1u32..20_000, sw in 16u32..8000, sh in 16u32..8000,
        ) {
            let (content, screen) = (Size::new(cw, ch), Size::new(sw, sh));
            let place = fit(content, screen);
            prop_assert!(place.x + place.size.width <= sw && place.y + place.size.height <= sh);
            prop_assert!(place.size.width == sw || place.size.height == sh);
            let exact = f64::from(place.size.width) * f64::from(ch) / f64::from(cw);
            let other = f64::from(place.size.height) * f64::from(cw) / f64::from(ch);
            prop_assert!(
                (exact - f64::from(place.size.height)).abs() <= 1.0
                    || (other - f64::from(place.size.width)).abs() <= 1.0
                    || place.size.width == 1 || place.size.height == 1
            );
        }
    }

    #[test]
    fn the_picture_lies_in_the_middle_of_black() {
        let red = [255, 0, 0].repeat(4);
        let (content, screen) = (Size::new(2, 2), Size::new(40, 20));
        let place = fit(content, screen);
        let scaled = scale::<U8x3>(&red, content, place.size).unwrap();
        let frame =
            compose(&scaled, place, screen, |[red, green, blue]: [u8; 3]| [blue, green, red]).unwrap();
        assert_eq!(frame.rgb(9, 10), [0, 0, 0]);
        assert_eq!(frame.rgb(10, 10), [255, 0, 0]);
        assert_eq!(frame.rgb(29, 10), [255, 0, 0]);
        assert_eq!(frame.rgb(30, 10), [0, 0, 0]);
        let again = refit(&frame, Size::new(20, 20)).unwrap();
        assert_eq!(again.rgb(10, 10), [255, 0, 0]);
        assert_eq!(again.rgb(10, 2), [0, 0, 0]);
    }
}
