// What is seen before anybody has signed in, and pages on which there is nothing yet.
import type { AppView, Visit } from '../src/bindings';
import { AT, type Shown, staff } from './shown';

const signIn = (practice: Extract<AppView, { view: 'signIn' }>['practice'], way: string[] = []): Shown => ({
  view: { view: 'signIn', practice, languages: ['en', 'de', 'es', 'ar'] },
  way,
  answers: {},
});

const DEMO = [
  { user: 'coordinator', password: 'practice-coordinator', role: 'coordinator' },
  { user: 'nurse', password: 'practice-nurse', role: 'siteStaff' },
  { user: 'inspector', password: 'practice-inspector', role: 'inspector' },
];

const blocked = (code: string, canRetry: boolean): Shown => ({
  view: { view: 'blocked', code, detail: 'SQLITE_IOERR_WRITE', canRetry },
  way: [],
  answers: {},
});

const visit = (id: string, more: Partial<Visit>): Visit => ({
  id,
  participant: '014-0027',
  questionnaireTitle: 'Daily pain diary',
  state: 'ready',
  outbox: null,
  position: null,
  startedAt: AT,
  openOutboxId: null,
  ...more,
});

const due = { enabled: false, due: [], refused: [], untold: [], pulledAt: null, problem: null };
const none: Shown['view'] = {
  ...staff,
  status: { ...staff.status, code: 'nothingYet', count: 0, total: 0, checkedAt: null },
};
const empty = (way: string[], answers: Shown['answers']): Shown => ({ view: none, way, answers });

export const FRONT: Record<string, Shown> = {
  'sign-in': signIn(null),
  'sign-in-practice': signIn(DEMO),
  'sign-in-refused': {
    ...signIn(null, ['staff-user=okafor', 'staff-password=wrong', 'sign-in', 'problem']),
    answers: {
      staff_sign_in: () => Promise.reject({ code: 'sign-in-refused', message: '' }),
    },
  },
  'blocked-keystore': blocked('keystore-locked', true),
  'blocked-damaged': blocked('database-damaged', false),
  visits: {
    view: staff,
    way: ['rail-visits'],
    answers: {
      assignments: due,
      visits: [
        visit('v1', {}),
        visit('v2', { participant: '014-0031', state: 'inProgress', position: 4 }),
        visit('v3', { participant: '014-0032', state: 'frozen', outbox: 'done', openOutboxId: 'r1' }),
        visit('v4', { participant: '014-0033', state: 'frozen', outbox: 'alert', openOutboxId: 'r2' }),
        visit('v5', { participant: '014-0034', state: 'ended' }),
      ],
    },
  },
  'visits-empty': empty(['rail-visits'], { visits: [], assignments: due }),
  'outbox-empty': empty(['rail-outbox'], { outbox: [] }),
  'alerts-empty': empty(['rail-alerts'], { alerts: [] }),
  'records-empty': empty(['rail-records'], {
    records: { rows: [], total: 0, next: null, organization: false, participants: [] },
  }),
};
