// A view of JSON of any size: it is cut into lines in small steps, and only
// the lines in sight are in the page.

const rowHeight = 20;
const all = 400; // so many lines are shown without more ado
const tallest = 12_000_000; // pixels; browsers have an end
const chunk = 64 * 1024; // characters between two breaths
const inlineLength = 160;

// breath lets the browser do something else.
export function breath() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { port1.close(); resolve(); };
    port2.postMessage(0);
  });
}

// Lines are the lines of a text: where each begins and ends, how deep it is,
// and on which line what it opens is closed.
class Lines {
  constructor(text) {
    this.text = text;
    this.length = 0;
    this.room = 1024;
    for (const name of ['start', 'end', 'depth', 'close']) this[name] = new Int32Array(this.room);
  }

  add(start, end, depth) {
    while (start < end && /\s/.test(this.text[start])) start++;
    while (end > start && /\s/.test(this.text[end - 1])) end--;
    if (start === end) return -1;
    if (this.length === this.room) {
      this.room *= 2;
      for (const name of ['start', 'end', 'depth', 'close']) {
        const larger = new Int32Array(this.room);
        larger.set(this[name]);
        this[name] = larger;
      }
    }
    const i = this.length++;
    this.start[i] = start;
    this.end[i] = end;
    this.depth[i] = depth;
    this.close[i] = -1;
    return i;
  }

  line(i) { return this.text.slice(this.start[i], this.end[i]); }

  indented(i) { return '  '.repeat(this.depth[i]) + this.line(i); }
}

// skipString is the place after a string that begins at i.
function skipString(text, i) {
  for (i++; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i + 1;
  }
  return i;
}

// leafEnd is the end of a short list or map with nothing below it, or -1.
function leafEnd(text, i) {
  const close = text[i] === '{' ? '}' : ']';
  const limit = Math.min(text.length, i + inlineLength);
  for (i++; i < limit;) {
    const c = text[i];
    if (c === close) return i + 1;
    if (c === '{' || c === '[') return -1;
    i = c === '"' ? skipString(text, i) : i + 1;
  }
  return -1;
}

// cut makes lines of JSON. It takes a breath after every chunk, and stops when
// told to.
export async function cut(text, stopped = () => false) {
  const lines = new Lines(text);
  const open = [];
  let begun = 0;
  let next = chunk;
  for (let i = 0; i < text.length;) {
    if (i >= next) {
      next = i + chunk;
      await breath();
      if (stopped()) return null;
    }
    const c = text[i];
    if (c === '"') { i = skipString(text, i); continue; }
    if (c === '{' || c === '[') {
      const end = leafEnd(text, i);
      if (end > 0 && open.length > 0) { i = end; continue; }
      open.push(lines.add(begun, i + 1, open.length));
      begun = ++i;
      continue;
    }
    if (c === '}' || c === ']') {
      lines.add(begun, i, open.length);
      const opened = open.pop();
      begun = i++;
      if (text[i] === ',') i++;
      const closing = lines.add(begun, i, open.length);
      if (opened >= 0) lines.close[opened] = closing;
      begun = i;
      continue;
    }
    i++;
    if (c === ',') { lines.add(begun, i, open.length); begun = i; }
  }
  lines.add(begun, text.length, 0);
  return lines;
}

// plain makes lines of a text that is no JSON.
export function plain(text) {
  const lines = new Lines(text);
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) { lines.add(start, end, 0); start = end + 1; }
  lines.add(start, text.length, 0);
  return lines;
}

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b/g;

// coloured fills a row with its tokens.
function coloured(row, text, json) {
  let last = 0;
  for (const m of json ? text.matchAll(token) : []) {
    row.append(text.slice(last, m.index));
    const span = document.createElement('span');
    span.className = m[1] ? (m[2] ? 'k' : 's') : m[3] ? 'n' : 'w';
    span.textContent = m[1] ?? m[0];
    row.append(span, m[2] ?? '');
    last = m.index + m[0].length;
  }
  row.append(text.slice(last));
}

