use super::coverage;
use crate::{
    base::Timestamp,
    model::{Brand, PriorityLevel, Target},
};

/// The target that holds for an answer on this platform to a mention of this priority: of those that speak of it, the one that asks for
/// most, and of several the first of the profile. `is_first`: nobody has answered in this conversation before.
#[must_use]
pub fn target_of<'a>(brand: &'a Brand, platform: &str, priority: PriorityLevel, is_first: bool) -> Option<&'a Target> {
    let holds = |target: &&Target| {
        target.reply_minutes(is_first).is_some()
            && target.platform.as_deref().is_none_or(|asked| asked == platform)
            && target.priority.is_none_or(|asked| asked == priority)
    };
    let asks = |target: &&Target| u8::from(target.platform.is_some()) + u8::from(target.priority.is_some());
    // Of several with the most, `max_by_key` takes the last.
    brand.targets.iter().rev().filter(holds).max_by_key(asks)
}

/// From when on the answer to what was written at this moment is due soon, and when it is due; `None` where the brand promises nothing, or
/// where its coverage never comes to so many minutes.
#[must_use]
pub fn promised(
    brand: &Brand,
    platform: &str,
    priority: PriorityLevel,
    is_first: bool,
    written_at: Timestamp,
) -> Option<(Timestamp, Timestamp)> {
    let target = target_of(brand, platform, priority, is_first)?;
    let minutes = target.reply_minutes(is_first)?;
    let soon_minutes = minutes.saturating_sub(target.due_soon_minutes_of(minutes));
    let of = |minutes| coverage::due_at(brand.coverage.as_ref(), written_at, minutes);
    Some((of(soon_minutes)?, of(minutes)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ReplyRules;

    fn target(platform: &str, priority: &str, first: u32, next: u32) -> Target {
        let minutes = |minutes: u32| (minutes > 0).then_some(minutes);
        Target {
            platform: (!platform.is_empty()).then(|| platform.to_owned()),
            priority: PriorityLevel::from_word(priority),
            first_reply_minutes: minutes(first),
            next_reply_minutes: minutes(next),
            due_soon_minutes: None,
        }
    }

    fn brand(targets: Vec<Target>) -> Brand {
        Brand {
            id: "nordwind".to_owned(),
            title: "Nordwind".to_owned(),
            query: "nordwind".to_owned(),
            accounts: Vec::new(),
            coverage: None,
            targets,
            responsible: Vec::new(),
            reply_threshold: 1.2,
            reply: ReplyRules::default(),
            priority_tags: Vec::new(),
        }
    }

    #[test]
    fn the_target_that_asks_for_most_holds_and_of_several_the_first() {
        let brand = brand(vec![
            target("", "", 60, 120),
            target("twitter", "", 30, 0),
            target("", "urgent", 10, 15),
            target("vk", "high", 20, 0),
            target("vk", "high", 21, 25),
        ]);
        for (platform, priority, is_first, expected) in [
            ("reviews", "normal", true, 60),
            ("reviews", "normal", false, 120),
            ("twitter", "normal", true, 30),
            // It says nothing of later answers, so the general one does.
            ("twitter", "normal", false, 120),
            ("twitter", "urgent", true, 30),
            ("twitter", "urgent", false, 15),
            ("vk", "high", true, 20),
            ("vk", "high", false, 25),
            ("vk", "urgent", true, 10),
        ] {
            let level = PriorityLevel::from_word(priority).unwrap();
            let found = target_of(&brand, platform, level, is_first).and_then(|it| it.reply_minutes(is_first));
            assert_eq!(found, Some(expected), "{platform} {priority} {is_first}");
        }
    }

    #[test]
    fn without_a_target_nothing_is_promised() {
        let brand = brand(vec![target("twitter", "", 30, 0)]);
        assert_eq!(target_of(&brand, "vk", PriorityLevel::Normal, true), None);
        assert_eq!(target_of(&brand, "twitter", PriorityLevel::Normal, false), None);
        assert_eq!(promised(&brand, "twitter", PriorityLevel::Normal, false, Timestamp::UNIX_EPOCH), None);
    }

    #[test]
    fn an_answer_is_due_soon_a_quarter_before_or_as_the_profile_says() {
        let at = |minute: i64| Timestamp::from_second(minute * 60).unwrap();
        let mut said = target("", "", 60, 7);
        let of = |target: &Target, is_first| {
            promised(&brand(vec![target.clone()]), "twitter", PriorityLevel::Low, is_first, Timestamp::UNIX_EPOCH)
        };
        assert_eq!(of(&said, true), Some((at(45), at(60))));
        assert_eq!(of(&said, false), Some((at(5), at(7))));
        said.due_soon_minutes = Some(6);
        assert_eq!(of(&said, true), Some((at(54), at(60))));
        assert_eq!(of(&said, false), Some((at(1), at(7))));
    }
}
