// Conventions through the API: T29 with its fixed term, rosters, bulk orders, who expires.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { member, roster } from '../support/members.mjs';
import { ask } from '../support/client.mjs';
import { Program, csv, missing } from '../support/program.mjs';

for (const engine of ['sqlite', 'postgres']) {
  describe(`conventions on ${engine}`, { skip: missing(engine) }, () => {
    const program = new Program(engine);
    const members = [...Array(30).keys()].map((n) => member(n));
    const avvocato = member(60, { brand: 'visura', address: 'anna@pec.visura.example', plan: 'base', convention: 'avvocati', expires_on: '2027-04-22' });
    let url, key, other;

    const call = (method, where, { bearer = key, ...options } = {}) => ask(`${url}/api/v1${where}`, method, { key: bearer, ...options });
    const post = (where, body, more) => call('POST', where, { body, ...more });
    const get = (where, more) => call('GET', where, more);

    before(async () => {
      await program.create('2027-02-01T11:00:00Z');
      await program.must('mailbox', 'import', program.write('all.csv', csv([...members.map((one) => ({ ...one, plan: 'fnomceo', expires_on: one.expires_on.replace('01', '03') })), avvocato])));
      key = await program.must('key', 'add', '--brand', 'fnomceo', '--role', 'shop');
      other = await program.must('key', 'add', '--brand', 'visura', '--role', 'shop');
      url = await program.serve('--no-jobs');
    });
    after(async () => assert.deepEqual(await program.close(), []));

    test('T29 a term of two years and no other', async () => {
      const renewal = (await get(`/mailboxes/${avvocato.address}/renewal`, { bearer: other })).json;
      assert.deepEqual(renewal.options, [{ years: 2, net_cents: 1800, vat_cents: 396, gross_cents: 2196, vat_rate_bp: 2200, new_expires_on: '2029-04-22' }]);
      const order = (years) => post('/orders', { brand: 'visura', kind: 'renewal', payment_method: 'bank_transfer', consents: { terms: true }, lines: [{ mailbox: avvocato.address, years }] }, { bearer: other });
      const refused = await order(5);
      assert.equal(refused.status, 422, refused.text);
      assert.match(refused.text, /"lines\[0\]\.years"/);
      const placed = await order(2);
      assert.equal(placed.status, 201, placed.text);
      assert.equal(placed.json.gross_cents, 2196);
    });

    test('conventions and their members are the brand\'s', async () => {
      assert.deepEqual((await get('/conventions')).json.conventions.map(({ id, mailboxes }) => [id, mailboxes]), [['fnomceo', 0], ['fnomceo-ordine', 30]]);
      assert.equal((await get('/conventions/fnomceo-ordine', { bearer: other })).status, 404);
      assert.equal((await get('/conventions/fnomceo-ordine?brand=visura')).status, 404);
      const first = (await get('/conventions/fnomceo-ordine/members?limit=20')).json, rest = (await get(`/conventions/fnomceo-ordine/members?limit=20&after=${first.next}`)).json;
      assert.deepEqual([first.members.length, first.more, rest.members.length, rest.more], [20, true, 10, false]);
      assert.equal(new Set([...first.members, ...rest.members].map((one) => one.mailbox)).size, 30);
      const table = await get('/conventions/fnomceo-ordine/report?until=2027-03-10');
      assert.match(table.type, /text\/csv/);
      assert.equal(table.text.trim().split('\n').length, 3);
      assert.equal((await get('/conventions/fnomceo-ordine/members?from=ieri')).status, 422);
    });

    test('T42 a list is looked through, and applied whole or not at all', async () => {
      const send = (text, query = '') => post(`/conventions/fnomceo-ordine/roster${query}`, text, { type: 'text/csv' });
      const bad = await send(roster(members, (row, n) => (n ? row : [...row.slice(0, 4), 'MDLRSO10A01H501Z', 2])), '?apply=true');
      assert.equal(bad.status, 422);
      assert.deepEqual([bad.json.good, bad.json.bad, bad.json.applied, bad.json.faults[0].line], [29, 1, false, 2]);
      assert.equal((await send('a,b\n1,2\n')).json.code, 'csv');
      assert.equal((await send(roster(members))).json.applied, false);
      const good = await send(roster(members), '?apply=true');
      assert.deepEqual([good.status, good.json.updates, good.json.applied], [200, 30, true]);
    });

    test('a bulk order of some, then of the rest', async () => {
      const order = (body) => post('/conventions/fnomceo-ordine/orders', { payment_method: 'bank_transfer', consents: { terms: true }, ...body });
      assert.equal((await order({ consents: {} })).status, 422);
      assert.equal((await order({ total_cents: 1 })).json.code, 'price-changed');
      const some = await order({ mailboxes: members.slice(0, 3).map((one) => one.address), total_cents: 549 });
      assert.equal(some.status, 201, some.text);
      assert.deepEqual([some.json.kind, some.json.net_cents, some.json.vat_cents, some.json.gross_cents], ['bulk', 450, 99, 549]);
      const again = await order({ mailboxes: [members[0].address] });
      assert.equal(again.status, 409, again.text);
      assert.match(again.text, /open-order/);
      assert.equal((await order({ mailboxes: [avvocato.address] })).status, 404);
      assert.equal((await order({ until: '2027-03-31' })).json.net_cents, 27 * 150);
      assert.equal((await order({})).json.code, 'cart-empty');
      assert.equal((await post('/conventions/fnomceo/orders', { payment_method: 'bank_transfer', consents: { terms: true } })).json.code, 'convention-members-pay');
      const shown = (await get(`/orders/${some.json.code}`)).json;
      assert.equal(shown.status, 'confirmed');
      const cancelled = await post(`/orders/${some.json.code}/cancel`, {});
      assert.equal(cancelled.json.status, 'cancelled');
      assert.equal((await order({ mailboxes: members.slice(0, 3).map((one) => one.address) })).status, 201);
      await program.must('audit');
    });
  });
}
