/* Coming in, being kept out, and what belongs to others. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { follow, heading, login, look, main, openMail, order, PASSWORD, pdfText, PORTAL, says, startBrowser, startDemo, unique, visitor, words } from './support.mjs';

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([startDemo(), startBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

const attempt = async (page, address, password) => {
  await page.getByLabel('Indirizzo PEC').fill(address);
  await page.getByLabel('Password della casella').fill(password);
  return follow(page, () => page.getByRole('button', { name: 'Accedi', exact: true }).click());
};

test('R11 L20 a wrong password is told on the page, the address stays, and focus goes to the summary', async () => {
  const mailbox = await demo.mailbox();
  const page = await visitor(browser, { width: 390 });
  await page.goto(`${demo.portal}/accedi`);
  const answer = await attempt(page, mailbox.address, 'non è questa');
  assert.equal(answer.status(), 401);
  await says(page, "C'è qualcosa da correggere", 'Dati di accesso non corretti');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'errors');
  assert.equal(await page.getByLabel('Indirizzo PEC').inputValue(), mailbox.address);
  assert.equal(await page.getByLabel('Password della casella').inputValue(), '');
  assert.match(await page.title(), /^Errore: /);
  await look(page, '30-login-wrong');
  await page.close();
});

test('R12 a wrong password of the shop is told in its own form, which stays open', async () => {
  const account = await demo.account([]);
  const page = await visitor(browser);
  await page.goto(`${demo.portal}/accedi`);
  await page.getByText("Accedi con l'account del negozio").click();
  await page.getByLabel('E-mail o nome utente').fill(account.email);
  await page.getByLabel('Password del negozio').fill('non è questa');
  await follow(page, () => page.getByRole('button', { name: 'Accedi con il negozio' }).click());
  assert.equal(await page.getByLabel('E-mail o nome utente').isVisible(), true);
  assert.equal(await page.getByLabel('E-mail o nome utente').inputValue(), account.email);
  assert.match(await words(page.locator('#shop_login-error')), /non corretti/);
  await look(page, '31-login-shop-wrong');
  await page.close();
});

test('R11 repeated wrong passwords wait, and nothing tells whether the address exists', async () => {
  const known = await demo.mailbox();
  const unknown = `${unique('nessuno')}@legalmail.example`;
  const seen = [];
  for (const address of [known.address, unknown]) {
    const page = await visitor(browser, { width: 390 });
    const texts = [];
    await page.goto(`${demo.portal}/accedi`);
    for (let i = 0; i < 7; i++) {
      const answer = await attempt(page, address, `sbagliata ${i}`);
      texts.push(`${answer.status()} ${(await main(page)).replaceAll(address, 'ADDRESS').replace(/\d+ s\b/, 'N s')}`);
    }
    assert.match(texts[0], /^401 /);
    assert.match(texts.at(-1), /^429 /);
    assert.match(texts.at(-1), /Troppi tentativi/);
    if (address === known.address) {
      const right = await attempt(page, address, PASSWORD);
      assert.equal(right.status(), 429, 'even the right password waits');
      await look(page, '32-login-throttled');
    }
    seen.push(texts);
    await page.close();
  }
  assert.deepEqual(seen[0], seen[1]);
});

test('R130 one comes back to the page one was going to, and only to pages of this portal', async () => {
  const mailbox = await demo.mailbox();
  const page = await visitor(browser);
  const wanted = `${PORTAL}/caselle/${mailbox.address}/rinnovo`;
  await page.goto(demo.url + wanted);
  assert.equal(new URL(page.url()).pathname, `${PORTAL}/accedi`);
  await attempt(page, mailbox.address, 'non è questa'); /* a mistake does not lose the way */
  await attempt(page, mailbox.address, PASSWORD);
  assert.equal(decodeURIComponent(new URL(page.url()).pathname), wanted);
  await page.close();

  for (const next of ['https://evil.example/', '//evil.example/', '/\\evil.example', 'javascript:alert(1)']) {
    const other = await visitor(browser);
    await other.goto(`${demo.portal}/accedi?next=${encodeURIComponent(next)}`);
    await attempt(other, mailbox.address, PASSWORD);
    assert.equal(new URL(other.url()).href, `${demo.portal}/caselle`, next);
    await other.close();
  }
});

