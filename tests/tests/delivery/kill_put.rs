//! A device that creates by `PUT` is killed at every persisted step, those of the probe too: one response, under its own id.

use device::delivery::{State, failpoint};
use device::store::alert;
use device::store::outbox;

use crate::kill::{Device, Server};

/// Exactly one response in one version under the UUID of its identifier, one certificate and one Provenance, as the device has them;
/// and so many documents that probes have left.
fn assert_proven_once(server: &Server, device: &Device, probes: usize, when: &str) {
    let record = device.runner.assert_proven_once(|resource_type| server.stored(resource_type), when);
    let uuid = record.identifier.strip_prefix("urn:uuid:").unwrap();
    assert_eq!(
        (record.server_id.as_deref(), record.server_version.as_deref()),
        (Some(uuid), Some("1")),
        "{when}"
    );
    let documents = server.stored("DocumentReference");
    let (left, certificates): (Vec<_>, Vec<_>) =
        documents.iter().partition(|document| document.contains("entered-in-error"));
    assert_eq!(certificates.len(), 1, "{when}: the server's certificates");
    assert_eq!(left.len(), probes, "{when}: what probes have left, each in one version");
    assert!(device.store().read(alert::all).unwrap().is_empty(), "{when}");
}

#[test]
fn a_device_killed_at_any_point_of_a_create_by_put_delivers_exactly_once() {
    // Where the probe was begun and not kept, it is made anew, under another id.
    let probing = [
        ("probe-before-request:1", 1),
        ("probe-after-request:1", 2),
        ("probe-before-request:2", 2),
        ("probe-after-request:2", 2),
        ("probe-before-commit", 2),
        ("probe-committed", 1),
    ];
    let named = |name: &str| probing.iter().any(|(point, _)| point.split(':').next() == Some(name));
    assert!(failpoint::PROBING.iter().all(|name| named(name)), "every point of the probe");
    for (point, probes) in failpoint::ALL.map(|point| (point, 1)).into_iter().chain(probing) {
        let (server, device) = (Server::start(), Device::by_put());
        let killed = device.run(&server.process.at.base_url, Some(point));
        assert!(!killed.success(), "{point}: the device was to be killed there, and is not: {killed}");
        let drained = device.run(&server.process.at.base_url, None);
        assert!(drained.success(), "{point}: after the restart: {drained}");
        assert_proven_once(&server, &device, probes, point);
    }
}

#[test]
fn a_device_killed_again_and_again_creates_by_put_exactly_once() {
    let (server, device) = (Server::start(), Device::by_put());
    // The first kill comes before a probe has left anything, each of the next three after; what the last of them keeps is not
    // asked again.
    for point in failpoint::PROBING.into_iter().chain(failpoint::ALL) {
        device.run(&server.process.at.base_url, Some(point));
    }
    assert!(device.run(&server.process.at.base_url, None).success());
    assert_proven_once(&server, &device, 3, "after all kills");
}

#[test]
fn a_correction_of_what_was_created_by_put_is_made_once() {
    for point in
        ["sending-committed", "response-before-request", "response-after-request", "acknowledged-committed"]
    {
        let server = Server::altering();
        let device = Device::by_put();
        assert!(device.run(&server.process.at.base_url, None).success(), "{point}");
        let killed = device.decide(&server.process.at.base_url, Some(point), Some("send-again"));
        assert!(!killed.success(), "{point}: the device was to be killed there, and is not: {killed}");
        assert!(device.run(&server.process.at.base_url, None).success(), "{point}: after the restart");
        let store = device.store();
        let record = store.read(outbox::all).unwrap().remove(0);
        assert_eq!((record.state, record.server_version.as_deref()), (State::Done, Some("2")), "{point}");
        let versions = server.stored("QuestionnaireResponse");
        assert_eq!(versions.len(), 2, "{point}: what was altered, and one correction");
        assert_eq!(versions[1], String::from_utf8(record.response).unwrap(), "{point}");
    }
}
