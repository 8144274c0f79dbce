/* The desk's catalogue and reports: what is looked at, and what is changed with care (DOMAIN §7). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WIDTHS, follow, heading, look, says, startBrowser, startDemo, unique, visitor } from './support.mjs';

const SECRET = 'una frase per il banco';
let demo, browser;
const cookies = {};

/* One login a role; each page of a test begins with its cookies. */
async function operator(role) {
  const email = `${unique('operatore')}@legalmail.example`;
  const { stdout } = await demo.command('operator', 'add', '--email', email, '--name', `Anna ${role}`, '--role', role, '--public-url', demo.url);
  const page = await visitor(browser);
  await page.goto(stdout.trim());
  await page.getByLabel('Nuova password', { exact: true }).fill(SECRET);
  await page.getByLabel('Di nuovo la nuova password').fill(SECRET);
  await follow(page, () => page.getByRole('button', { name: 'Salva la nuova password' }).click());
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(SECRET);
  await follow(page, () => page.getByRole('button', { name: 'Accedi' }).click());
  cookies[role] = await page.context().cookies();
  await page.close();
}

async function desk(role, width = 1280) {
  const page = await visitor(browser, { width });
  await page.context().addCookies(cookies[role]);
  return page;
}

before(async () => {
  [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
  for (const role of ['owner', 'catalogue']) await operator(role);
});
after(async () => { await browser?.close(); await demo?.stop(); });

for (const width of WIDTHS) {
  test(`reports are drawn, and told in a table, ${width}`, async () => {
    const page = await desk('owner', width);
    await page.goto(`${demo.url}/office/rapporti`);
    assert.equal(await heading(page), 'Scadenze per mese');
    await page.getByLabel('Marchio').selectOption('legalmail');
    await page.getByLabel('Divisi per').selectOption('plan');
    await page.getByLabel('Mesi', { exact: true }).selectOption('24');
    await follow(page, () => page.getByRole('button', { name: 'Mostra' }).click());
    await says(page, 'Bronze', 'Gold', 'Totale', 'dic 2026', 'nov 2028', 'Dati al 20/12/2026');
    const plot = page.getByRole('img', { name: 'Scadenze per mese' });
    assert.ok(await plot.isVisible());
    assert.ok(await plot.locator('rect[fill="url(#plot-1)"]').count() > 0, 'a second part with a pattern of its own');
    await look(page, 'office-report-expiries');
    for (const [path, title] of [['rinnovi', 'Rinnovi per mese di scadenza'], ['anticipo', 'Quando si rinnova'], ['ricavi', 'Ricavi per mese'],
      ['abbandoni', 'Abbandoni per mese'], ['code', 'Età delle code']]) {
      await follow(page, () => page.locator(`.tabs a[href$="/${path}"]`).click());
      assert.equal(new URL(page.url()).pathname, `/office/rapporti/${path}`);
      assert.equal(await heading(page), title);
      await look(page, `office-report-${path}`);
    }
    await page.close();
  });
}

test('a report is a table for spreadsheets, too, the same on the command line', async () => {
  const page = await desk('owner');
  const answer = await page.context().request.get(`${demo.url}/office/rapporti/scadenze/tabella.csv?marchio=legalmail&per=plan`);
  assert.match(answer.headers()['content-disposition'], /scadenze-2026-12-20\.csv/);
  const csv = (await answer.text()).replace('\ufeff', '');
  assert.match(csv, /^Mese;.*Totale\n2026-12;/);
  const { stdout } = await demo.command('report', 'expiries', '--brand', 'legalmail', '--per', 'plan', '--csv');
  assert.equal(stdout, csv);
  assert.equal((await page.goto(`${demo.url}/office/rapporti/nessuno`)).status(), 404);
  assert.equal((await page.goto(`${demo.url}/office/rapporti/scadenze?marchio=nessuno`)).status(), 422);
  await page.close();
  const other = await desk('catalogue');
  assert.equal((await other.goto(`${demo.url}/office/rapporti/ricavi`)).status(), 403);
  await other.close();
});
