export type StatusLine = {
  level: 'good' | 'warn' | 'bad';
  code: 'allProven' | 'nothingYet' | 'sending' | 'offline' | 'alerts' | 'paused' | 'quarantined';
  count: number;
  total: number;
  checkedAt: string | null;
  practiceFault: string | null;
};
