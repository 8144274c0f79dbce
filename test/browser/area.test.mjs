/* Many mailboxes, and what the pages weigh. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { choose, confirm, follow, login, look, says, scales, startBrowser, startDemo, visitor } from './support.mjs';

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([startDemo(), startBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

test('R150 an account with hundreds of mailboxes: pages that hold them all once, and a search', async () => {
  const page = await visitor(browser, { width: 390 });
  await login(page, demo, demo.largeAccount);
  await says(page, /520 caselle\. In questa pagina \d+ richiedono attenzione/);
  await look(page, '80-area-large');
  const total = Number(/(\d+) caselle\./.exec(await page.locator('main').innerText())[1]);
  assert.ok(total >= 500);
  const seen = [];
  for (;;) {
    const addresses = await page.locator('main section h2').allInnerTexts();
    assert.ok(addresses.length <= 20);
    seen.push(...addresses);
    const more = page.getByRole('link', { name: 'Avanti' });
    if (await more.count() === 0) break;
    await follow(page, () => more.click());
  }
  assert.equal(seen.length, total);
  assert.equal(new Set(seen).size, total);
  await follow(page, () => page.getByRole('link', { name: "Dall'inizio" }).click());
  assert.equal((await page.locator('main section h2').allInnerTexts())[0], seen[0]);

  const wanted = seen[333];
  await page.getByLabel('Cerca una casella').fill(`  ${wanted.split('@')[0].toUpperCase()} `);
  await follow(page, () => page.getByRole('button', { name: 'Cerca' }).click());
  assert.ok((await page.locator('main section h2').allInnerTexts()).includes(wanted));
  await look(page, '81-area-found');
  for (const none of ['%', '_', 'nessuna-così', "'", '<b>', '!']) {
    await page.getByLabel('Cerca una casella').fill(none);
    await follow(page, () => page.getByRole('button', { name: 'Cerca' }).click());
    await says(page, `Nessuna casella contiene «${none}»`);
  }
  await look(page, '82-area-found-none');
  await page.getByLabel('Cerca una casella').fill('e');
  await follow(page, () => page.getByRole('button', { name: 'Cerca' }).click());
  await follow(page, () => page.getByRole('link', { name: 'Avanti' }).click());
  for (const address of await page.locator('main section').allInnerTexts()) assert.match(address, /e/i);
  assert.equal(await page.getByLabel('Cerca una casella').inputValue(), 'e', 'the search goes on through the pages');
  await page.close();
});

test('R13 the demonstration\'s account shows a mailbox in every state', async () => {
  const own = await startDemo('2026-11-22T10:00:00+01:00');
  try {
    for (const width of [390, 1280]) {
      const page = await visitor(browser, { width });
      await login(page, own, { email: 'demo@casella.example', password: own.largeAccount.password });
      await says(page, 'scade tra 23 giorni', 'attiva', 'scaduta da 12 giorni', 'cessata', 'Il rinnovo automatico è attivo', 'Rinnovo ordinato');
      await look(page, '83-area-states');
      await page.close();
    }
  } finally {
    await own.stop();
  }
});

test('a page weighs under 150 kB the first time and under 20 kB afterwards', async () => {
  const mailbox = await demo.mailbox();
  const page = await visitor(browser, { width: 390 });
  const weigh = await scales(page);
  const weights = { first: await weigh(() => page.goto(`${demo.portal}/accedi`)) };
  assert.ok(weights.first > 5000, 'something was measured');
  assert.ok(weights.first < 150_000, `${weights.first} bytes at first`);
  weights.login = await weigh(() => login(page, demo, mailbox));
  for (const path of ['/caselle', `/caselle/${mailbox.address}`, `/caselle/${mailbox.address}/rinnovo`, '/guida', '/']) weights[path] = await weigh(() => page.goto(demo.portal + path));
  weights.cart = await weigh(() => choose(page, demo, mailbox));
  weights.order = await weigh(() => confirm(page, demo));
  for (const [name, weight] of Object.entries(weights))
    if (name !== 'first') assert.ok(weight < (['login', 'cart', 'order'].includes(name) ? 2 : 1) * 20_000, `${name}: ${weight} bytes`); /* those are two pages */
  await page.close();
});
