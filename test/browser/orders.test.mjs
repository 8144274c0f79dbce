/* Orders on bad days: clicked twice, sent again, tampered with, left open, cancelled, late. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { choose, confirm, follow, heading, login, look, order, orderCode, pay, PASSWORD, payBy, PORTAL, says, startBrowser, startDemo, visitor, words } from './support.mjs';

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([startDemo(), startBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

const toCheckout = async (page, mailbox, years = 1) => {
  await login(page, demo, mailbox);
  await choose(page, demo, mailbox, years);
  await page.goto(`${demo.portal}/cassa`);
  await payBy(page, 'Bonifico');
  await page.locator('#terms').check();
};
const confirmButton = (page) => page.getByRole('button', { name: /^Conferma ordine/ });
const codes = async (page) => {
  await page.goto(`${demo.portal}/ordini`);
  return page.locator('ul.rows a[href*="/ordini/"]').evaluateAll((links) => links.map((link) => link.href.match(/\d{15}/)[0]));
};

for (const script of [true, false]) {
  test(`R21 a double click on the confirmation makes one order, ${script ? 'with' : 'without'} script`, async () => {
    const mailbox = await demo.mailbox();
    const page = await visitor(browser, { script });
    await toCheckout(page, mailbox);
    await confirmButton(page).dblclick();
    await page.waitForURL(/\/ordini\/\d{15}/);
    await says(page, 'Manca solo il bonifico');
    assert.equal((await codes(page)).length, 1);
    await page.close();
  });
}

test('R21 the browser\'s back button after confirming, and sending again, finds the same order', async () => {
  const mailbox = await demo.mailbox();
  const page = await visitor(browser);
  await toCheckout(page, mailbox);
  await follow(page, () => confirmButton(page).click());
  const code = orderCode(page);
  await page.goBack();
  if (await confirmButton(page).count()) {
    await payBy(page, 'Bonifico');
    await page.locator('#terms').check();
    await follow(page, () => confirmButton(page).click());
    assert.equal(orderCode(page), code);
  }
  assert.deepEqual(await codes(page), [code]);
  await page.close();
});

test('R21 the same form sent again by a program finds the same order', async () => {
  const mailbox = await demo.mailbox();
  const page = await visitor(browser);
  await toCheckout(page, mailbox);
  const found = await page.locator('#checkout').evaluate(async (form) => {
    const send = async () => (await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) })).url;
    return Promise.all([send(), send(), send()]).then(async (urls) => [...urls, await send()]);
  });
  const list = await codes(page);
  assert.equal(list.length, 1);
  for (const url of found) assert.ok(url.includes(list[0]), url);
  await page.close();
});

test('T7 a price altered on the way is refused with the right one, and nothing is ordered', async () => {
  const mailbox = await demo.mailbox();
  const page = await visitor(browser, { width: 390 });
  await toCheckout(page, mailbox);
  await page.locator('input[name=total_cents]').evaluate((input) => { input.value = '1'; });
  const answer = await follow(page, () => confirmButton(page).click());
  assert.equal(answer.status(), 422);
  await says(page, 'Il totale corretto è 30,50 €');
  await look(page, '50-price-changed');
  assert.deepEqual(await codes(page), []);
  await confirm(page, demo);
  await says(page, '30,50 €');
  await page.close();
});

test('R95 years that are not on sale are refused', async () => {
  const mailbox = await demo.mailbox();
  const page = await visitor(browser);
  await login(page, demo, mailbox);
  await page.goto(`${demo.portal}/caselle/${mailbox.address}/rinnovo`);
  for (const years of ['0', '4', '-1', 'due', '']) {
    await page.locator('input[name=years]').first().evaluate((input, value) => { input.value = value; input.checked = true; }, years);
    const answer = await follow(page, () => page.getByRole('button', { name: 'Vai alla cassa' }).click());
    assert.equal(answer.status(), 422, years);
    await says(page, "C'è qualcosa da correggere");
  }
  await page.goto(`${demo.portal}/carrello`);
  await says(page, 'Il carrello è vuoto');
  await page.close();
});

test('D10 R135 an open order offers Paga and Annulla instead of another; cancelled, the mailbox can be renewed again', async () => {
  const mailbox = await demo.mailbox();
  const page = await visitor(browser, { width: 390 });
  const code = await order(page, demo, mailbox);
  await page.goto(`${demo.portal}/caselle`);
  assert.equal(await page.getByRole('link', { name: /^Rinnova la casella/ }).count(), 0);
  await says(page, 'Rinnovo ordinato: si attendono 30,50 €');
  await look(page, '51-area-open-order');
  await page.goto(`${demo.portal}/caselle/${mailbox.address}/rinnovo`);
  assert.equal(orderCode(page), code, 'the way to a second renewal leads to the open order');
  await page.goto(`${demo.portal}/caselle`);
  await follow(page, () => page.getByRole('link', { name: /^Paga/ }).click());
  assert.equal(orderCode(page), code);
  await page.goto(`${demo.portal}/caselle`);
  await follow(page, () => page.getByRole('link', { name: /^Annulla/ }).click());
  assert.equal(await heading(page), "Annullare l'ordine?");
  await says(page, 'Se il bonifico è già stato disposto');
  await look(page, '52-cancel');
  await follow(page, () => page.getByRole('button', { name: "Annulla l'ordine" }).click());
  await says(page, 'Ordine annullato', 'Nulla è dovuto');
  await look(page, '53-cancelled');
  await page.goto(`${demo.portal}/ordini/${code}/annulla`);
  await says(page, 'Ordine annullato'); /* not a second time */
  const sheet = await page.context().request.get(`${demo.portal}/ordini/${code}/bonifico.pdf`);
  assert.equal(sheet.status(), 404, 'a cancelled order has no coordinates any more');

  await follow(page, () => page.getByRole('link', { name: /^Rinnova la casella/ }).click());
  await follow(page, () => page.getByRole('button', { name: 'Vai alla cassa' }).click());
  const second = await confirm(page, demo);
  assert.notEqual(second, code);
  await pay(page, demo, second);
  await page.goto(`${demo.portal}/caselle`);
  await says(page, '15/03/2028');
  await page.close();
});

