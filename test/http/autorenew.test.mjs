// Automatic renewal by the API and the command line, against `casella serve` on each engine.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask, assertProblem } from '../support/client.mjs';
import { Program, csv, missing } from '../support/program.mjs';

process.env.CASELLA_ARUBA_STRIPE_SECRET_KEY = 'sk_test_invented'; // nobody is asked here
process.env.CASELLA_ARUBA_STRIPE_WEBHOOK_SECRET = 'whsec_invented';

const BOX = 'anna@pec.aruba.example';
const OLD = 'vecchia@pec.aruba.example'; // imported with its switch on
const HOLDER = {
  brand: 'aruba', plan: 'standard', holder_kind: 'person', holder_name: 'Mario Rossi', tax_code: 'RSSMRA80A01H501U',
  contact_email: 'mario.rossi@posta.example', activated_on: '2024-03-15', expires_on: '2027-03-15', street: 'Via Roma 1',
  postcode: '00185', city: 'Roma', province: 'RM', country: 'IT',
};

for (const engine of ['sqlite', 'postgres']) {
  describe(`automatic renewal on ${engine}`, { skip: missing(engine) }, () => {
    const program = new Program(engine);
    const keys = {};
    let url;

    const call = (method, address, path = '', body = undefined, options = {}) =>
      ask(`${url}/api/v1/mailboxes/${address}/autorenew${path}`, method, { key: keys.shop, body, ...options });
    const ON = { years: 2, instrument: 1, consent_version: '2026-01' };

    before(async () => {
      await program.create('2026-12-01T11:00:00Z');
      await program.must('mailbox', 'import', program.write('mailboxes.csv', csv([
        { ...HOLDER, address: BOX, auto_renew: 'false' }, { ...HOLDER, address: OLD, auto_renew: 'true' }])));
      await program.sql("INSERT INTO account (brand, email, name, password_hash, created_at) VALUES ('aruba', 'conto@posta.example', 'Anna Neri', '', 1)");
      await program.sql(`UPDATE mailbox_row SET account_id = 1 WHERE id IN (SELECT id FROM mailbox WHERE address = '${BOX}')`);
      await program.sql("INSERT INTO instrument (brand, account_id, provider, token, customer, first_ref, label, last4, exp_month, exp_year, created_at) " +
        "VALUES ('aruba', 1, 'stripe', 'pm_1', 'cus_1', '', 'Visa', '4242', 12, 2030, 1)");
      for (const [name, brand, role] of [['shop', 'aruba', 'shop'], ['auditor', 'aruba', 'auditor'], ['other', 'legalmail', 'shop']])
        keys[name] = await program.must('key', 'add', '--brand', brand, '--role', role);
      url = await program.serve('--smtp', `file:${program.folder}`);
    });

    after(() => program.end());

    test('A1 it is switched on with an instrument and a consent, and not without', async () => {
      const off = await call('GET', BOX);
      assert.equal(off.status, 200);
      assert.deepEqual([off.json.state, off.json.on, off.json.consent, off.json.charges], ['off', false, null, []]);
      assertProblem(await call('GET', 'nessuna@pec.aruba.example'), 404, 'mailbox-unknown');
      assertProblem(await call('GET', BOX, '', undefined, { key: keys.other }), 404, 'mailbox-unknown');
      assertProblem(await call('POST', BOX, '/on', ON, { key: keys.auditor }), 403, 'forbidden');
      assertProblem(await call('POST', BOX, '/on', { years: 2 }), 422, 'invalid-input');
      assertProblem(await call('POST', BOX, '/on', { ...ON, instrument: 9 }), 422, 'auto-renewal-method', 'instrument');
      assertProblem(await call('POST', BOX, '/on', { ...ON, consent_version: '2020-01' }), 422, 'auto-renewal-consent', 'consent');
      assertProblem(await call('POST', BOX, '/on', { ...ON, years: 7 }), 422, 'years', 'years');
      assertProblem(await call('POST', OLD, '/on', ON), 409, 'auto-renewal-state');

      const on = await call('POST', BOX, '/on', ON, { idempotency: 'once' });
      assert.equal(on.status, 200, JSON.stringify(on.json));
      assert.deepEqual([on.json.state, on.json.years, on.json.charge_on, on.json.amount_cents, on.json.renewed_until, on.json.instrument.last4],
        ['on', 2, '2027-03-08', 2416, '2029-03-15', '4242']);
      assert.match(on.json.consent.sha256, /^[0-9a-f]{64}$/);
      const again = await call('POST', BOX, '/on', ON, { idempotency: 'once' });
      assert.deepEqual(again.json, on.json);
      assert.equal(again.headers.get('idempotent-replayed'), 'true');
      assertProblem(await call('POST', BOX, '/on', ON), 409, 'auto-renewal-state');
    });

    test('R147 renewing by hand is refused meanwhile, T43', async () => {
      const renewal = await fetch(`${url}/api/v1/mailboxes/${BOX}/renewal`, { headers: { Authorization: `Bearer ${keys.shop}` } });
      const { eligible, reason } = await renewal.json();
      assert.deepEqual([eligible, reason], [false, 'auto-renewal-on']);
    });

    test('A8 the command line shows it and switches it off, and the API does', async () => {
      const shown = JSON.parse(await program.must('autorenew', 'show', BOX, '--json'));
      assert.equal(shown.state, 'on');
      assert.match(await program.must('autorenew', 'show', BOX), /rinnovo automatico attivo/);
      assert.equal(JSON.parse(await program.must('autorenew', 'off', BOX, '--json')).state, 'off_by_user');
      assert.equal((await program.run('autorenew', 'off', BOX)).code, 1);
      assert.equal((await program.run('autorenew', 'on', BOX, '--instrument', '1')).code, 1); // nobody has consented
      assert.equal(JSON.parse(await program.must('autorenew', 'on', BOX, '--instrument', '1', '--consent', '2026-01', '--json')).years, 1);
      const off = await call('POST', OLD, '/off', {});
      assert.deepEqual([off.status, off.json.state, off.json.on], [200, 'off_by_user', false]);
      assertProblem(await call('POST', OLD, '/off', {}), 409, 'auto-renewal-state');
    });
  });
}
