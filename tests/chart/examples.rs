//! The chart's `examples`.

use crate::helm::Values;
use crate::manifest::{Manifest, of_kind, the};
use crate::schemas::Schemas;
use crate::{chart, text};

const MANIFESTS: [&str; 3] = ["rabbitmq", "postgresql", "least-privilege"];

fn manifests() -> Vec<Manifest> {
    MANIFESTS.iter().flat_map(|name| Manifest::read_all(&text(&chart(&format!("examples/{name}.yaml"))))).collect()
}

#[test]
fn every_manifest_is_as_its_schema_has_it() {
    let mut schemas = Schemas::of_version("1.37");
    let values = Values::of(&chart("examples/values.yaml"));
    let least = values.clone().and(&chart("examples/least-privilege-values.yaml"));
    for manifest in manifests().iter().chain(&values.manifests()).chain(&least.manifests()) {
        schemas.assert_allow(manifest, "examples");
    }
}

/// The names that the operators derive: `<cluster>-app` by CloudNativePG, `<cluster>-default-user` by RabbitMQ's.
#[test]
fn the_service_finds_what_the_operators_make() {
    let (manifests, values) = (manifests(), text(&chart("examples/values.yaml")));
    let (rabbitmq, postgresql) = (the(&manifests, "RabbitmqCluster").name(), the(&manifests, "Cluster").name());
    for named in [format!("{rabbitmq}-default-user"), format!("name: {rabbitmq}"), format!("{postgresql}-app")] {
        assert!(values.contains(&named), "values.yaml does not name {named}");
    }
}

/// The broker's settings are those that the project asks for, which has them with their reasons.
#[test]
fn the_broker_is_set_up_as_the_project_asks() {
    let (manifests, conf) = (manifests(), text(&chart("../../rabbitmq/rabbitmq.conf")));
    let settings = the(&manifests, "RabbitmqCluster").text("/spec/rabbitmq/additionalConfig");
    let asked = conf
        .lines()
        .filter(|line| line.contains(" = ") && !line.starts_with(['#']) && !line.starts_with("definitions"));
    assert_eq!(settings.lines().collect::<Vec<_>>(), asked.collect::<Vec<_>>());
}

#[test]
fn the_least_privileged_user_is_made_and_used() {
    let values = Values::of(&chart("examples/values.yaml")).and(&chart("examples/least-privilege-values.yaml"));
    let (rendered, manifests) = (values.manifests(), manifests());
    let secret = the(&manifests, "Secret");
    assert_eq!(the(&rendered, "User").text("/spec/importCredentialsSecret/name"), secret.name());
    assert_eq!(secret.text("/metadata/labels/rabbitmq.com~1topology-operator"), "true");
    let sources = of_kind(&rendered, "Deployment").next().expect("there is one").at("/spec/template/spec/volumes/0");
    assert!(sources.to_string().contains(secret.name()), "{sources}");
}
