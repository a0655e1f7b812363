//! Rows as they stand in the tables, one table a file. They never leave the store.

pub(super) mod api_key;
pub(super) mod campaign;
pub(super) mod claim;
pub(super) mod confirmation;
pub(super) mod delegation;
pub(super) mod delivery;
pub(super) mod event;
pub(super) mod gate;
pub(super) mod idempotency;
pub(super) mod lexicon;
pub(super) mod member;
pub(super) mod meta;
pub(super) mod notice;
pub(super) mod organization;
pub(super) mod reminder;
