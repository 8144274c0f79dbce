/* Renewing a mailbox by its user-id and address (R75-R119): whoever has an account of the portal, from the menu to the summary mail. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { company, follow, heading, login, look, main, onwards, openMail, orderCode, pay, PASSWORD, pdfText, says, startBrowser, startDemo, taxCode, unique,
  visitor, WIDTHS } from './support.mjs';

let demo, shop, browser;
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
  shop = demo.of('visura');
});
after(async () => { await browser?.close(); await demo?.stop(); });

let made = 0;
/* Somebody else's mailbox, with a user-id. */
const theirs = (values = {}) => shop.mailbox({ user_id: `VIS90${String(++made).padStart(5, '0')}`, holder_name: 'Teresa Titolare', tax_code: taxCode('TTLTRS80A41H501'),
  street: 'Via del Segreto 9', ...values });

/* Somebody with an account and no mailbox of his own, at «Dati Rinnovo». */
async function payer(width, options = {}) {
  const page = await visitor(browser, { width, ...options });
  const account = await shop.account([], { userName: unique('pagante').replaceAll('_', '') });
  await login(page, shop, account);
  return { page, account };
}
async function toData(page) {
  await follow(page, () => page.getByRole('link', { name: 'Rinnovo PEC', exact: true }).click());
  await follow(page, () => page.getByRole('link', { name: 'Rinnova', exact: true }).click());
  assert.equal(await heading(page), 'Dati Rinnovo');
}
async function give(page, userId, address) {
  await page.getByLabel('User', { exact: false }).first().fill(userId);
  await page.getByLabel('Pec da Rinnovare').fill(address);
  return onwards(page);
}
async function fillBilling(page) {
  await page.locator('#kind').selectOption('company');
  for (const [id, value] of Object.entries({ name: 'Studio Modelli S.r.l.', tax_code: company.tax_code, vat_number: company.vat_number, street: 'Via Roma 1', postcode: '00185',
    city: 'Roma', province: 'RM', sdi_code: 'ZZZ9999' })) if (await page.locator(`#${id}`).count()) await page.locator(`#${id}`).fill(value);
  return onwards(page);
}
const hides = async (page) => {
  const text = await page.content();
  for (const secret of ['Teresa Titolare', taxCode('TTLTRS80A41H501'), 'Via del Segreto']) assert.ok(!text.includes(secret), `${page.url()} shows ${secret}`);
};

