use std::{
    collections::{BTreeMap, BTreeSet, HashMap, hash_map::RandomState},
    hash::{BuildHasher as _, Hash},
    sync::Arc,
};

use jiff::tz::TimeZone;

use crate::query::{
    self, KeywordField, Library, Node, Parsed, Problem, ProblemCode, Query, Reference, Referent, Severity,
};

/// Parts a map is kept in, so that an edit copies one of them and not all.
const SHARDS: usize = 256;
/// Names offered where somebody mistyped one: looking through all of a million would take longer than asking for the list.
const NAMES_OFFERED_MAX: usize = 5000;

/// What saved searches and author lists say at one moment. A clone is cheap, and stays as it is while others are edited.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    /// Rises with every edit.
    generation: u64,
    searches: Shards<Arc<Definition>>,
    /// Handles sorted, each once.
    lists: HashMap<Arc<str>, Arc<[String]>>,
}

/// What a saved search says.
#[derive(Clone, Debug)]
pub struct Definition {
    /// In the query language.
    pub query: Box<str>,
    /// For dates without a time.
    pub zone: TimeZone,
    /// Where it lies; empty at the top.
    pub folder: Box<str>,
    /// What it refers to itself, each once.
    pub references: Box<[Referred]>,
}

/// How many saved searches a folder holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FolderCounts {
    /// In itself.
    pub own: u64,
    /// In itself and in the folders below it.
    pub total: u64,
}

/// Whether what lies in the one folder lies in the other, or below it.
pub(super) fn lies_in(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What a query may refer to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Referred {
    /// A saved search, by its id.
    SavedSearch(Arc<str>),
    /// An author list, by its id.
    List(Arc<str>),
}

/// A query text made ready, or what is wrong with it.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// Everything it refers to put in its place; none where a problem is an error.
    pub query: Option<Query>,
    /// Of the text and of what it refers to.
    pub problems: Vec<Problem>,
    /// What the text itself refers to, each once.
    pub references: Vec<Referred>,
}

impl Definitions {
    /// Which state of all definitions this is; it rises with every edit.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Begins the next state.
    pub fn next_generation(&mut self) {
        self.generation += 1;
    }

    /// What a saved search says.
    #[must_use]
    pub fn search(&self, id: &str) -> Option<&Definition> {
        self.searches.get(id).map(|definition| &**definition)
    }

    /// The same, to keep.
    pub(super) fn shared_search(&self, id: &str) -> Option<Arc<Definition>> {
        self.searches.get(id).map(Arc::clone)
    }

    /// Ids of the saved searches in a folder and below it, ordered. Looks at all there are: some ten milliseconds for 100,000.
    #[must_use]
    pub fn searches_in(&self, folder: &str) -> BTreeSet<Arc<str>> {
        let inside = self.searches.iter().filter(|(_, definition)| lies_in(&definition.folder, folder));
        inside.map(|(id, _)| Arc::clone(id)).collect()
    }

    /// All folders that hold saved searches, in themselves or below, ordered. Looks at all searches.
    #[must_use]
    pub fn folders(&self) -> BTreeMap<String, FolderCounts> {
        let mut own: HashMap<&str, u64> = HashMap::new();
        for (_, definition) in self.searches.iter().filter(|(_, definition)| !definition.folder.is_empty()) {
            *own.entry(&definition.folder).or_default() += 1;
        }
        let mut folders: BTreeMap<String, FolderCounts> = BTreeMap::new();
        for (folder, count) in own {
            folders.entry(folder.to_owned()).or_default().own += count;
            let ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
            for path in ends.filter_map(|end| folder.get(..end)) {
                folders.entry(path.to_owned()).or_default().total += count;
            }
        }
        folders
    }

    /// Defines a saved search, in place of any other with its id.
    pub fn put_search(&mut self, id: &Arc<str>, definition: Definition) {
        self.searches.insert(id, Arc::new(definition));
    }

    /// Forgets a saved search.
    pub fn remove_search(&mut self, id: &str) {
        self.searches.remove(id);
    }

