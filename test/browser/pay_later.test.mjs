/* Paying where the money comes later or was there before: prepaid account, postal slip, cheque, proof of payment; and money given
 * back. At the brand that offers all of it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { arrive, CARDS, checkout, chooseAnother, confirmButton, ordersOf, payByCard, paymentsOf, reloadUntil, toProvider } from './paying.mjs';
import { choose, confirm, follow, heading, login, look, onwards, openMail, order, orderCode, pay, payBy, pdfText, says, scales, startBrowser, startDemo, unique, visitor,
  WIDTHS } from './support.mjs';

let demo, shop, browser, card, mailboxes;
before(async () => {
  [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
  shop = demo.of('visura');
  card = shop.provider('card');
  mailboxes = await shop.mailboxes(Array(16).fill({}));
});
after(async () => { await browser?.close(); await demo?.stop(); });

const PRICE = 1098;
const fresh = () => mailboxes.pop() ?? shop.mailbox();
const renewed = async (page, how) => {
  assert.equal(await heading(page), 'Rinnovo concluso');
  await says(page, 'evaso', 'Il pagamento è arrivato, la casella è rinnovata', '15/03/2028', how, 'Scarica PDF');
};
/* Tabs until `wanted` has the focus. */
async function to(page, wanted) {
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
  }
  assert.fail(`${wanted} is not reached by Tab on ${page.url()}`);
}
/* To the button that goes on, and on. */
async function enter(page) {
  await to(page, page.locator('button[form=step]'));
  await follow(page, () => page.keyboard.press('Enter'));
}
const desk = async (...args) => JSON.parse((await demo.command(...args, '--json')).stdout);

/* ---- The prepaid account ---- */

const topUpButton = (page) => page.getByRole('button', { name: 'Ricarica con obbligo di pagare' });

/* From anywhere to the page of a paid top-up. */
async function topUp(page, amount) {
  await page.goto(`${shop.portal}/conto/ricarica`);
  await page.getByLabel('Importo in euro').fill(amount);
  await payBy(page, 'Carta di credito');
  await page.locator('#terms').check();
  await arrive(page, card.origin, () => topUpButton(page).click());
  await payByCard(page, demo, CARDS.good);
  assert.equal(await heading(page), 'Ricarica conclusa');
}

/* Somebody with an account of the shop and so many mailboxes, signed in. */
async function customer(width = 1280, options = {}) {
  const mailbox = await fresh();
  const account = await shop.account([mailbox.address]);
  const page = await visitor(browser, { width, ...options });
  await login(page, shop, account);
  return { page, mailbox, account };
}

/* ---- Documents ---- */

/* As PNG wants it (ISO 3309). */
const crc32 = (bytes) => {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
};
const chunk = (type, data) => {
  const body = Buffer.concat([Buffer.from(type), data]), out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
};

/* A white square, as small as a picture can be. */
const png = () => {
  const header = Buffer.from([0, 0, 0, 8, 0, 0, 0, 8, 8, 0, 0, 0, 0]);
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(8 * 9, 255).map((byte, i) => (i % 9 ? byte : 0)))), chunk('IEND', Buffer.alloc(0))]);
};
const sendFile = async (page, name, mimeType, buffer) => {
  await page.getByLabel('Documento', { exact: true }).setInputFiles({ name, mimeType, buffer });
  return follow(page, () => page.getByRole('button', { name: 'Invia il documento' }).click());
};
const proofsOf = async (code) => (await desk('proof', 'list')).filter((proof) => JSON.stringify(proof).includes(code));

/* What the bank will send when the transfer has arrived. */
async function statementFor(page, code) {
  const file = join(demo.folder, `${unique('estratto')}.xml`);
  await page.goto(`${demo.url}/demo/bank?ordine=${code}`);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Scarica solo il file' }).click()]);
  await download.saveAs(file);
  return file;
}

const receiveCheque = (code, number) => desk('cheque', 'receive', '--order', code, '--number', number, '--abi', '05428', '--cab', '11101', '--drawer', 'Rosa Modelli',
  '--payee', 'Visura di Prova S.r.l.', '--amount', '10,98', '--dated', '19/12/2026', '--non-transferable', '--signed');

