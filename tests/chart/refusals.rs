//! Wrong values, and the sentence with which each is refused.

use crate::helm::Values;

/// Values beside those of the case `minimal`, and a part of what is said to them.
const REFUSED: &[(&str, &str)] = &[
    // Of the schema: what is not known, at every level, and what has the wrong form.
    ("replicas=3", "at '': additional properties 'replicas' not allowed"),
    ("image.name=x", "at '/image': additional properties 'name' not allowed"),
    ("database.url=postgres://u:p@h/d", "at '/database': additional properties 'url' not allowed"),
    ("database.migration.enabled=true", "at '/database/migration': additional properties 'enabled' not allowed"),
    ("topology.operator.cluster.host=x", "at '/topology/operator/cluster': additional properties 'host' not allowed"),
    ("networkPolicy.database.cidr=x", "at '/networkPolicy/database': additional properties 'cidr' not allowed"),
    ("topology.mode=auto", "at '/topology/mode': value must be one of 'app', 'operator', 'definitions', 'none'"),
    ("database.migration.mode=hook", "at '/database/migration/mode': value must be one of 'start', 'job', 'none'"),
    ("responseWindow=30", "at '/responseWindow': got number, want string"),
    ("responseWindow=30 minutes", "at '/responseWindow': '30 minutes' does not match pattern"),
    ("database.poolSize=0", "at '/database/poolSize': minimum: got 0, want 1"),
    ("broker.prefix=a/b", "at '/broker/prefix': 'a/b' does not match pattern"),
    ("broker.prefix=amq.x", "at '/broker/prefix'"),
    ("auth.jwksUrl=login.example", "at '/auth/jwksUrl': 'login.example' does not match pattern"),
    ("image.digest=latest", "at '/image/digest': 'latest' does not match pattern"),
    ("existingSecret=Lead_Tracker", "at '/existingSecret': 'Lead_Tracker' does not match pattern"),
    ("autoscaling.keda.minReplicas=0", "at '/autoscaling/keda/minReplicas': minimum: got 0, want 1"),
    ("podDisruptionBudget.maxUnavailable=0", "at '/podDisruptionBudget/maxUnavailable'"),
    ("service.port=70000", "at '/service/port': maximum: got 70,000, want 65,535"),
    ("log.format=xml", "at '/log/format': value must be one of 'json', 'text'"),
    // Of the templates: what does not go together.
    ("existingSecret=", "Where is PostgreSQL? Name the Secret that has its URL under the key \"database-url\""),
    (
        "existingSecret=,database.existingSecret=a",
        "Where is RabbitMQ? Name the Secret that has its URL under the key \"amqp-url\"",
    ),
    (
        "existingSecret=,database.existingSecret=a,broker.existingSecret=b",
        "How are tokens verified? Name the Secret that has their key under \"hs256-secret\"",
    ),
    ("responseWindow=50ms", "A response window of 50ms is out of range"),
    ("responseWindow=8days", "accepted is 100ms to 7days"),
    ("topology.mode=definitions,topology.otherResponseWindows={200h}", "A response window of 200h is out of range"),
    ("topology.otherResponseWindows={1h}", "topology.otherResponseWindows has no meaning with topology.mode app"),
    ("topology.mode=operator", "topology.mode is operator, but on which broker? Give topology.operator.cluster.name"),
    (
        "topology.mode=operator,topology.operator.cluster.name=a,topology.operator.cluster.connectionSecret=b",
        "topology.operator.cluster has both a name and a connectionSecret",
    ),
    ("topology.operator.users.service=a", "topology.operator has values, but topology.mode is app"),
    (
        "autoscaling.hpa.enabled=true,autoscaling.keda.enabled=true",
        "autoscaling.hpa and autoscaling.keda are both enabled, and would work against each other",
    ),
    (
        "autoscaling.keda.enabled=true,autoscaling.keda.minReplicas=7",
        "autoscaling.keda.minReplicas (7) is more than maxReplicas (6)",
    ),
    (
        "autoscaling.hpa.enabled=true,resources.requests=null",
        "a percentage of resources.requests.cpu, which is not set",
    ),
    (
        "terminationGracePeriodSeconds=30,preStopSleepSeconds=15",
        "terminationGracePeriodSeconds (30) is too short: the pod sleeps for preStopSleepSeconds (15) and may then take 20 s \
         to drain. Give at least 35.",
    ),
    ("ingress.enabled=true", "ingress.enabled is true, but ingress.hosts is empty"),
    (
        "extraEnv[0].name=LEAD_TRACKER_RESPONSE_WINDOW,extraEnv[0].value=1h",
        "extraEnv has LEAD_TRACKER_RESPONSE_WINDOW, which this chart sets from its other values",
    ),
    ("extraEnv[0].name=DATABASE_URL,extraEnv[0].value=x", "extraEnv has DATABASE_URL, which this chart sets"),
    (
        "metrics.prometheusRule.disabledAlerts={LeadTrackerBored}",
        "has \"LeadTrackerBored\", which is no alert; there are",
    ),
];

#[test]
fn each_wrong_value_explains_itself() {
    for (set, sentence) in REFUSED {
        let refusal = Values::case("minimal").set(*set).refusal();
        assert!(refusal.contains(sentence), "{set}: it should say {sentence:?}, and says:\n{refusal}");
    }
}

/// The value that a sentence asks for is accepted.
#[test]
fn the_least_grace_period_is_enough() {
    Values::case("minimal").set("terminationGracePeriodSeconds=35,preStopSleepSeconds=15").rendered();
}
