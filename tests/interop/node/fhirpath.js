// Evaluates one FHIRPath expression a line (JSON) with NLM's fhirpath.js, until its input ends. See ../README.md.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

// It tells what it rounds; the answer is all that is asked for.
console.warn = () => {};

const require = createRequire(import.meta.url);
const fhirpath = require('fhirpath');
const models = { R4: require('fhirpath/fhir-context/r4'), R5: require('fhirpath/fhir-context/r5') };

/** The result: each item as JSON has it, and its type. */
function evaluate({ release, resource, questionnaire, expression }) {
  const data = JSON.parse(resource);
  const variables = { resource: data, rootResource: data };
  if (questionnaire !== undefined) {
    variables.questionnaire = JSON.parse(questionnaire);
  }
  const options = { resolveInternalTypes: false, traceFn: () => {} };
  const found = fhirpath.evaluate(data, expression, variables, models[release], options);
  return { items: fhirpath.resolveInternalTypes(found), types: fhirpath.types(found) };
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = evaluate(JSON.parse(line));
  } catch (error) {
    // A question that could be put, and has no result.
    answer = { failed: String(error?.message ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
