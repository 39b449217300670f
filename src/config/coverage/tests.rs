use jiff::civil::date;

use super::super::brands::read;
use crate::model::{Brand, PriorityLevel, Window};

/// Eight lines.
const BRAND: &str = "[[brand]]\nid = \"a\"\ntitle = \"A\"\nquery = \"a\"\n\
    [[brand.account]]\nplatform = \"twitter\"\nhandle = \"a\"\nrole = \"care\"\n";

fn brand(rest: &str) -> Brand {
    read("brands.toml", &format!("{BRAND}{rest}")).unwrap().remove(0)
}

fn window(begin_minute: u16, end_minute: u16) -> Window {
    Window { begin_minute, end_minute }
}

#[test]
fn coverage_is_read() {
    let brand = brand(
        "[brand.coverage]\ntime_zone = \"Europe/Rome\"\nevery_day = [\"9:00-12:00\"]\n\
         weekdays = [\"14:00-20:00\", \"05:00-13:00\"]\nfriday = [\"22:00-06:00\"]\nsunday = []\n\
         [[brand.coverage.exception]]\ndate = \"2026-12-24\"\nhours = [\"05:00-24:00\"]\n\
         [[brand.coverage.exception]]\ndate = \"12-25\"\nhours = []\n\
         [[brand.coverage.exception]]\ndate = \"02-29\"\nhours = [\"00:00-00:01\"]\n",
    );
    let coverage = brand.coverage.unwrap();
    assert_eq!(coverage.time_zone.iana_name(), Some("Europe/Rome"));
    let weekday = vec![window(300, 780), window(840, 1200)];
    let expected =
        [&weekday, &weekday, &weekday, &weekday, &vec![window(1320, 1800)], &vec![window(540, 720)], &vec![]];
    assert_eq!(coverage.weekly.each_ref(), expected);
    assert_eq!(coverage.days, [(date(2026, 12, 24), vec![window(300, 1440)])].into());
    assert_eq!(coverage.holidays, [((12, 25), vec![]), ((2, 29), vec![window(0, 1)])].into());
}

#[test]
fn targets_are_read() {
    let brand = brand(
        "[[brand.target]]\nfirst_reply_minutes = 60\nnext_reply_minutes = 240\n\
         [[brand.target]]\nplatform = \"twitter\"\npriority = \"urgent\"\nfirst_reply_minutes = 15\ndue_soon_minutes = 5\n",
    );
    assert_eq!(brand.coverage, None);
    assert_eq!((brand.targets[0].first_reply_minutes, brand.targets[0].next_reply_minutes), (Some(60), Some(240)));
    let urgent = &brand.targets[1];
    assert_eq!((urgent.platform.as_deref(), urgent.priority), (Some("twitter"), Some(PriorityLevel::Urgent)));
    assert_eq!((urgent.next_reply_minutes, urgent.due_soon_minutes), (None, Some(5)));
}

