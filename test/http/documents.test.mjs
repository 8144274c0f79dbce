// The papers of a purchase as a shop's program sends them (DOMAIN R64-R69, T20, T21), on each engine.
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ask } from '../support/client.mjs';
import { Program, camt053, missing } from '../support/program.mjs';

const IBAN = 'IT24D0542811101000000654321'; // visura's
const EMAIL = 'mario.rossi@posta.example';
const HOLDER = {
  kind: 'person', name: 'Mario Rossi', tax_code: 'RSSMRA80A01H501U', street: 'Via Roma 1', postcode: '00185', city: 'Roma', province: 'RM',
  email: 'titolare@posta.example', phone: '+39 06 5550 0123',
};

// A whole PDF with `text` in it.
function pdf(text) {
  const body = `%PDF-1.4\n% ${text}\n1 0 obj\n<< /Type /Catalog >>\nendobj\n`;
  return Buffer.from(`${body}xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R /Size 2 >>\nstartxref\n${body.length}\n%%EOF\n`);
}

function form(files) {
  const all = new FormData();
  for (const [slot, name, bytes] of files) all.append(slot, new Blob([bytes]), name);
  return all;
}

const below = (folder) => readdirSync(folder, { recursive: true }).map((name) => path.join(folder, name)).filter((name) => statSync(name).isFile());

