// An Ordine's convention by the command line: its list of members, one order for all of them, who expires (R120, T42, L9).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { member, roster } from '../support/members.mjs';
import { Program, camt053, csv, missing } from '../support/program.mjs';

const IBAN = 'IT42Z0542811101000000333444'; // fnomceo's
const WHOSE = ['--convention', 'fnomceo-ordine'];

for (const engine of ['sqlite', 'postgres']) {
  describe(`a convention on ${engine}`, { skip: missing(engine) }, () => {
    const program = new Program(engine);
    const json = async (...words) => JSON.parse(await program.must(...words, '--json'));
    const members = [...Array(100).keys()].map((n) => member(n, { plan: 'fnomceo', convention: '' }));

    before(async () => {
      await program.create('2026-12-20T11:00:00Z');
      await program.must('mailbox', 'import', program.write('members.csv', csv(members)));
    });
    after(async () => assert.deepEqual(await program.close(), []));

    test('conventions are told', async () => {
      const list = await json('convention', 'list');
      assert.deepEqual(list.map(({ brand, id, payer, years, net_cents }) => [brand, id, payer, years, net_cents]),
        [['fnomceo', 'fnomceo', 'member', 1, 150], ['fnomceo', 'fnomceo-ordine', 'body', 1, 150], ['visura', 'avvocati', 'member', 2, 1800]]);
      assert.match(await program.must('convention', 'show', 'avvocati'), /Convenzione con Ordine degli Avvocati di prova\n.*2 anni, 18,00 €/);
      assert.equal((await program.run('convention', 'show', 'notai')).code, 1);
    });

    test('T42 a list with two wrong rows is refused, naming them; mended, it counts', async () => {
      const wrong = program.write('wrong.csv', roster(members, (row, n) => (n === 40 ? [...row.slice(0, 4), `${row[4].slice(0, 15)}${row[4][15] === 'A' ? 'B' : 'A'}`, 2]
        : n === 70 ? [members[12].address, 'Rosa', 'Modelli', 1012, members[12].tax_code, 2] : row)));
      const seen = await program.run('convention', 'roster', wrong, ...WHOSE, '--apply', '--json');
      assert.equal(seen.code, 1);
      const told = JSON.parse(seen.stdout);
      assert.deepEqual([told.rows, told.good, told.bad, told.applied], [100, 98, 2, false]);
      assert.deepEqual(told.faults.map(({ line, code }) => [line, code]), [[42, 'tax-code-check'], [72, 'member-repeated']]);
      assert.match((await program.run('convention', 'roster', wrong, ...WHOSE)).stderr, /riga 72, codice_fiscale: .*compare già alla riga 14/);
      const good = program.write('good.csv', roster(members));
      assert.equal((await json('convention', 'roster', good, ...WHOSE)).applied, false);
      assert.equal((await json('mailbox', 'show', members[0].address)).convention, null);
      assert.deepEqual((({ joiners, applied }) => [joiners, applied])(await json('convention', 'roster', good, ...WHOSE, '--apply')), [100, true]);
      assert.equal((await json('mailbox', 'show', members[0].address)).convention, 'fnomceo-ordine');
    });

    test('T42 one order, one invoice, a hundred new expiries', async () => {
      const renewal = await json('mailbox', 'renewal', members[0].address);
      assert.deepEqual([renewal.eligible, renewal.reason], [false, 'convention-pays']);
      assert.match(renewal.detail, /Ordine dei Medici di prova/);
      assert.equal((await json('convention', 'renew', ...WHOSE, '--dry-run')).gross_cents, 18300);
      const { order, mailboxes, net_cents, vat_cents, gross_cents } = await json('convention', 'renew', ...WHOSE);
      assert.deepEqual([mailboxes, net_cents, vat_cents, gross_cents], [100, 15000, 3300, 18300]);
      const file = program.write('bank.xml', camt053({ id: 'C1', iban: IBAN, day: '2026-12-20', credits: [{ cents: 18300, text: `Saldo ${order}` }] }));
      assert.equal((await json('bank', 'import', file)).matched, 1);
      for (const n of [0, 7, 19, 99]) assert.equal((await json('mailbox', 'show', members[n].address)).expires_on, members[n].expires_on.replace('2027', '2028'));
      assert.equal((await json('order', 'show', order)).status, 'fulfilled');
      await program.must('audit');
    });

    test('L9 who expires, for the Ordine', async () => {
      assert.equal((await program.must('convention', 'report', ...WHOSE)).split('\n').length, 1, 'all are renewed');
      const rows = (await program.must('convention', 'report', ...WHOSE, '--until', '2028-01-10')).split('\n');
      assert.equal(rows[0], 'pec;nome;cognome;numero_iscrizione;codice_fiscale;intestatario;scadenza;stato;rinnovo_ordinato');
      assert.equal(rows.length, 6);
      assert.ok(rows.includes(`${members[0].address};Rosa;Modelli;1000;${members[0].tax_code};Rosa Modelli;2028-01-10;attiva;no`));
      assert.equal((await json('convention', 'report', ...WHOSE, '--until', '2028-12-31')).length, 100);
      assert.equal((await program.run('convention', 'report', ...WHOSE, '--until', 'ieri')).code, 2);
    });
  });
}
