//! What the page can ask for. Every command runs off the async runtime, because it may wait for the disk, the keystore
//! or a password hash; role, state and revision are checked by the desk, whatever the page shows.

pub mod assignments;
pub mod credentials;
pub mod delivery;
pub mod device;
pub mod emergency;
pub mod forms;
pub mod patient;
pub mod records;
mod secret;
pub mod setup;
pub mod staff;
pub mod study;
pub mod visits;

pub use credentials::ProxyOrder;
pub use device::NewAccount;
pub use emergency::EmergencyOrder;
pub use secret::{Person, Secret};
pub use setup::{FirstCoordinator, StudyOrder};

use tauri::Runtime;
use tauri::ipc::Invoke;

use crate::ipc::CommandError;

/// What a command answers with.
pub type Answered<T> = Result<T, CommandError>;

/// The names that `build.rs` allows: nothing else can be called.
pub const NAMES: &[&str] = &include!("names.in");

/// Routes a call to its command.
pub fn handler<R: Runtime>() -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        staff::view,
        staff::changes,
        staff::try_again,
        setup::setup_files,
        setup::setup_forget,
        setup::setup_signer,
        setup::setup_study,
        setup::setup_coordinator,
        setup::setup_save_request,
        setup::setup_certificate,
        setup::setup_practise,
        staff::staff_sign_in,
        staff::staff_sign_out,
        patient::patient_choose_language,
        patient::patient_begin,
        patient::patient_answer,
        patient::patient_add,
        patient::patient_remove,
        patient::patient_skip,
        patient::patient_medium,
        patient::patient_now,
        patient::patient_next,
        patient::patient_back,
        patient::patient_ask,
        patient::patient_reopen,
        patient::patient_goto,
        patient::patient_review_done,
        patient::patient_back_to_review,
        patient::patient_choose_pin,
        patient::patient_sign,
        patient::patient_hand_back,
        visits::visits,
        visits::visit_choices,
        visits::participant_add,
        visits::visit_start,
        visits::visit_hand_over,
        visits::visit_end,
        visits::pin_reset,
        assignments::assignments,
        assignments::assignments_pull,
        assignments::assignment_start,
        forms::forms,
        forms::form_check,
        forms::form_add,
        forms::form_report,
        forms::form_withdraw,
        delivery::outbox,
        delivery::outbox_send_now,
        delivery::notices,
        delivery::notices_confirm,
        delivery::alerts,
        delivery::alert,
        delivery::alert_act,
        records::records,
        records::record,
        records::record_export,
        records::record_report,
        records::records_export_subject,
        records::record_document,
        device::device_status,
        device::connection_check,
        device::connection_cancel,
        device::staff_add,
        device::staff_unlock,
        device::clock_accept,
        emergency::emergency_folder,
        emergency::emergency_export,
        emergency::emergency_file,
        emergency::emergency_open,
        emergency::emergency_import,
        study::study_brought,
        study::study_files,
        study::study_forget,
        study::study_load,
        credentials::credentials,
        credentials::token_put,
        credentials::assertion_key_make,
        credentials::assertion_key_save,
        credentials::proxy_set,
        credentials::certificate_request,
        credentials::certificate_request_save,
        credentials::certificate_take,
        device::practice_faults,
        device::practice_set_fault,
        device::practice_listener,
    ]
}
