/* The desk by keyboard: data-key="n" on a link, a button or a field is the key that presses it, "g d" two keys one after the other;
 * j and k walk the rows of a table; ? lists them all. Without a script everything is reached by Tab. */
(() => {
  'use strict';

  const keyed = () => [...document.querySelectorAll('[data-key]')].filter((one) => one.checkVisibility?.() ?? one.offsetParent !== null);
  const label = (one) => one.dataset.keyLabel || one.getAttribute('aria-label') || one.textContent.trim() || one.value || '';
  const types = (target) => target.closest('input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]');

  const press = (one) => {
    if (one.matches('input[type=radio], input[type=checkbox]')) one.click();
    if (one.matches('input, textarea, select')) { one.focus(); one.select?.(); } else one.click();
  };

  const walk = (by) => {
    const links = [...document.querySelectorAll('table.desk tbody tr, .board > li')].map((row) => row.querySelector('a, button')).filter(Boolean);
    if (!links.length) return;
    const here = links.findIndex((link) => link.closest('tr, li').contains(document.activeElement));
    links[here < 0 ? 0 : Math.min(Math.max(here + by, 0), links.length - 1)].focus();
  };

  /* The row of sections may be longer than the window: the one we are in is in sight. */
  const here = document.querySelector('header nav [aria-current]'), row = here?.closest('ul');
  if (row) row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;

  const dialog = document.getElementById('keys');
  const list = () => {
    const rows = dialog.querySelector('dl');
    rows.replaceChildren();
    const put = (keys, text) => {
      const term = document.createElement('dt');
      keys.split(' ').forEach((key) => { const kbd = document.createElement('kbd'); kbd.textContent = key; term.append(kbd, ' '); });
      const what = document.createElement('dd');
      what.textContent = text;
      rows.append(term, what);
    };
    for (const one of keyed()) put(one.dataset.key, label(one));
    if (document.querySelector('table.desk tbody tr, .board > li')) { put('j', rows.dataset.down); put('k', rows.dataset.up); }
    put('?', rows.dataset.help);
    dialog.showModal();
  };
  document.getElementById('keys-open')?.addEventListener('click', list);

  /* A picture larger, smaller, turned; where there are several, the one with the focus answers the keys. */
  for (const viewer of document.querySelectorAll('[data-viewer]')) {
    const img = viewer.querySelector('img');
    let scale = 100;
    let angle = 0;
    viewer.querySelector('.tools').hidden = false;
    viewer.addEventListener('click', (event) => {
      const how = event.target.closest('[data-zoom]')?.dataset.zoom;
      if (how === 'turn') angle = (angle + 90) % 360;
      else if (how) scale = Math.min(500, Math.max(100, scale + (how === 'in' ? 50 : -50)));
      else return;
      img.style.width = `${scale}%`;
      img.style.rotate = `${angle}deg`;
      img.style.marginBlock = angle % 180 ? `${Math.max(0, (img.clientWidth - img.clientHeight) / 2)}px` : '';
    });
  }

  let before = '';
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || types(event.target) || dialog?.open) { before = ''; return; }
    const pair = before && `${before} ${event.key}`;
    const hits = (keys) => keyed().filter((one) => one.dataset.key === keys);
    const near = (all) => all.find((one) => one.closest('[data-viewer]')?.matches(':focus-within')) || all[0];
    const hit = near(hits(pair)) || near(hits(event.key));
    before = event.key.length === 1 ? event.key : '';
    if (hit) press(hit);
    else if (event.key === 'j' || event.key === 'k') walk(event.key === 'j' ? 1 : -1);
    else if (event.key === '?' && dialog) list();
    else return;
    event.preventDefault();
    before = '';
  });
})();
