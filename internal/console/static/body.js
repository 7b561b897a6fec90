// The body of a request: its blanks, and the form that is another view of it.

const blank = /\{(store|secret|newest|earlier|reference|duplicate|today|weekAgo|(?:IGLOBAL|VENDOR)_[A-Z_]+)\}/g;

// escaped is a text as it stands inside a JSON string.
export const escaped = (text) => JSON.stringify(text).slice(1, -1);

// filled puts what is known into the blanks; the secret is left for the wire.
export function filled(body, known) {
  const store = known.store?.trim();
  if (store) {
    body = body.replaceAll('"{store}"', /^[1-9][0-9]{0,14}$/.test(store) ? store : JSON.stringify(store));
  }
  return body.replace(blank, (whole, name) => {
    if (name === 'secret' || known[name] === undefined) return whole;
    return name === 'store' ? escaped(store || whole) : escaped(known[name]);
  });
}

// missing are the blanks that nothing is known for.
export function missing(body) {
  return [...body.matchAll(blank)].map((m) => m[1]).filter((name) => name !== 'secret' && name !== 'store');
}

// onTheWire puts in what is kept out of sight.
export function onTheWire(body, secret) {
  return body
    .replaceAll('{secret}', () => escaped(secret))
    .replaceAll('{mebibyte}', () => 'x'.repeat(1 << 20))
    .replaceAll('{thousand}', () => Array.from({ length: 1001 }, (_, i) => i).join(','));
}

// withoutSecret takes a secret out again, wherever it was typed.
export function withoutSecret(body, secret) {
  if (secret.length > 3) body = body.replaceAll(escaped(secret), '{secret}');
  // The secret of the examples with a wrong one is nobody's.
  return body.replace(/("secret"\s*:\s*)"(?!0{8}-0000-4000-8000-0{12}")(?:[^"\\]|\\.)*"?/g, '$1"{secret}"');
}

// parsed is the body as an object, or what is wrong with it.
export function parsed(body) {
  try {
    const value = JSON.parse(body);
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return { wrong: 'The body is JSON, but no object.' };
    return { value };
  } catch (e) {
    return { wrong: `This is not JSON: ${e.message}` };
  }
}

// at looks a path such as items.0.sku up.
function at(value, path) {
  for (const step of path.split('.')) {
    if (value === null || typeof value !== 'object') return undefined;
    value = value[step];
  }
  return value;
}

const shown = (value) => (value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value));

// toForm shows a body in a form.
export function toForm(form, value) {
  for (const list of form.querySelectorAll('[data-list]')) {
    const sent = at(value, list.dataset.list);
    resize(list, Array.isArray(sent) ? Math.max(1, sent.length) : 1);
  }
  for (const field of form.querySelectorAll('[data-key]')) {
    const text = shown(at(value, field.dataset.key));
    if (field.tagName === 'SELECT' && text && ![...field.options].some((o) => o.value === text || o.text === text)) {
      field.add(new Option(text)); // what the form does not offer
    }
    field.value = text;
  }
}

// typed is what a field sends; undefined for nothing.
function typed(field) {
  const text = field.value;
  if (text === '') return undefined;
  if (field.dataset.kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (field.dataset.kind === 'number' && String(Number(text)) === text && Number.isFinite(Number(text))) return Number(text);
  return text;
}

// fromField changes the body as a field says. Other keys stay as they are.
export function fromField(value, field) {
  const steps = field.dataset.key.split('.');
  const last = steps.pop();
  let below = value;
  for (const [i, step] of steps.entries()) {
    const next = steps[i + 1] ?? last;
    if (below[step] === null || typeof below[step] !== 'object') below[step] = /^\d+$/.test(next) ? [] : {};
    below = below[step];
  }
  const sent = typed(field);
  if (sent === undefined) delete below[last];
  else below[last] = sent;
  return value;
}

// resize gives a list so many elements.
export function resize(list, length) {
  const elements = list.querySelectorAll(':scope > [data-element]');
  for (let i = elements.length; i < length; i++) list.querySelector(':scope > .buttons').before(another(list, elements[0], i));
  for (let i = elements.length - 1; i >= length; i--) elements[i].remove();
  return length;
}

function another(list, first, index) {
  const made = first.cloneNode(true);
  const from = `${list.dataset.list}.0`;
  const to = `${list.dataset.list}.${index}`;
  for (const node of made.querySelectorAll('*')) {
    for (const name of ['id', 'for', 'data-key', 'aria-describedby']) {
      if (node.hasAttribute(name)) node.setAttribute(name, node.getAttribute(name).replace(from, to));
    }
    if ('value' in node && node.dataset.key) node.value = '';
  }
  return made;
}
