// The only door to the backend. Every command that changes something answers with the next view; the page redraws.
import { Channel, invoke } from '@tauri-apps/api/core';
import type {
  AlertChoice,
  AlertDetail,
  AlertRow,
  Answer,
  AppView,
  AssignmentList,
  CertificateHolder,
  CertificateRequest,
  CommandError,
  ConnectionLine,
  Credentials as Held,
  DeviceStatus,
  EmergencyExported,
  EmergencyInside,
  EmergencyTaken,
  FaultPanel,
  FormList,
  FormReport,
  MediumData,
  NoticeRow,
  OutboxRow,
  RecordDetail,
  RecordList,
  RecordsWanted,
  StudyBrought,
  TokenFor,
  Visit,
  VisitChoices,
} from './bindings';

/** What every command of a patient's session carries: a stale revision is refused by the backend. */
export type Turn = { session: string; revision: number };
export type Credentials = { user: string; password: string };

/** A refusal as the backend words it, whatever was thrown. */
export function refusal(thrown: unknown): CommandError {
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown) {
    const { code, message, said, limit, key } = thrown as Partial<Record<keyof CommandError, unknown>>;
    return {
      code: String(code),
      message: typeof message === 'string' ? message : '',
      ...(typeof said === 'string' ? { said } : {}),
      ...(typeof limit === 'number' ? { limit } : {}),
      ...(typeof key === 'string' ? { key } : {}),
    };
  }
  return { code: 'unknown', message: String(thrown) };
}

/** `active`: the staff session in which the page was touched since it last asked, if any; `language`: what it is read in. */
export const view = (active: string | null, language: string) =>
  invoke<AppView>('view', { active, language });
/** From now on `told` is called whenever something is not as it was: then is the time to ask for what is shown. */
export function changes(told: () => void): Promise<null> {
  const channel = new Channel<null>();
  channel.onmessage = told;
  return invoke<null>('changes', { channel });
}
/** Starts the app anew: the operating system's keystore is asked again only by a new process. */
export const tryAgain = () => invoke<null>('try_again');

/** What a device is set up with, beside the document. */
export type FirstCoordinator = { user: string; displayName: string; password: string; again: string };
export type StudyOrder = {
  document: string;
  newAnyway: boolean;
  site: string;
  name: string;
  reference: string;
  coordinator: FirstCoordinator;
};

/** `files`: the signed document, or pictures of its codes, each as Base64. */
export const setupFiles = (files: string[]) => invoke<unknown>('setup_files', { files });
export const setupForget = () => invoke<unknown>('setup_forget');
/** `end`: the last characters of the signer's thumbprint, as the person typed them from the paper. */
export const setupSigner = (document: string, end: string) =>
  invoke<unknown>('setup_signer', { document, end });
export const setupStudy = (order: StudyOrder) => invoke<unknown>('setup_study', { order });
export const setupCoordinator = (coordinator: FirstCoordinator) =>
  invoke<unknown>('setup_coordinator', { coordinator });
/** Asks for a folder with the operating system's dialog; `title` names it. */
export const setupSaveRequest = (title: string) => invoke<string | null>('setup_save_request', { title });
export const setupCertificate = (chain: string) => invoke<unknown>('setup_certificate', { chain });
export const setupPractise = () => invoke<unknown>('setup_practise');

export const staffSignIn = (who: Credentials) => invoke<unknown>('staff_sign_in', { ...who });
export const staffSignOut = (session: string) => invoke<unknown>('staff_sign_out', { session });

/** The bytes of a picture, a sound or a video that a screen named. */
export const patientMedium = (session: string, id: string) =>
  invoke<MediumData>('patient_medium', { session, id });
/** What the device's clock shows, with its offset. */
export const patientNow = (session: string) => invoke<string>('patient_now', { session });
export const patientChooseLanguage = (turn: Turn, language: string) =>
  invoke<unknown>('patient_choose_language', { ...turn, language });
export const patientBegin = (turn: Turn) => invoke<unknown>('patient_begin', { ...turn });
export const patientAnswer = (turn: Turn, key: string, answers: Answer[]) =>
  invoke<unknown>('patient_answer', { ...turn, key, answers });
