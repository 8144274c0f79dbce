// A year of a small shop by the command line alone, but for the orders, which come through the API.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Program, camt053, casella, csv, missing, source } from '../support/program.mjs';

const IBAN = 'IT60X0542811101000000123456'; // legalmail's
const HOLDER = {
  brand: 'legalmail', plan: 'bronze', holder_kind: 'person', holder_name: 'Mario Rossi', tax_code: 'RSSMRA80A01H501U',
  contact_email: 'mario.rossi@posta.example', activated_on: '2024-03-15', expires_on: '2027-03-15', street: 'Via Roma 1',
  postcode: '00185', city: 'Roma', province: 'RM', country: 'IT',
};
const legal = (name) => `${name}@legalmail.example`;

for (const engine of ['sqlite', 'postgres']) {
  describe(`a shop on ${engine}`, { skip: missing(engine) }, () => {
    const program = new Program(engine);
    const json = async (...words) => JSON.parse(await program.must(...words, '--json'));
    let url, key;

    async function order(...names) {
      const answer = await fetch(`${url}/api/v1/orders`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${key}`, 'Idempotency-Key': names.join(), 'Content-Type': 'application/json' },
        body: JSON.stringify({
          brand: 'legalmail', kind: 'renewal', payment_method: 'bank_transfer', consents: { terms: true },
          lines: names.map((name) => ({ mailbox: legal(name), years: 1 })),
        }),
      });
      assert.equal(answer.status, 201, await answer.clone().text());
      return answer.json();
    }

    before(async () => {
      await program.create('2026-12-14T11:00:00Z');
    });
    after(async () => assert.deepEqual(await program.close(), []));

    test('mailboxes come in from a table, all or none', async () => {
      const rows = ['uno', 'due', 'tre'].map((name) => ({ ...HOLDER, address: legal(name) }));
      const bad = program.write('bad.csv', csv([...rows, { ...HOLDER, address: legal('no'), tax_code: 'RSSMRA80A01H501X' }]));
      const good = program.write('good.csv', csv(rows));
      const result = await program.run('mailbox', 'import', bad, '--json');
      assert.equal(result.code, 1);
      assert.deepEqual(JSON.parse(result.stdout).faults.map(({ line, field, code }) => [line, field, code]),
        [[5, 'tax_code', 'tax-code-check']]);
      assert.match(result.stderr, /riga 5, tax_code/);
      assert.deepEqual(await json('mailbox', 'import', good, '--dry-run'), { rows: 3, imported: 0, dry_run: true, faults: [] });
      assert.equal((await program.run('mailbox', 'show', legal('uno'))).code, 1);
      assert.equal((await json('mailbox', 'import', good)).imported, 3);
      assert.equal((await program.run('mailbox', 'import', good)).code, 1, 'twice');
    });

    test('what is exported can be imported', async () => {
      const exported = await program.must('mailbox', 'export');
      assert.equal(exported.split('\n').length, 4);
      const other = new Program('sqlite');
      try {
        await other.create('2026-12-20T11:00:00Z');
        assert.equal(await other.must('mailbox', 'import', other.write('all.csv', `${exported}\n`)), 'Caselle importate: 3.');
        assert.equal(await other.must('mailbox', 'export'), exported);
        assert.match(await other.must('mailbox', 'show', legal('due')), /in scadenza \(live\)/);
        await other.must('mailbox', 'end', legal('due'), '--at-once');
        assert.match(await other.must('mailbox', 'show', legal('due')), /cessata \(ceased\)/, 'whatever its dates say');
        const late = JSON.parse(await other.must('mailbox', 'renewal', legal('uno'), '--json', '--now', '2027-06-14'));
        assert.deepEqual([late.eligible, late.reason, late.closes_on], [false, 'renewal-too-late', '2027-06-13']);
      } finally {
        await other.close();
      }
      assert.deepEqual((await json('mailbox', 'export')).map((mailbox) => mailbox.address), ['uno', 'due', 'tre'].map(legal));
    });

    test('a mailbox tells its dates and what renewing costs', async () => {
      const early = await json('mailbox', 'renewal', legal('uno'));
      assert.deepEqual([early.eligible, early.reason, early.opens_on, early.options], [false, 'renewal-too-early', '2026-12-15', []]);
      await program.must('clock', 'set', '2026-12-20T11:00:00Z');
      const mailbox = await json('mailbox', 'show', 'UNO@legalmail.example');
      assert.deepEqual(
        [mailbox.status, mailbox.phase, mailbox.expires_on, mailbox.send_until, mailbox.read_until, mailbox.renew_until, mailbox.plan],
        ['live', 'expiring', '2027-03-15', '2027-03-15', '2027-06-13', '2027-06-13', 'bronze']);
      const renewal = await json('mailbox', 'renewal', legal('uno'));
      assert.equal(renewal.eligible, true);
      assert.deepEqual(renewal.options.map((o) => [o.years, o.net_cents, o.vat_cents, o.gross_cents, o.vat_rate_bp, o.new_expires_on]),
        [[1, 2500, 550, 3050, 2200, '2028-03-15'], [2, 5000, 1100, 6100, 2200, '2029-03-15'], [3, 7500, 1650, 9150, 2200, '2030-03-15']]);
      assert.match((await program.run('mailbox', 'show', legal('nessuno'))).stderr, /Casella non trovata/);
    });

    test('a mailbox tells who held it when', async () => {
      const { holders, change } = await json('mailbox', 'holders', legal('uno'));
      assert.equal(change, null);
      assert.deepEqual(holders.map((h) => h.until), [null]);
      assert.deepEqual((await json('mailbox', 'holders', legal('uno'), '--on', '2027-01-01')).holders, holders);
      assert.deepEqual((await json('mailbox', 'holders', legal('uno'), '--on', '1999-01-01')).holders, []);
      assert.equal((await program.run('mailbox', 'holders', legal('uno'), '--on', 'ieri')).code, 2);
    });

    test('a change of holder is asked for on paper, and decided', async () => {
      const heir = ['--kind', 'person', '--name', 'Anna Neri', '--tax-code', 'NRENNA80A41H501T', '--street', 'Via Po 1', '--postcode', '00198', '--city', 'Roma',
        '--province', 'RM', '--email', 'anna.neri@posta.example', '--phone', '+39 06 5550 0199'];
      assert.equal((await program.run('holder', 'ask', legal('tre'), ...heir)).code, 1, 'without consent');
      const asked = await json('holder', 'ask', legal('tre'), ...heir, '--agreed');
      assert.deepEqual([asked.state, asked.mailbox, asked.holder.tax_code, asked.holder.country], ['asked', legal('tre'), 'NRENNA80A41H501T', undefined]);
      assert.match((await program.run('holder', 'ask', legal('tre'), ...heir, '--agreed')).stderr, /mailbox/);
      assert.deepEqual((await json('holder', 'list', '--list', 'asked')).map((one) => one.id), [asked.id]);
      assert.deepEqual(await json('holder', 'list'), []);
      assert.match(await program.must('holder', 'show', asked.id), /tre@legalmail\.example.*Anna Neri[^]*03\/|Si attende/);
      assert.equal((await program.run('holder', 'approve', asked.id, '--identity-expires', '2031-05-04')).code, 1, 'no document yet');
      assert.equal((await program.run('holder', 'approve', asked.id)).code, 2);
      assert.equal((await program.run('holder', 'list', '--list', 'mai')).code, 2);
    });

    test('space is ordered for the rest of the term', async () => {
      const price = await json('order', 'space', legal('due'), '--gb', '2', '--dry-run');
      assert.deepEqual([price.extra_gb, price.months], [2, 3]);
      const ordered = await json('order', 'space', legal('due'), '--gb', '2');
      assert.deepEqual([ordered.kind, ordered.status, ordered.gross_cents, ordered.lines[0].extra_gb], ['extra_space', 'confirmed', price.gross_cents, 2]);
      const again = await program.run('order', 'space', legal('due'), '--gb', '1');
      assert.equal(again.code, 1);
      assert.match(again.stderr, new RegExp(ordered.code));
      assert.equal((await program.run('order', 'space', legal('due'))).code, 2);
      assert.equal((await program.run('order', 'space', legal('due'), '--gb', '600')).code, 2);
      assert.equal((await json('order', 'cancel', ordered.code)).status, 'cancelled');
    });

    test('a key is alone on stdout', async () => {
      key = await program.must('key', 'add', '--brand', 'legalmail', '--role', 'owner');
      assert.match(key, /^casella_[0-9a-f]{64}$/);
      assert.equal((await program.run('key', 'add', '--brand', 'nessuno', '--role', 'owner')).code, 1);
      assert.equal((await program.run('key', 'add', '--brand', 'legalmail', '--role', 'king')).code, 1);
      url = await program.serve('--smtp', `file:${program.folder}/mail`, '--no-jobs');
    });

    test('an account is made with its mailboxes, or with a link', async () => {
      const words = ['user', 'add', '--brand', 'legalmail', '--name', 'Mario Rossi', '--mailbox', legal('uno'), '--mailbox', legal('due')];
      const add = (input, ...more) => spawnSync(casella, [...words, '--db', program.db, ...more], { input, encoding: 'utf8' });
      assert.equal(add('corta\n', '--email', 'mario@posta.example', '--password-stdin').status, 1);
      assert.equal(add('una frase lunga\n', '--email', 'mario@posta.example', '--password-stdin').status, 0);
      const twice = add('una frase lunga\n', '--email', 'Mario@posta.example', '--password-stdin');
      assert.equal(twice.status, 1);
      assert.match(twice.stderr, /^casella: email: /);
      const link = add('', '--email', 'anna@posta.example', '--public-url', url).stdout.trim();
      assert.match(link, /\/b\/legalmail\/password\/[0-9a-f]{64}$/);
      assert.equal((await fetch(link)).status, 200);
      assert.equal(add('', '--email', 'nuova@posta.example', '--mailbox', legal('nessuno')).status, 1);
      assert.equal(add('', '--email', 'nuova@posta.example').status, 0, 'the refused one left nothing behind');
    });

    test('orders are paid by a bank statement, once; other money is held', async () => {
      const paid = await order('uno'), cancelled = await order('due');
      assert.equal((await json('order', 'cancel', cancelled.code)).status, 'cancelled');
      assert.equal((await program.run('order', 'cancel', cancelled.code)).code, 1);
      assert.equal((await json('mailbox', 'show', legal('uno'))).open_order, paid.code);
      const file = program.write('bank.xml', camt053({
        id: 'S1', iban: IBAN, day: '2026-12-21', credits: [
          { cents: 3050, text: `Rinnovo ${paid.code}` }, { cents: 3050, text: `causale ${cancelled.code}` }, { cents: 999, text: 'auguri' }],
      }));
      await program.must('clock', 'set', '2026-12-22T09:00:00Z');
      assert.match(await program.must('bank', 'read', file), /^ {2}\d\d\/\d\d\/\d{4} +\d+,\d\d EUR {2}/m);
      const read = await json('bank', 'read', file);
      assert.deepEqual([read.format, read.statements[0].account, read.statements[0].credits.map((c) => c.amount)],
        ['camt.053.001.08', IBAN, ['30.50', '30.50', '9.99']]);
      const first = await json('bank', 'import', file);
      assert.deepEqual([first.entries, first.matched, first.duplicates, first.held.map((h) => [h.amount_cents, h.reason])],
        [3, 1, 0, [[3050, 'cancelled'], [999, 'no_reference']]]);
      const again = await json('bank', 'import', file);
      assert.deepEqual([again.matched, again.held, again.duplicates], [0, [], 3]);
      assert.match(await program.must('bank', 'import', file), /: accrediti: 3; abbinati: 0; in sospeso: 0; già visti: 3; altri movimenti: 0$/);
      assert.deepEqual((await json('bank', 'held')).map((h) => [h.amount_cents, h.reason, h.order]),
        [[3050, 'cancelled', cancelled.code], [999, 'no_reference', null]]);
      const settled = await json('order', 'show', paid.code.replace(/^(.{6})/, '$1 '));
      assert.deepEqual([settled.status, settled.payment.paid_on, settled.invoice.number], ['fulfilled', '2026-12-21', '2026/1']);
      assert.equal((await json('mailbox', 'show', legal('uno'))).expires_on, '2028-03-15');
    });

    test('each file of several is its own', async () => {
      const third = await order('tre');
      const statement = camt053({ id: 'S2', iban: IBAN, day: '2026-12-23', credits: [{ cents: 3050, text: third.code }] });
      const good = program.write('good.xml', statement), cut = program.write('cut.xml', statement.slice(0, 900));
      const foreign = program.write('foreign.xml', statement.replaceAll(IBAN, 'IT62C0326803203052886541770'));
      const result = await program.run('bank', 'import', '--json', cut, foreign, path.join(program.folder, 'none.xml'), good);
      assert.equal(result.code, 1);
      assert.equal(JSON.parse(result.stdout).matched, 1);
      assert.match(result.stderr, /cut\.xml: .*\n.*foreign\.xml: .*IT62C0326803203052886541770.*\n.*none\.xml: /);
    });

    test('a statement may come through a pipe', () => {
      const input = camt053({ id: 'S3', iban: IBAN, day: '2026-12-24', credits: [{ cents: 100, text: 'per sbaglio' }] });
      const result = spawnSync(casella, ['bank', 'import', '-', '--json', '--db', program.db], { input, encoding: 'utf8' });
      assert.equal(result.status, 0, result.stderr);
      assert.equal(JSON.parse(result.stdout).held_count, 1);
    });

    test('the day sends mail, writes invoices and seals the log', async () => {
      const mail = path.join(program.folder, 'mail');
      assert.ok((await json('mail', 'list')).length > 0);
      const day = await json('day', 'run', '--smtp', `file:${mail}`);
      assert.equal(day.date, '2026-12-22');
      assert.ok(day.done > 0 && day.sealed > 0, JSON.stringify(day));
      assert.deepEqual(await json('mail', 'list'), []);
      assert.deepEqual(await json('mail', 'dead'), []);
      assert.equal((await program.run('mail', 'again', '1')).code, 1, 'it is not dead');
    });

    test('invoices are exported as they were kept', async () => {
      const folder = path.join(program.folder, 'invoices');
      const rows = await json('invoice', 'export', '--to', folder);
      assert.deepEqual(rows.map((row) => row.number), ['2026/1', '2026/2']);
      for (const row of rows) {
        const bytes = readFileSync(row.file);
        assert.equal(createHash('sha256').update(bytes).digest('hex'), row.sha256);
        assert.match(String(bytes), /FatturaElettronica/);
      }
      assert.deepEqual(await json('invoice', 'export', '--to', folder), rows);
    });

    test('a file that is no notice of SdI is told', async () => {
      const { code, stdout } = await program.run('invoice', 'notices', '--brand', 'legalmail', program.write('notice.xml', '<x/>'));
      assert.deepEqual([code, stdout], [1, 'notice.xml: illeggibile\n']);
    });

    test('the audit finds nothing', async () => {
      const report = await json('audit');
      assert.deepEqual([report.ok, report.faults, report.orders, report.invoices, report.unsealed_events], [true, [], 4, 2, 0]);
    });
  });
}

describe('brands', { skip: missing('sqlite') }, () => {
  test('the one that ships is sound; a fault is told with its line', async () => {
    const program = new Program('sqlite');
    try {
      const sound = await program.run('brand', 'check', path.join(source, 'brands/legalmail'));
      assert.equal(sound.code, 0, sound.stdout);
      program.addBrand('storta', 'legalmail', 'IT60X0542811101000000123457');
      const result = await program.run('brand', 'check', path.join(program.folder, 'brands/storta'));
      assert.equal(result.code, 1);
      assert.match(result.stdout, /brand\.yaml.*riga \d+.*iban/i);
    } finally {
      await program.close();
    }
  });
});
