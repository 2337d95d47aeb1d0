//! The state behind the window: the desk once it is open, or why it could not be opened.

use std::sync::Arc;

use tokio::sync::watch;

use crate::desk::{Desk, Refused};
use crate::ipc::{AppView, CommandError};
use crate::start::{self, Options};

type Opened = Result<Arc<Desk>, Blocked>;

/// Why the desk could not be opened.
#[derive(Debug, Clone)]
pub struct Blocked {
    /// The stable name of the reason.
    pub code: String,
    /// One sentence for the person who mends it.
    pub detail: String,
}

/// What Tauri keeps for the commands.
pub struct Attesta {
    opened: watch::Receiver<Option<Opened>>,
}

impl Attesta {
    /// Opens the desk on a thread of its own, so that the window appears at once.
    pub fn start(options: Options) -> Self {
        let (done, opened) = watch::channel(None);
        std::thread::spawn(move || {
            let outcome = start::open(&options).map(Arc::new);
            if let Err(blocked) = &outcome {
                tracing::error!(code = blocked.code, "the app cannot start");
            }
            done.send_replace(Some(outcome));
        });
        Self { opened }
    }

    /// What the page shows, see [`Desk::view`]. Waits until the desk is open or cannot be.
    pub async fn view(
        &self,
        active: Option<String>,
        language: Option<String>,
    ) -> Result<AppView, CommandError> {
        match self.opened().await? {
            Ok(desk) => run(desk, move |desk| desk.view(active.as_deref(), language.as_deref())).await,
            Err(Blocked { code, detail }) => Ok(AppView::Blocked { code, detail, can_retry: true }),
        }
    }

    /// Whether the app could not start.
    ///
    /// # Errors
    /// [`Refused::WrongStep`] when it did: nobody restarts an app at work from the page.
    pub async fn check_blocked(&self) -> Result<(), CommandError> {
        match self.opened().await? {
            Ok(_) => Err(Refused::WrongStep.into()),
            Err(_) => Ok(()),
        }
    }

    /// Runs `step` at the open desk, off the async runtime.
    pub async fn at_desk<T, F>(&self, step: F) -> Result<T, CommandError>
    where
        T: Send + 'static,
        F: FnOnce(&Desk) -> Result<T, Refused> + Send + 'static,
    {
        match self.opened().await? {
            Ok(desk) => run(desk, step).await,
            Err(Blocked { code, detail }) => Err(Refused::Blocked { code, detail }.into()),
        }
    }

    async fn opened(&self) -> Result<Opened, CommandError> {
        let mut opened = self.opened.clone();
        let outcome = opened
            .wait_for(Option::is_some)
            .await
            .map_err(|_| Refused::Internal("the start was interrupted"))?;
        outcome.clone().ok_or_else(|| Refused::Internal("the start was interrupted").into())
    }
}

async fn run<T, F>(desk: Arc<Desk>, step: F) -> Result<T, CommandError>
where
    T: Send + 'static,
    F: FnOnce(&Desk) -> Result<T, Refused> + Send + 'static,
{
    tokio::task::spawn_blocking(move || step(&desk))
        .await
        .map_err(|_| Refused::Internal("a step ended abnormally"))?
        .map_err(CommandError::from)
}
