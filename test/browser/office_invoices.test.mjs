/* The desk's invoices: the register, one invoice with its way through SdI, a rejection that is mended and sent again, a credit note by
 * line, the VAT register (DOMAIN L25, L26). */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../support/patience.mjs';
import { WIDTHS, addOperator, enterDesk, follow, heading, look, order, pay, pdfText, says, startBrowser, startDemo, visitor } from './support.mjs';

let demo, browser, page, file;

/* A notice as SdI would write it, given to the program as if somebody had carried it here. */
async function notice(kind, root, more = '', about = file) {
  const stem = about.replace(/\.xml$/, ''), path = join(demo.folder, `${stem}_${kind}_001.xml`);
  writeFileSync(path, `<n:${root} xmlns:n="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fattura/messaggi/v1.0"><IdentificativoSdI>7</IdentificativoSdI>`
    + `<NomeFile>${about}</NomeFile>${more}</n:${root}>`);
  return (await demo.command('invoice', 'notices', '--brand', 'legalmail', path)).stdout;
}

/* The worker sends it when it can; then the page has the file. */
const sent = (attempt) => until('the file that was sent', async () => await page.locator(`a[href*="/file/${attempt}"]`).count() || (await page.reload(), false));

const both = async (name) => {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await look(page, name);
  }
};

