import type { Direction } from './Direction';
import type { Step } from './Step';

export type PatientView = {
  session: string;
  revision: number;
  practice: boolean;
  language: string | null;
  direction: Direction;
  participant: string;
  step: Step;
};
