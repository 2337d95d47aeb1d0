// The staff's screens that are hard to come by: what a study's server does wrong, what a server changed and the study
// allows, and why the app did not start.
import type {
  AppView,
  ConnectionLine,
  Credentials,
  DeviceStatus,
  EmergencyInside,
  FormList,
  FormReport,
  OutboxRow,
  RecordDetail,
  RecordList,
  RecordRow,
  RecordsWanted,
} from '../src/bindings';
import { CHECKS } from '../src/staff/checks';
import { roles } from './roles';
import { REQUEST, SET_UP } from './setup';

export type Shown = {
  view: AppView;
  /** What is pressed, one after the other, to come there. */
  way: string[];
  /** What the backend says to each command; a function is asked with what the page gave. */
  answers: Record<string, unknown>;
};

const AT = '2026-11-21T09:41:07+01:00';

const staff: Extract<AppView, { view: 'staff' }> = {
  view: 'staff',
  session: 'gallery',
  user: 'okafor',
  displayName: 'Dr. Ngozi Okafor',
  site: 'Site 014',
  device: 'Tablet 3',
  role: 'coordinator',
  rights: ['visits', 'pins', 'records', 'exports', 'alerts', 'forms', 'device', 'emergency'],
  status: { level: 'good', code: 'allProven', count: 14, total: 14, checkedAt: AT, practiceFault: null },
  openAlerts: 0,
  practice: false,
};

const device: DeviceStatus = {
  certificate: {
    subject: 'CN=Tablet 3, O=Site 014',
    issuer: 'CN=Study authority',
    notBefore: '2026-01-01T00:00:00Z',
    notAfter: '2027-12-31T00:00:00Z',
    thumbprint: '0f'.repeat(32),
    percentUsed: 44,
  },
  keystore: { name: 'Secret Service', ok: true },
  server: { url: 'https://fhir.study.example/r4', reachable: true, lastContact: AT },
  clock: { differenceSeconds: 2, behind: null },
  accounts: [
    { user: 'okafor', displayName: 'Dr. Ngozi Okafor', role: 'coordinator', locked: false },
    { user: 'haddad', displayName: 'Samir Haddad', role: 'siteStaff', locked: false },
  ],
  version: 'Attesta 0.1.0',
  dataFolder: '/home/site/.local/share/attesta',
  exportFolder: '/home/site/Attesta',
  restart: false,
  recoveryKey: false,
};

/** Eight lines: these are wrong, and what is named `-` was not tried. */
const lines = (wrong: Record<string, [string, string?]>, notTried: string[] = []): ConnectionLine[] =>
  CHECKS.map((check) => {
    const [code = null, value = null] = wrong[check] ?? [];
    const state = code ? 'failed' : notTried.includes(check) ? 'notTried' : 'passed';
    return { check, state, code, value, detail: code };
  });

const connection = (found: ConnectionLine[] | null): Shown => ({
  view: staff,
  way: ['rail-device', 'connection', ...(found ? ['connection-check'] : [])],
  answers: { device_status: device, connection_check: found },
});

/** What the device shows servers. */
const crediting = (method: Credentials['method'], way: string[] = []): Shown => ({
  view: staff,
  way: ['rail-device', 'credentials', ...way],
  answers: {
    device_status: device,
    credentials: {
      method,
      ready: method === 'smartBackendServices',
      clientId: method === 'smartBackendServices' ? 'attesta-fatigue-014' : null,
      keySet: method === 'smartBackendServices' ? '{"keys":[{"kty":"EC","crv":"P-384","use":"sig"}]}' : null,
      ledgerToken: method === 'bearer' ? false : null,
      proxy: method === 'mutualTls' ? 'http://proxy.hospital.example:3128' : null,
      proxyUser: method === 'mutualTls' ? 'attesta' : null,
      certificates: [
        { holder: 'device', subject: 'CN=Tablet 3', notAfter: '2027-12-31T00:00:00Z', percentUsed: 44 },
        ...(method === 'mutualTls'
          ? [{ holder: 'authentication' as const, subject: null, notAfter: null, percentUsed: 0 }]
          : []),
      ],
      restart: false,
    } satisfies Credentials,
    certificate_request: { identifier: 'urn:uuid:0c6f1f43-5a52-4f0e-8a3c-8d9f1c2b3a4d', request: REQUEST },
  },
});

