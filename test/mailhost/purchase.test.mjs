// A mailbox from its purchase to its renewal, as its holder meets it: bought and paid, papers sent and approved, activated, a password chosen
// through the link in the mail; then real mail by that password, until it expires, and again when it is renewed (DOMAIN M4-M11, R57, R67-R74, P7).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import * as s from '../crash/support.mjs';
import { cookiesOf } from '../support/client.mjs';
import { until } from '../support/patience.mjs';
import { noServers, setClock, startServers, visitors } from './servers.mjs';

const ACCOUNT = 'acquisti@posta.example', PASSWORD = 'tre gatti sul tetto', IBAN = 'IT24D0542811101000000654321';
const WANTED = { kind: 'purchase', account: ACCOUNT, payment_method: 'bank_transfer', consents: { terms: true, start_now: true },
    lines: [{ names: ['anna.verdi', 'a.verdi', 'verdi.anna'], plan: 'base', years: 1 }],
    holder: { kind: 'person', name: 'Anna Verdi', tax_code: 'VRDNNA80A41H501H', street: 'Via Roma 1', postcode: '00185', city: 'Roma', province: 'RM',
              email: ACCOUNT, phone: '+39 06 5550 0123' } };

// The smallest PDF with a page.
function pdf() {
    const objects = ['<</Type/Catalog/Pages 2 0 R>>', '<</Type/Pages/Kids[3 0 R]/Count 1>>', '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>'];
    let text = '%PDF-1.4\n';
    const starts = objects.map((object, i) => { const at = text.length; text += `${i + 1} 0 obj\n${object}\nendobj\n`; return at; });
    const table = starts.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
    return `${text}xref\n0 4\n0000000000 65535 f \n${table}trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n${text.length}\n%%EOF\n`;
}

async function must(...words) {
    const done = await s.casella(words);
    assert.equal(done.status, 0, `casella ${words.join(' ')}: ${done.stdout}${done.stderr}`);
    return done;
}

// A form of the portal's, filled in and sent as a browser does it.
async function sendForm(url, typed) {
    const shown = await fetch(url), page = await shown.text();
    assert.equal(shown.status, 200, page);
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)[1];
    return fetch(url, { method: 'POST', redirect: 'manual', headers: { Cookie: cookiesOf(shown).join('; ') },
                        body: new URLSearchParams({ csrf, ...typed }) });
}

