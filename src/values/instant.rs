//! Instants: microseconds since 1970-01-01T00:00:00Z, and how they are written.

use super::Day;

/// An instant in microseconds as RFC 3339 text.
pub fn instant(micros: i64) -> String {
    const DAY: i64 = 86_400_000_000;
    let day = Day(i32::try_from(micros.div_euclid(DAY)).unwrap_or_default());
    let rest = micros.rem_euclid(DAY);
    let (seconds, micros) = (rest / 1_000_000, rest % 1_000_000);
    format!("{day}T{:02}:{:02}:{:02}.{micros:06}Z", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::instant;

    #[test]
    fn instants_read_as_rfc_3339() {
        // date -u -d @1767225600 +%FT%TZ: 2026-01-01T00:00:00Z; the second line is 86,399 s and a microsecond later.
        for (micros, text) in [
            (1_767_225_600_000_000, "2026-01-01T00:00:00.000000Z"),
            (1_767_311_999_000_001, "2026-01-01T23:59:59.000001Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
        ] {
            assert_eq!(instant(micros), text);
        }
    }
}
