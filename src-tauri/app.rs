//! The state behind the window: the desk once it is open, or why it could not be opened.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tauri::ipc::Channel;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::changes;
use crate::chooser::Chooser;
use crate::desk::{Desk, Refused};
use crate::ipc::{AppView, CommandError};
use crate::setup::{Next, SetUp};
use crate::start::{self, Options};

type Opened = Result<Stage, Blocked>;

/// How far the start came.
#[derive(Clone)]
pub(crate) enum Stage {
    /// The device is at work.
    Desk(Arc<Desk>),
    /// It has to be set up first.
    SetUp(Arc<SetUp>),
}

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
    opened: Arc<watch::Sender<Option<Opened>>>,
    chooser: OnceLock<Arc<dyn Chooser>>,
    /// What tells the page of changes.
    telling: Mutex<Option<AbortHandle>>,
}

impl Attesta {
    /// Opens the desk on a thread of its own, so that the window appears at once.
    pub fn start(options: Options) -> Self {
        Self::start_offering(options, None)
    }

    /// The same; a device without a study offers `practice` instead of being set up.
    pub fn start_offering(options: Options, practice: Option<Options>) -> Self {
        let opened = Arc::new(watch::Sender::new(None));
        let this = Self { opened, chooser: OnceLock::new(), telling: Mutex::default() };
        this.open(options, practice);
        this
    }

    fn open(&self, options: Options, practice: Option<Options>) {
        let opened = Arc::clone(&self.opened);
        opened.send_replace(None);
        std::thread::spawn(move || {
            let outcome = start::open(&options, practice);
            if let Err(blocked) = &outcome {
                tracing::error!(code = blocked.code, "the app cannot start");
            }
            opened.send_replace(Some(outcome));
        });
    }

    /// Who asks for folders and files, once the window is there. Without it nothing is ever chosen.
    pub fn choose_with(&self, chooser: Arc<dyn Chooser>) {
        // There is one window, which is there once.
        let _ = self.chooser.set(chooser);
    }

    pub(crate) fn chooser(&self) -> Option<Arc<dyn Chooser>> {
        self.chooser.get().cloned()
    }

    /// What the page shows, see [`Desk::view`]. Waits until the desk is open or cannot be.
    pub async fn view(
        &self,
        active: Option<String>,
        language: Option<String>,
    ) -> Result<AppView, CommandError> {
        let mut opened = self.opened().await?;
        loop {
            let set_up = match opened {
                Ok(Stage::Desk(desk)) => {
                    return run(move || desk.view(active.as_deref(), language.as_deref())).await;
                }
                Ok(Stage::SetUp(set_up)) => set_up,
                Err(Blocked { code, detail }) => {
                    return Ok(AppView::Blocked { code, detail, can_retry: true });
                }
            };
            let asked = Arc::clone(&set_up);
            if let Some(view) = run(move || Ok(asked.view())).await? {
                return Ok(view);
            }
            // A step has just ended it, and the start is about to be made again.
            opened = self.opened_other_than(&set_up).await?;
        }
    }

    /// Tells the page of changes from now on, or from when the device is at work; a page that was told before is not any
    /// more.
    pub fn tell(&self, page: Channel<()>) {
        let mut opened = self.opened.subscribe();
        let telling = tokio::spawn(async move {
            let at_work = |opened: &Option<Opened>| matches!(opened, Some(Ok(Stage::Desk(_))));
            let changes = match opened.wait_for(at_work).await.as_deref() {
                Ok(Some(Ok(Stage::Desk(desk)))) => desk.changes(),
                _ => return,
            };
            changes::tell(changes, changes::PAUSE, move || page.send(()).is_ok()).await;
        });
        let mut kept = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = kept.replace(telling.abort_handle()) {
            before.abort();
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
            Ok(Stage::Desk(desk)) => run(move || step(&desk)).await,
            Ok(Stage::SetUp(_)) => Err(Refused::Device(device::Error::NotSetUp).into()),
            Err(Blocked { code, detail }) => Err(Refused::Blocked { code, detail }.into()),
        }
    }

    /// Runs a step of setting the device up, and shows what comes next.
    pub async fn at_set_up<F>(&self, step: F) -> Result<AppView, CommandError>
    where
        F: FnOnce(&SetUp) -> Result<Next, Refused> + Send + 'static,
    {
        if let Next::Start(options, problem) = self.with_set_up(step).await? {
            self.open(*options, None);
            if let Some(problem) = problem
                && let Ok(Stage::SetUp(set_up)) = self.opened().await?
            {
                set_up.say(problem);
            }
        }
        self.view(None, None).await
    }

    /// Runs `step` while the device is being set up, off the async runtime.
    pub async fn with_set_up<T, F>(&self, step: F) -> Result<T, CommandError>
    where
        T: Send + 'static,
        F: FnOnce(&SetUp) -> Result<T, Refused> + Send + 'static,
    {
        match self.opened().await? {
            Ok(Stage::SetUp(set_up)) => run(move || step(&set_up)).await,
            Ok(Stage::Desk(_)) => Err(Refused::NotSettingUp.into()),
            Err(Blocked { code, detail }) => Err(Refused::Blocked { code, detail }.into()),
        }
    }

    async fn opened(&self) -> Result<Opened, CommandError> {
        self.opened_as(Option::is_some).await
    }

    /// What comes after a device that was being set up.
    async fn opened_other_than(&self, over: &Arc<SetUp>) -> Result<Opened, CommandError> {
        self.opened_as(|opened| match opened {
            None => false,
            Some(Ok(Stage::SetUp(set_up))) => !Arc::ptr_eq(set_up, over),
            Some(_) => true,
        })
        .await
    }

    async fn opened_as(&self, wanted: impl FnMut(&Option<Opened>) -> bool) -> Result<Opened, CommandError> {
        let mut opened = self.opened.subscribe();
        let outcome =
            opened.wait_for(wanted).await.map_err(|_| Refused::Internal("the start was interrupted"))?;
        outcome.clone().ok_or_else(|| Refused::Internal("the start was interrupted").into())
    }
}

async fn run<T, F>(step: F) -> Result<T, CommandError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, Refused> + Send + 'static,
{
    tokio::task::spawn_blocking(step)
        .await
        .map_err(|_| Refused::Internal("a step ended abnormally"))?
        .map_err(CommandError::from)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;
    use crate::start::Mode;

    fn set_up(folder: &std::path::Path) -> SetUp {
        let options = Options::new(Some(folder.join("data")), None, Mode::Study).unwrap();
        SetUp::new(options.clone(), Some(options), false)
    }

    /// Between the step that ends the setting up and the new start, the page waits.
    #[tokio::test]
    async fn a_view_of_a_device_whose_setting_up_is_over_is_that_of_what_comes_next() {
        let folder = tempfile::tempdir().unwrap();
        let over = Arc::new(set_up(folder.path()));
        assert!(matches!(over.practise(), Ok(Next::Start(..))));
        let opened = Arc::new(watch::Sender::new(Some(Ok(Stage::SetUp(over)))));
        let app = Attesta { opened, chooser: OnceLock::new(), telling: Mutex::default() };
        let mut view = std::pin::pin!(app.view(None, None));
        // It has looked, and waits for another stage.
        while app.opened.receiver_count() == 0 {
            tokio::select! {
                biased;
                early = &mut view => panic!("{early:?}"),
                () = tokio::task::yield_now() => {}
            }
        }
        app.opened.send_replace(None);
        app.opened.send_replace(Some(Ok(Stage::SetUp(Arc::new(set_up(folder.path()))))));
        assert!(matches!(view.await.unwrap(), AppView::SetUp { .. }));
    }
}
