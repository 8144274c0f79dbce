/* A domain of a customer's own and its mailboxes, from one of them to the order for all (R145, T50). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { confirm, follow, heading, login, look, orderCode, says, startBrowser, startDemo, visitor } from './support.mjs';

let demo, shop, browser;
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
  shop = demo.of('aruba');
});
after(async () => { await browser?.close(); await demo?.stop(); });

for (const [width, script] of [[390, true], [1280, true], [390, false]])
  test(`R145 T50 a domain is renewed with its mailboxes, at ${width} px ${script ? 'with' : 'without'} script`, async () => {
    const domain = `verdi${width}${script ? '' : 'senza'}.example`;
    await shop.mailboxes(['info', 'posta'].map((name) => ({ address: `${name}@${domain}`, domain, plan: 'own', expires_on: '2027-01-10' })));
    const account = await shop.account([`info@${domain}`, `posta@${domain}`]);
    const page = await visitor(browser, { width, script });
    await login(page, shop, account);
    await follow(page, () => page.getByRole('link', { name: `Vai al dominio di info@${domain}` }).click());
    assert.equal(await heading(page), domain);
    await page.goto(`${shop.portal}/caselle/info@${domain}/rinnovo`); /* as in a notice of before: the same page */
    assert.equal(page.url(), `${shop.portal}/domini/${domain}`);
    assert.equal(await page.locator('.btn-primary').count(), 1);
    await says(page, `info@${domain}`, `posta@${domain}`, 'Scadenza attuale 10/01/2027', 'Nuova scadenza 10/01/2028', '19,80 €', '24,16 €');
    if (script) await look(page, `190-domain-${width}`);
    await page.locator('input[name=years][value="2"]').check();
    if (script) await says(page, 'Nuova scadenza 10/01/2029', '39,60 €', '48,31 €');
    await follow(page, () => page.getByRole('button', { name: 'Rinnova il dominio' }).click());
    await says(page, `info@${domain}`, `posta@${domain}`, '48,31 €');
    await confirm(page, shop);
    const code = orderCode(page);
    await page.goto(`${shop.portal}/domini/${domain}`);
    await says(page, 'Il rinnovo è già ordinato');
    if (script) await look(page, `191-domain-ordered-${width}`);
    await follow(page, () => page.getByRole('link', { name: "Vai all'ordine" }).click());
    assert.equal(orderCode(page), code);
  });
