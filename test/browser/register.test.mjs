/* How one comes to an account of one's own: registration, its link, what was forgotten, and the profile. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { follow, heading, login, look, main, openMail, PASSWORD, says, startBrowser, startDemo, taxCode, unique, visitor, WIDTHS, words } from './support.mjs';

let demo, browser;
before(async () => {
  const [all, chromium] = await Promise.all([startDemo(), startBrowser()]);
  [demo, browser] = [all.of('visura'), chromium];
});
after(async () => { await browser?.close(); await demo?.stop(); });

const CODE = taxCode('MDLRSO80A41Z999');
const newcomer = () => { const name = unique('nuova'); return { name: 'Rosa Modelli', userName: name, email: `${name}@posta.example`, password: PASSWORD }; };

const unchecked = (page) => page.locator('main form').first().evaluate((form) => { form.noValidate = true; });
const send = (page, button) => follow(page, () => page.getByRole('button', { name: button, exact: true }).click());

async function fill(page, who) {
  await page.getByLabel('Nome e cognome').fill(who.name);
  await page.getByLabel('E-mail', { exact: true }).fill(who.email);
  await page.getByLabel('Nome utente').fill(who.userName);
  await page.getByLabel('Password', { exact: true }).fill(who.password);
  await page.getByLabel('Di nuovo la password').fill(who.password);
  await page.getByLabel("Ho letto l'informativa").check();
}

async function register(page, who, from = '/registrati') {
  await page.goto(demo.portal + from);
  await fill(page, who);
  await send(page, 'Registrati');
  assert.equal(await heading(page), 'Controllare la posta');
}

/* The address behind a mail's button. */
async function linkOf(page, to, subject, button) {
  await openMail(page, demo, to, subject);
  return page.frameLocator('iframe').getByRole('link', { name: button }).getAttribute('href');
}
const registrationLink = (page, who) => linkOf(page, who.email, 'Confermare la registrazione', 'Conferma la registrazione');

async function registered(page, who = newcomer()) {
  await register(page, who);
  await page.goto(await registrationLink(page, who));
  await send(page, 'Conferma e accedi');
  assert.equal(await heading(page), 'Profilo');
  return who;
}