    /// The handles of a list, sorted, each once.
    #[must_use]
    pub fn list(&self, id: &str) -> Option<&Arc<[String]>> {
        self.lists.get(id)
    }

    /// Defines a list by its handles, sorted, each once.
    pub fn put_list(&mut self, id: Arc<str>, handles: Arc<[String]>) {
        self.lists.insert(id, handles);
    }

    /// Forgets a list.
    pub fn remove_list(&mut self, id: &str) {
        self.lists.remove(id);
    }

    /// Handles in all lists.
    #[must_use]
    pub fn handle_count(&self) -> usize {
        self.lists.values().map(|handles| handles.len()).sum()
    }

    /// Makes a query text ready. Days and wall-clock times in it are those of `zone`.
    #[must_use]
    pub fn compile(&self, text: &str, zone: &TimeZone) -> Compiled {
        self.resolved(query::parse(text, zone))
    }

    /// Makes the text of a saved search ready as if it stood under this id already: so a circle through itself is found.
    #[must_use]
    pub fn compile_as(&self, id: &str, text: &str, zone: &TimeZone) -> Compiled {
        let parsed = query::parse(text, zone);
        let references = parsed.query.as_ref().map_or_else(Vec::new, |query| references(&query.root));
        if let Some(circle) = self.circle(id, &references) {
            return circular(parsed, references, &circle);
        }
        self.resolved(parsed)
    }

    /// What a saved search asks for, with everything it refers to in its place; `None` where there is none.
    #[must_use]
    pub fn compile_search(&self, id: &str) -> Option<Compiled> {
        let definition = self.search(id)?;
        Some(self.compile_as(id, &definition.query, &definition.zone))
    }

    fn resolved(&self, parsed: Parsed) -> Compiled {
        let Parsed { query, mut problems } = parsed;
        let Some(query) = query else { return Compiled { query: None, problems, references: Vec::new() } };
        let references = references(&query.root);
        match query::resolve(query, self) {
            Ok(query) => Compiled { query: Some(query), problems, references },
            Err(faults) => {
                problems.extend(faults);
                problems.sort_by_key(|problem| problem.span);
                Compiled { query: None, problems, references }
            }
        }
    }

    /// These, and all that they refer to, directly or through others.
    #[must_use]
    pub fn closure(&self, references: &[Referred]) -> BTreeSet<Referred> {
        let mut found = BTreeSet::new();
        let mut open: Vec<Referred> = references.to_vec();
        while let Some(next) = open.pop() {
            if let Referred::SavedSearch(id) = &next
                && !found.contains(&next)
                && let Some(definition) = self.search(id)
            {
                open.extend(definition.references.iter().cloned());
            }
            found.insert(next);
        }
        found
    }

    /// The way from a saved search that refers to these back to itself, where there is one.
    fn circle(&self, id: &str, references: &[Referred]) -> Option<Vec<Arc<str>>> {
        let mut came_from: HashMap<Arc<str>, Option<Arc<str>>> = HashMap::new();
        let mut open: Vec<Arc<str>> = Vec::new();
        let mut look_at = |from: Option<&Arc<str>>, references: &[Referred], open: &mut Vec<Arc<str>>| {
            for referred in references {
                if let Referred::SavedSearch(to) = referred
                    && !came_from.contains_key(to)
                {
                    came_from.insert(Arc::clone(to), from.cloned());
                    open.push(Arc::clone(to));
                }
            }
        };
        look_at(None, references, &mut open);
        while let Some(next) = open.pop() {
            if *next == *id {
                break;
            }
            if let Some(definition) = self.search(&next) {
                look_at(Some(&next), &definition.references, &mut open);
            }
        }
        let (last, _) = came_from.get_key_value(id)?;
        let mut circle = vec![Arc::clone(last)];
        let mut at = came_from.get(id)?.clone();
        while let Some(before) = at {
            at = came_from.get(&before)?.clone();
            circle.push(before);
        }
        circle.push(Arc::clone(last));
        circle.reverse();
        Some(circle)
    }
}

