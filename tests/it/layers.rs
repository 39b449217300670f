//! Imports between the rooms of `src/` go down only, and every room says what it is for.

use std::{collections::BTreeSet, fs, path::Path};

/// Rooms from the ground up. A room may use those of lower tiers, none of its own.
const TIERS: [&[&str]; 8] = [
    &["base", "proto"],
    &["model", "text", "linear", "config"],
    &["query", "care", "alert", "argument"],
    &["matcher", "index", "store", "enrich", "webhook"],
    &["live", "learn"],
    &["engine"],
    &["server", "client"],
    &["cli"],
];

/// What stands on the ground may be used on the ground: `model`, `text`, `linear` and `config` share a tier, and settings speak of brands,
/// hold trained models, and refuse phrases without a word.
const SAME_TIER: [(&str, &str); 3] = [("config", "model"), ("config", "linear"), ("config", "text")];

fn tier(room: &str) -> Option<usize> {
    TIERS.iter().position(|rooms| rooms.contains(&room))
}

fn sources(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The rooms a source names behind `crate::`, also inside `use crate::{…}`.
fn used_rooms(source: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (at, _) in source.match_indices("crate::") {
        let rest = &source[at + "crate::".len()..];
        let name = |text: &str| text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>();
        match rest.strip_prefix('{') {
            None => {
                used.insert(name(rest));
            }
            Some(group) => {
                let mut depth = 0;
                let mut starts = true;
                for (at, c) in group.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => starts = true,
                        c if starts && !c.is_whitespace() => {
                            used.insert(name(&group[at..]));
                            starts = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    used
}

#[test]
fn imports_go_down_only() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for file in files {
        let inside = file.strip_prefix(&src).unwrap();
        let first = inside.components().next().unwrap().as_os_str().to_string_lossy().replace(".rs", "");
        if first == "lib" || first == "main" {
            continue;
        }
        let Some(own) = tier(&first) else {
            wrong.push(format!("{first}: a room without a tier; give it one here and in ARCHITECTURE.md"));
            continue;
        };
        seen.insert(first.clone());
        for used in used_rooms(&fs::read_to_string(&file).unwrap()) {
            let is_fine = match tier(&used) {
                None => true,
                Some(_) if used == first => true,
                Some(other) => other < own || SAME_TIER.contains(&(first.as_str(), used.as_str())),
            };
            if !is_fine {
                wrong.push(format!("{}: uses crate::{used}, which is not below {first}", inside.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(seen.len(), TIERS.iter().map(|rooms| rooms.len()).sum::<usize>(), "a tier names a room that is gone");
}

#[test]
fn libraries_stay_in_their_rooms() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    for (library, rooms) in [
        ("rusqlite", &["store"][..]),
        ("rustix", &["index"]),
        ("tantivy", &["index"]),
        ("tonic", &["server", "client", "proto.rs", "cli"]),
        ("axum", &["server"]),
        ("whatlang", &["enrich"]),
        ("hyper", &["webhook"]),
        ("tokio_rustls", &["webhook"]),
        ("flate2", &["linear", "learn"]),
        ("frostem", &["text"]),
        ("unicode_normalization", &["text", "enrich"]),
        ("unicode_segmentation", &["care"]),
    ] {
        for file in &files {
            let inside = file.strip_prefix(&src).unwrap();
            let source = fs::read_to_string(file).unwrap();
            let uses = source.lines().any(|line| {
                let code = line.split("//").next().unwrap_or_default();
                code.contains(&format!("{library}::"))
            });
            let is_home = rooms.iter().any(|room| inside.starts_with(room));
            assert!(!uses || is_home, "{} uses {library}, which lives in {rooms:?}", inside.display());
        }
    }
}

#[test]
fn every_dependency_earns_its_line() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest: toml::Table = fs::read_to_string(root.join("Cargo.toml")).unwrap().parse().unwrap();
    let architecture = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let libraries = architecture.split("## Libraries").nth(1).unwrap();
    let listed: BTreeSet<&str> =
        libraries.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).collect();
    for section in ["dependencies", "build-dependencies", "dev-dependencies"] {
        for name in manifest[section].as_table().unwrap().keys() {
            assert!(listed.contains(name.as_str()), "{name} has no line in ARCHITECTURE.md, chapter Libraries");
        }
    }
}
