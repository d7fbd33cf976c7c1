//! What Helm tells whoever has installed the chart.

use crate::helm::Values;

#[test]
fn the_notes_say_what_to_do_next() {
    let said: [(&str, &[&str]); 4] = [
        (
            "minimal",
            &[
                "kubectl -n leads rollout status deployment/lead-tracker\n",
                "helm -n leads test lead-tracker --logs\n",
                "kubectl -n leads port-forward service/lead-tracker 3000:80\n",
                "networkPolicy.enabled",
            ],
        ),
        ("operator", &["kubectl -n leads get exchanges.rabbitmq.com,queues.rabbitmq.com,bindings.rabbitmq.com\n"]),
        (
            "definitions",
            &["configmap lead-tracker-definitions", "rabbitmqctl import_definitions", "lead-tracker migrate"],
        ),
        ("everything", &["service/leads 3000:8080\n", "WARNING: auth.allowTrialTokens is on"]),
    ];
    for (case, parts) in said {
        let notes = Values::case(case).notes();
        for part in parts {
            assert!(notes.contains(part), "{case} should say {part:?}, and says:\n{notes}");
        }
    }
}
