/* Conventions: the member whose Ordine has agreed a price, and the Ordine's delegate, who sends the list of members and renews for all of
 * them (DOMAIN R89-R92, R120, §3.8, T29, T42). */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { PASSWORD, WIDTHS, follow, heading, login, look, main, openMail, order, orderCode, pay, payBy, says, startBrowser, startDemo, taxCode, unique, visitor } from './support.mjs';

const ORDINE = 'fnomceo-ordine';
let all, demo, browser;
before(async () => {
  [all, browser] = await Promise.all([startDemo(), startBrowser()]);
  demo = all.of('fnomceo');
});
after(async () => { await browser?.close(); await all?.stop(); });

const delegate = () => ({ email: 'segreteria.medici@casella.example', password: all.password });
const code = (n) => taxCode(`MDLRSO${80 + Math.floor(n / 28)}A${String(1 + (n % 28)).padStart(2, '0')}H501`);

async function atConvention(width, id = ORDINE) {
  const page = await visitor(browser, { width });
  await login(page, demo, delegate());
  await page.goto(`${demo.portal}/convenzione/${id}`);
  return page;
}

async function send(page, rows) {
  const file = join(demo.folder, `${unique('elenco')}.csv`);
  writeFileSync(file, ['PEC;nome;cognome;numero iscrizione;codice fiscale;stato', ...rows.map((row) => row.join(';'))].join('\r\n'));
  await page.goto(`${demo.portal}/convenzione/${ORDINE}/elenco`);
  await page.getByLabel('File CSV').setInputFiles(file);
  return follow(page, () => page.getByRole('button', { name: "Controlla l'elenco" }).click());
}