test('R135 an order that was paid cannot be cancelled any more', async () => {
  const mailbox = await demo.mailbox();
  const page = await visitor(browser);
  const code = await order(page, demo, mailbox);
  await page.goto(`${demo.portal}/ordini/${code}/annulla`);
  const bank = await page.context().newPage();
  await pay(bank, demo, code);
  const answer = await follow(page, () => page.getByRole('button', { name: "Annulla l'ordine" }).click());
  assert.equal(answer.status(), 409);
  await says(page, 'non è più possibile');
  await page.goto(`${demo.portal}/caselle`);
  await says(page, '15/03/2028');
  await page.close();
});

test('D8 R119 too early and too late are told with their dates', async () => {
  const [early, late, lastDay, firstDay] = await demo.mailboxes([{ expires_on: '2027-03-21' }, { expires_on: '2026-09-20' }, { expires_on: '2026-09-21' },
    { expires_on: '2027-03-20' }]);
  for (const [mailbox, text] of [[early, 'Il rinnovo si apre il 21/12/2026'], [late, 'Il rinnovo era possibile fino al 19/12/2026']]) {
    const page = await visitor(browser, { width: 390 });
    await login(page, demo, mailbox);
    await says(page, text);
    assert.equal(await page.getByRole('link', { name: /^Rinnova la casella/ }).count(), 0);
    await look(page, mailbox === early ? '54-too-early' : '55-too-late');
    const answer = await page.goto(`${demo.portal}/caselle/${mailbox.address}/rinnovo`);
    assert.equal(answer.status(), 409);
    await says(page, text);
    await page.close();
  }
  for (const mailbox of [lastDay, firstDay]) {
    const page = await visitor(browser);
    await login(page, demo, mailbox);
    await page.getByRole('link', { name: /^Rinnova la casella/ }).waitFor();
    await page.close();
  }
});

