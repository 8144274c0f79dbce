// Proofs of payment and cheques as the shop's programs, the desk and a customer's browser send them, on each engine.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ask, assertProblem, cookiesOf } from '../support/client.mjs';
import { Program, csv, missing } from '../support/program.mjs';

const IBAN = 'IT24D0542811101000000654321';
const PASSWORD = 'parola d\'ordine 1';
const HOLDER = {
  brand: 'fidata', plan: 'bronze', holder_kind: 'person', holder_name: 'Mario Rossi', tax_code: 'RSSMRA80A01H501U',
  contact_email: 'mario.rossi@posta.example', activated_on: '2024-03-15', expires_on: '2027-03-15', street: 'Via Roma 1',
  postcode: '00185', city: 'Roma', province: 'RM', country: 'IT', password: PASSWORD,
};
const NAMES = ['api', 'form', 'web', 'desk', 'cli', 'assegno', 'insoluto', 'circolare'];
const box = (name) => `${name}@fidata.example`;

// A whole PDF with `text` in it.
function pdf(text) {
  const body = `%PDF-1.4\n% ${text}\n1 0 obj\n<< /Type /Catalog >>\nendobj\n`;
  return Buffer.from(`${body}xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R /Size 2 >>\nstartxref\n${body.length}\n%%EOF\n`);
}

