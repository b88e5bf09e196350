//! The container: files in a plain archive (POSIX.1-1988 `ustar`), one form for one content.
//!
//! Any program that reads tar archives unpacks it. Read back, it has to be byte for byte what is written here.

use super::Malformed;

const BLOCK: usize = 512;
/// The longest name, in bytes.
const NAME: usize = 100;

/// Writes files, whose names are distinct, in the order of their names.
pub fn write(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut sorted: Vec<_> = files.iter().collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    let mut archive = Vec::with_capacity(files.iter().map(|file| file.1.len() + 2 * BLOCK).sum::<usize>() + 2 * BLOCK);
    for (name, content) in sorted {
        archive.extend(header(name, content.len()));
        archive.extend(content);
        archive.resize(archive.len().next_multiple_of(BLOCK), 0);
    }
    archive.extend([0; 2 * BLOCK]);
    archive
}

/// Reads files, and refuses whatever [`write()`] does not write.
pub fn read(archive: &[u8]) -> Result<Vec<(&str, &[u8])>, Malformed> {
    let mut files: Vec<(&str, &[u8])> = Vec::new();
    let mut at = 0;
    loop {
        let block = slice(archive, at, BLOCK, "a header of 512 bytes")?;
        if block.iter().all(|byte| *byte == 0) {
            break;
        }
        let (name, length) =
            file(block).ok_or_else(|| refuse(at, "the header of a plain file as the format has it"))?;
        if files.last().is_some_and(|(before, _)| *before >= name) {
            return Err(refuse(at, "names in ascending order, each once"));
        }
        at += BLOCK;
        files.push((name, slice(archive, at, length, "the content of a file")?));
        let end = at + length.next_multiple_of(BLOCK);
        if slice(archive, at + length, end - at - length, "zeros up to a multiple of 512")?
            .iter()
            .any(|byte| *byte != 0)
        {
            return Err(refuse(at + length, "zeros up to a multiple of 512"));
        }
        at = end;
    }
    let end = archive.get(at..).unwrap_or_default();
    if end.len() != 2 * BLOCK || end.iter().any(|byte| *byte != 0) {
        return Err(refuse(at, "1024 zeros at the end and nothing else"));
    }
    Ok(files)
}

/// Name and length out of a header that is exactly the one that is written for them.
fn file(block: &[u8]) -> Option<(&str, usize)> {
    let name = block[..NAME].split(|byte| *byte == 0).next()?;
    let name = std::str::from_utf8(name).ok().filter(|name| !name.is_empty())?;
    let length = std::str::from_utf8(&block[124..135]).ok()?;
    let length = usize::from_str_radix(length, 8).ok()?;
    (header(name, length) == block).then_some((name, length))
}

fn header(name: &str, length: usize) -> [u8; BLOCK] {
    let mut header = [0; BLOCK];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &name.as_bytes()[..name.len().min(NAME)]);
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    // Twelve bytes are enough for 8 GiB; a longer content is refused when it is read back.
    put(124, format!("{:011o}\0", length & 0o77_777_777_777).as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header
}

fn slice<'a>(archive: &'a [u8], at: usize, length: usize, what: &str) -> Result<&'a [u8], Malformed> {
    let end = at.checked_add(length).filter(|end| *end <= archive.len());
    end.map(|end| &archive[at..end]).ok_or_else(|| refuse(at, what))
}

fn refuse(at: usize, expected: &str) -> Malformed {
    Malformed { file: format!("the archive, byte {at}"), reason: format!("expected {expected}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<(String, Vec<u8>)> {
        vec![("b".into(), vec![7; 513]), ("a/x".into(), vec![]), ("c".into(), b"hello".to_vec())]
    }

    #[test]
    fn files_come_back_sorted() {
        let archive = write(&files());
        // A header each, two blocks for b, one for c, two at the end.
        assert_eq!(archive.len(), (3 + 2 + 1 + 2) * 512);
        let read = read(&archive).unwrap();
        assert_eq!(read, [("a/x", &[][..]), ("b", &[7; 513]), ("c", b"hello")]);
    }

    /// Python: `tarfile` with `format=USTAR_FORMAT`, mode 0o644, mtime 0 gives `0000644`, size `00000000005`, sum 006024.
    #[test]
    fn a_header_is_the_one_of_the_standard() {
        let header = header("c", 5);
        assert_eq!(&header[124..136], b"00000000005\0");
        assert_eq!(&header[257..265], b"ustar\x0000");
        let mut blank = header;
        blank[148..156].copy_from_slice(b"        ");
        let sum: u32 = blank.iter().map(|byte| u32::from(*byte)).sum();
        assert_eq!(&header[148..156], format!("{sum:06o}\0 ").as_bytes());
    }

    #[test]
    fn no_byte_of_the_container_may_differ() {
        let archive = write(&files());
        let contents = [(512 + 512, 513), (512 + 512 + 1024 + 512, 5)];
        for at in 0..archive.len() {
            let mut other = archive.clone();
            other[at] ^= 1;
            let inside = contents.iter().any(|(from, length)| (*from..from + length).contains(&at));
            // Bits of a name may still give a name in order, whose sum then differs.
            assert_eq!(read(&other).is_ok(), inside, "byte {at}");
        }
        for length in 0..archive.len() {
            assert!(read(&archive[..length]).is_err(), "cut to {length}");
        }
    }
}
