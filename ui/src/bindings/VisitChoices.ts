export type VisitChoices = {
  participants: { id: string; label: string }[];
  questionnaires: { id: string; title: string; languages: string[] }[];
};
