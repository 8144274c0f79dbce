/* Who works at the desk: operators are hired, changed and sent away, some things only by two; one's own access; the log. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { until } from '../support/patience.mjs';
import { OFFICE_PASSWORD, addOperator, enterDesk, follow, look, says, startBrowser, startDemo, unique, visitor } from './support.mjs';

let demo, browser, anna, owner;

before(async () => {
  [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
  owner = await addOperator(demo, 'owner');
  anna = await visitor(browser, { width: 1280 });
  await enterDesk(anna, demo, owner);
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

/* Both widths. */
async function seen(page, name) {
  await look(page, name);
  await page.setViewportSize({ width: 390, height: 844 });
  await look(page, name);
  await page.setViewportSize({ width: 1280, height: 900 });
}
const press = (page, name) => follow(page, () => page.getByRole('button', { name }).click());
const section = (page, name) => follow(page, () => page.locator('header nav').getByRole('link', { name }).click());

test('an owner hires, moves and sends away; another owner only with a second person', async () => {
  await section(anna, 'Operatori');
  await seen(anna, 'operators');
  await follow(anna, () => anna.getByRole('link', { name: 'Aggiungi un operatore' }).click());
  await anna.getByLabel('Nome e cognome').fill('Bruno Secondo');
  await anna.getByLabel('E-mail').fill('non è un indirizzo@');
  await anna.getByLabel('Ruolo', { exact: true }).selectOption('cashier');
  await anna.locator('form.sheet').evaluate((form) => form.setAttribute('novalidate', ''));
  assert.equal((await press(anna, 'Aggiungi')).status(), 422);
  await seen(anna, 'operator-new');
  const email = `${unique('bruno')}@ufficio.example`;
  await anna.getByLabel('E-mail').fill(email);
  await press(anna, 'Aggiungi');
  await look(anna, 'operator-link');
  const link = (await anna.locator('#link').textContent()).trim();
  const bruno = await visitor(browser, { width: 390 });
  await bruno.goto(new URL(new URL(link, demo.url).pathname, demo.url).href);
  await bruno.getByLabel('Nuova password', { exact: true }).fill(OFFICE_PASSWORD);
  await bruno.getByLabel('Di nuovo la nuova password').fill(OFFICE_PASSWORD);
  await press(bruno, 'Salva la nuova password');
  await enterDesk(bruno, demo, email);
  assert.equal((await bruno.goto(`${demo.url}/office/operatori`)).status(), 403, 'a cashier hires nobody');

  await follow(anna, () => anna.getByRole('link', { name: 'Continua' }).click());
  await anna.getByLabel('Ruolo', { exact: true }).selectOption('owner');
  await press(anna, 'Registra');
  await says(anna, 'Ruolo e marchio registrati');
  assert.equal((await bruno.goto(`${demo.url}/office/operatori`)).status(), 200, 'a role counts at once');
  await seen(anna, 'operator');
  await press(anna, "Disabilita l'operatore");
  await says(anna, 'obbligatorio');
  await anna.locator('#why').fill('Non lavora più qui.');
  await press(anna, "Disabilita l'operatore");
  await says(anna, 'attende una seconda persona');

  await section(anna, 'Seconda persona');
  await seen(anna, 'approvals');
  await follow(anna, () => anna.getByRole('link', { name: new RegExp(email) }).click());
  assert.equal(await anna.getByRole('button', { name: 'Approva' }).count(), 0, 'not who asked');
  await bruno.goto(anna.url());
  await seen(bruno, 'approval');
  assert.equal((await press(bruno, 'Respingi')).status(), 422);
  await says(bruno, 'obbligatorio');
  await bruno.getByLabel(/^Nota/).fill('Resto ancora un mese.');
  await press(bruno, 'Respingi');
  await says(bruno, 'Decisione registrata');
  await bruno.close();
  await anna.goto(`${demo.url}/office/approvazioni?decise=1`);
  await says(anna, 'respinta');
  await look(anna, 'approvals-decided');
});

