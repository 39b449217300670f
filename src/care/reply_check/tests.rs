use super::*;
use crate::{
    base::Timestamp,
    model::{AccountRole, AccountRule, BrandAccount, Kind, Mention, MentionName},
};

fn brand(reply: ReplyRules) -> Brand {
    let account = |platform: &str, handle: &str, role| BrandAccount {
        platform: platform.to_owned(),
        handle: handle.to_owned(),
        role,
    };
    Brand {
        id: "nordwind".to_owned(),
        title: "Nordwind".to_owned(),
        query: "nordwind".to_owned(),
        accounts: vec![
            account("twitter", "nordwind", AccountRole::Institutional),
            account("twitter", "nordwindcare", AccountRole::Care),
            account("twitter", "nordwindmiles", AccountRole::Product),
            account("vk", "nordwind", AccountRole::Institutional),
        ],
        coverage: None,
        targets: Vec::new(),
        responsible: Vec::new(),
        reply_threshold: 1.2,
        reply,
        priority_tags: Vec::new(),
    }
}

fn draft(text: &str) -> Draft<'_> {
    Draft {
        text,
        language: "en",
        customer_language: "en",
        platform: "twitter",
        is_private: false,
        agent: "Anna",
        account: "",
    }
}

fn found(draft: &Draft<'_>, reply: ReplyRules) -> Vec<(Rule, Severity, String)> {
    let told = |finding: Finding| {
        assert!(!finding.message.is_empty());
        (finding.rule, finding.severity, draft.text[finding.span.range()].to_owned())
    };
    check_reply(draft, &brand(reply), None).into_iter().map(told).collect()
}

/// What one rule says of a text under a profile that asks for nothing.
fn places(text: &str, rule: Rule) -> Vec<String> {
    let found = found(&draft(text), ReplyRules::default());
    found.into_iter().filter(|(found, ..)| *found == rule).map(|(.., place)| place).collect()
}

#[test]
fn an_answer_that_is_right_has_no_findings() {
    let reply = ReplyRules {
        signature: "^{agent}".to_owned(),
        greetings: [("en".to_owned(), vec!["Hi".to_owned(), "Good morning".to_owned()])].into(),
        avoid: vec!["guarantee".to_owned()],
        ..ReplyRules::default()
    };
    let text = "@marta good  morning Marta, your case left Oslo at 10:40 and comes on flight NW204 today! ^Anna";
    assert_eq!(found(&draft(text), reply), []);
}

#[test]
fn an_empty_draft_is_refused_and_nothing_else_is_said() {
    assert_eq!(found(&draft(" \n"), ReplyRules::default()), [(Rule::Empty, Severity::Refuses, " \n".to_owned())]);
}

#[test]
fn what_is_too_long_is_told_from_the_first_letter_that_does_not_fit() {
    let text = format!("{}い", "あ".repeat(140));
    let found = found(&draft(&text), ReplyRules::default());
    assert_eq!(found, [(Rule::Length, Severity::Refuses, "い".to_owned())]);
}

#[test]
fn the_language_is_held_against_the_customers_where_both_are_known() {
    for (own, customer, expected) in [("en", "it", 1), ("en", "en", 0), ("und", "it", 0), ("en", "und", 0)] {
        let draft = Draft { language: own, customer_language: customer, ..draft("we look into it") };
        assert_eq!(found(&draft, ReplyRules::default()).len(), expected, "{own} to {customer}");
    }
    // Of a few Latin letters nobody knows the language; a few of another script tell it.
    for (text, expected) in [("here ^Ana", 0), ("B4", 0), ("確認します", 1)] {
        let draft = Draft { language: "mi", customer_language: "en", ..draft(text) };
        assert_eq!(found(&draft, ReplyRules::default()).len(), expected, "{text}");
    }
}

#[test]
fn greetings_are_asked_for_in_the_languages_that_have_one() {
    let reply = ReplyRules {
        greetings: [("ja".to_owned(), vec!["こんにちは".to_owned()]), ("it".to_owned(), vec!["Ciao".to_owned()])]
            .into(),
        ..ReplyRules::default()
    };
    for (customer, text, expected) in [
        ("ja", "@yuki こんにちは、確認します", 0),
        ("ja", "確認します", 1),
        ("it", "CIAO Luca, arriva domani", 0),
        ("it", "Luca, ciao", 1),
        ("en", "it comes tomorrow", 0),
    ] {
        let draft = Draft { customer_language: customer, language: customer, ..draft(text) };
        assert_eq!(found(&draft, reply.clone()).len(), expected, "{text}");
    }
}

