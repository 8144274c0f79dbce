/* The papers of a purchase: the contract once it is paid, files put in their slots and sent together (DOMAIN R64-R69, T19-T21, L36). */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { PASSWORD, WIDTHS, follow, heading, login, look, openMail, pay, pdfText, says, startBrowser, startDemo, taxCode, unique, vatNumber, visitor, words } from './support.mjs';

let demo, browser, key;
let made = 0;

before(async () => {
  demo = (await startDemo('2026-12-22T10:00:00+01:00')).of('visura');
  browser = await startBrowser();
  key = (await demo.command('key', 'add', '--brand', 'visura', '--role', 'shop')).stdout.trim();
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

const HOLDER = { kind: 'person', name: 'Rosa Modelli', tax_code: taxCode('MDLRSO80A41Z999'), street: "Via dell'Esempio 7", postcode: '00144', city: 'Roma',
  province: 'RM', phone: '+39 06 5550 0123' };

/* Orders as a shop's program does; {code, who}. */
async function ordered(holder = HOLDER) {
  const who = await demo.account([]);
  const name = unique('rosa');
  const answer = await fetch(`${demo.url}/api/v1/orders`, { method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Idempotency-Key': `purchase-${++made}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ brand: 'visura', kind: 'purchase', account: who.email, payment_method: 'bank_transfer', holder: { email: who.email, ...holder },
      consents: { terms: true }, lines: [{ names: [name, `${name}.due`, `${name}.tre`], plan: 'base', years: 1 }] }) });
  const order = await answer.json();
  assert.equal(answer.status, 201, JSON.stringify(order));
  return { code: order.code, who, address: order.lines[0].mailbox };
}

async function bought(page, holder) {
  const order = await ordered(holder);
  await login(page, demo, order.who);
  await pay(page, demo, order.code);
  return order;
}

/* A whole PDF with `text` in it. */
function pdf(text) {
  const body = `%PDF-1.4\n% ${text}\n1 0 obj\n<< /Type /Catalog >>\nendobj\n`;
  return Buffer.from(`${body}xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R /Size 2 >>\nstartxref\n${body.length}\n%%EOF\n`);
}
const file = (name, buffer, mimeType = 'application/octet-stream') => ({ name, buffer, mimeType });
/* As a phone takes it. */
const photo = async (page, name, quality = 60) => file(name, await page.screenshot({ type: 'jpeg', quality }), 'image/jpeg');

/* The document in an envelope, signed by somebody whom nobody knows here. */
function signedBy(name, bytes) {
  const at = (end) => join(demo.folder, `${unique('firma')}.${end}`);
  const [keyFile, certificate, document, envelope] = [at('key'), at('pem'), at('pdf'), at('p7m')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', keyFile, '-out', certificate, '-days', '30',
    '-subj', `/CN=${name}/serialNumber=TINIT-${HOLDER.tax_code}`], { stdio: 'ignore' });
  writeFileSync(document, bytes);
  execFileSync('openssl', ['cms', '-sign', '-binary', '-nodetach', '-in', document, '-signer', certificate, '-inkey', keyFile, '-outform', 'DER', '-out', envelope]);
  return readFileSync(envelope);
}
const openssl = spawnSync('openssl', ['version']).status === 0;

const slot = (page, name) => page.locator('section.sheet').filter({ has: page.getByRole('heading', { name, exact: true }) });
const sendIt = (page) => follow(page, () => page.getByRole('button', { name: 'Invia documenti' }).click());

