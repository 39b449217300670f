//! Tokens → tree as written. Finds what is wrong with the form, goes on behind every fault, and judges no meaning.

use super::{
    ProblemCode,
    brackets::balance,
    field::Field,
    level::{Join, Level},
    lexer::{Token, TokenKind},
    problem::{Problems, shown},
    syntax::{Leaf, Part, PartKind},
};
use crate::base::{Span, limits};

/// Makes the tree of a text that has these tokens.
pub(super) fn parse(text: &str, tokens: Vec<Token>, problems: &mut Problems) -> Part {
    let tokens = balance(text, tokens, problems);
    let mut parser = Parser { text, tokens, next: 0, told_too_deep: false, problems };
    parser.level(0)
}

struct Parser<'a> {
    text: &'a str,
    /// Brackets are balanced.
    tokens: Vec<Token>,
    next: usize,
    told_too_deep: bool,
    problems: &'a mut Problems,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&TokenKind> {
        self.tokens.get(self.next).map(|token| &token.kind)
    }

    /// The span of the next token, which is taken; an empty one at the end of the text when there is none.
    fn take(&mut self) -> Span {
        let end = Span::new(self.text.len(), self.text.len());
        let span = self.tokens.get(self.next).map_or(end, |token| token.span);
        self.next += 1;
        span
    }

    /// Whether the next token can begin an operand.
    fn at_operand(&self) -> bool {
        !matches!(self.peek(), None | Some(TokenKind::Close | TokenKind::And | TokenKind::Or | TokenKind::Near(_)))
    }

    /// Everything up to the closing bracket, which is left, or the end.
    fn level(&mut self, depth: usize) -> Part {
        let mut level = Level::default();
        let mut waiting: Option<(Join, Span)> = None;
        let mut is_faulty = false;
        while let Some(kind) = self.peek() {
            let join = match kind {
                TokenKind::Close => break,
                TokenKind::And => Join::And,
                TokenKind::Or => Join::Or,
                TokenKind::Near(_) => {
                    let span = self.take();
                    self.missing_operand(span, "left");
                    is_faulty = true;
                    continue;
                }
                _ => {
                    let operand = self.operand(depth);
                    level.push(waiting.take().map_or(Join::Side, |(join, _)| join), operand);
                    continue;
                }
            };
            let span = self.take();
            if level.is_empty() || waiting.is_some() {
                self.missing_operand(span, "left");
                is_faulty = true;
            } else {
                waiting = Some((join, span));
            }
        }
        if let Some((_, span)) = waiting {
            self.missing_operand(span, "right");
            is_faulty = true;
        }
        level.finish(self.text, is_faulty, self.problems)
    }

    fn missing_operand(&mut self, operator: Span, side: &str) {
        let written = &self.text[operator.range()];
        self.problems.error(
            ProblemCode::MissingOperand,
            operator,
            format!(
                "there is nothing to the {side} of {} that it could be applied to; to search for the word itself, write \
                 it in quotes",
                shown(written)
            ),
            (side == "left" || written != "NOT").then(String::new),
        );
    }

    /// What stands between two operators: any number of NOT, and parts that may be joined by NEAR.
    fn operand(&mut self, depth: usize) -> Part {
        if self.peek() == Some(&TokenKind::Not) {
            let span = self.take();
            if !self.at_operand() {
                self.missing_operand(span, "right");
                return Part::faulty(span);
            }
            if depth >= limits::QUERY_DEPTH_MAX {
                while self.peek() == Some(&TokenKind::Not) {
                    self.take();
                }
                self.too_deep(span);
                if self.at_operand() {
                    self.operand(depth);
                }
                return Part::faulty(span);
            }
            let part = self.operand(depth + 1);
            return Part { span: span.join(part.span), kind: PartKind::Not(Box::new(part)) };
        }
        let first = self.primary(depth);
        let mut span = first.span;
        let mut parts = vec![first];
        let mut operators = Vec::new();
        while let Some(&TokenKind::Near(form)) = self.peek() {
            let operator = self.take();
            if !self.at_operand() || self.peek() == Some(&TokenKind::Not) {
                self.missing_operand(operator, "right");
                span = span.join(operator);
                break;
            }
            let part = self.primary(depth);
            span = span.join(part.span);
            parts.push(part);
            operators.push((form, operator));
        }
        if operators.is_empty()
            && let Some(first) = parts.pop()
        {
            return first;
        }
        Part { span, kind: PartKind::Near(parts, operators) }
    }

    fn primary(&mut self, depth: usize) -> Part {
        let Some(token) = self.tokens.get(self.next).cloned() else { return Part::faulty(self.take()) };
        match token.kind {
            TokenKind::Open => self.group(depth),
            TokenKind::Field => self.field(depth),
            TokenKind::Broken => Part::faulty(self.take()),
            TokenKind::Quoted(content) => {
                let span = self.take();
                if let Some(&TokenKind::Window(distance)) = self.peek() {
                    let tilde = self.take();
                    return Part::leaf(span.join(tilde), Leaf::Window(content, distance, tilde));
                }
                Part::leaf(span, Leaf::Quoted(content))
            }
            TokenKind::Range => Part::leaf(self.take(), Leaf::Range),
            TokenKind::Cased(content) => Part::leaf(self.take(), Leaf::Cased(content)),
            TokenKind::Inflected(content) => Part::leaf(self.take(), Leaf::Inflected(content)),
            // The callers ask for a part only where one begins.
            TokenKind::Word
            | TokenKind::Window(_)
            | TokenKind::Close
            | TokenKind::And
            | TokenKind::Or
            | TokenKind::Not
            | TokenKind::Near(_) => Part::leaf(self.take(), Leaf::Word),
        }
    }

    fn group(&mut self, depth: usize) -> Part {
        let open = self.take();
        if depth >= limits::QUERY_DEPTH_MAX {
            self.too_deep(open);
            return Part::faulty(open.join(self.skip_group()));
        }
        let first = self.next;
        let inside = self.level(depth + 1);
        let is_empty = self.next == first;
        let close = self.take();
        let span = open.join(close);
        // A bracket that never was closed has been reported; that nothing follows it need not be.
        if is_empty && close.start < close.end {
            let message = "there is nothing between these brackets";
            self.problems.error(ProblemCode::EmptyBrackets, span, message, None);
        }
        Part { span, kind: PartKind::Group(Box::new(inside)) }
    }

    fn too_deep(&mut self, span: Span) {
        if !self.told_too_deep {
            self.told_too_deep = true;
            self.problems.error(
                ProblemCode::TooDeep,
                span,
                format!(
                    "more than {} brackets or NOT stand inside each other here; take some of them away",
                    limits::QUERY_DEPTH_MAX
                ),
                None,
            );
        }
    }

    /// Passes over the rest of a group whose bracket has been taken; gives the span of its closing one.
    fn skip_group(&mut self) -> Span {
        let mut open = 1_usize;
        loop {
            match self.peek() {
                Some(TokenKind::Open) => open += 1,
                Some(TokenKind::Close) => open -= 1,
                Some(_) => {}
                None => return self.take(),
            }
            let span = self.take();
            if open == 0 {
                return span;
            }
        }
    }

    fn field(&mut self, depth: usize) -> Part {
        let name = self.take();
        let behind = self.tokens.get(self.next);
        let is_value = behind.is_some_and(|token| {
            matches!(
                token.kind,
                TokenKind::Open
                    | TokenKind::Word
                    | TokenKind::Quoted(_)
                    | TokenKind::Range
                    | TokenKind::Cased(_)
                    | TokenKind::Inflected(_)
                    | TokenKind::Broken
            )
        });
        if is_value && behind.is_some_and(|token| token.glued) {
            let value = self.primary(depth);
            return Part { span: name.join(value.span), kind: PartKind::Field(name, Box::new(value)) };
        }
        let written = &self.text[name.range()];
        if Field::from_name(written.trim_end_matches([':', '：'])).is_none() {
            // That there is no such field is said when the tree is checked.
            return Part { span: name, kind: PartKind::Field(name, Box::new(Part::faulty(name))) };
        }
        // `lang: it` means `lang:it`.
        let meant = behind.filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::Quoted(_)));
        let (span, suggestion) = match meant {
            Some(token) => (name.join(token.span), Some(format!("{written}{}", &self.text[token.span.range()]))),
            None => (name, None),
        };
        let has_value_behind = suggestion.is_some();
        self.problems.error(
            ProblemCode::MissingValue,
            span,
            format!("{} needs a value right behind its colon", shown(written)),
            suggestion,
        );
        if has_value_behind {
            self.primary(depth);
        }
        Part::faulty(span)
    }
}
