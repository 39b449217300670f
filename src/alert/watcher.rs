use jiff::{SignedDuration, tz::TimeZone};

use super::{
    hours::LocalHour,
    spike::{self, Baseline, LEARNING_DAYS},
};
use crate::{
    base::{
        Seq, Timestamp,
        limits::{ALERT_COUNT_MAX, ALERT_SAMPLE_MENTIONS_MAX},
    },
    model::{Alert, AlertKind, AlertState, Firing, MentionName, Unfired, Usual},
};

/// How long a spike stays quiet after it fired, where nothing else is asked for.
const SPIKE_COOLDOWN_MINUTES: u32 = 60;

/// That a mention has entered the saved search of an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The version by which it entered.
    pub seq: Seq,
    /// When that was recorded.
    pub at: Timestamp,
    /// When the mention was written.
    pub created_at: Timestamp,
    /// Which mention.
    pub name: MentionName,
}

/// An alert at work: its settings and what it remembers.
#[derive(Clone, Debug)]
pub struct Watcher {
    alert: Alert,
    state: AlertState,
    zone: TimeZone,
    /// Of the hour it was last asked for.
    baseline: Option<(LocalHour, Option<Baseline>)>,
}

/// What a firing tells beside what every firing tells.
struct Told {
    count: u64,
    at_least: bool,
    usual: Option<Usual>,
    reason: String,
    first_seq: Seq,
}

impl Watcher {
    /// Goes on with what was remembered. Hours are those of `zone`.
    #[must_use]
    pub fn new(alert: Alert, state: AlertState, zone: TimeZone) -> Self {
        Self { alert, state, zone, baseline: None }
    }

    /// Its settings.
    #[must_use]
    pub fn alert(&self) -> &Alert {
        &self.alert
    }

    /// What it remembers.
    #[must_use]
    pub fn state(&self) -> &AlertState {
        &self.state
    }

    /// Until when it only learns; `None` where it judges, at that moment.
    #[must_use]
    pub fn learning_until(alert: &Alert, state: &AlertState, now: Timestamp) -> Option<Timestamp> {
        let until = later(state.since, SignedDuration::from_hours(LEARNING_DAYS * 24));
        (matches!(alert.kind, AlertKind::Spike { .. }) && now < until).then_some(until)
    }

    /// When it fires if nothing enters before.
    #[must_use]
    pub fn deadline(&self) -> Option<Timestamp> {
        match self.alert.kind {
            AlertKind::Silence { minutes: silence } if !self.state.silence_is_told => {
                Some(later(self.quiet_since(), minutes(silence)))
            }
            _ => None,
        }
    }

    /// A mention enters. Entries come in order of seq, and after [`Watcher::passes`] was told of their moment.
    pub fn enters(&mut self, entry: &Entry) -> Option<Firing> {
        if entry.seq <= self.state.after || self.is_too_old(entry) {
            return None;
        }
        self.remember(entry);
        let told = match self.alert.kind {
            AlertKind::EveryMatch => Some(self.every_match()),
            AlertKind::Count { matches, minutes } => self.count(entry, matches, minutes),
            AlertKind::Spike { matches_min, .. } => self.spike(entry, matches_min),
            AlertKind::Silence { .. } => {
                self.state.silence_is_told = false;
                None
            }
        }?;
        if !self.alert.enabled || !self.is_cool(entry.at) {
            return None;
        }
        Some(self.fire(told, entry.at, entry.seq))
    }

    /// Everything up to `seq` has entered that will enter before this moment.
    pub fn passes(&mut self, now: Timestamp, seq: Seq) -> Option<Firing> {
        let deadline = self.deadline().filter(|deadline| *deadline <= now)?;
        self.state.silence_is_told = true;
        if !self.alert.enabled {
            return None;
        }
        let since = self.quiet_since();
        let told = Told {
            count: 0,
            at_least: false,
            usual: None,
            reason: format!(
                "nothing for {}, since {}",
                duration_in_words(deadline.duration_since(since)),
                since.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M %Z")
            ),
            first_seq: self.state.newest.back().map_or(self.state.after, |(seq, _)| *seq),
        };
        Some(Firing { sample: Vec::new(), ..self.fire(told, deadline, seq) })
    }

    fn remember(&mut self, entry: &Entry) {
        let state = &mut self.state;
        state.last_entered_at = Some(entry.at);
        state.newest.push_back((entry.seq, entry.name.clone()));
        if state.newest.len() > ALERT_SAMPLE_MENTIONS_MAX {
            state.newest.pop_front();
        }
        if self.alert.enabled {
            if state.unfired.count == 0 {
                state.unfired.first_seq = entry.seq;
            }
            state.unfired.count += 1;
        }
    }

    fn every_match(&self) -> Told {
        let Unfired { count, first_seq } = self.state.unfired;
        let reason = match count {
            0 | 1 => "a mention entered".to_owned(),
            more => format!("{more} mentions entered since it last fired"),
        };
        Told { count, at_least: false, usual: None, reason, first_seq }
    }

