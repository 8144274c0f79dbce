// Names and purchases by the command line.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Program, missing } from '../support/program.mjs';

const EMAIL = 'mario.rossi@posta.example';
const ORDER = {
  brand: 'visura', kind: 'purchase', account: EMAIL, payment_method: 'bank_transfer', consents: { terms: true },
  holder: { kind: 'person', name: 'Mario Rossi', tax_code: 'RSSMRA80A01H501U', street: 'Via Roma 1', postcode: '00185', city: 'Roma',
    province: 'RM', email: 'titolare@posta.example', phone: '+39 06 5550 0123' },
  lines: [{ names: ['uno', 'due', 'tre'], plan: 'plus', years: 2 }],
};

describe('a purchase by the command line', { skip: missing('sqlite') }, () => {
  const program = new Program('sqlite');

  before(async () => {
    await program.create('2026-12-20T11:00:00Z');
    await program.must('user', 'add', '--brand', 'visura', '--email', EMAIL, '--name', 'Mario Rossi');
    const key = await program.must('key', 'add', '--brand', 'visura', '--role', 'shop');
    const url = await program.serve('--no-jobs');
    const answer = await fetch(`${url}/api/v1/orders`, { method: 'POST', body: JSON.stringify(ORDER), headers: {
      Authorization: `Bearer ${key}`, 'Idempotency-Key': 'one', 'Content-Type': 'application/json' } });
    assert.equal(answer.status, 201, await answer.text());
  });
  after(async () => assert.deepEqual(await program.close(), []));

  test('R48 name check says what is free, and why the rest is not', async () => {
    const said = await program.must('name', 'check', '--brand', 'visura', 'UNO', 'libera', 'abuse', 'a..b');
    const lines = said.split('\n');
    assert.match(lines[0], /^uno@pec\.visura\.example: Non disponibile/);
    assert.equal(lines[1], 'libera@pec.visura.example: disponibile');
    assert.match(lines[2], /^abuse: Questo nome è riservato/);
    assert.match(lines[3], /^a\.\.b: Usare solo lettere/);
    const json = JSON.parse(await program.must('name', 'check', '--brand', 'visura', 'uno', 'libera', '--json'));
    assert.deepEqual(json.map(({ name, available, code }) => [name, available, code]),
      [['uno', false, 'name-taken'], ['libera', true, null]]);
    const renews = await program.run('name', 'check', '--brand', 'legalmail', 'uno');
    assert.deepEqual([renews.code, renews.stdout], [1, '']);
    assert.match(renews.stderr, /non disponibile per questo marchio/);
    assert.equal((await program.run('name', 'check', 'uno')).code, 2);
    assert.equal((await program.run('name', 'check', '--brand', 'visura')).code, 2);
  });

  test('R54 order show tells the address that is held, the names and the holder', async () => {
    const said = await program.must('order', 'show', 'LM 00001');
    assert.match(said, /^Ordine LM00001 \(visura\), in attesa di pagamento/);
    assert.match(said, /Attivazione PEC Legalmail Plus, 2 anni {2}36,00 € {2}uno@pec\.visura\.example/);
    assert.match(said, /Richiesta 1: in attesa di pagamento; nomi uno, due, tre/);
    assert.match(said, /Titolare Mario Rossi, codice fiscale RSSMRA80A01H501U/);
    const json = JSON.parse(await program.must('order', 'show', 'LM00001', '--json'));
    assert.deepEqual([json.kind, json.request.state, json.gross_cents], ['purchase', 'awaiting_payment', 4392]);
  });

  test('M6 cancelled, its name is free again', async () => {
    assert.match(await program.must('order', 'cancel', 'LM00001'), /annullato/);
    assert.match(await program.must('name', 'check', '--brand', 'visura', 'uno'), /: disponibile$/);
    assert.equal((await program.run('audit')).code, 0);
  });
});
