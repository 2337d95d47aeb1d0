// The only door to the backend. Every command that changes something answers with the next view; the page redraws.
import { invoke } from '@tauri-apps/api/core';
import type {
  AlertChoice,
  AlertDetail,
  AlertRow,
  Answer,
  AppView,
  CommandError,
  DeviceStatus,
  FaultPanel,
  FormList,
  FormReport,
  MediumData,
  OutboxRow,
  RecordDetail,
  RecordList,
  Visit,
  VisitChoices,
} from './bindings';

/** What every command of a patient's session carries: a stale revision is refused by the backend. */
export type Turn = { session: string; revision: number };
export type Credentials = { user: string; password: string };

/** A refusal as the backend words it, whatever was thrown. */
export function refusal(thrown: unknown): CommandError {
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown) {
    const { code, message, said, limit } = thrown as Partial<Record<keyof CommandError, unknown>>;
    return {
      code: String(code),
      message: typeof message === 'string' ? message : '',
      ...(typeof said === 'string' ? { said } : {}),
      ...(typeof limit === 'number' ? { limit } : {}),
    };
  }
  return { code: 'unknown', message: String(thrown) };
}

/** `active`: the staff session in which the page was touched since it last asked, if any; `language`: what it is read in. */
export const view = (active: string | null, language: string) =>
  invoke<AppView>('view', { active, language });
/** Starts the app anew: the operating system's keystore is asked again only by a new process. */
export const tryAgain = () => invoke<null>('try_again');

export const staffSignIn = (who: Credentials) => invoke<unknown>('staff_sign_in', { ...who });
export const staffSignOut = (session: string) => invoke<unknown>('staff_sign_out', { session });

/** The bytes of a picture, a sound or a video that a screen named. */
export const patientMedium = (session: string, id: string) =>
  invoke<MediumData>('patient_medium', { session, id });
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

export const forms = (session: string) => invoke<FormList>('forms', { session });
export const formCheck = (session: string, content: string) =>
  invoke<FormReport>('form_check', { session, content });
export const formAdd = (session: string, check: string) => invoke<FormList>('form_add', { session, check });
export const formReport = (session: string, id: string) => invoke<FormReport>('form_report', { session, id });
export const formWithdraw = (session: string, id: string, reason: string) =>
  invoke<FormList>('form_withdraw', { session, id, reason });

export const outbox = (session: string) => invoke<OutboxRow[]>('outbox', { session });
export const outboxSendNow = (session: string) => invoke<unknown>('outbox_send_now', { session });

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

export const records = (session: string) => invoke<RecordList>('records', { session });
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
export const staffUnlock = (session: string, user: string, password: string) =>
  invoke<DeviceStatus>('staff_unlock', { session, user, password });
export const clockAccept = (session: string, password: string, reason: string) =>
  invoke<DeviceStatus>('clock_accept', { session, password, reason });
export const practiceFaults = (session: string) => invoke<FaultPanel>('practice_faults', { session });
export const practiceSetFault = (session: string, fault: string, times: number) =>
  invoke<unknown>('practice_set_fault', { session, fault, times });
export const practiceListener = (session: string, open: boolean) =>
  invoke<unknown>('practice_listener', { session, open });
