//! How a model lies on disk:
//!
//! ```text
//! 8 bytes   "ascoltoM"
//! 4 bytes   format, little endian: 1
//! 4 bytes   length of the header
//! header    JSON, see `Header`
//! weights   deflated: one signed byte for each class of each row
//! 32 bytes  BLAKE3 of everything before
//! ```

use std::io::{Read as _, Write as _};

use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};

use super::model::{Header, LinearModel};
use crate::base::limits::{MODEL_FILE_BYTES_MAX, MODEL_HEADER_BYTES_MAX, MODEL_WEIGHTS_BYTES_MAX};

const MAGIC: &[u8; 8] = b"ascoltoM";
const FORMAT: u32 = 1;
const CHECKSUM_BYTES: usize = blake3::OUT_LEN;

/// Why bytes are no model that can be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// They do not begin as models do.
    #[error("this is no model file of Ascolto; `ascolto train` makes them")]
    NotAModel,
    /// Made by another release.
    #[error("the model has format {found}, this release reads {FORMAT}; make it anew with `ascolto train`")]
    Format {
        /// What it says.
        found: u32,
    },
    /// More than is taken.
    #[error("the model's {what} has {bytes} bytes, at most {max} are read")]
    TooLarge {
        /// What of it.
        what: &'static str,
        /// Its bytes.
        bytes: usize,
        /// The bound.
        max: usize,
    },
    /// Something is missing or was changed since it was written.
    #[error(
        "the model is cut or was changed: its checksum does not fit; copy it again or make it anew with `ascolto train`"
    )]
    Damaged,
    /// Whole, but it cannot be right.
    #[error("the model contradicts itself: {message}; make it anew with `ascolto train`")]
    Invalid {
        /// How.
        message: String,
    },
}

impl ModelError {
    pub(super) fn invalid(message: String) -> Self {
        Self::Invalid { message }
    }
}

impl LinearModel {
    /// Reads a model. Memory is taken only for what the header says and the bounds allow.
    ///
    /// # Errors
    /// [`ModelError`]: every way in which bytes can be no model.
    pub fn read(bytes: &[u8]) -> Result<Self, ModelError> {
        if bytes.len() > MODEL_FILE_BYTES_MAX {
            return Err(ModelError::TooLarge { what: "file", bytes: bytes.len(), max: MODEL_FILE_BYTES_MAX });
        }
        let rest = bytes.strip_prefix(MAGIC).ok_or(ModelError::NotAModel)?;
        let (format, rest) = number(rest)?;
        if format != FORMAT {
            return Err(ModelError::Format { found: format });
        }
        let (told, checksum) = bytes.split_last_chunk::<CHECKSUM_BYTES>().ok_or(ModelError::Damaged)?;
        if blake3::hash(told) != *checksum {
            return Err(ModelError::Damaged);
        }
        let (length, rest) = number(rest)?;
        let length = length as usize;
        if length > MODEL_HEADER_BYTES_MAX {
            return Err(ModelError::TooLarge { what: "header", bytes: length, max: MODEL_HEADER_BYTES_MAX });
        }
        let (header, rest) = rest.split_at_checked(length).ok_or(ModelError::Damaged)?;
        let weights = rest.get(..rest.len().saturating_sub(CHECKSUM_BYTES)).unwrap_or_default();
        let header: Header =
            serde_json::from_slice(header).map_err(|error| ModelError::invalid(format!("its header: {error}")))?;
        let expected = 1_usize
            .checked_shl(header.bits)
            .and_then(|rows| rows.checked_mul(header.classes.len()))
            .filter(|expected| *expected <= MODEL_WEIGHTS_BYTES_MAX)
            .ok_or(ModelError::TooLarge { what: "table", bytes: usize::MAX, max: MODEL_WEIGHTS_BYTES_MAX })?;
        Self::new(header, &inflate(weights, expected)?)
    }

    /// The model as [`LinearModel::read`] takes it. The same model always gives the same bytes.
    ///
    /// # Errors
    /// The header or the weights are longer than a model may be.
    pub fn write(&self) -> Result<Vec<u8>, ModelError> {
        let header = serde_json::to_vec(self.header()).map_err(|error| ModelError::invalid(error.to_string()))?;
        let length = u32::try_from(header.len()).ok().filter(|length| *length as usize <= MODEL_HEADER_BYTES_MAX);
        let length =
            length.ok_or(ModelError::TooLarge { what: "header", bytes: header.len(), max: MODEL_HEADER_BYTES_MAX })?;
        let mut bytes = Vec::from(*MAGIC);
        bytes.extend(FORMAT.to_le_bytes());
        bytes.extend(length.to_le_bytes());
        bytes.extend(header);
        let weights: Vec<u8> = self.weights().iter().map(|weight| weight.cast_unsigned()).collect();
        let mut deflate = DeflateEncoder::new(bytes, Compression::best());
        let written = deflate.write_all(&weights).and_then(|()| deflate.finish());
        let mut bytes = written.map_err(|error| ModelError::invalid(error.to_string()))?;
        bytes.extend(blake3::hash(&bytes).as_bytes());
        if bytes.len() > MODEL_FILE_BYTES_MAX {
            return Err(ModelError::TooLarge { what: "file", bytes: bytes.len(), max: MODEL_FILE_BYTES_MAX });
        }
        Ok(bytes)
    }
}

fn number(bytes: &[u8]) -> Result<(u32, &[u8]), ModelError> {
    let (number, rest) = bytes.split_first_chunk::<4>().ok_or(ModelError::Damaged)?;
    Ok((u32::from_le_bytes(*number), rest))
}

/// Reads one byte more than expected, so that a bomb of zeros costs no more than a model.
fn inflate(bytes: &[u8], expected: usize) -> Result<Vec<i8>, ModelError> {
    let mut weights = Vec::new();
    let read = DeflateDecoder::new(bytes).take(expected as u64 + 1).read_to_end(&mut weights);
    if read.is_err() || weights.len() != expected {
        return Err(ModelError::invalid(format!("its table should hold {expected} weights")));
    }
    Ok(weights.into_iter().map(u8::cast_signed).collect())
}

#[cfg(test)]
mod tests;
