// Real mail servers obey: Postfix and Dovecot read what casella says a mailbox may do, and turn at Rome's midnight with no job run
// (DOMAIN §3.2; P7: read_only, receive_only, disabled).
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import * as s from '../crash/support.mjs';
import { Imap, noServers, Smtp, startServers } from './servers.mjs';

const PASSWORD = 'una frase lunga e semplice';
const BOX = { reads: 'anna@pec.visura.example', friend: 'bruno@pec.visura.example', full: 'piena@pec.visura.example', receives: 'carla@pec.aruba.example',
    nothing: 'dario@legalmail.example', later: 'elena@pec.visura.example' };
const PLAN = { 'pec.visura.example': ['visura', 'base'], 'pec.aruba.example': ['aruba', 'standard'], 'legalmail.example': ['legalmail', 'bronze'] };

async function shop(t, db) {
    const folder = s.folder(t), table = path.join(folder, 'mailboxes.csv'), brands = path.join(folder, 'brands');
    const rows = ['brand,address,plan,password,holder_kind,holder_name,tax_code,contact_email,activated_on,expires_on,street,postcode,city,province,country'];
    for (const address of Object.values(BOX))
        rows.push([...PLAN[address.split('@')[1]].toSpliced(1, 0, address), PASSWORD, 'person', 'Titolare di Prova', 'RSSMRA80A01H501U', 'titolare@posta.example',
                   '2026-01-31', address === BOX.later ? '2027-06-30' : '2027-01-31', 'Via Roma 1', '00184', 'Roma', 'RM', 'IT'].join(','));
    fs.writeFileSync(table, `${rows.join('\n')}\n`);
    fs.cpSync(path.join(s.ROOT, 'brands'), brands, { recursive: true });
    const file = path.join(brands, 'legalmail/brand.yaml'); // one that stops altogether when it expires
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/expired_mode: \w+/, 'expired_mode: disabled'));
    for (const words of [['migrate', '--simulated', '--now', '2027-01-20T10:00:00+01:00'], ['mailbox', 'import', table, '--brands', brands]]) {
        const done = await s.casella([...words, '--db', db]);
        assert.equal(done.status, 0, done.stderr);
    }
    s.sql(db, `UPDATE mailbox SET quota_mb = 1 WHERE address = '${BOX.full}'`);
    s.sql(db, "INSERT INTO mailhost_alias (address, target) VALUES ('postmaster@pec.visura.example', 'bruno@pec.visura.example')");
}

const setClock = async (db, instant) => assert.equal((await s.casella(['clock', 'set', instant, '--db', db])).status, 0);

for (const engine of s.ENGINES) {
    test(`Postfix and Dovecot do with a mailbox what its dates say, on ${engine.name}`, { skip: engine.skip || noServers, timeout: 240000 }, async (t) => {
        const db = await engine.make(t);
        await shop(t, db);
        const servers = await startServers(t, db, Object.keys(PLAN));
        const login = async (address, password = PASSWORD) => Imap.open(servers.imap, address, password);
        const submit = (address) => Smtp.open(servers.submission, { user: address, password: PASSWORD });
        const from = async (address, to = BOX.friend, options = {}) => { const smtp = await submit(address); const reply = await smtp.send(options.as ?? address, to, options); smtp.end(); return reply; };
        const outside = async (to, options) => { const smtp = await Smtp.open(servers.smtp); const reply = await smtp.send('mittente@altrove.example', to, options); smtp.end(); return reply; };
        const reads = async (address) => { const imap = await login(address); const may = imap.answer.startsWith('OK'); imap.end(); return may; };

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
        await t.test('it is held to what was bought', async () => {
            assert.match(await outside(BOX.full, { bytes: 700000 }), /^250 /);
            const imap = await login(BOX.full);
            await imap.until(1);
            imap.end();
            assert.match(await outside(BOX.full, { bytes: 700000 }), /^552 5\.2\.2 .*Casella piena/);
            assert.match(await outside(BOX.full), /^250 /); // a little one still fits
        });
        await t.test('a second before midnight all of it works', async () => {
            await setClock(db, '2027-01-31T23:59:59+01:00');
            for (const address of [BOX.reads, BOX.receives, BOX.nothing]) {
                assert.match(await outside(address), /^250 /, address);
                assert.match(await from(address), /^250 /, address);
                assert.ok(await reads(address), address);
            }
        });
        await t.test('at midnight in Rome, with no job run, each does what its mode leaves', async () => {
            await setClock(db, '2027-02-01T00:00:00+01:00');
            assert.match(await outside(BOX.reads), /^550 5\.2\.1 .*Casella non attiva.*Mailbox not active/);
            assert.match(await from(BOX.reads), /^550 5\.7\.1 .*per inviare va rinnovata/);
            assert.match(await from(BOX.friend, BOX.later), /^550 5\.7\.1 /);
            const imap = await login(BOX.reads);
            assert.ok(await imap.count() >= 4);
            imap.end();
            assert.match(await outside(BOX.receives), /^250 /);
            assert.match(await from(BOX.receives), /^550 5\.7\.1 /);
            assert.ok(await reads(BOX.receives));
            assert.match(await outside(BOX.nothing), /^550 5\.2\.1 /);
            assert.ok(!await reads(BOX.nothing));
            (await Smtp.open(servers.submission, { user: BOX.nothing, password: PASSWORD, refused: true })).end();
            assert.match(await outside(BOX.later), /^250 /);
            assert.match(await from(BOX.later, BOX.receives), /^250 /);
        });
        await t.test('renewed, it works again', async () => {
            const key = (await s.ask(db, 'key', 'add', '--brand', 'visura', '--role', 'owner')).key;
            const server = await s.Server.start(db, ['--no-jobs']), client = new s.Client(server.url, key);
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
                s.sql(db, `UPDATE mailbox SET status = '${status}' WHERE address = '${BOX.later}'`);
                assert.match(await outside(BOX.later), /^550 5\.2\.1 /);
                assert.ok(!await reads(BOX.later));
            }
        });
    });
}
