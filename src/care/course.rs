use super::{ParentFacts, Part};
use crate::{
    base::Timestamp,
    model::{Course, SentimentLabel, Understanding},
};

/// The customer's hostile turns in a row, with an answer of the brand before the last, that make a conflict.
const HOSTILE_TURNS: u32 = 2;

/// How the conversation went up to a message of an author, by handle. It goes on from what is answered where that is the brand's or
/// the author's own; who answers another customer begins anew, so that the crowd below one loud post is not one conversation.
#[must_use]
pub fn course(
    parent: Option<&ParentFacts>,
    author: &str,
    understanding: &Understanding,
    created_at: Timestamp,
) -> Course {
    let is_own = understanding.is_own();
    // What the brand wrote to everybody began nothing.
    let parent = parent.filter(|facts| (is_own || goes_on(facts, author)) && facts.course.turns > 0);
    let before = parent.map_or(Course::beginning(created_at), |facts| facts.course);
    // A turn goes on until the other side writes.
    let is_new_turn = parent.is_none_or(|facts| is_brands(facts) != is_own);
    let counted = |turns: u32| (turns + u32::from(is_new_turn)).min(Course::TURNS_MAX);
    let course = if is_own {
        let brand_turns = if before.turns > 0 { counted(before.brand_turns) } else { 0 };
        let began_at = if before.brand_turns == 0 { created_at } else { before.began_at };
        Course { brand_turns, began_at, ..before }
    } else {
        let is_hostile = understanding.sentiment.label == SentimentLabel::Negative;
        let hostile_turns = match (is_hostile, is_new_turn) {
            (true, true) => counted(before.hostile_turns),
            (true, false) => before.hostile_turns.max(1),
            (false, true) => 0,
            (false, false) => before.hostile_turns,
        };
        let is_conflict = hostile_turns >= HOSTILE_TURNS && before.brand_turns > 0;
        let began_at = if before.brand_turns == 0 { created_at } else { before.began_at };
        Course { turns: counted(before.turns), hostile_turns, is_conflict, began_at, ..before }
    };
    let is_counted = course.turns < Course::TURNS_MAX;
    Course { began_at: if is_counted { course.began_at } else { created_at }, ..course }
}

fn is_brands(parent: &ParentFacts) -> bool {
    matches!(parent.part, Part::BrandAsks | Part::BrandAnswers | Part::BrandTells)
}

fn goes_on(parent: &ParentFacts, author: &str) -> bool {
    is_brands(parent) || (!author.is_empty() && author.eq_ignore_ascii_case(&parent.parent.handle))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BrandMatch, BrandReason, Parent, Sentiment};

    fn understood(own: bool, label: SentimentLabel) -> Understanding {
        Understanding {
            sentiment: Sentiment { label, score: 0.0, evidence: Vec::new() },
            brands: vec![BrandMatch {
                brand: "aurora".to_owned(),
                own,
                reasons: vec![BrandReason::Author],
                sentiment: None,
            }],
            ..Understanding::nothing()
        }
    }

    /// Messages one answering the other: who, whether it is the brand, what they feel.
    fn courses(messages: &[(&str, bool, SentimentLabel)]) -> Vec<Course> {
        let mut courses = Vec::new();
        let mut parent: Option<ParentFacts> = None;
        for (second, &(author, own, label)) in (0..).zip(messages) {
            let at = Timestamp::from_second(second).unwrap();
            let course = course(parent.as_ref(), author, &understood(own, label), at);
            parent = Some(ParentFacts {
                parent: Parent { handle: author.to_owned(), text: String::new() },
                part: if own { Part::BrandAnswers } else { Part::Asks },
                brands: Vec::new(),
                course,
            });
            courses.push(course);
        }
        courses
    }

    #[test]
    fn turns_are_counted_on_both_sides_and_anger_in_a_row() {
        use SentimentLabel::{Negative, Neutral, Positive};
        let told = courses(&[
            ("aurora", true, Neutral),
            ("Anna", false, Negative),
            ("aurora", true, Positive),
            ("anna", false, Negative),
            ("anna", false, Neutral),
        ]);
        let counts = |course: &Course| (course.turns, course.brand_turns, course.hostile_turns);
        assert_eq!(
            told.iter().map(counts).collect::<Vec<_>>(),
            [(0, 0, 0), (1, 0, 1), (1, 1, 1), (2, 1, 2), (2, 1, 2)]
        );
        assert_eq!(told.iter().map(|course| course.is_conflict).collect::<Vec<_>>(), [false, false, false, true, true]);
        assert_eq!(told[4].began_at, Timestamp::from_second(2).unwrap());
    }

    #[test]
    fn another_customer_begins_anew_and_nothing_is_counted_for_ever() {
        let negative = SentimentLabel::Negative;
        let crowd = courses(&[("anna", false, negative), ("bruno", false, negative)]);
        assert_eq!((crowd[1].turns, crowd[1].hostile_turns), (1, 1));
        // However much somebody writes, it is one turn until the brand answers.
        let alone = courses(&[("anna", false, negative); 40]);
        assert_eq!((alone[39].turns, alone[39].hostile_turns, alone[39].is_conflict), (1, 1, false));
        let long = courses(&[("anna", false, negative), ("aurora", true, negative)].repeat(20));
        let last = long[39];
        assert_eq!((last.turns, last.brand_turns, last.hostile_turns), (10, 10, 10));
        assert_eq!(last.began_at, Timestamp::from_second(39).unwrap());
    }
}
