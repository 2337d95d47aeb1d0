import type { Answer } from './Answer';
import type { Control } from './Control';
import type { Direction } from './Direction';

export type Screen = {
  key: string;
  linkId: string;
  position: number;
  total: number;
  language: string;
  direction: Direction;
  context: string[];
  text: string;
  help: string | null;
  required: boolean;
  control: Control;
  answer: Answer | null;
  skipped: boolean;
  canGoBack: boolean;
};
