// The console: forms, sending, and what comes back. The secret is in this
// page's memory only.

import { filled, fromField, missing, onTheWire, parsed, resize, toForm, withoutSecret } from './body.js';
import { copy } from './copy.js';
import { showAnswer, showCode, showRequest } from './show.js';
import { loadRecent, remember } from './visit.js';

const $ = (id) => document.getElementById(id);
const endpoints = JSON.parse($('data').textContent);
const state = { endpoint: null, example: null, fillings: {}, abort: null };

const section = () => document.querySelector(`section[data-endpoint="${state.endpoint.id}"]`);
const form = () => section().querySelector('[data-form]');
const secret = () => $('secret').value.trim();
const known = () => ({ ...state.fillings, store: $('store').value });

function say(id, text, bad = false) {
  $(id).textContent = text;
  $(id).classList.toggle('bad', bad);
}

// request is what would be sent now.
function request() {
  const method = $('method').value;
  return {
    method, path: $('path').value, url: new URL($('path').value, location.origin).href,
    headers: [['Content-Type', $('content-type').value], ['Accept', $('accept').value]].filter(([, value]) => value),
    body: method === 'GET' ? undefined : $('body').value,
  };
}

// refresh follows the body: the form, what is wrong with it, and the code.
function refresh({ intoForm = true } = {}) {
  const body = $('body').value;
  const { value, wrong } = parsed(body);
  const lacking = missing(body);
  if (value && intoForm) toForm(form(), value);
  const invalid = Boolean(wrong) && body !== '';
  $('body').setAttribute('aria-invalid', invalid);
  if (invalid) say('body-say', `${wrong} It can be sent as it is; the fields above keep what they have.`, true);
  else if (lacking.length) say('body-say', `Put a value in for ${[...new Set(lacking)].map((n) => `{${n}}`).join(', ')}: ${Object.keys(state.fillings).length ? 'this store has no such order' : 'give store and secret to have it filled in'}.`);
  else say('body-say', '');
  showRequest($('request'), request(), secret());
  redoCode();
}

function redoCode() {
  const r = request();
  if (r.body !== undefined) r.body = onTheWire(withoutSecret(r.body, secret()), $('with-secret').checked ? secret() : 'YOUR-SECRET');
  showCode($('code'), r, $('language').value);
}

// use puts an example into the form.
function use(example, { body, describe = true } = {}) {
  state.example = example;
  $('method').value = example.method;
  $('path').value = example.path;
  $('content-type').value = example.contentType;
  $('accept').value = example.accept;
  state.template = body ?? example.body;
  $('body').value = filled(state.template, known());
  $('headers').open = example.method !== 'POST' || example.path !== state.endpoint.path || example.contentType !== 'application/json' || example.accept !== 'application/json';
  const about = section().querySelector('[data-about]');
  const repeated = example.repeat ? `It is sent ${example.repeat} times.` : '';
  about.textContent = describe ? [example.about, example.condition, repeated].filter(Boolean).join(' ') : '';
  refresh();
}

function choose(id, name, { body, focus = false } = {}) {
  state.endpoint = endpoints.find((e) => e.id === id) ?? endpoints[0];
  for (const s of document.querySelectorAll('section[data-endpoint]')) s.hidden = s.dataset.endpoint !== state.endpoint.id;
  for (const a of document.querySelectorAll('[data-choose]')) {
    if (a.dataset.choose === state.endpoint.id) a.setAttribute('aria-current', 'true');
    else a.removeAttribute('aria-current');
  }
  const all = [...state.endpoint.examples, ...state.endpoint.errors];
  const example = all.find((e) => e.name === name) ?? all[0];
  section().querySelector('[data-examples]').value = example.name;
  use(example, { body });
  if (focus) section().querySelector('h2').focus();
}

// chooseAnew looks for orders again: requests have moved some since.
function chooseAnew(id, name, how) {
  state.fillings = {};
  choose(id, name, how);
  look();
}

// look finds orders of the store for the blanks of examples.
async function look() {
  if (!$('store').value.trim() || !secret()) return;
  const asked = `${$('store').value}\n${secret()}`;
  let answer;
  try {
    answer = await ask('/console/orders');
  } catch (e) {
    say('credentials-say', e.message, true);
    return;
  }
  if (asked !== `${$('store').value}\n${secret()}`) return; // typed on meanwhile
  say('credentials-say', 'Store and secret are right. The secret stays in this page.');
  state.fillings = answer.fillings;
  const untouched = $('body').value.includes('{');
  if (untouched) {
    $('body').value = filled($('body').value, known());
    refresh();
  }
}

// ask asks the console itself, with the store's secret.
async function ask(path) {
  let answer;
  try {
    answer = await fetch(path, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, credentials: 'omit', cache: 'no-store',
      body: JSON.stringify({ store: $('store').value, secret: secret() }),
    });
  } catch {
    throw new Error('The server cannot be reached.');
  }
  const body = await answer.json();
  if (body.error) throw new Error(answer.status === 403 ? 'There is no such store, or its secret is another.' : body.error);
  return body;
}

// once sends one request and reads the whole answer.
async function once(r, wire, signal) {
  const begun = performance.now();
  const answer = await fetch(r.path, { method: r.method, headers: r.headers, body: wire, cache: 'no-store', credentials: 'omit', redirect: 'manual', signal });
  const bytes = await answer.arrayBuffer();
  return {
    request: r, at: new Date(), status: answer.status, statusText: answer.statusText, headers: [...answer.headers],
    took: performance.now() - begun, size: bytes.byteLength, text: new TextDecoder().decode(bytes),
  };
}

