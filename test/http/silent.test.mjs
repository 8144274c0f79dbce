// A payment provider that takes calls and never answers: whoever pays there waits, and nobody else does.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Program, csv, missing } from '../support/program.mjs';

const BUYERS = 10; // more than there are workers
const box = (at) => `silenzio-${at}@pec.visura.example`;
const HOLDER = {
  brand: 'visura', plan: 'base', holder_kind: 'person', holder_name: 'Maria Verdi', tax_code: 'RSSMRA80A01H501U',
  contact_email: 'maria.verdi@posta.example', activated_on: '2024-03-15', expires_on: '2027-03-15', street: 'Via Roma 1',
  postcode: '00185', city: 'Roma', province: 'RM', country: 'IT',
};

for (const engine of ['sqlite', 'postgres']) {
  describe(`a silent provider on ${engine}`, { skip: missing(engine) }, () => {
    const program = new Program(engine);
    const calls = new Set();
    let url, key, called;
    // Takes calls until all buyers' are there; ends them when the test says so.
    const provider = createServer((socket) => {
      socket.on('error', () => {});
      calls.add(socket);
      if (calls.size === BUYERS) called();
    });
    const allCalled = new Promise((resolve) => { called = resolve; });

    before(async () => {
      program.addBrand('altra', 'legalmail', 'IT62C0326803203052886541770');
      await program.create('2026-12-20T11:00:00Z');
      await new Promise((resolve) => { provider.listen(0, '127.0.0.1', resolve); });
      const file = path.join(program.folder, 'brands/visura/brand.yaml');
      writeFileSync(file, readFileSync(file, 'utf8')
        .replace(/^( +axerve:).*$/m, `$1 { url: "http://127.0.0.1:${provider.address().port}/api/v1/", shop_login: GESPAY1 }`));
      mkdirSync(path.join(program.folder, 'secrets'));
      program.write('secrets/visura.axerve.api_key', 'chiave\n');
      await program.must('mailbox', 'import', program.write('mailboxes.csv',
        csv(Array.from({ length: BUYERS }, (_, at) => ({ ...HOLDER, address: box(at) })))));
      key = await program.must('key', 'add', '--brand', '*', '--role', 'owner');
      url = await program.serve('--no-jobs', '--workers', '4', '--secrets', path.join(program.folder, 'secrets'));
    });
    after(async () => {
      for (const socket of calls) socket.destroy();
      provider.close();
      await program.end();
    });

    test('pages answer while buyers wait for it', async () => {
      let answered = 0;
      const buyers = Array.from({ length: BUYERS }, (_, at) => fetch(`${url}/api/v1/orders`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${key}`, 'Idempotency-Key': `buyer-${at}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ brand: 'visura', kind: 'renewal', payment_method: 'card', consents: { terms: true },
          lines: [{ mailbox: box(at), years: 1 }] }),
      }).then(async (answer) => { answered += 1; return [answer.status, await answer.json()]; }));
      await allCalled; // every one of them holds a call that nobody answers
      for (const where of ['/b/visura/', '/b/visura/accedi', '/api/v1/events', '/metrics']) {
        const page = await fetch(url + where, { headers: { Authorization: `Bearer ${key}` } });
        assert.equal(page.status, 200, where);
      }
      assert.equal(answered, 0);
      for (const socket of calls) socket.destroy();
      provider.removeAllListeners('connection');
      provider.on('connection', (socket) => socket.destroy());
      for (const [status, body] of await Promise.all(buyers)) {
        assert.equal(status, 201, JSON.stringify(body));
        assert.equal(body.payment.state, 'unknown');
      }
    });
  });
}