for (const engine of ['sqlite', 'postgres']) {
  describe(`proofs and cheques on ${engine}`, { skip: missing(engine) }, () => {
    const program = new Program(engine);
    const keys = {};
    let url, files;

    const call = (method, where, options) => ask(`${url}/api/v1${where}`, method, { key: keys.owner, ...options });
    const get = (where, options) => call('GET', where, options);
    const post = (where, body, options) => call('POST', where, { body, ...options });
    const send = (code, text, options) => post(`/orders/${code}/proofs?name=contabile.pdf`, pdf(text), { type: 'application/pdf', ...options });
    const accept = (id, cents = 3050) =>
      post(`/proofs/${id}/verdict`, { verdict: 'accept', kind: 'executed_transfer', amount_cents: cents });

    async function place(name) {
      const answer = await post('/orders', { brand: 'fidata', kind: 'renewal', payment_method: 'bank_transfer',
        consents: { terms: true }, lines: [{ mailbox: box(name), years: 1 }] });
      assert.equal(answer.status, 201, answer.text);
      return answer.json.code;
    }
    const status = async (code) => (await get(`/orders/${code}`)).json.status;

    before(async () => {
      program.addBrand('fidata', 'legalmail', IBAN);
      const file = path.join(program.folder, 'brands/fidata/brand.yaml');
      const yaml = readFileSync(file, 'utf8').replace(/^payments:\n(?: .*\n)*/m, 'payments:\n  trust: on_proof\n'
        + '  proof_by: [upload, email]\n  proof_email: contabili@fidata.example\n'
        + '  cheque: { payee: "Fidata S.r.l.", address: "Via Po 1, 00198 Roma" }\n');
      writeFileSync(file, yaml);
      await program.create('2026-12-21T11:00:00Z');
      await program.must('mailbox', 'import', program.write('mailboxes.csv',
        csv([...NAMES.map((name) => ({ ...HOLDER, address: box(name) })),
          { ...HOLDER, brand: 'legalmail', address: 'chiusa@legalmail.example' }])));
      for (const [name, brand, role] of [['owner', '*', 'owner'], ['shop', 'fidata', 'shop'], ['cashier', 'fidata', 'cashier'],
        ['auditor', 'fidata', 'auditor'], ['other', 'legalmail', 'owner']])
        keys[name] = await program.must('key', 'add', '--brand', brand, '--role', role);
      files = path.join(program.folder, 'files');
      url = await program.serve('--smtp', `file:${program.folder}`, '--files', files);
    });

    after(() => program.end());

    test('a proof is sent, listed, looked at, accepted, and settles the order', async () => {
      const code = await place('api');
      const sent = await send(code, 'bonifico eseguito', { key: keys.shop });
      assert.equal(sent.status, 201, sent.bytes.toString());
      assert.equal(sent.json.state, 'received');
      assert.equal(sent.json.due_at, '2026-12-21T11:30:00Z');
      assert.deepEqual(sent.json.file.name, 'contabile.pdf');
      const stored = path.join(files, sent.json.file.sha256.slice(0, 2), sent.json.file.sha256);
      assert.equal(statSync(stored).mode & 0o777, 0o600);
      assert.deepEqual(readFileSync(stored), pdf('bonifico eseguito'));

      assert.deepEqual((await get('/proofs', { key: keys.auditor })).json.proofs.map((proof) => proof.order), [code]);
      assert.deepEqual((await get('/proofs', { key: keys.other })).json, { proofs: [], next: null });
      assert.equal((await get(`/proofs/${sent.json.id}`)).json.order, code);
      const file = await get(`/proofs/${sent.json.id}/file`, { key: keys.auditor });
      assert.deepEqual(file.bytes, pdf('bonifico eseguito'));
      assert.match(file.headers.get('content-disposition'), /^attachment; filename="contabile-\d+\.pdf"$/);
      for (const where of [`/proofs/${sent.json.id}`, `/proofs/${sent.json.id}/file`, '/proofs/999', '/proofs/x'])
        assertProblem(await get(where, { key: keys.other }), 404, 'not-found');

      assertProblem(await post(`/proofs/${sent.json.id}/verdict`, { verdict: 'accept', kind: 'executed_transfer', amount_cents: 3050 },
        { key: keys.shop }), 403, 'forbidden');
      assertProblem(await accept(sent.json.id, 3049), 409, 'amount', 'amount_cents');
      assertProblem(await post(`/proofs/${sent.json.id}/verdict`, { verdict: 'accept' }), 422, 'invalid-input');
      assertProblem(await post(`/proofs/${sent.json.id}/verdict`, { verdict: 'forse' }), 422, 'not-a-choice', 'verdict');
      assert.equal((await accept(sent.json.id)).json.state, 'accepted');
      assert.equal(await status(code), 'fulfilled');
      assert.equal((await accept(sent.json.id)).json.state, 'accepted');
      assertProblem(await post(`/proofs/${sent.json.id}/verdict`, { verdict: 'reject', reason: 'unreadable' }), 409, 'proof-state');
    });

    test('a form brings it as well; twice the same file is one', async () => {
      const code = await place('form');
      const form = () => {
        const data = new FormData();
        data.append('file', new Blob([pdf('modulo')], { type: 'text/html' }), 'C:\\bonifico.pdf');
        return data;
      };
      const first = await post(`/orders/${code}/proofs`, form());
      assert.equal(first.status, 201, first.bytes.toString());
      assert.equal(first.json.file.content_type, 'application/pdf'); // not what was claimed
      assert.equal(first.json.file.name, 'bonifico.pdf');
      assert.equal((await post(`/orders/${code}/proofs`, form())).json.id, first.json.id);
      const rejected = await post(`/proofs/${first.json.id}/verdict`, { verdict: 'reject', reason: 'not_executed' });
      assert.equal(rejected.json.reason, 'not_executed');
      assert.equal(await status(code), 'confirmed');
    });

    test('what is no document is refused with what to do', async () => {
      const code = await place('desk');
      const raw = (bytes) => post(`/orders/${code}/proofs`, bytes, { type: 'application/pdf' });
      const cut = pdf('x').subarray(0, -10);
      assertProblem(await raw(Buffer.from('GIF89a\x01\x00\x01\x00\x00\x00\x00;')), 415, 'file-type', 'file');
      assertProblem(await raw(Buffer.from('')), 422, 'file-empty', 'file');
      assertProblem(await raw(cut), 422, 'file-broken', 'file');
      assertProblem(await raw(Buffer.alloc(10 * 1024 * 1024 + 1, '%PDF-1.4\n')), 413, 'too-large');
      assertProblem(await post(`/orders/${code}/proofs?channel=fax`, pdf('x'), { type: 'application/pdf' }), 409, 'proof-channel');
      assertProblem(await post(`/orders/${code}/proofs?channel=piccione`, pdf('x'), { type: 'application/pdf' }), 422, 'not-a-choice', 'channel');
      assertProblem(await send('000000000000000', 'x'), 404, 'not-found');
      assertProblem(await send(code, 'x', { key: keys.other }), 404, 'not-found');
      assertProblem(await send(code, 'x', { key: keys.auditor }), 403, 'forbidden');
      assert.deepEqual((await get('/proofs')).json.proofs, []);
    });

    test('a customer sends one from the order\'s page', async () => {
      const code = await place('web');
      const jar = new Map();
      const visit = async (where, init = {}) => {
        const answer = await fetch(`${url}/b/fidata${where}`, { redirect: 'manual', ...init,
          headers: { ...init.headers, Cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') } });
        for (const cookie of cookiesOf(answer)) {
          const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
          jar.set(name, value);
        }
        return { status: answer.status, text: await answer.text(), location: answer.headers.get('location') };
      };
      const csrf = (page) => page.text.match(/name="csrf" value="([0-9a-f]+)"/)[1];
      const send = (token, name, bytes) => {
        const data = new FormData();
        data.append('csrf', token);
        if (bytes) data.append('file', new Blob([bytes]), name);
        return visit(`/ordini/${code}/contabile`, { method: 'POST', body: data });
      };

      assert.match((await visit(`/ordini/${code}/contabile`)).location, /\/accedi\?next=/);
      const login = await visit('/accedi', { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ csrf: csrf(await visit('/accedi')), next: '', as: 'mailbox', login: box('web'), password: PASSWORD }) });
      assert.equal(login.status, 303, login.text);
      const page = await visit(`/ordini/${code}/contabile`);
      assert.equal(page.status, 200);
      assert.match(page.text, /type="file"[^>]*accept="image\/jpeg,image\/png,application\/pdf"/);
      assert.doesNotMatch(page.text, /capture/);

      const none = await send(csrf(page));
      assert.equal(none.status, 422);
      assert.match(none.text, /Campo obbligatorio/);
      const photo = await send(csrf(page), 'foto.heic', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\0', 'latin1'));
      assert.equal(photo.status, 415);
      assert.match(photo.text, /formato HEIC non è accettato\. Salvare come PDF, JPEG o PNG/);
      assert.equal((await send('0'.repeat(64), 'x.pdf', pdf('web'))).status, 403); // another site's form
      const sent = await send(csrf(page), 'la mia <contabile>.pdf', pdf('web'));
      assert.equal(sent.status, 303, sent.text);
      assert.equal(sent.location, `/b/fidata/ordini/${code}/contabile`);
      const after = await visit(`/ordini/${code}/contabile`);
      assert.match(after.text, /la mia &lt;contabile&gt;\.pdf/);
      assert.match(after.text, /21\/12\/2026, 12:30/);

      const { proofs } = (await get('/proofs')).json;
      assert.equal((await post(`/proofs/${proofs[0].id}/verdict`, { verdict: 'reject', reason: 'unreadable' })).status, 200);
      assert.match((await visit(`/ordini/${code}/contabile`)).text, /Il documento non si legge/);
      assert.equal((await visit('/ordini/000000000000000/contabile')).status, 404);
    });

    test('the command line keeps what came by mail, and decides', async () => {
      const code = await place('cli');
      const paper = program.write('dalla posta.pdf', pdf('posta'));
      const json = async (...words) => JSON.parse(await program.must(...words, '--json'));
      const added = await json('proof', 'add', paper, '--order', code, '--channel', 'mail', '--arrived', '2026-12-20T12:00:00+01:00',
        '--files', files);
      assert.equal(added.channel, 'mail');
      assert.equal(added.due_at, '2026-12-21T08:30:00Z'); // a Sunday's: Monday, half past nine
      assert.deepEqual((await json('proof', 'list')).map((proof) => proof.id), [added.id]);
      await program.must('proof', 'show', `${added.id}`, '--to', path.join(program.folder, 'copia.pdf'), '--files', files);
      assert.deepEqual(readFileSync(path.join(program.folder, 'copia.pdf')), pdf('posta'));
      assert.equal((await program.run('proof', 'accept', `${added.id}`, '--kind', 'executed_transfer', '--amount', '30,49')).code, 1);
      assert.equal((await program.run('proof', 'accept', `${added.id}`, '--kind', 'executed_transfer', '--amount', 'trenta')).code, 2);
      assert.equal((await program.run('proof', 'accept', 'uno', '--kind', 'executed_transfer', '--amount', '30,50')).code, 2);
      assert.equal((await json('proof', 'accept', `${added.id}`, '--kind', 'executed_transfer', '--amount', '30,50')).state, 'accepted');
      assert.equal(await status(code), 'fulfilled');
      const closed = await post('/orders', { brand: 'legalmail', kind: 'renewal', payment_method: 'bank_transfer',
        consents: { terms: true }, lines: [{ mailbox: 'chiusa@legalmail.example', years: 1 }] });
      const refused = await program.run('proof', 'add', paper, '--order', closed.json.code, '--files', files);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /non si ricevono in questo modo/);
    });

    const cheque = (order, number, rest = {}) => ({ order, kind: 'bank', number, abi: '03268', cab: '03200', drawer: 'Mario Rossi',
      payee: 'FIDATA SRL', amount_cents: 3050, dated_on: '2026-12-18', non_transferable: true, is_signed: true, ...rest });

    test('a cheque settles when it has cleared, not before', async () => {
      const code = await place('assegno');
      const wrong = await post('/cheques', cheque(code, '123', { amount_cents: 1, is_signed: false }));
      assert.deepEqual(wrong.json.errors.map((error) => error.field).sort(), ['amount_cents', 'is_signed', 'number']);
      assertProblem(await post('/cheques', cheque(code, '0000000001'), { key: keys.shop }), 403, 'forbidden');
      assertProblem(await post('/cheques', cheque(code, '0000000001'), { key: keys.other }), 404, 'not-found', 'order');
      const came = await post('/cheques', cheque(code, '0000000001'), { key: keys.cashier });
      assert.equal(came.status, 201, came.bytes.toString());
      assert.deepEqual(came.json.warnings, []);
      assertProblem(await post('/cheques', cheque(code, '0000000001')), 409, 'cheque-known', 'number');
      const step = (name, options) => post(`/cheques/${came.json.id}/${name}`, undefined, options);
      assertProblem(await step('clear'), 409, 'cheque-state');
      assertProblem(await step('deposit', { key: keys.other }), 404, 'not-found');
      assert.equal((await step('deposit')).json.clears_on, '2026-12-28'); // 25 and 26 December in between
      assert.deepEqual((await get('/cheques?state=deposited')).json.cheques.map((c) => c.id), [came.json.id]);
      assertProblem(await step('clear'), 409, 'cheque-clearing');
      await program.must('clock', 'set', '2026-12-28T10:00:00Z');
      assert.equal((await step('clear')).json.state, 'cleared');
      assert.equal(await status(code), 'fulfilled');
    });

    test('one that comes back leaves the order unpaid', async () => {
      const code = await place('insoluto');
      const json = async (...words) => JSON.parse(await program.must(...words, '--json'));
      const came = await json('cheque', 'receive', '--order', code, '--number', '0000000002', '--abi', '03268', '--cab', '03200',
        '--drawer', 'Mario Rossi', '--payee', 'Fidata S.r.l.', '--amount', '30,50', '--dated', '18/12/2026', '--non-transferable', '--signed');
      assert.equal(came.state, 'received');
      assert.equal((await json('cheque', 'list')).length, 1);
      await program.must('cheque', 'deposit', `${came.id}`);
      assert.equal((await program.run('cheque', 'clear', `${came.id}`)).code, 1);
      assert.equal((await json('cheque', 'bounce', `${came.id}`)).state, 'bounced');
      assert.equal(await status(code), 'confirmed');
      const unsigned = await program.run('cheque', 'receive', '--order', code, '--number', '0000000003', '--abi', '03268', '--cab', '03200',
        '--drawer', 'Mario Rossi', '--payee', 'Fidata S.r.l.', '--amount', '30,50', '--dated', '18/12/2026', '--non-transferable');
      assert.equal(unsigned.code, 1);
      assert.match(unsigned.stderr, /firmato/);
    });

    test('a server without a folder takes nothing, and says so', { skip: engine !== 'postgres' && 'SQLite has one beside it' }, async () => {
      const code = await place('circolare');
      const without = await program.serve('--smtp', `file:${program.folder}`, '--no-jobs');
      const answer = await fetch(`${without}/api/v1/orders/${code}/proofs`, { method: 'POST', body: pdf('x'),
        headers: { Authorization: `Bearer ${keys.owner}`, 'Idempotency-Key': 'senza', 'Content-Type': 'application/pdf' } });
      assert.equal(answer.status, 503);
      assert.equal((await answer.json()).code, 'files-unavailable');
    });

    test('every file is kept once, whole, and nothing is left beside it', () => {
      for (const shelf of readdirSync(files))
        for (const name of readdirSync(path.join(files, shelf)))
          assert.match(name, new RegExp(`^${shelf}[0-9a-f]{62}$`));
    });
  });
}
