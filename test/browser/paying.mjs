/* What the tests of paying share: the way to a provider's page and back, and what is done there. */
import assert from 'node:assert/strict';
import { until } from '../support/patience.mjs';
import { choose, follow, inWizard, login, main, payBy, walk } from './support.mjs';

/* The numbers that the simulated pages take (src/sandbox/card.c). */
export const CARDS = { good: '4242424242424242', challenged: '4000002760003184', refused: '4000000000000002', expired: '4000000000000069',
  silent: '4000000000000259' };

/* Does something that ends on a page of `origin`, over whatever lies between; of a double click the second navigation stops the first. */
export async function arrive(page, origin, act) {
  const there = () => page.waitForURL((url) => url.origin === origin, { waitUntil: 'load' });
  await Promise.all([there().catch((error) => (error.message.includes('ERR_ABORTED') ? there() : Promise.reject(error))), act()]);
}

export const confirmButton = (page) => page.getByRole('button', { name: /^Conferma/ });

/* The checkout, filled in; what is left is the button. */
export async function checkout(page, demo, method) {
  if (inWizard(page)) return walk(page, method);
  await page.goto(`${demo.portal}/cassa`);
  await payBy(page, method);
  await page.locator('#terms').check();
}

/* The same from the login on. */
export async function toCheckout(page, demo, who, method, mailbox = who) {
  await login(page, demo, who);
  await choose(page, demo, mailbox);
  await checkout(page, demo, method);
}

/* From the login to the provider's page. */
export async function toProvider(page, demo, who, method, provider, mailbox = who) {
  await toCheckout(page, demo, who, method, mailbox);
  await arrive(page, provider.origin, () => confirmButton(page).click());
}

/* At Axerve's or Stripe's page; the latter does not know who pays. */
export async function typeCard(page, number) {
  await page.getByLabel('Numero della carta').fill(number);
  const name = page.getByLabel('Nome del titolare'), email = page.getByLabel('Email');
  if (!await name.inputValue()) await name.fill('Rosa Modelli');
  if (await email.count() && !await email.inputValue()) await email.fill('rosa@posta.example');
}
export const payButton = (page) => page.getByRole('button', { name: /^Paga/ });

/* Types a card, pays, and waits until the browser is back at the shop. */
export async function payByCard(page, demo, number) {
  await typeCard(page, number);
  await arrive(page, demo.url, () => payButton(page).click());
}

/* At PayPal: in, a source, and approved. */
export async function payByPaypal(page, demo, source = 'Saldo PayPal') {
  await follow(page, () => page.getByRole('button', { name: 'Accedi' }).click());
  await page.getByRole('radio', { name: source }).check();
  await arrive(page, demo.url, () => page.getByRole('button', { name: 'Paga adesso' }).click());
}

/* From the order's page again to the provider's. */
export const tryAgain = (page, provider) => arrive(page, provider.origin, () => page.getByRole('button', { name: /^(Riprova: paga|Paga)/ }).click());

/* On the page «Come pagare» of an order. */
export async function chooseAnother(page, demo, code, method, act = (click) => follow(page, click)) {
  await page.goto(`${demo.portal}/ordini/${code}/paga`);
  await payBy(page, method);
  await act(() => page.getByRole('button', { name: 'Continua' }).click());
}

/* What a worker does behind the pages: looks until it is told. */
export const reloadUntil = (page, url, text) => until(`«${text}» at ${url}`, async () => {
  await page.goto(url);
  return (await main(page)).includes(text);
});

/* What a provider did for an order: the payments with its code. */
export async function paymentsOf(provider, code) {
  return (await provider.ledger()).payments.filter((payment) => payment.key.includes(code));
}

/* The customer was charged so much, once, and has not been given it back. */
export async function chargedOnce(provider, code, cents) {
  const payments = await paymentsOf(provider, code);
  assert.deepEqual(payments.filter((payment) => payment.captured_cents).map(({ captured_cents, refunded_cents, captures }) => ({ captured_cents, refunded_cents, captures })),
    [{ captured_cents: cents, refunded_cents: 0, captures: 1 }], JSON.stringify(payments));
}

/* The codes of the visitor's orders, newest first. */
export async function ordersOf(page, demo) {
  await page.goto(`${demo.portal}/ordini`);
  return page.locator('ul.rows a[href*="/ordini/"]').evaluateAll((links) => [...new Set(links.map((link) => link.href.match(/\/ordini\/(\w+)/)[1]))]);
}

/* The page between ours and the provider's, held fast: it goes on by itself otherwise. */
export async function holdGo(page, path) {
  await page.route('**/vai', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace(/<meta http-equiv="refresh"[^>]*>/, '') });
  });
  await page.goto(path);
  await page.unroute('**/vai');
}

/* Remembers where the way to the provider led: /pagamenti/NONCE. */
export function watchPayments(page) {
  const seen = [];
  page.on('request', (request) => {
    const found = /\/pagamenti\/[0-9a-f]{32}/.exec(request.url());
    if (found && !seen.includes(found[0])) seen.push(found[0]);
  });
  return seen;
}
