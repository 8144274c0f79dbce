/* Customers at the desk: one search box, the pages of a mailbox, an account and an order, and what is done there for a customer (DOMAIN
 * M20, M21, M23). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PORTAL, WIDTHS, addOperator, enterDesk, follow, heading, login, look, openMail, order, pay, says, startBrowser, startDemo, unique, visitor } from './support.mjs';

let demo, browser;

before(async () => {
  demo = await startDemo('2026-12-20T10:00:00+01:00');
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

/* Somebody at the desk, signed in. */
async function at_desk(role, width = 1280) {
  const page = await visitor(browser, { width });
  await enterDesk(page, demo, await addOperator(demo, role));
  return page;
}

const seek = async (page, text) => {
  await page.getByRole('searchbox', { name: 'Cerca un cliente, una casella, un ordine' }).fill(text);
  return follow(page, () => page.keyboard.press('Enter'));
};
const open = (page, name) => page.locator('summary').filter({ hasText: name }).click();
const press = (page, name) => follow(page, () => page.getByRole('button', { name, exact: true }).click());

/* A customer of ours with an account and a mailbox that was renewed and paid. */
async function customer() {
  const surname = unique('verdini').replaceAll('.', ' ');
  const box = await demo.mailbox({ holder_name: `Rosa ${surname}`, expires_on: '2027-02-15' });
  const who = await demo.account([box.address], { name: `Rosa ${surname}` });
  const page = await visitor(browser);
  const code = await order(page, demo, box, 1);
  await pay(page, demo, code);
  await page.close();
  return { box, who, code, surname };
}

for (const width of WIDTHS) {
  test(`R13 R116 a customer is found and seen whole, ${width}`, async () => {
    const { box, who, code, surname } = await customer();
    const page = await at_desk('support', width);
    await follow(page, () => page.getByRole('link', { name: 'Clienti', exact: true }).click());
    await says(page, 'Ultimi clienti', who.email, 'Che cosa si cerca');
    await look(page, 'office-customers');
    await page.getByRole('searchbox', { name: 'Che cosa si cerca' }).fill(surname);
    await follow(page, () => page.keyboard.press('Enter'));
    await says(page, 'Caselle', box.address, 'Clienti', who.email);
    await look(page, 'office-search');
    await seek(page, box.address);
    assert.equal(await heading(page), box.address, 'one hit is gone to at once');
    await says(page, 'attiva fino al 15/02/2028', 'Titolare e recapiti', code, 'Casella rinnovata', 'scadenza 15/02/2028', 'Ordine confermato');
    await look(page, 'office-mailbox');
    await page.locator('#body').fill('Ha chiamato: preferisce la sera.\nRichiamare dopo le 18.');
    await page.getByRole('checkbox', { name: 'in evidenza' }).check();
    await press(page, 'Aggiungi la nota');
    await says(page, 'Nota registrata', 'Ha chiamato: preferisce la sera.', 'Anna support', 'in evidenza');
    await follow(page, () => page.getByRole('link', { name: code }).click());
    await says(page, 'evaso', 'Accredito in banca', 'Conferma d\'ordine con i dati di pagamento', 'Fattura');
    await look(page, 'office-order');
    await follow(page, () => page.getByRole('button', { name: /^Invia di nuovo Conferma/ }).first().click());
    await says(page, 'Il messaggio parte tra poco.', 'Messaggio inviato di nuovo');
    await follow(page, () => page.getByRole('link', { name: box.address }).first().click());
    await follow(page, () => page.getByRole('link', { name: new RegExp(who.email) }).click());
    await says(page, box.address, code, 'Accessi aperti');
    await look(page, 'office-account');
    await page.close();
  });
}

test('R14 R31 a customer on the telephone is renewed, and pays by what the mail says', async () => {
  const box = await demo.mailbox({ expires_on: '2027-02-15' });
  const page = await at_desk('support', 390);
  await seek(page, box.address);
  await follow(page, () => page.getByRole('link', { name: 'Rinnova per il cliente' }).click());
  await page.getByLabel('Durata').selectOption('2');
  await press(page, 'Calcola');
  await says(page, '15/02/2029', '61,00');
  await look(page, 'office-renew');
  await page.getByLabel('Come paga il cliente').selectOption('bank_transfer');
  await press(page, 'Conferma ordine');
  assert.ok(await page.locator('#terms[aria-invalid]').count(), 'terms must be accepted');
  await page.getByRole('checkbox', { name: /ha letto e accetta/ }).check();
  await press(page, 'Conferma ordine');
  await says(page, 'Ordine confermato', 'in attesa di pagamento', '61,00', 'Anna support');
  const url = page.url();
  const mail = await visitor(browser);
  await openMail(mail, demo, box.contact_email, 'Ordine');
  await mail.close();
  await page.goto(url);
  await open(page, "Annulla l'ordine");
  await press(page, "Annulla l'ordine");
  await says(page, 'Ordine annullato', 'annullato');
  await page.close();
});