const inside: EmergencyInside = {
  export: 'urn:uuid:8b0a2f0e-8f4f-4a94-9d0c-5c6a3f1f7c11',
  device: 'Tablet 1',
  site: 'Site 014',
  study: 'Fatigue after a knee operation, a study with a long name',
  own: false,
  madeAt: AT,
  madeBy: 'keller',
  reason: 'The battery is swelling and the screen goes dark.',
  unrecorded: 'disk-full',
  records: 12,
  known: 2,
  drafts: 1,
  done: 214,
};

/** What there is for a device that fails; `way` goes on from there. */
const emergency = (way: string[], more: Partial<DeviceStatus> = {}, found = inside): Shown => ({
  view: staff,
  way: ['rail-device', 'emergency', ...way],
  answers: {
    device_status: { ...device, ...more },
    emergency_folder: '/media/site/STICK',
    emergency_file: '/media/site/STICK/attesta-emergency-8b0a2f0e-20261121-094107.jwe',
    emergency_open: found,
    emergency_export: {
      path: '/media/site/STICK/attesta-emergency-8b0a2f0e-20261121-094107.jwe',
      recoveryKey: more.recoveryKey ?? false,
      records: 12,
      drafts: 1,
      done: 214,
      unrecorded: 'disk-full',
    },
    emergency_import: { device: 'Tablet 1', records: 10, known: 2, drafts: 1 },
  },
});

/** What is typed into the dialog that asks for password and reason. */
const confirmed = ['reason=The battery is swelling.', 'approve-password=secret', 'approve-confirm'];

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
  supportedCount: 0,
  supported: [],
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
  connection: connection(null),
  'connection-good': connection(lines({})),
  'connection-bad': connection(
    lines({
      clock: ['clock-behind', '94'],
      representation: ['no-representation'],
      conditionalCreate: ['no-conditional-create', '201'],
      provenanceTarget: ['version-stripped'],
    }),
  ),
  'connection-away': connection(lines({ reached: ['refused'] }, CHECKS.slice(1))),
  'connection-locked-out': connection(
    lines({ capability: ['other-release', '5.0.0'], authentication: ['not-registered'] }, CHECKS.slice(5)),
  ),
  questionnaires: { view: staff, way: ['rail-questionnaires'], answers: { forms, form_check: report } },
  'questionnaires-none': {
    view: staff,
    way: ['rail-questionnaires'],
    answers: { forms: { ...forms, rows: [], servers: [] } },
  },
  emergency: emergency(['emergency-folder']),
  'emergency-refused': emergency(['emergency-new=short', 'emergency-export', 'problem']),
  'emergency-confirm': emergency(['emergency-export', 'approve-dialog'], { recoveryKey: true }),
  'emergency-exported': emergency(['emergency-export', ...confirmed, 'emergency-exported'], {
    recoveryKey: true,
  }),
  'emergency-inside': emergency(['emergency-file', 'emergency-open', 'emergency-inside']),
  'emergency-nothing': emergency(
    ['emergency-file', 'emergency-open', 'emergency-nothing'],
    {},
    {
      ...inside,
      known: 12,
      drafts: 0,
      unrecorded: null,
    },
  ),
  'emergency-taken': emergency([
    'emergency-file',
    'emergency-open',
    'emergency-import',
    ...confirmed,
    'emergency-taken',
  ]),
  device: { view: staff, way: ['rail-device'], answers: { device_status: device } },
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
        practiceFault: null,
      },
    },
    way: ['rail-outbox', 'outbox-foremost'],
    answers: { outbox: many },
  },
  ...roles(staff, device, record, outbox),
  'credentials-bearer': crediting('bearer'),
  'credentials-smart': crediting('smartBackendServices'),
  'credentials-tls': crediting('mutualTls'),
  'certificate-renew': crediting('none', ['certificate-device']),
  'account-add': { view: staff, way: ['rail-device', 'account-add'], answers: { device_status: device } },
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

/** Presses what leads to the screen, each as soon as it is there; `testid=text` types the text instead. */
export async function go(way: string[]): Promise<void> {
  for (const step of way) {
    const [testid, text] = step.split('=');
    for (let tries = 0; tries < 200; tries += 1) {
      const found = document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
      if (found) {
        if (
          text !== undefined &&
          (found instanceof HTMLInputElement || found instanceof HTMLTextAreaElement)
        ) {
          found.value = text;
          found.dispatchEvent(new Event('input', { bubbles: true }));
        } else found.click();
        break;
      }
      await new Promise((later) => setTimeout(later, 20));
    }
  }
}
