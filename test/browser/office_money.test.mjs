/* The desk's money: what is held, what it may be about, and where it goes; statements, proofs, cheques, refunds, the day's cash (DOMAIN Y5-Y11,
 * R35, R36, R60). One walk through the pages; what the rules say is tried in test/flow/held.c. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { WIDTHS, addOperator, enterDesk, follow, look, main, openMail, says, startBrowser, startDemo, visitor, words } from './support.mjs';
import { until } from '../support/patience.mjs';
import { camt053 } from '../support/program.mjs';

const IBAN = 'IT24D0542811101000000654321', PAYER = 'IT60X0542811101000000123456';
let demo, browser, key, desk, customer, mailboxes;
let made = 0;

before(async () => {
  demo = (await startDemo('2026-12-22T10:00:00+01:00')).of('visura');
  browser = await startBrowser();
  key = (await demo.command('key', 'add', '--brand', 'visura', '--role', 'shop')).stdout.trim();
  mailboxes = await demo.mailboxes(Array(7).fill({}));
  customer = await demo.account(mailboxes.map((mailbox) => mailbox.address));
  desk = await visitor(browser);
  await enterDesk(desk, demo, await addOperator(demo, 'cashier'));
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

const api = async (path, body) => {
  const answer = await fetch(`${demo.url}/api/v1${path}`, { method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Idempotency-Key': `money-${++made}`, 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  const said = await answer.json();
  assert.ok(answer.ok, JSON.stringify(said));
  return said;
};

/* A renewal that waits for its transfer. */
async function waiting(method = 'bank_transfer') {
  const mailbox = mailboxes.shift();
  const order = await api('/orders', { brand: 'visura', kind: 'renewal', account: customer.email, payment_method: method, consents: { terms: true }, lines: [{ mailbox: mailbox.address, years: 1 }],
    billing: { kind: 'person', name: mailbox.holder_name, tax_code: mailbox.tax_code, street: "Via dell'Esempio 7", postcode: '00144', city: 'Roma', province: 'RM', country: 'IT', email: customer.email } });
  return { code: order.code, cents: order.gross_cents ?? order.total?.gross_cents, mailbox };
}

const statement = (id, credits) => {
  const file = join(demo.folder, `${id}.xml`);
  writeFileSync(file, camt053({ id, iban: IBAN, day: '2026-12-22', credits }).replaceAll('</Dbtr>', `</Dbtr><DbtrAcct><Id><IBAN>${PAYER}</IBAN></Id></DbtrAcct>`));
  return file;
};
const arrives = (id, credits) => demo.command('bank', 'import', statement(id, credits));

const state = async (order) => (await demo.command('order', 'show', order.code, '--json')).stdout.match(/"status": *"(\w+)"/)?.[1];

/* Each page at both widths. */
async function both(name) {
  for (const width of WIDTHS) {
    await desk.setViewportSize({ width, height: 900 });
    await look(desk, name);
  }
}
const open = (text) => follow(desk, () => desk.locator('tr').filter({ hasText: text }).getByRole('link').first().click());
const fold = (name) => desk.locator('summary').filter({ hasText: name }).click();
const within = (name) => desk.locator('details').filter({ has: desk.locator('summary').filter({ hasText: name }) });

