//! What an expression asks Prometheus for. Enough of PromQL for that; promtool checks the rest.

/// A metric with what is asked of its labels.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Selector {
    /// The metric.
    pub(crate) metric: String,
    /// Labels with the values that they may have.
    pub(crate) labels: Vec<(String, Vec<String>)>,
}

/// The metrics of the service that an expression names.
pub(crate) fn selectors(expression: &str) -> Vec<Selector> {
    const PREFIX: &str = "lead_tracker_";
    let starts = expression.match_indices(PREFIX).map(|(start, _)| start);
    starts.map(|start| selector(&expression[start..])).collect()
}

fn selector(text: &str) -> Selector {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let labels = text[end..].strip_prefix('{').and_then(|rest| rest.split('}').next()).unwrap_or_default();
    Selector { metric: text[..end].to_owned(), labels: labels.split(',').filter_map(matcher).collect() }
}

fn matcher(text: &str) -> Option<(String, Vec<String>)> {
    let (label, values) = text.split_once('=')?;
    let values = values.trim_start_matches('~').trim_matches('"').split('|').map(str::to_owned);
    Some((label.trim().to_owned(), values.collect()))
}

/// The labels that an expression groups by.
pub(crate) fn groupings(expression: &str) -> Vec<String> {
    let lists = expression.split(" by (").skip(1).filter_map(|rest| rest.split(')').next());
    lists.flat_map(|list| list.split(',')).map(|label| label.trim().to_owned()).collect()
}

#[test]
fn metrics_and_labels_are_found_in_an_expression() {
    let asked = r#"sum by (job, le) (rate(lead_tracker_x_bucket{a="b", c=~"d|e"}[5m])) / lead_tracker_y"#;
    let (a, c) = (("a".to_owned(), vec!["b".to_owned()]), ("c".to_owned(), vec!["d".to_owned(), "e".to_owned()]));
    let x = Selector { metric: "lead_tracker_x_bucket".to_owned(), labels: vec![a, c] };
    let y = Selector { metric: "lead_tracker_y".to_owned(), labels: Vec::new() };
    assert_eq!(selectors(asked), [x, y]);
    assert_eq!(groupings(asked), ["job", "le"]);
}
