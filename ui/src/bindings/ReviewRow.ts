export type ReviewRow = {
  key: string;
  context: string[];
  text: string;
  answer: string | null;
  skipped: boolean;
  missing: boolean;
};
