/** What the connection check tries, in its order (`ConnectionLine.check`). */
export const CHECKS = [
  'reached',
  'secure',
  'authentication',
  'capability',
  'clock',
  'representation',
  'conditionalCreate',
  'provenanceTarget',
  'readBack',
  'certificate',
  'reports',
  'assignments',
];
