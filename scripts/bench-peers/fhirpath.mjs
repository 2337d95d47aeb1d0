// Evaluates the expressions of fhirpath.txt with NLM's fhirpath.js, compiled and warm, on one thread, and prints the ratios.
// Usage: node fhirpath.mjs FOLDER SOURCES; FOLDER is criterion's, SOURCES the root of the sources.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(import.meta.url);
const fhirpath = require('fhirpath');
const model = require('fhirpath/fhir-context/r4');

const SECONDS = 2;
const LEAST = 20;
const [folder, sources] = process.argv.slice(2);
const read = (path) => readFileSync(`${sources}/${path}`, 'utf8');
const response = JSON.parse(read('src-tauri/questionnaire/tests/golden/phq-9.response.json'));
const questionnaire = JSON.parse(read('src-tauri/questionnaire/instruments/phq-9.json'));
const lines = read('scripts/bench-peers/fhirpath.txt').split('\n').filter((line) => line && !line.startsWith('#'));

/** The tenth percentile of the benchmark's samples, in nanoseconds: other programs only ever add time. */
function ours(name) {
  const file = `${folder}/scoring/${name}/new/sample.json`;
  const { iters, times } = JSON.parse(readFileSync(file, 'utf8'));
  const each = times.map((time, index) => time / iters[index]).sort((a, b) => a - b);
  return each[Math.floor(each.length / 10)];
}

/** The tenth percentile of rounds of 50, in nanoseconds for one. */
function theirs(evaluate) {
  const variables = { resource: response, questionnaire };
  for (let index = 0; index < 3000; index += 1) {
    evaluate(response, variables);
  }
  const rounds = [];
  const end = performance.now() + SECONDS * 1000;
  while (performance.now() < end) {
    const began = performance.now();
    for (let index = 0; index < 50; index += 1) {
      evaluate(response, variables);
    }
    rounds.push(((performance.now() - began) * 1e6) / 50);
  }
  rounds.sort((a, b) => a - b);
  return rounds[Math.floor(rounds.length / 10)];
}

for (const line of lines) {
  const [name, expression] = line.split(/ = (.*)/s);
  const own = ours(name);
  const other = theirs(fhirpath.compile(expression, model));
  const ratio = other / own;
  const holds = ratio >= LEAST;
  const times = `${(own / 1000).toFixed(2).padStart(8)} µs ${(other / 1000).toFixed(1).padStart(8)} µs`;
  console.log(`${holds ? '✓' : '✗'} fhirpath: ${name.padEnd(28)} ${times}: ${ratio.toFixed(1)} times faster (at least ${LEAST})`);
  process.exitCode = holds ? process.exitCode : 1;
}
