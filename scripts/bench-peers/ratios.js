// Prints what scripts/bench-seal measured, and the ratios that must hold.
// Usage: node ratios.js FOLDER PEER; FOLDER is criterion's, PEER the line that signatures.js printed.
import { readFileSync } from 'node:fs';

const [folder, line] = process.argv.slice(2);
const peer = JSON.parse(line);

/** The median of one benchmark, in nanoseconds. */
function median(name) {
  return JSON.parse(readFileSync(`${folder}/${name}/new/estimates.json`, 'utf8')).median.point_estimate;
}

const rows = [
  ['p256 signs', median('sign/p256')],
  ['canonicalise and sign', median('sign/canonicalise and sign')],
  ['… jose and canonicalize', peer.sign],
  ['OpenSSL verifies', median('verify/openssl')],
  ['canonicalise and verify', median('verify/canonicalise and verify')],
  ['… jose and canonicalize', peer.verify],
  ['five verdicts on a record', median('verify/five verdicts')],
];
for (const [name, time] of rows) {
  console.log(`  ${name.padEnd(28)} ${(time / 1000).toFixed(1).padStart(8)} µs ${Math.round(1e9 / time).toString().padStart(8)}/s`);
}

const [p256, sign, joseSign, openssl, verify, joseVerify] = rows.map(([, time]) => time);
const ratios = [
  ['canonicalise and sign, times p256', sign / p256, 'at most', 1.3],
  ['canonicalise and sign, times faster than jose', joseSign / sign, 'at least', 1.6],
  ['canonicalise and verify, times OpenSSL', verify / openssl, 'at most', 1.3],
  ['canonicalise and verify, times faster than jose', joseVerify / verify, 'at least', 3],
];
for (const [name, ratio, bound, limit] of ratios) {
  const holds = bound === 'at most' ? ratio <= limit : ratio >= limit;
  console.log(`${holds ? '✓' : '✗'} ${name}: ${ratio.toFixed(2)} (${bound} ${limit})`);
  if (!holds) {
    process.exitCode = 1;
  }
}
