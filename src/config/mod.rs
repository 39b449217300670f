//! What the settings and `index-config/` may say, checked and resolved.

/// Brands and word lists, checked.
pub struct IndexConfig {}
