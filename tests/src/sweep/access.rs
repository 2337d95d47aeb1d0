//! The way to the server is shut in the middle of a delivery: its tokens end, or its TLS certificate is another one. Until that is
//! mended nothing gets through, and then everything does.

use std::sync::Arc;
use std::time::{Duration, Instant};

use practice::testing::{Certificate, Secured};

use super::lane::{Run, VISITS};
use super::login::Trouble;
use super::network::{KINDS, RESPONSE, all_signed, finish};
use super::oracle::{Excuse, Tally, judge, judge_alerts};
use super::process::{Launch, Process, Tls};
use super::told::Report;
use super::wire::{Action, Trap, Verb};

/// How long a device may take to meet what is wrong.
const PATIENCE: Duration = Duration::from_secs(20);

/// So long a refusal of the authorization server is not asked again, and then some.
const REFUSED_FOR: Duration = Duration::from_millis(1_200);

/// Where it turns: at a create of a response or of a Provenance, or at a search or read of one. At the end there may be none left.
fn turning(run: &mut Run<'_>) -> Trap {
    let kind = run.chance.pick(&[RESPONSE, KINDS[1]]);
    let verb = if kind == RESPONSE && run.chance.one_in(3) { Verb::Read } else { Verb::Create };
    let skip = u32::try_from(run.chance.below(VISITS as usize)).unwrap();
    Trap { verb, kind, skip, times: 1, action: Action::Turn { acted: run.chance.one_in(2) } }
}

/// The login ends in the middle of a delivery.
pub(super) fn lose_login(run: &mut Run<'_>) -> Tally {
    let trouble = run.chance.pick(&Trouble::ALL);
    let trap = turning(run);
    let login = run.lane.proxy.login();
    login.demand(true);
    run.lane.proxy.set(vec![trap]);
    let turned = Arc::clone(&login);
    run.lane.proxy.on_turn(move || turned.turn(trouble));
    let mut process = run.start(&Launch { login: true, ..Launch::default() });
    shut_for_a_while(run, &mut process, || login.refused() > 0);
    login.mend();
    let tally = opened(run, process, |tally, report| {
        // A device that the authorization server refuses waits for a person, any other goes on by itself.
        // A token that was given just before they ended has ended too, and a new one that ends at once is a refusal.
        let refused = !matches!(trouble, Trouble::Away | Trouble::Fails(500.., _));
        let waits = report.held.as_deref().is_none_or(|held| held == "Unauthorised" && refused);
        tally.must(waits, || format!("with {trouble:?} it is held by {:?}", report.held));
        tally.unmet = login.refused() == 0;
    });
    login.demand(false);
    tally
}

/// The server's certificate is another one in the middle of a delivery: for another host, or expired.
pub(super) fn lose_certificate(run: &mut Run<'_>) -> Tally {
    let wrong = run.chance.pick(&[Certificate::OtherHost, Certificate::Expired, Certificate::Untrusted]);
    let trap = turning(run);
    let secured = Arc::new(Secured::in_front_of(run.lane.proxy.port(), None));
    let front = Arc::clone(&secured);
    run.lane.proxy.set(vec![trap]);
    run.lane.proxy.on_turn(move || front.show(wrong));
    let anchor = run.home.folder.join("tls-anchor.pem");
    std::fs::write(&anchor, secured.anchor_pem()).unwrap();
    let tls = Some(Tls { server: secured.base_url().to_owned(), anchor });
    let mut process = run.start(&Launch { tls, ..Launch::default() });
    shut_for_a_while(run, &mut process, || secured.turned_away() > 0);
    secured.show(Certificate::Good);
    opened(run, process, |tally, report| {
        // It tries again by itself, and asks nobody.
        tally.must(report.held.is_none(), || format!("with {wrong:?} it is held by {:?}", report.held));
        tally.unmet = secured.turned_away() == 0;
        let taken = secured.let_in_wrongly();
        tally.must(taken == 0, || format!("with {wrong:?} the device has spoken {taken} times"));
    })
}

/// Waits until the device has met what is wrong, or is done before, and a while longer.
fn shut_for_a_while(run: &mut Run<'_>, process: &mut Process, mut is_met: impl FnMut() -> bool) {
    process.saved(VISITS as usize);
    let until = Instant::now() + PATIENCE;
    while run.lane.proxy.met().is_empty() && process.is_at_work() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(1));
    }
    while !run.lane.proxy.met().is_empty() && !is_met() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(Duration::from_millis(run.chance.between(0, 400)));
}

/// Everything is mended: what must hold once the device has gone on.
fn opened(run: &mut Run<'_>, mut process: Process, more: impl FnOnce(&mut Tally, &Report)) -> Tally {
    let first = run.report(&mut process);
    let mut shut = Tally::default();
    more(&mut shut, &first);
    // A person asks for it where it waits for one, and does not do so in the moment of the refusal.
    if first.held.is_some() {
        std::thread::sleep(REFUSED_FOR);
    }
    let report = run.told(&mut process, "send");
    let mut tally = judge(&run.lane.server, run.place, &run.saved, &report, &Excuse::default());
    tally.unmet = shut.unmet;
    tally.drain = first.milliseconds + report.milliseconds;
    tally.problems.append(&mut shut.problems);
    judge_alerts(&mut tally, &report, &[]);
    all_signed(&mut tally, &report);
    finish(run, process, tally)
}
