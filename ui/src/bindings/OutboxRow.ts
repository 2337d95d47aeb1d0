import type { OutboxState } from './OutboxState';

export type OutboxRow = {
  id: string;
  participant: string;
  questionnaireTitle: string;
  signedAt: string;
  state: OutboxState;
  attempts: number;
  nextAttemptAt: string | null;
  problem: string | null;
};
