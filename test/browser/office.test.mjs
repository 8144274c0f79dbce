/* The desk: operators come in by a door of their own, see what waits, look at the papers on one page and decide (DOMAIN M8-M10, K3-K4,
 * T21, T23). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OFFICE_PASSWORD as SECRET, WIDTHS, enterCode, enterDesk, enterPassword, follow, heading, login, look, openMail, pay, says, startBrowser, startDemo, taxCode, unique, visitor, words } from './support.mjs';

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

/* Somebody at the desk, who has chosen a password through the link. */
async function operator(role = 'reviewer', brand) {
  const email = `${unique('operatore')}@visura.example`;
  const { stdout } = await demo.command('operator', 'add', '--email', email, '--name', `Anna ${role}`, '--role', role, '--public-url', demo.url,
    ...(brand ? ['--brand', brand] : []));
  const page = await visitor(browser, { width: 390 });
  await page.goto(stdout.trim());
  await page.getByLabel('Nuova password', { exact: true }).fill(SECRET);
  await page.getByLabel('Di nuovo la nuova password').fill(SECRET);
  await follow(page, () => page.getByRole('button', { name: 'Salva la nuova password' }).click());
  assert.equal(new URL(page.url()).pathname, '/office/accedi');
  assert.equal((await page.goto(stdout.trim())).status(), 410, 'a link works once');
  await page.close();
  return email;
}

const enter = (page, email) => enterDesk(page, demo, email);

/* A purchase that is paid; {code, who, address}. Its holder wants it to begin at once, unless told otherwise. */
async function bought(start_now = true) {
  const who = await demo.account([]);
  const name = unique('rosa');
  const answer = await fetch(`${demo.url}/api/v1/orders`, { method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Idempotency-Key': `office-${++made}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ brand: 'visura', kind: 'purchase', account: who.email, payment_method: 'bank_transfer', consents: { terms: true, start_now },
      holder: { kind: 'person', name: 'Rosa Modelli', tax_code: taxCode('MDLRSO80A41Z999'), street: "Via dell'Esempio 7", postcode: '00144', city: 'Roma',
        province: 'RM', phone: '+39 06 5550 0123', email: who.email },
      lines: [{ names: [name, `${name}.due`, `${name}.tre`], plan: 'base', years: 1 }] }) });
  const order = await answer.json();
  assert.equal(answer.status, 201, JSON.stringify(order));
  const page = await visitor(browser);
  await login(page, demo, who);
  await pay(page, demo, order.code);
  await page.close();
  return { code: order.code, who, address: order.lines[0].mailbox };
}

async function send(order) {
  const page = await visitor(browser);
  await login(page, demo, order.who);
  await page.goto(`${demo.portal}/ordini/${order.code}/documenti`);
  const contract = await (await page.context().request.get(`${demo.portal}/ordini/${order.code}/contratto.pdf`)).body();
  await follow(page, () => page.locator('#contract').setInputFiles({ name: 'contratto firmato.pdf', buffer: contract, mimeType: 'application/pdf' }));
  const photo = await page.screenshot({ type: 'jpeg', quality: 60 });
  await follow(page, () => page.locator('#identity').setInputFiles({ name: 'carta.jpg', buffer: photo, mimeType: 'image/jpeg' }));
  await follow(page, () => page.getByRole('button', { name: 'Invia documenti' }).click());
  await page.close();
  return order;
}
const sent = async (start_now) => send(await bought(start_now));

const open = async (page, order) => {
  await page.goto(`${demo.url}/office/documenti?cerca=${order.code}`);
  return follow(page, () => page.getByRole('link', { name: order.code, exact: true }).click());
};
const verdict = (page, name) => page.getByRole('radio', { name: new RegExp(`^${name}`) }).check();
const record = (page) => follow(page, () => page.getByRole('button', { name: "Registra l'esito" }).click());

