//! Plans as numbers: 20 to 40 words of memory in place of a tree of pieces, and nothing lost.
//!
//! An instruction is a word with its kind and the length of the whole of it, and then what it is about. Those of `And`, `Or`
//! and `Not` hold further ones.

use super::{
    plan::{Places, Plan},
    term::TermId,
};
use crate::{
    base::Timestamp,
    query::{Moment, NumberField, TimeField},
};

/// The kinds of instructions.
pub(super) mod op {
    pub(in crate::matcher) const ALL: u32 = 0;
    pub(in crate::matcher) const TERM: u32 = 1;
    pub(in crate::matcher) const ANY: u32 = 2;
    pub(in crate::matcher) const NUMBER: u32 = 3;
    pub(in crate::matcher) const TIME: u32 = 4;
    pub(in crate::matcher) const RARE: u32 = 5;
    pub(in crate::matcher) const AND: u32 = 6;
    pub(in crate::matcher) const OR: u32 = 7;
    pub(in crate::matcher) const NOT: u32 = 8;
    pub(in crate::matcher) const WORD: u32 = 9;
    pub(in crate::matcher) const PHRASE: u32 = 10;
    pub(in crate::matcher) const WINDOW: u32 = 11;
    pub(in crate::matcher) const NEAR: u32 = 12;
    pub(in crate::matcher) const ANY_OF: u32 = 13;
    pub(in crate::matcher) const SAMPLE: u32 = 14;
}

/// Bits of a word that hold the length: an instruction has at most 64 MiB, a thousand times the longest query text.
const LENGTH_BITS: u32 = 24;

/// Kind and length of the instruction that begins with this word.
pub(super) const fn head(word: u32) -> (u32, usize) {
    (word >> LENGTH_BITS, (word & ((1 << LENGTH_BITS) - 1)) as usize)
}

/// Appends a plan.
pub(super) fn emit(plan: &Plan, code: &mut Vec<u32>) {
    match plan {
        Plan::All => instruction(code, op::ALL, |_| ()),
        Plan::Term(term) => instruction(code, op::TERM, |code| code.push(term.0)),
        Plan::Any(terms) => instruction(code, op::ANY, |code| emit_terms(terms, code)),
        Plan::Places(places) => emit_places(places, code),
        Plan::Number(field, min, max) => instruction(code, op::NUMBER, |code| {
            code.push(*field as u32);
            emit_long(min.to_bits(), code);
            emit_long(max.to_bits(), code);
        }),
        Plan::Time(field, from, before) => instruction(code, op::TIME, |code| {
            code.push(*field as u32);
            emit_moment(*from, code);
            emit_moment(*before, code);
        }),
        Plan::Sample(share) => instruction(code, op::SAMPLE, |code| code.push(u32::from(*share))),
        Plan::Rare(place) => instruction(code, op::RARE, |code| code.push(*place)),
        Plan::And(parts) => instruction(code, op::AND, |code| parts.iter().for_each(|part| emit(part, code))),
        Plan::Or(parts) => instruction(code, op::OR, |code| parts.iter().for_each(|part| emit(part, code))),
        Plan::Not(part) => instruction(code, op::NOT, |code| emit(part, code)),
    }
}

fn emit_places(places: &Places, code: &mut Vec<u32>) {
    match places {
        Places::Word(terms) => instruction(code, op::WORD, |code| emit_terms(terms, code)),
        Places::Phrase(words) => instruction(code, op::PHRASE, |code| {
            for (offset, terms) in words {
                code.push(*offset);
                instruction(code, op::WORD, |code| emit_terms(terms, code));
            }
        }),
        Places::Window { parts, positions_max } => instruction(code, op::WINDOW, |code| {
            code.push(*positions_max);
            parts.iter().for_each(|part| emit_places(part, code));
        }),
        Places::Near { left, right, distance, ordered } => instruction(code, op::NEAR, |code| {
            code.push(distance << 1 | u32::from(*ordered));
            emit_places(left, code);
            emit_places(right, code);
        }),
        Places::AnyOf(parts) => {
            instruction(code, op::ANY_OF, |code| parts.iter().for_each(|part| emit_places(part, code)));
        }
    }
}

fn instruction(code: &mut Vec<u32>, kind: u32, body: impl FnOnce(&mut Vec<u32>)) {
    let at = code.len();
    code.push(0);
    body(code);
    code[at] = kind << LENGTH_BITS | u32::try_from(code.len() - at).unwrap_or(0);
}

fn emit_terms(terms: &[TermId], code: &mut Vec<u32>) {
    code.extend(terms.iter().map(|term| term.0));
}

fn emit_long(long: u64, code: &mut Vec<u32>) {
    code.extend([(long >> 32) as u32, long as u32]);
}

/// The long that stands in two words.
pub(super) fn long(code: &[u32]) -> u64 {
    u64::from(code[0]) << 32 | u64::from(code[1])
}

fn emit_moment(moment: Option<Moment>, code: &mut Vec<u32>) {
    let (kind, microseconds) = match moment {
        None => (0, 0),
        Some(Moment::At(at)) => (1, at.as_microsecond()),
        Some(Moment::FromNow(offset_us)) => (2, offset_us),
    };
    code.push(kind);
    emit_long(microseconds.cast_unsigned(), code);
}

