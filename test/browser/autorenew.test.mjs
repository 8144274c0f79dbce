/* Automatic renewal in the browser: chosen while ordering, seen, switched off and on again; renewing by hand leads to the switch. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { arrive, CARDS, confirmButton, payByCard } from './paying.mjs';
import { follow, heading, login, look, onwards, openMail, payBy, says, startBrowser, startDemo, visitor, WIDTHS } from './support.mjs';

let aruba, browser, demo, stripe;
before(async () => {
  [demo, browser] = await Promise.all([startDemo('2026-12-20T10:00:00+01:00'), startBrowser()]);
  aruba = demo.of('aruba');
  stripe = aruba.provider('stripe');
});
after(async () => { await browser?.close(); await demo?.stop(); });

const at = (mailbox, page = '') => `${aruba.portal}/caselle/${mailbox.address}${page}`;

/* To the step at which one says how to pay. */
async function toPayment(page, mailbox) {
  await page.goto(at(mailbox, '/rinnovo'));
  for (let pages = 0; pages < 4 && !await page.locator('.methods').count(); pages++) await onwards(page);
}

for (const width of WIDTHS) {
  test(`R147 R148 R160 R163 T43 automatic renewal is chosen while ordering, blocks renewing by hand, and is switched off and on at ${width} px`, async () => {
    const mailbox = await aruba.mailbox();
    const account = await aruba.account([mailbox.address]);
    const page = await visitor(browser, { width });
    await login(page, aruba, account);

    /* §8.11: a choice of its own, never made beforehand, and only with what can be charged */
    await toPayment(page, mailbox);
    assert.equal(await page.locator('#autorenew').isChecked(), false);
    await payBy(page, 'Bonifico');
    await page.locator('#autorenew').check();
    await onwards(page);
    await says(page, 'Il rinnovo automatico si attiva con una carta o un conto PayPal');
    await look(page, '401-autorenew-wrong');
    await payBy(page, 'Carta');
    assert.equal(await page.locator('#autorenew').isChecked(), true);
    await look(page, '402-autorenew-choice');
    await onwards(page);
    await page.locator('input[name=years_1][value="2"]').check();
    await onwards(page);
    await page.locator('#terms').check();
    await onwards(page);
    await says(page, 'Rinnovo automatico dalla prossima scadenza');
    await arrive(page, stripe.origin, () => confirmButton(page).click());
    await payByCard(page, demo, CARDS.good);
    await says(page, '15/03/2029');

    /* R147: by hand no more; the way leads to the switch */
    await page.goto(at(mailbox));
    await says(page, 'Rinnovo automatico attivo, vedi o disattiva', 'disattivarlo per rinnovare a mano');
    await look(page, '403-autorenew-mailbox');
    await page.goto(at(mailbox, '/rinnovo'));
    assert.equal(await heading(page), 'Rinnovo automatico');
    assert.equal(page.url(), at(mailbox, '/rinnovo-automatico'));
    await says(page, 'attivo', '08/03/2029', '24,16 €', 'Rinnovo 2 anni, Standard', '15/03/2031', '4242', 'versione 2026-01');
    await look(page, '404-autorenew-on');
    await openMail(page, demo, mailbox.contact_email, /^Rinnovo automatico attivo/);
    await page.frameLocator('iframe').getByText('Prossimo addebito: 08/03/2029').waitFor(); /* of the term that the order brought, as on the page */

    /* R148: one click, and a confirmation */
    await page.goto(at(mailbox, '/rinnovo-automatico'));
    await follow(page, () => page.getByRole('link', { name: 'Disattiva il rinnovo automatico' }).click());
    await look(page, '405-autorenew-off');
    await follow(page, () => page.getByRole('button', { name: 'Disattiva' }).click());
    await says(page, 'Il rinnovo automatico è disattivato');
    await page.goto(at(mailbox, '/rinnovo'));
    assert.notEqual(page.url(), at(mailbox, '/rinnovo-automatico'));

    /* A1: on again, with the card that is kept */
    await page.goto(at(mailbox, '/rinnovo-automatico'));
    await look(page, '406-autorenew-offer');
    for (const box of ['#instrument', '#consent']) await page.locator(box).evaluate((one) => { one.required = false; });
    await follow(page, () => page.getByRole('button', { name: 'Attiva il rinnovo automatico' }).click());
    await says(page, 'occorre confermare di volerlo', 'sceglierne uno');
    await look(page, '407-autorenew-offer-wrong');
    await page.locator('#instrument').check();
    await page.locator('#consent').check();
    await follow(page, () => page.getByRole('button', { name: 'Attiva il rinnovo automatico' }).click());
    await says(page, 'Il rinnovo automatico è attivo', '12,08 €');

    /* A7: the card is taken out of the profile */
    await page.goto(`${aruba.portal}/profilo`);
    await follow(page, () => page.locator('a[href*="/profilo/carte/"]').first().click());
    await follow(page, () => page.getByRole('button', { name: 'Elimina' }).click());
    await page.goto(at(mailbox, '/rinnovo-automatico'));
    await says(page, 'sospeso: manca il modo di pagamento', 'Non c\'è ancora una carta');
    await page.goto(at(mailbox, '/rinnovo'));
    assert.notEqual(page.url(), at(mailbox, '/rinnovo-automatico'));
    await page.close();
  });
}

test('R147 without scripts the switch works alike, and with a mailbox\'s own password only what needs no card', async () => {
  const mailbox = await aruba.mailbox({ auto_renew: 'true' });
  const page = await visitor(browser, { script: false });
  await login(page, aruba, mailbox);
  await page.goto(at(mailbox, '/rinnovo'));
  assert.equal(page.url(), at(mailbox, '/rinnovo-automatico'));
  await follow(page, () => page.getByRole('link', { name: 'Disattiva il rinnovo automatico' }).click());
  await follow(page, () => page.getByRole('button', { name: 'Disattiva' }).click());
  await says(page, 'disattivato', 'serve un account');
  await page.close();
});

test('M23 who gives a mailbox up is told that it does not renew itself any more, and its page says so until that is taken back', async () => {
  const mailbox = await aruba.mailbox({ auto_renew: 'true' });
  const page = await visitor(browser, { width: 390 });
  await login(page, aruba, mailbox);
  await page.goto(at(mailbox, '/disdetta'));
  await says(page, 'Il rinnovo automatico si disattiva');
  await page.locator('input[name=when][value=expiry]').check();
  await page.locator('#typed').fill(mailbox.address);
  await follow(page, () => page.getByRole('button', { name: 'Disdico la casella' }).click());
  await page.goto(at(mailbox));
  await says(page, 'Disdetta ricevuta: la casella funziona fino al 15/03/2027 compreso', 'non attivo');
  await look(page, '408-given-up');
  await follow(page, () => page.getByRole('link', { name: 'Revoca la disdetta' }).click());
  await follow(page, () => page.getByRole('button', { name: 'Revoca la disdetta' }).click());
  await page.goto(at(mailbox));
  assert.doesNotMatch(await page.locator('main').innerText(), /Disdetta ricevuta:/);
  await page.close();
});
