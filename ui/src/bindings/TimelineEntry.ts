export type TimelineEntry = {
  kind:
    | 'answered'
    | 'signed'
    | 'sent'
    | 'kept'
    | 'compared'
    | 'provenanceSent'
    | 'proven'
    | 'alert'
    | 'acted'
    | 'exported';
  at: string;
  actor: string;
  detail: string | null;
};
