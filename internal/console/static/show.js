// Showing a request, its code, and an answer.

import { cut, plain, Viewer } from './answer.js';
import { escaped, withoutSecret } from './body.js';
import { languages } from './code.js';
import { copy } from './copy.js';

const $ = (id) => document.getElementById(id);
const shownBody = 64 * 1024;
const viewer = new Viewer($('viewer'));
let latest = 0; // which answer is being shown
let looking = 0; // which search is going on

const sized = (bytes) => (bytes < 1024 ? `${bytes} bytes` : bytes < 1 << 20 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`);

// showRequest shows it with the secret out of sight.
export function showRequest(element, r, secret) {
  const lines = [`${r.method} ${r.path} HTTP/1.1`, `Host: ${location.host}`, ...r.headers.map(([k, v]) => `${k}: ${v}`)];
  if (r.body !== undefined) {
    const body = withoutSecret(r.body, secret);
    const length = new TextEncoder().encode(body.replaceAll('{secret}', () => escaped(secret)).replaceAll('{mebibyte}', 'x'.repeat(1 << 20))).length;
    lines.push(`Content-Length: ${length}`, '', body.replaceAll('{secret}', '••••••••').slice(0, shownBody));
  }
  element.textContent = lines.join('\n');
}

export function showCode(element, r, language) {
  element.textContent = languages[language](r);
}

// explained finds what the reference says of an error text.
function explained(text, explanations) {
  return explanations.find((e) => {
    const parts = (e.expect ?? '').split(/\{[a-z]+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return e.expect && new RegExp(`^${parts.join('[^]+')}$`).test(text);
  });
}

function errorOf(exchange) {
  const type = exchange.headers.find(([name]) => name === 'content-type')?.[1] ?? '';
  if (!type.includes('json')) return /<p>(.*?)<\/p>/.exec(exchange.text)?.[1];
  if (exchange.size > 1 << 16) return undefined; // no error is that long
  try {
    return JSON.parse(exchange.text).error;
  } catch {
    return undefined;
  }
}

function paragraph(text, strong) {
  const p = document.createElement('p');
  if (strong) p.append(Object.assign(document.createElement('strong'), { textContent: strong }), ' ');
  p.append(text);
  return p;
}

// showAnswer shows it; its promise ends when all of it is there.
export async function showAnswer(exchange, explanations) {
  const turn = ++latest;
  $('answer-none').hidden = true;
  $('answer').hidden = false;
  $('answer').dataset.shown = '';
  exchange.error ??= errorOf(exchange) ?? '';
  figures(exchange);
  explain(exchange, explanations);
  $('answer-headers').replaceChildren(...exchange.headers.flatMap(([name, value]) => [
    Object.assign(document.createElement('dt'), { textContent: name }), Object.assign(document.createElement('dd'), { textContent: value }),
  ]));
  const json = exchange.headers.some(([name, value]) => name === 'content-type' && value.includes('json'));
  const lines = json ? await cut(exchange.text, () => turn !== latest) : plain(exchange.text);
  if (!lines) return; // another answer came meanwhile
  exchange.lines = lines;
  viewer.show(lines, json);
  viewer.text = exchange.text;
  $('answer').dataset.shown = String(lines.length);
}

function figures(exchange) {
  const wrong = exchange.error || exchange.status >= 400;
  const badge = Object.assign(document.createElement('span'), { className: wrong ? 'status-badge wrong' : 'status-badge', textContent: `${exchange.status} ${exchange.statusText}` });
  const figure = (text) => Object.assign(document.createElement('span'), { textContent: text });
  $('figures').replaceChildren(badge, figure(`${exchange.took.toFixed(1)} ms`), figure(sized(exchange.size)), figure(exchange.at.toLocaleTimeString()));
}

function explain(exchange, explanations) {
  const box = $('meaning');
  box.hidden = !exchange.error;
  box.className = 'note wrong';
  const found = exchange.error && explained(exchange.error, explanations);
  box.replaceChildren(...(exchange.error ? [paragraph(exchange.error, 'Error:')] : []));
  if (found) box.append(paragraph(found.about), paragraph(found.remedy, 'What to do:'));
}

async function find() {
  const turn = ++looking;
  const text = $('find').value;
  await viewer.find(text, () => turn !== looking);
  if (turn === looking) tellFound();
}

function tellFound() {
  const { hits, hit } = viewer;
  $('found').textContent = $('find').value === '' ? '' : hits.length ? `line ${hit + 1} of ${hits.length}` : 'not found';
}

$('find').addEventListener('input', find);
$('find').addEventListener('keydown', (event) => { if (event.key === 'Enter' && !event.ctrlKey) { event.preventDefault(); viewer.next(); tellFound(); } });
$('find-next').addEventListener('click', () => { viewer.next(); tellFound(); });
$('fold').addEventListener('click', () => viewer.foldAll());
$('unfold').addEventListener('click', () => viewer.unfoldAll());
$('copy-answer').addEventListener('click', (event) => copy(viewer.text, event.target));
