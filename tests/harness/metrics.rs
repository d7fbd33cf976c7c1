//! Reads figures from the Prometheus text that the service serves.

/// The sum of all samples of `name` whose labels include `labels`; 0 where there is none.
pub(crate) fn sum(text: &str, name: &str, labels: &[(&str, &str)]) -> f64 {
    let wanted: Vec<String> = labels.iter().map(|(label, value)| format!("{label}=\"{value}\"")).collect();
    text.lines()
        .filter_map(sample)
        .filter(|sample| sample.name == name)
        .filter(|sample| sample.has(&wanted))
        .map(|sample| sample.value)
        .sum()
}

struct Sample<'a> {
    name: &'a str,
    labels: &'a str,
    value: f64,
}

impl Sample<'_> {
    fn has(&self, wanted: &[String]) -> bool {
        wanted.iter().all(|label| self.labels.split(',').any(|had| had == label))
    }
}

fn sample(line: &str) -> Option<Sample<'_>> {
    let (series, value) = line.rsplit_once(' ')?;
    let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
    Some(Sample { name, labels: labels.trim_end_matches('}'), value: value.parse().ok()? })
}