    fn count(&mut self, entry: &Entry, matches: u32, window_minutes: u32) -> Option<Told> {
        let window = &mut self.state.window;
        window.push_back((entry.seq, entry.at));
        let begin = entry.at.saturating_sub(minutes(window_minutes)).unwrap_or(entry.at);
        while window.front().is_some_and(|(_, at)| *at <= begin) {
            window.pop_front();
        }
        let at_least = window.len() > ALERT_COUNT_MAX as usize;
        if at_least {
            window.pop_front();
        }
        let count = window.len() as u64;
        if count < u64::from(matches) {
            return None;
        }
        let first_seq = window.front().map_or(entry.seq, |(seq, _)| *seq);
        let more = if at_least { "at least " } else { "" };
        let reason = format!("{more}{count} in {window_minutes} min; it fires from {matches} on");
        Some(Told { count, at_least, usual: None, reason, first_seq })
    }

    fn spike(&mut self, entry: &Entry, matches_min: u32) -> Option<Told> {
        let AlertKind::Spike { sensitivity, .. } = self.alert.kind else { return None };
        let hour = LocalHour::of(entry.at, &self.zone);
        let count = self.state.hours.entry(hour.0).or_insert(0);
        *count = count.saturating_add(1);
        let count = *count;
        if count == 1 {
            self.state.window.clear();
            self.state.window.push_back((entry.seq, entry.at));
            spike::forget_old(&mut self.state.hours, hour);
        }
        if count < matches_min || Self::learning_until(&self.alert, &self.state, entry.at).is_some() {
            return None;
        }
        let baseline = self.baseline_of(hour)?;
        if !baseline.is_spike(count, sensitivity) {
            return None;
        }
        let usual = baseline.usual();
        let reason = format!(
            "{count} since {:02}:00; usual {}: {}–{}",
            hour.of_day(),
            baseline.hour().in_words(),
            usual.low,
            usual.high
        );
        let first_seq = self.state.window.front().map_or(entry.seq, |(seq, _)| *seq);
        Some(Told { count: u64::from(count), at_least: false, usual: Some(usual), reason, first_seq })
    }

    /// The past of an hour does not change while it lasts, so it is looked at once.
    fn baseline_of(&mut self, hour: LocalHour) -> Option<Baseline> {
        if let Some((known, baseline)) = self.baseline
            && known == hour
        {
            return baseline;
        }
        let first = LocalHour::first_whole(self.state.since, &self.zone);
        let baseline = Baseline::of(hour, &self.state.hours, first, &self.zone);
        self.baseline = Some((hour, baseline));
        baseline
    }

    fn fire(&mut self, told: Told, at: Timestamp, last_seq: Seq) -> Firing {
        self.state.last_fired_at = Some(at);
        self.state.unfired = Unfired::default();
        let newest = self.state.newest.iter().filter(|(seq, _)| *seq >= told.first_seq);
        Firing {
            number: 0,
            alert: self.alert.id.clone(),
            saved_search: self.alert.saved_search.clone(),
            at,
            recorded_at: at,
            count: told.count,
            at_least: told.at_least,
            usual: told.usual,
            reason: told.reason,
            sample: newest.map(|(_, name)| name.clone()).collect(),
            first_seq: told.first_seq,
            last_seq,
        }
    }

    fn is_cool(&self, at: Timestamp) -> bool {
        let cooldown = self.alert.cooldown_minutes.unwrap_or(match self.alert.kind {
            AlertKind::EveryMatch | AlertKind::Silence { .. } => 0,
            // So that no mention makes it fire twice.
            AlertKind::Count { minutes, .. } => minutes,
            AlertKind::Spike { .. } => SPIKE_COOLDOWN_MINUTES,
        });
        self.state.last_fired_at.is_none_or(|fired_at| at >= later(fired_at, minutes(cooldown)))
    }

    fn is_too_old(&self, entry: &Entry) -> bool {
        let age_max = SignedDuration::from_hours(i64::from(self.alert.age_hours_max));
        self.alert.age_hours_max > 0 && entry.at.duration_since(entry.created_at) > age_max
    }

    fn quiet_since(&self) -> Timestamp {
        self.state.last_entered_at.map_or(self.state.since, |entered_at| entered_at.max(self.state.since))
    }
}

fn minutes(count: u32) -> SignedDuration {
    SignedDuration::from_mins(i64::from(count))
}

/// A moment so much later, or the end of time.
fn later(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// `6 h`, `90 min`, `3 d`.
fn duration_in_words(duration: SignedDuration) -> String {
    let minutes = duration.as_mins();
    match minutes {
        _ if minutes > 0 && minutes % (24 * 60) == 0 => format!("{} d", minutes / (24 * 60)),
        _ if minutes > 0 && minutes % 60 == 0 => format!("{} h", minutes / 60),
        _ => format!("{minutes} min"),
    }
}
