//! Uploads that are too long, packed falsely, cut off or never end.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use flate2::{Compression, write::GzEncoder};
use serde_json::json;

use super::{
    follow_up::{SUBJECTS, in_force_with},
    session::Served,
};
use crate::databases::{Database, on_each_empty, on_sqlite};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn small(database: &Database) -> Served {
    in_force_with(database, |config| {
        config.limits.upload_bytes = 100_000;
        config.limits.records_bytes = 100_000;
    })
}

const SUBJECTS_AT: &str = "/contracts/rr/subjects";

#[test]
fn packed_rows_are_unpacked() {
    on_each_empty(|database| {
        let served = small(database);
        let hospital = || served.as_party("Hospital A").with("content-encoding", "gzip");
        hospital().upload(SUBJECTS_AT, "text/csv", &gzip(SUBJECTS.as_bytes())).ok(201);
        // Two members, one after the other, are one text (RFC 1952, section 2.2).
        let (names, rows) = ("subject,on\n", "p1,2025-03-25\n");
        let both = [gzip(names.as_bytes()), gzip(rows.as_bytes())].concat();
        let recorded = hospital().upload("/contracts/rr/facts?kind=relapse", "text/csv", &both).ok(201);
        assert_eq!(recorded.body["result"]["recorded"], json!(1));
    });
}

#[test]
fn bombs_and_what_is_cut_off_are_refused_and_nothing_is_taken_in() {
    on_each_empty(|database| {
        let served = small(database);
        let send = |path: &str, media: &str, coding: &str, body: &[u8]| {
            served.as_party("Hospital A").with("content-encoding", coding).upload(path, media, body)
        };
        let bomb = gzip(&vec![b'\n'; 50_000_000]);
        assert!(bomb.len() < 60_000);
        let whole = gzip(SUBJECTS.as_bytes());
        for (path, media) in [
            (SUBJECTS_AT, "text/csv"),
            ("/contracts/rr/facts?kind=relapse", "application/x-ndjson"),
            ("/contracts/rr/fhir", "application/fhir+json"),
        ] {
            send(path, media, "gzip", &bomb).problem(413, "too-large");
            send(path, media, "gzip", &gzip(&bomb)).problem(
                422,
                if media == "application/fhir+json" {
                    "records"
                } else if media == "text/csv" {
                    "rows"
                } else {
                    "media-differs"
                },
            );
            send(path, media, "gzip", &whole[..whole.len() - 9]).problem(400, "bad-body");
            send(path, media, "gzip", &[&whole[..], b"rest"].concat()).problem(400, "bad-body");
            send(path, media, "gzip", SUBJECTS.as_bytes()).problem(400, "bad-body");
            send(path, media, "deflate", &whole).problem(415, "content-coding");
            send(path, media, "br", &whole).problem(415, "content-coding");
            send(path, media, "identity", &vec![b'x'; 100_001]).problem(413, "too-large");
            send(path, "image/png", "identity", b"x").problem(415, "media-type");
        }
        for path in [SUBJECTS_AT, "/contracts/rr/facts"] {
            assert_eq!(served.as_party("Insurer A").get(path).ok(200).body["items"], json!([]));
        }
    });
}

#[test]
fn who_may_not_upload_is_refused_before_the_body_comes() {
    on_sqlite(|database| {
        let served = small(database);
        let (address, token) = (served.address, served.token("Maker A"));
        let mut stream = TcpStream::connect(address).unwrap();
        let head = format!(
            "POST /api/v1{SUBJECTS_AT} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\nidempotency-key: k\r\n\
             content-type: text/csv\r\ncontent-length: 90000\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 403");
    });
}
