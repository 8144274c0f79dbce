/* What the browser tests share: a demonstration of its own for each file, people with mailboxes, a browser, and what is looked at on
 * every page. CASELLA names the program (build/casella), SHOTS a folder for pictures of every page that was looked at. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { PATIENCE_MS, mind, until } from '../support/patience.mjs';

export const home = process.env.CASELLA_SOURCE ?? join(dirname(fileURLToPath(import.meta.url)), '../..');
export const program = resolve(process.env.CASELLA ?? join(home, 'build/casella'));
const axe = readFileSync(join(home, 'node_modules/axe-core/axe.min.js'), 'utf8');
const run = promisify(execFile);

export const WIDTHS = [390, 1280];
export const PASSWORD = 'una frase lunga e semplice';
export const PORTAL = '/b/legalmail';

/* ---- Numbers with check digits ---- */

/* Fifteen characters of a codice fiscale and their check letter (D.M. 23-12-1976). */
export const taxCode = (start) => {
  const odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
  const value = (c) => (c >= '0' && c <= '9' ? Number(c) : c.charCodeAt(0) - 65);
  const sum = [...start].reduce((total, c, i) => total + (i % 2 ? value(c) : odd[value(c)]), 0);
  return start + String.fromCharCode(65 + (sum % 26));
};

/* Ten digits of a partita IVA and their check digit. */
export const vatNumber = (start) => {
  const sum = [...start].reduce((total, c, i) => total + (i % 2 ? [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][c] : Number(c)), 0);
  return start + ((10 - (sum % 10)) % 10);
};

/* ISO 7064 MOD 97-10, as of an IBAN and of a causale: right when it leaves 1. */
export const mod97 = (digits) => [...digits].reduce((rest, c) => (rest * 10 + Number(c)) % 97, 0);
export const ibanIsValid = (iban) => mod97([...iban.slice(4) + iban.slice(0, 4)].map((c) => parseInt(c, 36)).join('')) === 1;

/* ---- The demonstration ---- */

let people = 0;

/* What begins beside something that fails to begin is ended: nobody else knows it, and node would wait for it. */
const begun = [];
function begin(something, end) {
  begun.push(async () => end(await something));
  return something.catch(async (error) => {
    await Promise.allSettled(begun.map((endOne) => endOne()));
    throw error;
  });
}

/* One of a kind, so that tests of one file stay out of each other's way. */
export const unique = (name) => `${name}.${process.pid}.${++people}`;

const COLUMNS = ['brand', 'address', 'plan', 'password', 'holder_kind', 'holder_name', 'tax_code', 'vat_number', 'contact_email',
  'activated_on', 'expires_on', 'extra_gb', 'street', 'postcode', 'city', 'province', 'country', 'sdi_code', 'convention', 'auto_renew', 'user_id', 'domain'];

/* The domain and the smallest plan of each brand. */
const BRANDS = { legalmail: ['legalmail.example', 'bronze'], visura: ['pec.visura.example', 'base'], aruba: ['pec.aruba.example', 'standard'],
  fnomceo: ['pec.fnomceo.example', 'fnomceo'] };

const person = (brand, values) => {
  const name = unique('rosa');
  const [domain, plan] = BRANDS[brand] ?? [];
  return { brand, address: `${name}@${domain}`, plan, password: PASSWORD, holder_kind: 'person',
    holder_name: 'Rosa Modelli', tax_code: taxCode('MDLRSO80A41Z999'), vat_number: '', contact_email: `${name}@posta.example`,
    activated_on: '2020-03-15', expires_on: '2027-03-15', extra_gb: '0', street: "Via dell'Esempio 7", postcode: '00144', city: 'Roma',
    province: 'RM', country: 'IT', sdi_code: '', convention: '', auto_renew: 'false', user_id: '', domain: '', ...values };
};

export const company = { holder_kind: 'company', holder_name: 'Officine Modelli S.r.l.', tax_code: vatNumber('9990001999'),
  vat_number: vatNumber('9990001999'), sdi_code: 'ZZZ9999' };

