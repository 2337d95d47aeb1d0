import type { ChoiceOption } from './ChoiceOption';

export type Control =
  | { kind: 'boolean' }
  | { kind: 'choice'; options: ChoiceOption[] }
  | { kind: 'integer'; min: string | null; max: string | null; unit: string | null }
  | {
      kind: 'decimal';
      min: string | null;
      max: string | null;
      maxDecimalPlaces: number | null;
      unit: string | null;
    }
  | { kind: 'date'; min: string | null; max: string | null }
  | { kind: 'string'; maxLength: number | null }
  | { kind: 'text'; maxLength: number | null }
  | {
      kind: 'visualAnalogueScale';
      min: string;
      max: string;
      step: string;
      lowLabel: string;
      highLabel: string;
      showValue: boolean;
    }
  | { kind: 'display' };
