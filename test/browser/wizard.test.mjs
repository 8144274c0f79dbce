/* The wizards whose steps are data: retail (S4) and convention (S3), in order and out of it, over reloads, windows and logouts. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { company, follow, heading, home, login, look, main, onwards, openMail, orderCode, payBy, says, startBrowser, startDemo, visitor, walk, WIDTHS, words } from './support.mjs';

let aruba, fnomceo, browser, demo;
before(async () => {
  [demo, browser] = await Promise.all([startDemo('2026-12-20T10:00:00+01:00'), startBrowser()]);
  aruba = demo.of('aruba');
  fnomceo = demo.of('fnomceo');
});
after(async () => { await browser?.close(); await demo?.stop(); });

const begin = (page, shop, mailbox) => page.goto(`${shop.portal}/caselle/${encodeURIComponent(mailbox.address)}/rinnovo`);
const wizard = (page) => /^.*\/rinnovo\/[0-9a-f]{32}/.exec(page.url())[0];
const total = (page, gross) => page.locator('aside.sum .total strong', { hasText: gross }).waitFor();
const years = (page, line, count) => page.locator(`input[name=years_${line}][value="${count}"]`).check();

/* What a browser would never send: a form of one step, from nowhere. */
async function post(page, path, form = {}) {
  const csrf = await page.locator('input[name=csrf]').first().inputValue();
  return page.context().request.post(path, { form: { csrf, ...form }, headers: { Origin: new URL(path).origin }, maxRedirects: 0 });
}

