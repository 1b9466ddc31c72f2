//! The device code: the id of a device in a form that people can read off a screen and type.
//!
//! It serves where no network does: somebody authorizes a screen that has never spoken with the hub, by what the
//! screen shows. Four rows of 14 characters in Crockford's base 32, written in groups of seven:
//!
//! ```text
//! XXXXXXX-XXXXXXX
//! XXXXXXX-XXXXXXX
//! XXXXXXX-XXXXXXX
//! XXXXXXX-XXXXXXX
//! ```
//!
//! The first 13 characters of each row carry the 256 bits of the id (RFC 7638 thumbprint), the last is a check
//! over the row: any one wrong character is found, and any two that are swapped, and rows in the wrong order, and
//! the row is named. The letters `I`, `L`, `O` are read as the digits that they look like; case, hyphens and blanks
//! do not matter. A QR code beside it carries the same characters without hyphens, which keeps it small. The device
//! id as it stands in `telemetry_result.json` is taken as well: who copies makes no typing errors.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ROWS: usize = 4;
/// Characters of a row, the check included.
const ROW: usize = 14;
const ID_BYTES: usize = 32;
/// Length of a device id in base64url.
const ID_CHARS: usize = 43;

/// Why a text is no device code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeviceCodeError {
    /// Too short or too long.
    #[error("a device code has {wanted} letters and digits, this one has {0}", wanted = ROWS * ROW)]
    Length(usize),
    /// Something that stands in no device code.
    #[error("{0:?} does not occur in a device code")]
    Character(char),
    /// A character was mistyped, left out or swapped.
    #[error("row {0} does not fit together: look at its 14 characters again")]
    Row(usize),
}

/// The code of a device id, without hyphens, as a QR code carries it; `None` when the text is no device id.
pub fn encode(id: &str) -> Option<String> {
    let bytes: [u8; ID_BYTES] = URL_SAFE_NO_PAD.decode(id).ok()?.try_into().ok()?;
    let mut code = String::with_capacity(ROWS * ROW);
    for row in 0..ROWS {
        let values: Vec<u8> = (0..ROW - 1).map(|at| five_bits(&bytes, row * (ROW - 1) + at)).collect();
        let check = check(row, &values);
        code.extend(values.into_iter().chain([check]).map(|value| char::from(ALPHABET[usize::from(value)])));
    }
    Some(code)
}

/// The code as a screen shows it: a row a line, in two groups.
pub fn shown(code: &str) -> Vec<String> {
    let characters: Vec<char> = code.chars().collect();
    let group = |group: &[char]| group.iter().collect::<String>();
    characters.chunks(ROW).map(|row| row.chunks(ROW / 2).map(group).collect::<Vec<_>>().join("-")).collect()
}

/// The device id of a code, or of a device id.
pub fn parse(text: &str) -> Result<String, DeviceCodeError> {
    let text = text.trim();
    // An id has capitals and small letters; part of a code has not.
    let has = |kind: fn(&char) -> bool| text.chars().any(|character| kind(&character));
    let mixed = has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase);
    if text.len() == ID_CHARS && mixed && encode(text).is_some() {
        return Ok(text.to_owned());
    }
    let mut values = Vec::with_capacity(ROWS * ROW);
    for character in text.chars().filter(|character| !character.is_whitespace() && !is_hyphen(*character)) {
        values.push(value(character).ok_or(DeviceCodeError::Character(character))?);
    }
    if values.len() != ROWS * ROW {
        return Err(DeviceCodeError::Length(values.len()));
    }
    let mut bytes = Vec::with_capacity(ID_BYTES + 1);
    let (mut buffer, mut bits) = (0u16, 0);
    for (row, values) in values.chunks(ROW).enumerate() {
        let (data, last) = values.split_at(ROW - 1);
        if last != [check(row, data)] {
            return Err(DeviceCodeError::Row(row + 1));
        }
        for value in data {
            buffer = (buffer << 5) | u16::from(*value);
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                bytes.push((buffer >> bits) as u8);
                buffer &= (1 << bits) - 1;
            }
        }
    }
    // 260 bits carry 256; the rest is zero, so that every id has one code.
    if buffer != 0 {
        return Err(DeviceCodeError::Row(ROWS));
    }
    bytes.truncate(ID_BYTES);
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

