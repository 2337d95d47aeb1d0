import type { DemoAccount } from './DemoAccount';
import type { PatientView } from './PatientView';
import type { StatusLine } from './StatusLine';

export type AppView =
  | { view: 'blocked'; code: string; detail: string; canRetry: boolean }
  | { view: 'signIn'; practice: DemoAccount[] | null; languages: string[] }
  | {
      view: 'staff';
      session: string;
      user: string;
      displayName: string;
      site: string;
      device: string;
      role: 'coordinator';
      status: StatusLine;
    }
  | { view: 'patient'; patient: PatientView };
