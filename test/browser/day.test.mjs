/* What the days that turn bring to the portal: the notices on a mailbox's page, and giving a mailbox up. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../support/patience.mjs';
import { follow, heading, login, look, says, startBrowser, startDemo, visitor } from './support.mjs';

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([startDemo(), startBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

test('M23 a mailbox is given up with its term, taken back, and given up at once', async () => {
  for (const width of [390, 1280]) {
    const page = await visitor(browser, { width });
    const mailbox = await demo.mailbox({ expires_on: '2027-03-15' });
    await login(page, demo, mailbox);
    await page.goto(`${demo.portal}/caselle/${mailbox.address}`);
    await follow(page, () => page.getByRole('link', { name: 'Disdire la casella' }).click());
    await says(page, 'Il periodo già pagato non viene rimborsato', 'vengono cancellati dal 14/06/2027');
    await look(page, '91-terminate');
    await follow(page, () => page.getByRole('button', { name: 'Disdico la casella' }).click());
    await says(page, "C'è qualcosa da correggere");
    await page.getByRole('radio', { name: /Alla scadenza/ }).check();
    await page.getByLabel(/Per confermare/).fill('altra@legalmail.example');
    await follow(page, () => page.getByRole('button', { name: 'Disdico la casella' }).click());
    assert.equal(await page.getByRole('radio', { name: /Alla scadenza/ }).isChecked(), true, 'what was chosen is kept');
    await look(page, '92-terminate-wrong');
    await page.getByLabel(/Per confermare/).fill(mailbox.address);
    await follow(page, () => page.getByRole('button', { name: 'Disdico la casella' }).click());
    assert.equal(await heading(page), 'Disdetta ricevuta');
    await says(page, 'funziona fino al 15/03/2027 compreso');
    await look(page, '93-terminate-given');
    await follow(page, () => page.getByRole('button', { name: 'Revoca la disdetta' }).click());
    const late = await page.context().newPage(); /* the same form, left open */
    await late.goto(`${demo.portal}/caselle/${mailbox.address}/disdetta`);
    await page.getByRole('radio', { name: /Subito/ }).check();
    await page.getByLabel(/Per confermare/).fill(mailbox.address);
    await follow(page, () => page.getByRole('button', { name: 'Disdico la casella' }).click());
    await says(page, 'è cessata');
    await page.goto(`${demo.portal}/caselle/${mailbox.address}`);
    await says(page, 'cessata');
    assert.equal(await page.getByRole('link', { name: 'Disdire la casella' }).count(), 0);
    await late.getByRole('radio', { name: /Subito/ }).check();
    await late.getByLabel(/Per confermare/).fill(mailbox.address);
    await follow(late, () => late.getByRole('button', { name: 'Disdico la casella' }).click());
    await says(late, 'è cessata');
    await late.close();
    await page.close();
  }
});

test('M23 nobody gives up the mailbox of somebody else', async () => {
  const page = await visitor(browser);
  const [mine, other] = await demo.mailboxes([{}, {}]);
  await login(page, demo, mine);
  const answer = await page.goto(`${demo.portal}/caselle/${other.address}/disdetta`);
  assert.equal(answer.status(), 404);
  await page.close();
});

test('R121 R127 T37 a notice that was sent stands on the mailbox\'s page, with its day and reader', async () => {
  const page = await visitor(browser, { width: 390 });
  const mailbox = await demo.mailbox({ holder_kind: 'person', expires_on: '2027-03-15' });
  await demo.setClock('2027-01-14');
  await login(page, demo, mailbox);
  const sent = page.locator('li').filter({ hasText: 'Avviso di scadenza' }).filter({ hasText: '14/01/2027' });
  await until('the notice', async () => { /* the worker turns the day when it sees it, and sends when it can */
    await page.goto(`${demo.portal}/caselle/${mailbox.address}`);
    return sent.count();
  });
  await says(page, 'Avvisi inviati', 'Avviso di scadenza', `all'indirizzo ${mailbox.contact_email}`, '14/01/2027');
  await look(page, '90-mailbox-notices');
  await page.close();
});
