//! Runs one test of the window: one at a time, bounded, and with a picture when it fails.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::bus::Keyring;
use super::desk::Desk;
use super::running::Running;

/// One window at a time: two of them on two cores would make each other late.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Runs `act` at a desk of its own. When it fails, or takes longer than `limit`, the window's picture and text and the program's log are left in
/// `target/desktop-failures`.
pub fn journey<Act, Acting>(name: &str, limit: Duration, keyring: Keyring, act: Act)
where
    Act: FnOnce(Arc<Desk>) -> Acting,
    Acting: Future<Output = ()> + Send + 'static,
{
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let desk = Arc::new(Desk::new(keyring));
        let mut acting = tokio::spawn(act(Arc::clone(&desk)));
        let problem = match tokio::time::timeout(limit, &mut acting).await {
            Ok(Ok(())) => None,
            Ok(Err(failed)) => Some(failed.into_panic()),
            Err(_) => {
                acting.abort();
                Some(Box::new(format!("{name} took longer than {} s", limit.as_secs())) as Box<_>)
            }
        };
        if let Some(problem) = problem {
            if let Some(running) = desk.last() {
                leave_evidence(name, &desk, &running).await;
            }
            std::panic::resume_unwind(problem);
        }
    });
}

async fn leave_evidence(name: &str, desk: &Desk, running: &Running) {
    let folder = super::running::program("ATTESTA_APP", "debug/attesta-desktop")
        .ancestors()
        .nth(2)
        .map_or_else(|| PathBuf::from("target"), PathBuf::from)
        .join("desktop-failures");
    let _ = std::fs::create_dir_all(&folder);
    let _ = std::fs::copy(desk.log(), folder.join(format!("{name}.log")));
    let patience = Duration::from_secs(5);
    let _ = std::fs::write(folder.join(format!("{name}.png")), running.picture().await);
    let text = running.client.execute("return document.body.innerText", Vec::new());
    if let Ok(Ok(text)) = tokio::time::timeout(patience, text).await {
        let text = text.as_str().unwrap_or_default();
        let _ = std::fs::write(folder.join(format!("{name}.txt")), text);
        eprintln!("what the window showed:\n{text}\n");
    }
    eprintln!("the window's picture and text and the program's log are in {}", folder.display());
}