/* Starts `casella demo`, its clock at `at`, with more of its options. The caller stops it. */
export const startDemo = (at = '2026-12-20T10:00:00+01:00', ...options) => begin(demonstration(at, options), (demo) => demo.stop());

async function demonstration(at, options) {
  assert.ok(existsSync(program), `${program} is missing: ./dev build makes it, CASELLA names another`);
  const folder = mkdtempSync(join(tmpdir(), 'casella-browser-'));
  const db = `sqlite:${join(folder, 'demo.db')}`;
  const child = mind(spawn(program, ['demo', '--json', '--listen', '127.0.0.1:0', '--db', db, '--now', at, ...options], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] }));
  let log = '';
  child.stderr.on('data', (bytes) => { log = (log + bytes).slice(-20000); });
  const told = await new Promise((ready, failed) => {
    let said = '';
    child.stdout.on('data', (bytes) => {
      said += bytes;
      try { ready(JSON.parse(said)); } catch { /* more is to come */ }
    });
    child.ended.then((code) => failed(new Error(`casella demo ended with ${code}:\n${log}`)));
  });
  const { url } = told;
  const provider = (brand, method) => {
    const origin = told.providers.find((one) => one.brand === brand && one.method === method)?.origin;
    assert.ok(origin, `no ${method} of ${brand} in the demonstration`);
    const answer = async (said) => { assert.equal(said.status, 200, `${said.url}: ${await said.clone().text()}`); return said.json(); };
    return {
      origin,
      behave: async (behaviour) => answer(await fetch(`${origin}/sandbox/behaviour`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(behaviour) })),
      ledger: async () => answer(await fetch(`${origin}/sandbox/ledger`)),
    };
  };
  const brands = options.includes('--brands') ? options.slice(options.indexOf('--brands')).slice(0, 2) : [];
  const command = (...args) => run(program, [...args, '--db', db, ...brands], { cwd: folder, maxBuffer: 1 << 26 });
  const demo = {
    url, folder, command, db,
    largeAccount: { email: told.large_account, password: told.password },
    password: told.password,
    brand: 'legalmail',
    portal: url + PORTAL,
    /* The same demonstration as another brand's customers see it. */
    of: (brand) => ({ ...demo, brand, portal: `${url}/b/${brand}` }),
    /* The payment provider that plays beside: its pages' origin, POST /sandbox/behaviour, GET /sandbox/ledger (src/sandbox/sandbox.h). */
    provider(method) { return provider(this.brand, method); },
    setClock: (instant) => command('clock', 'set', instant),
    /* Mailboxes with these values; what is not said is invented. */
    async mailboxes(list) {
      const rows = list.map((values) => person(this.brand, values));
      const file = join(folder, `${unique('rows')}.csv`);
      const cell = (text) => `"${String(text).replaceAll('"', '""')}"`;
      writeFileSync(file, [COLUMNS.join(','), ...rows.map((row) => COLUMNS.map((name) => cell(row[name])).join(','))].join('\n') + '\n');
      await command('mailbox', 'import', file);
      return rows;
    },
    async mailbox(values = {}) { return (await this.mailboxes([values]))[0]; },
    /* A shop account that sees these addresses. */
    async account(addresses, values = {}) {
      const email = `${unique('negozio')}@posta.example`;
      const named = values.userName ? ['--user-name', values.userName] : [];
      const child = spawn(program, ['user', 'add', '--brand', this.brand, '--email', email, '--name', values.name ?? 'Studio Modelli', ...named,
        '--password-stdin', ...addresses.flatMap((address) => ['--mailbox', address]), '--db', db], { cwd: folder, stdio: ['pipe', 'ignore', 'pipe'] });
      let complaint = '';
      child.stderr.on('data', (bytes) => { complaint += bytes; });
      child.stdin.end(`${PASSWORD}\n`);
      const code = await new Promise((done) => child.once('exit', done));
      assert.equal(code, 0, complaint);
      return { email, password: PASSWORD };
    },
    async stop() {
      const code = await child.end();
      rmSync(folder, { recursive: true, force: true });
      assert.equal(code, 0, `casella demo ended with ${code}:\n${log}`);
    },
  };
  return demo;
}

