import type { Review } from './Review';
import type { Screen } from './Screen';

export type Step =
  | { step: 'language'; languages: { code: string; name: string }[]; questionnaireTitle: string }
  | { step: 'instructions'; title: string; copyright: string | null; questionCount: number }
  | { step: 'question'; screen: Screen }
  | { step: 'review'; review: Review }
  | { step: 'choosePin' }
  | {
      step: 'sign';
      statement: string;
      participant: string;
      questionnaire: string;
      version: string;
      answered: number;
      total: number;
      dateTime: string;
      triesLeft: number;
    }
  | { step: 'pinLocked' }
  | { step: 'done' };
