// The staff's screens that are hard to come by: what a server changed and the study allows, forms, and long lists.
import type {
  FormList,
  FormReport,
  NoticeRow,
  OutboxRow,
  RecordDetail,
  RecordList,
  RecordRow,
  RecordsWanted,
} from '../src/bindings';
import { DEVICE } from './device';
import { FRONT } from './front';
import { roles } from './roles';
import { SET_UP } from './setup';
import { AT, device, type Shown, staff } from './shown';

const moment = (kind: string, minute: number, detail: string | null = null, actor = 'device') => ({
  kind,
  at: AT.replace('41', String(minute)),
  actor,
  detail,
  endpoint: null,
});

const record: RecordDetail = {
  id: 'r1',
  participant: '014-0027',
  questionnaireTitle: 'Daily pain diary',
  signedAt: AT,
  state: 'done',
  target: 'QuestionnaireResponse/17/_history/1',
  endpoints: [],
  timeline: [
    moment('answered', 32, null, '014-0027'),
    moment('signed', 41, null, '014-0027'),
    moment('sent', 41),
    moment('kept', 41, 'QuestionnaireResponse/17/_history/1'),
    moment('tolerated', 42, 'references-lose-version'),
    moment('compared', 42),
    moment('provenanceSent', 42),
    moment('proven', 42, 'Provenance/18/_history/1'),
  ],
  signatures: [],
  verdicts: [],
  overall: 'valid',
  notes: [],
  answers: [{ text: 'How strong was your pain?', answer: '62' }],
  undecided: ['knee.where', 'knee.how-long[2]'],
  exportFolder: '/home/site/Attesta',
  ledger: true,
};

const forms: FormList = {
  rows: (['offered', 'withdrawn'] as const).map((state, index) => ({
    id: String(index),
    title: 'Daily pain diary',
    url: 'https://study.example/fhir/Questionnaire/daily-pain-diary',
    version: `1.${2 - index}.0`,
    languages: ['en', 'de', 'es', 'ar'],
    questionCount: 9,
    usable: true,
    state,
    addedAt: AT,
    addedBy: 'okafor',
    endedAt: state === 'offered' ? null : AT,
    endedBy: state === 'offered' ? null : 'okafor',
    reason: state === 'offered' ? null : 'Not in this study',
  })),
  maxBytes: 10 * 1024 * 1024,
  servers: ['https://terminology.study.example/fhir'],
};

const report: FormReport = {
  check: 'check',
  usable: true,
  known: false,
  title: 'Daily pain diary',
  canonical: 'https://study.example/fhir/Questionnaire/daily-pain-diary|1.3.0',
  sha256: 'hash',
  languages: ['en', 'de'],
  questionCount: 9,
  replaces: null,
  valueSets: [],
  refused: { total: 0, shown: [] },
  warnings: { total: 0, shown: [] },
  ignored: { total: 0, shown: [] },
  notes: { total: 0, shown: [] },
  supportedCount: 0,
  supported: [],
};

/** What was understood of a questionnaire. */
const understood: Pick<FormReport, 'supportedCount' | 'supported'> = {
  supportedCount: 3,
  supported: [
    { linkId: 'photo', extension: 'http://hl7.org/fhir/StructureDefinition/maxSize', bytes: '5000000' },
    { linkId: 'photo', extension: 'http://hl7.org/fhir/StructureDefinition/mimeType', bytes: null },
  ],
};

/** A Task named three servers: one has proven it, one changed it, and one is away. */
const several: RecordDetail = {
  ...record,
  state: 'alert',
  endpoints: [
    {
      name: null,
      address: 'https://fhir.study.example/r4',
      state: 'done',
      target: 'QuestionnaireResponse/17/_history/1',
      problem: null,
    },
    {
      name: 'National pain registry',
      address: 'https://registry.example/fhir',
      state: 'alert',
      target: 'QuestionnaireResponse/4711/_history/1',
      problem: 'different',
    },
    {
      name: 'University clinic',
      address: 'https://fhir.clinic.example/r4',
      state: 'frozen',
      target: null,
      problem: 'timeout',
    },
  ],
  timeline: [
    ...record.timeline,
    { ...moment('sent', 42), endpoint: 'National pain registry' },
    { ...moment('alert', 42), endpoint: 'National pain registry' },
  ],
  undecided: [],
};

const outbox: OutboxRow[] = several.endpoints.map((one, at) => ({
  id: `o${at}`,
  record: 'r1',
  endpoint: one.name,
  participant: record.participant,
  questionnaireTitle: record.questionnaireTitle,
  signedAt: AT,
  state: one.state,
  attempts: 1,
  nextAttemptAt: null,
  problem: one.problem,
}));

/** What the server keeps otherwise than it should: the one with a record of this device, the other of a further server. */
const notices: NoticeRow[] = [
  {
    id: 'n1',
    kind: 'reportAltered',
    participant: record.participant,
    endpoint: null,
    found: ['AuditEvent/29/_history/1'],
    raisedAt: AT,
  },
  {
    id: 'n2',
    kind: 'provenanceTwice',
    participant: record.participant,
    endpoint: 'National pain registry',
    found: ['Provenance/18/_history/1', 'Provenance/8f1c2f5e-7d37-4a42-9d6e-3c6d1d9a5b10/_history/1'],
    raisedAt: AT,
  },
];

