//! The real binary, between a real RabbitMQ and a real PostgreSQL, with exactly what each pod of the chart is given.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::join_all;
use lead_tracker::config::Settings;

use crate::BINARY;
use crate::harness::{Addresses, SECRET, World};
use crate::helm::Values;
use crate::manifest::{Manifest, of_kind};
use crate::pod::Pod;

/// A release of the chart in a world of its own.
struct Release {
    name: String,
    world: World,
    manifests: Vec<Manifest>,
}

impl Release {
    /// Renders a case with the world's prefix, by which it shares a broker with others.
    async fn of(name: String, values: Values) -> Self {
        let addresses = Addresses::from_env().unwrap_or_else(|sentence| panic!("{sentence}"));
        let world = World::new(BINARY.into(), addresses, Duration::from_secs(60)).await;
        let manifests = values.set(format!("broker.prefix={}", world.amqp().name(""))).manifests();
        Self { name, world, manifests }
    }

    /// The pod of a kind of resource, if there is one.
    fn pod(&self, kind: &str) -> Option<Pod> {
        let manifest = of_kind(&self.manifests, kind).next()?;
        let spec = if kind == "Pod" { manifest.at("/spec") } else { manifest.at("/spec/template/spec") };
        let Addresses { database, amqp } = self.world.addresses();
        let authority = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n".to_owned();
        let contents = BTreeMap::from([
            ("database-url", database.to_string()),
            ("amqp-url", amqp.to_string()),
            ("hs256-secret", SECRET.to_owned()),
            ("database-ca.crt", authority.clone()),
            ("broker-ca.crt", authority),
        ]);
        Some(Pod::lay_out(spec, &self.manifests, &contents, &self.world.folder().join(kind)))
    }

    /// Runs a pod to its end, which must be a good one.
    async fn run(&self, pod: Pod) {
        let mut command = self.world.program(BINARY);
        command.env_clear().envs(pod.environment).args(pod.arguments);
        let finished = self.world.run_program(command).await;
        assert!(finished.status.success(), "{}: {finished:?}", self.name);
    }

    /// Does what the values leave to somebody else, before the pods of the Deployment start.
    async fn prepare(&self, service: &Pod) {
        match self.pod("Job") {
            Some(migration) => self.run(migration).await,
            None if service.environment["LEAD_TRACKER_DATABASE__MIGRATE"] == "false" => {
                self.world.run(&["migrate"]).await.succeeded();
            }
            None => {}
        }
        let window = &service.environment["LEAD_TRACKER_RESPONSE_WINDOW"];
        self.world.delay_queue(humantime::parse_duration(window).expect("a window is a duration"));
        if service.environment["LEAD_TRACKER_BROKER__DECLARE"] == "false" {
            let window = [("LEAD_TRACKER_RESPONSE_WINDOW", window.as_str())];
            self.world.run_with(&window, &["topology", "declare"]).await.succeeded();
        }
    }

    /// Starts the Deployment's container, only the address being another, and runs the test beside it.
    async fn serve_and_test(self) {
        let pod = self.pod("Deployment").expect("there is one");
        assert_eq!(pod.arguments, ["serve"], "{}", self.name);
        self.prepare(&pod).await;
        let service = self.world.spawn(self.world.service().env_only(pod.environment));
        service.ready().await;
        self.run(self.pod("Pod").expect("there is a test")).await;
        self.world.close().await;
    }
}

#[tokio::test]
async fn the_binary_becomes_ready_with_what_its_pods_are_given() {
    let cases = Values::cases().into_iter();
    join_all(cases.map(async |(name, values)| Release::of(name, values).await.serve_and_test().await)).await;
}

#[tokio::test]
async fn every_variable_is_a_setting() {
    for (name, values) in Values::cases() {
        let release = Release::of(name, values).await;
        for pod in ["Deployment", "Job", "Pod"].iter().filter_map(|kind| release.pod(kind)) {
            let settings = Settings::load(None, pod.environment);
            let settings = settings.unwrap_or_else(|error| panic!("{}: {error}", release.name));
            assert!(settings.warnings.is_empty(), "{}: {:?}", release.name, settings.warnings);
        }
        release.world.close().await;
    }
}