test('R11 after Esci the pages are closed again, also by the back button', async () => {
  const mailbox = await demo.mailbox();
  const page = await visitor(browser);
  await login(page, demo, mailbox);
  await follow(page, () => page.getByRole('button', { name: 'Esci' }).click());
  await page.goto(`${demo.portal}/caselle`);
  assert.equal(await heading(page), "Accesso all'Area Clienti");
  await page.goBack();
  assert.ok(!(await main(page)).includes('15/03/2027'));
  await page.close();
});

test('R130 mailboxes, orders, transfers and invoices of others read like pages that do not exist', async () => {
  const [mine, theirs] = await demo.mailboxes([{}, {}]);
  const other = await visitor(browser);
  const code = await order(other, demo, theirs);
  await other.close();

  const page = await visitor(browser);
  await login(page, demo, mine);
  const missing = (await main(page), await page.goto(`${demo.portal}/ordini/202600000000000`), await main(page));
  for (const path of [`/ordini/${code}`, `/ordini/${code}/annulla`, `/ordini/${code}/bonifico.pdf`, '/fatture/1.pdf', '/fatture/1.xml', '/fatture/x']) {
    const answer = await page.goto(demo.portal + path);
    assert.equal(answer.status(), 404, path);
    assert.equal(await main(page), missing, path);
  }
  await page.goto(`${demo.portal}/caselle/nessuna.casella@legalmail.example`);
  const none = await main(page);
  for (const path of [`/caselle/${theirs.address}`, `/caselle/${theirs.address}/rinnovo`]) {
    const answer = await page.goto(demo.portal + path);
    assert.equal(answer.status(), 404, path);
    assert.equal(await main(page), none, path);
  }
  await look(page, '33-not-mine');
  await page.close();
});

test('R8 an unknown page says so in the portal\'s clothes', async () => {
  const page = await visitor(browser, { width: 390 });
  for (const path of ['/b/legalmail/quella-che-non-c-e', '/b/nessuno/', '/una/pagina/qualsiasi']) {
    const answer = await page.goto(demo.url + path);
    assert.equal(answer.status(), 404, path);
    assert.equal(await heading(page), 'Pagina non trovata');
  }
  await look(page, '34-not-found');
  await follow(page, () => page.getByRole('link', { name: 'Vai alla pagina dei rinnovi' }).click());
  assert.equal(await heading(page), 'Rinnovare una casella PEC');
  await page.close();
});

test('R130 a form without its token is answered 403 and does nothing', async () => {
  const mailbox = await demo.mailbox();
  const page = await visitor(browser);
  await login(page, demo, mailbox);
  await page.goto(`${demo.portal}/caselle/${mailbox.address}/rinnovo`);
  await page.locator('#renewal input[name=csrf]').evaluate((input) => { input.value = 'f'.repeat(64); });
  const answer = await follow(page, () => page.getByRole('button', { name: 'Vai alla cassa' }).click());
  assert.equal(answer.status(), 403);
  await says(page, 'Pagina scaduta', 'inviare di nuovo');
  await look(page, '35-form-expired');
  await page.goto(`${demo.portal}/carrello`);
  await says(page, 'Il carrello è vuoto');
  await page.close();
});

test('R40 a forgotten password: the same answer for everybody, a link that works once, and the new password', async () => {
  const mailbox = await demo.mailbox();
  const account = await demo.account([mailbox.address]);
  const page = await visitor(browser, { width: 390 });
  const answers = [];
  for (const email of [`${unique('nessuno')}@posta.example`, account.email]) {
    await page.goto(`${demo.portal}/accedi`);
    await page.getByText("Accedi con l'account del negozio").click();
    await follow(page, () => page.getByRole('link', { name: 'Dati di accesso dimenticati' }).click());
    await page.getByLabel('E-mail, nome utente').fill(email);
    const answer = await follow(page, () => page.getByRole('button', { name: "Invia l'e-mail" }).click());
    answers.push(`${answer.status()} ${await main(page)}`);
  }
  assert.equal(answers[0], answers[1]);
  await look(page, '36-forgot-sent');

  await openMail(page, demo, account.email, 'Dati di accesso');
  const link = await page.frameLocator('iframe').getByRole('link', { name: 'Scegli la nuova password' }).getAttribute('href');
  assert.ok(link.startsWith(`${demo.portal}/password/`), link);
  await page.goto(link);
  await says(page, account.email);
  await look(page, '37-reset');
  for (const [first, second, fault] of [['corta', 'corta', 'almeno 10 caratteri'], ['una password nuova', 'un\'altra password', 'non coincidono']]) {
    await page.getByLabel('Nuova password', { exact: true }).fill(first);
    await page.getByLabel('Di nuovo la nuova password').fill(second);
    await page.locator('main form').evaluate((form) => { form.noValidate = true; });
    await follow(page, () => page.getByRole('button', { name: 'Salva la nuova password' }).click());
    await says(page, fault);
  }
  await page.getByLabel('Nuova password', { exact: true }).fill('una password nuova');
  await page.getByLabel('Di nuovo la nuova password').fill('una password nuova');
  await follow(page, () => page.getByRole('button', { name: 'Salva la nuova password' }).click());
  assert.equal(await heading(page), "Accesso all'Area Clienti");
  await says(page, 'La nuova password è salvata');

  const again = await page.goto(link);
  assert.equal(again.status(), 410);
  await says(page, 'Il collegamento non vale più');
  await look(page, '38-link-spent');
  await login(page, demo, { ...account, password: 'una password nuova' });
  await says(page, mailbox.address);
  await page.close();
});

