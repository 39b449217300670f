use super::{
    ProblemCode,
    lexer::{Token, TokenKind},
    problem::Problems,
};
use crate::base::Span;

/// Reports every bracket without its partner and makes all of them balanced: a closing one too many is left out, a
/// missing one is added at the end of the text with an empty span. The parser then need not know of faults.
pub(super) fn balance(text: &str, tokens: Vec<Token>, problems: &mut Problems) -> Vec<Token> {
    let mut open = Vec::new();
    let mut balanced = Vec::with_capacity(tokens.len());
    for token in tokens {
        match token.kind {
            TokenKind::Open => open.push(token.span),
            TokenKind::Close if open.pop().is_none() => {
                let message = "this closing bracket has no opening one before it";
                problems.error(ProblemCode::UnbalancedBracket, token.span, message, Some(String::new()));
                continue;
            }
            _ => {}
        }
        balanced.push(token);
    }
    let end = Span::new(text.len(), text.len());
    balanced.extend(open.iter().map(|_| Token { kind: TokenKind::Close, span: end, glued: false }));
    let message = "this opening bracket has no closing one behind it";
    if let [bracket] = open[..] {
        // With one missing, the end of the text is a likely place for it.
        let rest = text[bracket.range().start..].trim_end();
        let span = Span::new(bracket.range().start, bracket.range().start + rest.len());
        problems.error(ProblemCode::UnbalancedBracket, span, message, Some(format!("{rest})")));
    } else {
        for bracket in open {
            problems.error(ProblemCode::UnbalancedBracket, bracket, message, None);
        }
    }
    balanced
}