for (const width of WIDTHS) {
  test(`R64 R65 T20 the contract can be had once the order is paid, ${width}`, async () => {
    const page = await visitor(browser, { width });
    const { code, who, address } = await ordered();
    await login(page, demo, who);
    const early = await page.goto(`${demo.portal}/ordini/${code}/contratto.pdf`);
    assert.equal(early.status(), 409);
    await says(page, 'in attesa di pagamento');
    assert.equal((await page.goto(`${demo.portal}/ordini/${code}/documenti`)).status(), 409);

    await pay(page, demo, code);
    await page.goto(`${demo.portal}/ordini/${code}`);
    assert.equal(await heading(page), 'Ordine in lavorazione');
    await look(page, 'order-in-process');
    const link = page.getByRole('link', { name: 'Scarica contratto' });
    const contract = await pdfText(page, demo, await link.getAttribute('href'));
    for (const text of [address, 'Rosa Modelli', HOLDER.tax_code, code, 'Firma del contratto', 'versione 2026-01', 'Pagina 1 di 2'])
      assert.ok(contract.includes(text), `«${text}» is not in the contract`);
    assert.equal(await pdfText(page, demo, await link.getAttribute('href')), contract);

    await follow(page, () => page.getByRole('link', { name: 'Invio documenti' }).click());
    assert.equal(await heading(page), 'Contratto e documenti');
    await page.close();
  });

  test(`R67 R68 R69 T21 L36 both documents are put there, looked at, and sent together, ${width}`, { skip: !openssl && 'no openssl' }, async () => {
    const page = await visitor(browser, { width });
    const { code, who } = await bought(page);
    await page.goto(`${demo.portal}/ordini/${code}/documenti`);
    await look(page, 'documents-empty');

    /* Chosen is sent; what is wrong is said at its place, by the file's name, and the good one stays. */
    const front = await photo(page, 'fronte.jpg');
    await follow(page, () => page.locator('#identity').setInputFiles([front, file('retro.heic', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic'))]));
    const identity = slot(page, "Documento d'identità");
    assert.match(await words(identity), /retro\.heic: Il formato HEIC non è accettato/);
    assert.match(await words(page.locator('#errors')), /HEIC/);
    assert.equal(await identity.locator('.papers li').count(), 1);
    assert.ok(await identity.locator('img').evaluate((image) => image.complete && image.naturalWidth > 0), 'no preview');
    await look(page, 'documents-wrong');
    await follow(page, () => page.locator('#identity').setInputFiles(front));
    assert.equal(await page.locator('#errors').count(), 0);
    assert.equal(await identity.locator('.papers li').count(), 1, 'the same picture is there once');
    const other = await photo(page, 'altro.jpg', 50);
    await follow(page, () => page.locator('#identity').setInputFiles(other));
    assert.equal(await identity.locator('.papers li').count(), 2);
    await follow(page, () => identity.getByRole('button', { name: 'Togli altro.jpg' }).click());
    assert.equal(await identity.locator('.papers li').count(), 1);

    /* T21. */
    assert.equal((await sendIt(page)).status(), 422);
    assert.match(await words(slot(page, 'Contratto firmato')), /Manca il documento: aggiungere il contratto firmato prima di inviare/);

    const envelope = signedBy('Rosa Modelli', pdf(`contratto ${code}`));
    const forged = Buffer.from(envelope);
    forged[forged.indexOf('contratto')] ^= 1;
    await follow(page, () => page.locator('#contract').setInputFiles(file('contratto.pdf.p7m', forged)));
    assert.match(await words(slot(page, 'Contratto firmato')), /La firma digitale non è valida: il documento è stato modificato dopo la firma/);
    await follow(page, () => page.locator('#contract').setInputFiles(file('contratto.pdf.p7m', envelope)));
    assert.match(await words(slot(page, 'Contratto firmato')), /firma digitale di un'autorità non riconosciuta: Rosa Modelli, .* secondo chi ha firmato/);
    await look(page, 'documents-ready');
    await demo.setClock('2026-12-23T15:00:00+01:00');
    await page.context().clearCookies(); /* a day later: what was put there is there */
    await login(page, demo, who);
    await page.goto(`${demo.portal}/ordini/${code}/documenti`);
    await sendIt(page);
    await says(page, 'Documenti inviati.', 'risposta tra 24/12/2026, 15:00 e 29/12/2026, 15:00');
    assert.equal(await page.locator('input[type=file]').count(), 0);
    await look(page, 'documents-sent');

    await page.goto(`${demo.portal}/ordini/${code}`);
    await says(page, 'Documenti in verifica.', 'risposta tra 24/12/2026, 15:00 e 29/12/2026, 15:00');
    await look(page, 'order-in-review');
    await openMail(page, demo, who.email, new RegExp(`Documenti ricevuti per l'ordine ${code}`));
    await page.close();
  });
}

test('R67 T21 without a script both are chosen and sent in one go, and again changes nothing', async () => {
  const page = await visitor(browser, { width: 390, script: false });
  const { code } = await bought(page, { ...HOLDER, kind: 'sole_trader', name: 'Rosa Modelli Ceramiche', vat_number: vatNumber('9990001999') });
  await page.goto(`${demo.portal}/ordini/${code}/documenti`);
  await says(page, 'con le due firme di Rosa Modelli Ceramiche');
  await page.locator('#contract').setInputFiles([file('pagina 1.pdf', pdf('una')), file('pagina 2.pdf', pdf('due'))]);
  await follow(page, () => page.getByRole('button', { name: 'Aggiungi al contratto firmato' }).click());
  assert.equal(await slot(page, 'Contratto firmato').locator('.papers li').count(), 2);
  await page.locator('#identity').setInputFiles(file('carta.pdf', pdf('carta')));
  await sendIt(page);
  await says(page, 'Documenti inviati.');
  const answer = await page.context().request.get(`${demo.url}${await slot(page, "Documento d'identità").locator('a.paper').getAttribute('href')}`);
  assert.equal(answer.status(), 200);
  assert.deepEqual([answer.headers()['content-type'], answer.headers()['x-content-type-options']], ['application/pdf', 'nosniff']);
  assert.match(answer.headers()['content-security-policy'], /^default-src 'none'/);
  await page.close();
});

test('R67 nobody else sees the papers', async () => {
  const page = await visitor(browser);
  const { code } = await bought(page);
  await page.goto(`${demo.portal}/ordini/${code}/documenti`);
  await follow(page, () => page.locator('#identity').setInputFiles(file('carta.pdf', pdf('carta'))));
  const path = await slot(page, "Documento d'identità").locator('a.paper').getAttribute('href');
  const other = await visitor(browser);
  const stranger = await demo.account([]);
  assert.equal(stranger.password, PASSWORD);
  await login(other, demo, stranger);
  for (const where of [path, `/b/visura/ordini/${code}/documenti`, `/b/visura/ordini/${code}/contratto.pdf`])
    assert.equal((await other.goto(demo.url + where)).status(), 404, where);
  await other.close();
  const nobody = await visitor(browser);
  await nobody.goto(demo.url + path);
  assert.match(nobody.url(), /\/accedi/);
  await nobody.close();
  await page.close();
});
