export type AlertChange = {
  path: string;
  words: { question: string | null; item: number | null; element: string };
  sent: string | null;
  returned: string | null;
};
