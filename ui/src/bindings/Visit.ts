import type { OutboxState } from './OutboxState';

export type Visit = {
  id: string;
  participant: string;
  questionnaireTitle: string;
  state: 'ready' | 'inProgress' | 'frozen' | 'ended';
  outbox: OutboxState | null;
  position: number | null;
  startedAt: string;
  openOutboxId: string | null;
};