for (const width of WIDTHS) {
  test(`R149 R153-R166 RI168 T38 L14 a retail mailbox is renewed step by step at ${width} px`, async () => {
    const mailbox = await aruba.mailbox();
    const page = await visitor(browser, { width });
    await login(page, aruba, mailbox);
    await begin(page, aruba, mailbox);

    /* R153-R156 */
    assert.equal(await heading(page), 'Gestione caselle PEC');
    assert.equal(await words(page.locator('ol.steps [aria-current=step]')), 'Tipo');
    await says(page, 'Standard (attuale)', '9,90 €', 'Pro', 'Premium', '12,08 €');
    await look(page, '201-type');
    await page.getByLabel('Spazio aggiuntivo, in GB', { exact: true }).fill('40');
    await onwards(page);
    await says(page, 'Spazio aggiuntivo non disponibile');
    await look(page, '202-type-wrong');
    await page.getByLabel('Spazio aggiuntivo, in GB', { exact: true }).fill('0');
    await follow(page, () => page.getByRole('button', { name: "Prosegui e completa l'ordine" }).click());

    /* R157 */
    assert.equal(await heading(page), 'Dati intestatario');
    await says(page, 'Rosa Modelli', mailbox.contact_email);
    await look(page, '203-holder');
    await follow(page, () => page.getByRole('link', { name: /^Modifica/ }).click());
    await says(page, 'serve il cambio di intestatario');
    await page.getByLabel('CAP').fill('1');
    await onwards(page);
    await says(page, 'Il CAP ha 5 cifre');
    await look(page, '204-holder-wrong');
    await page.getByLabel('CAP').fill('00184');
    await onwards(page);

    /* R159, R161 */
    await says(page, 'Seleziona la modalità di pagamento');
    assert.equal(await page.locator('input[name=method]:checked').count(), 0);
    await payBy(page, 'Bonifico');
    await look(page, '205-payment');
    await onwards(page);

    /* R162 */
    assert.equal(await page.locator('input[name=years_1]').count(), 5);
    await years(page, 1, 2);
    await look(page, '206-term');
    await onwards(page);

    /* R164: skipping the acceptance is refused, by the page and by the server */
    await says(page, 'Versione 2026-01');
    await look(page, '207-contract');
    await page.locator('#terms').evaluate((box) => { box.required = false; });
    await onwards(page);
    await says(page, 'occorre accettare le condizioni');
    await page.locator('#terms').check();
    await onwards(page);

    /* R165, L14 */
    await says(page, 'Rinnovo 2 anni, Standard', '15/03/2029', '19,80 €', '4,36 €', '24,16 €', '00184 Roma', 'Bonifico Bancario', 'versione 2026-01');
    await look(page, '208-confirm');
    await follow(page, () => page.getByRole('button', { name: 'Conferma ordine con obbligo di pagare' }).click());
    const code = orderCode(page);
    assert.match(code, /^MO\d+$/);
    await says(page, 'Manca solo il bonifico', '24,16 €');
    await look(page, '209-confirmed');

    /* R166, T39 */
    await openMail(page, demo, mailbox.contact_email, new RegExp(code));
    const letter = await words(page.frameLocator('iframe').locator('body'));
    for (const part of [mailbox.address, code, '24,16 €', 'IT78']) assert.ok(letter.replaceAll(' ', '').includes(part.replaceAll(' ', '')), part);

    /* R157: the holder's data are what was typed */
    await page.goto(`${aruba.portal}/caselle/${encodeURIComponent(mailbox.address)}`);
    const said = JSON.parse((await demo.command('mailbox', 'show', mailbox.address, '--json')).stdout);
    assert.equal(said.holder.postcode, '00184');
    await page.close();
  });

  test(`R124 R130-R138 RI139 RI140 T38 T39 a member's mailbox is renewed by its convention's steps at ${width} px`, async () => {
    const mailbox = await fnomceo.mailbox({ convention: 'fnomceo' });
    const page = await visitor(browser, { width });
    await login(page, fnomceo, mailbox);
    await begin(page, fnomceo, mailbox);

    /* R131: contracts before all else */
    await says(page, 'Condizioni del servizio', 'Versione 2026-01');
    await look(page, '211-contract');
    await page.locator('#terms').check();
    await onwards(page);

    /* R132 */
    await says(page, 'Dati di fatturazione', 'Rosa Modelli', "Via dell'Esempio 7");
    await look(page, '212-billing');
    await onwards(page);

    /* R133 */
    await says(page, 'Carta di credito', 'PayPal', 'Bollettino', 'Bonifico');
    await payBy(page, 'Bonifico');
    await onwards(page);

    /* R134 */
    await says(page, mailbox.address, '1 anno', '1,50 €', '15/03/2027', '15/03/2028', 'nessun account', 'Convenzione con FNOMCEO di prova');
    const account = await fnomceo.account([]);
    await page.getByLabel('Associa a un account').fill(account.email);
    await look(page, '213-summary');
    await onwards(page);
    await says(page, '1,50 €', '1,83 €', `Associata all'account ${account.email}`);
    await look(page, '214-confirm');
    await follow(page, () => page.getByRole('button', { name: 'Conferma ordine con obbligo di pagare' }).click());
    const code = orderCode(page);
    assert.match(code, /^FN\d+$/);

    /* R136, R137, RI139: the mail has all that the notice promised */
    await openMail(page, demo, mailbox.contact_email, new RegExp(code));
    await look(page, '215-mail');
    const letter = await words(page.frameLocator('iframe').locator('body'));
    for (const part of [code, '20/12/2026', mailbox.address, '1,83 €', 'Convenzioni di Prova S.r.l.', 'Carta di credito', 'PayPal', 'Bollettino', 'Bonifico', 'IBAN', 'Maggiori informazioni'])
      assert.ok(letter.includes(part), `${part} in ${letter}`);
    assert.ok((await page.frameLocator('iframe').locator('a[href$="/guida"]').getAttribute('href')).startsWith(fnomceo.portal), 'R138');
    await page.close();
    const owner = await visitor(browser, { width });
    await login(owner, fnomceo, account);
    await says(owner, mailbox.address);
    await owner.close();
  });
}

