// Answers one request a line (JSON) with one line, until its input ends. See ../README.md.
import { createInterface } from 'node:readline';
import canonicalize from 'canonicalize';
import { FlattenedSign, flattenedVerify, importPKCS8, importX509 } from 'jose';

/** What is signed: the text given, or RFC 8785 of a resource without some members of its root. */
function payload(request) {
  if (request.payload !== undefined) {
    return new TextEncoder().encode(request.payload);
  }
  const resource = JSON.parse(request.resource);
  for (const member of request.without) {
    delete resource[member];
  }
  return new TextEncoder().encode(canonicalize(resource));
}

async function verify(request) {
  const [header, nothing, signature] = request.jws.split('.');
  if (nothing !== '') {
    throw new Error('the JWS is not detached');
  }
  const key = await importX509(request.certificate, request.alg);
  try {
    const body = Buffer.from(payload(request)).toString('base64url');
    await flattenedVerify({ protected: header, payload: body, signature }, key, { algorithms: [request.alg] });
    return { valid: true };
  } catch (error) {
    return { valid: false, reason: error.message };
  }
}

async function sign(request) {
  const key = await importPKCS8(request.key, request.header.alg);
  const jws = await new FlattenedSign(payload(request)).setProtectedHeader(request.header).sign(key);
  return { jws: `${jws.protected}..${jws.signature}` };
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const request = JSON.parse(line);
    answer = request.do === 'sign' ? await sign(request) : await verify(request);
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