export const patientAdd = (turn: Turn, key: string) => invoke<unknown>('patient_add', { ...turn, key });
export const patientRemove = (turn: Turn, key: string, instance: number) =>
  invoke<unknown>('patient_remove', { ...turn, key, instance });
export const patientSkip = (turn: Turn, key: string) => invoke<unknown>('patient_skip', { ...turn, key });
export const patientNext = (turn: Turn) => invoke<unknown>('patient_next', { ...turn });
export const patientBack = (turn: Turn) => invoke<unknown>('patient_back', { ...turn });
/** Waits as long as a patient is kept waiting for a question that a server chooses. */
export const patientAsk = (turn: Turn) => invoke<unknown>('patient_ask', { ...turn });
export const patientReopen = (turn: Turn, key: string) => invoke<unknown>('patient_reopen', { ...turn, key });
export const patientGoto = (turn: Turn, key: string) => invoke<unknown>('patient_goto', { ...turn, key });
export const patientReviewDone = (turn: Turn) => invoke<unknown>('patient_review_done', { ...turn });
export const patientBackToReview = (turn: Turn) => invoke<unknown>('patient_back_to_review', { ...turn });
export const patientChoosePin = (turn: Turn, participantId: string, pin: string, again: string) =>
  invoke<unknown>('patient_choose_pin', { ...turn, participantId, pin, again });
export const patientSign = (turn: Turn, participantId: string, pin: string) =>
  invoke<unknown>('patient_sign', { ...turn, participantId, pin });
export const patientHandBack = (session: string, who: Credentials) =>
  invoke<unknown>('patient_hand_back', { session, ...who });

export const visits = (session: string) => invoke<Visit[]>('visits', { session });
export const visitChoices = (session: string) => invoke<VisitChoices>('visit_choices', { session });
export const participantAdd = (session: string, id: string, system: string, reference: string) =>
  invoke<VisitChoices>('participant_add', { session, id, system, reference });
export const visitStart = (session: string, participant: string, questionnaire: string) =>
  invoke<unknown>('visit_start', { session, participant, questionnaire });
export const visitHandOver = (session: string, visit: string) =>
  invoke<unknown>('visit_hand_over', { session, visit });
export const visitEnd = (session: string, visit: string, reason: string) =>
  invoke<unknown>('visit_end', { session, visit, reason });
export const pinReset = (
  session: string,
  participant: string,
  first: Credentials,
  second: Credentials,
  reason: string,
) => invoke<unknown>('pin_reset', { session, participant, first, second, reason });

/** What the server asks for, as it is known here. */
export const assignments = (session: string) => invoke<AssignmentList>('assignments', { session });
/** The same, once the server was asked. */
export const assignmentsPull = (session: string) => invoke<AssignmentList>('assignments_pull', { session });
export const assignmentStart = (session: string, id: string) =>
  invoke<unknown>('assignment_start', { session, id });

export const forms = (session: string) => invoke<FormList>('forms', { session });
export const formCheck = (session: string, content: string) =>
  invoke<FormReport>('form_check', { session, content });
export const formAdd = (session: string, check: string) => invoke<FormList>('form_add', { session, check });
export const formReport = (session: string, id: string) => invoke<FormReport>('form_report', { session, id });
export const formWithdraw = (session: string, id: string, reason: string) =>
  invoke<FormList>('form_withdraw', { session, id, reason });

export const outbox = (session: string) => invoke<OutboxRow[]>('outbox', { session });
export const outboxSendNow = (session: string) => invoke<unknown>('outbox_send_now', { session });
/** What the server keeps otherwise than it should, until somebody confirms having seen it. */
export const notices = (session: string) => invoke<NoticeRow[]>('notices', { session });
export const noticesConfirm = (session: string, ids: string[], password: string, reason: string) =>
  invoke<NoticeRow[]>('notices_confirm', { session, ids, password, reason });

export const alerts = (session: string) => invoke<AlertRow[]>('alerts', { session });
export const alert = (session: string, id: string) => invoke<AlertDetail>('alert', { session, id });
export const alertAct = (
  session: string,
  id: string,
  revision: number,
  action: AlertChoice,
  password: string,
  reason: string,
) => invoke<unknown>('alert_act', { session, id, revision, action, password, reason });

