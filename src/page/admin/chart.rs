//! Charts as SVG, without `style`, which the pages' policy forbids: the stylesheet gives each [`Colour`] the one that fits
//! light and dark, and what is drawn here is what it knows them by.

use std::io;

use maud::{Markup, PreEscaped, html};
use plotters::backend::SVGBackend;
use plotters::chart::ChartBuilder;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{Rectangle, Text};
use plotters::prelude::BindKeyPoints;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, IntoFont, RGBColor, ShapeStyle, TextStyle};

use crate::page::number::count;
use crate::page::{ZONE, moment};
use crate::store::HourOfOffers;

/// In the units of the drawing: pixels, where there is room for all of them.
const WIDTH: u32 = 360;
/// Of a bar that lies, with its name.
const ROW: i32 = 38;
const TEXT: f64 = 15.0;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type DrawingError = DrawingAreaErrorKind<io::Error>;

/// What a part of a chart stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colour {
    Answered,
    Missed,
    Waiting,
    Muted,
    Line,
    Text,
}

impl Colour {
    #[cfg(test)]
    const ALL: [Self; 6] = [Self::Answered, Self::Missed, Self::Waiting, Self::Muted, Self::Line, Self::Text];

    fn rgb(self) -> RGBColor {
        match self {
            Self::Answered => RGBColor(0x12, 0x60, 0x2e),
            Self::Missed => RGBColor(0x9c, 0x1f, 0x1f),
            Self::Waiting => RGBColor(0xc8, 0x86, 0x1a),
            Self::Muted => RGBColor(0x6b, 0x7d, 0x79),
            Self::Line => RGBColor(0xd5, 0xdc, 0xda),
            Self::Text => RGBColor(0x51, 0x60, 0x5d),
        }
    }

    fn filled(self) -> ShapeStyle {
        self.rgb().filled()
    }
}

/// A bar, and what it is called.
pub(super) struct Bar {
    pub(super) name: &'static str,
    pub(super) count: u64,
    pub(super) colour: Colour,
}

/// Bars that lie one below the other, each with its name and its count.
pub(super) fn bars(bars: &[Bar]) -> Markup {
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or_default().max(1);
    let rows = i32::try_from(bars.len()).unwrap_or_default();
    drawn(ROW.unsigned_abs() * rows.unsigned_abs(), |area| {
        (0..).zip(bars).try_for_each(|(row, bar)| lie(area, row * ROW, bar, bar.count as f64 / most as f64))
    })
}

fn lie(area: &Area<'_>, top: i32, bar: &Bar, share: f64) -> Result<(), DrawingError> {
    let width = WIDTH as i32;
    let filled = (share * f64::from(width)).ceil() as i32;
    area.draw(&Text::new(bar.name, (0, top), text(HPos::Left, VPos::Top)))?;
    area.draw(&Text::new(count(bar.count), (width, top), text(HPos::Right, VPos::Top)))?;
    area.draw(&Rectangle::new([(0, top + 20), (width, top + 28)], Colour::Line.filled()))?;
    area.draw(&Rectangle::new([(0, top + 20), (filled, top + 28)], bar.colour.filled()))
}

/// Offers by the hour: a bar for each, of what was answered, missed and still waits.
pub(super) fn hours(hours: &[HourOfOffers]) -> Markup {
    drawn(200, |area| stand(area, hours))
}

fn stand(area: &Area<'_>, hours: &[HourOfOffers]) -> Result<(), DrawingError> {
    // A chart of nothing has an axis, too.
    let most = hours.iter().map(|hour| hour.offers).max().unwrap_or_default().max(4);
    let columns = i32::try_from(hours.len()).unwrap_or_default();
    let quarters: Vec<i32> = (0..=4).map(|quarter| columns * quarter / 4).collect();
    let clock = |hour: &i32| match usize::try_from(*hour).ok().and_then(|hour| hours.get(hour)) {
        Some(hour) => moment::text(hour.from, ZONE, hour.from),
        None => "now".to_owned(),
    };
    let mut chart = ChartBuilder::on(area)
        .margin_top(8)
        .margin_right(20)
        .x_label_area_size(22)
        .y_label_area_size(40)
        .build_cartesian_2d((0..columns).with_key_points(quarters), 0..most)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .y_labels(6)
        .y_label_formatter(&|offers| count(*offers))
        .x_label_formatter(&clock)
        .label_style(text(HPos::Left, VPos::Top))
        .axis_style(Colour::Line.rgb())
        .bold_line_style(Colour::Line.rgb())
        .light_line_style(Colour::Line.rgb().mix(0.0))
        .set_all_tick_mark_size(4)
        .draw()?;
    chart.draw_series((0..).zip(hours).flat_map(|(column, hour)| stacked(column, hour)))?;
    Ok(())
}

