use crate::model::{Brand, Responsible};

/// Whom a brand names for what a mention is about: the first of the profile whose topic it has, else the one for everything else.
#[must_use]
pub fn responsible_for<'a, 't>(brand: &'a Brand, topics: impl IntoIterator<Item = &'t str>) -> Option<&'a Responsible> {
    let topics: Vec<&str> = topics.into_iter().collect();
    let of_topic = brand.responsible.iter().find(|it| topics.contains(&it.topic.as_str()));
    of_topic.or_else(|| brand.responsible.iter().find(|it| it.topic.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ReplyRules;

    fn brand(responsible: &[(&str, &str)]) -> Brand {
        let named = |(topic, name): &(&str, &str)| Responsible {
            topic: (*topic).to_owned(),
            name: (*name).to_owned(),
            contact: String::new(),
        };
        Brand {
            id: "nordwind".to_owned(),
            title: "Nordwind".to_owned(),
            query: "nordwind".to_owned(),
            accounts: Vec::new(),
            coverage: None,
            targets: Vec::new(),
            responsible: responsible.iter().map(named).collect(),
            reply_threshold: 1.2,
            reply: ReplyRules::default(),
            priority_tags: Vec::new(),
        }
    }

    #[test]
    fn who_is_named_for_a_topic_goes_before_who_is_there_for_the_rest() {
        let all = brand(&[("", "Ruth"), ("delivery", "Dana"), ("billing", "Bo")]);
        for (topics, expected) in [
            (&["billing"][..], "Bo"),
            (&["billing", "delivery"], "Dana"),
            (&["app"], "Ruth"),
            (&[], "Ruth"),
            // No topic is called nothing.
            (&[""], "Ruth"),
        ] {
            let found = responsible_for(&all, topics.iter().copied()).map(|it| it.name.as_str());
            assert_eq!(found, Some(expected), "{topics:?}");
        }
        assert_eq!(responsible_for(&brand(&[("billing", "Bo")]), ["app"]), None);
        assert_eq!(responsible_for(&brand(&[]), ["app"]), None);
    }
}
