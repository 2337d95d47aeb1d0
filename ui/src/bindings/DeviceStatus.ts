export type DeviceStatus = {
  certificate: {
    subject: string;
    issuer: string;
    notBefore: string;
    notAfter: string;
    thumbprint: string;
    percentUsed: number;
  };
  keystore: { name: string; ok: boolean };
  server: { url: string; reachable: boolean; lastContact: string | null };
  clock: { differenceSeconds: number | null };
  version: string;
  dataFolder: string;
  exportFolder: string;
};
