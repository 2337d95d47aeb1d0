//! What this process costs, as Linux tells it.

use std::fs::read_to_string;

/// Ticks of a second in `/proc/PID/stat`: 100 on every Linux.
const TICKS: f64 = 100.0;

/// The load averages.
pub(super) fn load() -> String {
    read_to_string("/proc/loadavg").unwrap_or_else(|_| "not known".to_owned()).trim().to_owned()
}

/// Seconds of processor time so far.
pub(super) fn processor_seconds() -> f64 {
    let stat = read_to_string("/proc/self/stat").unwrap();
    // The name before it may hold spaces.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u32 = [11, 12].map(|at| fields[at].parse::<u32>().unwrap()).iter().sum();
    f64::from(ticks) / TICKS
}

/// Resident memory in MB; with `anonymous`, only what is not of a file.
pub(super) fn memory(anonymous: bool) -> f64 {
    let status = read_to_string("/proc/self/status").unwrap();
    let name = if anonymous { "RssAnon:" } else { "VmRSS:" };
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<f64>().unwrap() / 1024.0
}
