//! What every pod is denied, and what it is given time for.

use serde_json::{Value, json};

use crate::helm::Values;
use crate::manifest::{Manifest, the};

/// The pods of all manifests, each with what it is of.
fn pods(manifests: &[Manifest]) -> Vec<(String, Value)> {
    let spec = |manifest: &Manifest| match manifest.kind() {
        "Pod" => Some(manifest.at("/spec").clone()),
        "Deployment" | "Job" => Some(manifest.at("/spec/template/spec").clone()),
        _ => None,
    };
    manifests.iter().filter_map(|manifest| Some((manifest.name().to_owned(), spec(manifest)?))).collect()
}

/// What the level `restricted` of the Pod Security Standards asks, and more.
#[test]
fn every_pod_is_restricted() {
    for (case, values) in Values::cases() {
        for (name, pod) in pods(&values.manifests()) {
            let whose = format!("{case}: {name}");
            assert_eq!(pod["automountServiceAccountToken"], false, "{whose}");
            assert_eq!(pod["enableServiceLinks"], false, "{whose}");
            assert_eq!(pod["securityContext"]["runAsNonRoot"], true, "{whose}");
            assert_eq!(pod["securityContext"]["seccompProfile"], json!({ "type": "RuntimeDefault" }), "{whose}");
            let may = json!({
                "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": { "drop": ["ALL"] },
            });
            assert_eq!(pod["containers"][0]["securityContext"], may, "{whose}");
            assert!(!pod.to_string().contains("\"host"), "{whose} has something of its host");
        }
    }
}

/// Kubernetes brings a mounted Secret up to date, unless it is mounted by `subPath` or read as a variable.
#[test]
fn a_changed_secret_gets_into_every_pod() {
    for (case, values) in Values::cases() {
        for (name, pod) in pods(&values.manifests()) {
            for way in ["subPath", "secretKeyRef", "secretRef"] {
                assert!(!pod.to_string().contains(way), "{case}: {name} has a {way}");
            }
        }
    }
}

/// What is killed while it drains gives back what it holds.
#[test]
fn a_pod_has_time_to_drain() {
    for (case, values) in Values::cases() {
        let manifests = values.manifests();
        let pod = the(&manifests, "Deployment").at("/spec/template/spec");
        let grace = pod["terminationGracePeriodSeconds"].as_u64().expect("it is said");
        let sleep = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"].as_u64().unwrap_or(0);
        assert!(grace >= sleep + 20, "{case}: {grace} s, of which it sleeps {sleep}");
    }
}

/// Pods that do not serve must not be sent anybody.
#[test]
fn the_service_leads_to_the_pods_that_serve_alone() {
    let manifests = Values::case("ha").manifests();
    let selector = the(&manifests, "Service").at("/spec/selector").as_object().expect("it selects");
    let selects = |labels: &Value| selector.iter().all(|(name, value)| &labels[name] == value);
    assert!(selects(the(&manifests, "Deployment").at("/spec/template/metadata/labels")));
    assert!(!selects(the(&manifests, "Job").at("/spec/template/metadata/labels")));
    assert!(!selects(the(&manifests, "Pod").at("/metadata/labels")));
}
