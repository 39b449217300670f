use std::collections::{BTreeMap, VecDeque};

use prost::Message as _;

use super::read::{time, word};
use crate::{
    base::{Seq, Timestamp},
    model::{Alert, AlertKind, AlertState, Firing, MentionName, Sensitivity, Unfired, Usual},
    proto::record::{
        AlertRecord, AlertStateRecord, CountRecord, EveryMatchRecord, FiringRecord, SilenceRecord, SpikeRecord,
        alert_record::Kind,
    },
};

pub(in crate::store) fn encode_alert(alert: &Alert) -> Vec<u8> {
    let kind = match alert.kind {
        AlertKind::EveryMatch => Kind::EveryMatch(EveryMatchRecord {}),
        AlertKind::Count { matches, minutes } => Kind::Count(CountRecord { matches, minutes }),
        AlertKind::Spike { sensitivity, matches_min } => {
            Kind::Spike(SpikeRecord { sensitivity: sensitivity.number(), matches_min })
        }
        AlertKind::Silence { minutes } => Kind::Silence(SilenceRecord { minutes }),
    };
    AlertRecord {
        id: alert.id.clone(),
        saved_search: alert.saved_search.clone(),
        kind: Some(kind),
        cooldown_minutes: alert.cooldown_minutes,
        age_hours_max: alert.age_hours_max,
        time_zone: alert.time_zone.clone(),
        enabled: alert.enabled,
        note: alert.note.clone(),
        revision: alert.revision,
        created_at_us: alert.created_at.as_microsecond(),
        updated_at_us: alert.updated_at.as_microsecond(),
    }
    .encode_to_vec()
}

pub(in crate::store) fn decode_alert(body: &[u8]) -> Result<Alert, String> {
    let record = AlertRecord::decode(body).map_err(|error| error.to_string())?;
    let kind = match record.kind.ok_or("it does not say when it fires")? {
        Kind::EveryMatch(EveryMatchRecord {}) => AlertKind::EveryMatch,
        Kind::Count(CountRecord { matches, minutes }) => AlertKind::Count { matches, minutes },
        Kind::Spike(SpikeRecord { sensitivity, matches_min }) => {
            let sensitivity = word("sensitivity", sensitivity, Sensitivity::from_number)?;
            AlertKind::Spike { sensitivity, matches_min }
        }
        Kind::Silence(SilenceRecord { minutes }) => AlertKind::Silence { minutes },
    };
    Ok(Alert {
        id: record.id,
        saved_search: record.saved_search,
        kind,
        cooldown_minutes: record.cooldown_minutes,
        age_hours_max: record.age_hours_max,
        time_zone: record.time_zone,
        enabled: record.enabled,
        note: record.note,
        revision: record.revision,
        created_at: time("created_at_us", record.created_at_us)?,
        updated_at: time("updated_at_us", record.updated_at_us)?,
    })
}

pub(in crate::store) fn encode_alert_state(state: &AlertState) -> Vec<u8> {
    let (window_seqs, window_times): (Vec<u64>, Vec<i64>) =
        state.window.iter().map(|(seq, at)| (seq.0, at.as_microsecond())).unzip();
    let (hours, hour_counts) = state.hours.iter().map(|(hour, count)| (*hour, *count)).unzip();
    let (newest_seqs, newest_names) = state.newest.iter().map(|(seq, name)| (seq.0, name.to_string())).unzip();
    AlertStateRecord {
        after_seq: state.after.0,
        since_us: state.since.as_microsecond(),
        last_fired_at_us: state.last_fired_at.map(Timestamp::as_microsecond),
        last_entered_at_us: state.last_entered_at.map(Timestamp::as_microsecond),
        unfired_count: state.unfired.count,
        unfired_first_seq: state.unfired.first_seq.0,
        newest_seqs,
        newest_names,
        window_seqs: differences(&window_seqs, u64::wrapping_sub),
        window_times_us: differences(&window_times, i64::wrapping_sub),
        hours,
        hour_counts,
        silence_is_told: state.silence_is_told,
    }
    .encode_to_vec()
}

pub(in crate::store) fn decode_alert_state(body: &[u8]) -> Result<AlertState, String> {
    let record = AlertStateRecord::decode(body).map_err(|error| error.to_string())?;
    let is_whole = record.newest_seqs.len() == record.newest_names.len()
        && record.window_seqs.len() == record.window_times_us.len()
        && record.hours.len() == record.hour_counts.len();
    if !is_whole {
        return Err("its lists have not as many entries as belong together".to_owned());
    }
    let seqs = sums(&record.window_seqs, u64::wrapping_add);
    let times = sums(&record.window_times_us, i64::wrapping_add);
    let window = seqs.into_iter().zip(times).map(|(seq, at_us)| Ok((Seq(seq), time("window_times_us", at_us)?)));
    let newest = record.newest_seqs.iter().zip(&record.newest_names);
    Ok(AlertState {
        after: Seq(record.after_seq),
        since: time("since_us", record.since_us)?,
        last_fired_at: record.last_fired_at_us.map(|at| time("last_fired_at_us", at)).transpose()?,
        last_entered_at: record.last_entered_at_us.map(|at| time("last_entered_at_us", at)).transpose()?,
        unfired: Unfired { count: record.unfired_count, first_seq: Seq(record.unfired_first_seq) },
        newest: newest.map(|(seq, text)| Ok((Seq(*seq), name(text)?))).collect::<Result<VecDeque<_>, String>>()?,
        window: window.collect::<Result<VecDeque<_>, String>>()?,
        hours: record.hours.into_iter().zip(record.hour_counts).collect::<BTreeMap<_, _>>(),
        silence_is_told: record.silence_is_told,
    })
}