for (const width of WIDTHS) {
  test(`R39 L20 from the login to an account and on to where one was going, at ${width}`, async () => {
    const who = newcomer();
    const page = await visitor(browser, { width });
    await page.goto(`${demo.portal}/ordini`);
    assert.equal(await heading(page), "Accesso all'Area Clienti");
    await look(page, 'r1-login');
    await follow(page, () => page.getByRole('link', { name: 'Registrati' }).click());
    await look(page, 'r2-register');
    await fill(page, who);
    await page.getByText('Dati per la fattura').click();
    await page.getByLabel('Codice fiscale').fill(CODE);
    await page.getByLabel('Indirizzo e numero civico').fill("Via dell'Esempio 7");
    await page.getByLabel('CAP').fill('00144');
    await page.getByLabel('Comune').fill('Roma');
    await page.getByLabel('Provincia').fill('RM');
    await page.getByLabel('Paese').fill('IT');
    await page.getByLabel('Telefono').fill('+39 06 5550 0200');
    await look(page, 'r3-register-filled');
    await send(page, 'Registrati');
    await says(page, 'Controllare la posta', who.email, '24 ore');
    await look(page, 'r4-sent');

    await send(page, 'Invia di nuovo');
    await says(page, 'Inviata di nuovo.', who.email);
    const link = await registrationLink(page, who);
    assert.ok(link.startsWith(`${demo.portal}/registrati/conferma/`), link);
    await page.goto(link);
    await page.goto(link); /* looking does nothing */
    await says(page, 'Rosa Modelli', who.userName, who.email);
    await look(page, 'r5-confirm');
    await send(page, 'Conferma e accedi');
    assert.equal(page.url(), `${demo.portal}/ordini`);

    await page.goto(`${demo.portal}/profilo`);
    await says(page, who.userName, CODE, "Via dell'Esempio 7, 00144 Roma (RM)", '+39 06 5550 0200');
    await look(page, 'r6-profile');
    const again = await page.goto(link);
    assert.equal(again.status(), 410);
    await says(page, 'Il collegamento non vale più', 'già stata confermata');
    await follow(page, () => page.getByRole('button', { name: 'Esci' }).click());
    await page.goto(link);
    await says(page, 'Il collegamento non vale più', 'basta accedere');
    await look(page, 'r7-spent');
    await login(page, demo, { email: who.userName, password: who.password });
    await page.close();
  });

  test(`R39 all that is wrong is told at once, on its field, and nothing typed is lost but passwords, at ${width}`, async () => {
    const page = await visitor(browser, { width });
    await page.goto(`${demo.portal}/registrati`);
    await page.getByLabel('Tipo di cliente').selectOption('company');
    await page.getByLabel('E-mail', { exact: true }).fill('rosa.posta.example');
    await page.getByLabel('Nome utente').fill('rosa@posta.example');
    await page.getByLabel('Telefono').fill('domani');
    await page.getByLabel('Password', { exact: true }).fill('corta');
    await page.getByLabel('Di nuovo la password').fill('lunga');
    await page.getByText('Dati per la fattura').click();
    await page.getByLabel('Partita IVA').fill('12345678901');
    await unchecked(page);
    const answer = await send(page, 'Registrati');
    assert.equal(answer.status(), 422);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'errors');
    for (const [id, text] of [['name', /obbligatorio/], ['user_name', /sembra un indirizzo e-mail/], ['email', /e-mail completo/], ['phone', /telefono/],
      ['password', /10 caratteri/], ['vat_number', /partita IVA/], ['street', /obbligatorio/], ['postcode', /CAP|obbligatorio/], ['privacy', /informativa/]])
      assert.match(await words(page.locator(`#${id}-error`)), text, id);
    await says(page, 'Comune: campo obbligatorio.');
    assert.equal(await page.getByLabel('Tipo di cliente').inputValue(), 'company');
    assert.equal(await page.getByLabel('Nome utente').inputValue(), 'rosa@posta.example');
    assert.equal(await page.getByLabel('Partita IVA').inputValue(), '12345678901');
    assert.equal(await page.getByLabel('Password', { exact: true }).inputValue(), '');
    await look(page, 'r8-register-wrong');
    await page.close();
  });
}

test('R39 L5 the answer is the same for an e-mail that has an account, whose owner gets another mail', async () => {
  const known = await demo.account([], { name: 'Studio Modelli' });
  const page = await visitor(browser);
  const seen = [];
  for (const email of [known.email, newcomer().email]) {
    await register(page, { ...newcomer(), email });
    seen.push((await main(page)).replaceAll(email, 'ADDRESS'));
  }
  assert.equal(seen[0], seen[1]);
  await openMail(page, demo, known.email, "c'è già");
  await look(page, 'r9-mail-known');
  const frame = page.frameLocator('iframe');
  await frame.getByText('Non è cambiato nulla').waitFor();
  assert.equal(await frame.getByRole('link', { name: 'Scegli una nuova password' }).getAttribute('href'), `${demo.portal}/recupero`);
  await login(page, demo, known);
  await page.close();
});

test('R39 another browser is asked for the password; a user name taken meanwhile is asked for anew', async () => {
  const who = newcomer();
  const first = await visitor(browser);
  await register(first, who);
  const link = await registrationLink(first, who);
  await first.close();
  await demo.account([], { userName: who.userName });

  const page = await visitor(browser, { width: 390 });
  await page.goto(link);
  await says(page, 'non è disponibile: sceglierne un altro');
  await look(page, 'r17-confirm-elsewhere');
  await page.getByLabel('Nome utente').fill(`${who.userName}.bis`);
  await page.getByLabel('Password scelta').fill('non è questa');
  const answer = await send(page, 'Conferma e accedi');
  assert.equal(answer.status(), 401);
  await says(page, 'La password non è corretta');
  assert.equal(await page.getByLabel('Nome utente').inputValue(), `${who.userName}.bis`);
  await page.getByLabel('Password scelta').fill(who.password);
  await send(page, 'Conferma e accedi');
  await says(page, `${who.userName}.bis`, "l'account è attivo");
  await page.close();
});

