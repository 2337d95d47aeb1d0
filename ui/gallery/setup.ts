// Setting a device up: what a document says, and what comes after it.
import type { CodesFound, SetUpStep, StudyFound } from '../src/bindings';
import type { Shown } from './shown';

const found: StudyFound = {
  title: 'Fatigue after a knee operation, a study with a long name',
  id: 'urn:uuid:5d1a0f3e-7a52-4c0b-9a38-0d6a3b1f2c44',
  version: 3,
  issued: '2026-11-20T09:00:00+01:00',
  server: 'https://fhir.study.example/r4',
  fhirVersion: 'R4',
  authentication: 'smartBackendServices',
  sha256: 'jD5m0wQkT1y9hC2vS8aZ4eXnB7uR6pLgKfYtIoHcVqM',
  signer: 'rGQp6rRfO0HPhPeAVHebkFhkEXJ7_VsXnxf',
  compared: false,
  sites: [
    { id: '014', name: 'University Hospital, Orthopaedics' },
    { id: '015', name: 'Clinic by the Lake' },
  ],
  questionnaires: [
    {
      title: 'Fatigue in the last seven days',
      canonical: 'https://study.example/Questionnaire/fatigue|1.0',
      embedded: true,
    },
    {
      title: 'https://study.example/Questionnaire/knee-visit|2.1',
      canonical: 'https://study.example/Questionnaire/knee-visit|2.1',
      embedded: false,
    },
  ],
};

const compared = { ...found, compared: true, signer: 'rGQp6rRfO0HPhPeAVHebkFhkEXJ7_VsXnxfrODb1XGU' };

export const REQUEST = `-----BEGIN CERTIFICATE REQUEST-----
MIIBCzCBsgIBADAYMRYwFAYDVQQDDA1BdHRlc3RhIDAxNC0zMFkwEwYHKoZIzj0C
AQYIKoZIzj0DAQcDQgAEq7jQbX0kD4fWqk0oQm0K2Yf9XvWk3m0yUu3xq2l2b3bC
-----END CERTIFICATE REQUEST-----
`;

const shown = (step: SetUpStep, way: string[] = [], answers: Record<string, unknown> = {}): Shown => ({
  view: { view: 'setUp', step, languages: [] },
  way,
  answers,
});

const study = (more: { codes?: CodesFound; found?: StudyFound; wasHere?: string } = {}): SetUpStep => ({
  step: 'study',
  practice: true,
  wasHere: more.wasHere ?? null,
  codes: more.codes ?? null,
  found: more.found ?? null,
});

const certificate: SetUpStep = {
  step: 'certificate',
  study: found.title,
  site: '014',
  device: 'Attesta 014-3',
  identifier: 'urn:uuid:0c6f1f43-5a52-4f0e-8a3c-8d9f1c2b3a4d',
  request: REQUEST,
};

/** What the camera shows is nothing, then a code, nothing again, then the other code. */
const scanned = () => {
  const sees: (SetUpStep | null)[] = [
    null,
    study({ codes: { have: 1, of: 2, missing: [2] } }),
    null,
    null,
    study({ found }),
  ];
  const nothing = { code: 'codes-none', message: '' };
  return (): unknown => {
    // The other code comes before the camera when the test says so.
    if (sees.length === 1 && !document.documentElement.dataset['turned']) return Promise.reject(nothing);
    const step = sees.shift();
    return step ? shown(step).view : Promise.reject(nothing);
  };
};

export const SET_UP: Record<string, Shown> = {
  setup: shown(study()),
  'setup-scanned': shown(study(), [], { setup_files: scanned() }),
  'setup-scanned-other': shown(study(), [], {
    setup_files: () => Promise.reject({ code: 'codes-several', message: '' }),
  }),
  'setup-codes': shown(study({ codes: { have: 3, of: 7, missing: [2, 5, 6, 7] } })),
  'setup-found': shown(study({ found })),
  'setup-was-here': shown(study({ found, wasHere: '/home/site/.local/share/attesta' })),
  'setup-other-signer': shown(study({ found }), ['setup-signer-end=AAAAAAAA', 'setup-compare', 'problem'], {
    setup_signer: () => Promise.reject({ code: 'signer-other', message: '' }),
  }),
  'setup-same': shown(study({ found: compared })),
  'setup-coordinator': shown({
    step: 'coordinator',
    study: found.title,
    site: '014',
    device: 'Attesta 014-3',
    problem: null,
  }),
  'setup-certificate': shown(certificate),
};
