//! Every bound on what comes from outside: its name carries the unit, its comment the reason.
//!
//! An input that passes a bound gets an error that says the bound; nothing is cut in silence.

/// Text of one mention. The longest real posts and reviews seen have 6 kB; five times that leaves room for letters.
pub const TEXT_BYTES_MAX: usize = 32 * 1024;
/// Title of one mention.
pub const TITLE_BYTES_MAX: usize = 1024;
/// Name of a platform.
pub const PLATFORM_BYTES_MAX: usize = 64;
/// A platform's id of a mention; long enough for ids that are addresses.
pub const EXTERNAL_ID_BYTES_MAX: usize = 512;
/// An author's handle or shown name.
pub const AUTHOR_NAME_BYTES_MAX: usize = 256;
/// What an author says of themselves.
pub const BIO_BYTES_MAX: usize = 2048;
/// An address of a mention or of its media.
pub const URL_BYTES_MAX: usize = 2048;
/// The language a source claims; RFC 5646 recommends room for 35 letters.
pub const SOURCE_LANGUAGE_BYTES_MAX: usize = 35;
/// Labels a source sets on one mention.
pub const TAGS_MAX: usize = 64;
/// One such label.
pub const TAG_BYTES_MAX: usize = 64;
/// Addresses of media of one mention.
pub const MEDIA_MAX: usize = 64;
/// What a review may give: stars, points, per cent.
pub const RATING_MAX: f64 = 1000.0;
/// How far a mention's time may lie ahead of ours: clocks differ, time zones get mixed up.
pub const CREATED_AHEAD_SECONDS_MAX: i64 = 24 * 60 * 60;
/// How much of the text it answers travels with a mention.
pub const PARENT_TEXT_BYTES_MAX: usize = 4096;

/// Mentions in one message of a stream or in one batch: bounds the memory of a call and the time of a group.
pub const BATCH_MENTIONS_MAX: usize = 1000;
/// One gRPC message or HTTP body. 1,000 mentions of ordinary size have 0.5 MB.
pub const MESSAGE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Messages of one ingest stream that are on their way to the disk at once: enough to keep the committer busy while the
/// first waits for its sync, few enough that one client cannot fill the memory.
pub const INGEST_MESSAGES_IN_FLIGHT_MAX: usize = 16;
/// Mentions asked for by name in one call.
pub const BATCH_GET_MAX: usize = 500;

/// The sentence of an error. It travels in HTTP/2 trailers, which many clients stop reading at 8 or 16 KiB in all.
pub const STATUS_MESSAGE_BYTES_MAX: usize = 1024;
/// What programs read of an error, before base64 makes a third more of it. For the same reason.
pub const STATUS_DETAILS_BYTES_MAX: usize = 4096;

/// Authors whose languages are remembered: some 10 MiB.
pub const AUTHORS_REMEMBERED_MAX: usize = 200_000;
/// Newest versions that a start reads the languages of authors from: a tenth of a second.
pub const AUTHORS_REMEMBERED_FROM_VERSIONS: u64 = 20_000;

