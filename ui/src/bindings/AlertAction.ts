export type AlertAction = { action: string; by: string; at: string; reason: string; result: string };
