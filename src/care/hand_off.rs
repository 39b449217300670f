use crate::model::Version;

/// The customer's turns from which a conversation drags on; between them are the brand's answers, which did not end it.
const DRAGGING_TURNS: u32 = 4;
/// Hours from the brand's first answer on from which a conversation that goes on drags on.
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
            "conflict: {} hostile turns in a row although the brand has answered; invite the customer to a private channel",
            course.hostile_turns
        ));
    }
    if course.turns >= DRAGGING_TURNS {
        return Some(format!(
            "drags on: {} answers have not solved it, and the customer writes for the {}. time; a call or a private message may",
            course.brand_turns, course.turns
        ));
    }
    if course.brand_turns > 0 && hours >= DRAGGING_HOURS {
        return Some(format!("drags on: it was answered first {hours} hours ago and goes on"));
    }
    None
}
