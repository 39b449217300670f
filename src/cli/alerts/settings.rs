use clap::{Args, ValueEnum};

use crate::proto::v1::{
    Alert, EveryMatch, MatchCount, Silence, Spike, alert::Kind, spike::Sensitivity as WireSensitivity,
};

/// What an alert is made of, as far as it is given.
#[derive(Debug, Default, Args)]
pub(super) struct Settings {
    /// Fire whenever a mention enters
    #[arg(long, group = "kind")]
    every_match: bool,
    /// Fire when so many have entered within --within
    #[arg(long, group = "kind", value_name = "MATCHES")]
    count: Option<u32>,
    /// The window of --count, e.g. 60m, 6h or 2d
    #[arg(long, value_name = "LENGTH", value_parser = minutes)]
    within: Option<u32>,
    /// Fire when far more enter than usual at this hour of the week
    #[arg(long, group = "kind")]
    spike: bool,
    /// How far from the usual a spike has to be; medium where not given
    #[arg(long, value_enum)]
    sensitivity: Option<Sensitivity>,
    /// Fewer in an hour are never a spike; 10 where not given
    #[arg(long, value_name = "MATCHES")]
    at_least: Option<u32>,
    /// Fire when nothing has entered for so long, e.g. 6h
    #[arg(long, group = "kind", value_name = "LENGTH", value_parser = minutes)]
    silence: Option<u32>,
    /// How long to be quiet after it fired, e.g. 2h; 0m never
    #[arg(long, value_name = "LENGTH", value_parser = minutes)]
    cooldown: Option<u32>,
    /// Mentions written longer ago than so many hours when they enter do not count; 0 counts all
    #[arg(long, value_name = "HOURS")]
    max_age_hours: Option<u32>,
    /// Zone of its hours, e.g. Europe/Rome; UTC where not given
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// For people
    #[arg(long)]
    note: Option<String>,
    /// Fire nothing, but go on learning
    #[arg(long, conflicts_with = "enable")]
    disable: bool,
    /// Fire again
    #[arg(long)]
    enable: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Sensitivity {
    Low,
    Medium,
    High,
}

impl Settings {
    /// Puts what is given into the alert.
    ///
    /// # Errors
    /// What is missing or does not go together.
    pub(super) fn put_into(&self, alert: &mut Alert) -> Result<(), String> {
        self.choose_kind(alert);
        match &mut alert.kind {
            None => return Err("say when it fires: --every-match, --count, --spike or --silence".to_owned()),
            Some(Kind::Count(count)) => {
                count.minutes = self.within.unwrap_or(count.minutes);
                if count.minutes == 0 {
                    return Err("--count needs its window: --within 60m".to_owned());
                }
            }
            Some(Kind::Spike(spike)) => {
                if let Some(sensitivity) = self.sensitivity {
                    spike.sensitivity = sensitivity.to_wire().into();
                }
                spike.matches_min = self.at_least.unwrap_or(spike.matches_min);
            }
            Some(Kind::EveryMatch(_) | Kind::Silence(_)) => {}
        }
        let is_count = matches!(alert.kind, Some(Kind::Count(_)));
        let is_spike = matches!(alert.kind, Some(Kind::Spike(_)));
        if self.within.is_some() && !is_count {
            return Err("--within is the window of --count".to_owned());
        }
        if (self.sensitivity.is_some() || self.at_least.is_some()) && !is_spike {
            return Err("--sensitivity and --at-least belong to --spike".to_owned());
        }
        alert.cooldown_minutes = self.cooldown.or(alert.cooldown_minutes);
        alert.age_hours_max = self.max_age_hours.unwrap_or(alert.age_hours_max);
        if let Some(zone) = &self.time_zone {
            alert.time_zone.clone_from(zone);
        }
        if let Some(note) = &self.note {
            alert.note.clone_from(note);
        }
        alert.disabled = (alert.disabled || self.disable) && !self.enable;
        Ok(())
    }

