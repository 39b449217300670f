use crate::model::Version;

/// The customer's messages from which a conversation drags on, with the brand's answers between them.
const DRAGGING_TURNS: u32 = 4;
/// The brand's answers that did not end it.
const DRAGGING_BRAND_TURNS: u32 = 2;
/// Hours from the customer's first message on from which a conversation that was answered and goes on drags on.
const DRAGGING_HOURS: i64 = 48;

/// Why a mention should go on elsewhere, out of the public eye or with somebody who can decide; `None` where nothing speaks for it.
#[must_use]
pub fn hand_off_proposal(version: &Version) -> Option<String> {
    if !version.status.is_open() {
        return None;
    }
    let course = version.course;
    let hours = version.mention.created_at.duration_since(course.began_at).as_hours();
    if course.is_conflict {
        return Some(format!(
            "conflict: {} negative messages in a row although the brand has answered; invite the customer to a private channel",
            course.hostile_turns
        ));
    }
    if course.turns >= DRAGGING_TURNS && course.brand_turns >= DRAGGING_BRAND_TURNS {
        return Some(format!(
            "drags on: {} messages of the customer and {} answers have not solved it; a call or a private message may",
            course.turns, course.brand_turns
        ));
    }
    if course.brand_turns > 0 && hours >= DRAGGING_HOURS {
        return Some(format!("drags on: the conversation has lasted {hours} hours and goes on"));
    }
    None
}