/// Versions in one durable group: bounds how long the first waits for the last.
pub const GROUP_VERSIONS_MAX: usize = 1024;
/// Bytes in one durable group.
pub const GROUP_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Jobs that wait for the committer before it slows its clients down.
pub const COMMIT_QUEUE_MAX: usize = 1024;
/// Mentions on their way to the disk: half a second's worth.
pub const IN_FLIGHT_MENTIONS_MAX: usize = 8192;
/// Their bytes: mentions of ordinary size never come near, and long ones cannot fill the memory. Whoever is beyond waits.
pub const IN_FLIGHT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Longest query text. Bounds the parser's work together with [`QUERY_DEPTH_MAX`]. Real ones reach 20,000 letters.
pub const QUERY_BYTES_MAX: usize = 64 * 1024;
/// Words, phrases and field values in one query.
pub const QUERY_TERMS_MAX: usize = 2000;
/// Words, phrases and values in all that a query refers to: a saved search may refer to others.
pub const RESOLVED_TERMS_MAX: usize = 20_000;
/// Words that the wildcards of one query may stand for, in all fields and parts of the index. An index of some million mentions
/// in many languages holds about as many words as begin with two given letters.
pub const WILDCARD_FORMS_MAX: usize = 250_000;
/// Brackets inside brackets. Bounds recursion.
pub const QUERY_DEPTH_MAX: usize = 64;
/// Words in one phrase.
pub const PHRASE_WORDS_MAX: usize = 64;
/// Words in one window (`"…"~n`). In scripts without spaces its parts may overlap, and trying which stands where grows
/// with two to the power of their number.
pub const WINDOW_WORDS_MAX: usize = 16;
/// Words between the sides of NEAR, and more words than its own in a window. Further apart, words have little to do with each other.
pub const NEAR_DISTANCE_MAX: u32 = 100;
/// Words that everything joined by NEAR can stretch over, distances included. Bounds the work for one text of nothing but such words.
pub const PATTERN_POSITIONS_MAX: u32 = 500;
/// Words with `*` or `?` in one query: each is held against every word of a mention, and looked up in every part of the index.
pub const QUERY_WILDCARDS_MAX: usize = 200;
/// Problems told of one query; a text of nothing but faults must not make an answer of megabytes.
pub const PROBLEMS_MAX: usize = 50;

/// Hits on one page when the caller does not say.
pub const PAGE_SIZE_DEFAULT: usize = 20;
/// Hits on one page.
pub const PAGE_SIZE_MAX: usize = 500;
/// Mentions on one page of a conversation when the caller does not say.
pub const CONVERSATION_PAGE_SIZE_DEFAULT: usize = 200;
/// Saved searches on one page when the caller does not say.
pub const SAVED_SEARCHES_PAGE_SIZE_DEFAULT: usize = 100;
/// Saved searches on one page.
pub const SAVED_SEARCHES_PAGE_SIZE_MAX: usize = 1000;
/// Values listed for one facet.
pub const FACET_VALUES_MAX: usize = 100;
/// Places marked in one hit.
pub const HIGHLIGHTS_MAX: usize = 100;
/// Queries verified in one call: what the index finds for each is kept in memory, 1 MB for 10 million versions.
pub const VERIFY_QUERIES_MAX: usize = 100;
/// Differences told of in one verification; all are counted.
pub const VERIFY_DIFFERENCES_MAX: usize = 1000;
/// How long a search waits for `min_seq`.
pub const MIN_SEQ_WAIT_SECONDS_MAX: u64 = 10;

/// Events that wait for one live subscriber before it has to read from the log again.
pub const SUBSCRIBER_QUEUE_EVENTS_MAX: usize = 256;
/// Live subscribers at once.
pub const SUBSCRIBERS_MAX: usize = 10_000;
/// Saved searches in one subscription.
pub const SUBSCRIPTION_SEARCHES_MAX: usize = 1000;
/// Saved searches in a folder that is subscribed to, with those below it. Each open stream holds some kilobytes for each of them; as many as
/// one person can follow in a folder are far fewer.
pub const FOLDER_SUBSCRIPTION_SEARCHES_MAX: usize = 10_000;
/// Replacements of what a stream watches that wait until it comes to them.
pub const REPLACEMENTS_WAITING_MAX: usize = 4;
/// Name of a durable subscription.
pub const SUBSCRIPTION_NAME_BYTES_MAX: usize = 64;
/// Durable names on one server: as many as subscribers at once.
pub const DURABLE_SUBSCRIPTIONS_MAX: u64 = 10_000;
/// Durable subscriptions on one page when the caller does not say.
pub const SUBSCRIPTIONS_PAGE_SIZE_DEFAULT: usize = 100;
/// Durable subscriptions on one page.
pub const SUBSCRIPTIONS_PAGE_SIZE_MAX: usize = 1000;
/// Seconds between heartbeats.
pub const HEARTBEAT_SECONDS_DEFAULT: u32 = 10;
/// The longest a stream may be quiet before it looks dead.
pub const HEARTBEAT_SECONDS_MAX: u32 = 60;

