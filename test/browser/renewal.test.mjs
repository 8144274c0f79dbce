/* The renewal from the landing page to the invoice, with the mouse, at the width of a phone and of a desk. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { company, confirm, choose, follow, heading, ibanIsValid, login, look, mod97, openMail, orderCode, pay, PASSWORD, payBy, pdfText, readQr, says,
  startBrowser, startDemo, taxCode, visitor, WIDTHS, words } from './support.mjs';

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([startDemo('2026-12-20T10:00:00+01:00'), startBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

const row = (page, years) => page.locator('label.pick').filter({ has: page.locator(`input[name=years][value="${years}"]`) });
const summary = (page) => words(page.locator('aside.sum'));

for (const width of WIDTHS) {
  test(`R1 R8-R22 R27 R31-R35 R37 L14 L19 T1-T3 a mailbox is renewed from the landing page to the invoice at ${width} px`, async () => {
    const mailbox = await demo.mailbox();
    const page = await visitor(browser, { width });

    /* R8-R10 */
    await page.goto(`${demo.portal}/`);
    await says(page, 'Caselle PEC Legalmail', 'indirizzo PEC', 'password del negozio', 'Da 3 mesi prima');
    await look(page, '01-landing');
    await page.getByRole('link', { name: /Caselle PEC Legalmail/ }).click();
    assert.equal(new URL(page.url()).hash, '#accesso');
    await follow(page, () => page.getByRole('link', { name: "Accedi all'Area Clienti" }).click());

    /* R11 */
    await says(page, 'Hai già un account?');
    await look(page, '02-login');
    await page.getByLabel('Indirizzo PEC').fill(mailbox.address);
    await page.getByLabel('Password della casella').fill(PASSWORD);
    await follow(page, () => page.getByRole('button', { name: 'Accedi', exact: true }).click());

    /* R13, R14 */
    assert.equal(await heading(page), 'Le mie caselle');
    await says(page, mailbox.address, 'Bronze', '5 GB', 'Rosa Modelli', '15/03/2027', '30,50 €', '15/03/2028');
    await look(page, '03-area');
    await follow(page, () => page.getByRole('link', { name: 'Dettagli' }).click());
    await says(page, mailbox.contact_email, '15/03/2020', '13/06/2027');
    await look(page, '04-mailbox');
    await follow(page, () => page.getByRole('link', { name: /^Rinnova la casella/ }).click());

    /* R15, T1, T2: a year or more, each with net, VAT, gross and where it leads */
    await look(page, '05-choose');
    for (const [years, net, vat, gross, expires] of [[1, '25,00', '5,50', '30,50', '15/03/2028'], [2, '50,00', '11,00', '61,00', '15/03/2029'],
      [3, '75,00', '16,50', '91,50', '15/03/2030']]) {
      const text = await words(row(page, years));
      for (const part of [`${net} €`, `IVA 22% (${vat} €)`, `${gross} €`, expires]) assert.ok(text.includes(part), `${part} in ${text}`);
      await page.locator(`input[name=years][value="${years}"]`).check();
      for (const part of [`${net} €`, `${vat} €`, `${gross} €`, '15/03/2027', expires]) assert.ok((await summary(page)).includes(part), `${part} beside ${years}`);
    }
    await page.locator('input[name=years][value="2"]').check();

    /* R17-R19 */
    await follow(page, () => page.getByRole('button', { name: 'Vai alla cassa' }).click());
    assert.equal(await heading(page), 'Carrello');
    await says(page, mailbox.address, '2 × 25,00 €', '61,00 €');
    await look(page, '06-cart');
    await follow(page, () => page.getByRole('main').getByRole('link', { name: /^Modifica/ }).click());
    assert.equal(await page.locator('input[name=years][value="1"]').isChecked() || await page.locator('input[name=years][value="2"]').isChecked(), true);
    await page.locator('input[name=years][value="1"]').check();
    await follow(page, () => page.getByRole('button', { name: 'Vai alla cassa' }).click());
    await says(page, '1 × 25,00 €', '30,50 €', '15/03/2028');
    await follow(page, () => page.getByRole('button', { name: /^Togli/ }).click());
    await says(page, 'Il carrello è vuoto');
    await look(page, '07-cart-empty');
    await choose(page, demo, mailbox, 1);
    await follow(page, () => page.getByRole('link', { name: 'Procedi con il pagamento' }).click());

    /* R20, R21, L14: nothing to type, nothing agreed to beforehand, and the button says that it costs */
    await says(page, 'Rosa Modelli', "Via dell'Esempio 7, 00144 Roma (RM), IT", taxCode('MDLRSO80A41Z999'), mailbox.contact_email, 'Seleziona la modalità di pagamento',
      'Bonifico Bancario', '30,50 €');
    assert.equal(await page.locator('input[name=method]:checked, #terms:checked').count(), 0);
    assert.equal(await page.locator('main input[type=text], main input[type=email]').count(), 0);
    await look(page, '08-checkout');
    const [terms] = await Promise.all([page.context().waitForEvent('page'), page.getByRole('link', { name: /leggi le condizioni/ }).click()]);
    await terms.waitForLoadState();
    await says(terms, 'Versione 2026-01');
    await look(terms, '09-terms');
    await terms.close();
    await payBy(page, 'Bonifico');
    await page.locator('#terms').check();
    await follow(page, () => page.getByRole('button', { name: 'Conferma ordine con obbligo di pagare' }).click());

    /* R22, R31, R32 */
    const code = orderCode(page);
    assert.match(code, /^2026\d{11}$/);
    assert.equal(mod97(code), 1, 'check digits of the causale');
    await says(page, 'Manca solo il bonifico', 'Esempio PEC S.p.A.', 'Banca di Prova', 'IT60 X054 2811 1010 0000 0123 456', '30,50 €', 'in attesa di pagamento', '15/03/2028');
    assert.ok(ibanIsValid('IT60X0542811101000000123456'));
    assert.equal((await words(page.locator('.codes .code').first())).replaceAll(' ', ''), code);
    /* from the edge of the sheet, and where there is room in one line */
    const [lines, indent] = await page.locator('.codes').evaluate((list) => { const iban = list.querySelectorAll('.code')[1];
      return [Math.round(iban.clientHeight / parseFloat(getComputedStyle(iban).lineHeight)), parseFloat(getComputedStyle(list).paddingLeft)]; });
    assert.equal(indent, 0);
    if (width === 1280) assert.equal(lines, 1, 'lines of the IBAN');
    await look(page, '10-confirmation');

    /* copying, and the phone's way */
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: demo.url });
    for (const [what, text] of [['la causale', code], ["l'IBAN", 'IT60X0542811101000000123456'], ["l'importo", '30,50']]) {
      await page.getByRole('button', { name: new RegExp(`${what}$`) }).click();
      await page.getByText('Copiato').first().waitFor();
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), text);
    }
    const epc = (await readQr(page.locator('.qr svg'), demo)).split('\n');
    assert.equal(epc[0], 'BCD');
    for (const line of ['SCT', 'Esempio PEC S.p.A.', 'IT60X0542811101000000123456', 'EUR30.5']) assert.ok(epc.some((l) => l === line || l === `${line}0`), `${line} in ${epc}`);
    assert.ok(epc.includes(code));

    /* R33, T3 */
    const link = await page.getByRole('link', { name: /Scarica il PDF/ }).getAttribute('href');
    const sheet = await pdfText(page, demo, link);
    for (const part of ['Esempio PEC S.p.A.', 'Banca di Prova', '30,50', mailbox.address]) assert.ok(sheet.includes(part), `${part} in ${sheet}`);
    for (const part of [code, 'IT60X0542811101000000123456']) assert.ok(sheet.replaceAll(/\s/g, '').includes(part), `${part} in ${sheet}`);

    /* L19 */
    await openMail(page, demo, mailbox.contact_email, new RegExp(code));
    await look(page, '11-mail');
    const letter = page.frameLocator('iframe').locator('body');
    for (const part of [mailbox.address, '30,50 €', 'Esempio PEC S.p.A.', 'Banca di Prova']) assert.ok((await words(letter)).includes(part), part);
    assert.ok((await words(letter)).replaceAll(' ', '').includes(code));

    /* R22: nothing is renewed or invoiced before the money is there */
    await page.goto(`${demo.portal}/caselle`);
    await says(page, 'Rinnovo ordinato: si attendono 30,50 €', '15/03/2027');
    await page.goto(`${demo.portal}/fatture`);
    await says(page, 'Ancora nessuna fattura');
    await look(page, '12-invoices-none');

    await pay(page, demo, code);
    await says(page, 'Accrediti: 1; abbinati: 1; in sospeso: 0', `30,50 € hanno saldato l'ordine ${code}`);
    await look(page, '13-bank');

    /* R27, R34, R37 */
    await page.goto(`${demo.portal}/ordini/${code}`);
    await says(page, 'Rinnovo concluso', 'evaso', '15/03/2028', /Fattura \d+\/2026|Fattura 2026\/\d+/);
    await look(page, '14-order-fulfilled');
    await page.goto(`${demo.portal}/caselle`);
    await says(page, '15/03/2028');
    await look(page, '15-area-renewed');
    await page.goto(`${demo.portal}/ordini`);
    await says(page, code, 'evaso');
    await look(page, '16-orders');
    await page.goto(`${demo.portal}/fatture`);
    await says(page, mailbox.address, '30,50 €', '20/12/2026');
    await look(page, '17-invoices');
    const invoice = await pdfText(page, demo, await page.getByRole('link', { name: /^PDF/ }).getAttribute('href'));
    for (const part of ['25,00', '5,50', '30,50', 'Rosa Modelli', mailbox.address]) assert.ok(invoice.includes(part), `${part} in ${invoice}`);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /^XML/ }).click()]);
    assert.match(download.suggestedFilename(), /^IT01234560587_\w{1,5}\.xml$/);
    const stream = await download.createReadStream();
    let xml = '';
    for await (const part of stream) xml += part;
    for (const part of ['<ImportoTotaleDocumento>30.50<', '<Imposta>5.50<', '<ImponibileImporto>25.00<', mailbox.tax_code]) assert.ok(xml.includes(part), part);

    await openMail(page, demo, mailbox.contact_email, /fattura/i);
    assert.ok((await words(page.frameLocator('iframe').locator('body'))).includes('15/03/2028'));
    const attached = page.getByRole('link', { name: /\.pdf$/ });
    const attachment = await pdfText(page, demo, await attached.getAttribute('href'));
    assert.ok(attachment.includes('30,50') && attachment.includes(mailbox.address));
    await page.close();
  });
}