test('§3.7 a customer on the telephone buys space, and finds the order in his area', async () => {
  const surname = unique('neri').replaceAll('.', '');
  const box = await demo.mailbox({ holder_name: `Ugo ${surname}`, expires_on: '2027-06-30' });
  const who = await demo.account([box.address], { name: `Ugo ${surname}` });
  const page = await at_desk('support', 390);
  await seek(page, box.address);
  await follow(page, () => page.getByRole('link', { name: 'Aggiungi spazio per il cliente' }).click());
  await page.getByLabel('GB in più per la casella').fill('2');
  await press(page, 'Calcola');
  await says(page, 'Fino alla scadenza', '30/06/2027', 'in più all\'anno');
  await look(page, 'office-space');
  await page.getByLabel('Come paga il cliente').selectOption('bank_transfer');
  await page.getByRole('checkbox', { name: /ha letto e accetta/ }).check();
  await press(page, 'Conferma ordine');
  await says(page, 'Ordine confermato', 'in attesa di pagamento', 'Anna support');
  const space = (await heading(page)).replace('Ordine ', '');
  const mine = await visitor(browser);
  await login(mine, demo, who);
  await mine.goto(`${demo.url}${PORTAL}/ordini/${space}`);
  await says(mine, box.address, 'Bonifico');
  await mine.close();
  await page.close();
});

test('R41 M3 a customer on the telephone gets a new mailbox in his own name, and goes on in his area', async () => {
  const shop = demo.of('visura'), surname = unique('neri').replaceAll('.', '');
  const box = await shop.mailbox({ plan: 'base', holder_name: `Ugo ${surname}`, address: `${surname}@pec.visura.example` });
  const who = await shop.account([box.address], { name: `Ugo ${surname}` }), stranger = await shop.account([], { name: 'Ida Sola' });
  const page = await at_desk('support', 390);
  await seek(page, stranger.email);
  await follow(page, () => page.getByRole('link', { name: 'Compra per il cliente' }).click());
  await says(page, 'I dati del cliente non bastano', 'Codice fiscale');
  await seek(page, who.email);
  await follow(page, () => page.getByRole('link', { name: 'Compra per il cliente' }).click());
  await page.getByLabel('Primo nome').fill(surname);
  await press(page, 'Calcola');
  await says(page, 'Serve almeno un nome libero');
  await page.getByLabel('Secondo nome').fill(`${surname}.due`);
  await page.getByLabel('Terzo nome').fill(`${surname}.tre`);
  await press(page, 'Calcola');
  await says(page, 'libero', `Ugo ${surname}`, '10,98');
  await look(page, 'office-buy');
  await page.setViewportSize({ width: 1280, height: 900 });
  await look(page, 'office-buy');
  await page.getByLabel('Come paga il cliente').selectOption('bank_transfer');
  await press(page, 'Conferma ordine');
  await says(page, 'Telefono: campo obbligatorio', 'condizioni');
  await page.getByLabel('Telefono del cliente').fill('+39 06 5550 0123');
  await page.getByRole('checkbox', { name: /ha letto e accetta/ }).check();
  await press(page, 'Conferma ordine');
  await says(page, 'Ordine confermato', 'in attesa di pagamento', '10,98', 'Anna support');
  const code = (await heading(page)).replace('Ordine ', '');
  await page.close();
  const mine = await visitor(browser);
  await login(mine, shop, who);
  await mine.goto(`${shop.portal}/ordini/${code}`);
  await says(mine, `${surname}.due@pec.visura.example`, 'Bonifico');
  await mine.close();
});