/// Id of a saved search.
pub const SAVED_SEARCH_ID_BYTES_MAX: usize = 64;
/// Title of a saved search.
pub const SAVED_SEARCH_TITLE_BYTES_MAX: usize = 256;
/// Saved searches on one server.
pub const SAVED_SEARCHES_MAX: usize = 1_000_000;
/// Saved searches and queries of subscriptions, together, that require no word and no fact they could be looked up by, such as
/// `* NOT spam`: every mention is held against each of them, and most match most mentions.
pub const UNFILED_QUERIES_MAX: usize = 1000;
/// Saved searches created in one call: bounds its message and the time of its group.
pub const SAVED_SEARCHES_BATCH_MAX: usize = 1000;
/// Path of a folder of saved searches.
pub const FOLDER_BYTES_MAX: usize = 256;
/// Folders inside folders.
pub const FOLDER_DEPTH_MAX: usize = 8;
/// Who answers for a saved search, or edits it.
pub const EDITOR_BYTES_MAX: usize = 128;
/// Note of a saved search or an author list.
pub const NOTE_BYTES_MAX: usize = 4096;
/// Tags that one saved search sets.
pub const SAVED_SEARCH_TAGS_MAX: usize = 16;
/// Tags that saved searches set on one mention. The first by name stay: some hundred searches that set a tag each would
/// otherwise make a record of a short text into a long one.
pub const SET_TAGS_MAX: usize = 64;
/// Edits kept of one saved search; the oldest go.
pub const SAVED_SEARCH_REVISIONS_MAX: usize = 100;

/// Author lists on one server.
pub const AUTHOR_LISTS_MAX: usize = 1000;
/// Members of one author list.
pub const AUTHOR_LIST_MEMBERS_MAX: usize = 100_000;
/// Members of all author lists together; they are held in memory.
pub const AUTHOR_LIST_MEMBERS_ALL_MAX: usize = 2_000_000;
/// Members added or removed in one call; also on one page.
pub const AUTHOR_LIST_MEMBERS_BATCH_MAX: usize = 10_000;
/// Members on one page when the caller does not say.
pub const AUTHOR_LIST_MEMBERS_PAGE_SIZE_DEFAULT: usize = 1000;

/// Mentions in a sample of a preview when the caller does not say.
pub const PREVIEW_SAMPLE_DEFAULT: usize = 10;
/// Mentions in a sample of a preview.
pub const PREVIEW_SAMPLE_MAX: usize = 100;
/// Hours a preview looks back when the caller does not say.
pub const PREVIEW_HOURS_DEFAULT: u32 = 24;
/// Hours a preview looks back: a year.
pub const PREVIEW_HOURS_MAX: u32 = 8760;
/// Mentions by which the cost of a query is measured, the newest ones.
pub const PREVIEW_PRICED_MENTIONS_MAX: usize = 2000;
/// Places told for one clause of an explanation.
pub const EXPLAIN_PLACES_MAX: usize = 20;
/// Letters shown of a clause, or of what was found in its place.
pub const EXPLAIN_TEXT_BYTES_MAX: usize = 400;
/// Clauses of one explanation on an event of a stream; the whole tree is told by `ExplainMatch`.
pub const EXPLAIN_EVENT_CLAUSES_MAX: usize = 200;