#[test]
fn a_missing_signature_is_refused() {
    let reply = ReplyRules { signature: "— {agent}, Nordwind".to_owned(), ..ReplyRules::default() };
    for (agent, text, expected) in [
        ("Anna", "it comes tomorrow — Anna, Nordwind", 0),
        ("Anna", "it comes tomorrow\n— Anna,\nNordwind \n", 0),
        ("Anna", "it comes tomorrow", 1),
        ("Anna", "it comes tomorrow — Bea, Nordwind", 1),
        ("", "it comes tomorrow — , Nordwind", 1),
    ] {
        let draft = Draft { agent, ..draft(text) };
        let found = found(&draft, reply.clone());
        assert_eq!(found.len(), expected, "{agent}: {text}");
        assert!(found.iter().all(|(rule, severity, _)| (*rule, *severity) == (Rule::Signature, Severity::Refuses)));
    }
    let reply = ReplyRules { signature: "{agent}".to_owned(), ..ReplyRules::default() };
    assert_eq!(found(&draft("it comes with Johanna"), reply.clone()).len(), 1, "a word that ends like her is not she");
    assert_eq!(found(&Draft { agent: "anna", ..draft("Johanna") }, reply).len(), 1);
}

#[test]
fn words_to_avoid_are_found_in_any_script_and_spelling() {
    for (avoid, text, expected) in [
        ("guarantee", "we GUARANTEE it", vec!["GUARANTEE"]),
        ("garantía", "con garantia total", vec!["garantia"]),
        ("гарантируем", "Мы гарантируем", vec!["гарантируем"]),
        ("保証", "必ず保証します", vec!["保証"]),
        ("no problem", "No  problem, and no problems", vec!["No  problem"]),
        ("cheap", "cheapest", vec![]),
    ] {
        let reply = ReplyRules { avoid: vec![avoid.to_owned()], ..ReplyRules::default() };
        let places: Vec<String> = found(&draft(text), reply).into_iter().map(|(.., place)| place).collect();
        assert_eq!(places, expected, "{avoid} in {text}");
    }
}

#[test]
fn personal_data_is_refused_in_public() {
    for (text, expected) in [
        ("write to anna.b@mail.example, please", vec!["anna.b@mail.example"]),
        ("@anna we have it", vec![]),
        ("your account GB82 WEST 1234 5698 7654 32 is open", vec!["GB82 WEST 1234 5698 7654 32"]),
        ("your account DE89370400440532013000.", vec!["DE89370400440532013000"]),
        ("your account DE89370400440532013001.", vec![]),
        ("card 4111 1111 1111 1111 is blocked", vec!["4111 1111 1111 1111"]),
        ("card 4111 1111 1111 1112 is blocked", vec![]),
        ("we called +49 30 1234567 twice", vec!["+49 30 1234567"]),
        ("звонили на 8 (916) 123-45-67", vec!["8 (916) 123-45-67"]),
        ("call (555) 123-4567 again", vec!["555) 123-4567"]),
        ("ring +٤٩ ٣٠ ١٢٣٤٥٦٧", vec!["+٤٩ ٣٠ ١٢٣٤٥٦٧"]),
        ("from 01.02.2026 10 to 2026-03-01 11", vec![]),
        ("it costs 1.234.567 and took 3 days", vec![]),
    ] {
        assert_eq!(places(text, Rule::PersonalData), expected, "{text}");
    }
    let private = Draft { is_private: true, ..draft("write to anna.b@mail.example") };
    assert_eq!(found(&private, ReplyRules::default()), [], "the customer may read it");
}

#[test]
fn the_houses_own_numbers_and_contacts_are_known() {
    let reply = ReplyRules {
        number_patterns: vec!["NW-######".to_owned(), "??####".to_owned()],
        contacts: vec!["help@nordwind.example".to_owned(), "+49 800 1234567".to_owned()],
        ..ReplyRules::default()
    };
    let text = "order nw-123456 and AB1234, not NW-1234567: help@NORDWIND.example or +49 (800) 123-4567";
    let places: Vec<String> = found(&draft(text), reply).into_iter().map(|(.., place)| place).collect();
    assert_eq!(places, ["nw-123456", "AB1234"]);
}

#[test]
fn placeholders_are_refused() {
    for (text, expected) in [
        ("Hi {name}, it is on its way", vec!["{name}"]),
        ("Hi {{first_name}}", vec!["{{first_name}"]),
        ("Dear [NAME], your [ORDER NUMBER]", vec!["[NAME]", "[ORDER NUMBER]"]),
        ("Здравствуйте, [ИМЯ]", vec!["[ИМЯ]"]),
        ("see [our page] and [1]", vec![]),
        ("Hi <customer>", vec!["<customer>"]),
        ("we <3 you, 3 < 4 > 2", vec![]),
        ("Hi %s, %1$s of %d", vec!["%s", "%1$s", "%d"]),
        ("5% off, 20%sure", vec![]),
        ("flight XXX at ____", vec!["XXX", "____"]),
        ("kisses xxx, size XXL", vec![]),
    ] {
        assert_eq!(places(text, Rule::Placeholder), expected, "{text}");
    }
    let (longest, longer) = (format!("{{{}}}", "ж".repeat(40)), format!("{{{}}}", "ж".repeat(41)));
    assert_eq!(places(&longest, Rule::Placeholder), [longest.as_str()]);
    assert!(places(&longer, Rule::Placeholder).is_empty());
}

