/* The whole renewal by keyboard alone, and without JavaScript. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { follow, heading, look, orderCode, PASSWORD, pay, payBy, pdfText, says, startBrowser, startDemo, visitor, WIDTHS } from './support.mjs';

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([startDemo(), startBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

/* The focused element can be seen: it is in the window, nothing lies over it, and it is drawn otherwise than without focus. */
const focusFault = () => {
  const on = document.activeElement;
  const ring = (element) => element && getComputedStyle(element);
  const shown = [on, on.closest('label'), on.closest('.pick')].some((element) => {
    const style = ring(element);
    return style && ((style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none');
  });
  const box = on.getClientRects()[0] ?? on.getBoundingClientRect(); /* a link may go over two lines */
  const inside = box.bottom > 0 && box.top < innerHeight && box.width > 0;
  const over = document.elementFromPoint(Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1), Math.min(Math.max(box.top + Math.min(box.height, 20) / 2, 0), innerHeight - 1));
  const covered = over && !on.contains(over) && !over.contains(on) && !on.closest('label')?.contains(over);
  const name = `${on.tagName} ${on.id || on.textContent.trim().slice(0, 30) || on.name}`;
  return !inside ? `${name} is outside the window` : covered ? `${name} is covered by ${over.tagName}.${over.className}` : !shown ? `${name} shows no focus` : null;
};

/* Tab until `wanted` has the focus; every stop on the way must be visible. */
async function tabTo(page, wanted, faults) {
  await wanted.waitFor();
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement === document.body)) continue; /* past the last one, through the browser's own bar */
    const fault = await page.evaluate(focusFault);
    if (fault) faults.add(`${new URL(page.url()).pathname.replace(/rosa\S+?(?=\/|$)|\d{15}/, '…')}: ${fault}`);
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
  }
  assert.fail(`${wanted} is not reached by Tab on ${page.url()}`);
}

for (const width of WIDTHS) {
  test(`L20 the whole renewal by keyboard alone, with visible focus, at ${width} px`, async () => {
    const mailbox = await demo.mailbox();
    const page = await visitor(browser, { width });
    const faults = new Set();
    const to = (wanted) => tabTo(page, wanted, faults);
    const press = (key) => follow(page, () => page.keyboard.press(key));

    await page.goto(`${demo.portal}/`);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'skip', 'the first stop leads to the content');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
    await to(page.getByRole('link', { name: "Accedi all'Area Clienti" }));
    await press('Enter');

    /* a mistake first: the focus goes to the summary, from there to the field */
    await to(page.getByLabel('Indirizzo PEC'));
    await page.keyboard.type(mailbox.address);
    await to(page.getByLabel('Password della casella'));
    await page.keyboard.type('non è questa');
    await press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'errors');
    await to(page.locator('#errors a').first());
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'login');
    await to(page.getByLabel('Password della casella'));
    await page.keyboard.type(PASSWORD);
    await press('Enter');

    await to(page.getByRole('link', { name: /^Rinnova la casella/ }));
    await press('Enter');
    await to(page.locator('input[name=years]:checked'));
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.locator('input[name=years]:checked').getAttribute('value'), '2');
    assert.equal(await page.locator('[data-show=gross]').innerText().then((text) => text.replace('\u00a0', ' ')), '61,00 €');
    await to(page.getByRole('button', { name: 'Vai alla cassa' }));
    await press('Enter');
    await to(page.getByRole('link', { name: 'Procedi con il pagamento' }));
    await press('Enter');

    await to(page.getByRole('main').getByRole('link', { name: /^Modifica/ }));
    await press('Enter');
    await to(page.locator('#postcode'));
    await page.keyboard.press('Control+a');
    await page.keyboard.type('144');
    await to(page.getByRole('radio', { name: /^Carta di credito/ }));
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.locator('input[name=method]:checked').getAttribute('value'), 'bank_transfer');
    await to(page.locator('#terms'));
    await page.keyboard.press('Space');
    await to(page.getByRole('button', { name: /^Conferma ordine/ }));
    await press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'errors');
    await to(page.locator('#errors a').first());
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'postcode');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('00144');
    await press('Enter');

    const code = orderCode(page);
    await says(page, 'Manca solo il bonifico', '61,00 €');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: demo.url });
    await to(page.getByRole('button', { name: /la causale$/ }));
    await page.keyboard.press('Enter');
    await page.getByText('Copiato').first().waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), code);
    await to(page.getByRole('link', { name: /Scarica il PDF/ }));
    assert.deepEqual([...faults], []);
    await pay(page, demo, code);
    await page.goto(`${demo.portal}/caselle`);
    await says(page, '15/03/2029');
    await page.close();
  });

  test(`L20 the whole renewal without JavaScript at ${width} px`, async () => {
    const mailbox = await demo.mailbox();
    const page = await visitor(browser, { width, script: false });
    const click = (role, name) => follow(page, () => page.getByRole(role, { name }).first().click());
    await page.goto(`${demo.portal}/`);
    await click('link', "Accedi all'Area Clienti");
    await page.getByLabel('Indirizzo PEC').fill(mailbox.address);
    await page.getByLabel('Password della casella').fill('non è questa');
    await click('button', /^Accedi$/);
    await says(page, 'Dati di accesso non corretti');
    await page.getByLabel('Password della casella').fill(PASSWORD);
    await click('button', /^Accedi$/);
    await click('link', /^Rinnova la casella/);
    await page.getByText('Cambia tipo o aggiungi spazio').click();
    await page.getByRole('radio', { name: /^Silver/ }).check();
    await click('button', 'Mostra i prezzi con questa scelta');
    await says(page, 'Silver');
    await page.getByRole('radio', { name: /^Bronze/ }).check();
    await click('button', 'Mostra i prezzi con questa scelta');
    await page.locator('input[name=years][value="2"]').check();
    await click('button', 'Vai alla cassa');
    await says(page, '61,00 €');
    await click('button', /^Togli/);
    await says(page, 'Il carrello è vuoto');
    await click('link', 'Vai alle caselle');
    await click('link', /^Rinnova la casella/);
    await click('button', 'Vai alla cassa');
    await click('link', 'Procedi con il pagamento');
    await payBy(page, 'Bonifico');
    await page.locator('#terms').check();
    await click('button', /^Conferma ordine/);
    const code = orderCode(page);
    await says(page, 'Manca solo il bonifico', '30,50 €', 'IT60 X054 2811 1010 0000 0123 456');
    assert.equal(await page.getByRole('button', { name: /la causale$/ }).count(), 0, 'no button that does nothing');
    assert.ok((await pdfText(page, demo, `/b/legalmail/ordini/${code}/bonifico.pdf`)).replace(/\s/g, '').includes(code));
    await pay(page, demo, code);
    await page.goto(`${demo.portal}/caselle`);
    await says(page, '15/03/2028');
    await page.goto(`${demo.portal}/fatture`);
    await says(page, '30,50 €');
    await page.close();
  });
}

