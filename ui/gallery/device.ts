// The pages of the device: what there is to see of it, its connection, its credentials, and what to do when it fails.
import type {
  ConnectionLine,
  Credentials,
  DeviceStatus,
  EmergencyInside,
  StudyBrought,
  StudyOffered,
} from '../src/bindings';
import { CHECKS } from '../src/staff/checks';
import { REQUEST } from './setup';
import { AT, device, type Shown, staff } from './shown';

/** What is only remarked upon. */
const REMARKS = ['no-representation', 'no-vread', 'reports-refused', 'reports-search-forbidden'];

/** All lines: these are wrong, or remarked upon, and these were not tried, or are not needed. */
const lines = (
  wrong: Record<string, [string, string?]>,
  beside: string[] = [],
  without: 'notTried' | 'notNeeded' = 'notTried',
): ConnectionLine[] =>
  CHECKS.map((check) => {
    const [code = null, value = null] = wrong[check] ?? [];
    const remarked = code !== null && REMARKS.includes(code);
    const state = remarked ? 'noticed' : code ? 'failed' : beside.includes(check) ? without : 'passed';
    return { check, server: null, state, code, value, detail: code };
  });

/** The lines about a further server of the study. */
const elsewhere = (server: string, closed: boolean): ConnectionLine[] => [
  {
    check: 'reached',
    server,
    state: closed ? 'failed' : 'passed',
    code: closed ? 'refused' : null,
    value: closed ? 'registry.example:8443' : null,
    detail: closed ? 'refused' : null,
  },
  { check: 'secure', server, state: closed ? 'notTried' : 'passed', code: null, value: null, detail: null },
];

const connection = (found: ConnectionLine[] | null, restart = false): Shown => ({
  view: staff,
  way: ['rail-device', 'connection', ...(found ? ['connection-check'] : [])],
  answers: { device_status: { ...device, restart }, connection_check: found },
});

/** What the device shows servers. */
const crediting = (method: Credentials['method'], way: string[] = [], restart = false): Shown => ({
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
      restart,
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

/** A newer version of the study's document; `way` goes on from there. */
const renewing = (brought: StudyBrought, way: string[] = []): Shown => ({
  view: staff,
  way: ['rail-device', 'study-new', ...way],
  answers: { device_status: device, study_brought: brought },
});

const offered: StudyOffered = {
  title: 'Fatigue after a knee operation, a study with a long name',
  before: 3,
  version: 4,
  issued: AT,
  sha256: 'jD5m0wQkT1y9hC2vS8aZ4eXnB7uR6pLgKfYtIoHcVqM',
  signer: 'rGQp6rRfO0HPhPeAVHebkFhkEXJ7_VsXnxfrODb1XGU',
  sameSigner: false,
  forms: [
    {
      change: 'replaced',
      title: 'Fatigue in the last seven days',
      canonical: 'https://study.example/Questionnaire/fatigue|2.0',
      before: 'https://study.example/Questionnaire/fatigue|1.0',
      start: '2027-01-01',
      end: null,
    },
    {
      change: 'removed',
      title: 'Visit of the knee',
      canonical: 'https://study.example/Questionnaire/knee-visit|2.1',
      before: null,
      start: null,
      end: null,
    },
  ],
  members: [
    { member: 'ledgerToken', before: null, after: 'true' },
    { member: 'pinDigits', before: '4', after: '6' },
    {
      member: 'sites',
      before: 'University Hospital, Orthopaedics (014)',
      after: 'University Hospital, Orthopaedics (014), Clinic by the Lake (015)',
    },
    { member: 'terminologyServers', before: null, after: 'https://terminology.study.example/fhir' },
    { member: 'trustAnchors', before: '…', after: '…' },
  ],
};

/** What is typed into the dialog that asks for password and reason. */
const confirmed = ['reason=The battery is swelling.', 'approve-password=secret', 'approve-confirm'];

export const DEVICE: Record<string, Shown> = {
  connection: connection(null),
  'connection-restart': connection(lines({}), true),
  'connection-good': connection(lines({})),
  'connection-local': connection(lines({}, ['secure', 'assignments'], 'notNeeded')),
  'connection-remarked': connection(
    lines({
      representation: ['no-representation'],
      readBack: ['no-vread', 'QuestionnaireResponse, Provenance'],
      reports: ['reports-search-forbidden'],
    }),
  ),
  'connection-bad': connection(
    lines({
      clock: ['clock-behind', '94'],
      representation: ['no-representation'],
      conditionalCreate: ['no-conditional-create', '201'],
      provenanceTarget: ['version-stripped'],
      readBack: ['read-forbidden', 'QuestionnaireResponse'],
      certificate: ['document-forbidden'],
      reports: ['reports-refused', '403: no'],
      assignments: ['assignments-forbidden', 'Task, Patient'],
    }),
  ),
  'connection-refused': connection(
    lines({
      representation: ['no-representation'],
      provenanceTarget: [
        'reference-missing',
        '400: HAPI-1094: Resource Device/device-014-3 not found, specified in path: Provenance.agent.who',
      ],
    }),
  ),
  'connection-elsewhere': connection([
    ...lines({}),
    ...elsewhere('https://fhir.partner-hospital.example/fhir/r4', false),
    ...elsewhere('https://registry.example:8443/fhir', true),
  ]),
  'connection-away': connection(lines({ reached: ['refused', 'fhir.example:8443'] }, CHECKS.slice(1))),
  'connection-unknown': connection(lines({ reached: ['unknown-host', 'fihr.example'] }, CHECKS.slice(1))),
  'connection-locked-out': connection(
    lines({ capability: ['other-release', '5.0.0'], authentication: ['not-registered'] }, CHECKS.slice(5)),
  ),
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
  'device-restart': {
    view: staff,
    way: ['rail-device', 'device-restart'],
    answers: { device_status: { ...device, restart: true } },
  },
  'credentials-restart': crediting('bearer', ['credentials-changed'], true),
  'credentials-proxy': crediting('mutualTls', ['proxy-change']),
  'study-new': renewing({ codes: null, offered: null }),
  'study-codes': renewing({ codes: { have: 3, of: 7, missing: [2, 5, 6, 7] }, offered: null }),
  'study-offered': renewing({ codes: null, offered }),
  'study-same': renewing({ codes: null, offered: { ...offered, sameSigner: true, forms: [], members: [] } }),
  'study-load': renewing({ codes: null, offered }, ['study-load', 'approve-dialog']),
  'study-loaded': {
    view: staff,
    way: ['rail-device', 'study-next'],
    answers: {
      device_status: {
        ...device,
        restart: true,
        study: { title: offered.title, version: 3, next: 4, unfit: null },
      },
    },
  },
  'study-unfit': {
    view: { ...staff, status: { ...staff.status, studyUnfit: true } },
    way: ['rail-device', 'study-unfit-reason'],
    answers: {
      device_status: {
        ...device,
        study: {
          title: offered.title,
          version: 3,
          next: null,
          unfit: 'policy.pinDigits is not from 4 to 8: a PIN has at least as many digits',
        },
      },
    },
  },
  'credentials-bearer': crediting('bearer'),
  'credentials-smart': crediting('smartBackendServices'),
  'credentials-tls': crediting('mutualTls'),
  'certificate-renew': crediting('none', ['certificate-device']),
  'account-add': { view: staff, way: ['rail-device', 'account-add'], answers: { device_status: device } },
};