for (const engine of ['sqlite', 'postgres']) {
  describe(`papers of purchases on ${engine}`, { skip: missing(engine) }, () => {
    const program = new Program(engine);
    const keys = {};
    let url, files;

    const call = (method, where, options) => ask(`${url}/api/v1${where}`, method, { key: keys.shop, ...options });
    const get = (where, options) => call('GET', where, options);
    const post = (where, body, options) => call('POST', where, { body, ...options });
    const send = (code, list, options) => post(`/orders/${code}/documents`, form(list), options);

    function assertProblem(answer, status, ...faults) {
      assert.equal(answer.status, status, answer.text);
      assert.deepEqual(answer.json.errors.map(({ field, code }) => [field, code]), faults);
    }

    async function ordered(name) {
      const answer = await post('/orders', { brand: 'visura', kind: 'purchase', account: EMAIL, payment_method: 'bank_transfer', holder: HOLDER,
        consents: { terms: true }, lines: [{ names: [name, `${name}.due`, `${name}.tre`], plan: 'base', years: 1 }] });
      assert.equal(answer.status, 201, answer.text);
      return answer.json.code;
    }

    async function bought(name) {
      const code = await ordered(name);
      const answer = await post('/bank-statements', camt053({ id: `E-${name}`, iban: IBAN, day: '2026-12-21', credits: [{ text: code, cents: 1098 }] }), { key: keys.owner });
      assert.equal(answer.json.matched, 1, answer.text);
      return code;
    }

    before(async () => {
      await program.create('2026-12-20T11:00:00Z');
      await program.must('user', 'add', '--brand', 'visura', '--email', EMAIL, '--name', 'Mario Rossi');
      for (const [name, brand, role] of [['owner', '*', 'owner'], ['shop', 'visura', 'shop'], ['auditor', 'visura', 'auditor'], ['legal', 'legalmail', 'owner']])
        keys[name] = await program.must('key', 'add', '--brand', brand, '--role', role);
      files = path.join(program.folder, 'carte');
      const key = path.join(program.folder, 'chiave');
      writeFileSync(key, `${'0123456789abcdef'.repeat(4)}\n`, { mode: 0o600 });
      chmodSync(key, 0o644);
      const open = await program.run('work', '--files', files, '--files-key', key, '--smtp', `file:${program.folder}`);
      assert.equal(open.code, 1, 'a key that others may read is refused');
      assert.match(open.stderr, /chmod 600/);
      chmodSync(key, 0o600);
      url = await program.serve('--no-jobs', '--files', files, '--files-key', key); // what is mailed stays in the outbox
    });

    after(() => program.end());

    test('R67 R68 T21 both are sent together, or nothing is', async () => {
      const code = await ordered('presto');
      assertProblem(await send(code, [['identity', 'carta.pdf', pdf('carta')]]), 409, ['identity', 'request-state']);
      const paid = await bought('mario');
      assertProblem(await send(paid, [['identity', 'carta.pdf', pdf('carta')]]), 422, ['contract', 'document-missing']);
      assertProblem(await send(paid, [['altro', 'carta.pdf', pdf('carta')]]), 422, ['', 'unknown-field']);
      assertProblem(await send(paid, [['contract', 'a.html', '<html><body>a</body></html>'], ['contract', 'b.pdf', '%PDF-1.4\n']]), 422,
        ['contract', 'file-type'], ['contract', 'file-broken']);
      const once = { idempotency: 'once' };
      const list = [['contract', 'uno.pdf', pdf('uno')], ['contract', 'due.pdf', pdf('due')], ['identity', 'carta.pdf', pdf('carta')]];
      const answer = await send(paid, list, once);
      assert.equal(answer.status, 201, answer.text);
      const { json } = answer;
      assert.deepEqual([json.order, json.state, json.submissions.length], [paid, 'in_review', 1]);
      assert.deepEqual(json.documents.map(({ slot, submission, file: { name, content_type }, signature: { state } }) => [slot, submission, name, content_type, state]), [
        ['identity', json.submissions[0].id, 'carta.pdf', 'application/pdf', 'none'], // put there by the first attempt
        ['contract', json.submissions[0].id, 'uno.pdf', 'application/pdf', 'none'], ['contract', json.submissions[0].id, 'due.pdf', 'application/pdf', 'none']]);
      assert.ok(json.submissions[0].opens_at < json.submissions[0].due_at);
      const again = await send(paid, list, { idempotency: 'another' });
      assert.deepEqual([again.status, again.json.submissions.length, again.json.documents.length], [201, 1, 3]);

      for (const name of below(files)) assert.ok(name.endsWith('.sealed') && !readFileSync(name).includes('%PDF'), name);
      assert.equal(below(files).length, 3);
    });

    test('R65 the papers are told to who may know of them', async () => {
      const code = await bought('lucia');
      const { status, json } = await get(`/orders/${code}/documents`, { key: keys.auditor });
      assert.deepEqual([status, json.state, json.submissions, json.documents], [200, 'docs_pending', [], []]);
      assert.equal((await get(`/orders/${code}/documents`, { key: keys.legal })).status, 404);
      assert.equal((await send(code, [['identity', 'a.pdf', pdf('a')]], { key: keys.auditor })).status, 403);
      assert.equal((await send('LM99999', [['identity', 'a.pdf', pdf('a')]])).status, 404);
    });

    test('M9 the desk lists what waits, and asks once more, by a key of the right role', async () => {
      const list = async (query, key = keys.auditor) => (await get(`/reviews${query}`, { key })).json;
      const [waiting] = (await list('')).reviews, { reviews: [missing], next } = await list('?list=missing&limit=1');
      assert.deepEqual([waiting.holder, waiting.state, waiting.submissions], ['Mario Rossi', 'in_review', 1]);
      assert.deepEqual([missing.state, (await list(`?list=missing&after=${next}`)).reviews], ['docs_pending', []]);
      assert.deepEqual((await list('', keys.legal)).reviews, []);
      assertProblem(await get('/reviews?list=tutte', { key: keys.auditor }), 422, ['list', 'not-a-choice']);
      assert.equal((await get('/reviews')).status, 403); // a program that sells is nobody at the desk
      assert.equal((await post(`/orders/${missing.order}/review/remind`, undefined, { key: keys.auditor })).status, 403);
      assert.equal((await post(`/orders/${missing.order}/review/remind`, undefined, { key: keys.legal })).status, 404);
      assertProblem(await post(`/orders/${waiting.order}/review/remind`, undefined, { key: keys.owner }), 409, ['', 'request-state']);
      assert.equal((await post(`/orders/${missing.order}/review/remind`, undefined, { key: keys.owner })).json.state, 'docs_pending');
      assertProblem(await post(`/orders/${missing.order}/review/retry`, undefined, { key: keys.owner }), 409, ['', 'request-state']);
      assertProblem(await post(`/orders/${missing.order}/review/names`, { name_1: 'altro' }, { key: keys.owner }), 409, ['', 'request-state']);
      await program.sql("UPDATE outbox SET state = 'done', done_at = 1 WHERE template = 'order_received'");
      const { mails } = (await get(`/orders/${missing.order}/mails`, { key: keys.owner })).json;
      assert.deepEqual(mails.map((m) => [m.template, m.again]), [['documents_reminder', false], ['order_settled', false], ['order_received', true]]);
      const again = await post(`/orders/${missing.order}/mails/${mails[2].id}/send`, { to_contact: true }, { key: keys.owner });
      assert.deepEqual([again.status, again.json.mails.length], [202, mails.length + 1], again.text);
      assert.equal((await post(`/orders/${waiting.order}/mails/${mails[2].id}/send`, {}, { key: keys.owner })).status, 404);
      assert.equal((await get(`/orders/${missing.order}/mails`, { key: keys.legal })).status, 404);
    });
  });
}
