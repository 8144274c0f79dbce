// What else the API sells and does about a mailbox: more space, automatic renewal with the order, a mailbox named by its pair, its end, a
// legal hold, a domain before its mailboxes; against `casella serve` on each engine.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Program, csv, missing } from '../support/program.mjs';

const HOLDER = { brand: 'aruba', plan: 'pro', holder_kind: 'person', holder_name: 'Mario Rossi', tax_code: 'RSSMRA80A01H501U',
  contact_email: 'mario.rossi@posta.example', activated_on: '2024-03-15', expires_on: '2027-03-15', street: 'Via Roma 1',
  postcode: '00185', city: 'Roma', province: 'RM', country: 'IT' };
const box = (name) => `${name}@pec.aruba.example`;
const PAIR = { ...HOLDER, brand: 'visura', plan: 'base', address: 'studio@pec.visura.example', user_id: 'VIS0000007' };

for (const engine of ['sqlite', 'postgres']) {
  describe(`more of the API on ${engine}`, { skip: missing(engine) }, () => {
    const program = new Program(engine);
    const keys = {};
    let url, made = 0;

    async function call(method, where, body, key = keys.shop) {
      const answer = await fetch(`${url}/api/v1${where}`, { method, body: body && JSON.stringify(body),
        headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', ...(method === 'POST' && { 'Idempotency-Key': `k-${++made}` }) } });
      return { status: answer.status, json: JSON.parse(await answer.text()) };
    }
    const refused = (answer, status, code, field) => {
      assert.equal(answer.status, status, JSON.stringify(answer.json));
      assert.equal(answer.json.code, code);
      if (field) assert.equal(answer.json.errors[0].field, field);
    };
    const order = (kind, line, more = {}) => call('POST', '/orders', { kind, payment_method: 'bank_transfer', consents: { terms: true }, lines: [line], ...more });

    before(async () => {
      await program.create('2026-12-20T11:00:00Z');
      await program.must('mailbox', 'import', program.write('mailboxes.csv',
        csv([...['spazio', 'fine', 'subito', 'vincolo'].map((name) => ({ ...HOLDER, address: box(name), user_id: '' })), PAIR])));
      await program.sql("INSERT INTO account (brand, email, name, password_hash, created_at) VALUES ('aruba', 'conto@posta.example', 'Anna', '', 1)");
      for (const [name, brand, role] of [['shop', 'aruba', 'shop'], ['owner', 'aruba', 'owner'], ['visura', 'visura', 'shop']])
        keys[name] = await program.must('key', 'add', '--brand', brand, '--role', role);
      url = await program.serve('--no-jobs');
    }, { timeout: 60000 });
    after(async () => {
      const audit = await program.run('audit');
      const complaints = await program.close();
      assert.equal(audit.code, 0, audit.stdout + audit.stderr);
      assert.deepEqual(complaints, []);
    });

    test('§3.7 more space is an order of one line, priced by the months that are left', async () => {
      refused(await order('extra_space', { mailbox: box('spazio'), extra_gb: 0 }), 422, 'required', 'lines[0].extra_gb');
      refused(await order('extra_space', { mailbox: box('spazio'), extra_gb: 101 }), 422, 'extra-gb', 'lines[0].extra_gb');
      refused(await order('extra_space', { mailbox: box('spazio'), years: 1, extra_gb: 1 }), 422, 'unknown-field', 'lines[0].years');
      refused(await order('extra_space', { mailbox: PAIR.address, extra_gb: 1 }), 404, 'mailbox-unknown', 'lines[0].mailbox');
      const { status, json } = await order('extra_space', { mailbox: box('spazio'), extra_gb: 2 }, { total_cents: 183 });
      assert.equal(status, 201, JSON.stringify(json));
      assert.deepEqual([json.kind, json.gross_cents, json.lines[0].kind, json.lines[0].extra_gb, json.lines[0].to], ['extra_space', 183, 'extra_space', 2, '2027-03-15']);
      refused(await order('extra_space', { mailbox: box('spazio'), extra_gb: 3 }), 409, 'open-order', 'lines[0].mailbox');
      assert.equal((await order('renewal', { mailbox: box('spazio'), years: 1 })).status, 201);
      assert.equal((await call('GET', `/orders/${json.code}`)).json.status, 'cancelled');
    });

    test('§8.11 automatic renewal is consented to with the order, by the version of its text', async () => {
      const ask = (autorenew, more) => order('renewal', { mailbox: box('vincolo'), years: 1 }, { consents: { terms: true, autorenew }, ...more });
      refused(await ask(true), 422, 'unknown-field', 'consents');
      refused(await ask('2025-01'), 422, 'auto-renewal-consent');
      refused(await ask('2026-01'), 422, 'auto-renewal-method', 'consents.autorenew'); // a transfer cannot be repeated
      assert.equal((await call('GET', `/mailboxes/${box('vincolo')}/autorenew`)).json.state, 'off');
    });

    test('R84 T28 the renewal of a mailbox named by its pair, and no sixth guess', async () => {
      const find = (userId, address, key = keys.visura) => call('GET', `/renewals?user_id=${userId}&address=${encodeURIComponent(address)}`, undefined, key);
      const { status, json } = await find(' vis0000007 ', PAIR.address.toUpperCase());
      assert.equal(status, 200, JSON.stringify(json));
      assert.deepEqual([json.address, json.eligible, json.expires_on], [PAIR.address, true, '2027-03-15']);
      assert.equal(json.holder, undefined);
      refused(await find('KVIS0012', PAIR.address), 409, 'user-id-excluded', 'user_id');
      refused(await find('VIS0000007', PAIR.address, keys.shop), 403, 'forbidden'); // a brand that does not do it
      for (const [userId, address] of [['VIS0000008', PAIR.address], ['VIS0000007', 'nessuno@pec.visura.example'], ['X1', PAIR.address], ['X2', PAIR.address], ['X3', PAIR.address]])
        refused(await find(userId, address), 422, 'lookup', 'user_id');
      refused(await find('VIS0000007', PAIR.address), 429, 'too-many-attempts');
    });

    test('M23 a mailbox is ended by who types its address, and that is taken back while it lives', async () => {
      const end = (name, body, path = '') => call('POST', `/mailboxes/${box(name)}/termination${path}`, body);
      refused(await end('fine', { when: 'mai', confirm: box('fine') }), 422, 'not-a-choice', 'when');
      refused(await end('fine', { when: 'expiry', confirm: box('altra') }), 422, 'confirm-address', 'confirm');
      refused(await call('POST', `/mailboxes/${box('fine')}/termination`, { when: 'now', confirm: box('fine') }, keys.visura), 404, 'mailbox-unknown');
      let { status, json } = await end('fine', { when: 'expiry', confirm: box('fine') });
      assert.equal(status, 200, JSON.stringify(json));
      assert.deepEqual([json.status, json.stops_on], ['live', '2027-03-15']);
      refused(await end('fine', { when: 'expiry', confirm: box('fine') }), 409, 'termination');
      assert.equal((await end('fine', undefined, '/undo')).json.stops_on, null);
      refused(await end('fine', undefined, '/undo'), 404, 'not-found');
      ({ status, json } = await end('subito', { when: 'now', confirm: box('subito') }));
      assert.deepEqual([status, json.status, json.stops_on], [200, 'ceased', '2026-12-20']);
    });

    test('M19 a legal hold is set with its reason and lifted, not by every key', async () => {
      const hold = (path, body, key = keys.owner) => call('POST', `/mailboxes/${box('vincolo')}/hold${path}`, body, key);
      assert.equal((await hold('', { reason: 'Decreto 12/2027' }, keys.shop)).status, 403);
      refused(await hold('', { reason: '' }), 422, 'required', 'reason');
      assert.equal((await hold('', { reason: 'Decreto 12/2027' })).json.held_for, 'Decreto 12/2027');
      refused(await hold('/lift', { reason: '' }), 422, 'required', 'reason');
      const lift = await hold('/lift', { reason: 'Decreto 3/2028' });
      assert.deepEqual([lift.status, lift.json.held_for], [202, 'Decreto 12/2027'], 'it takes two');
      refused(await hold('/lift', { reason: 'Decreto 3/2028' }), 409, 'approval-waits');
    });

    test('§3.8 a domain is there before its mailboxes, which must expire with it', async () => {
      const add = (domain, expires_on) => call('POST', '/domains', { domain, expires_on }, keys.owner);
      refused(await add('non un dominio', '2027-06-01'), 422, 'domain-name', 'domain');
      refused(await add('verdi.example', '2026-12-19'), 422, 'day-range', 'expires_on');
      const { status, json } = await add('Verdi.example', '2027-06-01');
      assert.equal(status, 201, JSON.stringify(json));
      assert.deepEqual([json.domain, json.expires_on, json.mailboxes], ['verdi.example', '2027-06-01', []]);
      refused(await add('verdi.example', '2028-06-01'), 409, 'domain-known', 'domain');
      assert.equal((await program.run('domain', 'add', 'bianchi.example', '--brand', 'aruba', '--until', '2027-07-01')).code, 0);
      assert.equal((await program.run('domain', 'add', 'bianchi.example', '--brand', 'aruba', '--until', '2027-07-01')).code, 1);
      const rows = (expires_on) => program.write('own.csv', csv([{ ...HOLDER, plan: 'own', address: 'info@verdi.example', domain: 'verdi.example', expires_on }]));
      const wrong = await program.run('mailbox', 'import', rows('2027-03-15'));
      assert.notEqual(wrong.code, 0);
      assert.match(wrong.stdout + wrong.stderr, /verdi\.example: 01\/06\/2027, 15\/03\/2027/);
      assert.equal((await program.run('mailbox', 'import', rows('2027-06-01'))).code, 0);
    });
  });
}

// Each on a clock of its own: what a price was with VAT is a matter of the day.
describe('the rate of VAT goes by the day', { skip: missing('sqlite') }, () => {
  for (const [day, gross] of [['2013-09-30', 1089], ['2013-10-01', 1098], ['2026-12-20', 1098]])
    test(`R101 T30 nine euro make ${gross} cents on ${day}`, async () => {
      const program = new Program('sqlite');
      await program.create(`${day}T10:00:00Z`);
      await program.must('mailbox', 'import', program.write('one.csv', csv([{ ...PAIR, activated_on: '2012-10-20', expires_on: `${day.slice(0, 4)}-12-31` }])));
      const { options } = JSON.parse(await program.must('mailbox', 'renewal', PAIR.address, '--json'));
      assert.deepEqual([options[0].years, options[0].net_cents, options[0].gross_cents], [1, 900, gross]);
      assert.deepEqual(await program.close(), []);
    });
});
