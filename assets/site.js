/* What the pages gain from a script; each works without it. */
(() => {
  'use strict';

  const say = (text) => {
    const live = document.getElementById('live');
    if (!live) return;
    live.textContent = '';
    setTimeout(() => { live.textContent = text; }, 50); /* an emptied region is read again even when the text is the same */
  };

  /* Without a secure context there is no navigator.clipboard: the old way, through a selection. */
  const copyBySelection = (text) => {
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'visually-hidden';
    field.readOnly = true;
    document.body.append(field);
    field.select();
    const copied = document.execCommand('copy');
    field.remove();
    return copied ? Promise.resolve() : Promise.reject(new Error('copy refused'));
  };
  const copy = (text) => (navigator.clipboard ? navigator.clipboard.writeText(text).catch(() => copyBySelection(text)) : copyBySelection(text));

  for (const button of document.querySelectorAll('[data-copy]')) {
    const label = button.querySelector('[data-label]');
    const usual = label.textContent;
    let timer;
    button.hidden = false;
    button.addEventListener('click', () => copy(button.dataset.copy).then(() => {
      const live = document.getElementById('live');
      label.textContent = live.dataset.copied;
      say(live.dataset.copied);
      button.focus();
      clearTimeout(timer);
      timer = setTimeout(() => { label.textContent = usual; }, 2500);
    }, () => { /* the code stands beside the button and can be selected by hand */ }));
  }

  const errors = document.getElementById('errors');
  if (errors) {
    errors.focus();
    errors.addEventListener('click', (event) => {
      const link = event.target.closest('a[href^="#"]');
      const field = link && document.getElementById(link.hash.slice(1));
      if (!field) return;
      event.preventDefault();
      (field.closest('.field, fieldset') || field).scrollIntoView();
      field.focus({ preventScroll: true });
    });
  }

  /* One submission a page; a page that comes back from the browser's cache may be sent again. */
  const setSent = (form, sent) => {
    form.toggleAttribute('data-sent', sent);
    for (const part of form.elements) /* also those outside it, tied by their form attribute */
      if (part.type === 'submit') part.setAttribute('aria-disabled', String(sent));
  };
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.method !== 'post') return;
    if (form.hasAttribute('data-sent')) event.preventDefault();
    else if (!event.submitter?.hasAttribute('data-download')) setSent(form, true); /* after a download the page stays */
  });
  addEventListener('pageshow', () => { for (const form of document.querySelectorAll('form[data-sent]')) setSent(form, false); });

  /* Chosen files go at once, as if the button beside them had been pressed. */
  for (const input of document.querySelectorAll('input[data-press]')) {
    const button = document.getElementById(input.dataset.press);
    input.addEventListener('change', () => { if (input.files.length) input.form.requestSubmit(button); });
  }

  /* The summary follows the chosen row: data-sum-net="25,00 €" is written into every [data-show="net"]. */
  const show = (input) => {
    for (const [key, value] of Object.entries(input.dataset)) {
      if (!key.startsWith('sum')) continue;
      for (const place of document.querySelectorAll(`[data-show="${key.slice(3).toLowerCase()}"]`)) place.textContent = value;
    }
  };
  for (const input of document.querySelectorAll('input[data-sum-gross]')) {
    input.addEventListener('change', () => show(input));
    if (input.checked) show(input); /* what the browser restored, when it differs from what was sent */
  }
  addEventListener('pageshow', () => document.querySelectorAll('input[data-sum-gross]:checked').forEach(show));

  /* In a wizard the sum follows each choice that has a price: the page is asked for with the choice, and its sum is taken over. What is
   * typed stays, and where the asking fails the sum that was sent does. */
  const step = document.getElementById('step');
  const PRICED = /^(years|plan|extra_gb|extra_archive_gb)(_\d+)?$/;
  let asking = null;
  const withChoice = (address) => {
    const url = new URL(address);
    for (const [name, value] of new FormData(step)) if (PRICED.test(name)) url.searchParams.set(name, value);
    return url;
  };
  const follow = () => {
    asking?.abort();
    asking = new AbortController();
    fetch(withChoice(location.href), { signal: asking.signal })
      .then((answer) => (answer.ok ? answer.text() : ''))
      .then((text) => {
        const told = new DOMParser().parseFromString(text, 'text/html');
        for (const part of ['.sum-lines', '.sum-bar .total']) {
          const from = told.querySelector(part), to = document.querySelector(part);
          if (from && to) to.replaceChildren(...from.childNodes);
        }
      })
      .catch(() => { /* overtaken by another choice, or no answer */ });
  };
  step?.addEventListener('change', (event) => { if (PRICED.test(event.target.name)) follow(); });
  for (const form of document.querySelectorAll('form[data-beside-step]')) /* adds or takes out a mailbox: the choice goes along */
    form.addEventListener('submit', () => { form.action = withChoice(form.action); });

  /* A payment that is not settled yet: asked about every few seconds; the page moves on when there is an answer, and loads itself
   * again when it has other things to say. Where the asking fails, the page stays as it is, with its link. */
  const waiting = document.querySelector('[data-wait]');
  if (waiting) {
    const patience = Number(waiting.dataset.patience) * 1000;
    const until = patience && Date.now() + patience;
    const ask = () => fetch(waiting.dataset.wait, { headers: { Accept: 'application/json' } })
      .then((answer) => (answer.ok ? answer.json() : {}))
      .catch(() => ({}))
      .then((said) => {
        if (said.done) location.replace(said.url);
        else if (until && Date.now() > until) location.replace(waiting.dataset.again);
        else setTimeout(ask, until ? 3000 : 15000);
      });
    setTimeout(ask, 2000);
  }
})();
