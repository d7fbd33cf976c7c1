//! What processes use, read from `/proc`.

use std::fs;

/// Clock ticks a second, as Linux has it on every platform that matters.
const TICKS: f64 = 100.0;

/// Seconds of processor time, added up by the name of the program.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cpu {
    /// The service.
    pub(crate) service: f64,
    /// RabbitMQ.
    pub(crate) broker: f64,
    /// PostgreSQL.
    pub(crate) database: f64,
}

impl Cpu {
    /// What has been used until now by every process of these names on this machine.
    pub(crate) fn now() -> Self {
        let mut cpu = Self::default();
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
            let Some((name, seconds)) = parse(&stat) else { continue };
            match name {
                "lead-tracker" => cpu.service += seconds,
                "beam.smp" => cpu.broker += seconds,
                "postgres" => cpu.database += seconds,
                _ => {}
            }
        }
        cpu
    }

    /// What was used since `earlier`.
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            service: self.service - earlier.service,
            broker: self.broker - earlier.broker,
            database: self.database - earlier.database,
        }
    }
}

/// The most memory that a running service has had, in MiB.
pub(crate) fn peak_memory() -> f64 {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let peaks = processes.filter_map(|entry| {
        let status = fs::read_to_string(entry.path().join("status")).ok()?;
        let is_ours = status.lines().next()? == "Name:\tlead-tracker";
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        is_ours.then(|| peak.trim().trim_end_matches(" kB").parse::<f64>().ok())?
    });
    peaks.fold(0.0, f64::max) / 1024.0
}

/// Name and seconds of a line of `/proc/<pid>/stat`.
fn parse(stat: &str) -> Option<(&str, f64)> {
    let (head, fields) = stat.rsplit_once(") ")?;
    let name = head.split_once('(')?.1;
    let fields: Vec<&str> = fields.split(' ').collect();
    let ticks = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some((name, ticks / TICKS))
}