/// The parts of an hour's bar, from the ground up.
fn stacked(column: i32, hour: &HourOfOffers) -> impl Iterator<Item = Rectangle<(i32, u64)>> {
    let waiting = hour.offers.saturating_sub(hour.answered + hour.missed);
    let parts = [(Colour::Answered, hour.answered), (Colour::Missed, hour.missed), (Colour::Waiting, waiting)];
    let on_top = |ground: &mut u64, (colour, height): (Colour, u64)| {
        let from = *ground;
        *ground += height;
        Some((colour, from, *ground))
    };
    parts.into_iter().scan(0, on_top).filter(|(_, from, to)| from < to).map(move |(colour, from, to)| {
        let mut part = Rectangle::new([(column, from), (column + 1, to)], colour.filled());
        // None above: a part that is lower than that would have less than no height.
        part.set_margin(0, 0, 1, 1);
        part
    })
}

/// What a colour looks like, for a legend.
pub(super) fn swatch(colour: Colour) -> Markup {
    let RGBColor(red, green, blue) = colour.rgb();
    html! {
        svg.swatch viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" {
            rect width="12" height="12" rx="2" fill=(format!("#{red:02X}{green:02X}{blue:02X}")) {}
        }
    }
}

fn text(horizontal: HPos, vertical: VPos) -> TextStyle<'static> {
    let style = ("sans-serif", TEXT).into_font().color(&Colour::Text.rgb());
    style.pos(Pos::new(horizontal, vertical))
}

/// A drawing of this height.
fn drawn(height: u32, draw: impl FnOnce(&Area<'_>) -> Result<(), DrawingError>) -> Markup {
    let mut svg = String::new();
    let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
    let done = draw(&area).and_then(|()| area.present());
    drop(area);
    match done {
        Ok(()) => PreEscaped(svg),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "cannot draw a chart");
            html! { p { "This chart cannot be drawn." } }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, Utc};

    use super::*;

    fn day() -> Vec<HourOfOffers> {
        let hour = |n| HourOfOffers {
            from: Utc::now() + TimeDelta::hours(n),
            offers: n.unsigned_abs() * 3,
            answered: n.unsigned_abs(),
            missed: n.unsigned_abs(),
        };
        (0..24).map(hour).collect()
    }

    #[test]
    fn a_chart_needs_no_style_of_its_own() {
        let bar = Bar { name: "<b>", count: 3, colour: Colour::Missed };
        for svg in [hours(&day()), bars(&[bar])] {
            let svg = svg.into_string();
            assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"), "{svg}");
            assert!(!svg.contains("style") && !svg.contains("<b>"), "{svg}");
        }
    }

    #[test]
    fn every_part_of_every_hour_is_drawn() {
        let svg = hours(&day()).into_string();
        // The first hour is empty.
        assert_eq!(svg.matches("<rect").count(), 3 * 23, "{svg}");
        assert!(svg.contains("now"), "{svg}");
    }

    #[test]
    fn no_part_is_less_than_nothing_beside_a_great_one() {
        let hour = HourOfOffers { from: Utc::now(), offers: 5_000, answered: 1, missed: 4_998 };
        assert!(!hours(&[hour]).into_string().contains("=\"-"));
    }

    #[test]
    fn a_day_without_offers_has_a_chart() {
        let empty: Vec<_> =
            day().into_iter().map(|hour| HourOfOffers { offers: 0, answered: 0, missed: 0, ..hour }).collect();
        assert!(hours(&empty).into_string().contains("<svg"));
        assert!(hours(&[]).into_string().contains("<svg"));
    }

    #[test]
    fn the_stylesheet_knows_every_colour() {
        let stylesheet = include_str!("../assets/page.css");
        for colour in Colour::ALL {
            let RGBColor(red, green, blue) = colour.rgb();
            assert!(stylesheet.contains(&format!("\"#{red:02X}{green:02X}{blue:02X}\"")), "{colour:?}");
        }
    }
}
