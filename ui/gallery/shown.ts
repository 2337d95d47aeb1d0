// A screen of staff, and how it is come to.
import type { AppView, DeviceStatus } from '../src/bindings';

export type Shown = {
  view: AppView;
  /** What is pressed, one after the other, to come there. */
  way: string[];
  /** What the backend says to each command; a function is asked with what the page gave. */
  answers: Record<string, unknown>;
};

export const AT = '2026-11-21T09:41:07+01:00';

export const staff: Extract<AppView, { view: 'staff' }> = {
  view: 'staff',
  session: 'gallery',
  user: 'okafor',
  displayName: 'Dr. Ngozi Okafor',
  site: 'Site 014',
  device: 'Tablet 3',
  role: 'coordinator',
  rights: ['visits', 'pins', 'records', 'exports', 'alerts', 'forms', 'device', 'emergency'],
  status: {
    level: 'good',
    code: 'allProven',
    count: 14,
    total: 14,
    checkedAt: AT,
    until: null,
    pause: null,
    untakenReports: 0,
    notices: 0,
    studyUnfit: false,
    practiceFault: null,
  },
  openAlerts: 0,
  practice: false,
};

export const device: DeviceStatus = {
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
  study: {
    title: 'Fatigue after a knee operation, a study with a long name',
    version: 3,
    next: null,
    unfit: null,
  },
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

/** Presses what leads to the screen, each as soon as it is there; `testid=text` types the text instead. Says how far it came. */
export async function go(way: string[]): Promise<void> {
  const { dataset } = document.documentElement;
  for (const step of way) {
    const [testid = '', text] = step.split('=');
    const found = await soon(testid);
    if (!found) {
      dataset['came'] = `no ${testid}`;
      return;
    }
    if (text !== undefined && (found instanceof HTMLInputElement || found instanceof HTMLTextAreaElement)) {
      found.value = text;
      found.dispatchEvent(new Event('input', { bubbles: true }));
    } else found.click();
  }
  dataset['came'] = 'all the way';
}

async function soon(testid: string): Promise<HTMLElement | null> {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
    if (found) return found;
    await new Promise((later) => setTimeout(later, 20));
  }
  return null;
}
