/* The desk's catalogue and reports: what is looked at, and what is changed with care (DOMAIN §7). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WIDTHS, addOperator, enterDesk, follow, heading, look, order, says, startBrowser, startDemo, taxCode, visitor } from './support.mjs';

let demo, browser;
const cookies = {};

/* One login a role; each page of a test begins with its cookies. */
async function operator(role) {
  const page = await visitor(browser);
  await enterDesk(page, demo, await addOperator(demo, role));
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
  const reader = await visitor(browser); // of the guide, who says that it was of use
  await reader.goto(`${demo.portal}/guida`);
  await follow(reader, () => reader.getByRole('button', { name: 'Sì', exact: true }).click());
  await reader.close();
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
      ['abbandoni', 'Abbandoni per mese'], ['code', 'Età delle code'], ['guida', 'Voti alla guida per mese']]) {
      await follow(page, () => page.locator(`.tabs a[href$="/${path}"]`).click());
      assert.equal(new URL(page.url()).pathname, `/office/rapporti/${path}`);
      assert.equal(await heading(page), title);
      if (path === 'rinnovi') await look(page, `office-report-${path}`);
    }
    await says(page, 'Utile', 'Non utile', 'Favorevoli', '100,0 %');
    await look(page, 'office-report-votes');
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
  await page.goto(`${demo.url}/office/rapporti/esportazioni`);
  await page.setViewportSize({ width: 390, height: 844 });
  await look(page, 'office-exports');
  const list = await (await page.context().request.get(`${demo.url}/office/rapporti/caselle.csv?marchio=legalmail`)).text();
  assert.match(list, /indirizzo;user_id;tipo;.*\n[^\n]+@legalmail\.example;/);
  assert.ok(!list.includes('@pec.visura.example'));
  const inipec = await page.context().request.get(`${demo.url}/office/rapporti/inipec.csv?marchio=legalmail&dal=01/01/2020`);
  assert.equal(inipec.status(), 200);
  assert.match(await inipec.text(), /^PEC;/i);
  assert.equal((await page.context().request.get(`${demo.url}/office/rapporti/inipec.csv?marchio=legalmail&dal=ieri`)).status(), 422);
  assert.equal((await page.goto(`${demo.url}/office/rapporti/nessuno`)).status(), 404);
  assert.equal((await page.goto(`${demo.url}/office/rapporti/scadenze?marchio=nessuno`)).status(), 422);
  await page.close();
  const other = await desk('catalogue');
  assert.equal((await other.goto(`${demo.url}/office/rapporti/ricavi`)).status(), 403);
  await other.close();
});

for (const width of WIDTHS) {
  test(`a price is dated by two people, its effect shown before, ${width}`, async () => {
    const plan = width === 390 ? 'Silver' : 'Bronze';
    const page = await desk('catalogue', width);
    await page.goto(`${demo.url}/office/catalogo`);
    assert.equal(new URL(page.url()).pathname.split('/').length, 4);
    await page.goto(`${demo.url}/office/catalogo/legalmail`);
    await says(page, 'Bronze', '25,00 €', 'Silver', '39,00 €');
    await look(page, 'office-catalogue');
    await follow(page, () => page.getByRole('link', { name: `Nuovo prezzo di ${plan}` }).click());
    await page.getByLabel('Vale dal').fill('20/12/2026');
    await page.getByLabel('Prezzo, IVA esclusa').fill('41,00');
    assert.equal((await follow(page, () => page.getByRole('button', { name: "Mostra l'effetto" }).click())).status(), 422);
    await says(page, 'Campo obbligatorio');
    await look(page, 'office-price-wrong');
    await page.getByLabel('Vale dal').fill('01/01/2027');
    await page.getByLabel('Motivo').fill('Listino 2027');
    await follow(page, () => page.getByRole('button', { name: "Mostra l'effetto" }).click());
    await says(page, 'Effetto', '41,00 € + IVA = 50,02 €', 'Carrelli aperti', 'Rinnovi automatici');
    await look(page, 'office-price');
    /* What was changed after it was looked at is not confirmed: it is shown anew. */
    await page.getByLabel('Prezzo, IVA esclusa').fill('42,00');
    await follow(page, () => page.getByRole('button', { name: 'Chiedi la variazione' }).click());
    await says(page, '42,00 € + IVA = 51,24 €');
    await follow(page, () => page.getByRole('button', { name: 'Chiedi la variazione' }).click());
    await says(page, 'decide una seconda persona');
    await page.close();
    const owner = await desk('owner', width);
    await owner.goto(`${demo.url}/office/approvazioni`);
    await follow(owner, () => owner.getByRole('link', { name: new RegExp(`${plan}: 42,00`) }).first().click());
    await follow(owner, () => owner.getByRole('button', { name: 'Approva' }).click());
    await owner.goto(`${demo.url}/office/catalogo/legalmail`);
    await says(owner, '42,00 € dal 01/01/2027', 'Listino 2027', 'Anna owner');
    await look(owner, 'office-catalogue-coming');
    await owner.close();
    const { stdout } = await demo.command('price', 'list', '--brand', 'legalmail');
    assert.match(stdout, new RegExp(`${plan.toLowerCase()} +dal 01/01/2027 +42,00`));
  });
}