const decoded = (mail) => mail.bytes.replaceAll('=\r\n', '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));

for (const engine of s.ENGINES)
    test(`a mailbox that was bought works, stops and works again, on ${engine.name}`, { skip: engine.skip || noServers, timeout: 600000 }, async (t) => {
        const db = await engine.make(t), home = s.folder(t), mail = await new s.MailServer().open(t);
        const files = ['--files', path.join(home, 'files'), '--files-key', path.join(home, 'key')];
        fs.writeFileSync(path.join(home, 'key'), `${'0123456789abcdef'.repeat(4)}\n`, { mode: 0o600 });
        await must('migrate', '--simulated', '--now', s.NOW, '--db', db);
        await must('user', 'add', '--brand', 'visura', '--email', ACCOUNT, '--name', 'Anna Verdi', '--db', db);
        const servers = await startServers(t, db, ['pec.visura.example']);
        const { key } = await s.ask(db, 'key', 'add', '--brand', 'visura', '--role', 'owner');
        const server = await s.Server.start(t, db, ['--no-jobs', ...files]), client = new s.Client(server.url, key);
        s.atEnd(t, () => server.stop());
        // What one turn leaves in the outbox the next one sends.
        const turn = async () => { for (let i = 0; i < 2; i++) await must('day', 'run', '--smtp', mail.url, '--public-url', server.url, ...files, '--db', db); };
        const pay = async (id, order) => assert.equal((await client.statement(s.statement(id, [order], { iban: IBAN }))).json.matched, 1);
        const address = 'anna.verdi@pec.visura.example';
        const { login, reads, from, outside } = visitors(servers, PASSWORD);
        let order;

        await t.test('bought, paid, its papers approved, activated', async () => {
            const placed = await client.post('/api/v1/orders', 'application/json', JSON.stringify(WANTED));
            assert.equal(placed.status, 201, placed.text);
            order = placed.json;
            assert.match(await outside(address), /^550 5\.1\.1 /);
            await pay('EC-1', order);
            await turn(); // the contract is drawn
            const papers = new FormData();
            for (const slot of ['contract', 'identity'])
                papers.append(slot, new Blob([pdf()]), `${slot}.pdf`);
            const sent = await fetch(`${server.url}/api/v1/orders/${order.code}/documents`, {
                method: 'POST', headers: { Authorization: `Bearer ${key}`, 'Idempotency-Key': randomUUID() }, body: papers });
            assert.equal(sent.status, 201, await sent.text());
            await must('review', 'approve', order.code, '--identity-expires', '2031-03-15', '--db', db);
            await turn();
            const now = (await client.get(`/api/v1/orders/${order.code}`)).json;
            assert.deepEqual([now.status, now.request.state, now.request.address], ['fulfilled', 'active', address]);
        });
        await t.test('nobody gets in before its password is chosen, through the link in the mail', async () => {
            assert.ok(!await reads(address));
            assert.ok(!(await login(address, '')).answer.startsWith('OK'));
            const told = mail.mails.filter(({ subject, to }) => /Casella/.test(subject) && to === ACCOUNT).map(decoded);
            const link = told.map((text) => /http:\S+\/password\/[0-9a-f]{64}/.exec(text)?.[0]).find(Boolean);
            assert.ok(link, mail.mails.map(({ subject }) => subject).join('\n'));
            assert.equal((await sendForm(link, { password: PASSWORD, password_again: 'due gatti sul tetto' })).status, 422);
            assert.equal((await sendForm(link, { password: PASSWORD, password_again: PASSWORD })).status, 303);
            assert.equal((await fetch(link)).status, 410);
        });
        await t.test('it receives and sends by that password, and is held to its space', async () => {
            assert.ok(await reads(address));
            assert.ok(!(await login(address, 'due gatti sul tetto')).answer.startsWith('OK'));
            assert.match(await outside(address, { subject: 'Benvenuta' }), /^250 /);
            assert.match(await from(address, address, { subject: 'A me' }), /^250 /);
            const imap = await login(address);
            await imap.until(2);
            assert.deepEqual((await imap.subjects()).sort(), ['A me', 'Benvenuta']);
            s.sql(db, `UPDATE mailbox_row SET quota_mb = 1 WHERE id IN (SELECT id FROM mailbox WHERE address = '${address}')`); // of 1024: nobody waits for so much
            assert.match(await outside(address, { bytes: 800000 }), /^250 /);
            await imap.until(3);
            imap.end();
            assert.match(await outside(address, { bytes: 800000 }), /^552 5\.2\.2 /);
            await until('its space is known', async () => (await s.ask(db, 'mailbox', 'show', address)).used_mb === 1);
        });
        await t.test('at midnight of its last day it stops, and says so', async () => {
            await setClock(db, '2027-11-22T23:59:59+01:00');
            assert.match(await outside(address), /^250 /);
            assert.match(await from(address, address), /^250 /);
            await setClock(db, '2027-11-23T00:00:00+01:00');
            assert.match(await outside(address), /^550 5\.2\.1 .*Casella non attiva/);
            assert.match(await from(address, address), /^550 5\.7\.1 .*per inviare va rinnovata/);
            assert.ok(await reads(address), 'visura leaves it to be read');
        });
        await t.test('renewed, it works again', async () => {
            const renewal = await client.order(address);
            assert.equal(renewal.status, 201, renewal.text);
            await pay('EC-2', renewal.json);
            assert.match(await outside(address), /^250 /);
            assert.match(await from(address, address), /^250 /);
            await setClock(db, '2028-11-22T23:59:59+01:00');
            assert.match(await from(address, address), /^250 /);
            await must('audit', '--db', db);
        });
    });