test('R39 the whole way without JavaScript, and a link that is too old', async () => {
  const page = await visitor(browser, { width: 390, script: false });
  const who = await registered(page);
  await follow(page, () => page.getByRole('button', { name: 'Esci' }).click());

  const late = newcomer();
  await register(page, late);
  const link = await registrationLink(page, late);
  await demo.setClock('2026-12-21T10:30:00+01:00');
  const answer = await page.goto(link);
  assert.equal(answer.status(), 410);
  await follow(page, () => page.getByRole('link', { name: 'Accedi', exact: true }).last().click());
  await page.getByLabel('E-mail o nome utente').fill(late.email);
  await page.getByLabel('Password del negozio').fill(late.password);
  const refused = await send(page, 'Accedi con il negozio');
  assert.equal(refused.status(), 401, 'nothing stands in the accounts');
  await login(page, demo, who);
  await page.close();
});

test('R40 R85 user name or e-mail bring the user name and a link; an unknown one is answered the same', async () => {
  const userName = unique('studio');
  const who = await demo.account([], { userName });
  for (const width of WIDTHS) {
    const page = await visitor(browser, { width });
    const answers = [];
    for (const name of [userName, unique('nessuno')]) {
      await page.goto(`${demo.portal}/recupero`);
      if (name === userName) await look(page, 'r10-recover');
      await page.getByLabel('E-mail, nome utente').fill(name);
      const answer = await send(page, "Invia l'e-mail");
      answers.push(`${answer.status()} ${await main(page)}`);
    }
    assert.equal(answers[0], answers[1]);
    await look(page, 'r11-recover-sent');
    await page.close();
  }
  const page = await visitor(browser);
  await openMail(page, demo, who.email, 'Dati di accesso');
  await page.frameLocator('iframe').getByText(`Il nome utente è ${userName}`).waitFor();
  await page.goto(`${demo.portal}/accedi`);
  await unchecked(page);
  await page.getByLabel('Indirizzo PEC').fill('nome.senza.chiocciola');
  await page.getByLabel('Password della casella').fill('non è questa');
  await send(page, 'Accedi');
  await says(page, "l'indirizzo PEC completo", 'la user-id non bastano');
  await page.close();
});

for (const width of WIDTHS) {
  test(`R39 the profile is changed, and a new e-mail counts once its link is confirmed, at ${width}`, async () => {
    const page = await visitor(browser, { width });
    const who = await registered(page);
    await follow(page, () => page.getByRole('link', { name: 'Modifica' }).click());
    await look(page, 'r12-data');
    await page.getByLabel('Telefono').fill('06 5550 0201');
    await page.getByLabel('Nome utente').fill('-');
    await unchecked(page);
    await send(page, 'Salva');
    await says(page, "C'è qualcosa da correggere");
    assert.equal(await page.getByLabel('Telefono').inputValue(), '06 5550 0201');
    await page.getByLabel('Nome utente').fill(`${who.userName}.due`);
    await send(page, 'Salva');
    await says(page, 'Dati salvati.', `${who.userName}.due`, '06 5550 0201');

    const email = `${unique('altra')}@posta.example`;
    await follow(page, () => page.getByRole('link', { name: 'Cambia' }).first().click());
    await page.getByLabel('Nuova e-mail').fill(email);
    await page.getByLabel('Password attuale').fill('non è questa');
    await send(page, 'Invia il collegamento');
    await says(page, 'La password non è corretta');
    await look(page, 'r13-email-wrong');
    await page.getByLabel('Password attuale').fill(who.password);
    await send(page, 'Invia il collegamento');
    await says(page, email, `resta ${who.email}`);
    await look(page, 'r14-email-sent');
    const link = await linkOf(page, email, 'Confermare la nuova e-mail', 'Conferma la nuova e-mail');
    await page.goto(link);
    await look(page, 'r15-email-confirm');
    await send(page, 'Conferma');
    await says(page, 'E-mail confermata.', email);
    const again = await page.goto(link);
    assert.equal(again.status(), 410);
    await openMail(page, demo, who.email, 'è cambiata');
    await page.close();

    const other = await visitor(browser, { width });
    await login(other, demo, { email, password: who.password });
    await other.close();
  });
}

test('R39 the privacy notice that is accepted can be read', async () => {
  const page = await visitor(browser);
  await page.goto(`${demo.portal}/privacy`);
  assert.equal(await heading(page), 'Informativa sulla privacy');
  await look(page, 'r16-privacy');
  await page.close();
});
