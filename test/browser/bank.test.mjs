/* Money as it really comes: the customer's mistakes at the demonstration's bank, and the clock beside it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { follow, login, look, openMail, order, pay, payBy, says, startBrowser, startDemo, visitor } from './support.mjs';

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([startDemo(), startBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

const MISTAKES = [
  ['Importo sbagliato', '25,50 € in sospeso, importo inferiore al dovuto', true],
  ['Una cifra sbagliata nella causale', '30,50 € in sospeso, codice di pagamento scritto con un errore', false],
  ["La causale dell'anno scorso", '30,50 € in sospeso, codice di un ordine già pagato', false],
];
for (const [mistake, reason, named] of MISTAKES) {
  test(`R22 R36 «${mistake}»: the money is held with its reason, nothing is renewed, and the right transfer still works`, async () => {
    const mailbox = await demo.mailbox();
    const page = await visitor(browser, { width: 390 });
    const code = await order(page, demo, mailbox);
    await pay(page, demo, code, mistake);
    await says(page, 'abbinati: 0; in sospeso: 1', reason);
    await look(page, `60-bank-${MISTAKES.findIndex(([name]) => name === mistake)}`);
    await page.goto(`${demo.portal}/ordini/${code}`);
    await says(page, 'Manca solo il bonifico');
    if (named) {
      await says(page, 'È arrivato un pagamento che non chiude l\'ordine', '25,50 €', 'importo inferiore al dovuto');
      await look(page, '61-order-wrong-money');
      /* who cancels it then is still told where the money is */
      await page.goto(`${demo.portal}/ordini/${code}/annulla`);
      await follow(page, () => page.getByRole('button', { name: "Annulla l'ordine" }).click());
      await says(page, 'Ordine annullato', 'È arrivato un pagamento che non chiude l\'ordine', '25,50 €');
      return page.close();
    }
    await pay(page, demo, code);
    await says(page, 'abbinati: 1');
    await page.goto(`${demo.portal}/caselle`);
    await says(page, '15/03/2028');
    await page.close();
  });
}

test('R36 two equal transfers: the first renews, the second is held', async () => {
  const mailbox = await demo.mailbox();
  const page = await visitor(browser);
  const code = await order(page, demo, mailbox);
  await pay(page, demo, code, 'Due bonifici uguali');
  await says(page, 'Accrediti: 2; abbinati: 1; in sospeso: 1', 'codice di un ordine già pagato');
  await page.goto(`${demo.portal}/caselle`);
  await says(page, '15/03/2028');
  await page.goto(`${demo.portal}/ordini/${code}`);
  await says(page, 'Rinnovo concluso', 'È arrivato un altro pagamento con la causale di questo ordine.');
  await openMail(page, demo, mailbox.contact_email, `Il pagamento con causale ${code} attende una sua risposta`);
  await page.close();
});

for (const mistake of ['Non ancora contabilizzato', 'Stornato dalla banca']) {
  test(`R22 «${mistake}» is no money`, async () => {
    const mailbox = await demo.mailbox();
    const page = await visitor(browser);
    const code = await order(page, demo, mailbox);
    await pay(page, demo, code, mistake);
    await says(page, 'abbinati: 0; in sospeso: 0');
    await page.goto(`${demo.portal}/ordini/${code}`);
    await says(page, 'Manca solo il bonifico');
    await page.close();
  });
}

test('R36 money for a cancelled order is held, and the customer is told beforehand that it is not lost', async () => {
  const mailbox = await demo.mailbox();
  const page = await visitor(browser);
  const code = await order(page, demo, mailbox);
  await page.goto(`${demo.url}/demo/bank?ordine=${code}`);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Scarica solo il file' }).click()]);
  const file = join(demo.folder, 'estratto.xml');
  await download.saveAs(file);
  assert.ok(readFileSync(file, 'utf8').includes(code));
  await page.goto(`${demo.portal}/ordini/${code}/annulla`);
  await follow(page, () => page.getByRole('button', { name: "Annulla l'ordine" }).click());
  await says(page, 'la somma non va perduta');
  for (const answer of ['abbinati: 0; in sospeso: 1; già visti: 0', 'abbinati: 0; in sospeso: 0; già visti: 1']) {
    await page.goto(`${demo.url}/demo/bank`);
    await page.getByLabel('File', { exact: true }).setInputFiles(file);
    await follow(page, () => page.getByRole('button', { name: 'Consegna il file' }).click());
    await says(page, answer);
  }
  await page.close();
});

