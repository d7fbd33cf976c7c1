//! What a customer would pay, in rupees, as Indians write numbers: ₹1,50,000.

use fixed_decimal::{Decimal, FloatPrecision};

use super::number;

/// From the least to the most; `None` where neither is known.
pub(super) fn text(least: Option<f64>, most: Option<f64>) -> Option<String> {
    match (least, most) {
        (Some(least), Some(most)) if least == most => Some(rupees(least)),
        (Some(least), Some(most)) => Some(format!("{} – {}", rupees(least), rupees(most))),
        (Some(least), None) => Some(format!("from {}", rupees(least))),
        (None, Some(most)) => Some(format!("up to {}", rupees(most))),
        (None, None) => None,
    }
}

/// Whole rupees without, and others with their paise.
fn rupees(amount: f64) -> String {
    let digits = Decimal::try_from_f64(amount, FloatPrecision::RoundTrip).map(|mut digits| {
        digits.round(-2);
        digits.trim_end();
        if digits.magnitude_range().start() < &0 {
            digits.pad_end(-2);
        }
        digits
    });
    // What is no number has no digits.
    let text = digits.ok().and_then(|digits| number::format(&digits));
    format!("₹{}", text.unwrap_or_else(|| amount.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lakhs_and_crores_are_where_they_belong() {
        for (amount, words) in [
            (500.0, "₹500"),
            (1_500.0, "₹1,500"),
            (150_000.0, "₹1,50,000"),
            (12_345_678.0, "₹1,23,45,678"),
            (99.5, "₹99.50"),
            (0.0, "₹0"),
        ] {
            assert_eq!(rupees(amount), words);
        }
    }

    #[test]
    fn a_budget_has_one_end_or_two() {
        assert_eq!(text(Some(500.0), Some(1500.0)).as_deref(), Some("₹500 – ₹1,500"));
        assert_eq!(text(Some(500.0), Some(500.0)).as_deref(), Some("₹500"));
        assert_eq!(text(Some(500.0), None).as_deref(), Some("from ₹500"));
        assert_eq!(text(None, Some(500.0)).as_deref(), Some("up to ₹500"));
        assert_eq!(text(None, None), None);
    }
}
