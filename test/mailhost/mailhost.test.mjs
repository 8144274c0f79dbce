// Real mail servers obey: Postfix and Dovecot read what casella says a mailbox may do, and turn at Rome's midnight with no job run
// (DOMAIN §3.2; P7: read_only, receive_only, disabled).
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import * as s from '../crash/support.mjs';
import { until } from '../support/patience.mjs';
import { noServers, setClock, Smtp, startServers, visitors } from './servers.mjs';

const PASSWORD = 'una frase lunga e semplice';
const BOX = { reads: 'anna@pec.visura.example', friend: 'bruno@pec.visura.example', full: 'piena@pec.visura.example', receives: 'carla@pec.aruba.example',
    nothing: 'dario@legalmail.example', later: 'elena@pec.visura.example' };
const PLAN = { 'pec.visura.example': ['visura', 'base'], 'pec.aruba.example': ['aruba', 'standard'], 'legalmail.example': ['legalmail', 'bronze'] };

async function importMailboxes(t, db, mailboxes, more = []) {
    const table = path.join(s.folder(t), 'mailboxes.csv');
    const rows = ['brand,address,plan,password,holder_kind,holder_name,tax_code,contact_email,activated_on,expires_on,street,postcode,city,province,country'];
    for (const [address, until] of mailboxes) {
        const [brand, plan] = PLAN[address.split('@')[1]];
        rows.push([brand, address, plan, PASSWORD, 'person', 'Titolare di Prova', 'RSSMRA80A01H501U', 'titolare@posta.example',
                   '2026-01-31', until, 'Via Roma 1', '00184', 'Roma', 'RM', 'IT'].join(','));
    }
    fs.writeFileSync(table, `${rows.join('\n')}\n`);
    const done = await s.casella(['mailbox', 'import', table, '--db', db, ...more]);
    assert.equal(done.status, 0, done.stderr);
}

async function shop(t, db) {
    const brands = path.join(s.folder(t), 'brands');
    fs.cpSync(path.join(s.ROOT, 'brands'), brands, { recursive: true });
    const file = path.join(brands, 'legalmail/brand.yaml'); // one that stops altogether when it expires
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/expired_mode: \w+/, 'expired_mode: disabled'));
    assert.equal((await s.casella(['migrate', '--simulated', '--now', '2027-01-20T10:00:00+01:00', '--db', db])).status, 0);
    await importMailboxes(t, db, Object.values(BOX).map((address) => [address, address === BOX.later ? '2027-06-30' : '2027-01-31']), ['--brands', brands]);
    s.sql(db, `UPDATE mailbox_row SET quota_mb = 1 WHERE id IN (SELECT id FROM mailbox WHERE address = '${BOX.full}')`);
    for (const [address, target] of [['postmaster@pec.visura.example', BOX.friend], ['info@pec.visura.example', BOX.full], ['ufficio@legalmail.example', BOX.nothing]])
        s.sql(db, `INSERT INTO mailhost_alias (address, target) VALUES ('${address}', '${target}')`);
}