test('R22 a file that is no statement, and none at all, are refused beside the field', async () => {
  const page = await visitor(browser, { width: 390 });
  const file = join(demo.folder, 'lettera.txt');
  writeFileSync(file, 'Gentile banca, ho pagato.\n');
  await page.goto(`${demo.url}/demo/bank`);
  await page.getByLabel('File', { exact: true }).setInputFiles(file);
  const answer = await follow(page, () => page.getByRole('button', { name: 'Consegna il file' }).click());
  assert.equal(answer.status(), 422);
  await says(page, 'non è un estratto conto leggibile');
  await look(page, '62-bank-file-wrong');
  await page.locator('form[enctype]').evaluate((form) => { form.noValidate = true; });
  await follow(page, () => page.getByRole('button', { name: 'Consegna il file' }).click());
  await says(page, 'Campo obbligatorio');
  await page.close();
});

test('R4 the clock of the demonstration moves by a day, a month, to a date, and never back', async () => {
  const own = await startDemo('2026-11-22T10:00:00+01:00');
  try {
    const page = await visitor(browser, { width: 390 });
    const mailbox = await own.mailbox();
    await login(page, own, mailbox);
    await says(page, 'Il rinnovo si apre il 15/12/2026');
    await page.goto(`${own.url}/demo/clock`);
    await look(page, '63-clock');
    await follow(page, () => page.getByRole('button', { name: 'Avanti di un giorno' }).click());
    await says(page, '23/11/2026');
    await look(page, '64-clock-moved');
    await follow(page, () => page.getByRole('button', { name: 'Avanti di un mese' }).click());
    await says(page, '23/12/2026');
    await page.getByLabel('Fino a un giorno preciso').fill('2027-03-16');
    await follow(page, () => page.getByRole('button', { name: "Sposta l'orologio" }).click());
    await says(page, '16/03/2027');
    await page.getByLabel('Fino a un giorno preciso').evaluate((input) => { input.removeAttribute('min'); input.value = '2026-01-01'; });
    const answer = await follow(page, () => page.getByRole('button', { name: "Sposta l'orologio" }).click());
    assert.equal(answer.status(), 422);
    await says(page, 'Data fuori dall\'intervallo ammesso');
    await login(page, own, mailbox);
    await says(page, 'scaduta ieri');
    await page.close();
  } finally {
    await own.stop();
  }
});

test('R26 L19 the letters speak the language of the order and reach the holder too when somebody else pays', async () => {
  const mailbox = await demo.mailbox();
  const account = await demo.account([mailbox.address]);
  const page = await visitor(browser);
  await login(page, demo, account);
  await page.goto(`${demo.portal}/caselle/${mailbox.address}/rinnovo`);
  await follow(page, () => page.getByRole('button', { name: 'Vai alla cassa' }).click());
  await page.goto(`${demo.portal}/cassa?modifica=1`);
  await page.locator('#email').fill(account.email);
  await payBy(page, 'Bonifico');
  await page.locator('#terms').check();
  await follow(page, () => page.getByRole('button', { name: /^Conferma ordine/ }).click());
  const code = /\d{15}/.exec(page.url())[0];
  await openMail(page, demo, account.email, new RegExp(code));
  await pay(page, demo, code);
  await openMail(page, demo, account.email, /fattura/i);
  await openMail(page, demo, mailbox.contact_email, /rinnovata fino al 15\/03\/2028/);
  await page.close();
});