for (const width of WIDTHS) {
  test(`what would be sent on a day is counted, and a mail of it read, ${width}`, async () => {
    const page = await desk('catalogue', width);
    await page.goto(`${demo.url}/office/catalogo/legalmail`);
    await follow(page, () => page.getByRole('link', { name: 'Avvisi di un giorno' }).click());
    await page.getByLabel('Giorno').fill('ieri');
    assert.equal((await follow(page, () => page.getByRole('button', { name: 'Mostra' }).click())).status(), 422);
    await page.getByLabel('Giorno').fill('15/01/2027');
    await follow(page, () => page.getByRole('button', { name: 'Mostra' }).click());
    await says(page, 'Messaggi che partirebbero il 15/01/2027', 'giorni alla scadenza: 7');
    await follow(page, () => page.getByRole('link', { name: '-7', exact: true }).click());
    await follow(page, () => page.getByRole('region', { name: 'Destinatari' }).getByRole('link').first().click());
    await says(page, 'Messaggio', '22/01/2027', 'Oggetto');
    assert.ok(!/\/porta\//.test(await page.locator('pre').innerText()), 'no link that lets in');
    await look(page, 'office-forecast');
    await page.close();
  });

  test(`a mail is worded anew, looked at and published by two people, ${width}`, async () => {
    const language = width === 390 ? 'it' : 'en';
    const page = await desk('catalogue', width);
    await page.goto(`${demo.url}/office/catalogo/legalmail/testi?lingua=${language}`);
    await says(page, 'Informativa, letta da chi si registra', '2026-01', 'file del marchio', 'expiry_notice');
    await look(page, 'office-texts');
    await follow(page, () => page.locator('a[href*="/testi/expiry_notice?"]').click());
    await follow(page, () => page.getByRole('link', { name: 'Scrivi una versione da questa' }).click());
    await page.getByLabel('Oggetto').fill('{{mailbox}}: {{scadenza}}');
    const words = await page.getByLabel('Testo', { exact: true }).inputValue();
    await page.getByLabel('Testo', { exact: true }).fill(`${words}\nUna riga in più.`);
    assert.equal((await follow(page, () => page.getByRole('button', { name: 'Salva la bozza' }).click())).status(), 422);
    await says(page, 'Questo testo non ha il campo {{scadenza}}, riga 1');
    assert.match(await page.getByLabel('Testo', { exact: true }).inputValue(), /Una riga in più/);
    await look(page, 'office-text-wrong');
    await page.getByLabel('Oggetto').fill('{{mailbox}}: {{expires_on}}');
    await follow(page, () => page.getByRole('button', { name: 'Salva la bozza' }).click());
    await says(page, 'Bozza salvata', 'studio.verdi@legalmail.example: 15/03/2027', 'Che cosa cambia');
    assert.match(await page.locator('.diff ins').last().innerText(), /Una riga in più/);
    assert.ok(await page.locator('.diff del').count() > 0);
    const frame = page.frameLocator('iframe');
    assert.match(await frame.locator('body').innerText(), /studio\.verdi@legalmail\.example/);
    await look(page, 'office-text-draft');
    const preview = await page.context().request.get(demo.url + await page.locator('iframe').getAttribute('src'));
    assert.match(preview.headers()['content-security-policy'], /sandbox/);
    await page.getByLabel('Motivo').fill('Più breve');
    await follow(page, () => page.getByRole('button', { name: 'Chiedi la pubblicazione' }).click());
    await says(page, 'decide una seconda persona');
    await page.close();
    const owner = await desk('owner', width);
    await owner.goto(`${demo.url}/office/approvazioni`);
    await follow(owner, () => owner.getByRole('link', { name: new RegExp(`expiry_notice, ${language}`) }).first().click());
    await follow(owner, () => owner.getByRole('button', { name: 'Approva' }).click());
    await owner.goto(`${demo.url}/office/catalogo/legalmail/testi/expiry_notice?lingua=${language}`);
    await says(owner, 'in vigore', 'Più breve', 'Anna owner', 'del marchio, sostituita', 'Caso 2');
    await look(owner, 'office-text');
    await owner.close();
  });

  test(`L14 conditions change from a day to come, and an order shows those it accepted, ${width}`, async () => {
    const version = `2027-${width}`;
    const page = await desk('catalogue', width);
    await page.goto(`${demo.url}/office/catalogo/legalmail/testi/terms/bozza`);
    await page.getByLabel('Nome della versione').fill('2026-01');
    await page.getByLabel('Testo', { exact: true }).fill(`${await page.getByLabel('Testo', { exact: true }).inputValue()}\n\nClausola ${version}.`);
    assert.equal((await follow(page, () => page.getByRole('button', { name: 'Salva la bozza' }).click())).status(), 422);
    await page.getByLabel('Nome della versione').fill(version);
    await follow(page, () => page.getByRole('button', { name: 'Salva la bozza' }).click());
    await says(page, `Clausola ${version}`);
    await page.getByLabel('Vale dal').fill('20/12/2026');
    await page.getByLabel('Motivo').fill('Nuova clausola');
    assert.equal((await follow(page, () => page.getByRole('button', { name: 'Chiedi la pubblicazione' }).click())).status(), 422);
    await look(page, 'office-terms-wrong');
    await follow(page, () => page.getByRole('button', { name: 'Elimina la bozza' }).click());
    await says(page, 'tolta');
    const customer = await visitor(browser, { width });
    const code = await order(customer, demo, await demo.mailbox());
    await follow(customer, () => customer.getByRole('link', { name: 'Condizioni accettate' }).click());
    await says(customer, `Versione 2026-01, accettata con l'ordine ${code}`);
    await customer.close();
    const owner = await desk('owner', width);
    await owner.goto(`${demo.url}/office/ordini/${code}`);
    await follow(owner, () => owner.getByRole('link', { name: 'Condizioni accettate' }).click());
    await says(owner, 'Versione 2026-01', code);
    await look(owner, 'office-order-terms');
    await owner.close();
    await page.close();
  });

  test(`T42 a list of members is looked through at the desk and applied, ${width}`, async () => {
    const of = demo.of('fnomceo');
    const member = await of.mailbox({ holder_kind: 'freelance', tax_code: taxCode('MDLRSO80A41H501') });
    const page = await desk('catalogue', width);
    await page.goto(`${demo.url}/office/convenzioni`);
    await look(page, 'office-conventions');
    const row = page.locator('tbody tr').filter({ hasText: 'PEC FNOMCEO' }).first();
    const csv = await page.context().request.get(demo.url + await row.locator('a[href$=".csv"]').getAttribute('href'));
    assert.match(await csv.text(), /^\uFEFFpec;nome;cognome/);
    await follow(page, () => row.locator('a[href$="/elenco"]').click());
    const send = async (text) => {
      await page.locator('#file').setInputFiles({ name: 'iscritti.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
      return follow(page, () => page.getByRole('button', { name: "Controlla l'elenco" }).click());
    };
    assert.equal((await send(`pec;codice_fiscale\nnessuno@pec.fnomceo.example;${member.tax_code}\n`)).status(), 422);
    await says(page, 'Riga 2');
    await send(`pec;codice_fiscale;nome;cognome\n${member.address};${member.tax_code};Rosa;Modelli\n`);
    await says(page, 'Entrano in convenzione', 'Nulla è ancora cambiato');
    await look(page, 'office-roster');
    await follow(page, () => page.getByRole('button', { name: 'Conferma e applica' }).click());
    await says(page, 'Elenco applicato');
    await page.close();
  });
}