test('R12 with the e-mail and the password of the shop one comes to the same mailbox', async () => {
  const mailbox = await demo.mailbox();
  const account = await demo.account([mailbox.address]);
  const page = await visitor(browser, { width: 390 });
  await login(page, demo, account);
  await says(page, mailbox.address, '15/03/2027');
  await page.getByRole('link', { name: /^Rinnova la casella/ }).waitFor();
  await page.goto(`${demo.portal}/profilo`);
  await says(page, account.email, 'Cambia la password');
  await look(page, '20-profile');
  await page.close();
});

test('R16 a better type and extra space are offered with their prices, and ordered', async () => {
  const mailbox = await demo.mailbox();
  const page = await visitor(browser);
  await login(page, demo, mailbox);
  await page.goto(`${demo.portal}/caselle/${mailbox.address}/rinnovo`);
  await page.getByText('Cambia tipo o aggiungi spazio').click();
  await says(page, /Bronze \(attuale\) 25,00 € l'anno/, /Silver 39,00 € l'anno/, /Gold 75,00 € l'anno/, /9,00 € l'anno \+ IVA per ogni GB/);
  await look(page, '21-choose-change');
  await page.getByRole('radio', { name: /^Silver/ }).check();
  await page.getByLabel('Spazio aggiuntivo').fill('2');
  await follow(page, () => page.getByRole('button', { name: 'Mostra i prezzi con questa scelta' }).click());
  await look(page, '22-choose-changed');
  /* 39,00 + 2 × 9,00 for the year, and the difference for the 85 days that are left: 20-12-2026 … 15-03-2027 */
  const shown = await words(row(page, 1));
  assert.match(shown, /Silver/);
  assert.ok(shown.includes('39,00 €') && shown.includes('18,00 €'), shown);
  await follow(page, () => page.getByRole('button', { name: 'Vai alla cassa' }).click());
  await says(page, /Silver/, '15/03/2028');
  await look(page, '22-cart-changed');
  const total = await words(page.locator('.total strong'));
  const code = await confirm(page, demo);
  await says(page, total);
  await pay(page, demo, code);
  await page.goto(`${demo.portal}/caselle`);
  await says(page, 'Silver', '10 GB', '15/03/2028');
  await page.close();
});

