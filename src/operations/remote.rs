//! Asking others over HTTP: a log for its checkpoint and tiles, a witness for its cosignature.

use std::{ops::Range, time::Duration};

use ureq::{Agent, http::Response};

use crate::{
    ledger::{
        merkle::{NodesMissing, TILE_WIDTH, TiledTree},
        note::{AddCheckpoint, Note, NoteError, Tile, TileContent, read_hashes, signed::LONGEST_NOTE},
    },
    values::Digest,
};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Says why somebody else did not answer as expected.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// No answer, or none that HTTP knows.
    #[error("{url}: {reason}")]
    Unreachable {
        /// What was asked.
        url: String,
        /// What went wrong.
        reason: String,
    },
    /// An answer of another status.
    #[error("{url} answers {status}: {text}")]
    Status {
        /// What was asked.
        url: String,
        /// The status of HTTP.
        status: u16,
        /// The beginning of what it says.
        text: String,
    },
    /// Not a note.
    #[error("{url}: {error}")]
    Note {
        /// What was asked.
        url: String,
        /// What is wrong with it.
        error: NoteError,
    },
    /// Not the tile that was asked for.
    #[error("{0}")]
    Tile(String),
}

impl From<NodesMissing> for RemoteError {
    fn from(error: NodesMissing) -> Self {
        Self::Tile(error.to_string())
    }
}

/// What a witness answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status of HTTP.
    pub status: u16,
    /// The text.
    pub text: String,
}

/// Asks over HTTP, by addresses that begin with a prefix.
#[derive(Clone, Debug)]
pub struct Remote {
    agent: Agent,
    prefix: String,
}

impl Remote {
    /// Whoever is behind this address.
    pub fn new(prefix: &str) -> Self {
        let config = Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false).build();
        Self { agent: config.into(), prefix: prefix.trim_end_matches('/').to_owned() }
    }

    /// The newest checkpoint of a log.
    ///
    /// # Errors
    /// When there is none to be had.
    pub fn checkpoint(&self) -> Result<Note, RemoteError> {
        let url = self.url("checkpoint");
        let bytes = self.get(&url, LONGEST_NOTE)?;
        Note::parse(&bytes).map_err(|error| RemoteError::Note { url, error })
    }

    /// The tree of so many leaves, out of the tiles of a log.
    pub fn tree(
        &self,
        size: u64,
    ) -> TiledTree<impl FnMut(u8, Range<u64>) -> Result<Vec<Digest>, RemoteError> + use<'_>> {
        TiledTree::new(size, |level, nodes| self.hashes(level, nodes))
    }

    /// The nodes of a level from the beginning of a tile on.
    fn hashes(&self, level: u8, nodes: Range<u64>) -> Result<Vec<Digest>, RemoteError> {
        let width = nodes.end.saturating_sub(nodes.start).try_into().unwrap_or(0);
        let tile = Tile::new(TileContent::Hashes { level }, nodes.start / TILE_WIDTH, width)
            .ok_or_else(|| RemoteError::Tile(format!("there is no tile of width {width} at level {level}")))?;
        let read = |tile: Tile| {
            let url = self.url(&tile.to_string());
            let bytes = self.get(&url, usize::from(tile.width()) * 32)?;
            read_hashes(&bytes, tile.width()).map_err(|error| RemoteError::Tile(format!("{url}: {error}")))
        };
        let mut hashes = read(tile).or_else(|error| match error {
            // A log may drop a partial tile once there is the full one.
            RemoteError::Status { status: 404 | 410, .. } if tile.full() != tile => read(tile.full()),
            error => Err(error),
        })?;
        hashes.truncate(usize::from(width));
        Ok(hashes)
    }

    /// Asks a witness to cosign.
    ///
    /// # Errors
    /// When it does not answer; a refusal is an answer.
    pub fn add_checkpoint(&self, request: &AddCheckpoint) -> Result<Answer, RemoteError> {
        let url = self.url("add-checkpoint");
        let sent = self.agent.post(&url).content_type("text/plain; charset=utf-8").send(request.to_string());
        let answered = sent.map_err(|error| unreachable(&url, error))?;
        let status = answered.status().as_u16();
        let text = body(answered, LONGEST_NOTE).map_err(|error| unreachable(&url, error))?;
        Ok(Answer { status, text: String::from_utf8_lossy(&text).into_owned() })
    }

    fn get(&self, url: &str, longest: usize) -> Result<Vec<u8>, RemoteError> {
        let answered = self.agent.get(url).call().map_err(|error| unreachable(url, error))?;
        let status = answered.status().as_u16();
        let bytes = body(answered, if status == 200 { longest } else { LONGEST_NOTE });
        let bytes = bytes.map_err(|error| unreachable(url, error))?;
        if status == 200 {
            return Ok(bytes);
        }
        let text: String = String::from_utf8_lossy(&bytes).trim().chars().take(200).collect();
        Err(RemoteError::Status { url: url.to_owned(), status, text })
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.prefix)
    }
}

fn body(mut answered: Response<ureq::Body>, longest: usize) -> Result<Vec<u8>, ureq::Error> {
    answered.body_mut().with_config().limit(longest as u64 + 1).read_to_vec()
}

fn unreachable(url: &str, error: ureq::Error) -> RemoteError {
    RemoteError::Unreachable { url: url.to_owned(), reason: error.to_string() }
}
