//! A coordinator who acts on alerts.

use std::time::Duration;

use device::delivery::{Actor, AlertDetail, Decision, State, alert_detail, alert_rows};
use device::store::alert::Action;
use practice::faults::{Armed, Fault};

use crate::delivery::{Rig, wait_for};

/// The one alert that is open.
pub fn only_alert(rig: &Rig) -> AlertDetail {
    let open: Vec<_> = alert_rows(&rig.store).unwrap().into_iter().filter(|alert| alert.open).collect();
    assert_eq!(open.len(), 1, "one open alert: {open:?}");
    alert_detail(&rig.store, &open[0].id).unwrap()
}

/// What the coordinator decides about it.
pub fn decision(alert: &AlertDetail, action: Action) -> Decision {
    Decision {
        alert: alert.row.id.clone(),
        revision: alert.revision,
        action,
        actor: Actor {
            user: "m.okafor".to_owned(),
            display_name: "Maria Okafor".to_owned(),
            role: "coordinator".to_owned(),
        },
        reason: "Reported to the server's owner".to_owned(),
    }
}

/// A whole journey: one record kept faithfully; one that the server altered, reported by a person and sent again.
pub fn altered_and_sent_again(rig: &Rig) {
    rig.settled(&rig.freeze());
    rig.server.faults().set(Armed::new(Fault::DropAnswer, 1));
    let altered = rig.freeze();
    assert_eq!(rig.settled(&altered).state, State::Alert);
    rig.worker.act(decision(&only_alert(rig), Action::SendAgain)).unwrap();
    assert_eq!(rig.settled(&altered).state, State::Done);
    wait_for(Duration::from_secs(10), || rig.stored("AuditEvent").pop());
}
