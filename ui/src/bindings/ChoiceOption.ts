export type ChoiceOption = { key: string; label: string; prefix: string | null };