#[test]
fn a_text_of_opening_brackets_is_read_once() {
    for open in ["{", "[", "<a"] {
        let text = open.repeat(crate::base::limits::TEXT_BYTES_MAX / open.len());
        let begun = std::time::Instant::now();
        assert!(places(&text, Rule::Placeholder).is_empty());
        // It took a minute; a slow machine needs a second.
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{open}: {:?}", begun.elapsed());
    }
}

#[test]
fn shouting_and_blaming_are_warned_of() {
    for (text, expected) in [
        ("PLEASE READ the page", vec!["PLEASE READ"]),
        ("ПРОЧИТАЙТЕ ПРАВИЛА", vec!["ПРОЧИТАЙТЕ ПРАВИЛА"]),
        ("the IBAN of BER or OSL", vec![]),
        ("great!! Thanks!", vec!["!"]),
        ("great! Thanks!", vec![]),
        ("You should  have called", vec!["You should  have"]),
        ("Wie bereits gesagt: morgen", vec!["Wie bereits gesagt"]),
    ] {
        assert_eq!(places(text, Rule::Tone), expected, "{text}");
    }
}

#[test]
fn nothing_from_outside_breaks_it() {
    for text in
        ["{", "%", "%1$", "<", "@", "a@b.", "+", "[", "DE", "\u{301}", "🏳️\u{200D}", "＠", "X", "((((", "１２３４"]
    {
        let everything = ReplyRules {
            number_patterns: vec!["#".to_owned(), String::new()],
            avoid: vec!["!".to_owned(), String::new()],
            signature: "{agent}{agent}".to_owned(),
            ..ReplyRules::default()
        };
        for text in [text.to_owned(), format!("{text}{text}"), format!("é{text}é")] {
            let _ = found(&draft(&text), everything.clone());
        }
    }
}

#[test]
fn the_account_is_proposed_by_rule_then_by_whom_was_spoken_to_then_by_role() {
    let rule = |handle: &str, language: &str, product: &str| AccountRule {
        platform: "twitter".to_owned(),
        handle: handle.to_owned(),
        language: language.to_owned(),
        product: product.to_owned(),
    };
    let rules = vec![rule("nordwind_it", "it", ""), rule("nordwindmiles", "", "miles")];
    let brand = |accounts: &[AccountRule]| brand(ReplyRules { accounts: accounts.to_vec(), ..ReplyRules::default() });
    for (platform, language, text, rules, expected) in [
        ("twitter", "it", "dove sono le mie miles?", &rules[..], Some("nordwindmiles")),
        ("twitter", "it", "dove è la valigia?", &rules, Some("nordwind_it")),
        ("twitter", "en", "@NordwindMiles where is my case", &[], Some("nordwindmiles")),
        ("twitter", "en", "@nordwind where is my case", &[], Some("nordwindcare")),
        ("vk", "ru", "@nordwind где чемодан", &rules, Some("nordwind")),
        ("vk", "ru", "где чемодан", &rules, Some("nordwind")),
        ("forum", "en", "where is it", &rules, None),
    ] {
        let name = MentionName { platform: platform.to_owned(), external_id: "1".to_owned() };
        let mut mention = Mention::new(name, Kind::Post, Timestamp::UNIX_EPOCH);
        text.clone_into(&mut mention.text);
        let proposed = propose_account(&brand(rules), &mention, language);
        assert_eq!(proposed.as_ref().map(|it| it.handle.as_str()), expected, "{platform} {text}");
        assert!(proposed.is_none_or(|it| !it.reason.is_empty()));
    }
    let proposed = propose_account(
        &brand(&[]),
        &{
            let name = MentionName { platform: "twitter".to_owned(), external_id: "1".to_owned() };
            Mention::new(name, Kind::Post, Timestamp::UNIX_EPOCH)
        },
        "en",
    );
    let from_other = Draft { account: "nordwind", ..draft("it comes tomorrow") };
    let found = check_reply(&from_other, &brand(&[]), proposed.as_ref());
    assert_eq!(found.iter().map(|it| it.rule).collect::<Vec<_>>(), [Rule::Account]);
}

#[test]
fn an_address_ends_where_other_letters_begin() {
    for (text, expected) in [
        ("ご不明点はhelp@post.exampleまでご連絡ください", "help@post.example"),
        ("문의는 help@post.example으로 보내 주세요", "help@post.example"),
        ("ติดต่อhelp.desk+1@post-office.exampleได้เลย", "help.desk+1@post-office.example"),
        ("пишите на помощь@почта.рф, ответим", "помощь@почта.рф"),
        ("пишите на помощь@почта.example!", "помощь@почта.example"),
        ("schreiben Sie an hilfe@münchen.example.", "hilfe@münchen.example"),
    ] {
        assert_eq!(places(text, Rule::PersonalData), [expected], "{text}");
    }
    let own = ReplyRules { contacts: vec!["help@post.example".to_owned()], ..ReplyRules::default() };
    assert_eq!(found(&draft("ご不明点はhelp@post.exampleまで"), own), []);
}
