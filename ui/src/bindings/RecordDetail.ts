import type { RecordRow } from './RecordRow';
import type { SignatureCard } from './SignatureCard';
import type { TimelineEntry } from './TimelineEntry';
import type { Verdict } from './Verdict';

export type RecordDetail = RecordRow & {
  timeline: TimelineEntry[];
  signatures: SignatureCard[];
  verdicts: Verdict[];
  answers: { text: string; answer: string }[];
  exportFolder: string;
};
