use super::*;
use crate::{
    engine::{
        alerts::{AlertEdit, AlertEdited},
        committer::{Recorded, Work},
        saved_searches::{SavedSearchField, SavedSearchUpdate},
    },
    live::{AlertStep, AlertStepOutcome},
    model::{Alert, AlertKind, AlertState, Firing, SavedSearch},
};

fn open_at(dir: &TempDir, clock: &Arc<ManualClock>) -> Arc<Engine> {
    Engine::open(EngineOptions {
        data_dir: dir.path().to_owned(),
        index_config: IndexConfig::built_in().unwrap(),
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        store_bytes_max: None,
        stall_matcher_at: None,
    })
    .unwrap()
}

async fn save(engine: &Arc<Engine>, id: &str, query: &str) {
    engine.create_saved_search(SavedSearch::new(id, query)).await.unwrap();
}

fn alert(id: &str, kind: AlertKind) -> Alert {
    Alert {
        id: id.into(),
        saved_search: "crew".into(),
        kind,
        cooldown_minutes: None,
        age_hours_max: 0,
        time_zone: String::new(),
        enabled: true,
        note: String::new(),
        revision: 0,
        created_at: moment(0),
        updated_at: moment(0),
    }
}

async fn stream(engine: &Engine, after: u64) -> FiringStream {
    let request = WatchAlertsRequest { after_firing: Some(after), ..WatchAlertsRequest::default() };
    engine.watch_alerts(request).await.unwrap()
}

async fn next_firing(stream: &mut FiringStream) -> Firing {
    loop {
        match stream.next().await.unwrap() {
            AlertDelivery::Firing(firing) => return *firing,
            AlertDelivery::Heartbeat { .. } => {}
            AlertDelivery::Goodbye { reason, .. } => panic!("{reason}"),
        }
    }
}

/// Waits until everything recorded is counted.
async fn counted(engine: &Engine) {
    let progress = Arc::clone(engine.alert_follower.progress());
    while progress.seq() < engine.store.last_seq() {
        tokio::task::yield_now().await;
    }
}

/// Everything that is kept, oldest first.
async fn fired(engine: &Engine) -> Vec<Firing> {
    counted(engine).await;
    let mut firings = engine.firings(None, u64::MAX, 1000).await.unwrap();
    firings.reverse();
    assert!((1..).zip(&firings).all(|(number, firing)| firing.number == number), "{firings:?}");
    firings
}

