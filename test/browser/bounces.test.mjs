/* A mail comes back: the owner is told on top of his area, the desk in its list, and each can put it right (DOMAIN §3.9). */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { PASSWORD, addOperator, choose, confirm, enterDesk, follow, heading, login, look, openMail, program, says, startBrowser, startDemo, unique, visitor } from './support.mjs';

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([startDemo(), startBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

/* A mailbox whose holder's address takes no mail: what was written to it comes back as the mail server's pipe brings it. */
async function bounced(page) {
  const mailbox = await demo.mailbox();
  await login(page, demo, mailbox);
  await choose(page, demo, mailbox);
  const code = await confirm(page, demo);
  await openMail(page, demo, mailbox.contact_email, code);
  const id = /outbox-\d+/.exec(page.url())?.[0];
  assert.ok(id, page.url());
  const report = 'Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n'
    + `Reporting-MTA: dns; mx.posta.example\n\nFinal-Recipient: rfc822; ${mailbox.contact_email}\nAction: failed\nStatus: 5.1.1\n`
    + `Diagnostic-Code: smtp; 550 5.1.1 <${mailbox.contact_email}>: utente sconosciuto\n\n--b\nContent-Type: message/rfc822\n\n`
    + `Message-ID: <${id}@legalmail.example>\n\n--b--\n`;
  const { status, stdout, stderr } = spawnSync(program, ['bounce', 'receive', '--db', `sqlite:${join(demo.folder, 'demo.db')}`], { input: report, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /segnati: 1/);
  return mailbox;
}

test('an address that takes no mail is said in the area, and corrected there', async () => {
  const page = await visitor(browser, { width: 390, script: false });
  const mailbox = await bounced(page);
  await page.goto(`${demo.portal}/caselle`);
  await says(page, `Le nostre mail all'indirizzo ${mailbox.contact_email} tornano indietro`);
  await follow(page, () => page.getByRole('link', { name: 'correggere il recapito' }).click());
  await page.getByLabel('Nuova e-mail di riferimento').fill('nessuno@posta');
  await page.getByLabel('Password').fill('sbagliata di certo');
  await follow(page, () => page.getByRole('button', { name: 'Salva' }).click());
  await says(page, 'Scrivere un indirizzo e-mail completo');
  const better = `${unique('nuova')}@posta.example`;
  await page.getByLabel('Nuova e-mail di riferimento').fill(better);
  await page.getByLabel('Password').fill('sbagliata di certo');
  await follow(page, () => page.getByRole('button', { name: 'Salva' }).click());
  await says(page, 'La password non è corretta');
  await page.getByLabel('Password').fill(PASSWORD);
  await follow(page, () => page.getByRole('button', { name: 'Salva' }).click());
  await says(page, 'E-mail di riferimento salvata', better);
  assert.ok(!(await page.locator('main').innerText()).includes('tornano indietro'));
  await page.goto(`${demo.portal}/caselle`);
  assert.ok(!(await page.locator('main').innerText()).includes('tornano indietro'));
  await page.close();
});

test('the pages about it are accessible', async () => {
  const page = await visitor(browser, { width: 390 });
  const mailbox = await bounced(page);
  await page.goto(`${demo.portal}/caselle`);
  await look(page, '95-area-bounced');
  await follow(page, () => page.getByRole('link', { name: 'correggere il recapito' }).click());
  await look(page, '96-contact');
  await page.getByLabel('Nuova e-mail di riferimento').fill('nessuno@posta');
  await page.getByLabel('Password').fill(PASSWORD);
  await follow(page, () => page.getByRole('button', { name: 'Salva' }).click());
  await look(page, '97-contact-wrong');
  assert.equal((await page.goto(`${demo.portal}/caselle/${encodeURIComponent((await demo.mailbox()).address)}/recapito`)).status(), 404, 'another\'s');
  await page.goto(`${demo.portal}/caselle/${encodeURIComponent(mailbox.address)}`);
  await says(page, 'tornano indietro');
  await page.close();
});

async function enter(role) {
  const page = await visitor(browser);
  await enterDesk(page, demo, await addOperator(demo, role));
  return page;
}

test('the desk lists them, and takes out what receives again', async () => {
  const owner = await visitor(browser);
  const mailbox = await bounced(owner);
  const auditor = await enter('auditor');
  await follow(auditor, () => auditor.getByRole('link', { name: 'Recapiti' }).click());
  assert.equal(await heading(auditor), 'Recapiti che tornano indietro');
  assert.equal(await auditor.getByRole('button', { name: 'Riceve di nuovo' }).count(), 0, 'who only looks has no button');
  await auditor.close();

  const page = await enter('support');
  await follow(page, () => page.getByRole('link', { name: 'Recapiti' }).click());
  const row = page.locator('tbody tr').filter({ hasText: mailbox.contact_email });
  assert.match(await row.innerText(), new RegExp(`${mailbox.address}[^]*5\\.1\\.1[^]*utente sconosciuto`));
  await look(page, '98-office-bounces');
  await page.setViewportSize({ width: 390, height: 844 });
  await look(page, '98-office-bounces-small');
  await follow(page, () => row.getByRole('button', { name: 'Riceve di nuovo' }).click());
  await says(page, "Recapito tolto dall'elenco");
  assert.equal(await row.count(), 0);
  await page.close();
  await owner.goto(`${demo.portal}/caselle`);
  assert.ok(!(await owner.locator('main').innerText()).includes('tornano indietro'));
  await owner.close();
});