test('R16 more space than is sold, and a lesser type, are refused beside the field', async () => {
  const mailbox = await demo.mailbox({ plan: 'gold' });
  const page = await visitor(browser);
  await login(page, demo, mailbox);
  const answer = await page.goto(`${demo.portal}/caselle/${mailbox.address}/rinnovo?plan=gold&extra_gb=51`);
  assert.equal(answer.status(), 422);
  await says(page, 'al massimo 50 GB');
  await look(page, '23-choose-refused');
  assert.equal(await page.getByRole('radio', { name: /^Bronze/ }).count(), 0);
  await page.goto(`${demo.portal}/caselle/${mailbox.address}/rinnovo?plan=bronze`);
  await says(page, 'solo passare a un tipo superiore');
  await page.close();
});

test('L14 a business confirms an order in the words of a business', async () => {
  const mailbox = await demo.mailbox(company);
  const page = await visitor(browser);
  await login(page, demo, mailbox);
  await choose(page, demo, mailbox);
  await page.goto(`${demo.portal}/cassa`);
  await says(page, 'Officine Modelli S.r.l.', company.vat_number, 'ZZZ9999');
  assert.equal(await words(page.locator('button[form=checkout]')), 'Conferma ordine');
  await page.close();
});

test('L14 without the conditions nothing is ordered, with or without the browser\'s own check', async () => {
  const mailbox = await demo.mailbox();
  const page = await visitor(browser);
  await login(page, demo, mailbox);
  await choose(page, demo, mailbox);
  await page.goto(`${demo.portal}/cassa`);
  await payBy(page, 'Bonifico');
  await page.locator('#checkout').evaluate((form) => { form.noValidate = true; });
  await follow(page, () => page.getByRole('button', { name: /^Conferma ordine/ }).click());
  await says(page, 'occorre accettare le condizioni');
  await look(page, '24-checkout-terms');
  await page.goto(`${demo.portal}/ordini`);
  await says(page, 'Ancora nessun ordine');
  await page.close();
});

