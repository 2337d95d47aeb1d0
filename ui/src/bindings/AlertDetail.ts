import type { AlertAction } from './AlertAction';
import type { AlertChange } from './AlertChange';
import type { AlertRow } from './AlertRow';

export type AlertDetail = AlertRow & {
  revision: number;
  server: string;
  target: string | null;
  signedAt: string;
  returnedAt: string;
  identicalElements: number;
  changes: AlertChange[];
  actions: AlertAction[];
  canSendAgain: boolean;
};