before(async () => {
  demo = await startDemo('2026-12-22T10:00:00+01:00');
  browser = await startBrowser();
  const mailbox = await demo.mailbox({ expires_on: '2027-01-31' });
  const shop = await visitor(browser);
  await pay(shop, demo, await order(shop, demo, mailbox));
  await shop.close();
  page = await visitor(browser);
  await enterDesk(page, demo, await addOperator(demo, 'cashier', 'legalmail'));
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

test('L26 the register shows invoices and finds them by number, month and state', async () => {
  await page.goto(`${demo.url}/office/fatture`);
  assert.equal(await heading(page), 'Fatture');
  await says(page, '2026/2', 'Rosa Modelli', 'da inviare');
  await both('office-invoices');
  await page.goto(`${demo.url}/office/fatture?stato=rejected`);
  await says(page, 'Nessuna fattura con queste scelte.');
  await page.goto(`${demo.url}/office/fatture?mese=2026-12&cerca=2026%2F2`);
  await follow(page, () => page.getByRole('link', { name: '2026/2', exact: true }).click());
  assert.equal(await heading(page), 'Fattura 2026/2');
  assert.match(await pdfText(page, demo, await page.getByRole('link', { name: 'Copia in PDF' }).getAttribute('href')), /Fattura 2026\/2/);
  await sent(1);
});

test('L26 a rejection says why and by when; mended, it is sent again with its number', async () => {
  const address = page.url();
  file = (await page.locator('a[href*="/file/1"]').innerText()).trim();
  assert.match(file, /^IT\d{11}_\w{5}\.xml$/);
  await notice('NS', 'RicevutaScarto', '<ListaErrori><Errore><Codice>00305</Codice><Descrizione>Codice fiscale errato</Descrizione></Errore></ListaErrori>');
  await page.goto(address);
  await says(page, 'scartata', '00305 Codice fiscale errato', 'entro il 27/12/2026');
  await page.getByText('Dati di fatturazione del cliente').click();
  await both('office-invoice-rejected');
  await page.getByLabel('CAP').fill('123');
  await follow(page, () => page.getByRole('button', { name: 'Invia di nuovo allo SdI' }).click());
  await says(page, "C'è qualcosa da correggere");
  await page.getByLabel('CAP').fill('00145');
  await follow(page, () => page.getByRole('button', { name: 'Invia di nuovo allo SdI' }).click());
  await says(page, 'Fattura rimessa in coda per lo SdI.');
  await sent(2);
  file = (await page.locator('a[href*="/file/2"]').innerText()).trim();
  assert.match(file, /_ZZZZZ\.xml$/);
  const xml = await (await page.context().request.get(new URL(await page.locator('a[href*="/file/2"]').getAttribute('href'), demo.url).href)).text();
  assert.match(xml, /<CAP>00145<\/CAP>[^]*<Numero>2026\/2<\/Numero>/);
  assert.match(await notice('RC', 'RicevutaConsegna'), /ha cambiato lo stato/);
  await page.goto(address);
  await says(page, 'consegnata');
});

test('L25 a credit note by line, and the month in the register of sales', async () => {
  await page.getByLabel('Le voci scelte').check();
  await page.getByLabel('Motivo, come si leggerà sulla nota').fill('Accordo con il cliente');
  await follow(page, () => page.getByRole('button', { name: 'Emetti la nota di credito' }).click());
  await says(page, "C'è qualcosa da correggere");
  await page.getByLabel('Le voci scelte').check();
  await page.locator('input[name^="line-"]').first().check();
  await page.getByLabel('Il denaro torna').selectOption('transfer');
  await page.getByLabel('IBAN').fill('IT60X0542811101000000123456');
  await page.getByLabel('Intestatario del conto').fill('Rosa Modelli');
  await follow(page, () => page.getByRole('button', { name: 'Emetti la nota di credito' }).click());
  await says(page, 'Nota di credito emessa.', 'NC-2026/1');
  await page.setViewportSize({ width: 1280, height: 900 });
  await look(page, 'office-invoice');
  await follow(page, () => page.getByRole('link', { name: 'NC-2026/1' }).click());
  assert.equal(await heading(page), 'Nota di credito NC-2026/1');
  await says(page, 'Accordo con il cliente');

  await page.goto(`${demo.url}/office/fatture/registro?marchio=legalmail&mese=2026-12`);
  await says(page, 'Registro IVA delle vendite', '22%', 'nessun numero mancante');
  await both('office-vat');
  const csv = await (await page.context().request.get(`${demo.url}/office/fatture/registro.csv?marchio=legalmail&mese=2026-12`)).text();
  assert.match(csv, /TD01;2026\/2;2026-12-2\d;[^\n]*;22;25,00;5,50;30,50;;I;0,00;delivered\n/);
  assert.match(csv, /TD04;NC-2026\/1;[^\n]*;-25,00;-5,50;-30,50;;I;0,00;to_send\n/);

  assert.match(await notice('RC', 'RicevutaConsegna', '', 'IT01234560587_0ZZZZ.xml'), /di nessun file inviato/);
  await page.goto(`${demo.url}/office/fatture/notifiche`);
  await says(page, 'IT01234560587_0ZZZZ_RC_001.xml', 'di nessun file inviato');
  await both('office-notices');
});

test('L29 a month for conservation: files, notices and an index, and again only what is missing', async () => {
  const conserve = async () => JSON.parse((await demo.command('invoice', 'conserve', '--brand', 'legalmail', '--month', '2026-12', '--to', join(demo.folder, 'kept'), '--json')).stdout);
  const first = await conserve(), index = readFileSync(join(first.folder, 'indice.csv'), 'utf8').trim().split('\n');
  assert.equal(first.documents, 2);
  assert.equal(first.written, 5, 'two files of the invoice, one of the note, two notices');
  assert.equal(index.length, 6);
  assert.match(index[1], /^fattura;2026\/2;2026-12-22;IT01234560587_\w{5}\.xml;[0-9a-f]{64};\d+$/);
  assert.equal(readdirSync(first.folder).length, 6);
  assert.deepEqual(await conserve(), { ...first, written: 0, kept: 5 });
  const register = JSON.parse((await demo.command('invoice', 'register', '--brand', 'legalmail', '--month', '2026-12', '--json')).stdout);
  assert.deepEqual(register.total, { net_cents: 0, vat_cents: 0, gross_cents: 0, split_vat_cents: 0, stamp_cents: 0 });
  assert.equal(register.gapless, true);
});

test('L26 a commitment is registered for a public body only', async () => {
  await page.goto(`${demo.url}/office/fatture/impegno?ordine=202600000000001`);
  await page.getByLabel('Atto di impegno').fill('determina n. 12');
  await follow(page, () => page.getByRole('button', { name: 'Registra' }).click());
  await says(page, "C'è qualcosa da correggere");
  await both('office-public');
});

test('L26 the API tells the same, and sends again only what was rejected', async () => {
  const key = (await demo.command('key', 'add', '--brand', 'legalmail', '--role', 'cashier')).stdout.trim();
  const call = async (path, options = {}) => {
    const answer = await fetch(`${demo.url}/api/v1${path}`, { ...options, headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', 'Idempotency-Key': path } });
    return { status: answer.status, ...await answer.json() };
  };
  const { invoices, next } = await call('/invoices?find=2026%2F2&limit=1');
  assert.equal(invoices.length, 1);
  assert.ok(next);
  assert.deepEqual([invoices[0].number, invoices[0].state, invoices[0].customer], ['2026/2', 'delivered', 'Rosa Modelli']);
  const sdi = await call(`/invoices/${invoices[0].id}/sdi`);
  assert.deepEqual(sdi.files.map(({ outcome }) => outcome), ['rejected', 'delivered']);
  assert.deepEqual(sdi.notices.map(({ kind }) => kind), ['NS', 'RC']);
  assert.equal((await call(`/invoices/${invoices[0].id}/send-again`, { method: 'POST', body: '{}' })).status, 409);
  assert.equal((await call('/invoices?state=altro')).status, 422);
});