test('T38 a step out of its order is refused, and the page leads to the one that is missing', async () => {
  for (const [shop, values, path, form, missing] of [
    [aruba, {}, 'conferma', { total_cents: '1208', version: '1' }, 'Gestione caselle PEC'],
    [aruba, {}, 'condizioni', { terms: '1', version: '2026-01' }, 'Gestione caselle PEC'],
    [aruba, {}, 'durata', { years_1: '1' }, 'Gestione caselle PEC'],
    [fnomceo, { convention: 'fnomceo' }, 'pagamento', { method: 'bank_transfer' }, 'Condizioni'],
    [fnomceo, { convention: 'fnomceo' }, 'riepilogo', { total_cents: '183' }, 'Condizioni'],
    [fnomceo, { convention: 'fnomceo' }, 'conferma', { total_cents: '183', version: '1' }, 'Condizioni'],
  ]) {
    const mailbox = await shop.mailbox(values), page = await visitor(browser, { width: 390 });
    await login(page, shop, mailbox);
    await begin(page, shop, mailbox);
    const answer = await post(page, `${wizard(page)}/${path}?casella=${mailbox.address}`, form);
    assert.equal(answer.status(), 409, path);
    assert.ok((await answer.text()).includes(`Vai a: ${missing}`), path);
    assert.equal((await page.goto(`${wizard(page)}/${path}?casella=${mailbox.address}`)).status(), 409);
    await says(page, 'Manca un passaggio', missing);
    if (path === 'conferma') await look(page, '221-missing');
    await follow(page, () => page.getByRole('link', { name: `Vai a: ${missing}` }).click());
    assert.equal(await page.locator('ol.steps [aria-current=step]').count(), 1);
    await page.close();
  }

  /* All but the acceptance */
  const mailbox = await aruba.mailbox(), page = await visitor(browser);
  await login(page, aruba, mailbox);
  await begin(page, aruba, mailbox);
  for (let i = 0; i < 4; i++) {
    if (await page.locator('.methods').count()) await payBy(page, 'Bonifico');
    if (await page.locator('input[name=years_1]').count()) await years(page, 1, 1);
    await onwards(page);
  }
  assert.match(page.url(), /condizioni$/);
  const refused = await post(page, `${wizard(page)}/conferma`, { total_cents: '1208', version: '4' });
  assert.equal(refused.status(), 409);
  assert.ok((await refused.text()).includes('Vai a: Condizioni'));
  for (const path of ['fatturazione', 'riepilogo', 'altro']) assert.equal((await page.goto(`${wizard(page)}/${path}`)).status(), 404);
  await page.goto(`${aruba.portal}/ordini`);
  assert.ok(!(await main(page)).includes(mailbox.address), 'nothing was ordered');
  await page.close();
});

