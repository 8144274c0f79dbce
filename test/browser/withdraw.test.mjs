/* A consumer withdraws from a contract online: the two steps, the receipt, the money (L15, L16). */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CARDS, payByCard, paymentsOf, reloadUntil, toProvider } from './paying.mjs';
import { company, follow, heading, login, look, openMail, order, orderCode, pay, says, startBrowser, startDemo, visitor, WIDTHS } from './support.mjs';

let demo, shop, browser, card, mailboxes;
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
  shop = demo.of('visura');
  card = shop.provider('card');
  mailboxes = await shop.mailboxes(Array(4).fill({}));
});
after(async () => { await browser?.close(); await demo?.stop(); });

const withdraw = (page) => page.getByRole('link', { name: 'Recedere dal contratto qui' });
const confirmWithdrawal = (page) => page.getByRole('button', { name: 'Conferma recesso' });

describe('withdrawing', { concurrency: 2 }, () => {
  for (const width of WIDTHS) {
    test(`L16 a renewal paid by card is withdrawn from in two steps, and the receipt tells day and hour, at ${width} px`, async () => {
      const mailbox = mailboxes.pop();
      const page = await visitor(browser, { width });
      await toProvider(page, shop, mailbox, 'Carta di credito', card);
      await payByCard(page, demo, CARDS.good);
      const code = orderCode(page);
      await says(page, '(fino al 04/01/2027)');
      await follow(page, () => withdraw(page).click());
      assert.equal(await heading(page), 'Recedere dal contratto');
      await says(page, 'può ripensarci fino al 04/01/2027', 'recedo dal contratto', code, 'Vengono rimborsati 10,98 € con lo stesso mezzo usato per pagare',
        'Il rinnovo è annullato');
      await look(page, `160-withdraw-${width}`);
      await follow(page, () => confirmWithdrawal(page).click());
      assert.equal(await heading(page), 'Recesso ricevuto');
      await says(page, /Il 20\/12\/2026, \d\d:\d\d è stato esercitato il recesso/, 'Il rimborso arriva entro il 03/01/2027');
      await look(page, `161-withdrawn-${width}`);
      await page.reload();
      assert.equal(await heading(page), 'Recesso ricevuto');
      await reloadUntil(page, `${shop.portal}/ordini/${code}`, 'fatto il 20/12/2026');
      assert.equal(await heading(page), 'Ordine rimborsato');
      await says(page, 'Ricevuta del recesso');
      const [paid] = await paymentsOf(card, code);
      assert.deepEqual([paid.captured_cents, paid.refunded_cents], [1098, 1098]);
      await page.goto(`${shop.portal}/caselle`);
      await says(page, '15/03/2027');
      await openMail(page, demo, mailbox.contact_email, new RegExp(`^Ricevuta del recesso dall'ordine ${code}`));
      await page.close();
    });
  }

  test('L15 money that came by a transfer asks for the account it goes back to, with its faults beside the field', async () => {
    const mailbox = mailboxes.pop();
    const page = await visitor(browser, { width: 390 });
    const code = await order(page, shop, mailbox);
    await pay(page, demo, code);
    await page.goto(`${shop.portal}/ordini/${code}/recesso`);
    await page.getByLabel('IBAN').fill('IT60X0542811101000000123457');
    await page.getByLabel('Intestato a').fill('Rosa Modelli');
    await follow(page, () => confirmWithdrawal(page).click());
    await says(page, "C'è qualcosa da correggere");
    assert.equal(await page.getByLabel('IBAN').getAttribute('aria-invalid'), 'true');
    assert.equal(await page.getByLabel('Intestato a').inputValue(), 'Rosa Modelli');
    await page.getByLabel('IBAN').fill('IT60 X054 2811 1010 0000 0123 456');
    await Promise.all([page.waitForURL(/recesso$/), confirmWithdrawal(page).dblclick()]);
    await says(page, 'con un bonifico');
    assert.equal(JSON.parse((await demo.command('refund', 'list', '--json')).stdout).refunds?.length ?? 1, 1);
    await page.close();
  });

  test('L15 a business has no such right, an unpaid order is cancelled instead, and after the last day its date is told', async () => {
    const firm = await shop.mailbox(company);
    const page = await visitor(browser);
    const unpaid = await order(page, shop, firm);
    await page.goto(`${shop.portal}/ordini/${unpaid}/recesso`);
    await says(page, 'Da questo ordine non si recede');
    await pay(page, demo, unpaid);
    await page.goto(`${shop.portal}/ordini/${unpaid}`);
    assert.equal(await withdraw(page).count(), 0);
    await page.goto(`${shop.portal}/ordini/${unpaid}/recesso`);
    await says(page, 'chi acquista per scopi estranei alla propria attività');
    await page.close();

    const consumer = mailboxes.pop(), other = await visitor(browser);
    const waiting = await order(other, shop, consumer);
    await other.goto(`${shop.portal}/ordini/${waiting}/recesso`);
    await says(other, 'si può annullare');
    assert.equal(await other.getByRole('link', { name: "Annulla l'ordine" }).count(), 1);
    await other.close();
  });
});