for (const engine of s.ENGINES) {
    test(`Postfix and Dovecot do with a mailbox what its dates say, on ${engine.name}`, { skip: engine.skip || noServers, timeout: 600000 }, async (t) => {
        const db = await engine.make(t);
        await shop(t, db);
        const servers = await startServers(t, db, Object.keys(PLAN));
        const { login, from, outside, reads } = visitors(servers, PASSWORD);

        await t.test('in service: it logs in with its password, receives and sends', async () => {
            assert.match((await login(BOX.reads, 'sbagliata')).answer, /^NO/);
            assert.match((await login('nessuno@pec.visura.example')).answer, /^NO/);
            const imap = await login(BOX.reads);
            assert.match(imap.answer, /^OK/);
            assert.match(await outside(BOX.reads, { subject: 'Da fuori' }), /^250 /);
            await imap.until(1);
            assert.match(await from(BOX.friend, BOX.reads, { subject: 'Da Bruno' }), /^250 /);
            assert.match(await from(BOX.reads, BOX.reads, { subject: 'A me' }), /^250 /);
            await imap.until(3);
            assert.deepEqual((await imap.subjects()).sort(), ['A me', 'Da Bruno', 'Da fuori']);
            imap.end();
            (await Smtp.open(servers.submission, { user: BOX.reads, password: 'sbagliata', refused: true })).end();
        });
        await t.test('nobody sends as another, nobody relays, and unknown addresses are refused', async () => {
            assert.match(await from(BOX.reads, BOX.friend, { as: BOX.friend }), /^553 5\.7\.1 /);
            assert.match(await outside('qualcuno@altrove.example'), /^554 5\.7\.1 /);
            assert.match(await outside('nessuno@pec.visura.example'), /^550 5\.1\.1 /);
            assert.match(await outside('postmaster@pec.visura.example'), /^250 /);
        });
        await t.test('from outside nobody uses an address of ours as sender, whether it exists or not', async () => {
            for (const as of [BOX.friend, 'Anna@PEC.visura.example', 'postmaster@pec.visura.example'])
                assert.match(await outside(BOX.reads, { as }), /^550 5\.7\.1 .*inviare con le proprie credenziali/, as);
            assert.match(await outside(BOX.reads, { as: 'nessuno@legalmail.example' }), /^550 5\.1\.0 /);
            assert.match(await outside(BOX.friend, { as: '' }), /^250 /); // notices of delivery come from nobody
        });
        await t.test('it is held to what was bought', async () => {
            assert.match(await outside(BOX.full, { bytes: 700000 }), /^250 /);
            const imap = await login(BOX.full);
            await imap.until(1);
            imap.end();
            for (const to of [BOX.full, 'info@pec.visura.example']) // by its own name, and by one of the host's that leads there
                assert.match(await outside(to, { bytes: 700000 }), /^552 5\.2\.2 .*Casella piena/);
            assert.match(await outside(BOX.full), /^250 /); // a little one still fits
        });
        await t.test('how full it is, casella knows', async () => {
            const used = async (address) => (await s.ask(db, 'mailbox', 'show', address)).used_mb;
            assert.equal(await until('the usage', () => used(BOX.full)), 1);
            assert.equal(await used(BOX.nothing), 0);
            const imap = await login(BOX.later);
            for (let count = 1; count <= 3; count++) {
                assert.match(await outside(BOX.later, { bytes: 900000 }), /^250 /);
                await imap.until(count);
            }
            await until('three messages', async () => await used(BOX.later) === 3);
            assert.match((await s.casella(['mailbox', 'show', BOX.later, '--db', db])).stdout, /^Spazio: 3 MB usati su 1024$/m);
            await imap.empty();
            imap.end(); // while it is open Dovecot takes its time to write
            await until('none', async () => await used(BOX.later) === 0);
        });
        await t.test('a second before midnight all of it works', async () => {
            await setClock(db, '2027-01-31T23:59:59+01:00');
            for (const address of [BOX.reads, BOX.receives, BOX.nothing]) {
                assert.match(await outside(address), /^250 /, address);
                assert.match(await from(address, BOX.friend), /^250 /, address);
                assert.ok(await reads(address), address);
            }
        });
        await t.test('at midnight in Rome, with no job run, each does what its mode leaves', async () => {
            await setClock(db, '2027-02-01T00:00:00+01:00');
            assert.match(await outside(BOX.reads), /^550 5\.2\.1 .*Casella non attiva.*Mailbox not active/);
            assert.match(await from(BOX.reads, BOX.friend), /^550 5\.7\.1 .*per inviare va rinnovata/);
            assert.match(await from(BOX.friend, BOX.later), /^550 5\.7\.1 /);
            const imap = await login(BOX.reads);
            assert.ok(await imap.count() >= 4);
            imap.end();
            assert.match(await outside(BOX.receives), /^250 /);
            assert.match(await from(BOX.receives, BOX.friend), /^550 5\.7\.1 /);
            assert.ok(await reads(BOX.receives));
            assert.match(await outside(BOX.nothing), /^550 5\.2\.1 /);
            assert.ok(!await reads(BOX.nothing));
            assert.match(await from(BOX.nothing, BOX.friend), /^550 5\.7\.1 .*per inviare va rinnovata/); // its password is right: it is told why
            (await Smtp.open(servers.submission, { user: BOX.nothing, password: 'sbagliata', refused: true })).end();
            assert.match(await outside('ufficio@legalmail.example'), /^550 5\.2\.1 .*Indirizzo non attivo/); // it leads to that mailbox
            assert.match(await outside(BOX.later), /^250 /);
            assert.match(await from(BOX.later, BOX.receives), /^250 /);
        });
        await t.test('renewed, it works again', async () => {
            const key = (await s.ask(db, 'key', 'add', '--brand', 'visura', '--role', 'owner')).key;
            const server = await s.Server.start(t, db, ['--no-jobs']), client = new s.Client(server.url, key);
            const { json: order } = await client.order(BOX.reads);
            const { json: said, status } = await client.statement(s.statement('MH', [order], { iban: 'IT24D0542811101000000654321' }));
            assert.equal(status, 200, JSON.stringify(said));
            assert.equal(said.matched, 1, JSON.stringify(said));
            await server.stop();
            assert.match(await outside(BOX.reads), /^250 /);
            assert.match(await from(BOX.reads, BOX.later), /^250 /);
            assert.ok(await reads(BOX.reads));
        });
        await t.test('suspended or ceased, nothing works', async () => {
            for (const status of ['suspended', 'ceased']) {
                s.sql(db, `UPDATE mailbox_row SET status = '${status}' WHERE id IN (SELECT id FROM mailbox WHERE address = '${BOX.later}')`);
                assert.match(await outside(BOX.later), /^550 5\.2\.1 /);
                assert.match(await from(BOX.later, BOX.friend), /^550 5\.7\.1 /);
                assert.ok(!await reads(BOX.later));
            }
        });
        await t.test('an address that is sold again begins empty', async () => {
            s.sql(db, `UPDATE mailbox_row SET status = 'deleted' WHERE id IN (SELECT id FROM mailbox WHERE address = '${BOX.reads}')`);
            assert.match(await outside(BOX.reads), /^550 5\.1\.1 /);
            assert.ok(!await reads(BOX.reads));
            await importMailboxes(t, db, [[BOX.reads, '2028-01-31']]);
            const imap = await login(BOX.reads);
            assert.equal(await imap.count(), 0);
            imap.end();
        });
        await t.test('what Postfix reads the database with shows it no password', { skip: engine.name === 'SQLite' && 'a file has no such rights' }, () => {
            const as = (user, text) => s.sql(db.replace('casella@', `${user}@`), text);
            assert.match(as('casella_postfix', 'SELECT count(*) FROM mailhost_address'), /^[1-9]/);
            for (const [user, table] of [['casella_postfix', 'mailhost_box'], ['casella_postfix', 'mailbox'], ['casella_postfix', 'mailhost_usage'], ['casella_dovecot', 'mailbox'],
                ['casella_dovecot', 'account']])
                assert.throws(() => as(user, `SELECT * FROM ${table}`), /permission denied/, `${user} reads ${table}`);
        });
    });
}
