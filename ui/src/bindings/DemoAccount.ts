export type DemoAccount = { user: string; password: string; role: string };
