use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{
    alerts, argument, author_list, brand, check, check_config, check_reply, completions, conversation, correct,
    corrections, count, delete, demo, desk, eval, explain, get, ingest, saved, search, serve, subscriptions, train,
    verify, watch, webhooks,
};

/// Listens to what people write about brands: takes mentions in, understands them, finds them, and tells at once
/// what needs an answer.
#[derive(Debug, Parser)]
#[command(name = "ascolto", version, after_help = "See it work, with nothing to set up:  ascolto demo")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// What every command understands.
    #[command(flatten)]
    pub shared: Shared,
}

/// Arguments of every command.
#[derive(Clone, Debug, Args)]
pub struct Shared {
    /// The server to speak to
    #[arg(long, global = true, env = "ASCOLTO_SERVER", default_value = "http://127.0.0.1:7500", value_name = "URL")]
    pub server: String,
    /// Tables for eyes, or JSON for programs
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    pub output: Format,
    /// When to use colours; auto: only on a terminal, and not where NO_COLOR is set
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// Say only what was asked for, and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

/// How answers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tables, cards and sentences.
    Table,
    /// One document, or one per line where answers keep coming.
    Json,
}

/// When colours are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal.
    Auto,
    /// Also into a pipe or file.
    Always,
    /// Nowhere.
    Never,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server
    Serve(serve::Arguments),
    /// Show what it does: a server, a live stream and a story in many languages
    Demo(demo::Arguments),
    /// Send mentions from a file (NDJSON or CSV) or from standard input
    Ingest(ingest::Arguments),
    /// Find mentions
    Search(search::Arguments),
    /// Count mentions
    Count(count::Arguments),
    /// Show everything about one mention, with the evidence for each judgement
    Get(get::Arguments),
    /// Show the whole conversation around a mention
    Conversation(conversation::Arguments),
    /// Tell every mention that enters, changes in or leaves a query, as it happens
    Watch(watch::Arguments),
    /// Check a query without running it, and point at what is wrong
    Check(check::Arguments),
    /// Check that the server keeps its promises on its own data
    Verify(verify::Arguments),
    /// Show why a mention matches a query, or why not
    Explain(explain::Arguments),
    /// Keep queries on the server under a name
    Saved(saved::Arguments),
    /// Keep named lists of authors, for from:list:ID in queries
    AuthorList(author_list::Arguments),
    /// Show the brands the server listens for, and check profiles before it does
    Brand(brand::Arguments),
    /// Be told of what enters a saved search: of each mention, of many, of far more than usual, or of none
    Alerts(alerts::Arguments),
    /// Keep what is answered to what customers ask, and find what fits
    Argument(argument::Arguments),
    /// Say what a mention is where the server judged otherwise, or that it was right; both are kept as labels
    Correct(correct::Arguments),
    /// Show what waits for an answer, in the order in which it should be answered
    Queue(desk::queue::Arguments),
    /// Claim the mention that should be answered next, or this very one: nobody else gets it meanwhile
    Claim(desk::claim::Arguments),
    /// Check the draft of an answer against the rules of its brand and of its platform, and point at what is wrong
    CheckReply(check_reply::Arguments),
    /// Record your answer to a mention: the claim ends, and the mention is answered
    Reply(desk::reply::Arguments),
    /// Say that a mention goes on elsewhere
    Handoff(desk::steps::HandOff),
    /// Ask the responsible person to decide and to answer; it is more urgent then, and theirs
    Escalate(desk::steps::Escalate),
    /// Let mentions rest until a moment
    Snooze(desk::steps::Snooze),
    /// Say that nothing is left to be done about mentions
    Close(desk::steps::Target),
    /// Say that mentions were never for the brand to answer
    Ignore(desk::steps::Target),
    /// Have mentions wait again, whatever they rested for or were answered with
    Reopen(desk::steps::Target),
    /// Say who is to answer mentions; nobody else may claim them then
    Assign(desk::steps::Assign),
    /// Write a note to the other agents
    Note(desk::steps::Note),
    /// Show who did what with a mention, and when
    History(desk::history::Arguments),
    /// Look after what brands learn from corrections: figures before and after, pausing, forgetting, taking the labels along
    Corrections(corrections::Arguments),
    /// Have addresses called with what alerts fire, or with what enters, changes in and leaves a query
    Webhooks(webhooks::Arguments),
    /// Look after durable subscriptions: who is connected, and how far behind each is
    Subscriptions(subscriptions::Arguments),
    /// Record that the source deleted a mention
    Delete(delete::Arguments),
    /// Show how the server is
    Status,
    /// Check a folder with brands and word lists before a server uses it
    CheckConfig(check_config::Arguments),
    /// Measure how right the understanding is, on labelled text
    Eval(eval::Arguments),
    /// Make a model from labelled text
    Train(train::Arguments),
    /// Print a completion script for a shell
    Completions(completions::Arguments),
}