/// The moment that stands in three words.
pub(super) fn moment(code: &[u32]) -> Option<Moment> {
    let microseconds = long(&code[1..]).cast_signed();
    match code[0] {
        1 => Timestamp::from_microsecond(microseconds).ok().map(Moment::At),
        2 => Some(Moment::FromNow(microseconds)),
        _ => None,
    }
}

/// The instructions that stand one behind the other, each as a whole.
pub(super) fn instructions(mut code: &[u32]) -> impl Iterator<Item = &[u32]> {
    std::iter::from_fn(move || {
        let (_, length) = head(*code.first()?);
        // A length of none would be read for ever; there is no such instruction.
        let (one, rest) = code.split_at_checked(length.max(1))?;
        code = rest;
        Some(one)
    })
}

/// The plan of one instruction.
pub(super) fn decode(code: &[u32]) -> Plan {
    let Some((&first, body)) = code.split_first() else { return Plan::nothing() };
    match head(first).0 {
        op::ALL => Plan::All,
        op::TERM => Plan::Term(TermId(body[0])),
        op::ANY => Plan::Any(terms(body)),
        op::NUMBER => {
            Plan::Number(number_field(body[0]), f64::from_bits(long(&body[1..])), f64::from_bits(long(&body[3..])))
        }
        op::TIME => Plan::Time(time_field(body[0]), moment(&body[1..]), moment(&body[4..])),
        op::SAMPLE => Plan::Sample(u16::try_from(body[0]).unwrap_or(u16::MAX)),
        op::RARE => Plan::Rare(body[0]),
        op::AND => Plan::And(instructions(body).map(decode).collect()),
        op::OR => Plan::Or(instructions(body).map(decode).collect()),
        op::NOT => Plan::Not(Box::new(decode(body))),
        _ => Plan::Places(decode_places(code)),
    }
}

fn decode_places(code: &[u32]) -> Places {
    let body = &code[1..];
    match head(code[0]).0 {
        op::PHRASE => Places::Phrase(phrase_words(body).map(|(offset, word)| (offset, terms(word))).collect()),
        op::WINDOW => {
            Places::Window { parts: instructions(&body[1..]).map(decode_places).collect(), positions_max: body[0] }
        }
        op::NEAR => {
            let (left, right) = near_sides(body);
            Places::Near {
                left: Box::new(decode_places(left)),
                right: Box::new(decode_places(right)),
                distance: body[0] >> 1,
                ordered: body[0] & 1 == 1,
            }
        }
        op::ANY_OF => Places::AnyOf(instructions(body).map(decode_places).collect()),
        _ => Places::Word(terms(body)),
    }
}

/// The words of a phrase: offset from the first, and the terms of which one has to stand there.
pub(super) fn phrase_words(mut body: &[u32]) -> impl Iterator<Item = (u32, &[u32])> {
    std::iter::from_fn(move || {
        let (&offset, rest) = body.split_first()?;
        let (word, rest) = rest.split_at_checked(head(*rest.first()?).1)?;
        body = rest;
        Some((offset, &word[1..]))
    })
}

/// The instructions of the two sides.
pub(super) fn near_sides(body: &[u32]) -> (&[u32], &[u32]) {
    let sides = &body[1..];
    sides.split_at(head(sides[0]).1)
}

fn terms(body: &[u32]) -> Vec<TermId> {
    body.iter().copied().map(TermId).collect()
}

/// The figure of that place.
pub(super) fn number_field(place: u32) -> NumberField {
    NumberField::ALL[place as usize]
}

/// The moment of that place.
pub(super) fn time_field(place: u32) -> TimeField {
    TimeField::ALL[place as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost() {
        let term = |number| TermId(number);
        let word = |numbers: &[u32]| Places::Word(numbers.iter().copied().map(TermId).collect());
        let moment = Timestamp::from_microsecond(-5).unwrap();
        let plan = Plan::And(vec![
            Plan::All,
            Plan::Sample(500),
            Plan::Any(vec![term(2), term(7)]),
            Plan::Not(Box::new(Plan::Or(vec![Plan::Term(term(9)), Plan::Rare(3)]))),
            Plan::Number(NumberField::Rating, f64::NEG_INFINITY, 4.5),
            Plan::Time(TimeField::Ingested, Some(Moment::At(moment)), Some(Moment::FromNow(-7))),
            Plan::Time(TimeField::Published, None, None),
            Plan::Places(Places::Near {
                left: Box::new(Places::AnyOf(vec![
                    word(&[3]),
                    Places::Phrase(vec![(0, vec![term(4)]), (2, vec![term(5), term(6)])]),
                ])),
                right: Box::new(word(&[8, 9])),
                distance: 5,
                ordered: true,
            }),
            Plan::Places(Places::Window { parts: vec![word(&[1]), word(&[2])], positions_max: 9 }),
        ]);
        let mut code = Vec::new();
        emit(&plan, &mut code);
        assert_eq!(decode(&code), plan);
    }
}
