/* Paying online: by card, PayPal and Stripe, at providers that play beside the demonstration; refused, turned back from, unanswered,
 * told twice, and in two tabs at once. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { arrive, CARDS, chargedOnce, checkout, chooseAnother, confirmButton, holdGo, ordersOf, payByCard, payByPaypal, payButton, paymentsOf, reloadUntil,
  toCheckout, toProvider, tryAgain, typeCard, watchPayments } from './paying.mjs';
import { choose, follow, heading, login, look, openMail, orderCode, payBy, pdfText, says, scales, startBrowser, startDemo, visitor, WIDTHS } from './support.mjs';

let demo, browser, card, paypal, mailboxes;
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
  card = demo.provider('card');
  paypal = demo.provider('paypal');
  mailboxes = await demo.mailboxes(Array(18).fill({}));
});
const fresh = () => mailboxes.pop() ?? demo.mailbox();
after(async () => { await browser?.close(); await demo?.stop(); });

const PRICE = 3050;
const renewed = async (page) => {
  assert.equal(await heading(page), 'Rinnovo concluso');
  await says(page, 'evaso', 'Il pagamento è arrivato, la casella è rinnovata', '15/03/2028', 'Scarica PDF');
};

describe('paying online', { concurrency: 2 }, () => {
  for (const width of WIDTHS) {
    test(`R161 by card, from the checkout over the bank's page to the renewed mailbox, at ${width} px`, async () => {
      const mailbox = await fresh();
      const page = await visitor(browser, { width });
      const payments = watchPayments(page);
      await toCheckout(page, demo, mailbox, 'Carta di credito');
      await says(page, 'Seleziona la modalità di pagamento', 'Carta di credito', 'PayPal', 'Bonifico Bancario');
      await look(page, '100-checkout-methods');
      await arrive(page, card.origin, () => confirmButton(page).click());
      await says(page, 'Collegamento a Banca', '30,50');
      await look(page, '101-bank-page');

      await holdGo(page, `${demo.portal}${payments[0]}/vai`);
      await says(page, 'Si passa alla pagina', '30,50 €');
      await look(page, '102-go');
      await arrive(page, card.origin, () => page.getByRole('link', { name: 'Collegamento a Banca' }).click());
      await payByCard(page, demo, CARDS.good);

      const code = orderCode(page);
      await renewed(page);
      await says(page, 'Carta di credito, 20/12/2026');
      await look(page, '103-order-paid');
      await chargedOnce(card, code, PRICE);
      const invoice = await page.getByRole('link', { name: 'Scarica PDF' }).getAttribute('href');
      assert.match(await pdfText(page, demo, invoice), /30,50/);
      await page.goto(`${demo.portal}/caselle`);
      await says(page, '15/03/2028');
      await openMail(page, demo, mailbox.contact_email, /^Rinnovo concluso per .*fattura/);
      await page.close();
    });
  }

  test('R161 a refused card is told on the order\'s page; another one pays the same order', async () => {
    const mailbox = await fresh();
    const page = await visitor(browser, { width: 390 });
    await toProvider(page, demo, mailbox, 'Carta di credito', card);
    await payByCard(page, demo, CARDS.refused);
    const code = orderCode(page);
    await says(page, 'in attesa di pagamento', 'Pagamento non riuscito', 'Nulla è stato addebitato', "L'ordine resta valido");
    await look(page, '104-order-refused');
    await follow(page, () => page.getByRole('link', { name: 'Scegli un altro modo' }).click());
    assert.equal(await heading(page), 'Come pagare');
    await says(page, 'Pagamento non riuscito');
    await look(page, '105-pay');
    await page.goto(`${demo.portal}/ordini/${code}`);
    await tryAgain(page, card);
    await payByCard(page, demo, CARDS.expired);
    await says(page, 'Pagamento non riuscito', 'rifiutato dalla banca o dal circuito');
    await tryAgain(page, card);
    await payByCard(page, demo, CARDS.good);
    await renewed(page);
    assert.deepEqual(await ordersOf(page, demo), [code]);
    await chargedOnce(card, code, PRICE);
    await page.close();
  });

  test('R161 who turns back at the bank finds the order waiting, and pays it by transfer', async () => {
    const mailbox = await fresh();
    const page = await visitor(browser);
    await toProvider(page, demo, mailbox, 'Carta di credito', card);
    await arrive(page, demo.url, () => page.getByRole('button', { name: 'Annulla' }).click());
    const code = orderCode(page);
    await says(page, 'Manca solo il pagamento', 'Nulla è stato addebitato');
    await look(page, '106-order-stopped');
    await page.goto(`${demo.portal}/ordini/${code}/annulla`);
    assert.doesNotMatch(await page.locator('main').innerText(), /bonifico|già stato inviato/, 'nothing is on its way');
    await page.goto(`${demo.portal}/ordini/${code}`);
    await chooseAnother(page, demo, code, 'Bonifico');
    await says(page, 'Manca solo il bonifico', 'IT60 X054 2811 1010 0000 0123 456');
    assert.deepEqual(await ordersOf(page, demo), [code]);
    assert.deepEqual((await paymentsOf(card, code)).filter((payment) => payment.captured_cents), []);
    await page.close();
  });

  test('R161 3-D Secure: with a wrong code nothing is paid, with the right one the order is', async () => {
    const mailbox = await fresh();
    const page = await visitor(browser, { width: 390 });
    await toProvider(page, demo, mailbox, 'Carta di credito', card);
    for (const otp of ['000000', '123456']) {
      await typeCard(page, CARDS.challenged);
      await follow(page, () => payButton(page).click());
      await says(page, "Conferma dell'identità");
      await page.getByLabel('Codice ricevuto per SMS').fill(otp);
      await arrive(page, demo.url, () => page.getByRole('button', { name: 'Conferma' }).click());
      if (otp === '123456') break;
      await says(page, 'Pagamento non riuscito', "verifica dell'identità presso la banca non riuscita");
      await tryAgain(page, card);
    }
    await renewed(page);
    await chargedOnce(card, orderCode(page), PRICE);
    await page.close();
  });

  test('R161 by PayPal: turned back, refused there, then paid', async () => {
    const mailbox = await fresh();
    const page = await visitor(browser, { width: 390 });
    const payments = watchPayments(page);
    await toProvider(page, demo, mailbox, 'PayPal', paypal);
    await look(page, '107-paypal-login');
    await holdGo(page, `${demo.portal}${payments[0]}/vai`);
    await says(page, 'Si passa a PayPal');
    await arrive(page, paypal.origin, () => page.getByRole('link', { name: 'Vai a PayPal' }).click());
    await arrive(page, demo.url, () => page.getByRole('button', { name: /^Annulla/ }).click());
    const code = orderCode(page);
    await says(page, 'nulla è stato addebitato');
    await tryAgain(page, paypal);
    await payByPaypal(page, demo, 'Visa •••• 0002');
    await says(page, 'in attesa di pagamento', 'Pagamento non riuscito', 'rifiutato dalla banca o dal circuito');
    await tryAgain(page, paypal);
    await payByPaypal(page, demo);
    await renewed(page);
    await says(page, 'PayPal, 20/12/2026');
    await chargedOnce(paypal, code, PRICE);
    await page.close();
  });

  test('R161 by Stripe, at another brand', async () => {
    const aruba = demo.of('aruba'), stripe = aruba.provider('stripe');
    const mailbox = await aruba.mailbox();
    const page = await visitor(browser, { width: 390 });
    await toProvider(page, aruba, mailbox, 'Carta di credito', stripe);
    await look(page, '108-stripe');
    await payByCard(page, demo, CARDS.good);
    const code = orderCode(page);
    assert.match(code, /^MO\d+$/);
    assert.equal(await heading(page), 'Rinnovo concluso');
    const payments = (await stripe.ledger()).payments.filter((payment) => payment.captured_cents);
    assert.equal(payments.length, 1);
    assert.equal(payments[0].captures, 1);
    await openMail(page, demo, mailbox.contact_email, /^Rinnovo concluso/);
    await page.close();
  });

  for (const script of [true, false]) {
    test(`R161 a bank that does not answer: the page waits and moves on ${script ? 'by itself' : 'without script, by loading itself'}`, async () => {
      const mailbox = await fresh();
      const page = await visitor(browser, { width: script ? 390 : 1280, script });
      await toProvider(page, demo, mailbox, 'Carta di credito', card);
      await payByCard(page, demo, CARDS.silent);
      const code = orderCode(page);
      assert.equal(await heading(page), 'Pagamento in verifica');
      await says(page, 'Si attende la conferma di 30,50 €', 'non pagare di nuovo');
      if (script) {
        await look(page, '109-waiting');
      } else {
        assert.match(await page.locator('noscript').innerHTML().catch(() => page.content()), /http-equiv="refresh"/);
        await follow(page, () => page.getByRole('link', { name: 'Aggiorna' }).click());
        assert.equal(await heading(page), 'Pagamento in verifica');
      }
      const other = await page.context().newPage();
      await other.goto(`${demo.portal}/ordini/${code}`);
      await says(other, 'è in corso: si attende la conferma', 'Non pagare di nuovo', "Verifica l'esito");
      assert.equal(await payButton(other).count(), 0); // nothing that pays a second time by a slip of the hand
      if (script) await look(other, '110-order-under-way');
      await follow(other, () => other.getByRole('link', { name: 'Paga in un altro modo' }).click());
      assert.equal(await heading(other), 'Come pagare');
      await says(other, 'è in corso', 'un secondo pagamento verrebbe restituito');
      if (script) await look(other, '118-another-way-under-way');
      await other.close();
      const [waiting] = await paymentsOf(card, code);
      assert.equal(waiting.state, 'waiting');
      await Promise.all([page.waitForURL(new RegExp(`/ordini/${code}$`)), card.behave({ complete: waiting.id, wait: true })]);
      await renewed(page);
      await chargedOnce(card, code, PRICE);
      await page.close();
    });
  }

  /* The first tab goes away to one provider, the second pays at the other; then the first pays as well. */
  for (const [first, second] of [['Carta di credito', 'PayPal'], ['PayPal', 'Carta di credito']]) {
    test(`R161 two tabs: ${second} settles the order, and what ${first} took too goes back`, async () => {
      const at = { PayPal: paypal, 'Carta di credito': card };
      const pay = (page, method) => (method === 'PayPal' ? payByPaypal(page, demo) : payByCard(page, demo, CARDS.good));
      const mailbox = await fresh();
      const page = await visitor(browser, { width: 390 });
      await toProvider(page, demo, mailbox, first, at[first]);
      const tab = await page.context().newPage();
      const [code] = await ordersOf(tab, demo);
      await chooseAnother(tab, demo, code, second, (click) => arrive(tab, at[second].origin, click));
      await pay(tab, second);
      await renewed(tab);
      await tab.close();
      await pay(page, first);
      await Promise.all(Object.values(at).map((provider) => provider.behave({ wait: true })));
      await chargedOnce(at[second], code, PRICE);

      const [extra] = (await paymentsOf(at[first], code)).filter((payment) => payment.captured_cents);
      if (first === 'Carta di credito') assert.ok(extra, 'a card is charged at the bank, asked or not');
      if (extra) {
        await openMail(page, demo, mailbox.contact_email, /^Restituiti 30,50 €/);
        await reloadUntil(page, `${demo.portal}/ordini/${code}`, 'fatto il 20/12/2026');
        await says(page, 'Un pagamento di troppo viene restituito', '30,50 € tornano dove il pagamento è partito');
        await look(page, '111-order-returned');
        const [back] = (await paymentsOf(at[first], code)).filter((payment) => payment.captured_cents);
        assert.equal(back.refunded_cents, PRICE);
      } else {
        await page.goto(`${demo.portal}/ordini/${code}`);
      }
      await renewed(page);
      await page.goto(`${demo.portal}/fatture`);
      assert.equal(await page.locator('main a[href$=".pdf"]').count(), 1);
      await page.close();
    });
  }

  test('R161 the back button after paying leads to no second payment', async () => {
    const mailbox = await fresh();
    const page = await visitor(browser);
    const payments = watchPayments(page);
    await toProvider(page, demo, mailbox, 'Carta di credito', card);
    await payByCard(page, demo, CARDS.good);
    const code = orderCode(page);
    for (const path of [`${payments[0]}/vai`, payments[0], `/ordini/${code}/paga`, `/ordini/${code}/attesa`]) {
      await page.goto(demo.portal + path);
      assert.equal(new URL(page.url()).pathname, `/b/legalmail/ordini/${code}`, path);
      await renewed(page);
    }
    await page.goBack();
    await page.goto(`${demo.portal}/cassa`);
    await says(page, 'Il carrello è vuoto');
    await chargedOnce(card, code, PRICE);
    await page.close();
  });

  for (const script of [true, false]) {
    test(`R161 a double click on the confirmation and on Paga makes one order and charges once, ${script ? 'with' : 'without'} script`, async () => {
      const mailbox = await fresh();
      const page = await visitor(browser, { script });
      await toCheckout(page, demo, mailbox, 'Carta di credito');
      await arrive(page, card.origin, () => confirmButton(page).dblclick());
      await arrive(page, demo.url, () => page.getByRole('button', { name: 'Annulla' }).click());
      const code = orderCode(page);
      await arrive(page, card.origin, () => page.getByRole('button', { name: /^Riprova: paga/ }).dblclick());
      await payByCard(page, demo, CARDS.good);
      await renewed(page);
      await chargedOnce(card, code, PRICE);
      assert.deepEqual(await ordersOf(page, demo), [code]);
      await page.close();
    });
  }

  test('R161 who comes back without a session is told how it ended, and no more', async () => {
    const mailbox = await fresh();
    const page = await visitor(browser);
    const payments = watchPayments(page);
    await toProvider(page, demo, mailbox, 'Carta di credito', card);
    const stranger = await visitor(browser, { width: 390 });
    const told = async (text, name) => {
      await stranger.goto(demo.portal + payments[0]);
      assert.equal(await heading(stranger), text);
      assert.ok(!(await stranger.content()).includes(mailbox.address));
      await look(stranger, name);
    };
    await told('Pagamento in verifica', '113-told-waiting');
    await payByCard(page, demo, CARDS.good);
    await told('Pagamento riuscito', '114-told-paid');
    await follow(stranger, () => stranger.getByRole('link', { name: "Vai all'ordine" }).click());
    assert.match(stranger.url(), /\/accedi/);
    const none = await stranger.goto(`${demo.portal}/pagamenti/${'0'.repeat(32)}`);
    assert.equal(none.status(), 404);
    await stranger.close();
    await page.close();
  });

  test('R161 a card that is remembered stands in the profile until it is taken out', async () => {
    const mailbox = await fresh();
    const account = await demo.account([mailbox.address]);
    const page = await visitor(browser, { width: 390 });
    await toCheckout(page, demo, account, 'Carta di credito', mailbox);
    await page.getByLabel('Ricorda la carta').check();
    await arrive(page, card.origin, () => confirmButton(page).click());
    await payByCard(page, demo, CARDS.good);
    await renewed(page);
    await page.goto(`${demo.portal}/profilo`);
    await says(page, /visa/i, '4242');
    await look(page, '115-profile-card');
    await follow(page, () => page.getByRole('link', { name: /^Elimina/ }).click());
    assert.equal(await heading(page), 'Eliminare il modo di pagamento salvato?');
    await look(page, '116-card-remove');
    await follow(page, () => page.getByRole('button', { name: 'Elimina' }).click());
    await page.goto(`${demo.portal}/profilo`);
    await says(page, 'Nessuno.');
    await page.close();
  });

  test('L20 paying by card with the keyboard alone', async () => {
    const mailbox = await fresh();
    const page = await visitor(browser);
    const to = async (wanted) => {
      for (let i = 0; i < 60; i++) {
        await page.keyboard.press('Tab');
        if (await wanted.evaluate((element) => element === document.activeElement)) return;
      }
      assert.fail(`${wanted} is not reached by Tab on ${page.url()}`);
    };
    await login(page, demo, mailbox);
    await page.goto(`${demo.portal}/caselle/${mailbox.address}/rinnovo`);
    await to(page.getByRole('button', { name: 'Vai alla cassa' }));
    await follow(page, () => page.keyboard.press('Enter'));
    await page.goto(`${demo.portal}/cassa`);
    await to(page.getByRole('radio', { name: /Carta di credito/ }));
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.getByRole('radio', { name: /PayPal/ }).isChecked(), true);
    await page.keyboard.press('ArrowUp');
    assert.equal(await page.getByRole('radio', { name: /Carta di credito/ }).isChecked(), true);
    await to(page.locator('#terms'));
    await page.keyboard.press('Space');
    await to(confirmButton(page));
    await arrive(page, card.origin, () => page.keyboard.press('Enter'));
    await to(page.getByLabel('Numero della carta'));
    await page.keyboard.type(CARDS.refused);
    await to(payButton(page));
    await arrive(page, demo.url, () => page.keyboard.press('Enter'));
    await says(page, 'Pagamento non riuscito');
    await to(page.getByRole('link', { name: 'Scegli un altro modo' }));
    await follow(page, () => page.keyboard.press('Enter'));
    await to(page.getByRole('radio', { name: /Carta di credito/ }));
    await to(page.getByRole('button', { name: 'Continua' }));
    await arrive(page, card.origin, () => page.keyboard.press('Enter'));
    await to(page.getByLabel('Numero della carta'));
    await page.keyboard.type(CARDS.good);
    await to(payButton(page));
    await arrive(page, demo.url, () => page.keyboard.press('Enter'));
    await renewed(page);
    await page.close();
  });

  test('L20 paying by card without JavaScript', async () => {
    const mailbox = await fresh();
    const page = await visitor(browser, { width: 390, script: false });
    await toProvider(page, demo, mailbox, 'Carta di credito', card);
    await payByCard(page, demo, CARDS.refused);
    await says(page, 'Pagamento non riuscito');
    await tryAgain(page, card);
    await payByCard(page, demo, CARDS.good);
    await renewed(page);
    await page.close();
  });

  test('R20 without a method nothing is ordered, and the fault stands beside the choice', async () => {
    const mailbox = await fresh();
    const page = await visitor(browser, { width: 390 });
    await toCheckout(page, demo, mailbox, 'PayPal');
    for (const method of ['', 'wallet', 'stripe', 'postal_slip', 'x']) {
      await page.locator('input[name=method]').first().evaluate((input, value) => { input.form.noValidate = true; input.value = value; input.checked = true; }, method);
      const answer = await follow(page, () => confirmButton(page).click());
      assert.equal(answer.status(), 422, method);
      await says(page, 'Scegliere uno dei modi di pagamento proposti.');
      await page.locator('#terms').check();
    }
    await look(page, '117-checkout-no-method');
    await payBy(page, 'Bonifico');
    await follow(page, () => confirmButton(page).click());
    assert.equal((await ordersOf(page, demo)).length, 1);
    await page.close();
  });

  test('the pages of paying weigh under 20 kB once the common files are there', async () => {
    const mailbox = await fresh();
    const page = await visitor(browser);
    const payments = watchPayments(page);
    const bytesOf = await scales(page);
    const weigh = async (path) => {
      const bytes = await bytesOf(() => page.goto(demo.portal + path));
      assert.ok(bytes > 1000 && bytes < 20_000, `${path}: ${bytes} bytes`);
    };
    await toCheckout(page, demo, mailbox, 'Carta di credito');
    await weigh('/cassa');
    await payBy(page, 'Carta di credito');
    await page.locator('#terms').check();
    await arrive(page, card.origin, () => confirmButton(page).click());
    await payByCard(page, demo, CARDS.silent);
    const code = orderCode(page);
    assert.equal(payments.length, 1);
    for (const path of [`/ordini/${code}/attesa`, `/ordini/${code}`, `/ordini/${code}/paga`]) await weigh(path);
    await page.close();
  });

  /* Providers that misbehave for everybody are those of the other brands, one test at a time. */
  describe('providers that misbehave', { concurrency: 1 }, () => {
    test('R161 a provider that does not answer: the order stands, and is paid when it answers again', async (t) => {
      const shop = demo.of('visura'), provider = shop.provider('card');
      t.after(() => provider.behave({ reset: true }));
      const mailbox = await shop.mailbox();
      const page = await visitor(browser, { width: 390 });
      await toCheckout(page, shop, mailbox, 'Carta di credito');
      await provider.behave({ fail: [{ path: '/', times: 1000, when: 'before', how: 'status', status: 503 }] });
      await follow(page, () => confirmButton(page).click());
      const code = orderCode(page);
      await says(page, 'Il servizio di pagamento non ha risposto', 'Nulla è stato addebitato');
      await look(page, '112-order-silent');
      await provider.behave({ fail: [] });
      await tryAgain(page, provider);
      await payByCard(page, demo, CARDS.good);
      await renewed(page);
      await chargedOnce(provider, code, 1098);
      await page.close();
    });

    const NOTICES = [
      ['before the browser is back', { before_return: true }],
      ['ten times', { repeat: 10 }],
      ['never', { drop: true }],
      ['by somebody else, wrongly signed', { forge: 'signature' }],
      ['by somebody else, about a payment that does not exist', { forge: 'unknown' }],
    ];
    for (const [brand, method, name, cents] of [['visura', 'Carta di credito', 'card', 1098], ['aruba', 'PayPal', 'paypal', 1208]]) {
      test(`R161 ${method}, told ${NOTICES.map(([how]) => how).join('; ')}: each time paid once, renewed once`, async (t) => {
        const shop = demo.of(brand), provider = shop.provider(name);
        t.after(() => provider.behave({ reset: true, wait: true }));
        const list = await shop.mailboxes(NOTICES.map(() => ({})));
        const page = await visitor(browser);
        await login(page, shop, await shop.account(list.map(({ address }) => address)));
        const codes = [];
        for (const [how, notifications] of NOTICES) {
          await provider.behave({ reset: true, notifications });
          await choose(page, shop, list.pop());
          await checkout(page, shop, method);
          await arrive(page, provider.origin, () => confirmButton(page).click());
          await (name === 'paypal' ? payByPaypal(page, demo) : payByCard(page, demo, CARDS.good));
          codes.push(orderCode(page));
          await provider.behave({ wait: true });
          await page.goto(`${shop.portal}/ordini/${codes.at(-1)}`);
          await renewed(page);
          await chargedOnce(provider, codes.at(-1), cents);
          await page.goto(`${shop.portal}/fatture`);
          assert.equal(await page.locator('main a[href$=".pdf"]').count(), codes.length, `told ${how}: an invoice for each order`);
        }
        assert.equal(new Set(codes).size, NOTICES.length);
        await page.close();
      });
    }
  });
});
