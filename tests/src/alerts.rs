//! A coordinator who acts on alerts.

use std::time::Duration;

use device::delivery::{Actor, AlertDetail, Decision, State, alert_detail, alert_rows};
use device::store::alert::Action;
use fhir::Value;
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

/// The report (AuditEvent) of this action: `raised`, or what a person decided. Waits until the server has it.
pub fn reported(rig: &Rig, action: &str) -> Value {
    let is = |event: &Value| {
        event.list("entity").first().is_some_and(|entity| {
            entity.list("detail").iter().any(|detail| detail.str("valueString") == Some(action))
        })
    };
    wait_for(Duration::from_secs(10), || {
        let events = rig.stored("AuditEvent");
        let events = events.iter().map(|(_, _, text)| Value::parse(text.as_bytes()).unwrap());
        let mut of_action = events.filter(is);
        let one = of_action.next();
        assert!(of_action.next().is_none(), "{action} is reported once");
        one
    })
}

/// A whole journey: one record kept faithfully; one that the server altered, reported by a person and sent again.
pub fn altered_and_sent_again(rig: &Rig) {
    rig.settled(&rig.freeze());
    rig.server.faults().set(Armed::new(Fault::DropAnswer, 1));
    let altered = rig.freeze();
    assert_eq!(rig.settled(&altered).state, State::Alert);
    rig.worker.act(decision(&only_alert(rig), Action::SendAgain)).unwrap();
    assert_eq!(rig.settled(&altered).state, State::Done);
    reported(rig, "raised");
    reported(rig, Action::SendAgain.as_str());
}
