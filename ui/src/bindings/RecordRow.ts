import type { OutboxState } from './OutboxState';

export type RecordRow = {
  id: string;
  participant: string;
  questionnaireTitle: string;
  signedAt: string;
  state: OutboxState;
  target: string | null;
};