/* ---- The browser ---- */

export const startBrowser = () => begin(chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', timeout: PATIENCE_MS,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] }),
(browser) => browser.close());

/* A visitor of his own: new cookies, new cache; nothing glides away from under the mouse. What the browser complains about fails the test
 * that closes the page. */
export async function visitor(browser, { width = 1280, script = true, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width, height: width < 600 ? 844 : 900 }, javaScriptEnabled: script, locale: 'it-IT',
    reducedMotion: 'reduce', ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints = [];
  page.unanswered = new Set();
  page.on('request', (request) => page.unanswered.add(request));
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => page.unanswered.delete(request));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (line) => {
    /* That a page was answered 4xx is what some tests want. */
    if (line.type() === 'error' && !/status of 4\d\d/.test(line.text())) complaints.push(`${page.url()}: ${line.text()}`);
  });
  page.close = async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  };
  return page;
}

/* Does something that leads to another page and waits until that one is there; returns its answer. */
export async function follow(page, act) {
  const there = page.waitForNavigation({ waitUntil: 'load' }).catch((error) => {
    const open = [...page.unanswered ?? []].map((request) => `${request.method()} ${request.url()}`);
    throw new Error(`${error.message}at ${page.url()}; without an answer: ${open.join(', ') || 'nothing'}`);
  });
  const [response] = await Promise.all([there, act()]);
  return response;
}

export const heading = (page) => page.locator('h1').innerText();
export const main = async (page) => (await page.locator('main').innerText()).replaceAll('\u00a0', ' ');
export const words = async (locator) => (await locator.innerText()).replaceAll('\u00a0', ' ').replace(/\s+/g, ' ').trim();

export async function says(page, ...texts) {
  const said = (await main(page)).replace(/\s+/g, ' ');
  for (const text of texts) text instanceof RegExp ? assert.match(said, text) : assert.ok(said.includes(text), `«${text}» is not in:\n${said}`);
}

/* A mailbox's or the shop's credentials, whichever has an e-mail. */
export async function login(page, demo, who) {
  await page.goto(`${demo.portal}/accedi`);
  if (who.email) {
    if (!(await page.locator('details').getAttribute('open') !== null)) await page.getByText("Accedi con l'account del negozio").click();
    await page.getByLabel('E-mail o nome utente').fill(who.email);
    await page.getByLabel('Password del negozio').fill(who.password);
    await follow(page, () => page.getByRole('button', { name: 'Accedi con il negozio' }).click());
  } else {
    await page.getByLabel('Indirizzo PEC').fill(who.address);
    await page.getByLabel('Password della casella').fill(who.password);
    await follow(page, () => page.getByRole('button', { name: 'Accedi', exact: true }).click());
  }
  assert.equal(page.url(), `${demo.portal}/caselle`);
}

/* From the area to the cart; where there is none, to the first step of a wizard. */
export async function choose(page, demo, mailbox, years = 1) {
  await page.goto(`${demo.portal}/caselle/${encodeURIComponent(mailbox.address)}/rinnovo`);
  page.years = years;
  if (inWizard(page)) return;
  await page.locator(`input[name=years][value="${years}"]`).check();
  await follow(page, () => page.getByRole('button', { name: 'Vai alla cassa' }).click());
}

export const inWizard = (page) => /\/rinnovo\/[0-9a-f]{32}/.test(page.url());
export const onwards = (page) => follow(page, () => page.locator('button[form=step]').click());

