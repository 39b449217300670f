use super::{
    ProblemCode,
    lexer::near,
    problem::{Problems, shown},
    syntax::{Part, PartKind},
};
use crate::base::Span;

/// How an operand is joined to the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    And,
    Or,
    /// Side by side, which means AND.
    Side,
}

/// The operands of one bracket level.
#[derive(Debug, Default)]
pub(super) struct Level {
    operands: Vec<Part>,
    /// Between operands: one less than there are.
    joins: Vec<Join>,
}

impl Level {
    pub(super) const fn is_empty(&self) -> bool {
        self.operands.is_empty()
    }

    /// Adds an operand; the join of the first one has no meaning.
    pub(super) fn push(&mut self, join: Join, operand: Part) {
        if !self.operands.is_empty() {
            self.joins.push(join);
        }
        self.operands.push(operand);
    }

    /// Makes one part of the level. Where AND and OR are mixed it says so and goes on as if AND bound tighter.
    pub(super) fn finish(self, text: &str, is_faulty: bool, problems: &mut Problems) -> Part {
        let (Some(first), Some(last)) = (self.operands.first(), self.operands.last()) else {
            return Part::faulty(Span::new(text.len(), text.len()));
        };
        let span = first.span.join(last.span);
        self.warn_of_lower_case(text, problems);
        let is_mixed = self.joins.contains(&Join::Or) && self.joins.iter().any(|&join| join != Join::Or);
        if is_mixed {
            problems.error(
                ProblemCode::MixedOperators,
                span,
                "AND and OR stand side by side, which can be read in two ways (words side by side are joined by AND): \
                 put brackets around what belongs together",
                (!is_faulty).then(|| self.bracketed(text)),
            );
        }
        let mut any_of = Vec::new();
        let mut all_of = Vec::new();
        let mut joins = self.joins.into_iter();
        for operand in self.operands {
            let is_first = any_of.is_empty() && all_of.is_empty();
            if !is_first && joins.next() == Some(Join::Or) {
                any_of.push(joined(std::mem::take(&mut all_of), PartKind::And));
            }
            all_of.push(operand);
        }
        any_of.push(joined(all_of, PartKind::And));
        Part { span, ..joined(any_of, PartKind::Or) }
    }

    /// The level's text with brackets around all that is joined by AND.
    fn bracketed(&self, text: &str) -> String {
        let mut result = String::new();
        let mut run_start = 0;
        for at in 0..self.operands.len() {
            let is_run_end = self.joins.get(at).is_none_or(|&join| join == Join::Or);
            if !is_run_end {
                continue;
            }
            let run = self.operands[run_start].span.join(self.operands[at].span);
            let written = &text[run.range()];
            if run_start == at {
                result.push_str(written);
            } else {
                result.extend(["(", written, ")"]);
            }
            if let Some(next) = self.operands.get(at + 1) {
                result.push_str(&text[run.range().end..next.span.range().start]);
            }
            run_start = at + 1;
        }
        result
    }

    fn warn_of_lower_case(&self, text: &str, problems: &mut Problems) {
        for (at, operand) in self.operands.iter().enumerate() {
            let side = |joint: Option<usize>| joint.and_then(|joint| self.joins.get(joint)) == Some(&Join::Side);
            let (before, behind) = (side(at.checked_sub(1)), side(Some(at)));
            if !operand.is_word() || !behind {
                continue;
            }
            let written = &text[operand.span.range()];
            let operator = match written {
                "&&" => "AND".to_owned(),
                "||" | "|" => "OR".to_owned(),
                word => word.to_uppercase(),
            };
            let is_operator = match operator.as_str() {
                "AND" | "OR" => before,
                "NOT" => true,
                other => before && near(other).is_some(),
            };
            if is_operator {
                problems.warning(
                    ProblemCode::LowerCaseOperator,
                    operand.span,
                    format!(
                        "{} is searched for as a word; the operators are AND, OR, NOT and NEAR/n, in capitals",
                        shown(written)
                    ),
                    Some(operator),
                );
            }
        }
    }
}

fn joined(mut parts: Vec<Part>, kind: impl FnOnce(Vec<Part>) -> PartKind) -> Part {
    if parts.len() == 1
        && let Some(only) = parts.pop()
    {
        return only;
    }
    let span = parts.iter().map(|part| part.span).reduce(Span::join).unwrap_or_default();
    Part { span, kind: kind(parts) }
}
