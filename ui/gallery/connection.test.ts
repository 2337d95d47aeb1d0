// What the connection check says of its whole result: every line with its state, and what to do where something is wrong.
import { beforeAll, describe, expect, it } from 'vitest';
import { opened } from './opened';
import type { Window } from './window';

let window: Window;
opened((one) => (window = one));

interface Told {
  /** The sentence above the lines, and how it is coloured. */
  verdict: [string, string];
  /** Each line: its state, its name, what is said of it, and the word at its end. */
  lines: [string, string, string, string][];
  /** What the button says now. */
  again: string;
  /** The addresses of the further servers, in their order. */
  where: string[];
}

const PASSED = 'in order';
const NOT_TRIED = 'not checked, because something before it has to be put right first';
const NAMES = [
  'The server answers',
  'The connection is secure',
  'The server lets this device in',
  'FHIR release and format fit the study',
  'Device and server have the same time',
  'The server shows what it kept',
  'The same record sent twice is kept once',
  'The proof keeps the version of the response',
  'What was created can be read back',
  "The server keeps this device's certificate",
  'The server takes reports of alerts',
  'The server gives tasks to this device',
];
/** Each has a line on whether it answers, and one on whether it is secure. */
const WHERE = [
  'https://fhir.partner-hospital.example/fhir/r4',
  'https://fhir.partner-hospital.example/fhir/r4',
  'https://registry.example:8443/fhir',
  'https://registry.example:8443/fhir',
];
const GOOD = 'Everything works: responses can be delivered.';

const failed = (what: string): [string, string, string] => ['failed', what, 'not in order'];
const noticed = (what: string): [string, string, string] => ['noticed', what, 'works, with a remark'];
const notNeeded = (what: string): [string, string, string] => ['notNeeded', what, ''];
const notTried: [string, string, string] = ['notTried', NOT_TRIED, ''];
const passed: [string, string, string] = ['passed', '', PASSED];
const UNSHOWN = noticed(
  'The server does not show what it kept when it takes a record. Delivery works all the same, more slowly: one more request for each record.',
);

/**
 * The verdict on each screen, and its lines in their order; those that are left out are in order. Then what the lines about further
 * servers are on.
 */
type Screen = [[string, string], Record<number, [string, string, string]>, number[]?];
const SCREENS: Record<string, Screen> = {
  'connection-good': [['good', GOOD], {}],
  'connection-local': [
    ['good', GOOD],
    {
      1: notNeeded('not encrypted, and it need not be: the server is on this computer'),
      11: notNeeded('not needed: the study assigns nothing by tasks'),
    },
  ],
  'connection-remarked': [
    ['good', GOOD],
    {
      5: UNSHOWN,
      8: noticed(
        'The server shows no earlier versions (QuestionnaireResponse, Provenance). Delivery works all the same, more slowly, and as long as nobody changes a record on the server before this device has read it.',
      ),
      10: noticed(
        'This device may not look for AuditEvents, so that no test report was made. Delivery works; reports of alerts may not reach the server. Have whoever runs the server let this device create AuditEvent and look for it.',
      ),
    },
  ],
  'connection-bad': [
    ['bad', '6 things have to be put right.'],
    {
      4: failed("This device's clock is 94 seconds behind the server's. Set the one that is wrong."),
      5: UNSHOWN,
      6: failed(
        'The server kept the same record a second time, or refused it (HTTP status 201). Have whoever runs the server turn conditional create (If-None-Exist) on: records may be kept twice.',
      ),
      7: failed(
        'The server takes the version out of what a proof is about. Have whoever runs the server keep versions in references, or have the study allow it.',
      ),
      8: failed(
        'The server does not let this device read what it has created (QuestionnaireResponse). Have whoever runs the server let this device read what it has created.',
      ),
      9: failed(
        'The server does not let this device create and find DocumentReferences. Have whoever runs the server let this device create DocumentReference: its certificate is kept as one, before anything is proven.',
      ),
      10: noticed(
        'The server does not take a report of an alert from this device (HTTP status 403: no). Delivery works; reports of alerts do not reach the server.',
      ),
      11: failed(
        'The server does not let this device look for: Task, Patient. Have whoever runs the server allow it, with the scopes for tasks.',
      ),
    },
  ],
  'connection-refused': [
    ['bad', 'One thing has to be put right.'],
    {
      5: UNSHOWN,
      7: failed(
        "The server does not have what the test record refers to (HTTP status 400: HAPI-1094: Resource Device/device-014-3 not found, specified in path: Provenance.agent.who). Have it created on the server: usually it is this device's Device resource, and every participant's Patient.",
      ),
    },
  ],
  'connection-elsewhere': [
    ['bad', 'One thing has to be put right.'],
    {
      14: failed(
        "The computer answers, but nothing listens at registry.example:8443. Check the port in the study's address, or whether the server runs.",
      ),
      15: notTried,
    },
    [0, 1, 0, 1],
  ],
  'connection-away': [
    ['bad', 'One thing has to be put right.'],
    {
      0: failed(
        "The computer answers, but nothing listens at fhir.example:8443. Check the port in the study's address, or whether the server runs.",
      ),
      ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((line) => [line, notTried])),
    },
  ],
  'connection-locked-out': [
    ['bad', '2 things have to be put right.'],
    {
      2: failed(
        "The server does not know this device's credentials. Have them registered by whoever runs the server.",
      ),
      3: failed(
        "The server speaks another release of FHIR (5.0.0) than the study. Have the study's address or its release corrected.",
      ),
      ...Object.fromEntries([5, 6, 7, 8, 9, 10, 11].map((line) => [line, notTried])),
    },
  ],
};