/* From wherever one is in a wizard to its last page: what is not answered yet is answered. */
export async function walk(page, method = 'Bonifico') {
  for (let pages = 0; pages < 12; pages++) {
    if (await page.locator('#terms').count()) await page.locator('#terms').check();
    if (await page.locator('button[form=step]', { hasText: /^Conferma/ }).count()) return;
    if (await page.locator('input[name=funds]').count()) await fund(page, method);
    else if (await page.locator('.methods').count()) await payBy(page, method);
    for (const one of await page.locator(`input[name^=years][value="${page.years ?? 1}"]`).all()) await one.check();
    await onwards(page);
  }
  assert.fail(`no end of steps: ${page.url()}`);
}

/* From the prepaid account, or by a payment of its own: asked first by some brands. */
const fund = (page, method) => page.locator(`input[name=funds][value=${/prepagato/i.test(method) ? 'wallet' : 'dedicated'}]`).check();

/* How one pays, on the pages that ask; a part of the method's name is enough. */
export const payBy = (page, method) => page.locator('.methods label.pick').filter({ hasText: method }).getByRole('radio').check();

/* From the cart to the order; returns its code. */
export async function confirm(page, demo, method = 'Bonifico') {
  if (inWizard(page)) {
    await walk(page, method);
  } else {
    await page.goto(`${demo.portal}/cassa`);
    await payBy(page, method);
    await page.locator('#terms').check();
  }
  await follow(page, () => page.getByRole('button', { name: /^Conferma/ }).click());
  return orderCode(page);
}

export const orderCode = (page) => {
  const found = /\/ordini\/(\d{15}|[A-Z]{2,6}\d+)/.exec(page.url());
  assert.ok(found, `no order's page: ${page.url()}`);
  return found[1];
};

export async function order(page, demo, mailbox, years = 1, method = 'Bonifico') {
  await login(page, demo, mailbox);
  await choose(page, demo, mailbox, years);
  return confirm(page, demo, method);
}

/* At the demonstration's bank; `mistake` is the label of a row. */
export async function pay(page, demo, code, mistake = 'Il bonifico giusto') {
  await page.goto(`${demo.url}/demo/bank?ordine=${code}`);
  await page.getByRole('radio', { name: mistake }).check();
  await follow(page, () => page.getByRole('button', { name: /^Paga/ }).click());
}

/* ---- The desk ---- */

export const OFFICE_PASSWORD = 'una frase per il banco';
const factors = new Map(); /* of operators by e-mail: their secret, and the recovery codes not yet used */