#[test]
fn what_cannot_be_is_refused_with_line_and_mend() {
    let zone = "[brand.coverage]\ntime_zone = \"Europe/Rome\"\n";
    let target = "[[brand.target]]\n";
    let day = "every_day = [\"09:00-17:00\"]\n";
    let exception = "[[brand.coverage.exception]]\ndate = ";
    for (rest, line, said) in [
        ("[brand.coverage]\ntime_zone = \"Europe/Rom\"\n".to_owned(), 10, "the nearest is `Europe/Rome`"),
        ("[brand.coverage]\ntime_zone = \"Asia/New York\"\n".to_owned(), 10, "the nearest is `America/New_York`"),
        (zone.to_owned(), 9, "never opens; give hours"),
        (format!("{zone}every_day = []\n{exception}\"12-25\"\nhours = [\"10:00-11:00\"]\n"), 9, "never opens"),
        (format!("[brand.coverage]\n{day}"), 9, "missing field `time_zone`"),
        (format!("{zone}everyday = [\"09:00-17:00\"]\n"), 11, "the nearest is `every_day`"),
        (format!("{zone}monday = [\"09:00-13:00\",\n\"12:30-17:00\"]\n"), 12, "09:00-13:00 and 12:30-17:00 overlap"),
        (format!("{zone}monday = [\"22:00-06:00\", \"23:00-24:00\"]\n"), 11, "overlap; make one window"),
        (
            format!("{zone}saturday = [\"10:00-12:00\"]\nsunday = [\"22:00-06:00\"]\nmonday = [\"05:00-09:00\"]\n"),
            12,
            "22:00-06:00 of sunday runs into 05:00-09:00 of monday; end the first",
        ),
        (format!("{zone}monday = [\"9-17\"]\n"), 11, "`9-17` are no hours; write them as"),
        (format!("{zone}monday = [\"09:00\"]\n"), 11, "are no hours"),
        (format!("{zone}monday = [\"09:60-10:00\"]\n"), 11, "are no hours"),
        (format!("{zone}monday = [\"09:00-24:01\"]\n"), 11, "are no hours"),
        (format!("{zone}monday = [\"09:00-99999:00\"]\n"), 11, "are no hours"),
        (format!("{zone}monday = [\"09:00-10:65535\"]\n"), 11, "are no hours"),
        (format!("{zone}monday = [\"+9:00-10:00\"]\n"), 11, "are no hours"),
        (format!("{zone}monday = [\"09:00-09:00\"]\n"), 11, "ends where it begins"),
        (format!("{zone}monday = [\"24:00-02:00\"]\n"), 11, "write 00:00 on the day after"),
        (format!("{zone}{day}{exception}\"2026-02-29\"\nhours = []\n"), 13, "there is no date `2026-02-29`"),
        (format!("{zone}{day}{exception}\"02-30\"\nhours = []\n"), 13, "a day of every year as 12-25"),
        (format!("{zone}{day}{exception}\"26-12-25\"\nhours = []\n"), 13, "there is no date"),
        (format!("{zone}{day}{exception}\"25.12.\"\nhours = []\n"), 13, "there is no date"),
        (
            format!("{zone}{day}{exception}\"12-25\"\nhours = []\n{exception}\"12-25\"\nhours = []\n"),
            16,
            "12-25 stands twice",
        ),
        (format!("{zone}{day}{exception}\"12-25\"\nhour = []\n"), 14, "the nearest is `hours`"),
        (format!("{target}first_reply_minutes = 0\n"), 9, "first_reply_minutes is 0; a target is from 1"),
        (format!("{target}next_reply_minutes = 43201\n"), 9, "from 1 to 43200"),
        (format!("{target}first_reply_minutes = -5\n"), 10, "-5"),
        (format!("{target}platform = \"vk\"\n"), 9, "first_reply_minutes, next_reply_minutes, or both"),
        (format!("{target}platform = \"VK\"\nfirst_reply_minutes = 5\n"), 9, "lower-case letters"),
        (format!("{target}priority = \"urgend\"\nfirst_reply_minutes = 5\n"), 9, "the nearest is `urgent`"),
        (format!("{target}first_reply_minute = 5\n"), 10, "the nearest is `first_reply_minutes`"),
        (format!("{target}first_reply_minutes = 5\ndue_soon_minutes = 5\n"), 9, "less than first_reply_minutes"),
        (
            format!("{target}first_reply_minutes = 50\nnext_reply_minutes = 9\ndue_soon_minutes = 10\n"),
            9,
            "less than next_reply_minutes, which is 9",
        ),
        (
            format!("{target}first_reply_minutes = 5\n{target}next_reply_minutes = 9\n"),
            11,
            "two targets hold for the same platform and priority",
        ),
        (
            format!("{zone}monday = [\"09:00-09:01\"]\n{target}first_reply_minutes = 53\n"),
            12,
            "1 minutes a week; make it less than a year takes",
        ),
    ] {
        let error = read("brands.toml", &format!("{BRAND}{rest}")).unwrap_err().to_string();
        assert!(error.starts_with(&format!("brands.toml, line {line}: ")), "{rest}: {error}");
        assert!(error.contains(said), "{rest}: {error}");
    }
}

#[test]
fn lists_are_bounded() {
    let zone = "[brand.coverage]\ntime_zone = \"UTC\"\n";
    let windows: Vec<String> = (0..25).map(|window| format!("\"00:{window:02}-00:{:02}\"", window + 1)).collect();
    let exceptions: Vec<String> = (0..1001)
        .map(|day| format!("[[brand.coverage.exception]]\ndate = \"{}-01-01\"\nhours = []\n", 2000 + day))
        .collect();
    let targets: Vec<String> =
        (0..201).map(|it| format!("[[brand.target]]\nplatform = \"p{it}\"\nfirst_reply_minutes = 1\n")).collect();
    for (rest, said) in [
        (format!("{zone}monday = [{}]\n", windows.join(", ")), "one day has 25 windows, 24 are allowed"),
        (format!("{zone}every_day = [\"00:00-24:00\"]\n{}", exceptions.concat()), "1001 exceptions, 1000 are allowed"),
        (targets.concat(), "there are 201 targets, 200 are allowed"),
    ] {
        let error = read("brands.toml", &format!("{BRAND}{rest}")).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}