/** Those that are confirmed wait no longer. */
function confirming() {
  let left = notices;
  return {
    notices: () => left,
    notices_confirm: ({ ids }: { ids: string[] }) => {
      left = left.filter((one) => !ids.includes(one.id));
      return left;
    },
  };
}

/** As many as the backend lists of what waits; there are more. */
const many: OutboxRow[] = outbox.slice(0, 1).flatMap((one) =>
  Array.from({ length: 200 }, (_, at) => ({
    ...one,
    id: `many${at}`,
    endpoint: null,
    participant: `014-${String(1200 - at).padStart(4, '0')}`,
    state: 'frozen' as const,
    nextAttemptAt: AT,
    problem: 'refused',
  })),
);

const records = (rows: RecordRow[], total: number, organization: boolean): RecordList => ({
  rows,
  total,
  next: total > rows.length ? 40 : null,
  organization,
  participants: [...new Set(rows.map((row) => row.participant))].sort(),
});

/** A page of very many, the way the backend gives them; `proven` leaves none. */
const pageOfRecords = ({ wanted }: { wanted: RecordsWanted }): RecordList => {
  const total = wanted.proven === true ? 0 : 12_345;
  const from = wanted.before ?? total + 1;
  const rows = Array.from({ length: Math.min(wanted.most ?? 100, from - 1) }, (_, at) => ({
    ...record,
    id: `many${from - 1 - at}`,
    participant: `014-${String((from - 1 - at) % 1000).padStart(4, '0')}`,
    state: 'frozen' as const,
    target: null,
  }));
  return { ...records(rows, total, true), next: total > 0 ? from - rows.length : null };
};

export const STAFF: Record<string, Shown> = {
  questionnaires: { view: staff, way: ['rail-questionnaires'], answers: { forms, form_check: report } },
  'questionnaire-report': {
    view: staff,
    way: ['rail-questionnaires', 'form-report', 'form-supported'],
    answers: { forms, form_report: { ...report, check: null, ...understood } },
  },
  'questionnaires-none': {
    view: staff,
    way: ['rail-questionnaires'],
    answers: { forms: { ...forms, rows: [], servers: [] } },
  },
  record: {
    view: staff,
    way: ['rail-records', 'record-open'],
    answers: { records: records([record], 1, true), record },
  },
  'record-servers': {
    view: staff,
    way: ['rail-records', 'record-open'],
    answers: { records: records([several], 1, false), record: several },
  },
  'records-many': {
    view: staff,
    way: ['rail-records', 'records-more'],
    answers: { records: pageOfRecords },
  },
  'outbox-servers': { view: staff, way: ['rail-outbox'], answers: { outbox } },
  ...FRONT,
  ...DEVICE,
  ...SET_UP,
  'outbox-many': {
    view: {
      ...staff,
      status: {
        level: 'warn',
        code: 'offline',
        count: 100000,
        total: 100014,
        checkedAt: AT,
        until: null,
        pause: null,
        untakenReports: 0,
        notices: 0,
        studyUnfit: false,
        practiceFault: null,
      },
    },
    way: ['rail-outbox', 'outbox-foremost'],
    answers: { outbox: many },
  },
  'paused-revoked': {
    view: {
      ...staff,
      status: {
        ...staff.status,
        level: 'bad',
        code: 'paused',
        pause: 'certificateRevoked',
        count: 5,
        total: 19,
      },
    },
    way: ['rail-outbox'],
    answers: { outbox: many.slice(0, 5) },
  },
  'disk-full': {
    view: { ...staff, status: { ...staff.status, level: 'bad', code: 'diskFull', count: 5, total: 19 } },
    way: ['rail-outbox'],
    answers: { outbox: many.slice(0, 5) },
  },
  'outbox-not-fhir': {
    view: {
      ...staff,
      status: {
        ...staff.status,
        level: 'warn',
        code: 'notFhir',
        count: 2,
        total: 16,
        untakenReports: 3,
        notices: 2,
      },
    },
    way: ['rail-outbox', 'outbox-reports', 'notices'],
    answers: { outbox, notices },
  },
  'notices-confirming': {
    view: { ...staff, status: { ...staff.status, notices: 2 } },
    way: ['rail-outbox', 'notices-confirm'],
    answers: { outbox, ...confirming() },
  },
  'storage-failed': {
    view: { ...staff, status: { ...staff.status, level: 'bad', code: 'storage', count: 1, total: 15 } },
    way: ['rail-device'],
    answers: { device_status: device },
  },
  ...roles(staff, device, record, outbox, notices),
  'participant-begin': {
    view: staff,
    way: ['visit-start', 'participant-begin'],
    answers: {
      visits: [],
      assignments: { enabled: false, due: [], refused: [], untold: [], pulledAt: null, problem: null },
      visit_choices: {
        participants: [{ id: '014-0027', label: '014-0027' }],
        participantSystem: 'https://study.example/participants',
        questionnaires: [{ id: 'gad-7', title: 'GAD-7', languages: ['en', 'de'] }],
      },
    },
  },
};
