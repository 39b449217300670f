//! Processor time of this thread, and memory of this process.

use std::{fs, sync::OnceLock, time::Instant};

/// Seconds this thread has had a processor, as the system counts them; by the wall where it does not tell. Good for stretches
/// of a tenth of a second and more.
pub(crate) fn processor_seconds() -> f64 {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    // The count is brought up to date when the thread gives its processor back.
    std::thread::yield_now();
    let counted = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = counted.and_then(|counted| counted.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| BEGAN.get_or_init(Instant::now).elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

/// Bytes of memory this process holds; zero where the system does not tell.
pub(crate) fn resident_bytes() -> f64 {
    let counted = fs::read_to_string("/proc/self/statm").ok();
    let pages = counted.and_then(|counted| counted.split(' ').nth(1)?.parse::<f64>().ok());
    pages.unwrap_or(0.0) * 4096.0
}
