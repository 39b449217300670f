//! What was measured, for eyes or for programs.

use std::io::{self, Write};

use comfy_table::{CellAlignment, Table, presets::NOTHING};
use serde_json::json;

/// What a figure is to reach.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    AtLeast(f64),
    AtMost(f64),
}

impl Target {
    fn bound(self) -> f64 {
        match self {
            Self::AtLeast(bound) | Self::AtMost(bound) => bound,
        }
    }

    fn is_kept(self, value: f64) -> bool {
        match self {
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
        }
    }
}

struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    target: Option<Target>,
}

/// All figures of a run.
pub(crate) struct Report {
    mentions: usize,
    figures: Vec<Figure>,
}

impl Report {
    pub(crate) fn new(mentions: usize) -> Self {
        Self { mentions, figures: Vec::new() }
    }

    /// A figure to know.
    pub(crate) fn add(&mut self, name: impl Into<String>, value: f64, unit: &'static str) {
        self.figures.push(Figure { name: name.into(), value, unit, target: None });
    }

    /// A figure that has a target.
    pub(crate) fn add_held(&mut self, name: impl Into<String>, value: f64, unit: &'static str, target: Target) {
        self.figures.push(Figure { name: name.into(), value, unit, target: Some(target) });
    }

    pub(crate) fn write_table(&self, out: &mut impl Write) -> io::Result<()> {
        let mut table = Table::new();
        table.load_style(NOTHING).set_header(["figure", "measured", "target", "of target", ""]);
        for figure in &self.figures {
            let (target, ratio, kept) = figure.target.map_or_else(Default::default, |target| {
                let sign = if matches!(target, Target::AtLeast(_)) { "≥" } else { "≤" };
                let kept = if target.is_kept(figure.value) { "kept" } else { "MISSED" };
                (
                    format!("{sign} {}", number(target.bound())),
                    format!("{:.2}", figure.value / target.bound()),
                    kept.to_owned(),
                )
            });
            let measured = format!("{} {}", number(figure.value), figure.unit);
            table.add_row([figure.name.clone(), measured, target, ratio, kept]);
        }
        for column in 1..=3 {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        writeln!(out, "{} mentions\n{table}", self.mentions)
    }

    pub(crate) fn write_json(&self, out: &mut impl Write) -> io::Result<()> {
        let figures: Vec<_> = self
            .figures
            .iter()
            .map(|figure| {
                json!({
                    "figure": figure.name,
                    "value": figure.value,
                    "unit": figure.unit,
                    "target": figure.target.map(Target::bound),
                    "ratio": figure.target.map(|target| figure.value / target.bound()),
                    "kept": figure.target.map(|target| target.is_kept(figure.value)),
                })
            })
            .collect();
        writeln!(out, "{:#}", json!({ "mentions": self.mentions, "figures": figures }))
    }
}

fn number(value: f64) -> String {
    match value.abs() {
        small if small < 10.0 => format!("{value:.2}"),
        middle if middle < 1000.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}