export const records = (session: string, wanted: RecordsWanted) =>
  invoke<RecordList>('records', { session, wanted });
export const record = (session: string, id: string) => invoke<RecordDetail>('record', { session, id });
export const recordExport = (session: string, id: string) =>
  invoke<{ path: string }>('record_export', { session, id });
export const recordReport = (session: string, id: string, language: string) =>
  invoke<{ path: string }>('record_report', { session, id, language });

export const recordsExportSubject = (session: string, participant: string) =>
  invoke<{ path: string }>('records_export_subject', { session, participant });

export const recordDocument = (session: string, id: string) =>
  invoke<{ path: string }>('record_document', { session, id });

export const deviceStatus = (session: string) => invoke<DeviceStatus>('device_status', { session });
/** Blocks as long as the server takes; nothing when it was called off. */
export const connectionCheck = (session: string) =>
  invoke<ConnectionLine[] | null>('connection_check', { session });
export const connectionCancel = (session: string) => invoke<null>('connection_cancel', { session });
export const staffAdd = (
  session: string,
  password: string,
  account: { person: FirstCoordinator; role: string },
) => invoke<DeviceStatus>('staff_add', { session, password, account });

export const credentials = (session: string) => invoke<Held>('credentials', { session });
export const tokenPut = (session: string, server: TokenFor, token: string, password: string) =>
  invoke<Held>('token_put', { session, server, token, password });
export const assertionKeyMake = (session: string, password: string) =>
  invoke<Held>('assertion_key_make', { session, password });
/** Asks for a folder with the operating system's dialog; `title` names it. */
export const assertionKeySave = (session: string, title: string) =>
  invoke<string | null>('assertion_key_save', { session, title });
export const studyBrought = (session: string) => invoke<StudyBrought>('study_brought', { session });
/** `files`: a newer signed document, or pictures of its codes, each as Base64. */
export const studyFiles = (session: string, files: string[]) =>
  invoke<StudyBrought>('study_files', { session, files });
export const studyForget = (session: string) => invoke<null>('study_forget', { session });
export const studyLoad = (session: string, document: string, password: string, reason: string) =>
  invoke<DeviceStatus>('study_load', { session, document, password, reason });
export const proxySet = (
  session: string,
  proxy: { url: string; user: string; password: string },
  password: string,
) => invoke<Held>('proxy_set', { session, proxy, password });
export const certificateRequest = (session: string, holder: CertificateHolder) =>
  invoke<CertificateRequest>('certificate_request', { session, holder });
export const certificateRequestSave = (session: string, holder: CertificateHolder, title: string) =>
  invoke<string | null>('certificate_request_save', { session, holder, title });
export const certificateTake = (
  session: string,
  holder: CertificateHolder,
  chain: string,
  password: string,
) => invoke<Held>('certificate_take', { session, holder, chain, password });
export const staffUnlock = (session: string, user: string, password: string) =>
  invoke<DeviceStatus>('staff_unlock', { session, user, password });
export const clockAccept = (session: string, password: string, reason: string) =>
  invoke<DeviceStatus>('clock_accept', { session, password, reason });
/** Asks for a folder with the operating system's dialog; `title` names it. */
export const emergencyFolder = (session: string, title: string) =>
  invoke<string | null>('emergency_folder', { session, title });
export const emergencyExport = (
  session: string,
  order: { password: string; reason: string; passphrase: string; again: string; drafts: boolean },
) => invoke<EmergencyExported>('emergency_export', { session, order });
/** Asks for another device's export in the same way. */
export const emergencyFile = (session: string, title: string) =>
  invoke<string | null>('emergency_file', { session, title });
export const emergencyOpen = (session: string, passphrase: string) =>
  invoke<EmergencyInside>('emergency_open', { session, passphrase });
export const emergencyImport = (session: string, exported: string, password: string, reason: string) =>
  invoke<EmergencyTaken>('emergency_import', { session, export: exported, password, reason });
export const practiceFaults = (session: string) => invoke<FaultPanel>('practice_faults', { session });
export const practiceSetFault = (session: string, fault: string, times: number) =>
  invoke<unknown>('practice_set_fault', { session, fault, times });
export const practiceListener = (session: string, open: boolean) =>
  invoke<unknown>('practice_listener', { session, open });
