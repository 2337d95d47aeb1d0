//! A device is killed while it sends the report of an alert, or of what a person decides: the server has each report once.

use device::delivery::failpoint;
use device::store::posting::{self, Posting, PostingState};
use practice::faults::{Armed, Fault};

use crate::kill::{Device, Server};

fn reports(device: &Device) -> Vec<Posting> {
    device.store().read(posting::all_reports).unwrap()
}

/// So many reports, each once on the server as it was made.
fn assert_reported(server: &Server, device: &Device, number: usize, when: &str) {
    let made = reports(device);
    assert_eq!(made.len(), number, "{when}: {made:?}");
    assert!(made.iter().all(|one| one.state == PostingState::Done), "{when}: {made:?}");
    let mut made: Vec<_> = made.into_iter().map(|one| String::from_utf8(one.resource).unwrap()).collect();
    let mut kept = server.stored("AuditEvent");
    made.sort();
    kept.sort();
    assert!(kept == made, "{when}: not exactly the reports of the device");
}

#[test]
fn a_device_killed_at_any_point_of_a_report_reports_exactly_once() {
    for point in failpoint::REPORTING {
        let (server, device) = (Server::altering(), Device::new());
        for (act, number) in [(None, 1), (Some("send-again"), 2)] {
            let when = format!("{point}, {act:?}");
            let killed = device.decide(&server.process.at.base_url, Some(point), act);
            assert!(!killed.success(), "{when}: the device was to be killed there, and is not: {killed}");
            let again = device.run(&server.process.at.base_url, None);
            assert!(again.success(), "{when}: after the restart: {again}");
            assert_reported(&server, &device, number, &when);
        }
    }
}

#[test]
fn a_device_killed_after_it_kept_the_acknowledgement_of_a_report_creates_it_not_again() {
    // Its time is what a report is searched by: a search never finds the altered one.
    for altered in [None, Some("AuditEvent.recorded"), Some("AuditEvent.entity[0].what.identifier.value")] {
        let when = format!("altered: {altered:?}");
        let (server, device) = (Server::start(), Device::new());
        // The first try is ambiguous; so the answer to the second one is kept before anything else is asked.
        let mut faults = vec![
            Armed::new(Fault::DropAnswer, 1),
            Armed::new(Fault::Status500Before, 1).for_type("AuditEvent"),
        ];
        faults.extend(altered.map(|path| {
            Armed::new(Fault::AlterLeaf { path: Some(path.to_owned()) }, 1).for_type("AuditEvent")
        }));
        server.arm(&faults);
        let killed = device.run(&server.process.at.base_url, Some("report-acknowledgement-committed"));
        assert!(!killed.success(), "{when}: the device was to be killed there, and is not: {killed}");
        assert_eq!(server.stored("AuditEvent").len(), 1, "{when}: the server has kept it");
        let again = device.run(&server.process.at.base_url, None);
        assert!(again.success(), "{when}: after the restart: {again}");
        if altered.is_none() {
            assert_reported(&server, &device, 1, &when);
        } else {
            assert_eq!(server.stored("AuditEvent").len(), 1, "{when}: it is not sent again");
            let states: Vec<_> = reports(&device).into_iter().map(|one| one.state).collect();
            assert_eq!(states, [PostingState::Different], "{when}: the device knows");
        }
    }
}