/// Id of an alert.
pub const ALERT_ID_BYTES_MAX: usize = 64;
/// What people write about an alert.
pub const ALERT_NOTE_BYTES_MAX: usize = 1024;
/// Alerts on one server: what they remember is kept in memory, a spike's eight weeks in some 20 KB.
pub const ALERTS_MAX: u64 = 10_000;
/// Matches a count can wait for; each match within its window is remembered.
pub const ALERT_COUNT_MAX: u32 = 10_000;
/// The window of a count: a week.
pub const ALERT_WINDOW_MINUTES_MAX: u32 = 7 * 24 * 60;
/// The longest silence that can be waited for: thirty days.
pub const ALERT_SILENCE_MINUTES_MAX: u32 = 30 * 24 * 60;
/// The longest an alert stays quiet after it fired: a week.
pub const ALERT_COOLDOWN_MINUTES_MAX: u32 = 7 * 24 * 60;
/// The greatest age of mentions that an alert may still count, in hours: a year.
pub const ALERT_AGE_HOURS_MAX: u32 = 365 * 24;
/// What has to enter within an hour to be a spike when the caller does not say: fewer are hardly worth a call at night.
pub const ALERT_SPIKE_MATCHES_MIN_DEFAULT: u32 = 10;
/// Mentions named with a firing.
pub const ALERT_SAMPLE_MENTIONS_MAX: usize = 5;
/// Firings kept; the oldest make room. Some 50 MB.
pub const FIRINGS_KEPT_MAX: u64 = 100_000;
/// Alerts on one page when the caller does not say.
pub const ALERTS_PAGE_SIZE_DEFAULT: usize = 100;
/// Alerts on one page.
pub const ALERTS_PAGE_SIZE_MAX: usize = 1000;
/// Firings on one page when the caller does not say.
pub const FIRINGS_PAGE_SIZE_DEFAULT: usize = 100;
/// Firings on one page.
pub const FIRINGS_PAGE_SIZE_MAX: usize = 1000;
/// A file with a trained model. Shipped ones have less than 1 MB.
pub const MODEL_FILE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// What a model says of itself, before its weights.
pub const MODEL_HEADER_BYTES_MAX: usize = 64 * 1024;
/// Weights of a model, unpacked: one byte each.
pub const MODEL_WEIGHTS_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Rows of a model's table, as a power of 2; nothing is gained beyond 2^18.
pub const MODEL_BITS_MAX: u32 = 22;
/// One line of labelled text for training; a text of the longest kind with its labels.
pub const TRAINING_LINE_BYTES_MAX: usize = 256 * 1024;
/// Classes that one model tells apart.
pub const MODEL_CLASSES_MAX: usize = 512;

/// Id of a webhook.
pub const WEBHOOK_ID_BYTES_MAX: usize = 64;
/// What people write about a webhook.
pub const WEBHOOK_NOTE_BYTES_MAX: usize = 1024;
/// Webhooks on one server: each is a task with a batch in memory.
pub const WEBHOOKS_MAX: u64 = 1000;
/// Alerts named by one webhook; none means all.
pub const WEBHOOK_ALERTS_MAX: usize = 1000;
/// Firings or events in one delivery.
pub const WEBHOOK_BATCH_ITEMS_MAX: usize = 100;
/// Bytes from which a delivery takes no more; many receivers refuse bodies of more than some megabytes.
pub const WEBHOOK_BATCH_BYTES_MAX: usize = 1024 * 1024;
/// The time of one delivery: name, connection, TLS, sending, and the whole answer.
pub const WEBHOOK_TIMEOUT_SECONDS: u64 = 10;
/// The body of an answer; nothing in it is read.
pub const WEBHOOK_ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Hours after which a batch is given up, counted from when its oldest content was recorded, if the webhook has failed for an hour.
pub const WEBHOOK_GIVE_UP_HOURS: u64 = 24;
/// Batches of one webhook that may be given up and wait for a person; with more, the webhook goes on trying.
pub const WEBHOOK_DEAD_LETTERS_MAX: u64 = 1000;
/// Webhooks on one page when the caller does not say.
pub const WEBHOOKS_PAGE_SIZE_DEFAULT: usize = 100;
/// Webhooks on one page.
pub const WEBHOOKS_PAGE_SIZE_MAX: usize = 1000;
/// Dead letters on one page when the caller does not say.
pub const DEAD_LETTERS_PAGE_SIZE_DEFAULT: usize = 100;
/// Dead letters on one page.
pub const DEAD_LETTERS_PAGE_SIZE_MAX: usize = 1000;

