// What site staff and inspectors see, and an alert of a further server.
import type { AlertDetail, AppView, DeviceStatus, NoticeRow, OutboxRow, RecordDetail } from '../src/bindings';
import type { Shown } from './shown';

type StaffView = Extract<AppView, { view: 'staff' }>;

/** The same with so many open alerts, as the line of status says too. */
const alarmed = (view: StaffView, count: number): StaffView => ({
  ...view,
  status: { ...view.status, level: 'bad', code: 'alerts', count },
  openAlerts: count,
});

export function roles(
  staff: StaffView,
  device: DeviceStatus,
  record: RecordDetail,
  outbox: OutboxRow[],
  notices: NoticeRow[],
): Record<string, Shown> {
  const inspector: StaffView = {
    ...staff,
    user: 'novak',
    displayName: 'Eva Novak',
    role: 'inspector',
    rights: ['records', 'exports'],
  };
  const siteStaff: StaffView = {
    ...staff,
    user: 'haddad',
    displayName: 'Samir Haddad',
    role: 'siteStaff',
    rights: ['visits', 'pins', 'records'],
  };
  const alert: AlertDetail = {
    id: 'a1',
    endpoint: 'National pain registry',
    participant: record.participant,
    questionnaireTitle: record.questionnaireTitle,
    kind: 'different',
    raisedAt: '2026-11-21T09:41:07+01:00',
    open: true,
    outcome: null,
    changeCount: 1,
    revision: 1,
    server: 'https://registry.example/fhir',
    target: 'QuestionnaireResponse/4711/_history/1',
    found: [],
    refusal: [],
    signedAt: '2026-11-21T09:40:31+01:00',
    returnedAt: '2026-11-21T09:41:06+01:00',
    identicalElements: 41,
    changes: [
      {
        path: 'QuestionnaireResponse.item[3].answer[0].valueDecimal',
        words: { question: 'How strong was your pain in the last week?', item: 4, element: 'answer' },
        sent: '7.0',
        returned: '7',
      },
    ],
    actions: [],
    canSendAgain: true,
  };
  /** The page of one alert, and what is pressed, or there, on it. */
  const opened = (view: StaffView, one: AlertDetail, last: string): Shown => ({
    view: alarmed(view, 1),
    way: ['rail-alerts', 'alert-open', last],
    answers: { alerts: [one], alert: one },
  });
  const gone: AlertDetail = {
    ...alert,
    id: 'a2',
    endpoint: null,
    kind: 'missing',
    changeCount: 0,
    server: 'https://fhir.example/r4',
    target: 'Provenance/4712/_history/1',
    refusal: ['Resource Provenance/4712 is not known'],
    identicalElements: 0,
    changes: [],
  };
  const refused: AlertDetail = {
    ...gone,
    id: 'a3',
    kind: 'quarantined',
    target: null,
    refusal: [
      'HAPI-1094: Resource Patient/014-0007 not found, specified in path: QuestionnaireResponse.subject',
      'QuestionnaireResponse.item[3].answer[0].value[x]: the value is not in the value set',
    ],
  };
  const several: AlertDetail = {
    ...gone,
    id: 'a4',
    kind: 'duplicates',
    target: null,
    refusal: [],
    found: ['QuestionnaireResponse/4711/_history/1', 'QuestionnaireResponse/4790/_history/1'],
  };
  return {
    'inspector-device': { view: inspector, way: ['rail-device'], answers: { device_status: device } },
    'inspector-outbox': { view: inspector, way: ['rail-outbox'], answers: { outbox } },
    'inspector-notices': {
      view: { ...inspector, status: { ...inspector.status, notices: notices.length } },
      way: ['rail-outbox', 'notices'],
      answers: { outbox, notices },
    },
    'site-staff-device': { view: siteStaff, way: ['rail-device'], answers: { device_status: device } },
    'site-staff-alert': opened(siteStaff, alert, 'alert-not-yours'),
    'alert-elsewhere': opened(staff, alert, 'alert-endpoint'),
    'alert-missing': opened(staff, gone, 'alert-refusal'),
    'alert-refused': opened(staff, refused, 'alert-refusal'),
    'alert-missing-again': opened(staff, gone, 'alert-send-again'),
    'alert-refused-accept': opened(staff, refused, 'alert-accept'),
    'alert-elsewhere-again': opened(staff, alert, 'alert-send-again'),
    'alert-several': opened(staff, several, 'alert-found'),
    'alerts-missing': {
      view: alarmed(staff, 2),
      way: ['rail-alerts'],
      answers: { alerts: [gone, refused, several, alert] },
    },
    'alerts-elsewhere': { view: alarmed(staff, 1), way: ['rail-alerts'], answers: { alerts: [alert] } },
  };
}