#[tokio::test(flavor = "multi_thread")]
async fn each_entry_fires_once_whenever_the_server_is_started_anew() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(moment(100_000)));
    let mut expected = Vec::new();
    for life in 0..6_i64 {
        let engine = open_at(&dir, &clock);
        if life == 0 {
            ingest(&engine, vec![mention("before", "anna", "the crew was lovely", 1)]).await;
            save(&engine, "crew", "crew").await;
            engine.create_alert(alert("each", AlertKind::EveryMatch)).await.unwrap();
            engine.create_alert(alert("three", AlertKind::Count { matches: 3, minutes: 60 })).await.unwrap();
        }
        let id = format!("m{life}");
        ingest(&engine, vec![mention(&id, "anna", "what a crew", life * 10)]).await;
        // An edit that leaves and one that comes back; a change that stays in counts nothing.
        for (text, second) in [("what a crowd", 1), ("the crew again", 2), ("the crew, again!", 3)] {
            let edited = mention(&id, "anna", text, life * 10);
            ingest(&engine, vec![Mention { observed_at: moment(life * 10 + second), ..edited }]).await;
        }
        expected.extend([Seq(life.cast_unsigned() * 4 + 2), Seq(life.cast_unsigned() * 4 + 4)]);
        if life % 2 == 0 {
            counted(&engine).await;
        }
        // Whatever is counted by then, and whatever is not.
        engine.close().await;
        clock.advance_seconds(60);
    }
    let engine = open_at(&dir, &clock);
    let firings = fired(&engine).await;
    let of = |alert: &str| firings.iter().filter(|firing| firing.alert == alert).cloned().collect::<Vec<_>>();
    assert_eq!(of("each").iter().map(|firing| firing.last_seq).collect::<Vec<_>>(), expected);
    // The third entry fires; the others lie within the hour after it.
    let three = of("three");
    assert_eq!(three.len(), 1);
    assert_eq!((three[0].count, three[0].first_seq, three[0].last_seq), (3, Seq(2), Seq(6)));
    assert_eq!(three[0].sample.iter().map(|name| name.external_id.as_str()).collect::<Vec<_>>(), ["m0", "m0", "m1"]);
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silence_is_told_of_once_by_the_clock_also_if_the_server_was_down_then() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(moment(0)));
    let engine = open_at(&dir, &clock);
    save(&engine, "crew", "crew").await;
    engine.create_alert(alert("quiet", AlertKind::Silence { minutes: 60 })).await.unwrap();
    clock.advance_seconds(1000);
    ingest(&engine, vec![mention("1", "anna", "the crew", 0), mention("2", "ben", "something else", 0)]).await;
    counted(&engine).await;
    engine.close().await;
    clock.advance_seconds(36_000);

    let engine = open_at(&dir, &clock);
    let first = next_firing(&mut stream(&engine, 0).await).await;
    assert_eq!((first.number, first.at, first.recorded_at), (1, moment(4600), moment(37_000)));
    assert_eq!((first.first_seq, first.last_seq), (Seq(1), Seq(2)));
    engine.close().await;

    let engine = open_at(&dir, &clock);
    let mut firings = stream(&engine, 1).await;
    ingest(&engine, vec![mention("3", "anna", "the crew", 0)]).await;
    assert_eq!(fired(&engine).await.len(), 1, "the silence was told of");
    // While it runs.
    clock.advance_seconds(3600);
    let second = next_firing(&mut firings).await;
    assert_eq!((second.number, second.at, second.first_seq), (2, moment(40_600), Seq(3)));
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_does_not_fit_what_is_on_disk_records_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    ingest(&engine, vec![mention("1", "anna", "the crew", 0)]).await;
    // Nobody else counts: there is no alert.
    let from = engine.store.alert_position().unwrap();
    let firing = Firing {
        number: 0,
        alert: "a".into(),
        saved_search: "s".into(),
        at: moment(0),
        recorded_at: moment(0),
        count: 1,
        at_least: false,
        usual: None,
        reason: String::new(),
        sample: Vec::new(),
        first_seq: Seq(1),
        last_seq: Seq(1),
    };
    let step = AlertStep {
        from,
        to: Seq(1),
        is_at_end: true,
        states: vec![("a".into(), AlertState::new(Seq(1), moment(0)))],
        firings: vec![firing],
    };
    let record =
        async |step: &AlertStep| match engine.record(Work::Alert(AlertEdit::Count(step.clone()))).await.unwrap() {
            Recorded::Alert(AlertEdited::Counted(outcome)) => outcome,
            other => panic!("{other:?}"),
        };
    let too_early = AlertStep { to: Seq(0), ..step.clone() };
    assert_eq!(record(&too_early).await, AlertStepOutcome::Outdated, "the log has gone on");
    let AlertStepOutcome::Recorded(position) = record(&step).await else { panic!("it fits") };
    assert_eq!((position.seq, position.last_firing), (Seq(1), 1));
    assert_eq!(record(&step).await, AlertStepOutcome::Outdated, "the same again");
    save(&engine, "crew", "crew").await;
    engine.create_alert(alert("new", AlertKind::EveryMatch)).await.unwrap();
    let unaware = AlertStep { from: position, ..step };
    assert_eq!(record(&unaware).await, AlertStepOutcome::Outdated, "an alert it does not know");
    assert_eq!(fired(&engine).await.len(), 1);
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_keeps_what_was_learned_unless_something_else_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    save(&engine, "crew", "crew").await;
    save(&engine, "staff", "crew OR staff").await;
    let two = alert("two", AlertKind::Count { matches: 2, minutes: 60 });
    let made = engine.create_alert(two.clone()).await.unwrap().alert;
    let stale = engine.update_alert(two.clone(), "9999".into()).await.unwrap_err();
    assert!(matches!(&stale, EngineError::Stale { etag, .. } if *etag == made.etag()), "{stale}");

    ingest(&engine, vec![mention("1", "anna", "the crew", 0)]).await;
    counted(&engine).await;
    let noted = Alert { note: "call Eva".into(), ..two.clone() };
    let noted = engine.update_alert(noted, made.etag()).await.unwrap().alert;
    assert_eq!((noted.created_at, noted.revision > made.revision), (made.created_at, true));
    ingest(&engine, vec![mention("2", "anna", "the crew", 0)]).await;
    assert_eq!(fired(&engine).await.len(), 1, "the first still counts");

    let other = Alert { saved_search: "staff".into(), ..two };
    engine.update_alert(other, String::new()).await.unwrap();
    ingest(&engine, vec![mention("3", "anna", "the crew", 0)]).await;
    assert_eq!(fired(&engine).await.len(), 1, "it begins anew");
    ingest(&engine, vec![mention("4", "anna", "the staff", 0)]).await;
    assert_eq!(fired(&engine).await[1].first_seq, Seq(3));
    engine.delete_alert("two".into(), String::new()).await.unwrap();
    assert!(matches!(engine.alert("two".into()).await, Err(EngineError::NotFound { .. })));
    assert_eq!(engine.firings(Some("two".into()), u64::MAX, 9).await.unwrap().len(), 2, "history stays");
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_without_its_search_rests_and_wakes_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    let missing = engine.create_alert(alert("each", AlertKind::EveryMatch)).await.unwrap_err().to_string();
    assert!(missing.contains("alert.saved_search") && missing.contains("`crew`"), "{missing}");
    save(&engine, "crew", "crew").await;
    engine.create_alert(alert("each", AlertKind::EveryMatch)).await.unwrap();
    engine.delete_saved_search("crew", "", false, "").await.unwrap();
    let problem = engine.alert("each".into()).await.unwrap().problem.unwrap();
    assert!(problem.contains("`crew` does not exist"), "{problem}");
    ingest(&engine, vec![mention("1", "anna", "the crew", 0)]).await;
    assert_eq!(fired(&engine).await, []);
    save(&engine, "crew", "crew").await;
    let mut firings = stream(&engine, 0).await;
    ingest(&engine, vec![mention("2", "anna", "the crew", 0)]).await;
    assert_eq!(next_firing(&mut firings).await.sample, [name("2")]);
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_edit_of_its_search_an_alert_counts_what_enters_the_new_one_and_nothing_that_was_there() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    save(&engine, "crew", "crew").await;
    engine.create_alert(alert("each", AlertKind::EveryMatch)).await.unwrap();
    let told =
        |id: &str, text: &str, second: i64| Mention { observed_at: moment(second), ..mention(id, "anna", text, 0) };
    ingest(&engine, vec![told("1", "a train", 0), told("2", "the crew", 0)]).await;
    counted(&engine).await;
    let update = SavedSearchUpdate {
        search: SavedSearch::new("crew", "train"),
        fields: vec![SavedSearchField::Query],
        etag: String::new(),
    };
    engine.update_saved_search(update).await.unwrap();
    // The first was a match of the new text before anybody asked for it, and the second is none any more.
    ingest(&engine, vec![told("1", "a train!", 1), told("2", "the crew!", 1), told("3", "another train", 1)]).await;
    ingest(&engine, vec![told("2", "the crew took a train", 2)]).await;
    let samples: Vec<_> = fired(&engine).await.into_iter().map(|firing| firing.sample).collect();
    assert_eq!(samples, [[name("2")], [name("3")], [name("2")]]);
    engine.close().await;
}