test('D6 an expired mailbox says what still works; its new term runs from the old expiry and the days gone by are told', async () => {
  const mailbox = await demo.mailbox({ expires_on: '2026-12-08' });
  const page = await visitor(browser, { width: 390 });
  await login(page, demo, mailbox);
  await says(page, 'scaduta da 12 giorni', 'non invia e non riceve più', '08/03/2027');
  await look(page, '56-expired');
  await follow(page, () => page.getByRole('link', { name: /^Rinnova la casella/ }).click());
  await says(page, 'scaduta da 12 giorni', 'i giorni già trascorsi ne fanno parte', '08/12/2027');
  await look(page, '57-choose-expired');
  await page.close();
  const yesterday = await demo.mailbox({ expires_on: '2026-12-19' }), next = await visitor(browser, { width: 390 });
  await login(next, demo, yesterday);
  await next.goto(`${demo.portal}/caselle/${yesterday.address}/rinnovo`);
  await says(next, 'scaduta da 1 giorno. Il nuovo periodo');
  await next.close();
});

test('R18 what was chosen and is no longer possible is told in the cart and can only be taken out', async () => {
  const mailbox = await demo.mailbox();
  const account = await demo.account([mailbox.address]);
  const shop = await visitor(browser, { width: 390 });
  await login(shop, demo, account);
  await choose(shop, demo, mailbox);
  const own = await visitor(browser);
  const code = await order(own, demo, mailbox);
  await own.close();
  await shop.goto(`${demo.portal}/carrello`);
  await says(shop, "C'è già un ordine di rinnovo aperto", code);
  await look(shop, '58-cart-refused');
  await shop.goto(`${demo.portal}/cassa`);
  assert.equal(new URL(shop.url()).pathname, `${PORTAL}/carrello`);
  await follow(shop, () => shop.getByRole('button', { name: /^Togli/ }).click());
  await says(shop, 'Il carrello è vuoto');
  await shop.close();
});

test('R18 an empty cart leads back to the mailboxes, and the checkout leads to it', async () => {
  const mailbox = await demo.mailbox();
  const page = await visitor(browser);
  await login(page, demo, mailbox);
  await page.goto(`${demo.portal}/cassa`);
  assert.equal(new URL(page.url()).pathname, `${PORTAL}/carrello`);
  await says(page, 'Il carrello è vuoto');
  await follow(page, () => page.getByRole('link', { name: 'Vai alle caselle' }).click());
  assert.equal(await heading(page), 'Le mie caselle');
  await page.close();
});

test('R18 the cart survives leaving and coming back, and Modifica finds the choice made before', async () => {
  const mailbox = await demo.mailbox();
  const page = await visitor(browser);
  await login(page, demo, mailbox);
  await choose(page, demo, mailbox, 3);
  await follow(page, () => page.getByRole('button', { name: 'Esci' }).click());
  await login(page, demo, mailbox);
  await page.goto(`${demo.portal}/carrello`);
  await says(page, '91,50 €');
  await follow(page, () => page.getByRole('main').getByRole('link', { name: /^Modifica/ }).click());
  assert.equal(await page.locator('input[name=years][value="3"]').isChecked(), true);
  assert.match(await words(page.locator('aside.sum')), /91,50 €/);
  await page.close();
});

test('R11 a session that ran out while filling the checkout asks for the login and leads back to it', async () => {
  const own = await startDemo();
  try {
    const mailbox = await own.mailbox();
    const page = await visitor(browser, { width: 390 });
    await login(page, own, mailbox);
    await choose(page, own, mailbox);
    await page.goto(`${own.portal}/cassa`);
    await payBy(page, 'Bonifico');
    await page.locator('#terms').check();
    await own.setClock('2026-12-22T10:00:00+01:00');
    await follow(page, () => confirmButton(page).click());
    assert.equal(new URL(page.url()).pathname, `${PORTAL}/accedi`);
    await page.getByLabel('Indirizzo PEC').fill(mailbox.address);
    await page.getByLabel('Password della casella').fill(PASSWORD);
    await follow(page, () => page.getByRole('button', { name: 'Accedi', exact: true }).click());
    assert.equal(new URL(page.url()).pathname, `${PORTAL}/cassa`);
    await payBy(page, 'Bonifico');
    await page.locator('#terms').check();
    await follow(page, () => confirmButton(page).click());
    await says(page, 'Manca solo il bonifico');
    await page.close();
  } finally {
    await own.stop();
  }
});