/// Id of a topic of mentions.
pub const TOPIC_BYTES_MAX: usize = 64;
/// Different topics in all word lists: each is a bit of a word of memory.
pub const TOPICS_MAX: usize = 64;
/// Topics of one mention that a person names.
pub const CORRECTED_TOPICS_MAX: usize = 16;
/// Brands of one mention that a person names.
pub const CORRECTED_BRANDS_MAX: usize = 64;
/// Name of the person who corrects.
pub const CORRECTED_BY_BYTES_MAX: usize = 128;
/// Mentions that people corrected, with their text kept to learn from: 20 MB, read at every start.
pub const LABELS_MAX: u64 = 20_000;
/// Labels on one page when the caller does not say.
pub const LABELS_PAGE_SIZE_DEFAULT: usize = 100;
/// Labels on one page: with texts of the largest size, 16 MB.
pub const LABELS_PAGE_SIZE_MAX: usize = 500;
/// Corrections after which a brand's own model may take effect: with fewer, nobody can tell whether it is better.
pub const TAUGHT_LABELS_MIN: usize = 50;
/// Corrections of one brand that its model is made of, the newest: a second of one processor each time another one comes.
pub const TAUGHT_LABELS_MAX: usize = 2000;
/// Words, pairs and letter groups of a text that a brand's model looks at: those of some 700 letters.
pub const TAUGHT_FEATURES_MAX: usize = 1024;

/// Phrases in one list of a brand's reply rules.
pub const REPLY_RULES_MAX: usize = 1000;
/// One phrase, signature or pattern of reply rules.
pub const REPLY_RULE_BYTES_MAX: usize = 256;
/// Windows of coverage on one day.
pub const COVERAGE_WINDOWS_MAX: usize = 24;
/// Days of one brand that are not as their day of the week: three a month for thirty years.
pub const COVERAGE_EXCEPTIONS_MAX: usize = 1000;
/// How many days of coverage are looked at for one moment: bounds the work where a brand hardly ever answers.
pub const COVERAGE_SEARCH_DAYS_MAX: u32 = 731;
/// Responsible people of one brand.
pub const RESPONSIBLE_MAX: usize = 100;
/// How a responsible person is reached.
pub const RESPONSIBLE_CONTACT_BYTES_MAX: usize = 256;
/// The text of brand profiles that are checked by a call: some thousand brands.
pub const BRANDS_TEXT_BYTES_MAX: usize = 1024 * 1024;
/// Brands on one page when the caller does not say.
pub const BRANDS_PAGE_SIZE_DEFAULT: usize = 100;
/// Brands on one page.
pub const BRANDS_PAGE_SIZE_MAX: usize = 1000;
/// Reply targets of one brand.
pub const TARGETS_MAX: usize = 200;
/// The time of one reply target: thirty days round the clock. What takes longer is no promise any more.
pub const TARGET_MINUTES_MAX: u32 = 30 * 24 * 60;

/// Notes of agents on one mention. Every version carries them.
pub const DESK_NOTES_MAX: usize = 20;
/// Bytes of one note.
pub const DESK_NOTE_BYTES_MAX: usize = 2048;
/// Bytes of an agent's name, of whom a mention is handed off to, and of its reference there.
pub const DESK_NAME_BYTES_MAX: usize = 128;
/// Bytes of the reason of a hand-off or an escalation.
pub const DESK_REASON_BYTES_MAX: usize = 1024;
/// How long a claim holds where the agent does not say.
pub const CLAIM_LEASE_MINUTES_DEFAULT: u32 = 15;
/// How long a claim holds at most before it has to be renewed: a mention must not lie with somebody who went home.
pub const CLAIM_LEASE_MINUTES_MAX: u32 = 24 * 60;
/// How far ahead a mention may be snoozed.
pub const SNOOZE_DAYS_MAX: i64 = 366;
/// Mentions that one call takes a step with.
pub const DESK_BATCH_MAX: usize = 1000;
/// Points that a rule of a brand may add to the priority of a mention, or take away: as many as make it urgent by themselves.
pub const PRIORITY_POINTS_MAX: i32 = 6;
/// Versions of one mention that its history tells, newest first.
pub const HISTORY_VERSIONS_MAX: usize = 1000;
/// Mentions on a page of the queue where the caller does not say.
pub const QUEUE_PAGE_SIZE_DEFAULT: usize = 50;
/// Mentions on a page of the queue.
pub const QUEUE_PAGE_SIZE_MAX: usize = 1000;
/// Brands, languages, platforms or skills that an agent may ask for at once.
pub const WANTED_VALUES_MAX: usize = 100;

