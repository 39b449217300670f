//! Whether a mention fulfils a piece of code. What it means stands in [`super::evaluate()`]; here it is quick.

use super::{
    code::{head, instructions, long, moment, near_sides, number_field, op, phrase_words, time_field},
    evaluate::evaluate,
    heard::{Heard, Moment},
    term::TermId,
};
use crate::query::{
    Node, TimeField,
    stretches::{Stretches, WindowPart, keep_followed, near_exists, window_exists},
};

/// A mention, ready for the code of one layer.
pub(super) struct Run<'a> {
    pub(super) heard: &'a mut Heard,
    pub(super) moment: Moment<'a>,
    pub(super) rare: &'a [Node],
}

impl Run<'_> {
    /// All of these instructions are fulfilled.
    pub(super) fn all(&mut self, code: &[u32]) -> bool {
        instructions(code).all(|one| self.one(one))
    }

    fn one(&mut self, code: &[u32]) -> bool {
        let body = &code[1..];
        match head(code[0]).0 {
            op::ALL => true,
            op::TERM => self.heard.holds(TermId(body[0])),
            op::ANY => self.heard.holds_any(body),
            op::AND => instructions(body).all(|part| self.one(part)),
            op::OR => instructions(body).any(|part| self.one(part)),
            op::NOT => !self.one(body),
            op::NUMBER => {
                let number = self.moment.document.numbers[number_field(body[0]) as usize];
                let (min, max) = (f64::from_bits(long(&body[1..])), f64::from_bits(long(&body[3..])));
                number.is_some_and(|held| min <= held && held <= max)
            }
            op::TIME => self.time(body),
            op::SAMPLE => u32::from(self.moment.document.sample) < body[0],
            op::RARE => {
                let node = self.rare.get(body[0] as usize);
                node.is_some_and(|node| evaluate(node, self.moment.document, self.moment.now))
            }
            _ => self.may_stand(code) && self.stands(code),
        }
    }

    fn time(&self, body: &[u32]) -> bool {
        let at_us = match time_field(body[0]) {
            TimeField::Published => self.moment.document.published,
            TimeField::Ingested => self.moment.document.ingested,
        }
        .as_microsecond();
        let (from, before) = (moment(&body[1..]), moment(&body[4..]));
        from.is_none_or(|from| from.resolve_us(self.moment.now) <= at_us)
            && before.is_none_or(|before| at_us < before.resolve_us(self.moment.now))
    }

    /// Whether its words occur at all: most mentions are done with here.
    fn may_stand(&self, code: &[u32]) -> bool {
        let body = &code[1..];
        match head(code[0]).0 {
            op::PHRASE => phrase_words(body).all(|(_, terms)| self.heard.holds_any(terms)),
            op::WINDOW => instructions(&body[1..]).all(|part| self.may_stand(part)),
            op::NEAR => {
                // The shorter side is the quicker to miss.
                let (left, right) = near_sides(body);
                let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
                self.may_stand(short) && self.may_stand(long)
            }
            op::ANY_OF => instructions(body).any(|part| self.may_stand(part)),
            _ => self.heard.holds_any(body),
        }
    }

    fn stands(&mut self, code: &[u32]) -> bool {
        let body = &code[1..];
        match head(code[0]).0 {
            op::WORD => self.heard.holds_any(body),
            op::PHRASE => !self.phrase(body).is_empty(),
            op::WINDOW => self.window(body),
            op::NEAR => self.near(body),
            op::ANY_OF => instructions(body).any(|part| self.stands(part)),
            _ => false,
        }
    }

    /// First positions of a phrase, rising.
    fn phrase(&mut self, body: &[u32]) -> Vec<u32> {
        let mut words = phrase_words(body);
        let mut firsts = words.next().map_or_else(Vec::new, |(_, terms)| self.heard.places_of(terms));
        for (offset, terms) in words {
            if firsts.is_empty() {
                break;
            }
            let others = self.heard.places_of(terms);
            keep_followed(&mut firsts, &others, offset);
        }
        firsts
    }

    fn near(&mut self, body: &[u32]) -> bool {
        let (distance, ordered) = (body[0] >> 1, body[0] & 1 == 1);
        let (left, right) = near_sides(body);
        match (self.of_one_width(left), self.of_one_width(right)) {
            (Some((left, left_width)), Some((right, right_width))) => {
                near_exists((&left, left_width), (&right, right_width), distance, ordered)
            }
            _ => {
                let (left, right) = (self.stretches(left), self.stretches(right));
                left.is_near(&right, distance, ordered)
            }
        }
    }

    fn window(&mut self, body: &[u32]) -> bool {
        let places: Vec<(Vec<u32>, u32)> =
            instructions(&body[1..]).filter_map(|part| self.of_one_width(part)).collect();
        let parts: Vec<WindowPart<'_>> =
            places.iter().map(|(firsts, width)| WindowPart { firsts, width: *width }).collect();
        window_exists(&parts, body[0])
    }

    /// First positions and width of a word or phrase; `None` for what has stretches of several widths.
    fn of_one_width(&mut self, code: &[u32]) -> Option<(Vec<u32>, u32)> {
        let body = &code[1..];
        match head(code[0]).0 {
            op::WORD => Some((self.heard.places_of(body), 1)),
            op::PHRASE => {
                let width = phrase_words(body).last().map_or(1, |(offset, _)| offset + 1);
                Some((self.phrase(body), width))
            }
            _ => None,
        }
    }

    fn stretches(&mut self, code: &[u32]) -> Stretches {
        if let Some((firsts, width)) = self.of_one_width(code) {
            return Stretches::of_width(firsts, width);
        }
        let body = &code[1..];
        if head(code[0]).0 == op::NEAR {
            let (left, right) = near_sides(body);
            let (left, right) = (self.stretches(left), self.stretches(right));
            return left.near(&right, body[0] >> 1, body[0] & 1 == 1);
        }
        instructions(body).map(|part| self.stretches(part)).fold(Stretches::default(), Stretches::or)
    }
}
