//! The fifth wrong PIN or password locks; who unlocks, and how.

use crate::common;

use common::{Bench, PARTICIPANT, PASSWORD, PIN, WORDS, events, person};
use device::accounts::{Purpose, Role, Staff};
use device::rights::Right;
use device::store::outbox;
use device::{Configuration, Device, Error, Opening, PinState, Policy};
use jiff::ToSpan as _;

#[test]
fn the_fifth_wrong_pin_locks_and_two_people_reset_it() {
    let mut bench = Bench::new();
    bench.device().staff_add(&person("ben"), PASSWORD, "anna").unwrap();
    let (visit, session) = bench.reviewed();
    let attempt =
        |bench: &Bench, id: &str, pin: &str| bench.device().verify_pin(&visit.id, &session, id, pin);
    for left in [4, 3] {
        assert!(
            matches!(attempt(&bench, PARTICIPANT, "9999"), Err(Error::PinWrong { tries_left }) if tries_left == left)
        );
    }
    assert!(
        matches!(attempt(&bench, "014-0031", PIN), Err(Error::PinWrong { tries_left: 2 })),
        "a wrong id counts"
    );
    bench.reopen();
    assert_eq!(
        bench.device().pin_state(PARTICIPANT).unwrap(),
        PinState::Set { tries_left: 2 },
        "tries survive"
    );
    assert!(matches!(attempt(&bench, PARTICIPANT, ""), Err(Error::PinWrong { tries_left: 1 })));
    assert!(matches!(attempt(&bench, PARTICIPANT, "9999"), Err(Error::PinLocked)));
    assert!(
        matches!(attempt(&bench, PARTICIPANT, PIN), Err(Error::PinLocked)),
        "the right PIN does not unlock"
    );
    let recorded = events(&bench, &format!("participant/{PARTICIPANT}"));
    assert_eq!(recorded.iter().filter(|event| *event == "pin.refused").count(), 4);
    assert_eq!(recorded.last().unwrap(), "pin.locked");

    let device = bench.device();
    let alone = device.reset_pin(PARTICIPANT, ("anna", PASSWORD), ("Anna", PASSWORD), "forgotten");
    assert!(matches!(alone, Err(Error::SecondPersonNeeded)), "{alone:?}");
    let silent = device.reset_pin(PARTICIPANT, ("anna", PASSWORD), ("ben", PASSWORD), "  ");
    assert!(matches!(silent, Err(Error::ReasonMissing)));
    device.reset_pin(PARTICIPANT, ("anna", PASSWORD), ("ben", PASSWORD), "forgotten").unwrap();
    assert_eq!(device.pin_state(PARTICIPANT).unwrap(), PinState::NotSet);
    assert!(matches!(attempt(&bench, PARTICIPANT, PIN), Err(Error::PinNotSet)));

    bench.clock.advance(5.minutes());
    assert!(matches!(device.choose_pin(PARTICIPANT, "7351", "7352"), Err(Error::PinsDiffer)));
    device.choose_pin(PARTICIPANT, "7351", "7351").unwrap();
    assert!(matches!(device.choose_pin(PARTICIPANT, "8462", "8462"), Err(Error::PinAlreadySet)));
    let act = attempt(&bench, PARTICIPANT, "7351").unwrap();
    let frozen = device.freeze(&visit.id, &session, act, WORDS).unwrap();
    let item = device.store().read(|connection| outbox::by_id(connection, &frozen.record)).unwrap();
    assert!(capture_header(&item.response).contains(r#""pinSetAt":"2026-11-21T09:46:07+01:00""#));
}

#[test]
fn the_fifth_wrong_password_locks_and_another_person_unlocks() {
    let bench = Bench::new();
    let ben = person("ben");
    bench.device().staff_add(&ben, PASSWORD, "anna").unwrap();
    let device = bench.device();
    let attempt = |password: &str| device.staff_verify("anna", password, Purpose::SignIn);
    assert_eq!(attempt(PASSWORD).unwrap().user, "anna");
    assert_eq!(device.staff_verify("ANNA", PASSWORD, Purpose::SignIn).unwrap().user, "anna");
    for _ in 0..4 {
        assert!(matches!(attempt("wrong password"), Err(Error::SignInRefused)));
    }
    assert!(matches!(attempt("wrong password"), Err(Error::AccountLocked)));
    assert!(matches!(attempt(PASSWORD), Err(Error::AccountLocked)), "the right password does not unlock");
    assert!(events(&bench, "staff/anna").contains(&"staff.locked".to_owned()));
    assert!(matches!(device.staff_unlock("Anna", &bench.staff), Err(Error::SecondPersonNeeded)));
    device.staff_unlock("anna", &ben).unwrap();
    assert!(attempt(PASSWORD).is_ok());

    let unknown = device.staff_verify("nobody", PASSWORD, Purpose::SignIn);
    assert!(matches!(unknown, Err(Error::SignInRefused)), "an unknown user is refused in the same words");
    assert!(matches!(device.staff_add(&ben, PASSWORD, "anna"), Err(Error::AccountExists)));
    assert!(matches!(device.staff_add(&person("eve"), "short", "anna"), Err(Error::PasswordTooShort(8))));
}

#[test]
fn when_every_account_is_locked_each_takes_one_try_again_after_a_quarter_of_an_hour() {
    let bench = Bench::new();
    let device = bench.device();
    let attempt = |password: &str| device.staff_verify("anna", password, Purpose::HandBack);
    for _ in 0..5 {
        assert!(attempt("wrong password").is_err());
    }
    bench.clock.advance(14.minutes());
    assert!(matches!(attempt(PASSWORD), Err(Error::AccountLocked)), "not yet");
    bench.clock.advance(2.minutes());
    assert!(matches!(attempt("wrong password"), Err(Error::AccountLocked)));
    assert!(matches!(attempt(PASSWORD), Err(Error::AccountLocked)), "one try, not two");
    bench.clock.advance(16.minutes());
    assert_eq!(attempt(PASSWORD).unwrap().user, "anna");
    assert!(attempt(PASSWORD).is_ok(), "the right password ends the lock");

    let helper = Staff { role: Role::SiteStaff, ..person("eve") };
    device.staff_add(&helper, PASSWORD, "anna").unwrap();
    for _ in 0..5 {
        assert!(attempt("wrong password").is_err());
    }
    assert!(matches!(device.permit(&helper, Right::Device), Err(Error::NotPermitted("siteStaff", "device"))));
    assert!(events(&bench, "staff/eve").contains(&"staff.notPermitted".to_owned()));
    bench.clock.advance(16.minutes());
    assert!(attempt(PASSWORD).is_ok(), "whoever is left may not unlock an account");
    let more = device.staff_add(&person("zoe"), PASSWORD, "eve");
    assert!(matches!(more, Err(Error::NotPermitted(..))), "nobody gives away more than they have");

    device.staff_add(&person("ben"), PASSWORD, "anna").unwrap();
    for _ in 0..5 {
        assert!(attempt("wrong password").is_err());
    }
    bench.clock.advance(60.minutes());
    assert!(matches!(attempt(PASSWORD), Err(Error::AccountLocked)), "while another account can unlock it");
}

/// The decoded protected header of the capture signature.
fn capture_header(response: &[u8]) -> String {
    use base64::Engine as _;
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
    let response = fhir::Value::parse(response).unwrap();
    let signature = response.list("extension")[0].get("valueSignature").unwrap().clone();
    let jws = String::from_utf8(BASE64_STANDARD.decode(signature.str("data").unwrap()).unwrap()).unwrap();
    String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(jws.split('.').next().unwrap()).unwrap()).unwrap()
}

#[test]
fn a_pin_has_as_many_digits_as_the_study_wants() {
    let mut bench = Bench::new();
    bench.device = None;
    let usual = common::configuration(bench.folder.path(), bench.authority.anchor());
    let policy = Policy { pin_digits: 6, ..usual.policy.clone() };
    let device = Device::open(Opening {
        data_folder: bench.folder.path().to_path_buf(),
        keystore: bench.keystore.clone(),
        configuration: Configuration { policy, ..usual },
        clock: bench.clock.clock(),
    })
    .unwrap();
    assert!(matches!(device.choose_pin(PARTICIPANT, PIN, PIN), Err(Error::PinMalformed(6))));
    device.choose_pin(PARTICIPANT, "482691", "482691").unwrap();
    assert_eq!(device.pin_state(PARTICIPANT).unwrap(), PinState::Set { tries_left: 5 });
}
