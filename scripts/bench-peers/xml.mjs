// Prints what scripts/bench-xml measured, and the ratio that must hold.
// Usage: node xml.mjs FOLDER PEER; FOLDER is criterion's, PEER the line that attesta.interop.XmlSpeed printed.
import { readFileSync } from 'node:fs';

const [folder, line] = process.argv.slice(2);
const peer = JSON.parse(line);

/** The tenth percentile of one benchmark's samples, in nanoseconds: other programs only ever add time. */
function quick(name) {
  const { iters, times } = JSON.parse(readFileSync(`${folder}/xml/${name}/new/sample.json`, 'utf8'));
  const each = times.map((time, index) => time / iters[index]).sort((a, b) => a - b);
  return each[Math.floor(each.length / 10)];
}

const ours = quick('there and back');
const rows = [
  ['JSON to XML to JSON', ours],
  ['… reading JSON', quick('parse JSON')],
  ['… writing XML', quick('write XML')],
  ['… reading XML', quick('parse XML')],
  ['… … the document alone', quick('the document alone')],
  ['… writing JSON', quick('write JSON')],
  [`HAPI FHIR, tenth percentile of ${peer.rounds}`, peer.tenth],
  ['HAPI FHIR, median', peer.median],
];
for (const [name, time] of rows) {
  console.log(`  ${name.padEnd(40)} ${(time / 1e6).toFixed(2).padStart(8)} ms`);
}
const ratio = peer.tenth / ours;
console.log(`${ratio >= 3 ? '✓' : '✗'} xml: times faster than HAPI FHIR: ${ratio.toFixed(2)} (at least 3)`);
process.exitCode = ratio >= 3 ? 0 : 1;
