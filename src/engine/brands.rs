use jiff::tz::TimeZone;

use super::{Engine, EngineError, run_blocking};
use crate::{
    base::limits::BRANDS_TEXT_BYTES_MAX,
    config::{self, ConfigError},
    model::Brand,
    query::{self, Query},
};

/// What errors call the text of a call.
const TEXT_NAME: &str = "text";

/// Brand profiles that were read and are used for nothing.
#[derive(Clone, Debug, Default)]
pub struct CheckedBrands {
    /// What keeps a server from starting with them; of what stands under keys the first, of queries all.
    pub problems: Vec<BrandProblem>,
    /// The profiles, ordered by id, where they can be read.
    pub brands: Vec<Brand>,
}

/// Something about brand profiles that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrandProblem {
    /// From 1.
    pub line: usize,
    /// The key of the line; empty where it has none.
    pub key: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl Engine {
    /// The profiles the server runs with, ordered by id: those after the given id, at most so many.
    #[must_use]
    pub fn brands(&self, after: &str, count: usize) -> Vec<Brand> {
        self.brands.after(after).take(count).cloned().collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub fn brand(&self, id: &str) -> Result<Brand, EngineError> {
        let brand = self.brands.get(id).cloned();
        brand.ok_or_else(|| EngineError::NotFound { what: "brand", name: id.to_owned() })
    }

    /// Reads the text of brand profiles as a start of the server would.
    ///
    /// # Errors
    /// [`EngineError::InvalidArgument`] where the text is too long. What is wrong with the profiles is no error.
    pub async fn check_brand_profiles(&self, text: String) -> Result<CheckedBrands, EngineError> {
        if text.len() > BRANDS_TEXT_BYTES_MAX {
            let message = format!("has {} bytes, {BRANDS_TEXT_BYTES_MAX} are allowed; check it in parts", text.len());
            return Err(EngineError::InvalidArgument { field: TEXT_NAME.to_owned(), message });
        }
        run_blocking(move || Ok(checked(&text))).await
    }
}

fn checked(text: &str) -> CheckedBrands {
    let problem = |line, message| BrandProblem { line, key: config::key_of_line(text, line).to_owned(), message };
    match config::read_brands(TEXT_NAME, text) {
        Err(ConfigError::Invalid { line, message, .. }) => {
            CheckedBrands { problems: vec![problem(line, message)], brands: Vec::new() }
        }
        Err(error) => CheckedBrands { problems: vec![problem(1, error.to_string())], brands: Vec::new() },
        Ok(written) => {
            let wrong = |it: &config::WrittenBrand| {
                let message = brand_query(&it.brand).err()?;
                Some(problem(it.query_line, format!("brand `{}`: {message}", it.brand.id)))
            };
            let mut problems: Vec<BrandProblem> = written.iter().filter_map(wrong).collect();
            problems.sort_by_key(|problem| problem.line);
            CheckedBrands { problems, brands: written.into_iter().map(|it| it.brand).collect() }
        }
    }
}

/// The query of a profile, ready to run; the first thing that is wrong with it, for people.
pub(super) fn brand_query(brand: &Brand) -> Result<Query, String> {
    let first = |problems: &[query::Problem]| problems.first().map_or_else(String::new, |it| it.message.clone());
    let parsed = query::parse(&brand.query, &TimeZone::UTC);
    let query = parsed.query.ok_or_else(|| first(&parsed.problems))?;
    query::resolve(query, &query::Nothing).map_err(|problems| first(&problems))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_with_line_and_key() {
        let good = "[[brand]]\nid = \"b\"\ntitle = \"B\"\nquery = \"b\"\n";
        for (text, expected) in [
            (String::new(), vec![]),
            (good.to_owned(), vec![]),
            ("[[brand]]\nid = 5\n".to_owned(), vec![(2, "id", "invalid type")]),
            (format!("{good}repli_threshold = 1\n"), vec![(5, "repli_threshold", "`reply_threshold`")]),
            (format!("{good}[[brand.target]]\nplatform = \"vk\"\n"), vec![(5, "brand.target", "first_reply_minutes")]),
            ("brand = [\n".to_owned(), vec![(1, "brand", "")]),
            // Two queries, the first of the file with the later id.
            (
                "[[brand]]\nid = \"z\"\ntitle = \"Z\"\nquery = \"(z\"\n\n[[brand]]\nid = \"a\"\ntitle = \"A\"\nquery = 'saved:x'\n"
                    .to_owned(),
                vec![(4, "query", "brand `z`: "), (9, "query", "brand `a`: ")],
            ),
        ] {
            let found = checked(&text);
            assert_eq!(found.problems.len(), expected.len(), "{text}: {:?}", found.problems);
            for (found, (line, key, said)) in found.problems.iter().zip(expected) {
                assert_eq!((found.line, found.key.as_str()), (line, key), "{text}: {found:?}");
                assert!(found.message.contains(said), "{text}: {found:?}");
            }
        }
    }

    #[test]
    fn the_profiles_that_are_compiled_in_are_right() {
        let found = checked(include_str!("../../index-config/brands.toml"));
        assert_eq!(found.problems, []);
        assert!(found.brands.iter().any(|brand| brand.coverage.is_some()));
        assert!(found.brands.iter().all(|brand| !brand.targets.is_empty() && !brand.responsible.is_empty()));
    }
}
