//! SHA-256 digests and their hexadecimal text.

use std::fmt;

use sha2::{Digest as _, Sha256, block_api::compress256};

/// Holds a SHA-256 digest.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

/// The initial hash value of SHA-256 (FIPS 180-4, section 5.3.3).
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

impl Digest {
    /// Thirty-two zero bytes: the predecessor of a first entry.
    pub const ZERO: Self = Self([0; 32]);

    /// Hashes the parts one after the other, as if they were one byte string. Callers delimit parts themselves.
    pub fn of(parts: &[&[u8]]) -> Self {
        // Nodes, links and the bodies of entries are short: padded at once they need no buffer and are hashed in one go.
        match parts.iter().map(|part| part.len()).sum() {
            0..=119 => Self::of_blocks(parts, [0; 128]),
            120..=503 => Self::of_blocks(parts, [0; 512]),
            504..=1015 => Self::of_blocks(parts, [0; 1024]),
            _ => {
                let mut hasher = Sha256::new();
                parts.iter().for_each(|part| hasher.update(part));
                Self(hasher.finalize().into())
            }
        }
    }

    /// Pads as FIPS 180-4, section 5.1.1 says: a 1 bit, zeros, the number of bits in eight bytes at the end of a block.
    fn of_blocks<const N: usize>(parts: &[&[u8]], mut padded: [u8; N]) -> Self {
        let mut length = 0;
        for part in parts {
            padded[length..length + part.len()].copy_from_slice(part);
            length += part.len();
        }
        padded[length] = 0x80;
        let end = (length + 9).next_multiple_of(64);
        padded[end - 8..end].copy_from_slice(&(8 * length as u64).to_be_bytes());
        let mut state = INITIAL;
        compress256(&mut state, padded[..end].as_chunks().0);
        let mut digest = Self::ZERO;
        for (bytes, word) in digest.0.as_chunks_mut().0.iter_mut().zip(state) {
            *bytes = word.to_be_bytes();
        }
        digest
    }

    /// Reads 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        from_hex(text)?.try_into().ok().map(Self)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Writes bytes as lower-case hexadecimal text.
pub fn to_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]).map(char::from).collect()
}

/// Reads hexadecimal text of either case; none when a character is not a digit or one is left over.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |b: &u8| char::from(*b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.as_bytes().chunks(2).map(|pair| Some(digit(&pair[0])? << 4 | digit(&pair[1])?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_the_published_digest_of_abc() {
        // FIPS 180-4, example of SHA-256 for "abc".
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Digest::of(&[b"a", b"bc"]).to_string(), expected);
        assert_eq!(Digest::parse(expected), Some(Digest::of(&[b"abc"])));
        // The same, section B.2: 448 bits, so that the length needs a block of its own.
        let two_blocks = Digest::of(&[b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"]).to_string();
        assert_eq!(two_blocks, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
        assert_eq!(from_hex("0"), None);
        assert_eq!(from_hex("zz"), None);
    }

    #[test]
    fn every_length_gives_what_the_library_gives() {
        let bytes: Vec<u8> = (0..1_200_u32).map(|at| (at * 7 % 251) as u8).collect();
        for length in 0..bytes.len() {
            let plain = Digest(Sha256::digest(&bytes[..length]).into());
            let (one, other) = bytes[..length].split_at(length / 3);
            assert_eq!(
                (Digest::of(&[&bytes[..length]]), Digest::of(&[one, &[], other])),
                (plain, plain),
                "{length} bytes"
            );
        }
    }
}
