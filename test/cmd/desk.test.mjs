// The desk by the command line and the API: operators, verdicts on papers, activations (DOMAIN M8-M12, K3-K4, T21, T23), on each engine.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Program, camt053, missing } from '../support/program.mjs';

const IBAN = 'IT24D0542811101000000654321'; // visura's
const EMAIL = 'mario.rossi@posta.example';
const HOLDER = { kind: 'person', name: 'Mario Rossi', tax_code: 'RSSMRA80A01H501U', street: 'Via Roma 1', postcode: '00185', city: 'Roma', province: 'RM',
  email: 'titolare@posta.example', phone: '+39 06 5550 0123' };

function pdf(text) {
  const body = `%PDF-1.4\n% ${text}\n1 0 obj\n<< /Type /Catalog >>\nendobj\n`;
  return Buffer.from(`${body}xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R /Size 2 >>\nstartxref\n${body.length}\n%%EOF\n`);
}

for (const engine of ['sqlite', 'postgres']) {
  describe(`the desk on ${engine}`, { skip: missing(engine) }, () => {
    const program = new Program(engine);
    const json = async (...words) => JSON.parse(await program.must(...words, '--json'));
    const keys = {};
    let url, files, key;
    let made = 0;

    async function post(where, body, role = 'owner') {
      const raw = typeof body === 'string' || body instanceof FormData;
      const answer = await fetch(`${url}/api/v1${where}`, { method: 'POST', body: raw ? body : JSON.stringify(body),
        headers: { Authorization: `Bearer ${keys[role]}`, 'Idempotency-Key': `key-${++made}`, ...(!raw && { 'Content-Type': 'application/json' }) } });
      const text = await answer.text();
      return { status: answer.status, text, json: JSON.parse(text) };
    }

    // Paid, its papers sent.
    async function sent(name, start_now = true) {
      const order = await post('/orders', { brand: 'visura', kind: 'purchase', account: EMAIL, payment_method: 'bank_transfer', holder: HOLDER,
        consents: { terms: true, start_now }, lines: [{ names: [name, `${name}.due`, `${name}.tre`], plan: 'base', years: 1 }] });
      assert.equal(order.status, 201, order.text);
      const { code } = order.json;
      const paid = await post('/bank-statements', camt053({ id: `E-${name}`, iban: IBAN, day: '2026-12-21', credits: [{ text: code, cents: 1098 }] }));
      assert.equal(paid.json.matched, 1, paid.text);
      await send(code);
      return code;
    }
    async function send(code) {
      const form = new FormData();
      for (const slot of ['contract', 'identity']) form.append(slot, new Blob([pdf(`${slot} ${++made}`)]), `${slot}.pdf`);
      const answer = await post(`/orders/${code}/documents`, form);
      assert.equal(answer.status, 201, answer.text);
    }
    async function refused(code, stderr, ...words) {
      const result = await program.run(...words);
      assert.equal(result.code, code, result.stdout + result.stderr);
      assert.equal(result.stdout, '');
      assert.match(result.stderr, stderr);
    }

    before(async () => {
      await program.create('2026-12-20T11:00:00Z');
      await program.must('user', 'add', '--brand', 'visura', '--email', EMAIL, '--name', 'Mario Rossi');
      for (const [name, brand, role] of [['owner', '*', 'owner'], ['reviewer', 'visura', 'reviewer'], ['shop', 'visura', 'shop'], ['legal', 'legalmail', 'owner']])
        keys[name] = await program.must('key', 'add', '--brand', brand, '--role', role);
      files = path.join(program.folder, 'carte');
      key = path.join(program.folder, 'chiave');
      writeFileSync(key, `${'0123456789abcdef'.repeat(4)}\n`, { mode: 0o600 });
      url = await program.serve('--no-jobs', '--files', files, '--files-key', key);
    });

    after(() => program.end());

    test('operators are added, listed and kept out', async () => {
      const anna = await json('operator', 'add', '--email', 'Anna@visura.example', '--name', 'Anna Controlli', '--role', 'reviewer', '--brand', 'visura',
        '--public-url', 'https://ufficio.example');
      assert.match(anna.link, /^https:\/\/ufficio\.example\/office\/password\/[0-9a-f]{64}$/);
      await refused(1, /./, 'operator', 'add', '--email', 'anna@visura.example', '--name', 'Un altro', '--role', 'reviewer');
      await refused(1, /voci proposte/, 'operator', 'add', '--email', 'b@visura.example', '--name', 'B', '--role', 'capo');
      await refused(1, /e-mail/, 'operator', 'add', '--email', 'nessuno', '--name', 'B', '--role', 'owner');
      await refused(2, /--role/, 'operator', 'add', '--email', 'b@visura.example', '--name', 'B');
      const link = (await json('operator', 'link', 'anna@visura.example', '--public-url', 'https://ufficio.example')).link;
      assert.notEqual(link, anna.link);
      assert.equal((await json('operator', 'totp-reset', 'anna@visura.example')).reset, true);
      await refused(1, /Non trovato/, 'operator', 'totp-reset', 'nessuno@visura.example');
      await program.must('operator', 'disable', 'anna@visura.example');
      await refused(1, /Non trovato/, 'operator', 'link', 'anna@visura.example');
      await refused(1, /Non trovato/, 'operator', 'disable', 'nessuno@visura.example');
      const list = await json('operator', 'list');
      assert.deepEqual(list.map(({ email, role, brand, has_password }) => [email, role, brand, has_password]), [['anna@visura.example', 'reviewer', 'visura', false]]);
      assert.ok(list[0].disabled_at);
      assert.match(await program.must('operator', 'list'), /disabilitato/);
    });

    test('programs are told of events, by an address that is added, rotated and removed', async () => {
      const sealed = ['--files', files, '--files-key', key];
      await refused(1, /https/, 'webhook', 'add', '--brand', 'visura', '--to', 'http://programma.example/', ...sealed);
      await refused(1, /https/, 'webhook', 'add', '--brand', 'visura', '--to', 'https://127.0.0.1/', ...sealed);
      await refused(1, /tipi di evento/, 'webhook', 'add', '--brand', 'visura', '--to', 'https://programma.example/', '--kinds', 'Order!', ...sealed);
      await refused(1, /--files-key/, 'webhook', 'add', '--brand', 'visura', '--to', 'https://programma.example/');
      const made = await json('webhook', 'add', '--brand', 'visura', '--to', 'https://programma.example/eventi', '--kinds', 'order.', ...sealed);
      assert.match(made.secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
      const other = await json('webhook', 'rotate', `${made.id}`, ...sealed);
      assert.notEqual(other.secret, made.secret);
      const [row] = await json('webhook', 'list');
      assert.deepEqual([row.url, row.kinds, row.state, row.secret], ['https://programma.example/eventi', 'order.', 'active', undefined]);
      assert.deepEqual(await json('webhook', 'log', `${made.id}`), []);
      await refused(2, /--since/, 'webhook', 'replay', `${made.id}`);
      await refused(1, /Non trovato/, 'webhook', 'replay', `${made.id}`, '--delivery', '99');
      await json('webhook', 'replay', `${made.id}`, '--since', '2026-12-01');
      await json('webhook', 'enable', `${made.id}`);
      await json('webhook', 'remove', `${made.id}`);
      await refused(1, /Non trovato/, 'webhook', 'remove', `${made.id}`);
      await refused(1, /Non trovato/, 'webhook', 'log', `${made.id}`);
      assert.deepEqual(await json('webhook', 'list'), []);
    });

    test('M8 K4 T21 papers are listed, shown, rejected, sent again and approved', async () => {
      const code = await sent('mario');
      const [row] = (await json('review', 'list')).filter(({ order }) => order === code);
      assert.deepEqual([row.state, row.holder, row.name, row.submissions], ['in_review', 'Mario Rossi', 'mario', 1]);
      assert.match(await program.must('review', 'list'), new RegExp(`${code}.*documenti in verifica.*Mario Rossi`));
      const review = await json('review', 'show', code);
      assert.deepEqual(review.names.map(({ address, verdict, held }) => [address, verdict, held]),
        [['mario@pec.visura.example', 'free', true], ['mario.due@pec.visura.example', 'free', false], ['mario.tre@pec.visura.example', 'free', false]]);
      const copy = path.join(program.folder, `copia-${engine}.pdf`);
      await program.must('review', 'show', code, '--document', String(review.documents[1].id), '--to', copy, '--files', files, '--files-key', key);
      assert.match(readFileSync(copy, 'latin1'), /^%PDF/);
      await refused(1, /obbligatorio/, 'review', 'reject', code);
      await refused(1, /voci proposte/, 'review', 'reject', code, '--reason', 'noia');
      await refused(2, /identity-expires/, 'review', 'approve', code);
      await refused(1, /scaduto il 21\/11\/2026/, 'review', 'approve', code, '--identity-expires', '21/11/2026');
      const rejected = await json('review', 'reject', code, '--reason', 'unsigned', '--note', 'Manca la firma in fondo.');
      assert.equal(rejected.state, 'docs_pending');
      assert.equal(rejected.submissions[0].note, 'Manca la firma in fondo.');
      assert.ok((await json('review', 'list', '--list', 'missing')).some(({ order }) => order === code));
      await program.must('review', 'remind', code);
      await send(code);
      const approved = await json('review', 'approve', code, '--identity-expires', '2031-03-15');
      assert.equal(approved.state, 'activating');
      assert.equal(approved.submissions[1].identity_expires_on, '2031-03-15');
      assert.ok((await json('activation', 'list')).some(({ order }) => order === code));
      assert.match(await program.must('activation', 'retry', code), /in attivazione/);
      await refused(1, /richiesta di attivazione/, 'activation', 'names', code, '--name', 'altro.nome');
      await refused(1, /Non trovato/, 'review', 'show', 'LM99999');
    });

    test('M9 K3 the API takes the verdict of a reviewer, once', async () => {
      const code = await sent('lucia', false);
      const verdict = { verdict: 'approve', identity_expires_on: '2030-01-31' };
      assert.equal((await post(`/orders/${code}/review`, verdict, 'shop')).status, 403);
      assert.equal((await post(`/orders/${code}/review`, verdict, 'legal')).status, 404);
      const late = await post(`/orders/${code}/review`, { ...verdict, identity_expires_on: '2026-12-19' }, 'reviewer');
      assert.equal(late.status, 422);
      assert.deepEqual(late.json.errors.map(({ field, code: slug }) => [field, slug]), [['identity_expires_on', 'identity-expired']]);
      assert.equal((await post(`/orders/${code}/review`, { verdict: 'approve', altro: 1 }, 'reviewer')).status, 422);
      const done = await post(`/orders/${code}/review`, verdict, 'reviewer');
      assert.equal(done.status, 200, done.text);
      assert.deepEqual([done.json.order, done.json.state, done.json.begins_on, done.json.submissions[0].state], [code, 'waiting', '2027-01-05', 'approved']);
      assert.match(await program.must('review', 'show', code), /Attivazione dal 05\/01\/2027/); // L15: nobody asked for it before
      const other = await post(`/orders/${code}/review`, { verdict: 'reject', reason: 'illegible' }, 'owner');
      assert.deepEqual([other.status, other.json.code], [409, 'review-decided']);
    });

    test('M10 O11 T23 what is refused gives all the money back', async () => {
      const code = await sent('carla');
      await refused(1, /obbligatorio/, 'review', 'refuse', code);
      const done = await json('review', 'refuse', code, '--reason', 'not_entitled', '--to', 'transfer', '--iban', 'IT60X0542811101000000123456', '--payee', 'Mario Rossi');
      assert.equal(done.state, 'refused');
      const order = await json('order', 'show', code);
      assert.equal(order.status, 'refunded');
      assert.deepEqual(order.refunds.map(({ amount_cents, destination }) => [amount_cents, destination]), [[1098, 'transfer']]);
      assert.ok((await json('review', 'list', '--list', 'closed')).some((row) => row.order === code && row.state === 'refused'));
    });
  });
}
