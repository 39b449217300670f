//! Between the wire and the model, in both directions. Everything that comes from outside is checked here, once.
//!
//! Pure functions on plain data: no engine, no clock, no transport.

mod alert;
mod argument;
mod author_list;
mod brand;
mod care;
mod checks;
mod correction;
mod durable_subscription_to_wire;
mod event_to_wire;
mod explain;
mod mention_from_wire;
mod mention_name;
mod page;
mod query;
mod saved_search;
mod subscription_from_wire;
mod taught;
mod time;
mod version_to_wire;
mod webhook;

pub(crate) use alert::{
    alert_delivery_to_wire, alert_from_wire, alert_id_from_wire, alert_to_wire, firing_to_wire, watch_alerts_from_wire,
};
pub(crate) use argument::{
    argument_from_wire, argument_id_from_wire, argument_to_wire, coverage_from_wire, coverage_to_wire,
    duplicates_to_wire, example_to_wire, import_to_wire, suggest_from_wire, suggestions_to_wire,
};
pub(crate) use author_list::{author_list_from_wire, author_list_to_wire};
pub(crate) use brand::{
    brand_id_from_wire, brand_to_wire, checked_brands_to_wire, checked_reply_to_wire, draft_from_wire, finding_to_wire,
};
pub(crate) use care::{
    agent_from_wire, counts_to_wire, history_entry_to_wire, lease_from_wire, outcome_to_wire, queue_item_to_wire,
    reply_from_wire, step_from_wire, wanted_from_wire,
};
pub(crate) use correction::correction_from_wire;
pub(crate) use durable_subscription_to_wire::durable_subscription_to_wire;
pub(crate) use event_to_wire::{delivery_to_wire, event_to_wire};
pub(crate) use explain::{
    clause_to_wire, explain_from_wire, explained_to_wire, preview_from_wire, preview_to_wire, saved_preview_from_wire,
};
pub(crate) use mention_from_wire::mention_from_wire;
pub(crate) use mention_name::mention_name_from_wire;
pub(crate) use page::page_size_from_wire;
pub(crate) use query::{
    checked_query_to_wire, count_from_wire, highlights_to_wire, problem_to_wire, search_answer_to_wire,
    search_from_wire,
};
pub(crate) use saved_search::{
    creation_to_wire, editor_from_wire, revision_to_wire, saved_search_from_wire, saved_search_id_from_wire,
    saved_search_state_to_wire, saved_search_to_wire, saved_search_update_from_wire,
};
pub(crate) use subscription_from_wire::{replacement_from_wire, subscription_from_wire, subscription_name_from_wire};
pub(crate) use taught::{label_to_wire, taught_brand_from_wire, taught_to_wire};
pub(crate) use time::time_to_wire;
pub(crate) use version_to_wire::version_to_wire;
pub(crate) use webhook::{dead_letter_to_wire, webhook_from_wire, webhook_id_from_wire, webhook_to_wire};