test('R20 billing data: Modifica opens it prefilled, every wrong field is told at its place, and nothing typed is lost', async () => {
  const mailbox = await demo.mailbox();
  const page = await visitor(browser);
  await login(page, demo, mailbox);
  await choose(page, demo, mailbox);
  await page.goto(`${demo.portal}/cassa`);
  await follow(page, () => page.getByRole('link', { name: /^Modifica/ }).click());
  assert.equal(await page.locator('#name').inputValue(), 'Rosa Modelli');
  assert.equal(await page.locator('#tax_code').inputValue(), mailbox.tax_code);
  await look(page, '25-billing');

  const wrongLetter = mailbox.tax_code.slice(0, 15) + (mailbox.tax_code[15] === 'A' ? 'B' : 'A');
  const typed = { name: 'Rosa «Sòfia» Modelli', tax_code: wrongLetter, vat_number: '12345678901', street: 'Via Nuova 12/b', postcode: '0144', city: 'Roma',
    province: 'XX', sdi_code: 'AB12', email: 'rosa@posta' };
  await page.locator('#kind').selectOption('freelance');
  for (const [name, value] of Object.entries(typed)) await page.locator(`#${name}`).fill(value);
  await payBy(page, 'Bonifico');
  await page.locator('#terms').check();
  await page.locator('#checkout').evaluate((form) => { form.noValidate = true; });
  await follow(page, () => page.getByRole('button', { name: /^Conferma ordine/ }).click());

  for (const [name, value] of Object.entries(typed)) assert.equal(await page.locator(`#${name}`).inputValue(), value, name);
  assert.equal(await page.locator('#kind').inputValue(), 'freelance');
  assert.equal(await page.locator('#terms').isChecked(), true);
  for (const [name, text] of [['tax_code', /codice fiscale contiene un errore/], ['vat_number', /partita IVA contiene un errore/], ['postcode', /CAP ha 5 cifre/],
    ['province', /sigla della provincia/], ['sdi_code', /7 caratteri/], ['email', /e-mail completo/]]) {
    assert.match(await words(page.locator(`#${name}-error`)), text);
    assert.equal(await page.locator(`#${name}`).getAttribute('aria-invalid'), 'true');
    assert.match(await page.locator(`#${name}`).getAttribute('aria-describedby'), new RegExp(`\\b${name}-error\\b`));
    await page.locator(`#errors a[href="#${name}"]`).click();
    assert.equal(await page.evaluate(() => document.activeElement.id), name);
  }
  assert.equal(await page.locator('#errors li').count(), 6);
  await look(page, '26-billing-wrong');

  await page.locator('#tax_code').fill(mailbox.tax_code.toLowerCase());
  await page.locator('#vat_number').fill('99900 019 99' + '5');
  await page.locator('#postcode').fill('00144');
  await page.locator('#province').fill('rm');
  await page.locator('#sdi_code').fill('');
  await page.locator('#email').fill('rosa.nuova@posta.example');
  await page.locator('#kind').selectOption('person');
  await page.locator('#vat_number').fill('');
  await follow(page, () => page.getByRole('button', { name: /^Conferma ordine/ }).click());
  await says(page, 'Manca solo il bonifico', 'rosa.nuova@posta.example');
  await page.close();
});

