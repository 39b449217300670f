use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets::NOTHING};

use super::{escape::escape, marked::cells, style::DIM};

/// A table without lines: a dim head over columns. Cells come from outside and are escaped here.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>], numbers: &[usize], width: usize) -> Vec<String> {
    let mut table = Table::new();
    // Styles stay ours: the table must not look at the terminal by itself.
    table.load_style(NOTHING).force_no_tty().set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    table.set_header(head.iter().enumerate().map(|(column, text)| aligned(text, numbers.contains(&column))));
    for row in rows {
        table.add_row(row.iter().enumerate().map(|(column, text)| aligned(&escape(text), numbers.contains(&column))));
    }
    let mut lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    if let Some(first) = lines.first_mut() {
        *first = format!("{DIM}{first}{DIM:#}");
    }
    lines
}

/// Pairs of a name and a value, the values below each other; values are escaped by the caller.
pub(crate) fn pairs(rows: &[(&str, String)]) -> Vec<String> {
    let widest = rows.iter().map(|(name, _)| cells(name)).max().unwrap_or(0);
    rows.iter()
        .map(|(name, value)| format!("{DIM}{name}{DIM:#}{}  {value}", " ".repeat(widest - cells(name))))
        .collect()
}

fn aligned(text: &str, is_number: bool) -> Cell {
    Cell::new(text).set_alignment(if is_number { CellAlignment::Right } else { CellAlignment::Left })
}
