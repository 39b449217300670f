//! The log and its tables on SQLite. Everything of that library stays inside.
