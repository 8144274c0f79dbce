/* A new mailbox is bought: catalogue, request with its draft, names, summary, payment, and the order in the list. At the brand that sells. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { address, begin, buyer, buyUnseen, confirmButton, fill, firm, person, PRICE, requestNumber, reserve, summary, validate } from './buying.mjs';
import { arrive, CARDS, chargedOnce, ordersOf, payByCard } from './paying.mjs';
import { follow, heading, login, look, main, openMail, orderCode, payBy, says, startBrowser, startDemo, taxCode, unique, visitor, WIDTHS } from './support.mjs';

const home = process.env.CASELLA_SOURCE ?? join(dirname(fileURLToPath(import.meta.url)), '../..');
let demo, shop, browser, card;
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
  shop = demo.of('visura');
  card = shop.provider('card');
});
after(async () => { await browser?.close(); await demo?.stop(); });

const faults = async (page) => (await page.locator('#errors li').allInnerTexts()).map((text) => text.trim());
/* Nothing that is only known after Conferma. */
const saysNoCode = async (page) => assert.doesNotMatch(await main(page), /LM\d|IT\d\d ?[A-Z]\d{3}|[Cc]ausale/);

describe('buying a mailbox', { concurrency: 2 }, () => {
  test('R41 R42 R43 P43 the catalogue is public: category, box, types with features, space and price, net and with VAT', async () => {
    for (const width of WIDTHS) {
      const page = await visitor(browser, { width });
      await page.goto(`${shop.portal}/`);
      await page.getByRole('link', { name: 'Acquista una casella PEC' }).waitFor();
      await follow(page, () => page.locator('header').getByRole('link', { name: 'Servizi' }).click());
      await says(page, 'Identità digitale e PEC', 'PEC Legalmail', "da 10,98 € l'anno, IVA inclusa");
      await look(page, '300-services');
      await follow(page, () => page.getByRole('link', { name: /^Accedi a PEC Legalmail/ }).click());
      await says(page, 'Base', '9,00 € + IVA 22%', '10,98 €', '1 GB', 'Antivirus e antispam', 'Plus', '21,96 €', '2 GB e 3 GB di archivio', '2 anni: 18,00 € + IVA', '32,94 €');
      await look(page, '301-offers');
      await follow(page, () => page.getByRole('link', { name: 'Acquista PEC Legalmail Plus' }).click());
      assert.match(page.url(), /\/accedi\?next=.*attivazione%2Fnuova|\/accedi\?next=.*attivazione\/nuova/);
      await page.close();
    }
  });

  test('R43 where nothing is on sale the catalogue says so; a type that is not leads back to those that are', async () => {
    const page = await visitor(browser);
    await page.goto(`${demo.portal}/servizi/pec`);
    await says(page, 'In questo momento nessun tipo di casella è in vendita', 'assistenza@');
    await look(page, '302-offers-empty');
    await page.goto(`${demo.portal}/servizi`);
    await says(page, 'Qui non si vendono servizi nuovi');
    assert.equal(await page.locator('header').getByRole('link', { name: 'Servizi' }).count(), 0);
    await page.close();
    const { page: buying } = await buyer(browser, shop);
    const answer = await buying.goto(`${shop.portal}/attivazione/nuova?tipo=oro`);
    assert.equal(answer.status(), 410);
    await says(buying, 'Quel tipo di casella non è in vendita', 'Base');
    await buying.goto(`${shop.portal}/attivazione/nuova`);
    assert.equal(buying.url(), `${shop.portal}/servizi/pec`);
    await buying.close();
  });

  for (const width of WIDTHS) {
    test(`R39 R44 R46 R47 R54 R59 R64 from the empty client area to the order paid by card, at ${width} px`, async () => {
      const { page, account } = await buyer(browser, shop, { width });
      const holder = person();
      await says(page, 'Nessuna casella collegata');
      await look(page, '310-area-empty');
      await follow(page, () => page.getByRole('link', { name: 'Acquista una casella PEC' }).click());
      await follow(page, () => page.getByRole('link', { name: 'Acquista PEC Legalmail Base' }).click());
      assert.equal(await page.locator('#name').inputValue(), 'Carla Esempi', "what is known of the account is there");
      assert.equal(await page.locator('#email').inputValue(), account.email);
      await look(page, '311-activation');
      await fill(page, holder);
      await validate(page);

      assert.equal(await heading(page), address(holder.names[0]));
      await says(page, 'riservato', 'fino alle 11:00', "Dopo quell'ora il nome torna libero", address(holder.names[1]), 'di scorta');
      await saysNoCode(page);
      await look(page, '312-reserved');
      await summary(page, 'Carta di credito');
      await says(page, address(holder.names[0]), 'riservato fino alle 11:00', 'Carla Esempi', holder.tax_code, 'Preleva da conto prepagato', 'Effettua versamento apposito',
        '10,98 €', 'Recesso entro 14 giorni');
      await saysNoCode(page);
      assert.equal(await page.locator('#start_now').isChecked(), false, 'nothing is chosen for the customer');
      await look(page, '313-purchase');
      await arrive(page, card.origin, () => page.getByRole('button', { name: 'Conferma ordine con obbligo di pagare' }).click());
      await payByCard(page, demo, CARDS.good);

      const code = orderCode(page);
      assert.match(code, /^LM\d+$/);
      assert.equal(await heading(page), 'Ordine in lavorazione');
      await says(page, 'ordine in lavorazione', 'Indirizzo richiesto', address(holder.names[0]), 'Attivazione PEC Legalmail Base, 1 anno');
      await look(page, '314-order-in-process');
      await chargedOnce(card, code, PRICE);
      await page.goto(`${shop.portal}/ordini`);
      await says(page, `Ordine ${code}`, 'ordine in lavorazione');
      await look(page, '315-orders');
      await page.close();
    });
  }

  test('R54 R55 R57 by transfer: code and coordinates only after Conferma, the code is the causale, and the mail says it too', async () => {
    const { page, account } = await buyer(browser, shop, { width: 390 });
    const holder = person();
    await reserve(page, shop, holder);
    await summary(page);
    await saysNoCode(page);
    await follow(page, () => confirmButton(page).click());
    const code = orderCode(page);
    await says(page, 'Manca solo il bonifico', 'in attesa di pagamento', code, 'IT24', '10,98 €', 'si passa al contratto e ai documenti');
    await look(page, '316-order-awaiting');
    await page.goto(`${shop.portal}/ordini`);
    await says(page, `${address(holder.names[0])}: Attivazione PEC Legalmail Base, 1 anno`, 'in attesa di pagamento');
    await openMail(page, demo, account.email, new RegExp(code));
    await page.close();
  });

  test('R50 R51 T11 two ways of paying after the form; the prepaid account: short it cannot be chosen, and after the top-up it pays at once', async () => {
    const { page } = await buyer(browser, shop);
    const id = await reserve(page, shop);
    await follow(page, () => page.getByRole('link', { name: 'Continua', exact: true }).click());
    assert.equal(await page.locator('#method-wallet').isDisabled(), true);
    await says(page, 'Preleva da conto prepagato', 'Effettua versamento apposito', 'Il saldo di 0,00 € non basta');
    await follow(page, () => page.getByRole('link', { name: 'Ricarica il conto' }).click());
    await page.getByLabel('Importo in euro').fill('10,98');
    for (const [field, value] of Object.entries(person())) if (await page.locator(`input#${field}`).count()) await page.locator(`#${field}`).fill(value);
    await payBy(page, 'Carta di credito');
    await page.locator('#terms').check();
    await arrive(page, card.origin, () => page.getByRole('button', { name: 'Ricarica con obbligo di pagare' }).click());
    await payByCard(page, demo, CARDS.good);
    await page.goto(`${shop.portal}/attivazione/${id}/conferma`);
    await payBy(page, 'Preleva da conto prepagato');
    await page.locator('#terms').check();
    await follow(page, () => confirmButton(page).click());
    assert.equal(await heading(page), 'Ordine in lavorazione');
    await page.goto(`${shop.portal}/conto`);
    await says(page, '0,00 €');
    await page.close();
  });

  /* ---- Names ---- */

  test('R48 T8 the first free name is held, the others are noted; there is no code before Conferma', async () => {
    const { page } = await buyer(browser, shop);
    const [taken, free, other] = [unique('preso'), unique('libero'), unique('altro')];
    await shop.mailbox({ address: address(taken) });
    const id = await reserve(page, shop, person({ names: [taken, free, other] }));
    assert.equal(await heading(page), address(free));
    await says(page, `${address(taken)} non disponibile`, `${address(other)} di scorta`);
    await saysNoCode(page);
    assert.deepEqual(await ordersOf(page, shop), []);
    await page.goto(`${shop.portal}/attivazione/${id}/conferma`);
    await says(page, `Indirizzo ${address(free)}`, `Di scorta ${address(other)}`);
    await page.close();
  });

  test('R49 T9 none of the three is free: new ones are asked, whatever the reason it reads the same, and there is no order', async () => {
    const { page } = await buyer(browser, shop, { width: 390 });
    const { page: first } = await buyer(browser, shop);
    const [used, held, gone] = [unique('usato'), unique('tenuto'), unique('sparito')];
    await shop.mailboxes([{ address: address(used) }, { address: address(gone), tax_code: taxCode('VRDGPP70B02Z999') }]);
    execFileSync('python3', ['-c', 'import sqlite3,sys\nc=sqlite3.connect(sys.argv[1],30)\nc.execute("UPDATE mailbox_row SET status=\'deleted\' WHERE id IN (SELECT id FROM mailbox WHERE address=?)",(sys.argv[2],))\nc.commit()',
      join(demo.folder, 'demo.db'), address(gone)]);
    await reserve(first, shop, person({ names: [held, unique('due'), unique('tre')], tax_code: taxCode('BNCLCU85M41Z999') }));
    await begin(page, shop);
    const holder = person({ names: [used, held, gone] });
    await fill(page, holder);
    await validate(page);
    assert.equal(await heading(page), 'Richiesta di attivazione');
    assert.deepEqual(await faults(page), ['Primo nome', 'Secondo nome', 'Terzo nome'].map((name) => `${name}: Non disponibile: proporre un altro nome.`));
    assert.equal(await page.locator('#street').inputValue(), holder.street, 'nothing typed is lost');
    assert.equal(await page.locator('#name_3').inputValue(), gone);
    await look(page, '320-names-taken');
    assert.deepEqual(await ordersOf(page, shop), []);
    await follow(page, () => page.getByRole('link', { name: /^Riprendi/ }).click());
    await page.locator('#name_2').fill(unique('nuovo'));
    await validate(page);
    requestNumber(page, '/nome');
    await page.close();
    await first.close();
  });

  test('R45 T10 names and data that cannot be: all faults at once, at the field and on top, and nothing typed is lost', async () => {
    const { page } = await buyer(browser, shop, { width: 390 });
    const name = unique('mario');
    await begin(page, shop);
    await fill(page, firm({ vat_number: '123', postcode: '1', phone: 'boh', names: ['Mario Rossi!@', 'mario..rossi', 'postmaster'] }));
    const answer = await validate(page);
    assert.equal(answer.status(), 422);
    const told = await faults(page);
    for (const text of ['La partita IVA', 'CAP', 'numero di telefono', 'Primo nome: Usare solo', 'Secondo nome: Usare solo', 'Terzo nome: Questo nome è riservato'])
      assert.ok(told.some((fault) => fault.includes(text)), `${text} in ${told}`);
    for (const field of ['vat_number', 'postcode', 'phone', 'name_1', 'name_2', 'name_3']) {
      assert.equal(await page.locator(`#${field}`).getAttribute('aria-invalid'), 'true', field);
      assert.equal(await page.locator(`#${field}-error`).count(), 1, field);
    }
    assert.equal(await page.locator('#name_1').inputValue(), 'Mario Rossi!@');
    assert.equal(await page.locator('#signer_name').inputValue(), 'Rosa Modelli');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'errors');
    await look(page, '321-activation-wrong');
    await fill(page, { ...firm(), names: [name, name.toUpperCase(), name] });
    await validate(page);
    assert.deepEqual(await faults(page), ['Secondo nome', 'Terzo nome'].map((which) => `${which}: Questo nome è già scritto sopra: proporne uno diverso.`));
    await fill(page, { names: [name.toUpperCase(), `${name}.due`, `${name}.tre`] });
    await validate(page);
    assert.equal(await heading(page), address(name));
    await page.close();
  });

  /* ---- Who ---- */

  test('R45 R158 the fields follow the kind of holder; a company names who signs, the payer is another, and the button says Conferma', async () => {
    for (const script of [true, false]) {
      const { page } = await buyer(browser, shop, { width: script ? 1280 : 390, script });
      const holder = firm();
      await begin(page, shop);
      assert.equal(await page.locator('#signer_name').isVisible(), false);
      assert.equal(await page.locator('#vat_number').isVisible(), false);
      await page.locator('input[name=kind][value=freelance]').check();
      assert.equal(await page.locator('#vat_number').isVisible(), true);
      assert.equal(await page.locator('#signer_name').isVisible(), false);
      await fill(page, holder);
      assert.equal(await page.locator('#signer_name').isVisible(), true);
      await validate(page);
      await follow(page, () => page.getByRole('link', { name: 'Continua', exact: true }).click());
      await says(page, 'Officine Modelli S.r.l.', 'Firma Rosa Modelli', 'Acquista Carla Esempi');
      assert.equal(await page.locator('#start_now').count(), 0, 'withdrawing is for consumers');
      await follow(page, () => page.getByRole('link', { name: 'Modifica i dati di fatturazione' }).click());
      await page.locator('#kind').selectOption('person');
      for (const [field, value] of Object.entries({ name: 'Carla Esempi', tax_code: taxCode('SMPCRL80A41Z999'), vat_number: '', sdi_code: '' }))
        await page.locator(`#${field}`).fill(value);
      await follow(page, () => page.getByRole('button', { name: 'Conferma ordine con obbligo di pagare' }).click());
      assert.equal((await faults(page)).length, 2, 'how to pay, and the conditions');
      if (script) await look(page, '330-purchase-wrong'); /* axe is a script */
      await payBy(page, 'Bonifico');
      await page.locator('#terms').check();
      await follow(page, () => confirmButton(page).click());
      await says(page, 'Manca solo il bonifico', 'Titolare Officine Modelli S.r.l.');

      await reserve(page, shop, firm());
      await follow(page, () => page.getByRole('link', { name: 'Continua', exact: true }).click());
      await says(page, 'Intesta la fattura al titolare, Officine Modelli S.r.l.');
      await follow(page, () => page.getByRole('link', { name: /^Intesta la fattura al titolare/ }).click());
      await payBy(page, 'Bonifico');
      await page.locator('#terms').check();
      assert.equal((await confirmButton(page).innerText()).trim(), 'Conferma');
      await follow(page, () => confirmButton(page).click());
      await says(page, 'Manca solo il bonifico');
      await page.close();
    }
  });

  test('L14 L15 who asks that the service begin at once says so; a wrong price is shown again, not charged', async () => {
    const { page } = await buyer(browser, shop);
    await reserve(page, shop);
    await summary(page);
    await page.locator('#start_now').check();
    await page.locator('input[name=total_cents]').evaluate((input) => { input.value = '1'; });
    await follow(page, () => confirmButton(page).click());
    assert.equal(await page.locator('#start_now').isChecked(), true);
    assert.match((await faults(page)).join(), /10,98/);
    assert.equal(await page.locator('input[name=total_cents]').inputValue(), String(PRICE));
    await payBy(page, 'Bonifico');
    await page.locator('#terms').check();
    await follow(page, () => confirmButton(page).click());
    const [started] = JSON.parse(execFileSync('python3', ['-c', 'import sqlite3,sys,json\nc=sqlite3.connect(sys.argv[1],30)\nprint(json.dumps(c.execute("SELECT start_now FROM activation_request r JOIN shop_order o ON o.id=r.order_id WHERE o.code=?",(sys.argv[2],)).fetchone()))',
      join(demo.folder, 'demo.db'), orderCode(page)], { encoding: 'utf8' }));
    assert.equal(started, 1);
    await page.close();
  });

  test('R39 a mailbox\'s password is not enough; another account\'s request reads like a page that does not exist', async () => {
    const mailbox = await shop.mailbox();
    const page = await visitor(browser, { width: 390 });
    await login(page, shop, mailbox);
    assert.equal((await page.goto(`${shop.portal}/attivazione/nuova?tipo=base`)).status(), 403);
    await says(page, 'Per acquistare serve un account', mailbox.address);
    await look(page, '331-need-account');
    await page.close();
    const { page: mine } = await buyer(browser, shop), { page: other } = await buyer(browser, shop);
    const id = await reserve(mine, shop);
    const unknown = await (await other.goto(`${shop.portal}/attivazione/999999`)).text();
    for (const rest of ['', '/nome', '/conferma', '/elimina']) {
      const answer = await other.goto(`${shop.portal}/attivazione/${id}${rest}`);
      assert.equal(answer.status(), 404, rest);
      assert.equal((await answer.text()).replaceAll(/csrf" value="\w+"/g, ''), unknown.replaceAll(/csrf" value="\w+"/g, ''));
    }
    await mine.close();
    await other.close();
  });

  /* ---- Drafts ---- */

  test('R45 T13 a draft survives the logout, is listed with Riprendi, and can be thrown away; leaving before Conferma leaves no order', async () => {
    const { page, account } = await buyer(browser, shop, { width: 390 });
    await begin(page, shop);
    await fill(page, { street: 'Via Lunga 1', names: ['Non Va!', '', ''], years: 2 });
    await follow(page, () => page.getByRole('button', { name: 'Salva e continua dopo' }).click());
    assert.match(page.url(), /\/ordini\?salvata=\d+$/);
    await says(page, 'Richiesta salvata', 'Da completare', 'PEC Legalmail Base, 2 anni', 'Non Va!');
    await look(page, '340-orders-draft');
    await follow(page, () => page.getByRole('button', { name: 'Esci' }).click());
    await login(page, shop, account);
    await says(page, 'Da completare');
    await look(page, '341-area-draft');
    await follow(page, () => page.getByRole('link', { name: /^Riprendi/ }).click());
    assert.equal(await page.locator('#street').inputValue(), 'Via Lunga 1');
    assert.equal(await page.locator('#name_1').inputValue(), 'Non Va!');
    assert.equal(await page.locator('input[name=years]:checked').inputValue(), '2');
    const holder = person();
    await fill(page, holder);
    await validate(page);
    await summary(page);
    await follow(page, () => page.getByRole('link', { name: 'Annulla' }).click());
    assert.equal(await heading(page), 'Eliminare la richiesta?');
    await look(page, '342-draft-drop');
    await follow(page, () => page.getByRole('link', { name: 'Conservala per dopo' }).click());
    await says(page, address(holder.names[0]), 'Riservato fino alle');
    assert.deepEqual(await ordersOf(page, shop), []);
    await saysNoCode(page);
    const id = requestNumberOf(await page.getByRole('link', { name: /^Riprendi/ }).getAttribute('href'));
    await follow(page, () => page.getByRole('link', { name: /^Elimina/ }).click());
    await follow(page, () => page.getByRole('button', { name: 'Elimina la richiesta' }).click());
    assert.equal(await page.getByText('Da completare').count(), 0);
    assert.equal((await page.goto(`${shop.portal}/attivazione/${id}`)).status(), 409);
    /* its name is free again */
    const { page: next } = await buyer(browser, shop);
    await reserve(next, shop, person({ names: holder.names, tax_code: taxCode('BNCLCU85M41Z999') }));
    assert.equal(await heading(next), address(holder.names[0]));
    await next.close();
    await page.close();
  });

  test('R54 two clicks, the button back and two tabs make one request and one order', async () => {
    const { page } = await buyer(browser, shop);
    const holder = person();
    await begin(page, shop);
    const empty = page.url();
    await fill(page, holder);
    await follow(page, () => page.getByRole('button', { name: 'Valida', exact: true }).dblclick());
    const id = requestNumber(page, '/nome');
    await page.goBack();
    assert.equal(page.url(), empty);
    await says(page, 'Da completare', address(holder.names[0]));
    await follow(page, () => page.getByRole('link', { name: /^Riprendi/ }).click());
    assert.equal(requestNumber(page, '/conferma'), id);
    await page.goto(`${shop.portal}/attivazione/${id}/nome`);

    await begin(page, shop); /* another, with a mistake, is sent again by loading its page anew */
    await fill(page, { names: ['no!', '', ''] });
    await validate(page);
    await follow(page, () => page.reload());
    await page.goto(`${shop.portal}/ordini`);
    assert.equal(await page.getByRole('link', { name: /^Riprendi/ }).count(), 2);
    await page.goto(`${shop.portal}/attivazione/${id}/nome`);

    const tab = await page.context().newPage();
    await tab.goto(`${shop.portal}/attivazione/${id}/conferma`);
    await payBy(tab, 'Bonifico');
    await tab.locator('#terms').check();
    await summary(page);
    await follow(page, () => confirmButton(page).dblclick());
    const code = orderCode(page);
    await follow(tab, () => confirmButton(tab).click());
    assert.equal(orderCode(tab), code, 'the other tab finds the order');
    await tab.goto(`${shop.portal}/attivazione/${id}`);
    assert.equal(orderCode(tab), code);
    await page.goBack();
    assert.deepEqual(await ordersOf(page, shop), [code]);
    await page.close();
  });

  test('R43 another type is chosen in the request, and its prices are shown', async () => {
    for (const script of [true, false]) {
      const { page } = await buyer(browser, shop, { width: 390, script });
      await begin(page, shop);
      await fill(page, { street: 'Via Lunga 1' });
      await page.locator('details.more summary').click();
      await page.locator('input[name=plan][value=plus]').check();
      await follow(page, () => page.getByRole('button', { name: 'Mostra i prezzi con questo tipo' }).click());
      await says(page, 'PEC Legalmail Plus', '21,96 €');
      assert.equal(await page.locator('#street').inputValue(), 'Via Lunga 1');
      await page.close();
    }
  });

  test('L20 the whole way by keyboard alone', async () => {
    const { page } = await buyer(browser, shop);
    const holder = person();
    const to = async (wanted) => {
      for (let i = 0; i < 80; i++) {
        await page.keyboard.press('Tab');
        if (await wanted.evaluate((element) => element === document.activeElement)) return;
      }
      assert.fail(`${wanted} is not reached by Tab on ${page.url()}`);
    };
    const type = async (id, text) => {
      await to(page.locator(`#${id}`));
      await page.keyboard.press('Control+A');
      await page.keyboard.type(text);
    };
    const press = (key) => follow(page, () => page.keyboard.press(key));
    await page.goto(`${shop.portal}/servizi/pec`);
    await to(page.getByRole('link', { name: 'Acquista PEC Legalmail Base' }));
    await press('Enter');
    for (const id of ['tax_code', 'street', 'postcode', 'city', 'province', 'phone']) await type(id, holder[id]);
    await type('name_1', holder.names[0]);
    await press('Enter'); /* as if «Valida» were pressed */
    assert.equal(await page.evaluate(() => document.activeElement.id), 'errors');
    assert.deepEqual(await faults(page), ['Secondo nome: campo obbligatorio.', 'Terzo nome: campo obbligatorio.']);
    await to(page.locator('#errors a').first());
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'name_2');
    await page.keyboard.type(holder.names[1]);
    await type('name_3', holder.names[2]);
    await press('Enter');
    await to(page.getByRole('link', { name: 'Continua', exact: true }));
    await press('Enter');
    await to(page.locator('input[name=method]:not(:disabled)').first());
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.locator('input[name=method]:checked').inputValue(), 'bank_transfer');
    await to(page.locator('#terms'));
    await page.keyboard.press('Space');
    await to(confirmButton(page));
    await press('Enter');
    await says(page, 'Manca solo il bonifico', orderCode(page));
    await page.close();
  });

  test('R63 the list with many orders goes on page by page, with the drafts on the first', async () => {
    const { page } = await buyer(browser, shop);
    const codes = [];
    for (let i = 0; i < 22; i++) codes.unshift(await buyUnseen(page, shop));
    await reserve(page, shop);
    await page.goto(`${shop.portal}/ordini`);
    await says(page, 'Da completare');
    const first = await ordersOf(page, shop);
    await follow(page, () => page.getByRole('link', { name: 'Avanti' }).click());
    assert.equal(await page.getByText('Da completare').count(), 0);
    const rest = await page.locator('ul.rows a[href*="/ordini/LM"]').evaluateAll((links) => links.map((link) => link.href.match(/LM\d+/)[0]));
    assert.deepEqual([...first, ...rest], codes);
    await page.close();
  });
});

