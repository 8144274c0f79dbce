/* What may be had of a mailbox while its term runs, and what its pages say of it: more space (§3.7), a smaller plan that waits, when it
 * may and had best be renewed; and whether the guide was of use. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { WIDTHS, choose, confirm, follow, heading, login, look, openMail, orderCode, pay, payBy, says, startBrowser, startDemo, visitor } from './support.mjs';

let demo, shop, browser;
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
  shop = demo.of('aruba');
});
/* What no page does, straight in the database. */
async function sql(text) {
  await promisify(execFile)('python3', ['-c', 'import sqlite3, sys\nwith sqlite3.connect(sys.argv[1], 30) as db: db.execute(sys.argv[2])', `${demo.folder}/demo.db`, text]);
}
after(async () => { await browser?.close(); await demo?.stop(); });

for (const [width, script] of [[390, true], [1280, true], [390, false]])
  test(`§3.7 more space until the expiry, from the mailbox's page to the room that is there, at ${width} px ${script ? 'with' : 'without'} script`, async () => {
    const box = await shop.mailbox({ plan: 'pro' });
    const page = await visitor(browser, { width, script });
    await login(page, shop, box);
    await page.goto(`${shop.portal}/caselle/${box.address}`);
    await says(page, '2 GB e 3 GB di archivio');
    await follow(page, () => page.getByRole('link', { name: 'Aggiungi spazio' }).click());
    assert.equal(await heading(page), 'Aggiungere spazio');
    await says(page, '15/03/2027', '3 mesi', '0,75 €', 'Con l\'aggiunta: 3 GB e 3 GB di archivio');
    await page.getByLabel('GB in più per la casella').fill('200');
    await follow(page, () => page.getByRole('button', { name: 'Calcola il prezzo' }).click());
    await says(page, 'Spazio aggiuntivo non disponibile: al massimo 100 GB.');
    assert.equal(await page.locator('.btn-primary').count(), 0);
    if (script) await look(page, `260-space-wrong-${width}`);
    await page.getByLabel('GB in più per la casella').fill('2');
    await page.getByLabel("GB in più per l'archivio").fill('1');
    await follow(page, () => page.getByRole('button', { name: 'Calcola il prezzo' }).click());
    await says(page, 'Con l\'aggiunta: 4 GB e 4 GB di archivio', '2,25 €', '2,75 €', '10,98 € in più l\'anno');
    if (script) await look(page, `261-space-${width}`);
    await follow(page, () => page.getByRole('button', { name: /^Conferma ordine/ }).click());
    await says(page, 'Per confermare l\'ordine occorre accettare le condizioni.', '2,75 €');
    await payBy(page, 'Bonifico');
    await page.locator('#terms').check();
    await follow(page, () => page.getByRole('button', { name: 'Conferma ordine con obbligo di pagare' }).click());
    const code = orderCode(page);
    await says(page, 'Lo spazio si aggiunge quando l\'importo arriva.', 'Spazio aggiuntivo 2 GB e archivio 1 GB fino al 15/03/2027');
    await page.goto(`${shop.portal}/caselle/${box.address}`);
    await says(page, 'Spazio ordinato, da pagare', code, 'Rinnova la casella');
    assert.equal(await page.getByRole('link', { name: 'Aggiungi spazio' }).count(), 0);
    await page.goto(`${shop.portal}/caselle/${box.address}/spazio`);
    assert.equal(orderCode(page), code);
    await pay(page, demo, code);
    await page.goto(`${shop.portal}/ordini/${code}`);
    assert.equal(await heading(page), 'Spazio aggiunto');
    await page.goto(`${shop.portal}/caselle/${box.address}`);
    await says(page, '4 GB e 4 GB di archivio', 'Ancora nessun rinnovo.');
    if (width === 390 && script) {
      await openMail(page, demo, box.contact_email, `Spazio aggiunto alla casella ${box.address}`);
      await look(page, '262-space-mail');
    }
    await page.close();
  });

test('§3.7 a renewal that is ordered closes an order of space', async () => {
  const box = await shop.mailbox({ plan: 'pro' });
  const page = await visitor(browser);
  await login(page, shop, box);
  await page.goto(`${shop.portal}/caselle/${box.address}/spazio?gb=1`);
  await payBy(page, 'Bonifico');
  await page.locator('#terms').check();
  await follow(page, () => page.getByRole('button', { name: /^Conferma ordine/ }).click());
  const code = orderCode(page);
  await page.goto(`${shop.portal}/caselle/${box.address}/rinnovo`);
  const renewal = await confirm(page, shop);
  await page.goto(`${shop.portal}/ordini/${code}`);
  await says(page, 'Annullato');
  await page.goto(`${shop.portal}/caselle/${box.address}/spazio`);
  assert.equal(orderCode(page), renewal);
  await page.close();
});

test('R141 R142 at retail a mailbox is renewed at any time, and best a fortnight before its end', async () => {
  const far = await shop.mailbox({ expires_on: '2029-06-30' }), late = await shop.mailbox({ expires_on: '2027-01-02' });
  for (const [box, advice] of [[far, 'meglio entro il 15/06/2029'], [late, null]]) {
    const page = await visitor(browser);
    await login(page, shop, box);
    await says(page, 'Rinnova la casella', ...(advice ? [advice] : []));
    if (!advice) assert.doesNotMatch(await page.locator('main').innerText(), /meglio entro/);
    await choose(page, shop, box);
    assert.match(page.url(), /\/rinnovo\/[0-9a-f]{32}\//);
    await page.close();
  }
});

for (const width of WIDTHS)
  test(`R167 the guide asks whether it was of use and says who helps, at ${width} px`, async () => {
    const page = await visitor(browser, { width, script: width > 400 });
    await page.goto(`${shop.portal}/guida`);
    await says(page, 'Questa guida è stata utile?', 'assistenza@aruba.example');
    await follow(page, () => page.getByRole('button', { name: 'Sì', exact: true }).click());
    await says(page, 'Grazie, la risposta è stata registrata.');
    assert.equal(await page.getByRole('button', { name: 'Sì', exact: true }).count(), 0);
    if (width > 400) await look(page, `263-guide-voted-${width}`);
    await page.close();
  });

test('§3.7 a smaller plan that does not fit says on the mailbox\'s page what to do', async () => {
  const box = await shop.mailbox({ plan: 'pro' });
  const page = await visitor(browser, { width: 390 });
  await login(page, shop, box);
  await page.goto(`${shop.portal}/caselle/${box.address}/spazio?gb=1`);
  await payBy(page, 'Bonifico');
  await page.locator('#terms').check();
  await follow(page, () => page.getByRole('button', { name: /^Conferma ordine/ }).click());
  await sql(`INSERT INTO plan_change (order_id, mailbox_id, state, old_plan, new_plan, quota_mb, archive_mb, kept_archive_mb, used_mb, consent, consent_text,
    consent_by, ordered_at, asked_on) SELECT o.id, o.mailbox_id, 'held', 'pro', 'standard', 1024, 0, 3072, 1434, '', '', '', 1, 20807 FROM shop_order o JOIN mailbox m
    ON m.id = o.mailbox_id WHERE m.address = '${box.address}'`);
  await page.goto(`${shop.portal}/caselle/${box.address}`);
  await says(page, 'Il passaggio a Standard aspetta', '1,4 / 1 GB', "l'ultima volta il 20/12/2026");
  await look(page, '264-held');
  assert.match((await demo.command('mailbox', 'changes')).stdout, new RegExp(`${box.address}  held  pro -> standard  1,4 / 1 GB`));
  await page.close();
});