pub(in crate::store) fn encode_firing(firing: &Firing) -> Vec<u8> {
    FiringRecord {
        number: firing.number,
        alert: firing.alert.clone(),
        saved_search: firing.saved_search.clone(),
        at_us: firing.at.as_microsecond(),
        recorded_at_us: firing.recorded_at.as_microsecond(),
        count: firing.count,
        at_least: firing.at_least,
        usual_low: firing.usual.map(|usual| usual.low),
        usual_high: firing.usual.map(|usual| usual.high),
        reason: firing.reason.clone(),
        sample: firing.sample.iter().map(ToString::to_string).collect(),
        first_seq: firing.first_seq.0,
        last_seq: firing.last_seq.0,
    }
    .encode_to_vec()
}

pub(in crate::store) fn decode_firing(body: &[u8]) -> Result<Firing, String> {
    let record = FiringRecord::decode(body).map_err(|error| error.to_string())?;
    Ok(Firing {
        number: record.number,
        alert: record.alert,
        saved_search: record.saved_search,
        at: time("at_us", record.at_us)?,
        recorded_at: time("recorded_at_us", record.recorded_at_us)?,
        count: record.count,
        at_least: record.at_least,
        usual: record.usual_low.zip(record.usual_high).map(|(low, high)| Usual { low, high }),
        reason: record.reason,
        sample: record.sample.iter().map(|text| name(text)).collect::<Result<_, _>>()?,
        first_seq: Seq(record.first_seq),
        last_seq: Seq(record.last_seq),
    })
}

fn name(text: &str) -> Result<MentionName, String> {
    MentionName::parse(text).ok_or_else(|| format!("`{text}` is no name of a mention"))
}

/// The first as it is, each other as what it is more than the one before: small numbers, which take few bytes.
fn differences<T: Copy + Default>(values: &[T], minus: fn(T, T) -> T) -> Vec<T> {
    let before = std::iter::once(T::default()).chain(values.iter().copied());
    values.iter().zip(before).map(|(value, before)| minus(*value, before)).collect()
}

fn sums<T: Copy + Default>(differences: &[T], plus: fn(T, T) -> T) -> Vec<T> {
    let add = |sum: &mut T, difference: &T| {
        *sum = plus(*sum, *difference);
        Some(*sum)
    };
    differences.iter().scan(T::default(), add).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn moment(us: i64) -> Timestamp {
        Timestamp::from_microsecond(us).unwrap()
    }

    #[test]
    fn alerts_of_every_kind_read_back() {
        for (number, kind) in (1..).zip([
            AlertKind::EveryMatch,
            AlertKind::Count { matches: 3, minutes: 4 },
            AlertKind::Spike { sensitivity: Sensitivity::Low, matches_min: 6 },
            AlertKind::Silence { minutes: 7 },
        ]) {
            let alert = Alert {
                id: "crisis".into(),
                saved_search: "brand".into(),
                kind,
                cooldown_minutes: (number % 2 == 0).then_some(0),
                age_hours_max: 8,
                time_zone: "Asia/Bangkok".into(),
                enabled: number > 1,
                note: "позвонить".into(),
                revision: 9,
                created_at: moment(10),
                updated_at: moment(11),
            };
            assert_eq!(decode_alert(&encode_alert(&alert)).unwrap(), alert);
        }
        assert!(decode_alert(&[]).is_err(), "of no kind");
    }

    #[test]
    fn a_firing_reads_back() {
        let firing = Firing {
            number: 1,
            alert: "crisis".into(),
            saved_search: "brand".into(),
            at: moment(2),
            recorded_at: moment(3),
            count: 4,
            at_least: true,
            usual: Some(Usual { low: 0, high: 6 }),
            reason: "много".into(),
            sample: vec![MentionName { platform: "forum".into(), external_id: "a/b".into() }],
            first_seq: Seq(7),
            last_seq: Seq(8),
        };
        assert_eq!(decode_firing(&encode_firing(&firing)).unwrap(), firing);
        let silent = Firing { usual: None, at_least: false, ..firing };
        assert_eq!(decode_firing(&encode_firing(&silent)).unwrap(), silent);
    }

    proptest! {
        #[test]
        fn what_is_remembered_reads_back(
            numbers in prop::collection::vec((any::<u64>(), -1_000_000_000_000i64..1_000_000_000_000), 0..20),
            hours in prop::collection::btree_map(any::<i64>(), any::<u32>(), 0..20), told: bool, fired: Option<u32>,
        ) {
            let named = |seq: &u64| MentionName { platform: "forum".into(), external_id: seq.to_string() };
            let state = AlertState {
                last_fired_at: fired.map(|at| moment(at.into())),
                last_entered_at: fired.map(|at| moment(i64::from(at) + 1)),
                unfired: Unfired { count: 3, first_seq: Seq(4) },
                newest: numbers.iter().map(|(seq, _)| (Seq(*seq), named(seq))).collect(),
                window: numbers.iter().map(|(seq, at)| (Seq(*seq), moment(*at))).collect(),
                hours,
                silence_is_told: told,
                ..AlertState::new(Seq(5), moment(6))
            };
            prop_assert_eq!(decode_alert_state(&encode_alert_state(&state)).unwrap(), state);
        }

        #[test]
        fn bytes_that_are_none_of_ours_are_refused_or_read(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = (decode_alert(&bytes), decode_alert_state(&bytes), decode_firing(&bytes));
        }
    }
}
