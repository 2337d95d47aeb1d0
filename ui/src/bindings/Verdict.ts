export type Verdict = {
  name: 'signature' | 'identity' | 'revocation' | 'time' | 'linkage';
  verdict: 'valid' | 'invalid' | 'indeterminate';
  code: string;
  reason: string;
};
