//! What a query means, seen in its canonical text.

use super::{parse_in_rome, told};

const TABLE: &[(&str, &str)] = &[
    // Words and phrases, in all scripts.
    ("iphone", "iphone"),
    ("caffè", "caffè"),
    ("\"apple music\"", "\"apple music\""),
    ("“apple music”", "\"apple music\""),
    ("„Apfel Musik“", "\"Apfel Musik\""),
    ("«служба поддержки»", "\"служба поддержки\""),
    ("»Leise Töne«", "\"Leise Töne\""),
    ("“half bent\"", "\"half bent\""),
    ("＂wide＂ «a＂b»", "\"wide\" AND \"a\\＂b\""),
    ("\"the “real” thing\"", "\"the “real” thing\""),
    (r#""say \"cheese\" \\ now""#, r#""say \"cheese\" \\ now""#),
    ("#fail @applesupport $AAPL", "#fail AND @applesupport AND $AAPL"),
    ("😡 👍🏽", "😡 AND 👍🏽"),
    ("C++ AT&T 50% l'acqua wi-fi example.com", "C++ AND AT&T AND 50% AND l'acqua AND wi-fi AND example.com"),
    ("東京 OR ไทย", "東京 OR ไทย"),
    ("(שלום OR مرحبا) NOT नमस्ते", "(שלום OR مرحبا) AND NOT नमस्ते"),
    ("ארה\"ב צה\"ל", "ארה\"ב AND צה\"ל"),
    ("\"בנק ארה\"ב\" דולר", "\"בנק ארה\\\"ב\" AND דולר"),
    ("שלום\u{200f} AND\u{200f} עולם", "שלום AND עולם"),
    ("東京\u{3000}大阪", "東京 AND 大阪"),
    ("注意：東京", "注意：東京"),
    ("12:30 #a:b [live] concert", "12:30 AND #a:b AND [live] AND concert"),
    ("und oder et ou или y e", "und AND oder AND et AND ou AND или AND y AND e"),
    // Operators.
    ("a b", "a AND b"),
    ("a AND b AND c", "a AND b AND c"),
    ("a AND (b AND (c d))", "a AND b AND c AND d"),
    ("(a OR b) OR c", "a OR b OR c"),
    ("(a AND b) OR c", "(a AND b) OR c"),
    ("(a OR b) c", "(a OR b) AND c"),
    ("((a))", "a"),
    ("a NOT b", "a AND NOT b"),
    ("a -b -\"c d\" -(e OR f)", "a AND NOT b AND NOT \"c d\" AND NOT (e OR f)"),
    ("a AND NOT (b c)", "a AND NOT (b AND c)"),
    ("a NOT NOT b", "a AND NOT NOT b"),
    ("a -lang:it", "a AND NOT lang:it"),
    ("a (b OR NOT c)", "a AND (b OR NOT c)"),
    ("（a OR b） c", "(a OR b) AND c"),
    ("a(b)", "a AND b"),
    ("*", "*"),
    ("* NOT lang:it", "* AND NOT lang:it"),
    ("* AND (a OR NOT b)", "* AND (a OR NOT b)"),
    ("<<< all \"of (it >>> a <<<x>>>b", "a AND b"),
    ("\"a <<< b >>>\"", "\"a <<< b >>>\""),
    // Patterns.
    ("a NEAR/5 b", "a NEAR/5 b"),
    ("a NEAR/5f b ONEAR/3 c NEAR/0 d", "a NEAR/5f b NEAR/3f c NEAR/0 d"),
    ("(a NEAR/1 b) NEAR/2 (c NEAR/3 d)", "a NEAR/1 b NEAR/2 (c NEAR/3 d)"),
    ("(a OR (b OR \"c d\") OR ef*) NEAR/5 f", "(a OR b OR \"c d\" OR ef*) NEAR/5 f"),
    ("(a NEAR/2 b OR c) NEAR/5 ~\"d e\"", "(a NEAR/2 b OR c) NEAR/5 ~\"d e\""),
    ("x a NEAR/5 b -c NEAR/1 d", "x AND a NEAR/5 b AND NOT c NEAR/1 d"),
    ("title:(a NEAR/5 b OR c)", "title:(a NEAR/5 b) OR title:c"),
    ("(служба OR ~поддержка) NEAR/10f {Apple}", "(служба OR ~поддержка) NEAR/10f {Apple}"),
    ("東京 NEAR/3 大阪", "東京 NEAR/3 大阪"),
    ("\"not turn on\"~4 “a b”~0", "\"not turn on\"~4 AND \"a b\"~0"),
    ("title:\"l'acqua fredda\"~4", "title:\"l'acqua fredda\"~4"),
    ("\"apple\"~4 \"東京\"~4", "\"apple\" AND \"東京\""),
    (
        "charg* in*fix organi?e #app* @shop.it* $AA* caf?è",
        "charg* AND in*fix AND organi?e AND #app* AND @shop.it* AND $AA* AND caf?è",
    ),
    ("\"charg* cable? now?\" \"f\\*ck\"", "\"charg* cable? now?\" AND \"f\\*ck\""),
    (
        "{Apple} { Apple } {\"Apple Music\"} {Apple Music} {\"a}b\"} {C++}",
        "{Apple} AND {Apple} AND {\"Apple Music\"} AND {\"Apple Music\"} AND {\"a}b\"} AND {C++}",
    ),
    ("~служба ~\"служба поддержки\" title:~caffè", "~служба AND ~\"служба поддержки\" AND title:~caffè"),
    ("title:* NOT bio:* text:(*)", "title:* AND NOT bio:* AND text:*"),
    ("search:crisis search:\"my search\" -search:7", "search:crisis AND search:\"my search\" AND NOT search:7"),
    ("sample:10 (sample:2.50% OR sample:0.07)", "sample:10 AND (sample:2.5 OR sample:0.07)"),
    // Fields of text.
    ("title:battery", "title:battery"),
    ("title:(battery OR batteria)", "title:battery OR title:batteria"),
    (
        "author:\"Anna Rossi\" bio:#runner parent:(a -b)",
        "author:\"Anna Rossi\" AND bio:#runner AND parent:a AND NOT parent:b",
    ),
    ("TITLE:AND text:or", "title:AND AND text:or"),
    // Facts.
    ("from:@AppleSupport to:@x mentions:＠Y", "from:applesupport AND to:x AND mentions:y"),
    ("from:(@a OR @b)", "from:a OR from:b"),
    ("from:\"list:vip\"", "from:\"list:vip\""),
    ("from:list:VIP to:LIST:a mentions:list:press", "from:list:vip AND to:list:a AND mentions:list:press"),
    ("lang：IT", "lang:it"),
    ("lang:it OR lang:und", "lang:it OR lang:und"),
    ("lang:(it OR \"de\") NOT lang:en", "(lang:it OR lang:de) AND NOT lang:en"),
    ("platform:Twitter type:review country:IT", "platform:twitter AND type:review AND country:it"),
    ("site:https://www.Example.com/", "site:example.com"),
    ("url:https://Example.com/Shop* link:http://t.co/?a=B", "url:example.com/Shop AND link:t.co/?a=B"),
    ("(link:en.example.org/Foo_(bar))", "link:en.example.org/Foo_(bar)"),
    ("thread:x/12:3 id:x/AbC", "thread:x/12:3 AND id:x/AbC"),
    ("title:[live] tag:[x]", "title:[live] AND tag:[x]"),
    ("brand:acme tag:\"first line\" tag:vip", "brand:acme AND tag:\"first line\" AND tag:vip"),
    ("sentiment:negative OR intent:question", "sentiment:negative OR intent:question"),
    ("needs:reply status:answered", "needs:reply AND status:answered"),
    ("has:link has:emoji is:verified is:own", "has:link AND has:emoji AND is:verified AND is:own"),
    ("brand:* NOT tag:*", "brand:* AND NOT tag:*"),
    ("tag:\"*\" tag:\"a?\"", "tag:\"*\" AND tag:\"a?\""),
    // Figures.
    ("followers:>1000 likes:<=5", "followers:>=1001 AND likes:<=5"),
    ("reposts:1000..5000 views:[500 TO *]", "reposts:1000..5000 AND views:>=500"),
    ("replies:\">=5\" engagement:7 reach:*", "replies:>=5 AND engagement:7 AND reach:*"),
    ("rating:5 rating:>4.5", "rating:5 AND rating:>4.5"),
    ("sentiment_score:-0.5..0.5 sentiment_score:<-0.25", "sentiment_score:-0.5..0.5 AND sentiment_score:<-0.25"),
    ("likes:(>5 AND <10)", "likes:>=6 AND likes:<=9"),
    ("likes:([1 TO 5] OR >10)", "likes:1..5 OR likes:>=11"),
    // Times; Rome is an hour before UTC in winter and two in summer.
    ("published:2026-11-21", "published:2026-11-20T23:00:00Z..2026-11-21T22:59:59.999999Z"),
    ("published:2026-11-01..2026-11-21", "published:2026-10-31T23:00:00Z..2026-11-21T22:59:59.999999Z"),
    ("published:[2026-11-01 TO *]", "published:>=2026-10-31T23:00:00Z"),
    ("published:>now-24h", "published:>now-1d"),
    ("published:(>=now-90m <now)", "published:>=now-90m AND published:<now"),
    ("published:now-2w..now-1d", "published:now-2w..now-1d"),
    ("ingested:<2026-11-20T08:00Z", "ingested:<2026-11-20T08:00:00Z"),
    ("ingested:<=2026-11-20T08:00+01:00", "ingested:<=2026-11-20T07:00:00Z"),
    ("ingested:>2026-07-20t08:00", "ingested:>2026-07-20T06:00:00Z"),
    ("published:*", "published:*"),
    ("minute_of_day:540..1020 weekday:1..5", "minute_of_day:540..1020 AND weekday:1..5"),
    ("minute_of_day:22:30..06:00 weekday:(sat OR Sunday)", "minute_of_day:1350..360 AND (weekday:6 OR weekday:7)"),
    ("weekday:fri..mon weekday:>=3", "weekday:5..1 AND weekday:3..7"),
];

#[test]
fn canonical_text() {
    for &(text, expected) in TABLE {
        let parsed = parse_in_rome(text);
        assert_eq!(told(&parsed), Vec::<String>::new(), "{text}");
        let query = parsed.query.expect(text);
        assert_eq!(query.to_string(), expected, "{text}");
        let again = parse_in_rome(expected).query.expect(expected);
        assert_eq!(again.without_spans(), query.without_spans(), "{text} is not the same after printing");
    }
}

#[test]
fn spans_of_leaves() {
    use super::super::Node;
    let text = "caffè title:(bär OR title2) lang:it";
    let mut spans = Vec::new();
    fn leaves(node: &Node<super::super::Reference>, spans: &mut Vec<crate::base::Span>) {
        match node {
            Node::And(parts) | Node::Or(parts) => parts.iter().for_each(|part| leaves(part, spans)),
            Node::Words(leaf) => spans.push(leaf.span),
            Node::Keyword(leaf) => spans.push(leaf.span),
            other => panic!("{other}"),
        }
    }
    leaves(&parse_in_rome(text).query.expect(text).root, &mut spans);
    let written: Vec<_> = spans.into_iter().map(|span| &text[span.range()]).collect();
    assert_eq!(written, ["caffè", "bär", "title2", "lang:it"]);
}
