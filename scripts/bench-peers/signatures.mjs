// Signs and verifies what the benchmark of `seal` does, with npm's jose and canonicalize, on one thread.
// Usage: node signatures.mjs INPUT; INPUT is what the benchmark wrote. Prints one line: nanoseconds of each.
import { readFileSync } from 'node:fs';
import canonicalize from 'canonicalize';
import { FlattenedSign, flattenedVerify, generateKeyPair } from 'jose';

const SECONDS = 2;
const { response, header } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { privateKey, publicKey } = await generateKeyPair('ES256');
const encoder = new TextEncoder();

/** The root without what the signature does not cover, in RFC 8785's form. */
function payload() {
  const { id, meta, extension, ...covered } = response;
  return encoder.encode(canonicalize(covered));
}

function sign() {
  return new FlattenedSign(payload()).setProtectedHeader(header).sign(privateKey);
}

const signed = await sign();

function verify() {
  const jws = { ...signed, payload: Buffer.from(payload()).toString('base64url') };
  return flattenedVerify(jws, publicKey, { algorithms: ['ES256'] });
}

/** The tenth percentile of rounds of 50, in nanoseconds for one. */
async function measure(one) {
  for (let index = 0; index < 2000; index += 1) {
    await one();
  }
  const rounds = [];
  const end = performance.now() + SECONDS * 1000;
  while (performance.now() < end) {
    const began = performance.now();
    for (let index = 0; index < 50; index += 1) {
      await one();
    }
    rounds.push(((performance.now() - began) * 1e6) / 50);
  }
  rounds.sort((a, b) => a - b);
  return rounds[Math.floor(rounds.length / 10)];
}

console.log(JSON.stringify({ sign: await measure(sign), verify: await measure(verify) }));