test('R127 a mailbox is suspended, resumed, held and ceased by two people', async () => {
  const box = await demo.mailbox({ expires_on: '2027-02-15' });
  const page = await at_desk('owner', 390);
  const path = `${demo.url}/office/caselle/${box.address}`;
  await page.goto(path);
  await open(page, 'Sospendi');
  await press(page, 'Sospendi la casella');
  assert.ok(await page.locator('#reason[aria-invalid]').count());
  await page.locator('#reason').selectOption('identity');
  await press(page, 'Sospendi la casella');
  await says(page, 'Casella sospesa', 'Sospesa: identità da verificare');
  await look(page, 'office-suspended');
  const mail = await visitor(browser);
  await openMail(mail, demo, box.contact_email, 'è sospesa');
  await mail.close();
  await page.goto(path);
  await press(page, 'Riattiva la casella');
  await says(page, 'Sospensione tolta', 'attiva fino al 15/02/2027');

  await open(page, 'Poni un blocco');
  await page.getByRole('checkbox', { name: 'il rinnovo, anche automatico' }).check();
  await page.locator('#until_on').fill('31/01/2027');
  await page.locator('#hold_note').fill('Lite tra soci: si attende il verbale.');
  await press(page, 'Poni il blocco');
  await says(page, 'Blocco registrato', 'ferma il rinnovo', 'Non si può rinnovare', 'fermo fino al 31/01/2027');
  await press(page, 'Togli il blocco');
  await says(page, 'Blocco tolto', 'Rinnova per il cliente');

  await open(page, 'Cambia l\'e-mail di riferimento');
  await page.locator('#email').fill('nuova@posta.example');
  await page.locator('#contact_note').fill('Chiesto per telefono, riconosciuto dal codice fiscale.');
  await press(page, 'Cambia il recapito');
  await says(page, 'E-mail di riferimento cambiata', 'nuova@posta.example');

  await open(page, 'Cessa prima del termine');
  await page.locator('#cease_why').fill('Chiesto con raccomandata.');
  await press(page, 'Chiedi la cessazione');
  await says(page, 'attende una seconda persona', 'attiva fino al 15/02/2027');
  const second = await at_desk('owner');
  await second.goto(`${demo.url}/office/approvazioni`);
  await follow(second, () => second.getByRole('link', { name: new RegExp(box.address) }).click());
  await follow(second, () => second.getByRole('button', { name: /^Approva/ }).click());
  await second.goto(path);
  await says(second, 'cessata', 'Casella cessata', 'Chiesto con raccomandata.');
  await second.close();
  await page.close();
});

test('L30 a person is erased by two people, and not while a mailbox is there', async () => {
  const { box } = await customer();
  const page = await at_desk('owner', 390);
  await seek(page, box.address);
  await follow(page, () => page.getByRole('link', { name: 'Cancella i dati del titolare' }).click());
  await says(page, 'Per ora non si può cancellare nulla:', `la casella ${box.address} non è ancora cancellata`, 'titolare della casella', 'ordini pagati e fatture', 'indirizzi già usati');
  assert.equal(await page.getByRole('button', { name: 'Chiedi di cancellare i dati' }).count(), 0);
  await look(page, 'office-erasure-stopped');
  await demo.command('log', 'add', box.address, '--from', '2026-11-01', '--to', '2026-11-30', '--where', 'archivio/2026/11/legalmail.log.gz', '--bytes', '182044');
  await page.goto(`${demo.url}/office/caselle/${box.address}`);
  await follow(page, () => page.getByRole('link', { name: 'Log del gestore' }).click());
  await says(page, '01/11/2026 – 30/11/2026', 'archivio/2026/11/legalmail.log.gz', '182044 byte', "finché c'è la casella");
  await look(page, 'office-logs');
  await page.close();

  const gone = await demo.account([], { name: `Rosa ${unique('partita').replaceAll('.', ' ')}` });
  const desk = await at_desk('owner');
  await seek(desk, gone.email);
  await follow(desk, () => desk.getByRole('link', { name: 'Cancella i dati di questa persona' }).click());
  await says(desk, 'utenza, profilo e accessi', 'subito: 1', 'non resta nulla');
  await look(desk, 'office-erasure');
  const url = desk.url();
  await desk.locator('#reason').evaluate((field) => field.removeAttribute('required'));
  await press(desk, 'Chiedi di cancellare i dati');
  assert.ok(await desk.locator('#reason[aria-invalid]').count(), 'a reason is wanted');
  await desk.locator('#reason').fill('Richiesta scritta del 19/12/2026.');
  await press(desk, 'Chiedi di cancellare i dati');
  await says(desk, 'attende una seconda persona');
  await desk.close();
  const second = await at_desk('owner', 390);
  await second.goto(`${demo.url}/office/approvazioni`);
  await follow(second, () => second.getByRole('link', { name: /^Cancellazione dei dati dell'utenza/ }).click());
  await says(second, 'Richiesta scritta del 19/12/2026.');
  await follow(second, () => second.getByRole('button', { name: /^Approva/ }).click());
  await second.goto(url.replace('/cancellazione', ''));
  assert.equal(await heading(second), '(dati cancellati)');
  await seek(second, gone.email);
  await says(second, 'Nessun');
  await second.close();
});