test('R69 operators come in by their own door; wrong passwords are told alike, and wait', async () => {
  const email = await operator();
  const page = await visitor(browser, { width: 390 });
  const away = await page.goto(`${demo.url}/office/documenti?elenco=trouble`);
  assert.equal(away.status(), 200);
  assert.equal(new URL(page.url()).pathname, '/office/accedi');
  await look(page, 'office-login');
  for (const who of [email, 'nessuno@visura.example']) {
    assert.equal((await enterPassword(page, demo, who, 'non è questa')).status(), 401);
    await says(page, 'Dati di accesso non corretti');
  }
  await look(page, 'office-login-wrong');
  await page.goto(`${demo.url}/office/accedi?next=${encodeURIComponent('/office/documenti?elenco=trouble')}`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(SECRET);
  await follow(page, () => page.getByRole('button', { name: 'Accedi' }).click());
  await page.goto(`${demo.url}/office/documenti`);
  assert.equal(new URL(page.url()).pathname, '/office/accedi', 'a password alone opens nothing');
  await page.goto(`${demo.url}/office/codice?next=${encodeURIComponent('/office/documenti?elenco=trouble')}`);
  await says(page, 'Secondo fattore');
  await look(page, 'office-setup');
  const shown = await page.locator('#demo-code').textContent();
  await page.locator('#code').fill('000000' === shown ? '111111' : '000000');
  assert.equal((await follow(page, () => page.getByRole('button', { name: 'Entra' }).click())).status(), 422);
  await says(page, 'Codice non valido');
  await enterCode(page, email);
  assert.equal(page.url(), `${demo.url}/office/documenti?elenco=trouble`);
  const again = await visitor(browser, { width: 1280 });
  await enterPassword(again, demo, email);
  await look(again, 'office-code');
  await enterCode(again, email);
  assert.equal(new URL(again.url()).pathname, '/office/oggi');
  await again.close();
  await demo.command('operator', 'totp-reset', email);
  await page.goto(`${demo.url}/office/documenti`);
  assert.equal(new URL(page.url()).pathname, '/office/accedi', 'whose factor was reset comes in anew');
  await enterPassword(page, demo, email);
  await says(page, 'Secondo fattore');
  await demo.command('operator', 'disable', email);
  await page.goto(`${demo.url}/office/codice`);
  assert.equal(new URL(page.url()).pathname, '/office/accedi', 'a disabled operator is out at once');
  assert.equal((await enterPassword(page, demo, email)).status(), 401);
  for (let i = 0; i < 8; i++) await enterPassword(page, demo, 'nessuno@visura.example', `sbagliata ${i}`);
  await says(page, 'Troppi tentativi');
  await page.close();
});

test("R69 a customer's session opens no page of the desk, nor the other way round", async () => {
  const order = await bought();
  const page = await visitor(browser);
  await login(page, demo, order.who);
  await page.goto(`${demo.url}/office/documenti`);
  assert.equal(new URL(page.url()).pathname, '/office/accedi');
  await page.close();
  const desk = await visitor(browser);
  await enter(desk, await operator());
  await desk.goto(`${demo.portal}/caselle`);
  assert.equal(new URL(desk.url()).pathname, '/b/visura/accedi');
  await desk.close();
});

for (const width of WIDTHS) {
  test(`R69 T21 papers are looked at, sent back with a reason, sent again and approved, ${width}`, async () => {
    const order = await sent(false);
    const page = await visitor(browser, { width });
    await enter(page, await operator());
    await page.goto(`${demo.url}/office/documenti`);
    await says(page, order.code, 'Rosa Modelli', 'documenti in verifica');
    await look(page, 'office-queue');
    await open(page, order);
    await says(page, 'Rosa Modelli', order.address, order.who.email, 'contratto firmato.pdf', 'carta.jpg', 'nessuna firma digitale');
    const image = page.locator('.looked img');
    assert.ok(await image.evaluate((i) => i.decode().then(() => i.naturalWidth > 0)), 'the document is not shown');
    await look(page, 'office-review');

    await verdict(page, 'Approva');
    assert.equal((await record(page)).status(), 422);
    assert.match(await words(page.locator('#identity_expires_on-error')), /Campo obbligatorio/);
    await page.locator('#identity_expires_on').fill('21/11/2026');
    await record(page);
    assert.match(await words(page.locator('#identity_expires_on-error')), /scaduto il 21\/11\/2026/);
    await look(page, 'office-review-wrong');

    await verdict(page, 'Respingi');
    await page.locator('#identity_expires_on').fill('');
    await page.getByLabel('Motivo').selectOption('expired_document');
    await page.getByLabel('Parole per il cliente').fill('La carta è scaduta il 21 novembre.');
    await record(page);
    await says(page, 'Documenti respinti', 'in attesa dei documenti', 'La carta è scaduta il 21 novembre.');
    await look(page, 'office-rejected');

    await send(order);
    await open(page, order);
    await says(page, 'Invio n. 2: in attesa', 'Invio n. 1: respinto');
    await verdict(page, 'Approva');
    await page.locator('#identity_expires_on').fill('15/03/2031');
    await record(page);
    await says(page, 'Documenti approvati', 'Invio n. 2: approvato', 'Documento valido fino al 15/03/2031');
    await says(page, 'Attivazione dal 06/01/2027.', 'non ha chiesto l\'avvio immediato');
    await look(page, 'office-approved');
    const buyer = await visitor(browser, { width });
    await login(buyer, demo, order.who);
    await buyer.goto(`${demo.portal}/ordini/${order.code}`);
    await says(buyer, 'attivazione dal', 'quando sono finiti i giorni per il recesso');
    await look(buyer, 'order-waiting');
    await buyer.close();
    await openMail(page, demo, order.who.email, 'Documenti da inviare di nuovo');
    await page.close();
    assert.match((await demo.command('audit')).stdout, /./);
  });
}

test('R69 every look at a document is recorded with who looked', async () => {
  const order = await sent();
  const page = await visitor(browser);
  await enter(page, await operator());
  await open(page, order);
  const src = await page.locator('.looked img').getAttribute('src');
  const answer = await page.context().request.get(demo.url + src);
  assert.equal(answer.headers()['content-type'], 'image/jpeg');
  assert.match(answer.headers()['content-security-policy'], /default-src 'none'/);
  await page.close();
  const owner = (await demo.command('key', 'add', '--brand', 'visura', '--role', 'owner')).stdout.trim();
  let seen = [];
  for (let i = 0; i < 200 && seen.length < 2; i++) { /* events are told once they are sealed */
    const events = await (await fetch(`${demo.url}/api/v1/events?limit=1000`, { headers: { Authorization: `Bearer ${owner}` } })).json();
    seen = events.events.filter(({ kind, data, actor }) => kind === 'document.seen' && data.slot === 'identity' && actor.startsWith('operator:'));
  }
  assert.ok(seen.length >= 2, `${seen.length} looks`);
});

test('R69 who has no right to papers sees the request without them', async () => {
  const order = await sent();
  const page = await visitor(browser);
  await enter(page, await operator('support'));
  await open(page, order);
  await says(page, 'Rosa Modelli', 'carta.jpg');
  assert.equal(await page.locator('.looked img, .looked iframe').count(), 0);
  assert.equal(await page.getByRole('button', { name: "Registra l'esito" }).count(), 0);
  const id = page.url().split('/').at(-1);
  assert.equal((await page.goto(`${demo.url}/office/documenti/${id}/file/1`)).status(), 403);
  await look(page, 'office-forbidden');
  assert.equal((await page.goto(`${demo.url}/office/documenti/999999`)).status(), 404);
  await page.close();
});

test('R69 of two reviewers the second is told who was first, without a script too', async () => {
  const order = await sent();
  const [first, second] = [await visitor(browser), await visitor(browser, { script: false })];
  await enter(first, await operator());
  await enter(second, await operator());
  await open(first, order);
  await open(second, order);
  await verdict(first, 'Respingi');
  await first.getByLabel('Motivo').selectOption('illegible');
  await record(first);
  await verdict(second, 'Approva');
  await second.locator('#identity_expires_on').fill('15/03/2031');
  assert.equal((await record(second)).status(), 409);
  await says(second, 'Già deciso da Anna reviewer');
  await first.close();
  await second.close();
});

test('T23 what is refused for good gives the money back', async () => {
  const order = await sent();
  const page = await visitor(browser, { width: 390 });
  await enter(page, await operator());
  await open(page, order);
  await verdict(page, 'Chiudi e rimborsa');
  await page.getByLabel('Motivo').selectOption('not_entitled');
  await record(page);
  await says(page, 'Richiesta chiusa', 'respinta');
  await look(page, 'office-refused');
  await openMail(page, demo, order.who.email, 'non sarà attivata');
  assert.match(await page.locator('main').textContent(), /viene restituito per intero/);
  await page.close();
});

test('R69 the list shows what is late first, and its filters stand in the address', async () => {
  const order = await sent();
  await demo.setClock('2027-01-11T10:00:00+01:00');
  const page = await visitor(browser);
  await enter(page, await operator());
  await page.goto(`${demo.url}/office/documenti`);
  await says(page, order.code, 'in ritardo di');
  await look(page, 'office-late');
  await follow(page, () => page.getByRole('link', { name: /^In ritardo/ }).click());
  assert.match(page.url(), /scaduti=1/);
  await page.getByLabel(/^Titolare/).fill('nessuno di questi');
  await follow(page, () => page.locator('#main').getByRole('button', { name: 'Cerca' }).click());
  assert.match(page.url(), /scaduti=1/);
  await says(page, 'Nessuna richiesta in questo elenco');
  await look(page, 'office-empty');
  assert.equal(await heading(page), 'Documenti');
  const other = await visitor(browser);
  await enter(other, await operator('reviewer', 'legalmail'));
  await other.goto(`${demo.url}/office/documenti`);
  await says(other, 'Nessuna richiesta in questo elenco');
  await other.close();
  await page.close();
});

test('R70 R71 RI74 an approved mailbox works: the mail says its user-id, and its password is chosen through a link', async () => {
  const order = await sent();
  const desk = await visitor(browser);
  await enter(desk, await operator());
  await open(desk, order);
  await verdict(desk, 'Approva');
  await desk.locator('#identity_expires_on').fill('15/03/2031');
  await record(desk);
  await desk.close();

  const page = await visitor(browser, { width: 390 });
  await openMail(page, demo, order.who.email, `Casella attiva: ${order.address}`);
  const mail = await page.locator('main').textContent();
  assert.match(mail, /VIS\d{7}/);
  const [link] = mail.match(/http\S+\/password\/[0-9a-f]{64}/);
  await page.goto(link);
  await says(page, `Per la casella ${order.address}`);
  await look(page, 'mailbox-password');
  await page.getByLabel('Nuova password', { exact: true }).fill(SECRET);
  await page.getByLabel('Di nuovo la nuova password').fill(SECRET);
  await follow(page, () => page.getByRole('button', { name: 'Salva la nuova password' }).click());
  await login(page, demo, { address: order.address, password: SECRET });
  await says(page, order.address);
  assert.equal((await page.goto(link)).status(), 410);
  await page.close();
});

/* ---- The queues ---- */

test('R69 the next request is given to one reviewer alone, and decided without a mouse', async () => {
  await Promise.all([sent(false), sent(false)]);
  const [anna, bruno] = [await visitor(browser), await visitor(browser, { width: 390 })];
  await enter(anna, await operator());
  await enter(bruno, await operator());
  for (const page of [anna, bruno]) {
    await page.goto(`${demo.url}/office/oggi`);
    await says(page, 'Contabili', 'Documenti', 'Denaro fermo', 'Invii falliti');
    await look(page, 'office-today');
  }
  const next = (page) => follow(page, () => page.getByRole('button', { name: 'Il prossimo Documenti' }).click());
  await next(anna);
  await next(bruno);
  const [hers, his] = [await heading(anna), await heading(bruno)];
  assert.match(hers, /^Ordine LM/);
  assert.notEqual(hers, his);
  await says(anna, 'Documenti: preso, nessun altro lo riceve prima delle 10:15');
  await look(bruno, 'office-taken');

  /* Who goes there by himself is told that somebody is at it already. */
  const other = await visitor(browser);
  await enter(other, await operator());
  await other.goto(anna.url());
  await says(other, 'Anna reviewer · fino a: 10:15');
  await other.close();

  /* By keyboard: larger, the verdict, its reason, recorded, and on to the next; there is none that is free. */
  await anna.keyboard.press('?');
  await anna.getByRole('dialog').waitFor();
  assert.match(await anna.getByRole('dialog').innerText(), /Tasti di questa pagina[\s\S]*Approva[\s\S]*Registra l'esito/);
  await look(anna, 'office-keys');
  await anna.keyboard.press('Escape');
  const image = anna.locator('.viewer img').last();
  await image.evaluate((i) => i.decode());
  const small = (await image.boundingBox()).width;
  await anna.keyboard.press('+');
  assert.ok((await image.boundingBox()).width > small * 1.4, 'the picture is not larger');
  await anna.keyboard.press('r');
  assert.ok(await anna.getByRole('radio', { name: /^Respingi/ }).isChecked());
  await anna.getByLabel('Motivo').selectOption('illegible');
  await anna.locator('h1').click();
  await follow(anna, () => anna.keyboard.press('s'));
  await says(anna, 'Documenti respinti');
  await follow(anna, () => anna.keyboard.press('n'));
  assert.notEqual(await heading(anna), hers);
  assert.notEqual(await heading(anna), his);
  await anna.close();
  await bruno.close();
});

test('what cannot be sent waits in a queue: it is put off, tried again, or closed with a word', async () => {
  const page = await visitor(browser, { width: 390 });
  await enter(page, await operator('support'));
  await page.goto(`${demo.url}/office/oggi/effects`);
  await says(page, 'Niente in attesa.');
  await look(page, 'office-tasks-empty');
  for (const url of ['/office/oggi/nessuna', '/office/oggi/effects/999999']) assert.equal((await page.goto(demo.url + url)).status(), 404);
  const reviewer = await visitor(browser);
  await enter(reviewer, await operator());
  await reviewer.goto(`${demo.url}/office/oggi`);
  assert.equal(await reviewer.getByRole('button', { name: 'Il prossimo Denaro fermo' }).count(), 0);
  await reviewer.close();
  await page.close();
});