test('the log is browsed, taken along, and its chain verified', async () => {
  await section(anna, 'Registro');
  await press(anna, 'Verifica adesso');
  await says(anna, 'Integra');
  await seen(anna, 'log');
  await anna.getByLabel('Tipo').selectOption('operator.');
  await anna.getByLabel(/^Chi/).fill(owner);
  await follow(anna, () => anna.locator('main').getByRole('button', { name: 'Cerca' }).click());
  const rows = await anna.locator('table.desk tbody tr').allInnerTexts();
  assert.ok(rows.length > 0 && rows.every((row) => row.includes('Anna owner')), rows.join('\n'));
  await look(anna, 'log-chosen');
  const file = async (name) => (await anna.context().request.get(new URL(await anna.getByRole('link', { name, exact: true }).getAttribute('href'), demo.url).href)).text();
  const lines = (await file('JSONL')).trim().split('\n').map((line) => JSON.parse(line));
  assert.ok(lines.length >= rows.length && lines.every((one) => one.kind.startsWith('operator.')));
  assert.match(await file('CSV'), /^id;at;brand;kind;actor;door;data\r\n\d+;2026-/);
  await anna.goto(`${demo.url}/office/registro?tipo=log.`);
  await says(anna, 'Registro esportato');
  await anna.goto(`${demo.url}/office/registro?chi=nessuno@ufficio.example`);
  await says(anna, 'Non c\'è nessun operatore');
});

test('another program is told of events, signed, and again when asked', async () => {
  const heard = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (bytes) => { body += bytes; });
    request.on('end', () => { heard.push({ headers: request.headers, body }); response.writeHead(204).end(); });
  });
  await new Promise((ready) => { server.listen(0, '127.0.0.1', ready); });
  const hears = (count) => until(`${count} events`, () => heard.length >= count);
  try {
    await section(anna, 'Webhook');
    await anna.getByLabel(/^Indirizzo/).fill('ftp://altrove.example');
    assert.equal((await press(anna, 'Aggiungi')).status(), 422);
    await anna.getByLabel('Marchio').selectOption('legalmail');
    await anna.getByLabel(/^Indirizzo/).fill(`http://127.0.0.1:${server.address().port}/eventi`);
    await anna.getByLabel(/^Eventi/).fill('account.');
    await press(anna, 'Aggiungi');
    await look(anna, 'webhook-secret');
    const secret = (await anna.locator('#secret').textContent()).trim();
    await follow(anna, () => anna.getByRole('link', { name: 'conservato' }).click());
    await demo.account([]);
    await hears(1);
    const { headers, body } = heard[0];
    const signed = createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`).digest('base64');
    assert.equal(headers['webhook-signature'], `v1,${signed}`);
    assert.match(JSON.parse(body).type, /^account\./);
    const row = anna.locator('tbody tr').last();
    await until('what was heard, written down', async () => await row.filter({ hasText: 'HTTP 204' }).count() || (await anna.reload(), false));
    await seen(anna, 'webhook');
    const before = heard.length;
    await follow(anna, () => row.getByRole('button', { name: /^Invia di nuovo/ }).click());
    await says(anna, 'Sarà inviato di nuovo');
    await hears(before + 1);
    assert.ok(heard.slice(0, -1).some((one) => one.headers['webhook-id'] === heard.at(-1).headers['webhook-id']));
    await section(anna, 'Webhook');
    await seen(anna, 'webhooks');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("one's own access: sessions are closed, codes and password renewed", async () => {
  const phone = await visitor(browser, { width: 390 });
  await enterDesk(phone, demo, owner);
  await anna.goto(`${demo.url}/office/profilo`);
  await seen(anna, 'profile');
  assert.equal(await anna.locator('table.desk tbody tr').count(), 2);
  await press(anna, /^Chiudi/);
  await phone.goto(`${demo.url}/office/profilo`);
  assert.equal(new URL(phone.url()).pathname, '/office/accedi');
  await enterDesk(phone, demo, owner);
  await anna.reload();
  await press(anna, 'Esci ovunque, tranne qui');
  await says(anna, 'Tutte le altre sessioni sono chiuse');
  await phone.goto(`${demo.url}/office/profilo`);
  assert.equal(new URL(phone.url()).pathname, '/office/accedi');
  await phone.close();

  await anna.locator('#recovery_password').fill('non è questa');
  await press(anna, 'Fai codici nuovi');
  await says(anna, 'La password non è corretta');
  await anna.locator('#recovery_password').fill(OFFICE_PASSWORD);
  await press(anna, 'Fai codici nuovi');
  assert.equal(await anna.locator('#codes li').count(), 10);
  await seen(anna, 'recovery');
  await follow(anna, () => anna.getByRole('link', { name: 'Li ho conservati' }).click());
  await anna.locator('#old').fill(OFFICE_PASSWORD);
  await anna.locator('#password').fill('una frase del tutto nuova');
  await anna.locator('#password_again').fill('una frase del tutto nuova');
  await press(anna, 'Cambia la password');
  await says(anna, 'Password cambiata');
});