/* RFC 6238, from the secret as it is typed into an app. */
export function totp(typed, at = Date.now()) {
  const bits = [...typed.replaceAll(' ', '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30000)));
  const mac = createHmac('sha1', secret).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1e6).padStart(6, '0');
}

/* A new operator, who has chosen a password; their e-mail. */
export async function addOperator(demo, role = 'reviewer', brand, password = OFFICE_PASSWORD) {
  const email = `${unique('operatore')}@ufficio.example`;
  const adding = run(program, ['operator', 'add', '--email', email, '--name', `Anna ${role}`, '--role', role, '--password-stdin', '--db', demo.db,
    ...(brand ? ['--brand', brand] : [])], { cwd: demo.folder });
  adding.child.stdin.end(`${password}\n`);
  await adding;
  return email;
}

/* The password's page; the answer. */
export async function enterPassword(page, demo, email, password = OFFICE_PASSWORD) {
  await page.goto(`${demo.url}/office/accedi`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  return follow(page, () => page.getByRole('button', { name: 'Accedi' }).click());
}

/* Then the code's: the first time the app is set up, later a recovery code opens, since a code of the app is taken once in its half minute. */
export async function enterCode(page, email) {
  const setup = page.locator('#secret'), first = await setup.count() > 0;
  if (first) factors.set(email, { secret: await setup.textContent(), recovery: [] });
  const factor = factors.get(email);
  assert.ok(factor, `${page.url()}: no second factor of ${email} is known`);
  await page.locator('#code').fill(first ? totp(factor.secret) : factor.recovery.pop());
  const answer = await follow(page, () => page.getByRole('button', { name: 'Entra' }).click());
  if (!first) return answer;
  factor.recovery = await page.locator('#codes li').allTextContents();
  return follow(page, () => page.getByRole('link', { name: 'Li ho conservati' }).click());
}

/* Into the desk, whole. */
export async function enterDesk(page, demo, email, password = OFFICE_PASSWORD) {
  await enterPassword(page, demo, email, password);
  return enterCode(page, email);
}

/* The worker sends when it can: looks until the mail is there, also behind a day's many notices. Leaves the page at
 * the mail. */
export async function openMail(page, demo, to, subject) {
  const row = page.locator('ul.rows > li').filter({ hasText: to }).filter({ has: page.getByRole('link', { name: subject }) });
  const there = async () => await row.count() > 0, more = page.locator('a.btn[href^="/demo/mail?da="]');
  await until(`a mail to ${to} about ${subject}`, async () => {
    for (let next = '/demo/mail'; next; next = await there() || !await more.count() ? null : await more.last().getAttribute('href'))
      await page.goto(new URL(next, demo.url).href);
    return there();
  });
  await follow(page, () => row.first().getByRole('link').click());
}

/* ---- What is looked at on every page ---- */

/* In the dark only the colours are others. */
const RULES = { light: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  dark: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } };

/* Accessible in light and dark, no wider than the window. What is dark is looked at once a page: colours know no width. */
const seenDark = new Set();
export async function look(page, name) {
  const faults = [];
  await page.evaluate(axe);
  for (const colorScheme of seenDark.has(name) ? ['light'] : ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await page.evaluate((runOnly) => globalThis.axe.run(document, { iframes: false, runOnly, resultTypes: ['violations'] }), RULES[colorScheme]);
    for (const { id, nodes } of violations)
      for (const node of nodes) faults.push(`${colorScheme}: ${id}: ${node.target} ${node.failureSummary?.split('\n').slice(1).join(' ')}`);
    await picture(page, `${name}-${colorScheme}`);
  }
  seenDark.add(name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) faults.push(`${wide} pixels too wide`);
  assert.deepEqual(faults, [], `${name} at ${page.viewportSize().width}`);
}

export async function picture(page, name) {
  if (!process.env.SHOTS) return;
  mkdirSync(process.env.SHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SHOTS, `${name}-${page.viewportSize().width}.png`), fullPage: true });
}

/* The text of a PDF that the visitor may have, by its address. */
export async function pdfText(page, demo, path) {
  const answer = await page.context().request.get(new URL(path, demo.url).href);
  assert.equal(answer.status(), 200, path);
  assert.equal(answer.headers()['content-type'], 'application/pdf');
  const file = join(demo.folder, `${unique('sheet')}.pdf`);
  writeFileSync(file, await answer.body());
  return (await run('pdftotext', ['-layout', file, '-'])).stdout.replaceAll('\u00a0', ' ').replace(/[ \t]+/g, ' ');
}

/* What a phone reads in the QR code. */
export async function readQr(locator, demo) {
  const file = join(demo.folder, `${unique('qr')}.png`);
  await locator.screenshot({ path: file });
  return (await run('zbarimg', ['--raw', '--quiet', file])).stdout.trimEnd();
}

/* Weighs what a page brings over the wire: answers a function that does something which loads a page, and says how many bytes came. */
export async function scales(page) {
  const wire = await page.context().newCDPSession(page), open = new Set();
  let bytes = 0, begun = false, wake = () => {};
  const ended = (event) => { open.delete(event.requestId); wake(); };
  await wire.send('Network.enable');
  wire.on('Network.requestWillBeSent', (event) => { open.add(event.requestId); begun ||= event.type === 'Document'; });
  wire.on('Network.loadingFinished', (event) => { bytes += event.encodedDataLength; ended(event); });
  wire.on('Network.loadingFailed', ended);
  return async (act) => {
    bytes = 0;
    begun = false;
    await act();
    await page.waitForLoadState();
    while (!begun || open.size) await new Promise((resolve) => { wake = resolve; }); // the wire tells a little later than the page
    return bytes;
  };
}
