export type SignatureCard = {
  kind: 'capture' | 'persistence';
  printedName: string | null;
  meaning: string | null;
  signedAt: string;
  who: string;
  algorithm: string;
  thumbprint: string;
  certificateUntil: string;
};
