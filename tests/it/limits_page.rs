//! `docs/limits.md` is made from the constants, so that it says what holds.

use std::{fmt::Write as _, fs, path::Path};

const INTRODUCTION: &str = "# Limits

Made from `src/base/limits.rs`; `ASCOLTO_WRITE_DOCS=1 cargo test limits_page` makes it anew. What passes a bound is refused with an error that says the
bound; nothing is cut in silence.

| limit | value | what it bounds, and why |
|---|---|---|
";

/// Every constant with its comment.
fn page(source: &str) -> String {
    let (mut page, mut comment) = (INTRODUCTION.to_owned(), String::new());
    for line in source.lines() {
        if let Some(text) = line.strip_prefix("///") {
            comment.push_str(text);
        } else if let Some(constant) = line.strip_prefix("pub const ") {
            let (name, rest) = constant.split_once(':').unwrap();
            let value = rest.split_once(" = ").unwrap().1.trim_end_matches(';');
            writeln!(page, "| `{name}` | {} | {} |", readable(value), unlinked(comment.trim())).unwrap();
            comment.clear();
        }
    }
    page
}

/// Factors with the sign for times, thousands with commas.
fn readable(value: &str) -> String {
    value.replace(" * ", " × ").replace('_', ",")
}

/// References between constants are links in Rust's documentation only.
fn unlinked(comment: &str) -> String {
    comment.replace("[`", "`").replace("`]", "`")
}

#[test]
fn the_page_of_limits_is_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let expected = page(&fs::read_to_string(root.join("src/base/limits.rs")).unwrap());
    let path = root.join("docs/limits.md");
    if std::env::var_os("ASCOLTO_WRITE_DOCS").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    assert!(found == expected, "docs/limits.md is not as src/base/limits.rs says; ASCOLTO_WRITE_DOCS=1 makes it anew");
}

#[test]
fn a_constant_becomes_a_row() {
    let source = "//! Head.\n\n/// Mentions in one batch:\n/// bounds [`X`].\npub const A_MAX: usize = 8 * 1_024;\n";
    assert_eq!(page(source), format!("{INTRODUCTION}| `A_MAX` | 8 × 1,024 | Mentions in one batch: bounds `X`. |\n"));
}
