//! The table.

use crate::whole::Run;

/// Prints everything side by side.
pub(crate) fn print(one_by_one: f64, broker_alone: f64, stated: &Run, received: &Run, misses: &Run) {
    println!();
    println!("{:<44} {:>10} {:>24} {:>18}", "", "per second", "service / one at a time", "/ broker alone");
    line("offers, one message at a time", one_by_one, None);
    line("offers, the broker alone", broker_alone, None);
    line("offers that state their time", stated.per_second, Some((one_by_one, broker_alone)));
    line("offers of the time of receipt", received.per_second, Some((one_by_one, broker_alone)));
    line("due timers until lead.missed is confirmed", misses.per_second, None);
    println!();
    println!(
        "{:<44} {:>10} {:>10} {:>10} {:>12}",
        "processor seconds a second", "service", "broker", "database", "peak memory"
    );
    usage("offers that state their time", stated);
    usage("offers of the time of receipt", received);
    usage("due timers until lead.missed is confirmed", misses);
}

fn line(what: &str, per_second: f64, beside: Option<(f64, f64)>) {
    match beside {
        Some((one, broker)) => {
            println!("{what:<44} {per_second:>10.0} {:>22.1} × {:>16.2} ×", per_second / one, per_second / broker);
        }
        None => println!("{what:<44} {per_second:>10.0}"),
    }
}

fn usage(what: &str, run: &Run) {
    let share = |seconds: f64| seconds / run.took;
    let (service, broker, database) = (share(run.cpu.service), share(run.cpu.broker), share(run.cpu.database));
    println!("{what:<44} {service:>10.2} {broker:>10.2} {database:>10.2} {:>8.0} MiB", run.peak_memory);
}
