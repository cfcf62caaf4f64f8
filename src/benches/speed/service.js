// A service as one would write it by hand in Node, for the bench to stand beside: it checks the token, puts to each source the very
// questions that glasplade puts, reads the answers, joins what stands in several of them, renders, and writes down durably what it
// shows before it answers. It believes Fasit's cases as glasplade does, with a second witness. It does less: no law, no consent, no
// stale answers, no breaker, no tree over its log.
//
//   node service.js FOLDER      FOLDER has asked.json, key.pem and node_modules/fast-xml-parser; the port is the first line it prints
'use strict';
const { createHash, createPublicKey, verify } = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

const folder = process.argv[2];
const { XMLParser } = require(path.join(folder, 'node_modules', 'fast-xml-parser'));
const asked = JSON.parse(fs.readFileSync(path.join(folder, 'asked.json')));
const key = createPublicKey(fs.readFileSync(path.join(folder, 'key.pem')));
const log = fs.openSync(path.join(folder, 'node.log'), 'a');
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
const xml = new XMLParser({ ignoreAttributes: false, removeNSPrefix: true });

function call({ url, method, headers, body }) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { agent, method, headers }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve({ type: response.headers['content-type'] || '', bytes: Buffer.concat(parts) }));
    });
    request.on('error', reject);
    request.end(Buffer.from(body, 'base64'));
  });
}

function read({ type, bytes }) {
  const text = bytes.toString('utf8');
  return type.includes('json') ? JSON.parse(text) : xml.parse(text);
}

// Whatever has an id of its own is an item; those with one id are one.
function collect(value, source, items) {
  if (Array.isArray(value)) {
    for (const one of value) collect(one, source, items);
  } else if (value && typeof value === 'object') {
    const id = value.uuid || value.UUID || value.UUIDIdentifikator || value.SagUuid || value.id || value.Id || value.ID;
    if (id !== undefined && typeof id !== 'object') {
      const known = items.get(String(id));
      if (known) known.sources.push(source);
      else items.set(String(id), { id: String(id), sources: [source], fields: fieldsOf(value) });
    }
    for (const one of Object.values(value)) collect(one, source, items);
  }
}

function fieldsOf(value) {
  const fields = {};
  for (const [name, one] of Object.entries(value)) {
    if (one === null || typeof one !== 'object') fields[name] = one;
  }
  return fields;
}

// Fasit's cases name nobody: one counts only when the search by rules, which is asked beside the other calls, names the citizen with it.
function confirmed(answers, cpr) {
  const rows = answers.flatMap((one) => (one.searchResult ? one.searchResult.rows : []));
  const theirs = new Set(rows.filter((row) => row.CitizenCprFormatted.replace('-', '') === cpr).map((row) => row.id));
  const others = answers.filter((one) => !one.searchResult);
  return others.map((one) => (one.cases ? { ...one, cases: one.cases.filter((kase) => theirs.has(kase.caseId)) } : one));
}

function isAllowed(header) {
  const [head, claims, signature] = (header || '').replace('Bearer ', '').split('.');
  const bytes = Buffer.from(`${head}.${claims}`);
  if (!verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))) return false;
  return JSON.parse(Buffer.from(claims, 'base64url')).exp > Date.now() / 1000;
}

async function overview(request, body) {
  if (!isAllowed(request.headers.authorization)) return [401, '{}'];
  const question = JSON.parse(body);
  // Every source's questions follow each other; the sources are asked at once.
  const bySource = Object.entries(asked[question.cpr]);
  const items = new Map();
  const sources = await Promise.all(bySource.map(async ([source, calls]) => {
    const answers = [];
    for (const one of calls) answers.push(read(await call(one)));
    collect(source === 'fasit' ? confirmed(answers, question.cpr) : answers, source, items);
    return { id: source, state: 'fresh', as_of: new Date().toISOString() };
  }));
  const shown = [...items.values()];
  const answer = JSON.stringify({ groups: { authority: { items: shown } }, sources });
  const hash = createHash('sha256').update(answer).digest('hex');
  const line = JSON.stringify({ at: new Date().toISOString(), purpose: question.purpose, sources, hash, shown: shown.map((one) => one.id) });
  await new Promise((resolve, reject) => fs.write(log, line + '\n', (error) => (error ? reject(error) : resolve())));
  await new Promise((resolve, reject) => fs.fdatasync(log, (error) => (error ? reject(error) : resolve())));
  return [200, answer];
}

const server = http.createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', async () => {
    try {
      const [status, answer] = await overview(request, Buffer.concat(parts).toString('utf8'));
      response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(answer) });
      response.end(answer);
    } catch {
      response.writeHead(500, { 'Content-Length': 0 });
      response.end();
    }
  });
});
server.listen(0, '127.0.0.1', () => console.log(`127.0.0.1:${server.address().port}`));
