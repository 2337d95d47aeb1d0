// Prints what scripts/bench-seal measured, and the ratios that must hold.
// Usage: node ratios.mjs FOLDER PEER; FOLDER is criterion's, PEER the line that signatures.mjs printed.
import { readFileSync } from 'node:fs';

const [folder, line] = process.argv.slice(2);
const peer = JSON.parse(line);

/** The tenth percentile of one benchmark's samples, in nanoseconds: other programs only ever add time. */
function quick(name) {
  const { iters, times } = JSON.parse(readFileSync(`${folder}/${name}/new/sample.json`, 'utf8'));
  const each = times.map((time, index) => time / iters[index]).sort((a, b) => a - b);
  return each[Math.floor(each.length / 10)];
}

const rows = [
  ['p256 signs', quick('sign/p256')],
  ['canonicalise and sign', quick('sign/canonicalise and sign')],
  ['… jose and canonicalize', peer.sign],
  ['OpenSSL verifies', quick('verify/openssl')],
  ['canonicalise and verify', quick('verify/canonicalise and verify')],
  ['… jose and canonicalize', peer.verify],
  ['five verdicts on a record', quick('verify/five verdicts')],
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
  console.log(`${holds ? '✓' : '✗'} signatures: ${name}: ${ratio.toFixed(2)} (${bound} ${limit})`);
  if (!holds) {
    process.exitCode = 1;
  }
}
