//! Numbers as Indians write them: 1,50,000.

use fixed_decimal::Decimal;
use icu_decimal::DecimalFormatter;
use icu_locale_core::locale;

/// A count.
pub(super) fn count(number: u64) -> String {
    format(&number.into()).unwrap_or_else(|| number.to_string())
}

/// Digits with their separators; `None` where nothing is known of how they are written.
pub(super) fn format(digits: &Decimal) -> Option<String> {
    let indian = DecimalFormatter::try_new(locale!("en-IN").into(), Default::default()).ok()?;
    Some(indian.format(digits).to_string())
}