test('T38 reload, back, another window and a logout lose nothing, and disturb nobody', async () => {
  const mailbox = await aruba.mailbox(), page = await visitor(browser);
  await login(page, aruba, mailbox);
  await begin(page, aruba, mailbox);
  await page.locator('input[name=plan_1][value=pro]').check();
  await onwards(page);
  await onwards(page);
  await payBy(page, 'Bonifico');
  await onwards(page);
  const first = wizard(page);
  assert.equal((await page.reload()).status(), 200);
  await page.goBack();
  assert.equal(await page.locator('input[name=method][value=bank_transfer]').isChecked(), true);
  await page.goto(`${first}/tipo`);
  assert.equal(await page.locator('input[name=plan_1][value=pro]').isChecked(), true);

  /* a second window has a wizard of its own, which begins with what was typed */
  const other = await page.context().newPage();
  await begin(other, aruba, mailbox);
  assert.notEqual(wizard(other), first);
  assert.equal(await other.locator('input[name=plan_1][value=pro]').isChecked(), true);
  await other.locator('input[name=plan_1][value=standard]').check();
  await onwards(other);
  await page.reload();
  assert.equal(await page.locator('input[name=plan_1][value=pro]').isChecked(), true);
  await other.close();

  /* a logout */
  await follow(page, () => page.getByRole('button', { name: 'Esci' }).click());
  await page.goto(first);
  assert.match(page.url(), /accedi/);
  await page.getByLabel('Indirizzo PEC').fill(mailbox.address);
  await page.getByLabel('Password della casella').fill(mailbox.password);
  await follow(page, () => page.getByRole('button', { name: 'Accedi', exact: true }).click());
  assert.equal(page.url(), `${first}/durata`);
  await years(page, 1, 1);
  await onwards(page);
  await page.locator('#terms').check();
  await onwards(page);

  /* what is confirmed is what was shown */
  const late = await page.context().newPage();
  await late.goto(`${first}/durata`);
  await years(late, 1, 3);
  await onwards(late);
  await follow(page, () => page.getByRole('button', { name: /^Conferma / }).click());
  await says(page, "I dati sono cambiati in un'altra finestra", 'Rinnovo 3 anni, Pro');
  await look(page, '231-changed');

  /* a double click makes one order, and the wizard leads to it from then on */
  await Promise.all([page.waitForURL(/\/ordini\//), page.getByRole('button', { name: /^Conferma / }).dblclick()]);
  const code = orderCode(page);
  await late.goto(first);
  assert.equal(orderCode(late), code);
  await page.goto(`${aruba.portal}/ordini`);
  assert.deepEqual((await main(page)).match(/MO\d+/g), [code]);
  await page.close();
});

test('R110 Annulla leaves nothing; another customer never sees it', async () => {
  const [mine, theirs] = await aruba.mailboxes([{}, {}]), page = await visitor(browser), stranger = await visitor(browser);
  await login(page, aruba, mine);
  await begin(page, aruba, mine);
  await onwards(page);
  const at = wizard(page);
  await login(stranger, aruba, theirs);
  for (const path of ['', '/intestatario', '/tipo']) assert.equal((await stranger.goto(`${at}${path}`)).status(), 404);
  assert.equal((await stranger.goto(`${aruba.portal}/rinnovo/${'0'.repeat(32)}/tipo?casella=${mine.address}`)).status(), 404);
  await follow(page, () => page.getByRole('button', { name: 'Annulla' }).click());
  assert.equal(page.url(), `${aruba.portal}/caselle`);
  await page.goto(`${at}/intestatario`);
  assert.equal(page.url(), `${aruba.portal}/caselle`);
  await page.close();
  await stranger.close();
});

for (const width of WIDTHS) {
  test(`R150 T47 three mailboxes in one order, each with its own term, at ${width} px`, async () => {
    const list = await aruba.mailboxes([{ plan: 'standard', expires_on: '2027-03-01' }, { plan: 'standard', expires_on: '2027-03-02' }, { plan: 'pro', expires_on: '2027-03-03' }]);
    const page = await visitor(browser, { width });
    await login(page, aruba, await aruba.account(list.map(({ address }) => address)));
    await begin(page, aruba, list[0]);
    for (const { address } of list.slice(1)) {
      await page.getByLabel('Rinnova anche').selectOption(address);
      await follow(page, () => page.getByRole('button', { name: "Aggiungi all'ordine" }).click());
    }
    assert.equal(await page.locator('section.sheet h2.address').count(), 3);
    await look(page, '241-three');
    await onwards(page);
    await onwards(page);
    await payBy(page, 'Bonifico');
    await onwards(page);
    for (const value of ['0', '6', '-1', 'due']) {
      const answer = await post(page, `${wizard(page)}/durata`, { years_1: value, years_2: '1', years_3: '1' });
      assert.equal(answer.status(), 422, value);
    }
    await years(page, 1, 1);
    await years(page, 2, 2);
    await years(page, 3, 1);
    await total(page, '72,71 €'); /* before it is sent */
    await look(page, '242-three-terms');
    await onwards(page);
    await page.locator('#terms').check();
    await onwards(page);
    /* 9,90 + 19,80 + 29,90 = 59,60; VAT on the sum, 13,11 */
    await says(page, '9,90 €', '19,80 €', '29,90 €', '59,60 €', '13,11 €', '72,71 €', '01/03/2028', '02/03/2029', '03/03/2028');
    await look(page, '243-three-confirm');
    await follow(page, () => page.getByRole('button', { name: /^Conferma / }).click());
    await says(page, '72,71 €');
    for (const { address } of list) await says(page, address);
    await page.close();
  });
}

test('R150 R155 the sum follows what is chosen, each term is priced with it, and another mailbox in the order loses nothing of it', async () => {
  const list = await aruba.mailboxes([{ plan: 'pro' }, {}]);
  const page = await visitor(browser, { width: 390 });
  await login(page, aruba, await aruba.account(list.map(({ address }) => address)));
  await begin(page, aruba, list[0]);
  await page.locator('#extra_archive_gb_1').fill('2');
  await page.locator('#extra_archive_gb_1').blur();
  await total(page, '45,63 €'); /* 29,90 + 6,00 + 1,50 for three months, and VAT */
  await page.locator('#extra_gb_1').fill('5000');
  await page.locator('#extra_gb_1').blur();
  await page.locator('aside.sum', { hasText: 'La scelta fatta va verificata' }).waitFor();
  await page.locator('#extra_gb_1').fill('0');
  await page.locator('#extra_gb_1').blur();
  await total(page, '45,63 €');
  await page.getByLabel('Rinnova anche').selectOption(list[1].address);
  await follow(page, () => page.getByRole('button', { name: "Aggiungi all'ordine" }).click());
  assert.equal(await page.locator('#extra_archive_gb_1').inputValue(), '2');
  await page.locator('input[name=plan_2][value=pro]').check();
  await total(page, '88,21 €'); /* and 29,90 + 5,00 */
  await page.locator('input[name=plan_2][value=standard]').check();
  await total(page, '57,71 €');
  for (let step = 0; step < 3; step++) {
    if (await page.locator('.methods').count()) await payBy(page, 'Bonifico');
    await onwards(page);
  }
  assert.match(await words(page.locator('label.pick').first()), /^1 anno 45,63 € 37,40 € \+ IVA 22%/);
  await years(page, 1, 1);
  await years(page, 2, 3);
  await total(page, '81,86 €'); /* 37,40 + 29,70 */
  await page.close();
});

test('R158 a company gives its recipient code; its last button promises nothing to a consumer', async () => {
  const mailbox = await aruba.mailbox({ ...company, sdi_code: '' }), page = await visitor(browser);
  await login(page, aruba, mailbox);
  await begin(page, aruba, mailbox);
  await onwards(page);
  await follow(page, () => page.getByRole('link', { name: /^Modifica/ }).click());
  await page.getByLabel('Codice destinatario').fill('abc1234');
  await onwards(page);
  for (const [field, value] of [['tax_code', '01234560587'], ['name', 'Altra S.r.l.'], ['vat_number', '01234560587'], ['kind', 'person']]) {
    const refused = await post(page, `${wizard(page)}/intestatario`, { [field]: value });
    assert.equal(refused.status(), 422, field);
    assert.ok((await refused.text()).includes('serve il cambio di intestatario'), field);
  }
  await walk(page);
  await follow(page, () => page.getByRole('button', { name: "Conferma e completa l'ordine" }).click());
  const said = JSON.parse((await demo.command('mailbox', 'show', mailbox.address, '--json')).stdout);
  assert.equal(said.holder.sdi_code, 'ABC1234');
  assert.equal(said.holder.tax_code, company.tax_code);
  await page.close();
});

test('R134 the whole way without a line of script', async () => {
  const mailbox = await fnomceo.mailbox({ convention: 'fnomceo' }), page = await visitor(browser, { script: false });
  await login(page, fnomceo, await fnomceo.account([mailbox.address]));
  await begin(page, fnomceo, mailbox);
  await walk(page);
  await follow(page, () => page.getByRole('button', { name: /^Conferma / }).click());
  await says(page, 'Manca solo il bonifico', '1,83 €');
  await page.close();
});

/* A brand is a folder: one that the program was not built with, in the shape of the one of docs/new-brand.md. */
test('RI140 a new brand needs its folder and nothing else', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'casella-brands-')), file = join(folder, 'nembo/brand.yaml');
  cpSync(join(home, 'brands/cirro'), join(folder, 'nembo'), { recursive: true });
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('cirro', 'nembo').replace('name: Cirro PEC', 'name: Nembo PEC'));
  const away = await startDemo('2026-12-20T10:00:00+01:00', '--brands', folder), nembo = { ...away.of('nembo') };
  t.after(async () => { await away.stop(); rmSync(folder, { recursive: true, force: true }); });
  const mailbox = await nembo.mailbox({ address: 'rosa.modelli@pec.nembo.example', plan: 'velo' });
  for (const width of WIDTHS) {
    const page = await visitor(browser, { width });
    await login(page, nembo, mailbox);
    assert.equal(await page.locator('header a.name svg').count(), 1);
    await begin(page, nembo, mailbox);
    assert.equal((await page.locator('ol.steps li').allInnerTexts()).length, 7);
    await page.getByRole('button', { name: 'Avanti' }).waitFor();
    assert.equal(await page.locator('input[name=years_1]').count(), 4);
    await look(page, '251-new-brand');
    page.years = 4;
    await walk(page);
    await says(page, 'Rinnovo 4 anni, Velo', '48,00 €', '58,56 €', '15/03/2031');
    await look(page, '252-new-brand-confirm');
    if (width === WIDTHS.at(-1)) {
      await follow(page, () => page.getByRole('button', { name: 'Conferma ordine con obbligo di pagare' }).click());
      assert.match(orderCode(page), /^CR\d+$/);
      await says(page, 'Cirro Servizi di Prova S.r.l.', '58,56 €');
    }
    await page.close();
  }
});