test('L20 at 320 px and with letters twice as large nothing is wider than the window', async () => {
  const mailbox = await demo.mailbox();
  for (const [width, zoom] of [[320, 1], [640, 2]]) {
    const page = await visitor(browser, { width: width / zoom, deviceScaleFactor: zoom });
    await page.goto(`${demo.portal}/accedi`);
    await page.getByLabel('Indirizzo PEC').fill(mailbox.address);
    await page.getByLabel('Password della casella').fill(PASSWORD);
    await follow(page, () => page.getByRole('button', { name: 'Accedi', exact: true }).click());
    for (const path of ['/', '/guida', '/condizioni', '/caselle', `/caselle/${mailbox.address}`, `/caselle/${mailbox.address}/rinnovo?plan=gold`, '/carrello', '/ordini', '/fatture', '/profilo']) {
      await page.goto(demo.portal + path);
      assert.equal(await page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth)), 0, `${path} at ${width}/${zoom}`);
      assert.doesNotMatch(await page.locator('body').innerText(), /\p{L}\.\.(?!\.)/u, path); // «S.p.A..»: a company's name ends a sentence
    }
    await page.close();
  }
});

test('R2 R5 R38 the guide has what is needed, three steps with anchors, and ways back to the index that lead there', async () => {
  const page = await visitor(browser, { width: 390 });
  await page.goto(`${demo.portal}/guida`);
  await says(page, 'Cosa occorre', 'una casella Legalmail da rinnovare', 'la password della casella', 'pagina dedicata ai rinnovi', 'Carta di credito o PayPal', 'Non ripetere il bonifico');
  await look(page, '70-guide');
  const links = page.locator('#indice a');
  assert.equal(await links.count(), 3);
  for (let i = 0; i < 3; i++) {
    await links.nth(i).click();
    const target = new URL(page.url()).hash;
    const section = page.locator(target);
    assert.equal(await section.count(), 1, target);
    const back = section.getByRole('link', { name: "torna all'indice" });
    assert.equal(await back.getAttribute('href'), '#indice');
    await back.click();
    assert.equal(new URL(page.url()).hash, '#indice');
    assert.equal(await page.locator('#indice').evaluate((index) => index.getBoundingClientRect().top < innerHeight), true);
  }
  /* each seller's own ways to pay, own steps and name, also where there is no page */
  const fnomceo = await visitor(browser, { width: 390 });
  await fnomceo.goto(`${demo.of('fnomceo').portal}/`);
  await says(fnomceo, 'Caselle PEC FNOMCEO', 'Carta di credito o PayPal: la casella si rinnova subito', 'Bollettino postale o Bonifico Bancario: la casella si rinnova quando');
  assert.doesNotMatch(await fnomceo.locator('main').innerText(), /PEC PEC/);
  await fnomceo.goto(`${demo.of('fnomceo').portal}/guida`);
  await says(fnomceo, 'un passo alla volta');
  assert.doesNotMatch(await fnomceo.locator('main').innerText(), /Vai alla cassa/);
  await fnomceo.goto(`${demo.of('fnomceo').portal}/nulla`);
  assert.equal(await fnomceo.title(), 'Pagina non trovata – PEC FNOMCEO');
  await fnomceo.close();
  await page.goto(`${demo.portal}/accessibilita`);
  assert.equal(await heading(page), 'Dichiarazione di accessibilità');
  await look(page, '71-accessibility');
  /* every link of the public pages leads somewhere */
  for (const path of ['/', '/guida', '/condizioni', '/accessibilita', '/accedi']) {
    await page.goto(demo.portal + path);
    const hrefs = await page.locator('a[href]').evaluateAll((all) => all.map((a) => a.href).filter((href) => href.startsWith(location.origin)));
    for (const href of new Set(hrefs)) {
      const answer = await page.context().request.get(href);
      assert.ok(answer.ok(), `${href} of ${path}: ${answer.status()}`);
      const hash = new URL(href).hash.slice(1);
      if (hash) assert.ok((await answer.text()).includes(`id="${hash}"`), href);
    }
  }
  await page.close();
});
