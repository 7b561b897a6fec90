// What is wrong with a page for who sees little, hears it, or has no mouse: a
// list of sentences.
(() => {
  const wrong = [];
  const seen = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0;
  const name = (e) => {
    const by = e.getAttribute('aria-labelledby')?.split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
    return (by || e.getAttribute('aria-label') || (e.labels && [...e.labels].map((l) => l.textContent).join(' ')) || e.textContent).trim();
  };
  const shown = (e) => `<${e.tagName.toLowerCase()} ${e.id || e.className || ''}> ${e.textContent.trim().slice(0, 40)}`;

  const ids = new Set();
  for (const e of document.querySelectorAll('[id]')) {
    if (ids.has(e.id)) wrong.push(`two elements have the id ${e.id}`);
    ids.add(e.id);
  }
  for (const e of document.querySelectorAll('[aria-describedby], [aria-labelledby], label[for]')) {
    for (const attribute of ['aria-describedby', 'aria-labelledby', 'for']) {
      for (const id of (e.getAttribute(attribute) ?? '').split(' ').filter(Boolean)) {
        if (!ids.has(id)) wrong.push(`${shown(e)} points at ${id}, which is not there`);
      }
    }
  }
  for (const e of document.querySelectorAll('a, button, input, select, textarea, summary, [role=region], [role=img], fieldset, nav')) {
    if (!name(e)) wrong.push(`${shown(e)} has no name`);
  }
  for (const e of document.querySelectorAll('input, select, textarea')) {
    if (!e.labels?.length && !e.getAttribute('aria-label')) wrong.push(`${shown(e)} has no label`);
  }
  for (const e of document.querySelectorAll('*')) {
    const scrolls = seen(e) && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1) && /auto|scroll/.test(getComputedStyle(e).overflow);
    if (scrolls && e.tabIndex < 0) wrong.push(`${shown(e)} scrolls, and not by keyboard`);
  }

  let level = 0;
  for (const h of [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(seen)) {
    const now = Number(h.tagName[1]);
    if (now > level + 1) wrong.push(`${shown(h)} comes after a heading of level ${level}`);
    level = now;
  }
  if (document.querySelectorAll('h1').length !== 1) wrong.push('there is not one h1');
  if (document.querySelectorAll('main').length !== 1) wrong.push('there is not one main');
  if (!document.documentElement.lang) wrong.push('the page does not say its language');
  for (const table of document.querySelectorAll('table')) {
    for (const th of table.querySelectorAll('th')) if (!th.scope) wrong.push(`${shown(th)} has no scope`);
  }

  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const color = rgba(getComputedStyle(e).backgroundColor);
      if (color[3] === 255) return color;
      if (color[3] > 0) wrong.push(`${shown(e)} has a background that lets through, which is not computed here`);
    }
    return [255, 255, 255, 255];
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const contrast = (a, b) => {
    const [high, low] = [light(a), light(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };
  let compared = 0;
  const told = new Set();
  const tell = (e, ratio, least) => {
    if (ratio >= least || told.has(`${e.tagName}${e.className}`)) return;
    told.add(`${e.tagName}${e.className}`);
    wrong.push(`${shown(e)} has a contrast of ${ratio.toFixed(2)}, expected ${least}`);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const e = node.parentElement;
    if (!node.data.trim() || !seen(e) || /SCRIPT|STYLE|NOSCRIPT|OPTION|OPTGROUP/.test(e.tagName) || e.matches(':disabled')) continue;
    const style = getComputedStyle(e);
    const svg = e.ownerSVGElement;
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const back = svg && e.matches('.status') ? rgba(getComputedStyle(svg.querySelector('.box')).fill) : behind(svg ?? e);
    tell(e, contrast(rgba(svg ? style.fill : style.color), back), large ? 3 : 4.5);
    compared++;
  }
  for (const e of [...document.querySelectorAll('input:not([type=checkbox]), select, textarea')].filter(seen)) {
    tell(e, contrast(rgba(getComputedStyle(e).borderTopColor), behind(e.parentElement)), 3);
    tell(e, contrast(rgba(getComputedStyle(e).color), behind(e)), 4.5);
    compared++;
  }
  if (compared < 20) wrong.push(`only ${compared} texts were looked at`);
  return wrong;
})()