test('R35 R36 held money is looked at with what it may be about, and goes where a person says', async () => {
  const first = await waiting(), second = await waiting(), third = await waiting();
  const wrong = first.code.slice(0, -1) + ((Number(first.code.at(-1)) + 5) % 10);
  await arrives('E1', [{ cents: first.cents, text: third.code }, { cents: first.cents, text: third.code, debtor: 'ROSA MODELLI' },
    { cents: first.cents, text: `rinnovo ${wrong}`, debtor: 'Sconosciuto' }, { cents: 5000, text: 'senza causale', debtor: 'Studio Lontano' }]);

  await desk.goto(`${demo.url}/office/denaro`);
  await says(desk, 'Denaro fermo', 'Ultimi estratti conto', '2026-12-22'.slice(8));
  await both('office-money');
  await follow(desk, () => desk.getByRole('main').getByRole('link', { name: 'Denaro fermo' }).first().click());
  await says(desk, wrong, 'Studio Lontano', 'ROSA MODELLI');
  await both('office-held');
  await desk.getByLabel('Da euro').fill('40,00');
  await follow(desk, () => desk.getByRole('button', { name: 'Mostra' }).click());
  assert.equal(await desk.locator('tbody tr').count(), 1);

  /* one slip in the code: pointed out, prepared, and done by a person, once */
  await desk.goto(`${demo.url}/office/denaro/fermi?marchio=visura`);
  await open(wrong);
  await says(desk, first.code, 'il codice differisce per un solo segno', 'proprio questo importo');
  await both('office-held-one');
  const row = desk.locator('.hints > li').filter({ hasText: first.code }).first();
  await follow(desk, () => row.getByRole('link', { name: `Prepara: paga ${first.code}` }).click());
  await within('Paga un ordine').getByRole('button', { name: "Paga l'ordine" }).click();
  await says(desk, 'Campo obbligatorio');
  await both('office-held-one-wrong');
  await within('Paga un ordine').getByLabel('Nota').fill('Una cifra sbagliata, sentito al telefono');
  await follow(desk, () => desk.getByRole('button', { name: "Paga l'ordine" }).click());
  await says(desk, "L'ordine è pagato.", 'sistemato', 'Una cifra sbagliata', 'Anna cashier');
  assert.equal(await desk.getByRole('button', { name: "Paga l'ordine" }).count(), 0);

  /* divided: a part to the prepaid account, the rest stays; then undone */
  await desk.goto(`${demo.url}/office/denaro/fermi`);
  await open('Studio Lontano');
  await fold('Paga più ordini');
  await desk.getByLabel('Ordine 1').fill(second.code);
  await desk.getByLabel('Euro 1').fill('1,00');
  await within('Paga più ordini').getByLabel('Nota').fill('Un bonifico per due');
  await follow(desk, () => desk.getByRole('button', { name: 'Dividi' }).click());
  assert.match(await words(desk.locator('#amount_1-error')), /L'importo non corrisponde/);
  await desk.getByLabel('Euro 1').fill((second.cents / 100).toFixed(2).replace('.', ','));
  await follow(desk, () => desk.getByRole('button', { name: 'Dividi' }).click());
  await says(desk, 'La somma è divisa.', 'Ancora fermo');
  await fold('Al conto prepagato');
  await desk.getByLabel('E-mail del cliente').fill(customer.email);
  await desk.getByLabel('Euro (vuoto: tutto)').first().fill('5,00');
  await within('Al conto prepagato').getByLabel('Nota').fill('Per il prossimo anno');
  await follow(desk, () => desk.getByRole('button', { name: 'Accredita' }).click());
  await says(desk, 'al conto prepagato di', customer.email);
  await fold('Annulla');
  await desk.locator('[name=note_undo]').fill('Era di un altro cliente');
  await follow(desk, () => desk.getByRole('button', { name: 'Rimetti tra il denaro fermo' }).click());
  await says(desk, 'La parte è di nuovo ferma.', 'Era di un altro cliente');
  await fold('Torna a chi ha pagato');
  assert.equal(await desk.getByLabel('IBAN', { exact: true }).inputValue(), PAYER);
  await within('Torna a chi ha pagato').getByLabel('Nota').fill('Non è un cliente');
  await follow(desk, () => desk.getByRole('button', { name: 'Restituisci' }).click());
  await says(desk, 'tra i rimborsi da fare', 'sistemato');
  await both('office-held-one-done');

  /* last year's reference: marked, the payer was told, and another mail is ready */
  await desk.goto(`${demo.url}/office/denaro/fermi`);
  await open('ROSA MODELLI');
  await says(desk, 'Causale usata di nuovo.', 'Forse è pagato due volte');
  await fold('Scrivi a chi ha pagato');
  assert.match(await desk.getByLabel('Testo').inputValue(), new RegExp(`${third.code}, è quella di un ordine già pagato`));
  await both('office-held-one-reused');
  await desk.getByLabel('Testo').fill(`${await desk.getByLabel('Testo').inputValue()}\n\nA presto.`);
  await follow(desk, () => desk.getByRole('button', { name: 'Invia il messaggio' }).click());
  await says(desk, 'Il messaggio è in partenza.');
  const page = await visitor(browser);
  await until('the words of the desk, after those that went at once', async () => {
    await openMail(page, demo, customer.email, `causale ${third.code}`);
    return (await page.locator('main').textContent()).includes('A presto.');
  });
  await page.close();
});

test("R35 a bank's file is looked at first, and booked by a person; again it changes nothing", async () => {
  const order = await waiting();
  const file = statement('E2', [{ cents: order.cents, text: order.code }, { cents: order.cents, text: `${order.code} due`, debtor: 'Doppio' }, { cents: 7700, text: 'affitto' }]);
  const send = async (name) => {
    await desk.goto(`${demo.url}/office/denaro/estratti`);
    await desk.getByLabel('File della banca').setInputFiles(name);
    return follow(desk, () => desk.getByRole('button', { name: 'Guarda che cosa contiene' }).click());
  };
  const bad = join(demo.folder, 'rotto.xml');
  writeFileSync(bad, '<Document>');
  assert.equal((await send(bad)).status(), 422);
  assert.match(await words(desk.locator('#file-error')), /non è un estratto conto leggibile/);
  await both('office-statements-wrong');

  await send(file);
  await says(desk, 'Che cosa succederebbe', `paga ${order.code}`, 'resta fermo', 'codice di un ordine già pagato', 'affitto');
  await both('office-statement');
  assert.equal(await state(order), 'confirmed', 'a look books something');
  await follow(desk, () => desk.getByRole('link', { name: /^Restano fermi/ }).click());
  assert.equal(await desk.locator('tbody tr').count(), 2);
  await follow(desk, () => desk.getByRole('button', { name: 'Registra' }).click());
  await says(desk, "L'estratto conto è registrato.", 'Che cosa è successo');
  await both('office-statement-booked');
  assert.equal(await state(order), 'fulfilled');
  await send(file);
  await says(desk, 'già noto: non succede nulla');
  await follow(desk, () => desk.getByRole('button', { name: 'Scarta' }).click());
  await says(desk, 'non è stato registrato nulla', 'scartato', 'registrato');
  await both('office-statements');
});

test('the cash of the day is the ledger, and agrees with the payments', async () => {
  await desk.goto(`${demo.url}/office/denaro/cassa`);
  await says(desk, 'contabilità e pagamenti concordano', 'Conto, bonifici e bollettini, IT24', 'Denaro fermo', 'In tutto');
  await both('office-cash');
  const csv = await desk.context().request.get(`${demo.url}/office/denaro/cassa.csv?dal=2026-12-22&al=2026-12-22&marchio=visura`);
  assert.match(await csv.text(), /bank:IT24D0542811101000000654321;/);
  assert.match(csv.headers()['content-type'], /text\/csv/);
  await desk.goto(`${demo.url}/office/denaro/cassa?dal=2026-12-01&al=2026-12-02`);
  await says(desk, 'Nessun movimento in questi giorni.');
});

async function sendProof(order, name, type, body) {
  const sent = await fetch(`${demo.url}/api/v1/orders/${order.code}/proofs?channel=mail&name=${name}`, { method: 'POST', body,
    headers: { Authorization: `Bearer ${key}`, 'Idempotency-Key': `proof-${++made}`, 'Content-Type': type } });
  assert.equal(sent.status, 201, await sent.text());
}

test('R60 a proof that is a PDF stands in its page: browsers show none in a sandbox', async () => {
  const order = await waiting();
  await sendProof(order, 'contabile.pdf', 'application/pdf', await desk.pdf());
  await desk.goto(`${demo.url}/office/denaro/contabili`);
  await open(order.code);
  const file = await desk.context().request.get(new URL(await desk.locator('iframe').getAttribute('src'), demo.url).href);
  assert.equal(file.headers()['content-type'], 'application/pdf');
  const policy = file.headers()['content-security-policy'];
  assert.match(policy, /^default-src 'none'.*frame-ancestors 'self'/);
  assert.doesNotMatch(policy, /sandbox/);
});

test('R60 a proof of payment is looked at beside its order, and accepted or sent back with its reason', async () => {
  const order = await waiting();
  await desk.goto(`${demo.url}/office/denaro`);
  await sendProof(order, 'contabile.jpg', 'image/jpeg', await desk.screenshot({ type: 'jpeg', quality: 60 }));
  await desk.goto(`${demo.url}/office/denaro/contabili`);
  await says(desk, order.code, 'contabile.jpg', 'tra 30 min');
  await both('office-proofs');
  await open(order.code);
  assert.ok(await desk.locator('.looked img').evaluate((i) => i.decode().then(() => i.naturalWidth > 0)), 'the document is not shown');
  await says(desk, 'Che cosa deve mostrare', '10,98 €', order.code);
  await both('office-proof');
  await follow(desk, () => desk.getByRole('button', { name: 'Respingi la contabile' }).click());
  assert.match(await words(desk.locator('#reason-error')), /Scegliere|Campo/);
  await desk.getByLabel('Motivo').selectOption('not_executed');
  await follow(desk, () => desk.getByRole('button', { name: 'Respingi la contabile' }).click());
  await says(desk, 'Contabile respinta', 'Anna cashier');
  await desk.getByLabel('Importo che vi si legge').fill('10,97');
  await follow(desk, () => desk.getByRole('button', { name: 'Accetta la contabile' }).click());
  assert.match(await words(desk.locator('#amount-error')), /10,98/);
  await desk.getByLabel('Importo che vi si legge').fill('10,98');
  await follow(desk, () => desk.getByRole('button', { name: 'Accetta la contabile' }).click());
  await says(desk, 'Contabile accettata.');
  assert.equal(await state(order), 'fulfilled');
});

test('T34 a cheque is registered, taken to the bank, and comes back; refunds are sent', async () => {
  const order = await waiting('cheque');
  await desk.goto(`${demo.url}/office/denaro/assegni`);
  await fold('Registra un assegno arrivato');
  await follow(desk, () => desk.getByRole('button', { name: "Registra l'assegno" }).click());
  await says(desk, 'Campo obbligatorio');
  await both('office-cheques-wrong');
  for (const [label, value] of [['Ordine', order.code], ['Numero', '0123456789'], ['Euro', '10,98'], ['ABI', '05428'], ['CAB', '11101'], ['Chi lo firma', 'Rosa Modelli'],
    ['A chi è intestato', 'Visura di Prova S.r.l.'], ['Data', '21/12/2026']]) await desk.getByLabel(label, { exact: true }).fill(value);
  await desk.getByLabel('porta «non trasferibile»').check();
  await desk.getByLabel('è firmato').check();
  await follow(desk, () => desk.getByRole('button', { name: "Registra l'assegno" }).click());
  await says(desk, "L'assegno è registrato", '0123456789', order.code);
  await follow(desk, () => desk.getByRole('button', { name: 'Versato' }).click());
  await says(desk, 'segnato come versato', 'incasso non prima del');
  await both('office-cheques');
  await fold('È tornato insoluto');
  await follow(desk, () => desk.getByRole('button', { name: 'Segna insoluto' }).click());
  await says(desk, 'segnato come insoluto', '0123456789');

  await desk.goto(`${demo.url}/office/denaro/rimborsi`);
  await says(desk, 'Studio Lontano', 'da fare');
  await both('office-refunds');
  const csv = await (await desk.context().request.get(`${demo.url}/office/denaro/rimborsi.csv`)).text();
  assert.match(csv, new RegExp(`;${PAYER};"Studio Lontano"`));
  await follow(desk, () => desk.getByRole('button', { name: 'Bonifico fatto' }).first().click());
  await says(desk, 'segnato come fatto', 'Nessun rimborso in corso.');
  await follow(desk, () => desk.getByRole('link', { name: 'Bonifici fatti, e quelli tornati indietro' }).click());
  await follow(desk, () => desk.getByRole('row').filter({ hasText: 'Studio Lontano' }).getByRole('link').first().click());
  await says(desk, 'Studio Lontano', 'Fatto il', 'Se la banca rimanda indietro questo bonifico');
  await both('office-refund');
  await desk.goto(`${demo.url}/office/denaro`);
  await both('office-money-later');
  const { stdout } = await demo.command('audit');
  assert.doesNotMatch(stdout, /ledger|bank\./, stdout);
});
