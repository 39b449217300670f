use crate::model::{Desk, Rest, Status, Understanding};

/// What the conversation says of a message, whatever agents have done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It asks for nothing, or an earlier message of the same words asks for both.
    Nothing,
    /// It asks, and nobody has answered.
    Waits,
    /// An account of the brand has answered.
    Answered,
}

/// What the conversation says of a message. `is_answered`: a message of the brand answers it, whether it asked or not.
#[must_use]
pub fn standing(understanding: &Understanding, is_answered: bool) -> Standing {
    match (understanding.is_own(), is_answered, understanding.needs_reply.asked) {
        (true, _, _) | (false, false, false) => Standing::Nothing,
        (false, true, _) => Standing::Answered,
        (false, false, true) => Standing::Waits,
    }
}

/// Where a message stands: what is over is over, an answer counts before what was to bring it.
#[must_use]
pub fn status(standing: Standing, desk: &Desk) -> Status {
    match (&desk.rest, standing) {
        (Some(Rest::Closed), _) => Status::Closed,
        (Some(Rest::Ignored), _) => Status::Ignored,
        (_, Standing::Answered) => Status::Answered,
        (Some(Rest::HandedOff(_)), _) => Status::HandedOff,
        (_, Standing::Nothing) => Status::None,
        (Some(Rest::Snoozed { .. }), Standing::Waits) => Status::Snoozed,
        (None, Standing::Waits) if desk.claim.is_some() => Status::Claimed,
        (None, Standing::Waits) => Status::NeedsReply,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::Timestamp,
        model::{Claim, HandOff},
    };

    #[test]
    fn what_an_agent_did_shows_unless_the_conversation_has_gone_on() {
        let claim = Some(Claim { agent: "Ana".to_owned(), token: 1, expires_at: Timestamp::MAX });
        let hand_off = HandOff { to: "mail".to_owned(), reference: String::new(), reason: String::new() };
        let claimed = Desk { claim, ..Desk::default() };
        let resting = |rest| Desk { rest: Some(rest), ..Desk::default() };
        let untouched = Desk::default();
        for (desk, nothing, waits, answered) in [
            (&untouched, Status::None, Status::NeedsReply, Status::Answered),
            (&claimed, Status::None, Status::Claimed, Status::Answered),
            (&resting(Rest::Closed), Status::Closed, Status::Closed, Status::Closed),
            (&resting(Rest::Ignored), Status::Ignored, Status::Ignored, Status::Ignored),
            (&resting(Rest::HandedOff(hand_off)), Status::HandedOff, Status::HandedOff, Status::Answered),
            (&resting(Rest::Snoozed { until: Timestamp::MAX }), Status::None, Status::Snoozed, Status::Answered),
        ] {
            assert_eq!(status(Standing::Nothing, desk), nothing, "{desk:?}");
            assert_eq!(status(Standing::Waits, desk), waits, "{desk:?}");
            assert_eq!(status(Standing::Answered, desk), answered, "{desk:?}");
        }
    }
}
