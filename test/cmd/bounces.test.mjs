// Mails that come back, through the pipe of a mail server and through a maildir, on each engine (DOMAIN §3.9).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { until } from '../support/patience.mjs';
import { Program, casella, csv, missing } from '../support/program.mjs';

const EMAIL = 'mario.rossi@posta.example';
const MAILBOX = 'mario@legalmail.example';

// What the server of the recipient makes of a mail that it does not take.
function report(mail, { to = EMAIL, action = 'failed', status = '5.1.1' } = {}) {
  const id = /^Message-ID: (<.*>)/mi.exec(mail)[1];
  return `From: MAILER-DAEMON@mx.posta.example\nSubject: Undelivered Mail\nMIME-Version: 1.0\n`
    + `Content-Type: multipart/report; report-type=delivery-status;\n\tboundary="x/1"\n\n--x/1\n\nNot delivered.\n--x/1\n`
    + `Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.posta.example\n\nFinal-Recipient: rfc822; ${to}\n`
    + `Action: ${action}\nStatus: ${status}\nDiagnostic-Code: smtp; 550 5.1.1 unknown\n\n--x/1\nContent-Type: text/rfc822-headers\n\n`
    + `From: <rinnovi@legalmail.example>\nMessage-ID: ${id}\n\n--x/1--\n`;
}

for (const engine of ['sqlite', 'postgres']) {
  describe(`bounces on ${engine}`, { skip: missing(engine) }, () => {
    const program = new Program(engine);
    const json = async (...words) => JSON.parse(await program.must(...words, '--json'));
    const receive = (input, ...more) => spawnSync(casella, ['bounce', 'receive', '--db', program.db, ...more], { input, encoding: 'utf8' });
    let url, mail, key;

    before(async () => {
      await program.create('2026-12-20T11:00:00Z');
      await program.must('mailbox', 'import', program.write('boxes.csv', csv([{ brand: 'legalmail', address: MAILBOX, user_id: 'LM00001', plan: 'bronze',
        holder_kind: 'person', holder_name: 'Mario Rossi', tax_code: 'RSSMRA80A01H501U', contact_email: EMAIL, street: 'Via Roma 1', postcode: '00185',
        city: 'Roma', province: 'RM', country: 'IT', activated_on: '2026-01-31', expires_on: '2027-01-31' }])));
      key = await program.must('key', 'add', '--brand', 'legalmail', '--role', 'owner');
      mkdirSync(path.join(program.folder, 'mail'));
      for (const folder of ['new', 'cur', 'tmp']) mkdirSync(path.join(program.folder, 'returned', folder), { recursive: true });
      url = await program.serve('--no-jobs');
      await program.must('user', 'add', '--brand', 'legalmail', '--email', EMAIL, '--name', 'Mario Rossi', '--mailbox', MAILBOX);
      const order = await fetch(`${url}/api/v1/orders`, { method: 'POST', headers: { Authorization: `Bearer ${key}`, 'Idempotency-Key': 'one',
        'Content-Type': 'application/json' }, body: JSON.stringify({ brand: 'legalmail', kind: 'renewal', account: EMAIL, payment_method: 'bank_transfer', consents: { terms: true },
        billing: { kind: 'person', name: 'Mario Rossi', tax_code: 'RSSMRA80A01H501U', street: 'Via Roma 1', postcode: '00185', city: 'Roma', province: 'RM',
          country: 'IT', email: EMAIL }, lines: [{ mailbox: MAILBOX, years: 1 }] }) });
      assert.equal(order.status, 201, await order.text());
      await program.must('day', 'run', '--smtp', `file:${program.folder}/mail`);
      const [name] = readdirSync(path.join(program.folder, 'mail'));
      mail = readFileSync(path.join(program.folder, 'mail', name), 'utf8');
    });
    after(async () => assert.deepEqual(await program.close(), []));

    const listed = async (query = '') => {
      const answer = await fetch(`${url}/api/v1/bounces${query}`, { headers: { Authorization: `Bearer ${key}` } });
      assert.equal(answer.status, 200);
      return (await answer.json()).bounces;
    };

    test('what is no report of ours is taken and ignored', async () => {
      for (const input of ['', 'Subject: grazie\n\nGrazie.\n', report(mail, { to: 'altro@posta.example' }), report('Message-ID: <x@y.example>')]) {
        const result = receive(input);
        assert.equal(result.status, 0, result.stderr);
      }
      assert.deepEqual(await json('bounce', 'list'), []);
    });

    test('whatever fails is for later', () => {
      const result = spawnSync(casella, ['bounce', 'receive', '--db', `sqlite:${program.folder}/nowhere/casella.db`], { input: report(mail), encoding: 'utf8' });
      assert.equal(result.status, 75, result.stderr);
    });

    test('a report marks the address, for the desk and for programs', async () => {
      const result = receive(report(mail), '--json');
      assert.equal(result.status, 0, result.stderr);
      assert.deepEqual(JSON.parse(result.stdout), { report: true, marked: 1, cleared: 0, noted: 0, not_ours: 0 });
      const [row] = await json('bounce', 'list');
      assert.equal(row.address, EMAIL);
      assert.equal(row.status, '5.1.1');
      assert.equal(row.mailbox, MAILBOX);
      assert.match(await program.must('bounce', 'list', '--brand', 'legalmail'), /5\.1\.1/);
      assert.deepEqual(await json('bounce', 'list', '--brand', 'visura'), []);
      assert.deepEqual(await listed(), [row]);
      assert.deepEqual(await listed(`?before=${row.id}`), []);
      await program.must('audit');
    });

    test('and the desk unmarks it', async () => {
      assert.equal((await program.run('bounce', 'clear', 'nessuno@posta.example')).code, 1);
      assert.deepEqual(await json('bounce', 'clear', EMAIL), { address: EMAIL, cleared: 1 });
      assert.deepEqual(await json('bounce', 'list'), []);
    });

    test('a maildir is read by the worker', async () => {
      const folder = path.join(program.folder, 'returned');
      assert.equal((await program.run('work', '--bounces', program.folder)).code, 1);
      writeFileSync(path.join(folder, 'new', '1.letter'), 'Subject: grazie\n\nGrazie.\n');
      writeFileSync(path.join(folder, 'new', '2.report'), report(mail));
      await program.serve('--smtp', `file:${program.folder}/mail`, '--bounces', folder);
      await until('letters that are read', () => !readdirSync(path.join(folder, 'new')).length);
      assert.deepEqual(readdirSync(path.join(folder, 'cur')).sort(), ['1.letter:2,FS', '2.report:2,S']);
      assert.equal((await json('bounce', 'list'))[0].times, 1);
    });
  });
}