describe('renewing by user-id', { concurrency: 2 }, () => {
  for (const [width, script] of [[390, false], [1280, true]]) {
    test(`R78-R85 R88 R90 R91 R93-R100 R102-R110 R113-R116 RI118 T26 T35 from the menu to the summary mail, at ${width} px ${script ? 'with' : 'without'} script`, async () => {
      const mailbox = await theirs({ expires_on: '2026-11-05' });
      const { page, account } = await payer(width, { script });
      const seen = async (name) => {
        await hides(page);
        assert.doesNotMatch(await main(page), /\d\.\d\d(?!\d)/, 'amounts have a comma (RI118)');
        if (script) await look(page, name);
      };
      await follow(page, () => page.getByRole('link', { name: 'Rinnovo PEC', exact: true }).click());
      await says(page, 'Rinnovo PEC', 'Il servizio permette', 'Prelevando dal conto prepagato', /Assegno Bollettino postale Bonifico [Bb]ancario Carta di credito/, 'KVIS, KLX o HLH',
        'assistenza@visura.example', '+39 06 5550 0200');
      await seen('160-lookup');
      const guide = await pdfText(page, demo, await page.getByRole('link', { name: /Scarica la guida/ }).getAttribute('href'));
      assert.match(guide, /Guida al rinnovo PEC[^]*Da 3 mesi prima della scadenza a 6 mesi dopo/);
      await follow(page, () => page.getByRole('link', { name: 'Rinnova', exact: true }).click());
      await seen('161-data');
      const wrong = await give(page, 'VIS0000000', mailbox.address);
      assert.equal(wrong.status(), 422);
      await says(page, 'User-id e indirizzo non corrispondono a una casella');
      await seen('162-data-wrong');
      await give(page, ` ${mailbox.user_id.toLowerCase()} `, mailbox.address);

      assert.equal(await heading(page), 'Anni Rinnovo');
      await says(page, mailbox.address, mailbox.user_id, 'Scadenza attuale 05/11/2026', /già trascorsi 45 giorni/, 'Rinnovo PEC annuale 9,00 € IVA esclusa',
        'Nuova scadenza dopo il rinnovo: 05/11/2027', 'Rinnovo PEC 3 anni 27,00 €');
      await seen('163-years');
      assert.equal(await page.getByRole('button', { name: 'Avanti', exact: true }).count(), 1);
      await follow(page, () => page.getByRole('link', { name: 'Indietro', exact: true }).click());
      assert.equal(await heading(page), 'Dati Rinnovo');
      await onwards(page);
      assert.equal(await heading(page), 'Anni Rinnovo');
      await page.locator('input[name=years][value="1"]').check();
      await onwards(page);
      await says(page, 'Preleva da Conto Prepagato', 'Effettua versamento apposito', 'Il saldo di 0,00 € non basta.');
      await seen('164-funds');
      await page.locator('input[name=funds][value=dedicated]').check();
      await onwards(page);
      await says(page, 'Hai scelto di pagare effettuando un apposito versamento.', '22,00', '9,00 €', '10,98 €', 'Vuoi versare con',
        /Assegno.*Bollettino postale.*Bonifico [Bb]ancario.*Carta di credito/);
      await seen('165-means');
      await page.locator('input[name=method][value=bank_transfer]').check();
      await onwards(page);
      await seen('166-billing');
      await fillBilling(page);

      assert.equal(await heading(page), 'Modulo Versamento');
      await says(page, 'Riepilogo Pagamento', 'Studio Modelli S.r.l.', company.vat_number, account.email, 'Importo da versare 10,98 €', 'ABI 05428', 'CAB 11101', 'CIN D', 'CIN.INT IT24',
        'IT24 D054 2811 1010 0000 0654 321', '+39 06 5550 0209', 'contabili@visura.example');
      assert.ok(!/RLM\d/.test(await page.content()), 'no code before Conferma');
      await seen('167-voucher');
      await page.locator('#terms').check();
      await follow(page, () => page.getByRole('button', { name: 'Conferma', exact: true }).click());
      const code = orderCode(page);
      assert.match(code, /^RLM\d+$/);
      await says(page, 'Operazione completata con successo', code, 'È obbligatorio riportarlo nella causale', 'per fax al +39 06 5550 0209', 'Manca solo il bonifico');
      await seen('168-done');

      await pay(page, demo, code);
      await page.goto(`${shop.portal}/ordini`);
      await follow(page, () => page.locator(`main a[href$="/ordini/${code}"]`).first().click());
      assert.equal(await heading(page), 'Rinnovo concluso');
      await says(page, '05/11/2027', mailbox.address);
      await hides(page);
      await openMail(page, demo, account.email, /^Rinnovo concluso per/);
      await openMail(page, demo, mailbox.contact_email, new RegExp(mailbox.address.split('@')[0]));
      await page.close();
    });
  }

  for (const width of WIDTHS) {
    test(`RI117 T29 a convention names its Ordine and leaves no choice of years, at ${width} px`, async () => {
      const mailbox = await theirs({ expires_on: '2027-02-22', convention: 'avvocati' });
      const { page } = await payer(width);
      await toData(page);
      await give(page, mailbox.user_id, mailbox.address);
      await says(page, 'Ordine degli Avvocati di prova', '18,00 € IVA esclusa', 'Scadenza attuale 22/02/2027', 'Nuova scadenza dopo il rinnovo 22/02/2029');
      assert.equal(await page.locator('input[name=years]').count(), 0);
      await hides(page);
      await look(page, '170-convention');
      await page.locator('form#step').evaluate((form) => form.insertAdjacentHTML('beforeend', '<input type="hidden" name="years" value="5">'));
      const refused = await onwards(page);
      assert.equal(refused.status(), 422);
      await says(page, 'Durata non in vendita');
      await look(page, '171-convention-five');
      await onwards(page);
      await says(page, 'Totale, IVA inclusa 21,96 €');
      await page.close();
    });
  }

  test('R75 R77 R86 R87 RI119 T27 T28 each refusal has words of its own', async () => {
    const [early, late, fine] = [await theirs({ expires_on: '2027-09-01' }), await theirs({ expires_on: '2026-06-01' }), await theirs()];
    const { page, account } = await payer(390);
    await toData(page);
    for (const userId of ['kvis0012', 'KLX77', 'hlh9']) {
      const answer = await give(page, userId, fine.address);
      assert.equal(answer.status(), 409, userId);
      await says(page, 'non si rinnovano online', 'Customer Care: assistenza@visura.example');
    }
    await look(page, '172-excluded');
    await give(page, account.email, fine.address);
    await says(page, 'Questo è il nome con cui si accede al portale');
    await look(page, '173-login-name');
    await give(page, early.user_id, early.address);
    await says(page, 'Il rinnovo si apre il 01/06/2027');
    await give(page, late.user_id, late.address);
    await says(page, 'Il rinnovo era possibile fino al 01/12/2026', 'acquistata di nuovo');
    await look(page, '174-too-late');
    for (let i = 0; i < 5; i++) await give(page, 'XKVIS1', fine.address);
    const waits = await give(page, fine.user_id, fine.address);
    assert.equal(waits.status(), 429);
    await says(page, 'Troppi tentativi');
    await page.close();
  });

  test('R105 R114 a cheque bears the code on its back, and wants no proof; a day gone by is one', async () => {
    const mailbox = await theirs({ expires_on: '2026-12-19' });
    const { page } = await payer(390);
    await says(page, 'Per rinnovarne una bastano la sua user-id e il suo indirizzo PEC');
    await toData(page);
    await give(page, mailbox.user_id, mailbox.address);
    await says(page, 'del nuovo periodo è già trascorso 1 giorno.');
    await page.locator('input[name=years][value="3"]').check();
    await page.locator('aside.sum .total strong', { hasText: '32,94 €' }).waitFor(); /* before it is sent */
    await onwards(page);
    await page.locator('input[name=funds][value=dedicated]').check();
    await onwards(page);
    await page.locator('input[name=method][value=cheque]').check();
    await onwards(page);
    await fillBilling(page);
    await says(page, 'è obbligatorio scriverlo sul retro dell\'assegno');
    assert.doesNotMatch(await main(page), /causale|copia del versamento/);
    await look(page, '176-voucher-cheque');
    await page.locator('#terms').check();
    await follow(page, () => page.getByRole('button', { name: 'Conferma', exact: true }).click());
    await says(page, 'Operazione completata con successo', 'È obbligatorio scriverlo sul retro dell\'assegno', '32,94 €');
    assert.doesNotMatch(await main(page), /causale/);
    await look(page, '177-done-cheque');
    await page.close();
  });

  test('R110 Annulla leaves nothing; the back button and a second tab stay where they were', async () => {
    const mailbox = await theirs();
    const { page } = await payer(1280);
    await toData(page);
    await give(page, mailbox.user_id, mailbox.address);
    await page.locator('input[name=years][value="2"]').check();
    await onwards(page);
    const way = page.url();
    const tab = await page.context().newPage();
    await tab.goto(way);
    await tab.locator('input[name=funds][value=dedicated]').check();
    await onwards(tab);
    assert.equal(await heading(tab), 'Mezzo di pagamento');
    await page.goBack();
    assert.equal(await page.locator('input[name=years][value="2"]').isChecked(), true);
    await tab.close();
    await follow(page, () => page.getByRole('button', { name: 'Annulla' }).click());
    await page.goto(`${shop.portal}/ordini`);
    assert.ok(!/RLM\d/.test(await main(page)));
    await page.goto(way);
    assert.ok(!(await main(page)).includes(mailbox.address), 'nothing is left of it');
    await page.close();
  });

  test('R79 who came in with a mailbox is led to an account, and renews his own without a user-id', async () => {
    const mailbox = await theirs();
    const page = await visitor(browser, { width: 390 });
    await login(page, shop, { address: mailbox.address, password: PASSWORD });
    await page.goto(`${shop.portal}/rinnovo-pec/dati`);
    assert.equal(await heading(page), "Per rinnovare un'altra casella serve un account");
    await look(page, '175-need-account');
    await page.goto(`${shop.portal}/caselle/${mailbox.address}/rinnovo`);
    assert.equal(await heading(page), 'Anni Rinnovo');
    await page.close();
  });
});
