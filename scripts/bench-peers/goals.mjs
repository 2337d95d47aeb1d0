// Gathers what benchmarks said of their goals into one table; the exit status is 1 where one was missed, or not measured.
// Usage: node goals.mjs LOG BENCHMARK...; LOG holds their lines, each "✓ BENCHMARK: what: measured (goal)", or with ✗.
import { readFileSync } from 'node:fs';

const [log, ...benchmarks] = process.argv.slice(2);
const rows = readFileSync(log, 'utf8')
  .split('\n')
  .map((line) => /^([✓✗]) ([^:]+): (.+): +([^:]+?) \(([^()]+)\)$/u.exec(line))
  .filter((found) => found !== null)
  .map(([, sign, benchmark, what, measured, goal]) => ({ benchmark, what, measured, goal, held: sign === '✓' }));
for (const benchmark of benchmarks) {
  if (!rows.some((row) => row.benchmark === benchmark)) {
    rows.push({ benchmark, what: 'all of it', measured: 'not measured', goal: 'measured', held: false });
  }
}

const cells = [
  ['goal', 'must be', 'measured', 'held'],
  ...rows.map((row) => [`${row.benchmark}: ${row.what}`.replace(/ +/gu, ' '), row.goal, row.measured, row.held ? 'yes' : 'NO']),
];
const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
const line = (texts) => `| ${texts.map((text, column) => text.padEnd(widths[column])).join(' | ')} |`;
console.log([line(cells[0]), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...cells.slice(1).map(line)].join('\n'));

const missed = rows.filter((row) => !row.held).length;
console.log(missed === 0 ? `✓ ${rows.length} goals, all held` : `✗ ${missed} of ${rows.length} goals missed`);
process.exitCode = missed === 0 ? 0 : 1;
