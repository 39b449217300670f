//! Cold coffee around the world. Every mention is named after its language; they are a second apart, in this order.

use ascolto::proto::v1::{Author, Engagement, Kind, Mention};

use crate::support::{mention, reply};

const WORLD: [(&str, &str); 11] = [
    ("it", "Il caffè è freddo e il servizio è lento"),
    ("de", "Der Kaffee ist heiß, die Straße ist laut"),
    ("ru", "Кофе остыл, верните деньги"),
    ("ja", "コーヒーが冷たいです"),
    ("th", "กาแฟเย็นมาก"),
    ("ar", "القهوة باردة جدا"),
    ("hi", "कॉफ़ी ठंडी है"),
    ("zh", "咖啡太冷了"),
    ("ko", "커피가 차가워요"),
    ("he", "הקפה קר מאוד"),
    ("pt", "O cafezinho esfriou"),
];

pub(super) fn corpus() -> Vec<Mention> {
    let mut mentions: Vec<Mention> = (0..).zip(WORLD).map(|(second, (id, text))| mention(id, text, second)).collect();
    let beatriz = Author { handle: "beatriz".to_owned(), name: "Beatriz Souza".to_owned(), ..Author::default() };
    mentions[10].author = Some(beatriz);
    mentions.push(Mention {
        author: Some(Author { handle: "kate".to_owned(), followers: Some(1000), ..Author::default() }),
        engagement: Some(Engagement { likes: Some(7), reposts: Some(3), ..Engagement::default() }),
        url: "https://blog.example.com/cold".to_owned(),
        country: "gb".to_owned(),
        tags: vec!["VIP".to_owned()],
        ..mention("en", "The coffee is cold ☕ #monday @beanhouse", 11)
    });
    mentions.push(reply("answer", "We will make the next coffee hotter", 12, "en"));
    mentions.push(Mention {
        platform: "shop".to_owned(),
        kind: Kind::Review.into(),
        title: "Espresso machine".to_owned(),
        rating: Some(4.5),
        ..mention("review", "Makes noise, makes me happy", 13)
    });
    mentions
}