/// Says a circle at the places where the text leads into it.
fn circular(parsed: Parsed, references: Vec<Referred>, circle: &[Arc<str>]) -> Compiled {
    let mut problems = parsed.problems;
    let way = circle.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(" → ");
    let message = match circle {
        [_, _] => format!("a saved search cannot refer to itself: {way}; leave the reference out"),
        _ => format!("saved searches cannot refer to each other in a circle: {way}; leave one of the references out"),
    };
    if let Some(query) = &parsed.query {
        for_each_reference(&query.root, &mut |reference| {
            if let Reference::SavedSearch { id, span } = reference
                && circle.get(1).is_some_and(|into| **into == **id)
            {
                problems.push(Problem {
                    severity: Severity::Error,
                    code: ProblemCode::CircularSearch,
                    span: *span,
                    message: message.clone(),
                    suggestion: None,
                });
            }
        });
    }
    problems.sort_by_key(|problem| problem.span);
    Compiled { query: None, problems, references }
}

impl Library for Definitions {
    fn saved_search(&self, id: &str) -> Option<query::SavedText> {
        let definition = self.search(id)?;
        Some(query::SavedText { text: definition.query.to_string(), zone: definition.zone.clone() })
    }

    fn list(&self, name: &str) -> Option<Arc<[String]>> {
        self.lists.get(name).cloned()
    }

    fn names(&self, of: Referent) -> Vec<String> {
        match of {
            Referent::SavedSearch => self.searches.keys().take(NAMES_OFFERED_MAX).map(ToString::to_string).collect(),
            Referent::List => self.lists.keys().take(NAMES_OFFERED_MAX).map(ToString::to_string).collect(),
        }
    }
}

/// What a tree refers to, each once, in order.
#[must_use]
pub fn references(root: &Node<Reference>) -> Vec<Referred> {
    let mut found = BTreeSet::new();
    for_each_reference(root, &mut |reference| {
        found.insert(match reference {
            Reference::SavedSearch { id, .. } => Referred::SavedSearch(Arc::from(id.as_str())),
            Reference::List { name, .. } => Referred::List(Arc::from(name.as_str())),
        });
    });
    found.into_iter().collect()
}

fn for_each_reference<'n>(node: &'n Node<Reference>, each: &mut impl FnMut(&'n Reference)) {
    match node {
        Node::Reference(reference) => each(reference),
        Node::And(parts) | Node::Or(parts) => parts.iter().for_each(|part| for_each_reference(part, each)),
        Node::Not(part) => for_each_reference(part, each),
        _ => {}
    }
}

/// How a handle stands in a list.
#[must_use]
pub fn list_handle(written: &str) -> String {
    KeywordField::From.normalize(written)
}

/// A map in parts that copies share until one of them changes its part.
#[derive(Clone, Debug)]
struct Shards<V> {
    parts: Vec<Arc<HashMap<Arc<str>, V>>>,
    hasher: RandomState,
}

impl<V> Default for Shards<V> {
    fn default() -> Self {
        Self { parts: (0..SHARDS).map(|_| Arc::default()).collect(), hasher: RandomState::new() }
    }
}

impl<V: Clone> Shards<V> {
    fn place(&self, key: &(impl Hash + ?Sized)) -> usize {
        usize::try_from(self.hasher.hash_one(key) % SHARDS as u64).unwrap_or(0)
    }

    fn get(&self, key: &str) -> Option<&V> {
        self.parts.get(self.place(key))?.get(key)
    }

    fn insert(&mut self, key: &Arc<str>, value: V) {
        let place = self.place(&**key);
        if let Some(part) = self.parts.get_mut(place) {
            Arc::make_mut(part).insert(Arc::clone(key), value);
        }
    }

    fn remove(&mut self, key: &str) {
        let place = self.place(key);
        if let Some(part) = self.parts.get_mut(place)
            && part.contains_key(key)
        {
            Arc::make_mut(part).remove(key);
        }
    }

    fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &V)> {
        self.parts.iter().flat_map(|part| part.iter())
    }

    fn keys(&self) -> impl Iterator<Item = &Arc<str>> {
        self.iter().map(|(key, _)| key)
    }
}