async function send() {
  if (state.abort) return;
  const r = { ...request(), endpoint: state.endpoint.id, example: state.example.name };
  const wire = r.body === undefined ? undefined : onTheWire(r.body, secret());
  state.abort = new AbortController();
  $('send').disabled = true;
  $('stop').hidden = false;
  say('send-say', 'Sending …');
  try {
    const times = state.example.repeat && r.path === state.example.path ? state.example.repeat : 1;
    let exchange;
    for (let i = 1; i <= times; i++) {
      if (times > 1) say('send-say', `Sending, ${i} of ${times} …`);
      exchange = await once(r, wire, state.abort.signal);
    }
    say('send-say', `Answered with status ${exchange.status}.`);
    remember(exchange, { again: resend, show: present });
    await present(exchange);
  } catch (e) {
    say('send-say', e.name === 'AbortError' ? 'Stopped. The service may have taken the request all the same.' : `The server cannot be reached, or broke the answer off. What you typed is still here; send it again when the server is back. (${e.message})`, true);
  } finally {
    state.abort = null;
    $('send').disabled = false;
    $('stop').hidden = true;
  }
}

function present(exchange) {
  const explanations = endpoints.find((e) => e.id === exchange.request.endpoint)?.errors ?? [];
  return showAnswer(exchange, explanations);
}

// resend puts an earlier request back into the form, and sends it.
function resend(exchange) {
  const r = exchange.request;
  choose(r.endpoint, r.example, { body: r.body });
  $('method').value = r.method;
  $('path').value = r.path;
  for (const [name, id] of [['Content-Type', 'content-type'], ['Accept', 'accept']]) {
    $(id).value = r.headers.find(([n]) => n === name)?.[1] ?? '';
  }
  refresh();
  return send();
}

// link is the address of this form as it is filled in. What stands after #
// never leaves the browser; the secret is not even there.
function link() {
  const to = new URL('/console', location.origin);
  to.searchParams.set('endpoint', state.endpoint.id);
  to.searchParams.set('example', state.example.name);
  to.hash = new URLSearchParams({ body: withoutSecret($('body').value, secret()) }).toString();
  return to.href;
}

function listen() {
  for (const a of document.querySelectorAll('[data-choose]')) {
    a.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      history.replaceState(null, '', a.href);
      chooseAnew(a.dataset.choose, null, { focus: true });
    });
  }
  for (const select of document.querySelectorAll('[data-examples]')) {
    select.addEventListener('change', () => chooseAnew(state.endpoint.id, select.value));
  }
  for (const f of document.querySelectorAll('[data-form]')) {
    f.addEventListener('submit', (event) => { event.preventDefault(); send(); });
    f.addEventListener('input', (event) => { if (event.target.dataset.key) edited(event.target); });
    f.addEventListener('click', (event) => { if (event.target.matches('[data-more], [data-less]')) lengthen(event.target); });
  }
  $('credentials').addEventListener('submit', (event) => { event.preventDefault(); send(); });
  $('credentials').addEventListener('change', look);
  $('store').addEventListener('input', () => { storeTyped(); refresh(); });
  $('secret').addEventListener('input', () => refresh());
  $('reveal').addEventListener('click', reveal);
  $('body').addEventListener('input', () => refresh());
  for (const id of ['method', 'path', 'content-type', 'accept']) $(id).addEventListener('input', () => refresh({ intoForm: false }));
  for (const id of ['language', 'with-secret']) $(id).addEventListener('change', redoCode);
  $('send').addEventListener('click', send);
  $('stop').addEventListener('click', () => state.abort?.abort());
  $('link').addEventListener('click', (event) => copy(link(), event.target));
  $('copy-code').addEventListener('click', (event) => copy($('code').textContent, event.target));
  $('recent-load').addEventListener('click', () => loadRecent(ask));
  document.addEventListener('keydown', (event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); send(); } });
}

function edited(field) {
  const { value } = parsed($('body').value);
  if (!value) return; // the body is shown as wrong, and stays as it is
  $('body').value = JSON.stringify(fromField(value, field), null, 2);
  refresh({ intoForm: false });
}

function lengthen(button) {
  const list = button.closest('[data-list]');
  const now = list.querySelectorAll(':scope > [data-element]').length;
  const { value } = parsed($('body').value);
  if (!value) return;
  const length = resize(list, Math.max(1, now + ('more' in button.dataset ? 1 : -1)));
  const sent = value[list.dataset.list];
  if (Array.isArray(sent)) sent.length = Math.min(sent.length, length);
  $('body').value = JSON.stringify(value, null, 2);
  refresh({ intoForm: false });
}

function storeTyped() {
  const { value } = parsed($('body').value);
  const store = $('store').value.trim();
  state.fillings = {};
  if (!value || !('store' in value)) return;
  value.store = '{store}';
  $('body').value = filled(JSON.stringify(value, null, 2), { store });
}

function reveal() {
  const shown = $('secret').type === 'text';
  $('secret').type = shown ? 'password' : 'text';
  $('reveal').textContent = shown ? 'Show' : 'Hide';
  $('reveal').setAttribute('aria-pressed', !shown);
}

listen();
const query = new URLSearchParams(location.search);
choose(query.get('endpoint'), query.get('example'), { body: new URLSearchParams(location.hash.slice(1)).get('body') ?? undefined });
look();
document.documentElement.dataset.ready = 'true';