async function told(screen: string, lang: string): Promise<Told> {
  await window.show(screen, { lang });
  await window.arrived();
  const read = await window.run<Told>(
    // Values stand between marks of direction, which nobody sees.
    `const words = (one) => (one?.innerText ?? '').replace(/[\\u2066-\\u2069]/g, '').trim();
     const verdict = document.querySelector('[data-testid=connection-outcome] .notice');
     return {
       verdict: [verdict.dataset.testid.replace('connection-', ''), words(verdict)],
       lines: [...document.querySelectorAll('[data-testid=connection-line]')].map((line) =>
         [line.dataset.state, words(line.querySelector('strong')), words(line.querySelector('.what')),
          words(line.querySelector('.pill'))]),
       again: words(document.querySelector('[data-testid=connection-check]')),
       where: [...document.querySelectorAll('[data-testid=connection-where]')].map(words),
     };`,
  );
  return read;
}

describe.each(Object.keys(SCREENS))('%s', (screen) => {
  let english: Told;
  beforeAll(async () => {
    english = await told(screen, 'en');
  });

  it('says every line with its state, and what to do', () => {
    const none: Screen = [['', ''], {}];
    const [verdict, lines, further = []] = SCREENS[screen] ?? none;
    expect(english.verdict).toEqual(verdict);
    const names = [...NAMES, ...further.map((of) => NAMES[of] ?? '')];
    const expected = names.map((name, at) => {
      const [state, what, pill] = lines[at] ?? passed;
      return [state, name, what, pill];
    });
    expect(english.lines).toEqual(expected);
    expect(english.again).toBe('Check again');
    expect(english.where).toEqual(screen === 'connection-elsewhere' ? WHERE : []);
  });

  it.each(['de', 'es', 'ar'])('says the same in %s', async (lang) => {
    const { verdict, lines, again, where } = await told(screen, lang);
    expect(where).toEqual(english.where);
    expect(verdict[0]).toBe(english.verdict[0]);
    expect(lines.map(([state]) => state)).toEqual(english.lines.map(([state]) => state));
    const words = [verdict[1], again, ...lines.flatMap(([, ...said]) => said)];
    const inEnglish = [english.verdict[1], english.again, ...english.lines.flatMap(([, ...said]) => said)];
    for (const [at, said] of words.entries()) {
      const other = inEnglish[at] ?? '';
      expect(said === '', `${other}: ${said}`).toBe(other === '');
      if (other) expect(said).not.toBe(other);
    }
    // What was found stands there as it was found.
    for (const found of [
      '94',
      '201',
      'Task, Patient',
      'QuestionnaireResponse, Provenance',
      'HAPI-1094',
      'fhir.example:8443',
      '5.0.0',
    ]) {
      const has = (all: string[]) => all.filter((one) => one.includes(found)).length;
      expect(has(words), found).toBe(has(inEnglish));
    }
  });
});
