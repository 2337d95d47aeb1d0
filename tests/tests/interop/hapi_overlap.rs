//! Several devices with the same record, as after an emergency export: HAPI FHIR's JPA server has all their creates at the
//! same time, and keeps one.

use attesta_tests::interop::Gate;

use crate::hapi::Site;

const ROUNDS: usize = 2;
const DEVICES: usize = 4;

pub(crate) fn creates_that_are_in_flight_at_the_same_time_make_one_resource(site: &Site) {
    for round in 0..ROUNDS {
        let gate = Gate::together(site.hapi.port(), DEVICES);
        let desks = [(); DEVICES].map(|()| site.desk_at(&gate.base_url()));
        let signed = site.signed();
        let records = desks.each_ref().map(|desk| desk.send(signed.clone()));
        let mut kept = Vec::new();
        for (desk, record) in desks.iter().zip(&records) {
            let record = desk.settled(record);
            site.assert_proven(&record);
            kept.push(record.server_id);
        }
        kept.dedup();
        assert_eq!(kept.len(), 1, "round {round}: each device has proven the same resource");
        let statuses = gate.statuses();
        let created = statuses.iter().filter(|status| **status == 201).count();
        assert_eq!((statuses.len(), created), (DEVICES, 1), "round {round}: {statuses:?}");
    }
}