fn is_hyphen(character: char) -> bool {
    matches!(character, '-' | '‐' | '‑' | '–' | '_' | '.')
}

fn value(character: char) -> Option<u8> {
    let character = match character.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        character => character,
    };
    let at = ALPHABET.iter().position(|known| char::from(*known) == character)?;
    u8::try_from(at).ok()
}

/// The group of five bits at a place, most significant first; missing bits are zero.
fn five_bits(bytes: &[u8], index: usize) -> u8 {
    (0..5).fold(0, |value, bit| {
        let at = index * 5 + bit;
        let byte = bytes.get(at / 8).copied().unwrap_or(0);
        (value << 1) | ((byte >> (7 - at % 8)) & 1)
    })
}

/// A polynomial over GF(32): every place has a factor of its own, so no two places can be swapped unnoticed; the
/// row's number is its constant.
fn check(row: usize, values: &[u8]) -> u8 {
    double(values.iter().fold(row as u8 + 1, |sum, value| double(sum) ^ value))
}

/// Times x in GF(32), modulo x⁵ + x² + 1.
fn double(value: u8) -> u8 {
    let doubled = value << 1;
    if doubled & 0x20 == 0 { doubled } else { doubled ^ 0x25 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(byte: u8) -> String {
        URL_SAFE_NO_PAD.encode([byte; ID_BYTES])
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = encode(&id(0x5a)).unwrap();
        assert_eq!(code.len(), 56);
        let shown = shown(&code);
        assert!(shown.len() == 4 && shown.iter().all(|row| row.len() == 15), "{shown:?}");
        for typed in [code.clone(), shown.join("\n"), code.to_lowercase(), format!("  {}  ", shown.join(" "))]
        {
            assert_eq!(parse(&typed), Ok(id(0x5a)), "{typed}");
        }
        let zeros = encode(&id(0)).unwrap();
        assert_eq!(parse(&zeros.replace('0', "O").replace('1', "l")), Ok(id(0)));
        assert_eq!(parse(&id(7)), Ok(id(7)), "the id as a verdict has it");
    }

    #[test]
    fn any_wrong_character_names_its_row() {
        let code = encode(&id(0x3c)).unwrap();
        for at in 0..code.len() {
            for other in ALPHABET {
                let mut bytes = code.clone().into_bytes();
                if bytes[at] == *other {
                    continue;
                }
                bytes[at] = *other;
                let typo = String::from_utf8(bytes).unwrap();
                assert_eq!(parse(&typo), Err(DeviceCodeError::Row(at / ROW + 1)), "{typo}");
            }
        }
    }

    #[test]
    fn what_is_no_code_says_why() {
        assert_eq!(parse("hello"), Err(DeviceCodeError::Length(5)));
        assert_eq!(parse("ABC?"), Err(DeviceCodeError::Character('?')));
        assert_eq!(parse(""), Err(DeviceCodeError::Length(0)));
        assert_eq!(encode("short"), None);
    }

    proptest! {
        #[test]
        fn every_id_comes_back_and_no_two_characters_or_rows_can_be_swapped(
            bytes in any::<[u8; ID_BYTES]>(), row in 0usize..ROWS, one in 0usize..ROW, two in 0usize..ROW,
        ) {
            let id = URL_SAFE_NO_PAD.encode(bytes);
            let code = encode(&id).unwrap();
            prop_assert_eq!(parse(&code), Ok(id));
            let mut swapped = code.clone().into_bytes();
            swapped.swap(row * ROW + one, row * ROW + two);
            if swapped != code.as_bytes() {
                let text = String::from_utf8(swapped).unwrap();
                prop_assert_eq!(parse(&text), Err(DeviceCodeError::Row(row + 1)));
            }
            let rows: Vec<&str> = (0..ROWS).map(|row| &code[row * ROW..(row + 1) * ROW]).collect();
            prop_assert!(parse(&[rows[1], rows[0], rows[2], rows[3]].concat()).is_err());
        }

        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,80}") {
            let _ = parse(&text);
        }
    }
}
