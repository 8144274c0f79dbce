/* What the tests of buying a mailbox share: people with an account of the portal, the request filled in, and the way to the order. */
import assert from 'node:assert/strict';
import { follow, heading, login, orderCode, payBy, taxCode, unique, vatNumber, visitor } from './support.mjs';

export const PRICE = 1098; /* base, a year: 9,00 + 1,98 */
export const address = (name) => `${name}@pec.visura.example`;

/* A private person as holder, with names of its own. */
export const person = (values = {}) => {
  const name = unique('carla');
  return { kind: 'person', name: 'Carla Esempi', tax_code: taxCode('SMPCRL80A41Z999'), street: "Via dell'Esempio 7", postcode: '00144', city: 'Roma',
    province: 'RM', phone: '+39 06 5550 0100', names: [name, `${name}.pec`, `${name}.studio`], ...values };
};
export const firm = (values = {}) => {
  const name = unique('officine');
  return { kind: 'company', name: 'Officine Modelli S.r.l.', tax_code: vatNumber('9990001999'), vat_number: vatNumber('9990001999'), street: 'Via del Modello 1',
    postcode: '00185', city: 'Roma', province: 'RM', sdi_code: 'ZZZ9999', phone: '06 5550 0101', signer_name: 'Rosa Modelli',
    signer_tax_code: taxCode('MDLRSO80A41Z999'), names: [name, `${name}.pec`, `${name}.srl`], ...values };
};

/* Somebody with an account, signed in; no mailbox yet. */
export async function buyer(browser, shop, { width = 1280, ...options } = {}) {
  const account = await shop.account([], { name: 'Carla Esempi' });
  const page = await visitor(browser, { width, ...options });
  await login(page, shop, account);
  return { page, account };
}

export const validate = (page) => follow(page, () => page.getByRole('button', { name: 'Valida', exact: true }).click());
export const confirmButton = (page) => page.getByRole('button', { name: /^Conferma/ });

/* From the types to the empty form. */
export async function begin(page, shop, plan = 'Base') {
  await page.goto(`${shop.portal}/servizi/pec`);
  await follow(page, () => page.getByRole('link', { name: `Acquista PEC Legalmail ${plan}` }).click());
  assert.equal(await heading(page), 'Richiesta di attivazione');
}

/* Types what is given; fields that the kind of holder does not show stay as they are. */
export async function fill(page, holder) {
  const { kind, names, years, ...fields } = holder;
  if (years) await page.locator(`input[name=years][value="${years}"]`).check();
  if (kind) await page.locator(`input[name=kind][value=${kind}]`).check();
  for (const [name, value] of Object.entries(fields)) await page.locator(`#${name}`).fill(value);
  for (const [i, name] of (names ?? []).entries()) await page.locator(`#name_${i + 1}`).fill(name);
}

/* From the types to the name that is held; returns the request's number. */
export async function reserve(page, shop, holder = person(), plan) {
  await begin(page, shop, plan);
  await fill(page, holder);
  await validate(page);
  return requestNumber(page, '/nome');
}

export const requestNumber = (page, rest = '') => {
  const found = new RegExp(`/attivazione/(\\d+)${rest}$`).exec(new URL(page.url()).pathname);
  assert.ok(found, `no request's page: ${page.url()}`);
  return found[1];
};

/* The summary, filled in; what is left is the button. */
export async function summary(page, method = 'Bonifico') {
  await follow(page, () => page.getByRole('link', { name: 'Continua', exact: true }).click());
  await payBy(page, method);
  await page.locator('#terms').check();
}

/* The whole way to an order that waits for its transfer, by the requests that a browser would send, without drawing the pages: for many
 * orders. Returns the code. */
export async function buyUnseen(page, shop, holder = person()) {
  const { request } = page.context();
  const { names: [name_1, name_2, name_3], ...data } = holder;
  const hidden = (html) => Object.fromEntries(['csrf', 'form_token', 'total_cents', 'terms_version'].map((name) => [name, new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '']));
  const open = async (path) => hidden(await (await request.get(`${shop.portal}${path}`)).text());
  const { csrf, form_token } = await open('/attivazione/nuova?tipo=base');
  const held = await request.post(`${shop.portal}/attivazione/nuova`, { form: { csrf, form_token, act: 'validate', plan: 'base', years: '1', country: 'IT',
    email: 'carla@posta.example', name_1, name_2, name_3, ...data } });
  const id = /attivazione\/(\d+)\/nome/.exec(held.url())[1];
  const path = `/attivazione/${id}/conferma`;
  const ordered = await request.post(`${shop.portal}${path}`, { form: { ...await open(path), method: 'bank_transfer', terms: '1', payer: 'holder' } });
  return orderCode({ url: () => ordered.url() });
}
