//! Uploads: bodies too long for memory, kept in a file without a name while they are read.

use std::{
    fs::File,
    future::poll_fn,
    io::{self, BufRead, BufReader, Read, Seek, Write},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    body::{BodyStream, MessageBody},
    http::{StatusCode, header},
    rt::time::timeout,
    web,
};
use flate2::read::MultiGzDecoder;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use super::{Problem, problem::too_large};
use crate::{
    operations::{Content, Sheet},
    terms::intake::Format,
    values::Digest,
};

/// How long the next bytes of an upload are waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// How uploads are taken in.
#[derive(Clone, Debug)]
pub struct Uploads {
    /// The most bytes, packed and unpacked.
    pub most: u64,
    /// The folder of their files; the system's own when there is none.
    pub folder: Option<PathBuf>,
}

/// The forms in which rows come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// One JSON object that holds them.
    Json,
    /// A table with a line of names.
    Csv,
    /// A JSON object on each line.
    Lines,
}

/// A body in a file. The file has no name and goes when it is closed.
#[derive(Debug)]
pub struct Upload {
    file: File,
    /// SHA-256 of the unpacked bytes.
    pub digest: Digest,
}

impl Media {
    /// The form that a request names.
    ///
    /// # Errors
    /// A problem when it names another.
    pub fn of(request: &HttpRequest) -> Result<Self, Problem> {
        match request.content_type() {
            "application/json" => Ok(Self::Json),
            "text/csv" => Ok(Self::Csv),
            "application/x-ndjson" => Ok(Self::Lines),
            _ => Err(unknown("send application/json, text/csv or application/x-ndjson")),
        }
    }
}

/// Says that a media type is not understood.
pub fn unknown(help: &str) -> Problem {
    let detail = "this media type is not understood";
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", detail, help)
}

/// Reads a body that is one JSON value and fits memory.
///
/// # Errors
/// A problem when it is no such value, or too long.
pub async fn json<T: DeserializeOwned>(request: &HttpRequest, body: web::Payload) -> Result<T, Problem> {
    let read = web::Json::<T>::from_request(request, &mut body.into_inner()).await;
    read.map(web::Json::into_inner).map_err(|error| match error.as_error::<Problem>() {
        Some(problem) => problem.clone(),
        None => Problem::bad_request("the body cannot be read"),
    })
}

impl Uploads {
    /// Takes a body in, unpacked.
    ///
    /// # Errors
    /// A problem when it is too long, comes too slowly, is cut off, or is packed otherwise than it says.
    pub async fn receive(&self, request: &HttpRequest, body: web::Payload) -> Result<Upload, Problem> {
        let announced =
            request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        if announced.is_some_and(|length: u64| length > self.most) {
            return Err(self.too_large());
        }
        let mut file = self.file().map_err(|error| Problem::internal(&error))?;
        let mut body = Box::pin(BodyStream::new(body));
        let mut length = 0;
        loop {
            let next = poll_fn(|context| body.as_mut().poll_next(context));
            let Ok(next) = timeout(PATIENCE, next).await else {
                let help = "send the whole body without pauses, or send less at once";
                return Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "too-slow", "the body comes too slowly", help));
            };
            let Some(bytes) = next else { break };
            let bytes = bytes.map_err(|error| Problem::from_payload(&error))?;
            length += bytes.len() as u64;
            if length > self.most {
                return Err(self.too_large());
            }
            file.write_all(&bytes).map_err(|error| Problem::internal(&error))?;
        }
        let coding = request.headers().get(header::CONTENT_ENCODING).map(|coding| coding.as_bytes().to_vec());
        let uploads = self.clone();
        let unpacked = web::block(move || uploads.unpack(file, coding.as_deref())).await;
        unpacked.map_err(|error| Problem::internal(&error))?
    }

    fn unpack(&self, mut packed: File, coding: Option<&[u8]>) -> Result<Upload, Problem> {
        let internal = |error: io::Error| Problem::internal(&error);
        packed.rewind().map_err(internal)?;
        let input = BufReader::new(packed.try_clone().map_err(internal)?);
        let (input, mut unpacked): (Box<dyn Read>, _) = match coding {
            Some(b"gzip") => (Box::new(MultiGzDecoder::new(input)), Some(self.file().map_err(internal)?)),
            None | Some(b"identity") => (Box::new(input), None),
            // Deflate has no end that could be missed when it is cut off.
            Some(_) => {
                let (detail, help) = ("uploads are not packed this way", "send it as it is, or packed by gzip");
                return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content-coding", detail, help));
            }
        };
        let mut input = input.take(self.most + 1);
        let (mut hasher, mut length, mut chunk) = (Sha256::new(), 0, vec![0; 1 << 16]);
        loop {
            let read = input.read(&mut chunk).map_err(|_| {
                let help = "send it whole, in the coding that it names";
                Problem::new(StatusCode::BAD_REQUEST, "bad-body", "the body cannot be unpacked", help)
            })?;
            if read == 0 {
                break;
            }
            length += read as u64;
            if length > self.most {
                return Err(self.too_large());
            }
            hasher.update(&chunk[..read]);
            if let Some(unpacked) = &mut unpacked {
                unpacked.write_all(&chunk[..read]).map_err(internal)?;
            }
        }
        let mut file = unpacked.unwrap_or(packed);
        file.rewind().map_err(internal)?;
        Ok(Upload { file, digest: Digest(hasher.finalize().into()) })
    }

    fn file(&self) -> io::Result<File> {
        self.folder.as_ref().map_or_else(tempfile::tempfile, tempfile::tempfile_in)
    }

    fn too_large(&self) -> Problem {
        too_large(self.most)
    }
}

impl Upload {
    /// The body as a file of rows, when it begins as rows of the form do.
    ///
    /// # Errors
    /// A problem when it does not, or cannot be read.
    pub fn sheet(self, name: &str, media: Media) -> Result<Sheet, Problem> {
        let mut start = Vec::new();
        let read = (&self.file).take(1_000).read_to_end(&mut start);
        read.map_err(|error| Problem::internal(&error))?;
        let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start).trim_ascii_start();
        if !start.is_empty() && (start[0] == b'{') != (media == Media::Lines) {
            let detail = "the body is not of the media type that it names";
            let help = "text/csv begins with the names of columns, application/x-ndjson with a JSON object";
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "media-differs", detail, help));
        }
        let format = if media == Media::Lines { Format::Lines } else { Format::Csv };
        Ok(Sheet { file: name.into(), format, content: Content::Nameless(Arc::new(self.file)) })
    }

    /// The body from its beginning.
    ///
    /// # Errors
    /// A problem when it cannot be read.
    pub fn reader(&mut self) -> Result<impl BufRead, Problem> {
        self.file.rewind().map_err(|error| Problem::internal(&error))?;
        Ok(BufReader::new(&self.file))
    }
}

/// Objects as a file of rows, one on each line, so that what is wrong with one is told by its number.
pub fn sheet(name: &str, objects: &[Box<RawValue>]) -> Sheet {
    let mut lines = Vec::new();
    for object in objects {
        // Line breaks stand between tokens only; in texts they are escaped.
        lines.extend(object.get().bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte }));
        lines.push(b'\n');
    }
    Sheet { file: name.into(), format: Format::Lines, content: Content::Bytes(lines) }
}