// Viewer shows lines in an element.
export class Viewer {
  constructor(element) {
    this.element = element;
    this.sheet = element.appendChild(Object.assign(document.createElement('div'), { className: 'sheet' }));
    this.rows = this.sheet.appendChild(Object.assign(document.createElement('div'), { className: 'rows' }));
    element.addEventListener('scroll', () => this.schedule(), { passive: true });
    new ResizeObserver(() => this.schedule()).observe(element);
  }

  show(lines, json) {
    Object.assign(this, { lines, json, folded: new Set(), hits: [], hit: -1 });
    this.element.scrollTop = 0;
    this.arrange();
  }

  // arrange finds out which lines are in sight, and makes room for them.
  arrange() {
    const { lines, folded } = this;
    const seen = new Int32Array(lines.length);
    let n = 0;
    for (let i = 0; i < lines.length; i++) {
      seen[n++] = i;
      if (folded.has(i)) i = lines.close[i];
    }
    this.seen = seen.subarray(0, n);
    this.height = Math.min(n * rowHeight, tallest);
    this.sheet.style.height = `${this.height}px`;
    this.draw();
  }

  schedule() {
    if (this.lines && !this.drawing) {
      this.drawing = requestAnimationFrame(() => { this.drawing = 0; this.draw(); });
    }
  }

  draw() {
    const n = this.seen.length;
    const inSight = Math.ceil(this.element.clientHeight / rowHeight) + 1;
    const perPixel = n / Math.max(this.height, 1);
    let first = n <= all ? 0 : Math.max(0, Math.floor(this.element.scrollTop * perPixel) - 10);
    first = Math.min(first, Math.max(0, n - inSight));
    const count = n <= all ? n : Math.min(n - first, inSight + 20);
    const focused = this.rows.contains(document.activeElement) ? document.activeElement.dataset.line : undefined;
    this.rows.style.transform = `translateY(${Math.min(first / perPixel, Math.max(0, this.height - count * rowHeight))}px)`;
    this.rows.replaceChildren(...Array.from(this.seen.subarray(first, first + count), (line) => this.row(line)));
    if (focused !== undefined) this.rows.querySelector(`[data-line="${focused}"]`)?.focus({ preventScroll: true });
  }

  row(line) {
    const row = document.createElement('div');
    row.className = line === this.hits[this.hit] ? 'row found' : 'row';
    row.style.paddingLeft = `${1.9 + 1.2 * Math.min(this.lines.depth[line], 20)}em`;
    const close = this.lines.close[line];
    if (close > line) row.append(this.folder(line, close));
    coloured(row, this.lines.line(line), this.json);
    if (this.folded.has(line)) row.append(` … ${this.lines.line(close)}`);
    return row;
  }

  folder(line) {
    const button = document.createElement('button');
    const open = !this.folded.has(line);
    button.type = 'button';
    button.dataset.line = line;
    button.setAttribute('aria-expanded', open);
    button.setAttribute('aria-label', `${open ? 'Fold' : 'Unfold'} ${this.lines.line(line).slice(0, 60)}`);
    button.addEventListener('click', () => {
      if (open) this.folded.add(line);
      else this.folded.delete(line);
      this.arrange();
    });
    return button;
  }

  foldAll() {
    this.folded = new Set();
    for (let i = 1; i < this.lines.length; i++) if (this.lines.close[i] > i) this.folded.add(i);
    this.arrange();
  }

  unfoldAll() { this.folded = new Set(); this.arrange(); }

  // find looks for a text in small steps, and goes to the first line with it.
  async find(text, stopped) {
    const wanted = text.toLowerCase();
    const hits = [];
    const { lines } = this;
    for (let i = 0; wanted && i < lines.length; i++) {
      if (lines.line(i).toLowerCase().includes(wanted)) hits.push(i);
      if (i % 5000 === 4999) { await breath(); if (stopped()) return; }
    }
    this.hits = hits;
    this.hit = -1;
    this.next();
  }

  next() {
    this.hit = this.hits.length ? (this.hit + 1) % this.hits.length : -1;
    const line = this.hits[this.hit];
    if (line === undefined) { this.draw(); return; }
    for (const f of this.folded) if (f < line && line <= this.lines.close[f]) this.folded.delete(f);
    this.arrange();
    const place = this.seen.indexOf(line);
    this.element.scrollTop = (place / this.seen.length) * this.height - this.element.clientHeight / 2;
    this.draw();
  }
}
