use super::{
    super::{Error, Order, PageHit, PageKey, PageRequest, Snapshot},
    Bench, now,
    sample::{NOVEMBER_SECONDS, between, fact, is, next, not, said, version},
};
use crate::{
    base::{Seq, limits::FACET_VALUES_MAX},
    model::Version,
    query::{KeywordField, KeywordTest, Node, NumberField},
};

const ORDERS: [Order; 5] = [Order::Newest, Order::Oldest, Order::Relevance, Order::Reach, Order::Engagement];

/// 90 mentions in several segments, many of them equal in what they are ordered by, some replaced, some gone.
fn bench() -> (Bench, Vec<Version>) {
    let mut bench = Bench::new();
    let mut heads: Vec<Version> = Vec::new();
    for number in 1..=90_u64 {
        let text = if number.is_multiple_of(3) { "sol sol luna" } else { "sol" };
        let mut mention = version(number, number, text, (number % 7) as i64);
        mention.mention.engagement.likes = (!number.is_multiple_of(4)).then_some(number % 5);
        mention.mention.engagement.views = number.is_multiple_of(2).then_some(number % 3);
        bench.apply([&mention]);
        heads.push(mention);
        if number.is_multiple_of(25) {
            bench.commit(number);
        }
    }
    for (seq, place) in (91..).zip([0, 10, 40, 41, 80]) {
        let deleted = place == 41;
        heads[place] = next(&heads[place], seq, |version| {
            version.deleted = deleted;
            version.mention.engagement.likes = Some(1000);
        });
        bench.apply([&heads[place]]);
    }
    bench.commit(95);
    heads.retain(|head| !head.deleted);
    (bench, heads)
}

fn all_pages(snapshot: &Snapshot, query: &Node, order: Order, size: usize) -> Vec<PageHit> {
    let mut hits = Vec::new();
    let mut after = None;
    loop {
        let request = PageRequest { order, after, size, ..PageRequest::default() };
        let page = snapshot.search(query, now(), &request).unwrap();
        let helped = snapshot.search(query, now(), &PageRequest { helped: true, ..request }).unwrap();
        assert_eq!((&helped.hits, helped.total, helped.next), (&page.hits, page.total, page.next));
        assert!(page.hits.len() <= size);
        assert!(page.next.is_none() || page.hits.len() == size);
        hits.extend(page.hits);
        after = page.next;
        if after.is_none() {
            assert_eq!(page.total, hits.len() as u64);
            return hits;
        }
    }
}

#[test]
fn every_page_size_gives_the_same_sequence() {
    let (bench, heads) = bench();
    let snapshot = bench.index.snapshot();
    for query in [Node::All, said("sol"), Node::Or(vec![said("luna"), said("sol")])] {
        for order in ORDERS {
            let whole = all_pages(&snapshot, &query, order, 500);
            assert_eq!(whole.len(), heads.len());
            for size in [1, 2, 7, 20, 89, 90] {
                assert_eq!(all_pages(&snapshot, &query, order, size), whole, "{order:?} {size}");
            }
        }
    }
}

#[test]
fn hits_come_in_the_order_asked_for() {
    let (bench, heads) = bench();
    let snapshot = bench.index.snapshot();
    for order in ORDERS {
        let mut expected = heads.clone();
        expected.sort_by_key(|head| {
            let (created_us, number) = (head.mention.created_at.as_microsecond(), head.number.0 as i64);
            let unknown_last = |figure: Option<u64>| figure.map_or(1, |figure| -(figure as i64));
            match order {
                Order::Newest => (-created_us, -number),
                Order::Oldest => (created_us, number),
                // Every text that has more words has the same words more often.
                Order::Relevance => (i64::from(!head.mention.text.contains("luna")), -number),
                Order::Reach => (unknown_last(head.mention.engagement.views), -number),
                Order::Engagement => (unknown_last(head.mention.engagement.total()), -number),
            }
        });
        let query = Node::Or(vec![said("luna"), said("sol")]);
        let hits = all_pages(&snapshot, &query, order, 500);
        let given: Vec<_> = hits.iter().map(|hit| (hit.number, hit.seq)).collect();
        let expected: Vec<_> = expected.iter().map(|head| (head.number, head.seq)).collect();
        assert_eq!(given, expected, "{order:?}");
        assert_eq!(hits[0].score > 0.0, order == Order::Relevance);
    }
}

