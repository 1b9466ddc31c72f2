//! Numbers in byte strings of any length: what lies beyond the end counts as zero, so that no disk makes it panic.

/// Little-endian, 16 bits.
pub fn le16(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(array(bytes, at))
}

/// Little-endian, 32 bits.
pub fn le32(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array(bytes, at))
}

/// Little-endian, 64 bits.
pub fn le64(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array(bytes, at))
}

/// Big-endian, 16 bits.
pub fn be16(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes(array(bytes, at))
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or([0; N])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_end_there_are_zeros() {
        assert_eq!(le16(&[1, 2], 0), 0x0201);
        assert_eq!(be16(&[1, 2], 0), 0x0102);
        assert_eq!(le16(&[1, 2], 1), 0);
        assert_eq!(le64(&[1], usize::MAX), 0);
    }
}
