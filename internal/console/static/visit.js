// The answers of this visit, and the store's recent requests.

import { cut, plain } from './answer.js';
import { difference, shortened } from './diff.js';

const $ = (id) => document.getElementById(id);
const mostAnswers = 50;
const mostCharacters = 64 << 20;
const visit = [];

function cell(row, ...content) {
  const td = row.insertCell();
  td.append(...content);
  return td;
}

function button(text, label, action) {
  const b = Object.assign(document.createElement('button'), { type: 'button', textContent: text });
  b.setAttribute('aria-label', label);
  b.addEventListener('click', action);
  return b;
}

// remember adds an answer; the oldest go when there are too many.
export function remember(exchange, { again, show }) {
  const row = $('earlier').tBodies[0].insertRow(0);
  const what = `${exchange.request.method} ${exchange.request.path}, ${exchange.at.toLocaleTimeString()}`;
  const box = Object.assign(document.createElement('input'), { type: 'checkbox' });
  box.setAttribute('aria-label', `Compare ${what}`);
  box.addEventListener('change', () => { $('compare').disabled = chosen().length !== 2; });
  cell(row, box);
  cell(row, exchange.at.toLocaleTimeString()).className = 'nowrap';
  cell(row, Object.assign(document.createElement('code'), { textContent: exchange.request.path })).className = 'nowrap';
  const answer = `${exchange.status} · ${exchange.size} bytes`;
  cell(row, button(answer, `${answer}: show the answer to ${what}`, () => show(exchange)));
  cell(row, button('Send', `Send again: ${what}`, () => again(exchange)));
  $('earlier-box').hidden = false;
  visit.unshift({ exchange, row, box });
  while (visit.length > mostAnswers || (visit.length > 2 && total() > mostCharacters)) visit.pop().row.remove();
}

const total = () => visit.reduce((sum, v) => sum + v.exchange.text.length, 0);
const chosen = () => visit.filter((v) => v.box.checked).map((v) => v.exchange);

async function linesOf(exchange) {
  const json = exchange.headers.some(([name, value]) => name === 'content-type' && value.includes('json'));
  const lines = json ? await cut(exchange.text) : plain(exchange.text);
  return Array.from({ length: lines.length }, (_, i) => lines.indented(i));
}

async function compare() {
  const [newer, older] = chosen();
  const lines = difference(await linesOf(older), await linesOf(newer));
  const box = $('difference');
  box.hidden = false;
  if (!lines) box.textContent = 'They differ in thousands of lines, which is too much to compare here.';
  else if (lines.every(([sign]) => sign === ' ')) box.textContent = 'The bodies are the same.';
  else box.replaceChildren(...shortened(lines).map(([sign, text]) => {
    const span = document.createElement('span');
    span.className = { '+': 'plus', '-': 'minus' }[sign] ?? '';
    span.textContent = `${sign} ${text}`;
    return span;
  }));
  box.focus();
}

$('compare').addEventListener('click', compare);

// loadRecent shows what the service saw.
export async function loadRecent(ask) {
  $('recent-say').textContent = 'Loading …';
  let answer;
  try {
    answer = await ask('/console/recent');
  } catch (e) {
    $('recent-say').textContent = e.message;
    return;
  }
  $('recent-say').textContent = answer.requests.length ? `${answer.requests.length} requests, the newest first.` : 'None yet.';
  $('recent-box').hidden = answer.requests.length === 0;
  $('recent').tBodies[0].replaceChildren(...answer.requests.map(recentRow));
}

function recentRow(q) {
  const row = document.createElement('tr');
  cell(row, q.time.replace('T', ' ').replace('Z', '')).className = 'nowrap';
  cell(row, Object.assign(document.createElement('code'), { textContent: q.endpoint })).className = 'nowrap';
  const answer = cell(row, `${q.status} `);
  if (q.error) answer.append(Object.assign(document.createElement('span'), { className: 'bad', textContent: q.error }));
  cell(row, Object.assign(document.createElement('code'), { textContent: q.keys.join(' ') }));
  cell(row, `${q.milliseconds} ms`).className = 'nowrap';
  cell(row, String(q.bytes)).className = 'nowrap';
  cell(row, Object.assign(document.createElement('code'), { textContent: q.requestId })).className = 'nowrap';
  return row;
}
