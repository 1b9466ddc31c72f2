//! Takes a token out of what other programs see of this process.
//!
//! `ps` shows everybody the command line, so the value of `--provisionToken` is overwritten where the kernel
//! keeps it, as soon as it has been read. For the moments before that, a file or a credential is better.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;

/// Flag whose value is secret.
const FLAG: &[u8] = b"--provisionToken";

/// The arguments of this process. What of them is secret is not to be seen any more afterwards; where that
/// fails, for example because `/proc` is not mounted, the arguments are as good.
pub fn take() -> Vec<OsString> {
    let arguments = std::env::args_os().collect();
    if let Err(error) = hide() {
        eprintln!("warning: a token among the arguments stays visible: {error}");
    }
    arguments
}

fn hide() -> io::Result<()> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let memory = OpenOptions::new().read(true).write(true).open("/proc/self/mem")?;
    let (start, end) = area(&stat).ok_or(io::ErrorKind::InvalidData)?;
    let mut bytes = vec![0; usize::try_from(end.saturating_sub(start)).unwrap_or_default()];
    memory.read_exact_at(&mut bytes, start)?;
    for (offset, length) in secrets(&bytes) {
        memory.write_all_at(&vec![b'x'; length], start + offset as u64)?;
    }
    Ok(())
}

/// Where the kernel finds the arguments: fields 48 and 49 of `proc_pid_stat(5)`.
fn area(stat: &str) -> Option<(u64, u64)> {
    // The second field, the name of the program, may hold blanks; the third follows its bracket.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut numbers = rest.split_whitespace().skip(45).map_while(|number| number.parse().ok());
    Some((numbers.next()?, numbers.next()?))
}

/// Offset and length of every secret in strings that end with a zero byte.
fn secrets(strings: &[u8]) -> Vec<(usize, usize)> {
    let (mut found, mut offset, mut is_value) = (vec![], 0, false);
    for string in strings.split(|byte| *byte == 0) {
        let joined = string.strip_prefix(FLAG).and_then(|rest| rest.strip_prefix(b"="));
        let value = if is_value { Some(string) } else { joined };
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            found.push((offset + string.len() - value.len(), value.len()));
        }
        is_value = string == FLAG;
        offset += string.len() + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_in_either_form() {
        let strings = b"run\0--provisionToken\0sgp_1\0--provisionToken=sgp_22\0--state\0/\0";
        let found: Vec<&[u8]> =
            secrets(strings).into_iter().map(|(offset, length)| &strings[offset..offset + length]).collect();
        assert_eq!(found, [&b"sgp_1"[..], b"sgp_22"]);
        assert!(secrets(b"--provisionFile\0x\0--provisionToken\0").is_empty());
    }

    #[test]
    fn the_area_is_that_of_the_kernel() {
        let stat = fs::read_to_string("/proc/self/stat").unwrap();
        let (start, end) = area(&stat).unwrap();
        let memory = fs::File::open("/proc/self/mem").unwrap();
        let mut bytes = vec![0; (end - start) as usize];
        memory.read_exact_at(&mut bytes, start).unwrap();
        assert_eq!(bytes, fs::read("/proc/self/cmdline").unwrap());
    }
}
