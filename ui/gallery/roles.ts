// What site staff and inspectors see, and an alert of a further server.
import type { AlertDetail, AppView, DeviceStatus, NoticeRow, OutboxRow, RecordDetail } from '../src/bindings';
import type { Shown } from './shown';

type StaffView = Extract<AppView, { view: 'staff' }>;

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
  const alerts = { alerts: [alert], alert };
  return {
    'inspector-device': { view: inspector, way: ['rail-device'], answers: { device_status: device } },
    'inspector-outbox': { view: inspector, way: ['rail-outbox'], answers: { outbox } },
    'inspector-notices': {
      view: { ...inspector, status: { ...inspector.status, notices: notices.length } },
      way: ['rail-outbox', 'notices'],
      answers: { outbox, notices },
    },
    'site-staff-device': { view: siteStaff, way: ['rail-device'], answers: { device_status: device } },
    'site-staff-alert': {
      view: { ...siteStaff, openAlerts: 1 },
      way: ['rail-alerts', 'alert-open', 'alert-not-yours'],
      answers: alerts,
    },
    'alert-elsewhere': {
      view: { ...staff, openAlerts: 1 },
      way: ['rail-alerts', 'alert-open', 'alert-endpoint'],
      answers: alerts,
    },
    'alerts-elsewhere': { view: { ...staff, openAlerts: 1 }, way: ['rail-alerts'], answers: alerts },
  };
}
