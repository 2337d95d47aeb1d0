export type OutboxState =
  | 'frozen'
  | 'sending'
  | 'acknowledged'
  | 'compared'
  | 'provenanceSending'
  | 'provenanceCompared'
  | 'done'
  | 'alert'
  | 'quarantined'
  | 'closedDifferent';
