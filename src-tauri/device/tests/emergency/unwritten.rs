//! A device whose disk takes nothing any more exports all the same, and says what its audit trail could not take.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use device::accounts::Purpose;
use device::emergency::{EmergencyExport, Order, Target, Unwritten};
use device::store::audit;
use device::{DATABASE, Error};

use super::PASSPHRASE;
use super::pair::{Pair, REASON, Tablet, typed};
use crate::common::{PASSWORD, fill_disk, limit_pages, person};

fn trail(tablet: &Tablet) -> Vec<audit::Entry> {
    tablet.device().store().read(audit::all).unwrap()
}

/// Every file in a folder with its content.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .map(|one| (one.file_name().into_string().unwrap(), fs::read(one.path()).unwrap_or_default()))
        .collect()
}

#[test]
fn a_full_disk_stops_no_export_and_the_file_says_that_the_trail_lacks_it() {
    let pair = Pair::new();
    pair.first.freeze();
    fill_disk(pair.first.device());
    let before = trail(&pair.first);

    // Identified all the same, with no more tries than otherwise.
    let first = pair.first.device();
    for _ in 0..2 {
        let by = first.staff_verify_unwritten("anna", PASSWORD, Purpose::Decision).unwrap();
        assert_eq!(by, person("anna"));
    }
    for _ in 0..5 {
        let refused = first.staff_verify_unwritten("anna", "wrong password", Purpose::Decision).unwrap_err();
        assert!(matches!(refused, Error::SignInRefused | Error::AccountLocked), "{refused:?}");
    }
    let refused = first.staff_verify_unwritten("anna", PASSWORD, Purpose::Decision).unwrap_err();
    assert!(matches!(refused, Error::AccountLocked), "{refused:?}");
    let refused = first.staff_verify_unwritten("nobody", PASSWORD, Purpose::Decision).unwrap_err();
    assert!(matches!(refused, Error::SignInRefused), "{refused:?}");

    let export = pair.first.export("full.jwe");
    assert_eq!((export.records, export.unrecorded), (1, Some("disk-full")));
    assert_eq!(trail(&pair.first), before);
    let content = super::pair::opened(&fs::read_to_string(&export.path).unwrap(), PASSPHRASE);
    let content: serde_json::Value = serde_json::from_str(&super::pair::payload(&content)).unwrap();
    assert_eq!(
        (content["unrecorded"].as_str(), content["reason"].as_str()),
        (Some("disk-full"), Some(REASON))
    );

    let taken = pair.second.take(&export.path).unwrap();
    assert_eq!((taken.records, taken.unrecorded.as_deref()), (1, Some("disk-full")));
    let noted = trail(&pair.second).into_iter().find(|one| one.event == "emergency.takenOver").unwrap();
    assert!(noted.detail.contains("not in its audit trail (disk-full)"), "{}", noted.detail);

    // Once there is room the trail goes on where it was, and what is exported then continues what was taken over.
    limit_pages(pair.first.device(), Some(1_000_000));
    pair.first.freeze();
    let later = pair.first.export("later.jwe");
    assert_eq!((later.records, later.unrecorded), (2, None));
    let taken = pair.second.take(&later.path).unwrap();
    assert_eq!((taken.records, taken.known, taken.unrecorded), (1, 1, None));
    assert!(
        trail(&pair.first)
            .iter()
            .any(|one| one.event == "emergency.exported" && one.detail.ends_with(REASON))
    );
}

#[test]
fn what_does_not_open_is_read_from_a_copy_and_left_as_it_is() {
    let pair = Pair::new();
    let record = pair.first.freeze();
    // As a power cut leaves it: the newest pages are in the log alone.
    let dying = tempfile::tempdir().unwrap();
    for name in [DATABASE, "attesta.db-wal"] {
        fs::copy(pair.first.file(name), dying.path().join(name)).unwrap();
    }
    assert!(fs::metadata(dying.path().join("attesta.db-wal")).unwrap().len() > 0);
    let before = files(dying.path());
    let stick = tempfile::tempdir().unwrap();
    let (_folder, keystore, configuration) = pair.first.close();
    let open = |because: Error| {
        let (keystore, configuration) = (Arc::clone(&keystore), configuration.clone());
        let clock = device::clock::system();
        Unwritten::open(dying.path(), keystore, stick.path(), configuration, clock, because)
    };
    // Only the disk is a reason for it.
    assert!(matches!(open(Error::KeyWrong), Err(Error::KeyWrong)));
    let made: EmergencyExport = {
        let device = open(Error::Io("read-only".to_owned())).unwrap();
        assert!(matches!(device.staff_verify("anna", "wrong password"), Err(Error::SignInRefused)));
        let by = device.staff_verify("anna", PASSWORD).unwrap();
        let order = Order {
            to: Target::Folder(stick.path()),
            passphrase: Some(typed(PASSPHRASE)),
            drafts: true,
            reason: REASON,
        };
        device.export(&order, &by).unwrap()
    };
    assert_eq!((made.records, made.unrecorded), (1, Some("io")));
    assert_eq!(files(dying.path()), before, "nothing was written");
    let name = made.path.file_name().unwrap().to_str().unwrap().to_owned();
    assert_eq!(files(stick.path()).into_keys().collect::<Vec<_>>(), [name], "the copy is gone");
    let taken = pair.second.take(&made.path).unwrap();
    assert_eq!((taken.records, taken.unrecorded.as_deref()), (1, Some("io")));
    pair.second.item(&record);
}
