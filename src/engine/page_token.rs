//! Page tokens: written by us, given back by strangers, so checked and not believed.

use super::EngineError;
use crate::{
    base::{Seq, Timestamp},
    care::Place,
    index::PageKey,
    model::MentionNumber,
};

/// Bytes of the sum over everything else in a token. It finds mistakes, not forgers: a forged token shows nobody more than
/// a search would.
const SUM_BYTES: usize = 4;

/// Where a search goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SearchToken {
    /// Of query, range and order: a token continues its own search only.
    pub(super) fingerprint: u64,
    /// After this hit.
    pub(super) after: PageKey,
    /// The snapshot the page before was of.
    pub(super) seq: Seq,
}

pub(super) fn write_search(token: SearchToken) -> String {
    seal(b's', [token.fingerprint, token.after.rank, token.after.number.0, token.seq.0])
}

/// The token of a search with this fingerprint; `None` for the first page.
pub(super) fn read_search(text: &str, fingerprint: u64) -> Result<Option<SearchToken>, EngineError> {
    if text.is_empty() {
        return Ok(None);
    }
    let [sealed, rank, number, seq] = open(b's', text)?;
    if sealed != fingerprint {
        return Err(bad("belongs to another search; repeat query, range, time zone and sort of the page before"));
    }
    let after = PageKey { rank, number: MentionNumber(number) };
    Ok(Some(SearchToken { fingerprint, after, seq: Seq(seq) }))
}

pub(super) fn write_conversation(created_at: Timestamp, number: MentionNumber) -> String {
    seal(b'c', [created_at.as_microsecond().cast_unsigned(), number.0])
}

/// The place after which a conversation goes on; `None` for the first page.
pub(super) fn read_conversation(text: &str) -> Result<Option<(Timestamp, MentionNumber)>, EngineError> {
    if text.is_empty() {
        return Ok(None);
    }
    let [created_at_us, number] = open(b'c', text)?;
    let created_at =
        Timestamp::from_microsecond(created_at_us.cast_signed()).map_err(|_| bad("is not one of this server's"))?;
    Ok(Some((created_at, MentionNumber(number))))
}

pub(super) fn write_queue(place: Place) -> String {
    let (level, created_at_us, number) = place.parts();
    seal(b'q', [u64::from(level), created_at_us.cast_unsigned(), number])
}

/// The place after which the queue goes on; `None` for the first page.
pub(super) fn read_queue(text: &str) -> Result<Option<Place>, EngineError> {
    if text.is_empty() {
        return Ok(None);
    }
    let [level, created_at_us, number] = open(b'q', text)?;
    let level = u32::try_from(level).unwrap_or(0);
    let place = Place::of_parts((level, created_at_us.cast_signed(), number));
    place.map(Some).ok_or_else(|| bad("is not one of this server's"))
}

fn seal<const N: usize>(kind: u8, numbers: [u64; N]) -> String {
    let mut bytes = vec![kind];
    numbers.iter().for_each(|number| bytes.extend(number.to_le_bytes()));
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn open<const N: usize>(kind: u8, text: &str) -> Result<[u64; N], EngineError> {
    let foreign = || bad("is not one of this server's; begin again without it");
    let expected = 1 + N * 8 + SUM_BYTES;
    if text.len() != expected * 2 || !text.is_ascii() {
        return Err(foreign());
    }
    let byte = |at: usize| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).map_err(|_| foreign());
    let bytes = (0..expected).map(byte).collect::<Result<Vec<u8>, _>>()?;
    let (content, sum) = bytes.split_at(expected - SUM_BYTES);
    if content.first() != Some(&kind) || sum != crc32fast::hash(content).to_le_bytes() {
        return Err(foreign());
    }
    let mut numbers = [0; N];
    for (number, chunk) in numbers.iter_mut().zip(content[1..].chunks_exact(8)) {
        let mut little = [0; 8];
        little.copy_from_slice(chunk);
        *number = u64::from_le_bytes(little);
    }
    Ok(numbers)
}

fn bad(message: &str) -> EngineError {
    EngineError::BadPageToken { message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(fingerprint: u64, rank: u64, number: u64, seq: u64) {
            let after = PageKey { rank, number: MentionNumber(number) };
            let token = SearchToken { fingerprint, after, seq: Seq(seq) };
            let text = write_search(token);
            prop_assert_eq!(read_search(&text, fingerprint).unwrap(), Some(token));
            prop_assert!(read_search(&text, !fingerprint).is_err());
            prop_assert!(read_conversation(&text).is_err());
        }

        #[test]
        fn strangers_are_refused(text in "[0-9a-f]{2,90}|\\PC{1,90}") {
            prop_assert!(read_search(&text, 0).is_err());
            prop_assert!(read_conversation(&text).is_err());
        }
    }
}
