//! What happens to one exchange between the device and the server.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::http::Message;
use super::login::Admitted;
use super::proxy::{Shared, Upstream};
use super::wire::{Action, Until, echoed, flipped, lied};

/// One exchange that a trap has met.
pub(super) struct Exchange<'a> {
    /// Of the proxy.
    pub(super) shared: &'a Arc<Shared>,
    /// What the device asks.
    pub(super) request: &'a Message,
    /// Under which it is remembered.
    pub(super) number: usize,
}

impl Exchange<'_> {
    /// Whether the connection goes on.
    pub(super) async fn misbehave(
        &self,
        client: &mut TcpStream,
        upstream: &mut Upstream,
        action: Action,
    ) -> io::Result<bool> {
        let port = self.shared.upstream;
        match action {
            Action::Outage { milliseconds } => {
                let open = self.shared.open.clone();
                open.send_replace(false);
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                    open.send_replace(true);
                });
                return Ok(false);
            }
            Action::Reset { acted } => {
                if acted {
                    upstream.ask(port, self.request).await?;
                }
                client.set_zero_linger()?;
                return Ok(false);
            }
            Action::Cut { end, reset } => {
                let octets = upstream.ask(port, self.request).await?.octets();
                let sent = match end {
                    Until::Thousandth(thousandths) => some_of(&octets, thousandths),
                    Until::Octet(octet) => {
                        let Some(sent) = octets.get(..octet).filter(|sent| sent.len() < octets.len()) else {
                            client.write_all(&octets).await?;
                            return Ok(true);
                        };
                        self.shared.remember(self.number, |met| met.within = true);
                        sent
                    }
                };
                client.write_all(sent).await?;
                if reset {
                    // What was written may arrive before.
                    let milliseconds = u64::try_from(sent.len() % 3).unwrap_or_default();
                    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                    client.set_zero_linger()?;
                }
                return Ok(false);
            }
            Action::ResetAfter => {
                let answer = upstream.ask(port, self.request).await?;
                client.write_all(&answer.octets()).await?;
                client.set_zero_linger()?;
                return Ok(false);
            }
            Action::Stall { acted } => {
                if acted {
                    upstream.ask(port, self.request).await?;
                }
                given_up(client).await;
                return Ok(false);
            }
            Action::StallWithin { thousandths } => {
                let octets = upstream.ask(port, self.request).await?.octets();
                client.write_all(some_of(&octets, thousandths)).await?;
                given_up(client).await;
                return Ok(false);
            }
            Action::Late { milliseconds } => {
                self.forward_late(milliseconds);
                given_up(client).await;
                return Ok(false);
            }
            Action::Turn { acted } => {
                self.shared.turn();
                if acted {
                    upstream.ask(port, self.request).await?;
                } else if let Admitted::Answered(answer) = self.shared.login.admits(self.request) {
                    client.write_all(&answer.octets()).await?;
                    return Ok(true);
                }
                client.set_zero_linger()?;
                return Ok(false);
            }
            other => self.answer_otherwise(client, upstream, other).await?,
        }
        Ok(true)
    }

    /// The faults after which the connection goes on.
    async fn answer_otherwise(
        &self,
        client: &mut TcpStream,
        upstream: &mut Upstream,
        action: Action,
    ) -> io::Result<()> {
        let port = self.shared.upstream;
        match action {
            Action::Status { status, retry_after, acted } => {
                if acted {
                    upstream.ask(port, self.request).await?;
                }
                let headers: Vec<_> = retry_after.into_iter().map(|after| ("retry-after", after)).collect();
                client.write_all(&Message::answer(status, &headers, b"").octets()).await
            }
            Action::Drip { octets, milliseconds } => {
                let answer = upstream.ask(port, self.request).await?.octets();
                for some in answer.chunks(octets) {
                    client.write_all(some).await?;
                    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                }
                Ok(())
            }
            Action::Flip { seed } => {
                let answer = upstream.ask(port, self.request).await?;
                let told = flipped(seed, &answer);
                self.shared.remember(self.number, |met| {
                    met.told = Some((answer.body.clone(), told.body.clone()));
                });
                client.write_all(&told.octets()).await
            }
            Action::Echo => {
                let answer = upstream.ask(port, self.request).await?;
                let told = echoed(self.request, &answer).unwrap_or(answer);
                client.write_all(&told.octets()).await
            }
            Action::Lie(lie) => {
                let answer = upstream.ask(port, self.request).await?;
                let (told, path) =
                    lied(&lie, &answer).map_or((answer, None), |(told, path)| (told, Some(path)));
                self.shared.remember(self.number, |met| met.path = path);
                client.write_all(&told.octets()).await
            }
            Action::Rivals { count, conditional, together } => {
                let mut rivals = tokio::task::JoinSet::new();
                for _ in 0..count {
                    let request = if conditional {
                        self.request.clone()
                    } else {
                        self.request.without("if-none-exist").without("if-none-match")
                    };
                    rivals.spawn(async move { Upstream::default().ask(port, &request).await.map(drop) });
                }
                if !together {
                    while rivals.join_next().await.is_some() {}
                }
                let answer = upstream.ask(port, self.request).await?;
                while rivals.join_next().await.is_some() {}
                client.write_all(&answer.octets()).await
            }
            _ => Ok(()),
        }
    }

    fn forward_late(&self, milliseconds: u64) {
        let (shared, request) = (Arc::clone(self.shared), self.request.clone());
        shared.late.fetch_add(1, Ordering::SeqCst);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            // The server that has ended gets nothing.
            let _ = Upstream::default().ask(shared.upstream, &request).await;
            shared.late.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

/// So many thousandths of an answer, and never all of it.
fn some_of(octets: &[u8], thousandths: u64) -> &[u8] {
    let end = octets.len() * usize::try_from(thousandths).unwrap() / 1000;
    &octets[..end.min(octets.len() - 1)]
}

/// Waits until the device ends the connection.
async fn given_up(client: &mut TcpStream) {
    let mut octets = [0; 64];
    while client.read(&mut octets).await.is_ok_and(|read| read > 0) {}
}
