/* A mailbox passes to another holder: asked for in the client area, accepted by the link in a mail, looked at by the desk (DOMAIN M25). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PASSWORD, WIDTHS, addOperator, enterDesk, follow, heading, login, look, openMail, says, startBrowser, startDemo, taxCode, unique, visitor } from './support.mjs';

let demo, browser;

before(async () => {
  demo = await startDemo();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

/* Where a mail's button leads; of two such mails the newest. */
async function linkOf(page, to, subject, name) {
  await openMail(page, demo, to, subject);
  return page.frameLocator('iframe').getByRole('link', { name }).getAttribute('href');
}

const button = (page, name) => follow(page, () => page.getByRole('button', { name }).click());

async function desk() {
  const page = await visitor(browser, { width: 390 });
  await enterDesk(page, demo, await addOperator(demo, 'owner'));
  return page;
}

/* Each page at both widths. */
async function lookTwice(page, name) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 844 });
    await look(page, name);
  }
}

async function fillHolder(page, email) {
  await page.getByLabel('Nome e cognome, o ragione sociale').fill('Paola Nuova');
  await page.locator('#tax_code').fill(taxCode('NVUPLA80A01H501'));
  await page.getByLabel('Indirizzo e numero civico').fill('Via Nuova 3');
  await page.getByLabel('CAP').fill('00185');
  await page.getByLabel('Comune').fill('Roma');
  await page.getByLabel('Provincia').fill('RM');
  await page.getByLabel('E-mail del nuovo intestatario').fill(email);
  await page.getByLabel('Telefono').fill('+39 06 5550 0300');
  await page.getByLabel(/^Cedo la casella/).check();
  await page.getByLabel('Password').fill(PASSWORD);
}

test('M25 a mailbox passes from who has it to who accepts it, by the desk', async () => {
  const box = await demo.mailbox();
  const who = await demo.account([box.address]);
  const email = `${unique('paola')}@posta.example`;
  const old = await visitor(browser);
  await login(old, demo, who);

  /* Asked for. */
  await old.goto(`${demo.portal}/caselle/${box.address}`);
  await follow(old, () => old.getByRole('link', { name: 'Cambia intestatario' }).click());
  assert.equal(await heading(old), 'Cambio di intestatario');
  await lookTwice(old, 'holder');
  await fillHolder(old, email);
  await old.getByLabel('Password').fill('sbagliata di sicuro');
  await button(old, 'Chiedi il cambio di intestatario');
  await says(old, 'La password non è corretta');
  await old.getByLabel('Password').fill(PASSWORD);
  await button(old, 'Chiedi il cambio di intestatario');
  await says(old, 'Richiesta inviata al nuovo intestatario', 'in attesa del nuovo intestatario');
  await lookTwice(old, 'holder-asked');

  /* Accepted by the link, with an account that is made. */
  const page = await visitor(browser);
  await page.goto(await linkOf(page, email, /propone il passaggio/, 'Guarda e rispondi'));
  await says(page, box.address, 'Paola Nuova', 'gratuito');
  await lookTwice(page, 'holder-offer');
  await button(page, 'Accetto la casella');
  await says(page, 'Per accettare la casella occorre accettare le condizioni', 'password di almeno 10 caratteri');
  await page.getByLabel('Nuova password').fill(PASSWORD);
  if (await page.locator('#privacy').count()) await page.locator('#privacy').check();
  await page.locator('#terms').check();
  const offer = page.url();
  await button(page, 'Accetto la casella');
  await says(page, 'Casella accettata', 'Serve un documento d\'identità valido di Paola Nuova');
  assert.equal((await page.goto(offer)).status(), 410, 'a link works once');
  await page.goto(`${demo.portal}/caselle`);
  await follow(page, () => page.getByRole('link', { name: /^Continua/ }).click());

  /* The document goes to the desk. */
  await lookTwice(page, 'holder-papers');
  await button(page, 'Invia il documento');
  await says(page, 'Manca il documento');
  await follow(page, async () => page.locator('#identity').setInputFiles({ name: 'carta.jpg', mimeType: 'image/jpeg', buffer: await page.screenshot({ type: 'jpeg' }) }));
  await button(page, 'Invia il documento');
  await says(page, 'Documento inviato');

  const office = await desk();
  await office.goto(`${demo.url}/office/volture`);
  await lookTwice(office, 'office-holders');
  await follow(office, () => office.getByRole('link', { name: box.address }).click());
  await says(office, 'Paola Nuova', 'Rosa Modelli', 'documenti in verifica');
  assert.ok(await office.locator('.looked img').first().evaluate((image) => image.decode().then(() => image.naturalWidth > 0)), 'no picture');
  await lookTwice(office, 'office-holder');
  await office.locator('input[name=verdict][value=approve]').check();
  await button(office, "Registra l'esito");
  await says(office, 'Campo obbligatorio');
  await office.locator('input[name=verdict][value=approve]').check();
  await office.getByLabel("Scadenza del documento d'identità").fill('15/03/2031');
  await button(office, "Registra l'esito");
  await says(office, 'Documento approvato', 'concluso');

  /* Passed: the one sees it no longer, the other does. */
  await page.goto(`${demo.portal}/caselle/${box.address}`);
  await says(page, 'Paola Nuova');
  assert.equal((await old.goto(`${demo.portal}/caselle/${box.address}`)).status(), 404);
  await openMail(page, demo, email, /è ora di Paola Nuova/);
  await openMail(page, demo, box.contact_email, /ha un nuovo intestatario/);
  for (const one of [old, page, office]) await one.close();
});

test('M25 either of the two ends it', async () => {
  const box = await demo.mailbox();
  const who = await demo.account([box.address]);
  const email = `${unique('paola')}@posta.example`;
  const page = await visitor(browser);
  await login(page, demo, who);
  await page.goto(`${demo.portal}/caselle/${box.address}/intestatario`);
  await fillHolder(page, email);
  await button(page, 'Chiedi il cambio di intestatario');
  await button(page, 'Invia di nuovo il collegamento');
  await says(page, 'Collegamento inviato di nuovo');
  const other = await visitor(browser);
  /* The second mail is the one whose link opens. */
  await other.goto(`${demo.url}/demo/mail`);
  for (let tries = 0; tries < 200 && await other.locator('ul.rows > li').filter({ hasText: email }).count() < 2; tries++) await other.reload();
  await other.goto(await linkOf(other, email, /propone il passaggio/, 'Guarda e rispondi'));
  await button(other, 'Rifiuto');
  await says(other, 'Casella rifiutata');
  await lookTwice(other, 'holder-declined');
  await page.reload();
  await says(page, 'rifiutato dal nuovo intestatario');
  await page.getByLabel('Password').waitFor();
  await page.close();
  await other.close();
});
