export type FaultPanel = {
  faults: { id: string; active: boolean; remaining: number }[];
  listenerOpen: boolean;
  log: { at: string; method: string; path: string; status: number }[];
};