test('R20 a customer whose address is not known is asked for it, once', async () => {
  const nowhere = { street: '', postcode: '', city: '', province: '' };
  const [mailbox, next] = await demo.mailboxes([nowhere, nowhere]);
  const account = await demo.account([mailbox.address, next.address]);
  const page = await visitor(browser, { width: 390 });
  await login(page, demo, account);
  await choose(page, demo, mailbox);
  await page.goto(`${demo.portal}/cassa`);
  assert.equal(await page.locator('#street').inputValue(), '');
  for (const [name, value] of [['street', 'Via Nuova 3'], ['postcode', '10121'], ['city', 'Torino'], ['province', 'TO']]) await page.locator(`#${name}`).fill(value);
  await payBy(page, 'Bonifico');
  await page.locator('#terms').check();
  await follow(page, () => page.getByRole('button', { name: /^Conferma ordine/ }).click());
  const code = orderCode(page);
  await pay(page, demo, code);
  await choose(page, demo, next);
  await page.goto(`${demo.portal}/cassa`);
  await says(page, 'Via Nuova 3, 10121 Torino (TO), IT');
  await page.close();
});

test('R18 several mailboxes go into one cart, one order, one transfer', async () => {
  const [first, second] = await demo.mailboxes([{}, { plan: 'silver', expires_on: '2027-01-31' }]);
  const account = await demo.account([first.address, second.address]);
  const page = await visitor(browser);
  await login(page, demo, account);
  await choose(page, demo, first, 1);
  await follow(page, () => page.getByRole('link', { name: "Rinnova un'altra casella" }).click());
  await says(page, 'Rinnovo scelto, non ancora ordinato');
  await choose(page, demo, second, 2);
  await says(page, '25,00 €', '78,00 €', '103,00 €', '22,66 €', '125,66 €'); /* VAT on the sum of lines, D11 */
  await look(page, '27-cart-two');
  const code = await confirm(page, demo);
  await says(page, first.address, second.address, '125,66 €');
  await look(page, '28-confirmation-two');
  assert.match(await pdfText(page, demo, `${demo.portal}/ordini/${code}/bonifico.pdf`), /e un'altra/);
  await pay(page, demo, code);
  await page.goto(`${demo.portal}/caselle`);
  await says(page, '15/03/2028', '31/01/2029');
  await page.close();
});