#[test]
fn filters_lend_no_score() {
    let (bench, _) = bench();
    let snapshot = bench.index.snapshot();
    let scores = |query: &Node| -> Vec<_> {
        let request = PageRequest { order: Order::Relevance, size: 500, ..PageRequest::default() };
        snapshot.search(query, now(), &request).unwrap().hits.iter().map(|hit| (hit.number, hit.score)).collect()
    };
    let plain = scores(&said("sol"));
    for filter in [
        Node::All,
        is(KeywordField::Platform, "forum"),
        fact(KeywordField::Platform, KeywordTest::Set),
        not(said("nirgends")),
        not(between(NumberField::Rating, 0.0, 5.0)),
    ] {
        assert_eq!(scores(&Node::And(vec![said("sol"), filter.clone()])), plain, "{filter:?}");
    }
    assert!(scores(&is(KeywordField::Platform, "forum")).iter().all(|(_, score)| *score == 0.0));
}

#[test]
fn pages_neither_repeat_nor_miss_while_mentions_arrive() {
    for order in [Order::Newest, Order::Oldest] {
        let (mut bench, heads) = bench();
        let mut seen = Vec::new();
        let mut after: Option<PageKey> = None;
        let mut number = 1000;
        loop {
            let request = PageRequest { order, after, size: 8, ..PageRequest::default() };
            let page = bench.index.snapshot().search(&Node::All, now(), &request).unwrap();
            seen.extend(page.hits.iter().map(|hit| hit.number.0).filter(|&number| number < 1000));
            // One on each side of everything, and one in the midst.
            for published in [-100, 3, 100] {
                number += 1;
                bench.apply([&version(number, number, "late", published)]);
            }
            bench.commit(number);
            after = page.next;
            if after.is_none() || number > 1200 {
                break;
            }
        }
        let mut expected: Vec<u64> = heads.iter().map(|head| head.number.0).collect();
        expected.sort_unstable();
        seen.sort_unstable();
        assert_eq!(seen, expected, "{order:?}");
    }
}

#[test]
fn facets_count_all_matches_on_every_page() {
    let (mut bench, _) = bench();
    for number in 1000..1150_u64 {
        let mut tagged = version(number, number, "tagged", 0);
        tagged.mention.tags = vec!["all".to_owned(), format!("t{number}")];
        bench.apply([&tagged]);
    }
    bench.commit(1150);
    let snapshot = bench.index.snapshot();
    let facets = vec![KeywordField::Tag, KeywordField::Platform, KeywordField::Country];
    let request = PageRequest { size: 3, facets, ..PageRequest::default() };
    for order in ORDERS {
        let request = PageRequest { order, ..request.clone() };
        let first = snapshot.search(&said("tagged"), now(), &request).unwrap();
        let [tags, platforms, countries] = first.facets.as_slice() else { panic!("three facets were asked for") };
        assert_eq!(tags.values[0], ("all".to_owned(), 150));
        assert_eq!(tags.values[1], ("t1000".to_owned(), 1));
        assert_eq!((tags.values.len(), tags.other), (FACET_VALUES_MAX, 51));
        assert_eq!((platforms.values.as_slice(), platforms.other), (&[("forum".to_owned(), 150)][..], 0));
        assert_eq!((countries.values.len(), countries.other), (0, 0));
        let second = PageRequest { after: first.next, helped: true, ..request };
        let second = snapshot.search(&said("tagged"), now(), &second).unwrap();
        assert_eq!((second.total, &second.facets), (150, &first.facets));
    }
    let wrong = PageRequest { facets: vec![KeywordField::From], ..PageRequest::default() };
    assert!(matches!(snapshot.search(&Node::All, now(), &wrong), Err(Error::NotAFacet { field: "from", .. })));
}

#[test]
fn the_span_of_creation_narrows_hits_and_total() {
    let (bench, heads) = bench();
    let micros = |seconds: i64| Some((NOVEMBER_SECONDS + seconds) * 1_000_000);
    let request =
        PageRequest { created_from_us: micros(2), created_before_us: micros(4), size: 500, ..PageRequest::default() };
    let within = heads.iter().filter(|head| (2..4).contains(&(head.number.0 % 7))).count();
    for query in [Node::All, said("sol"), Node::And(vec![said("sol"), not(said("nirgends"))]), not(said("nirgends"))] {
        let page = bench.index.snapshot().search(&query, now(), &request).unwrap();
        assert_eq!((page.hits.len(), page.total), (within, within as u64), "{query:?}");
    }
}

#[test]
fn matches_by_seq_come_in_chunks() {
    let (bench, heads) = bench();
    let snapshot = bench.index.snapshot();
    let mut expected: Vec<_> = heads.iter().map(|head| head.seq).collect();
    expected.sort_unstable();
    for count in [1, 10, 1000] {
        let mut seqs: Vec<Seq> = Vec::new();
        loop {
            let after = seqs.last().copied().unwrap_or_default();
            let chunk = snapshot.matches_after(&Node::All, now(), after, count).unwrap();
            seqs.extend(chunk.iter().map(|found| found.seq));
            if chunk.len() < count {
                break;
            }
        }
        assert_eq!(seqs, expected);
    }
}