/* The mail host is a program that says what a file says. */
test('R154 R155 T47 T48 a smaller type takes more space, a typed consent, and sometimes cannot be had', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'casella-brands-')), file = join(folder, 'aruba/brand.yaml'), used = join(folder, 'used.json');
  cpSync(join(home, 'brands/aruba'), join(folder, 'aruba'), { recursive: true });
  writeFileSync(join(folder, 'host'), `#!/bin/sh\ncat > /dev/null\n[ "$1" != usage ] || cat ${used}\n`, { mode: 0o755 });
  const text = readFileSync(file, 'utf8').replace(/^mailhost: \{ by: sql \}/m, `mailhost: { by: command, command: ${join(folder, 'host')} }`);
  assert.match(text, /by: command/);
  writeFileSync(file, text);
  const away = await startDemo('2026-12-20T10:00:00+01:00', '--brands', folder), shop = away.of('aruba');
  t.after(async () => { await away.stop(); rmSync(folder, { recursive: true, force: true }); });
  const [pro, promo, automatic] = await shop.mailboxes([{ plan: 'pro' }, { plan: 'promo' }, { auto_renew: 'true' }]), page = await visitor(browser, { width: 390 });
  await login(page, shop, pro);
  await begin(page, shop, pro);
  assert.equal(await page.locator('input[name=plan_1][value=promo]').count(), 0);
  await look(page, '261-pro');
  const wish = async (mailbox, archive, gb, consent) => {
    writeFileSync(used, JSON.stringify({ used_mb: mailbox, archive_mb: archive }));
    await page.locator('input[name=plan_1][value=standard]').check();
    if (gb !== undefined) await page.getByLabel('Spazio aggiuntivo, in GB', { exact: true }).fill(gb);
    if (consent !== undefined) await page.getByLabel(/^Per confermare, scrivere/).fill(consent);
    await onwards(page);
  };
  await wish(2151, 2253);
  await says(page, "più posta di quanta il tipo scelto ne può contenere");
  await wish(1434, 2253);
  await says(page, 'servono almeno 1 GB aggiuntivi');
  await wish(1434, 2253, '1');
  await says(page, "Con questo tipo l'archivio viene eliminato");
  await look(page, '262-consent');
  await wish(1434, 2253, '1', 'va bene');
  await says(page, 'Per confermare scrivere CANCELLA');
  await wish(1434, 2253, '1', 'cancella');
  await walk(page);
  await says(page, '9,90 €', '3,00 €', '12,90 €', '2,84 €', '15,74 €');
  await follow(page, () => page.getByRole('button', { name: /^Conferma / }).click());
  await says(page, '15,74 €');
  await page.close();

  /* A11: who renews automatically may still change the type, and that alone */
  const auto = await visitor(browser);
  await login(auto, shop, automatic);
  await begin(auto, shop, automatic);
  assert.match(auto.url(), /rinnovo-automatico$/);
  await auto.goto(`${shop.portal}/caselle/${automatic.address}/rinnovo?cambia=1`);
  await says(auto, 'qui si può solo passare a un altro tipo');
  await onwards(auto);
  await says(auto, 'Il rinnovo automatico è attivo');
  await auto.locator('input[name=plan_1][value=pro]').check();
  await onwards(auto);
  assert.equal(await heading(auto), 'Dati intestatario');
  await auto.close();

  /* a promotional product: one or two years */
  const other = await visitor(browser);
  await login(other, shop, promo);
  await begin(other, shop, promo);
  await onwards(other);
  await onwards(other);
  await payBy(other, 'Bonifico');
  await onwards(other);
  assert.deepEqual(await other.locator('input[name=years_1]').evaluateAll((all) => all.map((one) => one.value)), ['1', '2']);
  assert.equal((await post(other, `${wizard(other)}/durata`, { years_1: '3' })).status(), 422);
  await other.close();
});