describe('paying later', { concurrency: 2 }, () => {
  for (const width of WIDTHS) {
    test(`Y1 the prepaid account is topped up by card and pays a renewal at once, at ${width} px`, async () => {
      const { page, mailbox } = await customer(width);
      await follow(page, () => page.getByRole('link', { name: 'Conto', exact: true }).click());
      await says(page, 'Saldo', '0,00 €', 'Ancora nessun movimento');
      await look(page, '130-wallet-empty');
      await follow(page, () => page.getByRole('link', { name: 'Ricarica il conto' }).click());
      await look(page, '131-topup');
      await page.locator('main form').evaluate((form) => { form.noValidate = true; });
      await page.getByLabel('Importo in euro').fill('4,99');
      const wrong = await follow(page, () => topUpButton(page).click());
      assert.equal(wrong.status(), 422);
      await says(page, 'Scegliere uno dei modi di pagamento proposti.', 'occorre accettare le condizioni');
      assert.equal(await page.getByLabel('Importo in euro').inputValue(), '4,99');
      assert.ok(await page.locator('#amount-error').count(), 'the amount is too small');
      assert.equal(await page.locator('.methods').getByRole('radio', { name: /prepagato/ }).count(), 0, 'it does not pay for itself');
      await look(page, '132-topup-wrong');
      await topUp(page, '20,00');
      await says(page, '20,00 € sono sul conto prepagato');
      await look(page, '133-topup-paid');
      const topup = orderCode(page);
      assert.match(topup, /^RIC\d+$/);
      assert.match(await pdfText(page, demo, await page.getByRole('link', { name: 'Scarica la ricevuta' }).getAttribute('href')), /20,00/);

      await choose(page, shop, mailbox);
      await checkout(page, shop, 'Preleva da conto prepagato');
      await says(page, 'Prelievo dal conto prepagato', 'che ha un saldo di 20,00 €');
      await look(page, '134-voucher-wallet');
      await follow(page, () => confirmButton(page).click());
      await renewed(page, 'Conto prepagato, 20/12/2026');
      const code = orderCode(page);
      assert.match(code, /^RLM\d+$/);
      await page.goto(`${shop.portal}/conto`);
      await says(page, '9,02 €', 'Ricarica', '+20,00 €', 'Pagamento', '-10,98 €', topup, code);
      await look(page, '135-wallet');
      assert.deepEqual(await ordersOf(page, shop), [code, topup]);
      await openMail(page, demo, mailbox.contact_email, new RegExp(`^Conto prepagato ricaricato di 20,00 €: ricevuta dell'ordine ${topup}`));
      await openMail(page, demo, mailbox.contact_email, /^Rinnovo concluso per .*fattura/);
      await page.close();
    });
  }

  test('Y1 one cent short: the account cannot be chosen, says what it holds, and leads to the top-up', async () => {
    const { page, mailbox } = await customer(390);
    await topUp(page, '10,97');
    await choose(page, shop, mailbox);
    await page.locator('#years').check();
    await onwards(page);
    const funds = page.url();
    await says(page, 'Preleva da Conto Prepagato', 'Il saldo di 10,97 € non basta.');
    assert.equal(await page.locator('input[name=funds][value=wallet]').isDisabled(), true);
    await look(page, '136-funds-short');
    await page.locator('input[name=funds][value=dedicated]').evaluate((input) => { input.value = 'wallet'; input.checked = true; });
    const answer = await onwards(page);
    assert.equal(answer.status(), 409);
    await says(page, 'Il conto prepagato non basta: il saldo è 10,97 €');
    assert.equal((await ordersOf(page, shop)).length, 1, 'the top-up alone');
    await page.goto(funds);
    await follow(page, () => page.locator('.pick.off').getByRole('link', { name: 'Ricarica il conto' }).click());
    assert.equal(await heading(page), 'Ricarica del conto');
    await topUp(page, '5,00');
    await page.goto(funds);
    await checkout(page, shop, 'Preleva da conto prepagato');
    await follow(page, () => confirmButton(page).click());
    await renewed(page, 'Conto prepagato, 20/12/2026');
    await page.goto(`${shop.portal}/conto`);
    await says(page, '4,99 €');
    await page.close();
  });

  test('Y1 two tabs spend the same balance: one order is paid, the other waits and says why', async () => {
    const [first, second] = [await fresh(), await fresh()];
    const page = await visitor(browser, { width: 390 });
    await login(page, shop, await shop.account([first.address, second.address]));
    await topUp(page, '11,00');
    const tab = await page.context().newPage();
    await choose(page, shop, first);
    const code = await confirm(page, shop, 'Bonifico');
    await page.goto(`${shop.portal}/ordini/${code}/paga`);
    await payBy(page, 'Preleva da conto prepagato');
    await choose(tab, shop, second);
    await checkout(tab, shop, 'Preleva da conto prepagato');
    await follow(tab, () => confirmButton(tab).click());
    await renewed(tab, 'Conto prepagato');
    await tab.close();
    const answer = await follow(page, () => page.getByRole('button', { name: 'Continua' }).click());
    assert.equal(answer.status(), 422);
    await says(page, 'Il conto prepagato non basta: il saldo è 0,02 €');
    await look(page, '137-pay-wallet-short');
    await page.goto(`${shop.portal}/ordini/${code}`);
    await says(page, 'in attesa di pagamento');
    await page.goto(`${shop.portal}/conto`);
    await says(page, '0,02 €');
    await page.close();
  });

  test('L20 topping up and paying from the account by keyboard alone', async () => {
    const { page, mailbox } = await customer();
    await page.goto(`${shop.portal}/conto`);
    await to(page, page.getByRole('link', { name: 'Ricarica il conto' }));
    await follow(page, () => page.keyboard.press('Enter'));
    await to(page, page.getByLabel('Importo in euro'));
    await page.keyboard.type('50');
    await to(page, page.getByRole('radio', { name: /^Carta di credito/ }));
    await page.keyboard.press('Space');
    await to(page, page.locator('#terms'));
    await page.keyboard.press('Space');
    await to(page, topUpButton(page));
    await arrive(page, card.origin, () => page.keyboard.press('Enter'));
    await payByCard(page, demo, CARDS.good);
    assert.equal(await heading(page), 'Ricarica conclusa');
    await choose(page, shop, mailbox);
    await to(page, page.locator('#years'));
    await page.keyboard.press('Space');
    await enter(page);
    await to(page, page.getByRole('radio', { name: /^Preleva da conto prepagato/i }));
    await page.keyboard.press('Space');
    for (const title of ['Mezzo di pagamento', 'Dati di fatturazione', 'Modulo Versamento']) {
      await enter(page);
      assert.equal(await heading(page), title);
    }
    await to(page, page.locator('#terms'));
    await page.keyboard.press('Space');
    await to(page, confirmButton(page));
    await follow(page, () => page.keyboard.press('Enter'));
    await renewed(page, 'Conto prepagato');
    await page.close();
  });

  /* ---- Slip, cheque ---- */

  for (const width of WIDTHS) {
    test(`Y2 a postal slip: its code, its PDF, its mail, and the renewal when it is paid, at ${width} px`, async () => {
      const mailbox = await fresh();
      const page = await visitor(browser, { width });
      const code = await order(page, shop, mailbox, 1, 'Bollettino');
      assert.equal(await heading(page), 'Manca solo il bollettino');
      await says(page, 'Codice cliente', '1007002', '10,98 €', 'Visura di Prova S.r.l.');
      await look(page, '138-slip');
      const client = await page.getByRole('button', { name: /il codice cliente$/ }).getAttribute('data-copy');
      assert.match(client, /^\d{18}$/);
      assert.equal(Number(BigInt(client.slice(0, 16)) % 93n), Number(client.slice(16)), 'its check digits');
      const paper = await pdfText(page, demo, await page.getByRole('link', { name: 'Scarica il bollettino' }).getAttribute('href'));
      assert.ok(paper.replace(/\s/g, '').includes(client) && paper.includes('10,98'), paper);
      await openMail(page, demo, mailbox.contact_email, new RegExp(`^Ordine ${code}: bollettino postale da 10,98 €`));
      await pay(page, demo, code);
      await page.goto(`${shop.portal}/ordini/${code}`);
      await renewed(page, 'Bollettino postale');
      await openMail(page, demo, mailbox.contact_email, /^Rinnovo concluso per/);
      await page.close();
    });
  }

  test('Y10 a cheque: where it goes; arrived, deposited, and returned unpaid: the order is paid in another way', async () => {
    const mailbox = await fresh();
    const page = await visitor(browser, { width: 390 });
    const code = await order(page, shop, mailbox, 1, 'Assegno');
    assert.equal(await heading(page), "Manca solo l'assegno");
    await says(page, 'Via del Campione 2, 00184 Roma (RM)', '10,98 €', 'non trasferibile', 'incasso avvenuto');
    await look(page, '139-cheque');
    const cheque = await receiveCheque(code, '1234567890');
    await page.goto(`${shop.portal}/ordini/${code}`);
    await says(page, 'Assegno 1234567890, arrivato il 20/12/2026');
    await desk('cheque', 'deposit', String(cheque.id));
    await page.goto(`${shop.portal}/ordini/${code}`);
    await says(page, "L'incasso è certo dal");
    await look(page, '140-cheque-deposited');
    await desk('cheque', 'bounce', String(cheque.id));
    await page.goto(`${shop.portal}/ordini/${code}`);
    await says(page, "L'ordine resta valido: va pagato in un altro modo.");
    await look(page, '141-cheque-bounced');
    await openMail(page, demo, mailbox.contact_email, new RegExp(`[Aa]ssegno ricevuto per l'ordine ${code}`));
    await chooseAnother(page, shop, code, 'Bonifico');
    await says(page, 'Manca solo il bonifico');
    await pay(page, demo, code);
    await page.goto(`${shop.portal}/ordini/${code}`);
    await renewed(page, 'Bonifico Bancario');
    await page.close();
  });

  /* ---- Proofs ---- */

  for (const [width, script] of [[390, false], [1280, true]]) {
    test(`Y5 a proof of the transfer: wrong file, right file, accepted, and at last the money, at ${width} px ${script ? 'with' : 'without'} script`, async () => {
      const mailbox = await fresh();
      const page = await visitor(browser, { width, script });
      const code = await order(page, shop, mailbox);
      await says(page, "Per non aspettare l'accredito", 'contabili@visura.example', '+39 06 5550 0209');
      const statement = await statementFor(page, code);
      await page.goto(`${shop.portal}/ordini/${code}`);
      await follow(page, () => page.getByRole('link', { name: 'Invia la contabile' }).click());
      if (script) await look(page, '142-proof');
      const wrong = await sendFile(page, 'bonifico.txt', 'text/plain', Buffer.from('Ho fatto il bonifico, davvero.\n'));
      assert.equal(wrong.status(), 415);
      await says(page, 'Il formato TXT non è accettato. Salvare come PDF, JPEG o PNG e inviare di nuovo.');
      assert.equal(await page.locator('#file').getAttribute('aria-invalid'), 'true');
      assert.ok((await page.locator('#file').getAttribute('aria-describedby')).includes('file-error'));
      if (script) await look(page, '143-proof-wrong');
      const taken = await sendFile(page, 'bonifico.png', 'image/png', png());
      assert.equal(taken.status(), 200);
      await says(page, 'bonifico.png', 'Risposta per e-mail entro');
      if (script) await look(page, '144-proof-sent');
      await page.goto(`${shop.portal}/ordini/${code}`);
      await says(page, '«bonifico.png»', 'ricevuto, da esaminare');

      const [proof] = await proofsOf(code);
      await desk('proof', 'accept', String(proof.id), '--kind', 'executed_transfer', '--amount', '10,98');
      await page.goto(`${shop.portal}/ordini/${code}`);
      assert.equal(await heading(page), 'Rinnovo concluso');
      await says(page, 'rinnovata sulla prova di pagamento; si attende ancora l\'accredito', 'Contabile accettata', 'Ancora atteso', '15/03/2028');
      if (script) await look(page, '145-order-provisional');
      await page.goto(`${shop.portal}/caselle`);
      await says(page, '15/03/2028');

      await demo.command('bank', 'import', statement);
      await page.goto(`${shop.portal}/ordini/${code}`);
      await renewed(page, 'Bonifico Bancario');
      const text = await page.locator('main').innerText();
      assert.ok(!/prova di pagamento|Ancora atteso/.test(text), text);
      await page.goto(`${shop.portal}/fatture`);
      assert.equal(await page.locator('main a[href$=".pdf"]').count(), 1, 'one invoice');
      await openMail(page, demo, mailbox.contact_email, new RegExp(`^Contabile ricevuta per l'ordine ${code}: risposta entro`));
      await openMail(page, demo, mailbox.contact_email, /^Rinnovo concluso per/);
      await page.close();
    });
  }

  test('Y5 a proof that is rejected: why, what to send instead, and a PDF takes its place', async () => {
    const mailbox = await fresh();
    const page = await visitor(browser, { width: 390 });
    const code = await order(page, shop, mailbox);
    await page.goto(`${shop.portal}/ordini/${code}/contabile`);
    const answer = await page.context().request.get(`${shop.portal}/ordini/${code}/bonifico.pdf`);
    await sendFile(page, 'distinta.png', 'image/png', png());
    const [proof] = await proofsOf(code);
    await desk('proof', 'reject', String(proof.id), '--reason', 'not_executed');
    await page.goto(`${shop.portal}/ordini/${code}`);
    await says(page, 'respinto', 'Il documento mostra un bonifico inserito ma non ancora eseguito.');
    await look(page, '146-order-proof-rejected');
    await page.goto(`${shop.portal}/ordini/${code}/contabile`);
    await says(page, 'Non valido.');
    await look(page, '147-proof-rejected');
    const again = await sendFile(page, 'contabile.pdf', 'application/pdf', await answer.body());
    assert.equal(again.status(), 200);
    await says(page, 'contabile.pdf', 'Risposta per e-mail entro');
    const empty = await sendFile(page, 'vuoto.pdf', 'application/pdf', Buffer.alloc(0));
    assert.equal(empty.status(), 422);
    await says(page, 'Il file è vuoto');
    await openMail(page, demo, mailbox.contact_email, new RegExp(`${code}`));
    await page.close();
  });

  /* ---- Given back ---- */

  test('Y11 an order that is given back whole: credit note, the money at its card, the old expiry', async () => {
    const mailbox = await fresh();
    const page = await visitor(browser, { width: 390 });
    await toProvider(page, shop, mailbox, 'Carta di credito', card);
    await payByCard(page, demo, CARDS.good);
    const code = orderCode(page);
    const invoice = await page.getByRole('link', { name: 'Scarica PDF' }).getAttribute('href');
    await desk('refund', 'make', code, '--amount', '10,98', '--to', 'source', '--reason', 'Recesso', '--take-back');
    await reloadUntil(page, `${shop.portal}/ordini/${code}`, 'fatto il 20/12/2026');
    assert.equal(await heading(page), 'Ordine rimborsato');
    await says(page, 'rimborsato', '10,98 € tornano dove il pagamento è partito', /Nota di credito NC-2026\/\d+ 20\/12\/2026, 10,98 €/);
    await look(page, '148-order-refunded');
    const [paid] = await paymentsOf(card, code);
    assert.deepEqual([paid.captured_cents, paid.refunded_cents], [PRICE, PRICE]);
    const papers = await page.getByRole('link', { name: 'Scarica PDF' }).evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    assert.equal(papers.length, 2);
    assert.match(await pdfText(page, demo, papers.find((path) => path !== invoice)), /NC-2026\/\d+[^]*10,98/);
    await page.goto(`${shop.portal}/caselle`);
    await says(page, '15/03/2027');
    await openMail(page, demo, mailbox.contact_email, new RegExp(`^Rimborso di 10,98 € per l'ordine ${code}: nota di credito NC-2026/`));
    await page.close();
  });

  test('Y11 a part that is given back to the prepaid account stands on both pages, and the renewal stays', async () => {
    const { page, mailbox } = await customer();
    await topUp(page, '15');
    await choose(page, shop, mailbox);
    await checkout(page, shop, 'Preleva da conto prepagato');
    await follow(page, () => confirmButton(page).click());
    const code = orderCode(page);
    await desk('refund', 'make', code, '--amount', '5,00', '--to', 'wallet', '--reason', 'Sconto');
    await reloadUntil(page, `${shop.portal}/ordini/${code}`, 'fatto il 20/12/2026');
    await renewed(page, 'Conto prepagato');
    await says(page, '5,00 € tornano sul conto prepagato', /Nota di credito NC-2026\/\d+ 20\/12\/2026, 5,00 €/);
    await look(page, '149-order-part-refunded');
    await page.goto(`${shop.portal}/conto`);
    await says(page, '9,02 €', 'Rimborso', '+5,00 €');
    await openMail(page, demo, mailbox.contact_email, new RegExp(`^Rimborso di 5,00 € per l'ordine ${code}`));
    await page.close();
  });

  test('Y5 R130 proofs, papers and the account of others are not there', async () => {
    const [mine, theirs] = [await fresh(), await fresh()];
    const other = await visitor(browser);
    const code = await order(other, shop, theirs);
    await other.close();
    const page = await visitor(browser);
    await login(page, shop, mine);
    for (const path of [`/ordini/${code}/contabile`, `/ordini/${code}/paga`, `/ordini/${code}/attesa`, `/ordini/${code}/stato`, `/ordini/${code}/bollettino.pdf`,
      `/ordini/${code}/ricevuta.pdf`, '/conto', '/conto/ricarica', '/profilo/carte/1/elimina']) {
      const answer = await page.context().request.get(shop.portal + path);
      assert.equal(answer.status(), 404, path);
    }
    assert.equal(await page.getByRole('link', { name: 'Conto', exact: true }).count(), 0, 'a mailbox has no account');
    await page.close();
  });

  test('the pages of the account and of papers weigh under 20 kB once the common files are there', async () => {
    const { page, mailbox } = await customer();
    const bytesOf = await scales(page);
    const weigh = async (path) => {
      const bytes = await bytesOf(() => page.goto(shop.portal + path));
      assert.ok(bytes > 1000 && bytes < 20_000, `${path}: ${bytes} bytes`);
    };
    for (const path of ['/conto', '/conto/ricarica']) await weigh(path);
    await choose(page, shop, mailbox);
    await weigh(page.url().replace(shop.portal, ''));
    const code = await confirm(page, shop);
    for (const path of [`/ordini/${code}`, `/ordini/${code}/contabile`, `/ordini/${code}/paga`]) await weigh(path);
    await chooseAnother(page, shop, code, 'Bollettino');
    await weigh(`/ordini/${code}`);
    await page.close();
  });
});

/* Moves the clock, so it stands alone and last. */
test('Y10 a cheque that is cleared renews', async () => {
  const mailbox = await fresh();
  const page = await visitor(browser);
  const code = await order(page, shop, mailbox, 1, 'Assegno');
  const cheque = await receiveCheque(code, '1234567899');
  await desk('cheque', 'deposit', String(cheque.id));
  await assert.rejects(desk('cheque', 'clear', String(cheque.id)), 'the bank may still return it');
  await demo.setClock('2027-01-04T10:00:00+01:00');
  await desk('cheque', 'clear', String(cheque.id));
  await login(page, shop, mailbox);
  await page.goto(`${shop.portal}/ordini/${code}`);
  await renewed(page, 'Assegno');
  await openMail(page, demo, mailbox.contact_email, /^Rinnovo concluso per/);
  await page.close();
});