/// Id of an entry of the argument base.
pub const ARGUMENT_ID_BYTES_MAX: usize = 64;
/// The problem an entry answers, in a few words.
pub const ARGUMENT_TITLE_BYTES_MAX: usize = 256;
/// Entries of the argument base; teams keep some hundred.
pub const ARGUMENTS_MAX: u64 = 10_000;
/// Examples of one entry; beyond some hundred more change nothing.
pub const ARGUMENT_EXAMPLES_MAX: usize = 1000;
/// One example. Questions have some hundred bytes.
pub const ARGUMENT_EXAMPLE_BYTES_MAX: usize = 2048;
/// Examples of all entries: they are held in memory, with some 100 terms each.
pub const ARGUMENT_EXAMPLES_ALL_MAX: u64 = 100_000;
/// Bytes of all examples of all entries, for the same reason.
pub const ARGUMENT_EXAMPLES_ALL_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Languages in which one entry has a standard answer.
pub const ARGUMENT_ANSWERS_MAX: usize = 128;
/// One standard answer.
pub const ARGUMENT_ANSWER_BYTES_MAX: usize = 8 * 1024;
/// Theses of one entry.
pub const ARGUMENT_THESES_MAX: usize = 32;
/// One thesis.
pub const ARGUMENT_THESIS_BYTES_MAX: usize = 1024;
/// Name of who is responsible for an entry, and how to reach them.
pub const ARGUMENT_RESPONSIBLE_BYTES_MAX: usize = 256;
/// Addresses of one entry.
pub const ARGUMENT_LINKS_MAX: usize = 32;
/// Tags of one entry.
pub const ARGUMENT_TAGS_MAX: usize = 32;
/// Code of a language; RFC 5646 recommends room for 35 letters.
pub const ARGUMENT_LANGUAGE_BYTES_MAX: usize = 35;
/// Entries in one import.
pub const ARGUMENTS_BATCH_MAX: usize = 1000;
/// Entries on one page when the caller does not say.
pub const ARGUMENTS_PAGE_SIZE_DEFAULT: usize = 100;
/// Entries on one page; one may have a megabyte, so an answer is also bounded by its size.
pub const ARGUMENTS_PAGE_SIZE_MAX: usize = 1000;
/// Bytes from which a page of entries takes no more.
pub const ARGUMENTS_PAGE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A question asked of the argument base as plain text: as long as that of a mention.
pub const SUGGEST_TEXT_BYTES_MAX: usize = 32 * 1024;
/// Entries suggested when the caller does not say.
pub const SUGGESTIONS_DEFAULT: usize = 3;
/// Entries suggested.
pub const SUGGESTIONS_MAX: usize = 20;
/// Pairs of duplicates told, the nearest.
pub const ARGUMENT_DUPLICATES_MAX: usize = 200;
/// Mentions looked at for a coverage, the newest of the period.
pub const COVERAGE_MENTIONS_MAX: usize = 20_000;
/// Requests among them that are held against the argument base: some milliseconds each for a large one.
pub const COVERAGE_REQUESTS_MAX: usize = 5000;
/// Days a coverage looks back when the caller does not say.
pub const COVERAGE_DAYS_DEFAULT: i64 = 30;
/// Groups of requests without an entry that are told, the largest.
pub const COVERAGE_PROPOSALS_MAX: usize = 20;
/// Requests that make a group worth an entry.
pub const COVERAGE_PROPOSAL_REQUESTS_MIN: usize = 3;
/// Requests shown of each group.
pub const COVERAGE_PROPOSAL_SAMPLE_MAX: usize = 5;
