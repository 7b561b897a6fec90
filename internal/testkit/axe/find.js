// All that axe-core has to say of this page: a list of findings.
(async () => {
  const told = (results, open) => results.flatMap((rule) => rule.nodes.map((node) => ({
    Rule: rule.id, Impact: node.impact ?? rule.impact ?? '', Help: rule.help, Open: open,
    Target: node.target.flat().join(' '), HTML: node.html, Why: node.failureSummary ?? '',
  })));
  const look = async (options) => {
    const results = await axe.run(document, { ...options, resultTypes: ['violations', 'incomplete'] });
    if (results.passes.length + results.violations.length + results.incomplete.length === 0) throw new Error('axe-core looked at nothing');
    return [...told(results.violations, false), ...told(results.incomplete, true)];
  };

  const style = (element, properties) => {
    const before = element.style.cssText;
    Object.assign(element.style, properties);
    return () => {
      element.style.cssText = before;
      if (!before) element.removeAttribute('style');
    };
  };
  // unroll lays everything out in full.
  const unroll = () => {
    const undo = [];
    for (const e of document.body.querySelectorAll('*')) {
      const { position, overflow } = getComputedStyle(e);
      if (/sticky|fixed/.test(position)) undo.push(style(e, { position: 'static' }));
      if (!/auto|scroll/.test(overflow)) continue;
      undo.push(style(e, { overflow: 'visible', maxHeight: 'none' }));
      for (let at = e; at; at = at.parentElement) undo.push(style(at, { display: 'block', width: 'max-content', minWidth: '100%', maxWidth: 'none' }));
    }
    return () => { for (const one of undo.reverse()) one(); };
  };
  const settled = () => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); });

  const inPlace = await look({
    runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice', 'experimental'] },
    rules: {
      'hidden-content': { enabled: false }, // it only tells that something is hidden
      'color-contrast': { enabled: false }, // see below
    },
  });
  // What is behind a text that has been scrolled away, or lies under something
  // that stays in place, axe-core can tell only once all of it is in sight.
  const rollUp = unroll();
  await settled();
  const inFull = await look({ runOnly: { type: 'rule', values: ['color-contrast'] } });
  rollUp();
  await settled();
  return [...inPlace, ...inFull];
})()