describe('conventions', () => { // one after the other: they share the Ordine's choice of mailboxes
  for (const width of WIDTHS) {
    test(`R89 R90 R91 R92 a convention's page names the Ordine and has no choice of years, at ${width} px`, async () => {
      const visura = all.of('visura');
      const mailbox = await visura.mailbox({ convention: 'avvocati', expires_on: '2027-02-22' });
      const page = await visitor(browser, { width });
      await login(page, visura, mailbox);
      await page.goto(`${visura.portal}/caselle/${mailbox.address}`);
      await says(page, 'Convenzione con Ordine degli Avvocati di prova');
      await page.goto(`${visura.portal}/caselle/${mailbox.address}/rinnovo`);
      await says(page, 'In convenzione con Ordine degli Avvocati di prova', 'Rinnovo per 2 anni', 'Costo del rinnovo 18,00 € IVA esclusa', 'Scadenza attuale 22/02/2027',
        'Nuova scadenza dopo il rinnovo 22/02/2029', '21,96 €');
      assert.equal(await page.locator('input[name^=years]:not([type=hidden])').count(), 0);
      await look(page, '500-convention-choose');
      await page.close();
    });

    test(`T42 a list with two wrong rows is told, mended, applied; one order renews its members, at ${width} px`, async () => {
      const first = width === WIDTHS[0] ? 0 : 40;
      const boxes = await demo.mailboxes([...Array(8).keys()].map((n) => ({ password: n === 5 ? PASSWORD : '', tax_code: code(first + n), expires_on: `2027-01-${10 + n}`, convention: '' })));
      const rows = boxes.map((box, n) => [box.address, 'Rosa', 'Modelli', 1000 + first + n, box.tax_code, 2]);
      const wrong = rows.map((row) => [...row]);
      wrong[3][4] = wrong[3][4].replace(/.$/, (c) => (c === 'A' ? 'B' : 'A'));
      wrong[7] = wrong[1];
      const page = await atConvention(width);

      assert.equal((await send(page, wrong)).status(), 422);
      await says(page, 'Elenco da correggere', 'Righe: 8, di cui 6 in ordine e 2 con errori', 'Riga 5', 'Il codice fiscale contiene un errore', 'Riga 9',
        'compare già alla riga 3', 'Nulla è ancora cambiato');
      assert.equal(await page.getByRole('button', { name: 'Conferma e applica' }).count(), 0);
      await look(page, '501-roster-faults');
      await send(page, rows);
      await says(page, 'Controllo dell', 'Entrano in convenzione 8', 'Nulla è ancora cambiato');
      await look(page, '502-roster');
      await follow(page, () => page.getByRole('button', { name: 'Conferma e applica' }).click());
      await says(page, 'Elenco applicato');
      await look(page, '503-roster-applied');

      await page.goto(`${demo.portal}/convenzione/${ORDINE}?q=${boxes[0].address}`);
      await says(page, boxes[0].address, 'Modelli Rosa', 'Scade il 10/01/2027');
      await look(page, '504-convention');
      for (const box of boxes) {
        await page.goto(`${demo.portal}/convenzione/${ORDINE}?q=${box.address}`);
        await follow(page, () => page.getByRole('button', { name: "Aggiungi all'ordine" }).click());
      }
      await follow(page, () => page.getByRole('link', { name: "Vai all'ordine" }).click());
      await says(page, 'Ordine dei Medici di prova', '80000000010', 'Rinnovo di 8 caselle 12,00 €', '2,64 €', '14,64 €');
      await look(page, '505-bulk');
      const refused = await follow(page, async () => {
        await payBy(page, 'Bonifico');
        await page.locator('#bulk').evaluate((form) => { form.noValidate = true; });
        await page.getByRole('button', { name: 'Conferma ordine' }).click();
      });
      assert.equal(refused.status(), 422, 'without the conditions');
      await payBy(page, 'Bonifico');
      await page.locator('#terms').check();
      await follow(page, () => page.getByRole('button', { name: 'Conferma ordine' }).click());
      const order = orderCode(page);
      await says(page, 'Le caselle si rinnovano quando', '14,64 €', '8 caselle', "Di tutte le caselle, appena l'importo arriva");
      await look(page, '506-bulk-order');
      await page.goto(`${demo.portal}/convenzione/${ORDINE}`);
      await says(page, '(già ordinate: 8)');
      assert.doesNotMatch(await main(page), /dall'iscritto/);

      await pay(page, demo, order);
      await page.goto(`${demo.portal}/ordini/${order}`);
      await says(page, 'Rinnovo concluso');
      await openMail(page, demo, boxes[5].contact_email, /rinnovata/);
      const member = await visitor(browser, { width });
      await login(member, demo, boxes[5]);
      await member.goto(`${demo.portal}/caselle/${boxes[5].address}`);
      await says(member, 'Convenzione con Ordine dei Medici di prova', '15/01/2028', 'a carico di Ordine dei Medici di prova');
      assert.equal((await member.goto(`${demo.portal}/ordini/${order}`)).status(), 404, "the Ordine's order is not its members' to see");
      await member.close();
      await page.close();
    });
  }

  test('of two tabs each confirms the list that it shows, or none', async () => {
    const boxes = await demo.mailboxes([0, 1].map((n) => ({ password: '', tax_code: code(95 + n), expires_on: '2027-06-30' })));
    const page = await atConvention(1280), other = await page.context().newPage();
    for (const [tab, box] of [[page, boxes[0]], [other, boxes[1]]]) {
      const file = join(demo.folder, `${unique('elenco')}.csv`);
      writeFileSync(file, `pec;codice_fiscale\n${box.address};${box.tax_code}\n`);
      await tab.goto(`${demo.portal}/convenzione/${ORDINE}/elenco`);
      await tab.getByLabel('File CSV').setInputFiles(file);
      await follow(tab, () => tab.getByRole('button', { name: "Controlla l'elenco" }).click());
    }
    assert.equal((await follow(page, () => page.getByRole('button', { name: 'Conferma e applica' }).click())).status(), 410, 'its list has given way to the other');
    await says(page, "L'elenco non è più qui");
    await follow(other, () => other.getByRole('button', { name: 'Conferma e applica' }).click());
    await says(other, 'Elenco applicato');
    await page.goto(`${demo.portal}/convenzione/${ORDINE}?q=${boxes[0].address}`);
    await says(page, 'Nessun iscritto');
    await page.close();
  });

  test('whoever left after being chosen does not keep the others from being ordered', async () => {
    const [gone, stays] = await demo.mailboxes([97, 98].map((n) => ({ convention: ORDINE, password: '', tax_code: code(n), expires_on: '2027-01-31' })));
    const page = await atConvention(390);
    for (const box of [gone, stays]) {
      await page.goto(`${demo.portal}/convenzione/${ORDINE}?q=${box.address}`);
      await follow(page, () => page.getByRole('button', { name: "Aggiungi all'ordine" }).click());
    }
    const file = join(demo.folder, `${unique('elenco')}.csv`);
    writeFileSync(file, `pec;codice_fiscale;stato\n${gone.address};${gone.tax_code};3\n`);
    await demo.command('convention', 'roster', file, '--convention', ORDINE, '--apply');
    await page.goto(`${demo.portal}/convenzione/${ORDINE}/ordine`);
    await says(page, gone.address, 'Non risulta tra gli iscritti');
    await look(page, '508-bulk-unfit');
    await follow(page, () => page.getByRole('button', { name: "Togli dall'ordine" }).click());
    await says(page, 'Rinnovo di 1 casella ', '1,50 €');
    assert.equal(await page.getByRole('button', { name: 'Conferma ordine' }).count(), 1);
    await page.goto(`${demo.portal}/convenzione/${ORDINE}?q=${stays.address}`);
    await follow(page, () => page.getByRole('button', { name: "Togli dall'ordine" }).click());
    await page.close();
  });

  test("R120 P14 a member whose Ordine pays has nothing to order; who left renews at the seller's price", async () => {
    const [own] = await demo.mailboxes([{ convention: 'fnomceo', tax_code: code(92), expires_on: '2027-01-31' }]);
    const buyer = await visitor(browser, { width: 390 });
    await order(buyer, demo, own);
    await buyer.close();
    const file = join(demo.folder, `${unique('elenco')}.csv`);
    writeFileSync(file, `pec;codice_fiscale\n${own.address};${own.tax_code}\n`);
    await demo.command('convention', 'roster', file, '--convention', ORDINE, '--apply');
    const secretary = await atConvention(390);
    await secretary.goto(`${demo.portal}/convenzione/${ORDINE}?q=${own.address}`);
    await says(secretary, "Rinnovo ordinato dall'iscritto, non ancora pagato");
    await secretary.close();
    const [paid, left] = await demo.mailboxes([{ convention: ORDINE, tax_code: code(90), expires_on: '2027-01-31' }, { tax_code: code(91), expires_on: '2027-01-31' }]);
    const page = await visitor(browser, { width: 390 });
    await login(page, demo, paid);
    await says(page, 'a carico di Ordine dei Medici di prova');
    assert.equal(await page.getByRole('link', { name: 'Rinnova la casella' }).count(), 0);
    await page.goto(`${demo.portal}/caselle/${paid.address}/rinnovo`);
    await says(page, 'a carico di Ordine dei Medici di prova');
    await page.close();
    const other = await visitor(browser, { width: 390 });
    await login(other, demo, left);
    await says(other, 'da 7,32 €');
    await other.close();
  });

  test('the 500th member is reached page by page, found by a search, and in the table for the spreadsheet', async () => {
    const boxes = await demo.mailboxes([...Array(520).keys()].map((n) => ({ convention: 'fnomceo', password: '', tax_code: code(100 + (n % 300)), expires_on: `2027-02-${10 + Math.floor(n / 40)}` })));
    const page = await visitor(browser);
    await login(page, demo, { email: 'delegato.fnomceo@casella.example', password: all.password });
    await follow(page, () => page.getByRole('link', { name: 'Convenzione' }).click());
    await says(page, 'Convenzione con FNOMCEO di prova', "L'iscritto");
    for (let pages = 0; pages < 9; pages++) await follow(page, () => page.getByRole('link', { name: 'Avanti' }).click());
    assert.equal(await page.locator('ul.rows > li').count(), 50);
    await look(page, '507-convention-far');
    await page.getByLabel('Cerca un iscritto').fill(boxes[499].address);
    await follow(page, () => page.getByRole('button', { name: 'Cerca' }).click());
    await says(page, boxes[499].address);
    const table = await page.context().request.get(`${demo.portal}/convenzione/fnomceo/scadenze.csv`);
    assert.match(table.headers()['content-type'], /text\/csv/);
    assert.ok((await table.text()).startsWith('\uFEFFpec;'), 'Excel shows its accents');
    assert.ok((await table.text()).split('\n').some((line) => line.startsWith(`${boxes[499].address};`) && line.includes('2027-02-22')));
    assert.equal((await page.goto(`${demo.portal}/convenzione/${ORDINE}`)).status(), 404, "another Ordine's");
    await page.close();
    const stranger = await visitor(browser);
    await login(stranger, demo, await demo.account([]));
    assert.equal((await stranger.goto(`${demo.portal}/convenzione`)).status(), 404);
    assert.equal((await stranger.goto(`${demo.portal}/convenzione/fnomceo/scadenze.csv`)).status(), 404);
    await stranger.close();
  });
});