const requestNumberOf = (href) => /\/attivazione\/(\d+)/.exec(href)[1];

/* ---- What changes while one is away ---- */

describe('while one was away', () => {
  let away, folder;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'casella-brands-'));
    cpSync(join(home, 'brands'), folder, { recursive: true });
    const file = join(folder, 'visura/brand.yaml');
    const text = readFileSync(file, 'utf8').replace('    features: [Archivio di sicurezza,', '    sold_until: 2026-12-21\n    note: Prezzo di lancio.\n    max_years: 2\n    features: [Archivio di sicurezza,');
    assert.match(text, /sold_until/);
    writeFileSync(file, text);
    away = (await startDemo('2026-12-20T10:00:00+01:00', '--brands', folder)).of('visura');
  });
  after(async () => { await away?.stop(); rmSync(folder, { recursive: true, force: true }); });

  test('R43 a promotion is told with its terms; R47 a hold that ran out is taken again by the order, unless somebody else has the name', async () => {
    const { page } = await buyer(browser, away), { page: quick } = await buyer(browser, away);
    await page.goto(`${away.portal}/servizi/pec`);
    await says(page, 'In promozione. Prezzo di lancio. Si acquista fino al 21/12/2026. Per 2 anni al massimo.');
    await look(page, '350-offers-promotion');
    const [mine, lost] = [person(), person()];
    const kept = await reserve(page, away, mine), gone = await reserve(page, away, lost);
    await away.setClock('2026-12-20T11:00:01+01:00');
    await page.goto(`${away.portal}/attivazione/${kept}/nome`);
    assert.equal(new URL(page.url()).pathname, `/b/visura/attivazione/${kept}`);
    await says(page, 'Il nome non è più riservato', 'I dati ci sono ancora tutti');
    await look(page, '351-hold-over');
    await reserve(quick, away, person({ names: lost.names, tax_code: taxCode('BNCLCU85M41Z999') }));
    assert.equal(await heading(quick), address(lost.names[0]));

    await page.goto(`${away.portal}/attivazione/${kept}/conferma`);
    await says(page, 'La riserva è finita');
    await payBy(page, 'Bonifico');
    await page.locator('#terms').check();
    await follow(page, () => confirmButton(page).click());
    orderCode(page);

    await page.goto(`${away.portal}/attivazione/${gone}/conferma`);
    await payBy(page, 'Bonifico');
    await page.locator('#terms').check();
    await follow(page, () => confirmButton(page).click());
    await says(page, 'Il nome non è più riservato');
    assert.equal((await ordersOf(page, away)).length, 1);
    await page.goto(`${away.portal}/attivazione/${gone}`);
    await validate(page);
    assert.equal(await heading(page), address(lost.names[1]), 'the second name is held now');
    await page.close();
    await quick.close();
  });

  test('R43 a type that is no longer on sale when one comes back: another is chosen, the rest is kept', async () => {
    const { page, account } = await buyer(browser, away, { width: 390 });
    const id = await reserve(page, away, person(), 'Plus');
    await away.setClock('2026-12-22T10:00:00+01:00');
    await page.goto(`${away.portal}/accedi`);
    await login(page, away, account);
    await page.goto(`${away.portal}/attivazione/${id}/conferma`);
    await says(page, 'Richiesta di attivazione', 'Questo tipo di casella non è più in vendita');
    await look(page, '352-plan-gone');
    await page.locator('input[name=plan][value=base]').check();
    await follow(page, () => page.getByRole('button', { name: 'Mostra i prezzi con questo tipo' }).click());
    await validate(page);
    await summary(page);
    await says(page, 'PEC Legalmail Base, 1 GB');
    await follow(page, () => confirmButton(page).click());
    await says(page, 'Manca solo il bonifico');
    await page.close();
  });
});
