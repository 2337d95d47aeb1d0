export type Answer =
  | { kind: 'boolean'; value: boolean }
  | { kind: 'choice'; option: string }
  | { kind: 'number'; text: string }
  | { kind: 'date'; text: string }
  | { kind: 'text'; text: string };