test('R40 the password of the shop is changed in the profile, by who knows the present one', async () => {
  const account = await demo.account([]);
  const page = await visitor(browser, { width: 390 });
  await login(page, demo, account);
  const change = async (current, password) => {
    await page.goto(`${demo.portal}/profilo`);
    await page.getByLabel('Password attuale').fill(current);
    await page.getByLabel('Nuova password', { exact: true }).fill(password);
    await page.getByLabel('Di nuovo la nuova password').fill(password);
    await follow(page, () => page.getByRole('button', { name: 'Cambia la password' }).click());
  };
  await change('non è questa', 'una password nuova');
  await says(page, "C'è qualcosa da correggere");
  await change(account.password, 'una password nuova');
  await says(page, 'Password cambiata.');
  await follow(page, () => page.getByRole('button', { name: 'Esci' }).click());
  await login(page, demo, { ...account, password: 'una password nuova' });
  await says(page, 'Nessuna casella collegata');
  await look(page, '39-area-none');
  await page.close();
});

test('R5 in English nothing is left in Italian', async () => {
  const mailbox = await demo.mailbox();
  const page = await visitor(browser);
  await page.goto(`${demo.portal}/`);
  await follow(page, () => page.getByRole('link', { name: 'English' }).click());
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  /* The words that no Italian page of ours does without, and no English one has; names of pages and plans are looked past. */
  const italian = /\b(della|delle|degli|casella|caselle|scadenza|rinnovo|rinnova|rinnovare|che|sono|questa|ordine|fattura|password dimenticata|bonifico|anni|anno)\b/i;
  const check = async (path) => {
    await page.goto(demo.portal + path);
    const text = (await page.locator('body').innerText()).replaceAll(mailbox.holder_name, '').replace(/\S+@\S+/g, '').replace(/Via dell'Esempio/g, '');
    const found = italian.exec(text);
    assert.equal(found, null, `${path}: «${found?.[0]}» in ${text}`);
    assert.match(await page.locator('html').getAttribute('lang'), /^en/);
  };
  for (const path of ['/', '/guida', '/accessibilita', '/accedi', '/recupero', '/registrati', '/non-esiste']) await check(path);
  await page.goto(`${demo.portal}/accedi`);
  await page.locator('#login').fill(mailbox.address);
  await page.locator('#password').fill(PASSWORD);
  await follow(page, () => page.locator('form').filter({ has: page.locator('#login') }).getByRole('button').click());
  for (const path of ['/caselle', `/caselle/${mailbox.address}`, `/caselle/${mailbox.address}/rinnovo`, `/caselle/${mailbox.address}/rinnovo?plan=gold`, '/carrello', '/ordini', '/fatture', '/profilo']) await check(path);
  await page.goto(`${demo.portal}/caselle/${mailbox.address}/rinnovo`);
  await follow(page, () => page.locator('button[form=renewal]').click());
  await check('/carrello');
  await check('/cassa');
  await look(page, '40-english-checkout');
  await page.locator('input[name=method][value=bank_transfer]').check();
  await page.locator('#terms').check();
  await follow(page, () => page.locator('button[form=checkout]').click());
  const path = new URL(page.url()).pathname.slice(PORTAL.length);
  await check(path);
  await check(`${path}/annulla`);
  await check(`${path}/paga`);
  const sheet = await pdfText(page, demo, `${PORTAL}${path}/bonifico.pdf`);
  assert.equal(italian.exec(sheet.replace(/\S+@\S+/g, '').replace(/Via dell'Esempio/g, '')), null, sheet);
  await page.close();
});
