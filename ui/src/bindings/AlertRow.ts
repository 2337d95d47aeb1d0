export type AlertRow = {
  id: string;
  participant: string;
  questionnaireTitle: string;
  kind: 'different' | 'duplicates' | 'provenanceDifferent' | 'quarantined';
  raisedAt: string;
  open: boolean;
  outcome: string | null;
  changes: number;
};
