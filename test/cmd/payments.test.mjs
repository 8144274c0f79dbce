// Payments, refunds, prepaid accounts and held money by the command line; the orders come through the API, the card is paid at a
// simulated Axerve.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Program, camt053, csv, missing } from '../support/program.mjs';

const IBAN = 'IT24D0542811101000000654321'; // visura's
const EMAIL = 'maria.verdi@posta.example';
const HOLDER = {
  brand: 'visura', plan: 'base', holder_kind: 'person', holder_name: 'Maria Verdi', tax_code: 'RSSMRA80A01H501U',
  contact_email: EMAIL, activated_on: '2024-03-15', expires_on: '2027-03-15', street: 'Via Roma 1',
  postcode: '00185', city: 'Roma', province: 'RM', country: 'IT',
};
const box = (name) => `${name}@pec.visura.example`;

for (const engine of ['sqlite', 'postgres']) {
  describe(`payments on ${engine}`, { skip: missing(engine) }, () => {
    const program = new Program(engine);
    const json = async (...words) => JSON.parse(await program.must(...words, '--json'));
    let url, key, axerve, secrets;
    let statements = 0, made = 0;

    async function post(where, body) {
      const answer = await fetch(`${url}/api/v1${where}`, {
        method: 'POST', body: JSON.stringify(body),
        headers: { Authorization: `Bearer ${key}`, 'Idempotency-Key': `key-${++made}`, 'Content-Type': 'application/json' } });
      assert.equal(answer.status, 201, await answer.clone().text());
      return answer.json();
    }
    const place = (name, method) => post('/orders', { brand: 'visura', kind: 'renewal', payment_method: method, account: EMAIL,
      consents: { terms: true }, lines: [{ mailbox: box(name), years: 1 }] });

    async function payAt(address) {
      const answer = await fetch(address, { method: 'POST', redirect: 'manual',
        body: new URLSearchParams({ number: '4242424242424242', expiry: '12/35', cvv: '123', name: 'Maria Verdi', act: 'pay' }) });
      assert.equal(answer.status, 303);
    }

    async function refused(code, stderr, ...words) {
      const result = await program.run(...words);
      assert.equal(result.code, code, result.stdout + result.stderr);
      assert.equal(result.stdout, '');
      assert.match(result.stderr, stderr);
    }
    const bring = (...credits) => program.must('bank', 'import',
      program.write('statement.xml', camt053({ id: `C${++statements}-${engine}`, iban: IBAN, day: '2026-12-20', credits })));

    before(async () => {
      program.addBrand('altra', 'legalmail', 'IT62C0326803203052886541770');
      await program.create('2026-12-20T11:00:00Z');
      axerve = await program.sandbox('axerve');
      const file = path.join(program.folder, 'brands/visura/brand.yaml');
      writeFileSync(file, readFileSync(file, 'utf8')
        .replace(/^( +axerve:).*$/m, `$1 { url: "${axerve.url}", shop_login: ${axerve.shop_login} }`));
      secrets = program.folder;
      program.write('visura.axerve.api_key', `${axerve.api_key}\n`);
      const names = ['uno', 'due', 'tre', 'quattro', 'ignoto', 'lettera', 'sette', 'otto'];
      await program.must('mailbox', 'import', program.write('mailboxes.csv', csv(names.map((name) => ({ ...HOLDER, address: box(name) })))));
      await program.must('user', 'add', '--brand', 'visura', '--email', EMAIL, '--name', 'Maria Verdi',
        ...names.flatMap((name) => ['--mailbox', box(name)]));
      key = await program.must('key', 'add', '--brand', '*', '--role', 'owner');
      url = await program.serve('--no-jobs', '--secrets', secrets);
      await axerve.behave({ notifications: { drop: true } }); // nobody is told: somebody must ask
    });
    after(() => program.end());

    test('a payment that nobody told of is asked about, and settles its order', async () => {
      const { code, payment } = await place('uno', 'card');
      await payAt(payment.redirect_url);
      assert.deepEqual((await json('payment', 'list')).map((p) => [p.key, p.state]), [[`${code}-1`, 'pending']]);
      assert.match(await program.must('payment', 'list'), new RegExp(`^${code}-1 .*Carta di credito  10,98 €  `, 'm'));
      assert.equal((await json('payment', 'show', `${code}-1`)).state, 'pending');
      await refused(1, /non risponde/, 'payment', 'ask', `${code}-1`); // without the secret there is nobody to ask
      const asked = await json('payment', 'ask', `${code}-1`, '--secrets', secrets);
      assert.deepEqual([asked.state, asked.captured_cents], ['captured', 1098]);
      assert.equal((await json('payment', 'ask', `${code}-1`, '--secrets', secrets)).state, 'captured');
      assert.deepEqual(await json('payment', 'list'), []);
      assert.deepEqual((await json('payment', 'list', '--order', code)).map((p) => p.key), [`${code}-1`]);
      const order = await json('order', 'show', code);
      assert.deepEqual([order.status, order.payment.state, order.payment.attempts.length], ['fulfilled', 'captured', 1]);
      assert.match(await program.must('order', 'show', code), new RegExp(`Pagato il 20/12/2026: Carta di credito \\(payment:\\d+\\)\nFattura [^\n]+\nPagamento ${code}-1: `));
      await refused(1, /Non trovato/, 'payment', 'show', 'RLM00000-9');
      await refused(1, /Non trovato/, 'payment', 'list', '--order', 'RLM99999');
      await refused(2, /--held, --state oppure --order/, 'payment', 'list', '--held', '--order', code);
      await refused(2, /non è uno stato/, 'payment', 'list', '--state', 'boh');
    });

    test('an order is given back in parts, by card and by transfer, never more than there was', async () => {
      const [{ key: payment }] = await json('payment', 'list', '--order', (await orderOf('uno')));
      const code = payment.replace(/-1$/, '');
      await refused(2, /--amount/, 'refund', 'make', code, '--reason', 'Sconto');
      await refused(2, /--amount/, 'refund', 'make', code, '--reason', 'Sconto', '--amount', 'tanto');
      await refused(2, /--reason/, 'refund', 'make', code, '--amount', '1,00');
      await refused(1, /0,01-10,98/, 'refund', 'make', code, '--amount', '10,99', '--reason', 'Sconto');
      await refused(1, /obbligatorio/, 'refund', 'make', code, '--amount', '1,00', '--reason', 'Sconto', '--to', 'transfer');
      await refused(1, /: to: /, 'refund', 'make', code, '--amount', '1,00', '--reason', 'Sconto', '--to', 'altrove');
      await refused(1, /Non trovato/, 'refund', 'make', 'RLM99999', '--amount', '1,00', '--reason', 'Sconto');
      const first = await json('refund', 'make', code, '--amount', '5,00', '--reason', 'Sconto', '--to', 'transfer', '--iban', IBAN, '--payee', 'Maria Verdi');
      assert.deepEqual([first.order, first.amount_cents, first.destination, first.state, first.iban], [code, 500, 'transfer', 'waiting', IBAN]);
      await program.must('refund', 'make', code, '--amount', '5,98', '--reason', 'Il resto', '--take-back');
      assert.deepEqual((await json('refund', 'list')).map((r) => [r.amount_cents, r.destination, r.state]),
        [[500, 'transfer', 'waiting'], [598, 'source', 'waiting']]);
      assert.match(await program.must('refund', 'list'), /5,00 €  transfer  in attesa  IT24 D054 2811 1010 0000 0654 321, Maria Verdi/);
      assert.equal((await json('refund', 'sent', String(first.id))).state, 'done');
      await refused(1, /./, 'refund', 'sent', String(first.id));
      await refused(2, /«x»/, 'refund', 'sent', 'x');
      await program.must('day', 'run', '--secrets', secrets, '--smtp', `file:${program.folder}`); // the provider is asked
      assert.deepEqual(await json('refund', 'list'), []);
      const order = await json('order', 'show', code);
      assert.deepEqual([order.status, order.payment.state, order.credit_notes.length], ['refunded', 'part_refunded', 2]);
      assert.match(await program.must('order', 'show', code), /Nota di credito NC-2026\/1 del 20\/12\/2026: 5,00 €\nNota di credito NC-2026\/2 [^\n]+\nRimborso \d+ di 5,00 €/);
    });

    // The last order of a mailbox.
    async function orderOf(name) {
      const orders = await fetch(`${url}/api/v1/events?limit=1000`, { headers: { Authorization: `Bearer ${key}` } });
      const { events } = await orders.json();
      const renewed = events.find((event) => event.kind === 'mailbox.renewed');
      assert.ok(name && renewed);
      return events.find((event) => event.kind === 'order.confirmed' && event.order_id === renewed.order_id).data.code;
    }

    test('held money is listed whatever it came by, and goes back', async () => {
      const { code } = await place('due', 'bank_transfer');
      const { code: card, payment } = await place('tre', 'card');
      await bring({ cents: 1100, text: code }, { cents: 4200, text: 'senza causale' });
      await axerve.behave({ settlement: 'automatic' });
      await bring({ cents: 1098, text: card });
      await payAt(payment.redirect_url);
      await program.run('payment', 'ask', `${card}-1`, '--secrets', secrets); // a second payment: promised, or taken and held
      const held = await json('bank', 'held');
      assert.deepEqual(held.filter((h) => h.kind === 'bank').map((h) => [h.id, h.amount_cents, h.reason, h.order, h.account]),
        [['bank-1', 1100, 'amount_over', code, IBAN], ['bank-2', 4200, 'no_reference', null, IBAN]]);
      assert.match(await program.must('bank', 'held'), /^bank-2 .*42,00 EUR  causale senza codice di pagamento  Mario Rossi: senza causale$/m);
      await refused(2, /bank-17/, 'refund', 'held', 'due');
      await refused(1, /./, 'refund', 'held', 'bank-2');
      await refused(1, /./, 'refund', 'held', 'cheque-1');
      const given = await json('refund', 'held', 'bank-2', '--iban', IBAN, '--payee', 'Mario Rossi');
      assert.deepEqual([given.order, given.destination, given.amount_cents], [null, 'transfer', 4200]);
      assert.equal((await json('refund', 'held', 'bank-1', '--to', 'wallet')).state, 'done');
      assert.deepEqual((await json('bank', 'held')).filter((h) => h.kind === 'bank'), []);
    });

    test('a payment of which nothing is known is listed with what to do, and closed by who has looked', async () => {
      await axerve.behave({ fail: [{ path: 'payment/create', times: 1, when: 'after', how: 'hang-up' }] });
      const { code } = await place('ignoto', 'card');
      const key = `${code}-1`;
      assert.deepEqual((await json('payment', 'list', '--state', 'unknown')).map((p) => p.key), [key]);
      assert.match(await program.must('payment', 'list', '--state', 'unknown'), new RegExp(`casella payment close ${key} --not-paid --reason`));
      await refused(2, /--paid NUMERO oppure --not-paid/, 'payment', 'close', key, '--reason', 'x');
      await refused(1, /obbligatorio/, 'payment', 'close', key, '--not-paid');
      await refused(1, /«da avviare»/, 'payment', 'close', key, '--paid', '999', '--reason', 'x', '--secrets', secrets);
      assert.equal((await json('payment', 'close', key, '--not-paid', '--reason', 'Non risulta')).state, 'failed');
      assert.deepEqual(await json('payment', 'list', '--state', 'unknown'), []);
      await refused(1, /non riuscito/, 'payment', 'close', key, '--not-paid', '--reason', 'Non risulta');
    });

    test("a consumer's letter of withdrawal, and dollars that the bank has given back", async () => {
      const { code } = await place('lettera', 'bank_transfer');
      await bring({ cents: 1098, text: code }, { cents: 500, text: 'in dollari', currency: 'USD' });
      await refused(1, /20\/12\/2026-20\/12\/2026/, 'order', 'withdraw', code, '--sent-on', '19/12/2026');
      await refused(1, /obbligatorio/, 'order', 'withdraw', code, '--sent-on', '20/12/2026');
      const withdrawn = await json('order', 'withdraw', code, '--sent-on', '20/12/2026', '--iban', IBAN, '--payee', 'Maria Verdi');
      assert.deepEqual([withdrawn.status, withdrawn.refunds.map((r) => [r.amount_cents, r.destination])], ['refunded', [[1098, 'transfer']]]);
      const { id } = (await json('bank', 'held')).find((h) => h.currency === 'USD');
      await refused(1, /./, 'refund', 'held', id, '--iban', IBAN, '--payee', 'x');
      await refused(2, /--reason/, 'refund', 'returned', id);
      await refused(2, /bank-17/, 'refund', 'returned', 'payment-1', '--reason', 'x');
      assert.match(await program.must('refund', 'returned', id, '--reason', 'Reso il 23/12'), /reso dalla banca/);
      await refused(1, /./, 'refund', 'returned', id, '--reason', 'x');
      assert.deepEqual((await json('bank', 'held')).filter((h) => h.currency === 'USD'), []);
      const [transfer] = (await json('refund', 'list')).filter((r) => r.order === code);
      await refused(1, /./, 'refund', 'turn', String(transfer.id), '--to', 'wallet');
      await refused(1, /./, 'refund', 'drop', String(transfer.id));
    });

    test('a prepaid account and its statement', async () => {
      const shown = await json('wallet', 'show', EMAIL, '--brand', 'visura');
      assert.equal(shown.entries.at(-1).kind, 'refund');
      assert.equal(shown.balance_cents, shown.entries.reduce((sum, entry) => sum + entry.amount_cents, 0));
      assert.match(await program.must('wallet', 'show', EMAIL.toUpperCase(), '--brand', 'visura'), /saldo [\d,]+ €\n.* 11,00 € .* rimborso /);
      await refused(2, /manca --brand/, 'wallet', 'show', EMAIL);
      await refused(1, /Non trovato/, 'wallet', 'show', EMAIL, '--brand', 'altra');
      await refused(1, /Non trovato/, 'wallet', 'show', 'nessuno@posta.example', '--brand', 'visura');
    });

    test('Y9 held money is put where it belongs, and the day adds up to the ledger', async () => {
      const first = await place('sette', 'bank_transfer'), second = await place('otto', 'bank_transfer');
      await bring({ cents: 1098, text: 'per la mia casella' }, { cents: 3000, text: 'due cose insieme' }, { cents: 555, text: 'di un altro' });
      const held = await json('bank', 'held');
      const id = (cents) => held.find((h) => h.amount_cents === cents).id;
      const note = ['--note', 'così dice al telefono'];
      assert.deepEqual((await json('bank', 'held', 'show', id(1098))).parts, []);
      await refused(2, /bank-17/, 'bank', 'held', 'assign', 'x', first.code, ...note);
      await refused(2, /«assign»/, 'bank', 'held', 'assign', id(1098), ...note);
      await refused(1, /obbligatorio/, 'bank', 'held', 'assign', id(1098), first.code);
      await refused(1, /./, 'bank', 'held', 'assign', id(1098), 'RLM1', ...note);
      assert.equal((await json('bank', 'held', 'assign', id(1098), first.code, ...note)).left_cents, 0);
      assert.equal((await json('order', 'show', first.code)).status, 'fulfilled');

      await refused(2, /ORDINE=IMPORTO/, 'bank', 'held', 'split', id(3000), ...note);
      const split = await json('bank', 'held', 'split', id(3000), `${second.code}=10,98`, '--rest-to', EMAIL, ...note);
      assert.deepEqual(split.parts.map((p) => [p.way, p.amount_cents]), [['order', 1098], ['wallet', 1902]]);
      const undone = await json('bank', 'held', 'undo', String(split.parts[1].id), '--note', 'non era suo');
      assert.equal(undone.left_cents, 1902);
      assert.equal((await json('bank', 'held', 'credit', id(3000), EMAIL, '--amount', '19,02', ...note)).left_cents, 0);
      assert.equal((await json('bank', 'held', 'foreign', id(555), ...note)).left_cents, 0);

      const cash = await json('cash', '--brand', 'visura', '--day', '2026-12-20');
      assert.equal(cash.agrees, true);
      assert.ok(cash.rows.find((row) => row.account === `bank:${IBAN}`).came_cents > 0);
      assert.match(await program.must('cash', '--day', '2026-12-20'), /Contabilità e pagamenti concordano\.$/m);
      await refused(1, /./, 'cash', '--brand', 'nessuno');

      // A line of what was paid so goes back by itself, once; the register counts it.
      const given = ['refund', 'make', second.code, '--reason', 'Voce non dovuta', '--to', 'transfer', '--iban', IBAN, '--payee', 'Maria Verdi'];
      const total = async () => (await json('invoice', 'register', '--brand', 'visura', '--month', '2026-12')).total;
      const before = await total();
      await refused(2, /--lines 1,3/, ...given);
      await refused(2, /--lines 1,3/, ...given, '--lines', '1;2');
      await refused(1, /./, ...given, '--lines', '9');
      assert.equal((await json(...given, '--lines', '1')).amount_cents, 1098);
      await refused(1, /già stornata/, ...given, '--lines', '1');
      assert.equal(before.net_cents - (await total()).net_cents, 900);
    });

    test('a table that names no account is told whose it is', async () => {
      const table = program.write('tabella.csv', 'Data contabile;Data valuta;Importo;Divisa;Descrizione\n20/12/2026;20/12/2026;12,34;EUR;tabella\n');
      await refused(1, /indicarne l'IBAN/, 'bank', 'import', table);
      const { entries, held_count: held } = await json('bank', 'import', table, '--account', IBAN);
      assert.deepEqual([entries, held], [1, 1]);
    });

    test('a folder of secrets that cannot be used is a wrong configuration', async () => {
      mkdirSync(path.join(program.folder, 'vuoti'));
      program.write('vuoti/visura.axerve.api_key', '');
      await refused(1, /visura\.axerve\.api_key/, 'day', 'run', '--secrets', path.join(program.folder, 'vuoti'));
      await refused(1, /mancano: /, 'day', 'run', '--secrets', path.join(program.folder, 'mancano'));
    });
  });
}