    fn choose_kind(&self, alert: &mut Alert) {
        let before = alert.kind;
        if self.every_match {
            alert.kind = Some(Kind::EveryMatch(EveryMatch {}));
        }
        if let Some(matches) = self.count {
            let minutes = if let Some(Kind::Count(count)) = before { count.minutes } else { 0 };
            alert.kind = Some(Kind::Count(MatchCount { matches, minutes }));
        }
        if self.spike && !matches!(before, Some(Kind::Spike(_))) {
            alert.kind = Some(Kind::Spike(Spike::default()));
        }
        if let Some(minutes) = self.silence {
            alert.kind = Some(Kind::Silence(Silence { minutes }));
        }
    }
}

impl Sensitivity {
    const fn to_wire(self) -> WireSensitivity {
        match self {
            Self::Low => WireSensitivity::Low,
            Self::Medium => WireSensitivity::Medium,
            Self::High => WireSensitivity::High,
        }
    }
}

/// A length of time such as `60m`, `6h` or `2d`, in minutes.
fn minutes(text: &str) -> Result<u32, String> {
    let allowed = || format!("`{text}` is no length; write 60m, 6h or 2d");
    let (number, factor) = match text.char_indices().last() {
        Some((at, 'm')) => (&text[..at], 1),
        Some((at, 'h')) => (&text[..at], 60),
        Some((at, 'd')) => (&text[..at], 24 * 60),
        _ => return Err(allowed()),
    };
    number.parse::<u32>().ok().and_then(|number| number.checked_mul(factor)).ok_or_else(allowed)
}

/// When an alert fires.
pub(super) fn kind_in_words(alert: &Alert) -> String {
    match alert.kind {
        None => "nothing".to_owned(),
        Some(Kind::EveryMatch(_)) => "every match".to_owned(),
        Some(Kind::Count(count)) => format!("{} within {}", count.matches, length_in_words(count.minutes)),
        Some(Kind::Spike(spike)) => {
            let sensitivity = match spike.sensitivity() {
                WireSensitivity::Low => "low",
                WireSensitivity::Unspecified | WireSensitivity::Medium => "medium",
                WireSensitivity::High => "high",
            };
            format!("a spike, {sensitivity} sensitivity, at least {}", spike.matches_min)
        }
        Some(Kind::Silence(silence)) => format!("nothing for {}", length_in_words(silence.minutes)),
    }
}

/// `90 min`, `6 h`, `2 d`.
pub(super) fn length_in_words(minutes: u32) -> String {
    match minutes {
        0 => "0 min".to_owned(),
        _ if minutes.is_multiple_of(24 * 60) => format!("{} d", minutes / (24 * 60)),
        _ if minutes.is_multiple_of(60) => format!("{} h", minutes / 60),
        _ => format!("{minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lengths() {
        for (text, expected) in [("60m", Some(60)), ("6h", Some(360)), ("2d", Some(2880)), ("0m", Some(0))] {
            assert_eq!(minutes(text).ok(), expected, "{text}");
        }
        for text in ["", "60", "h", "-1h", "1.5h", "6 h", "99999999d", "6ч"] {
            assert!(minutes(text).unwrap_err().contains("60m, 6h or 2d"), "{text}");
        }
    }

    #[test]
    fn an_edit_changes_what_is_named_and_nothing_else() {
        let count = Some(Kind::Count(MatchCount { matches: 40, minutes: 60 }));
        let mut alert = Alert { kind: count, note: "call".into(), disabled: true, ..Alert::default() };
        Settings { count: Some(50), ..Settings::default() }.put_into(&mut alert).unwrap();
        assert_eq!(kind_in_words(&alert), "50 within 1 h");
        Settings { within: Some(90), enable: true, ..Settings::default() }.put_into(&mut alert).unwrap();
        assert_eq!(
            (kind_in_words(&alert).as_str(), alert.note.as_str(), alert.disabled),
            ("50 within 90 min", "call", false)
        );
        Settings { spike: true, ..Settings::default() }.put_into(&mut alert).unwrap();
        let wrong = Settings { within: Some(9), ..Settings::default() }.put_into(&mut alert).unwrap_err();
        assert_eq!(wrong, "--within is the window of --count");
        assert!(
            Settings { count: Some(5), ..Settings::default() }.put_into(&mut alert).unwrap_err().contains("--within")
        );
    }
}
