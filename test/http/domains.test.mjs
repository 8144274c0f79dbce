// A domain of a customer's own: renewed whole by its page and by the API, whatever is left out of the forms (T50).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Visitor, ask } from '../support/client.mjs';
import { Program, csv, missing } from '../support/program.mjs';

const BASE = '/b/aruba';
const PASSWORD = 'una frase lunga e semplice';
const row = (address, domain, values) => ({ brand: 'aruba', address, domain, plan: 'own', holder_kind: 'person', holder_name: 'Rosa Modelli', tax_code: 'RSSMRA80A01H501U',
  contact_email: 'primo@posta.example', activated_on: '2024-01-10', expires_on: '2027-01-10', street: 'Via Roma 1', postcode: '00185', city: 'Roma', province: 'RM', country: 'IT',
  password: PASSWORD, ...values });

for (const engine of ['sqlite', 'postgres']) {
  describe(`own domains on ${engine}`, { skip: missing(engine) }, () => {
    const program = new Program(engine);
    let url, key, seller, other;

    before(async () => {
      await program.create('2026-12-21T11:00:00Z');
      await program.must('mailbox', 'import', program.write('all.csv', csv([row('info@verdi.example', 'verdi.example'), row('posta@verdi.example', 'verdi.example'),
        row('info@diviso.example', 'diviso.example'), row('segreta@diviso.example', 'diviso.example', { contact_email: 'secondo@posta.example' }),
        row('info@tardi.example', 'tardi.example', { expires_on: '2026-10-10' }),
        row('info@api.example', 'api.example'), row('posta@api.example', 'api.example')])));
      for (const [name, boxes] of [['primo', ['info@verdi.example', 'posta@verdi.example', 'info@diviso.example', 'info@tardi.example']], ['secondo', ['segreta@diviso.example']]])
        await program.addUser({ brand: 'aruba', email: `${name}@posta.example`, password: PASSWORD, mailboxes: boxes });
      [key, seller, other] = [await program.must('key', 'add', '--brand', 'aruba', '--role', 'owner'), await program.must('key', 'add', '--brand', 'aruba', '--role', 'shop'),
        await program.must('key', 'add', '--brand', 'visura', '--role', 'owner')];
      url = await program.serve('--no-jobs');
    });
    after(() => program.end());

    class Owner extends Visitor {
      constructor() { super(url, BASE); }
      post(where, form) { return this.send('POST', where, form); }
      async as(name) {
        await this.login({ as: 'account', login: `${name}@posta.example`, password: PASSWORD });
        await this.get('/profilo');
        return this;
      }
    }
    const call = (method, where, body, bearer = key) => ask(`${url}/api/v1${where}`, method, { key: bearer, body });
    const order = (lines) => call('POST', '/orders', { kind: 'renewal', payment_method: 'bank_transfer', consents: { terms: true }, lines });

    test('R145 the page of a domain is of who has mailboxes on it, and renews all of them', async () => {
      const owner = await new Owner().as('primo'), stranger = await new Owner().as('secondo');
      assert.match((await owner.get('/caselle/info@verdi.example')).html, /\/b\/aruba\/domini\/verdi\.example"/);
      const { status, html } = await owner.get('/domini/VERDI.example');
      assert.equal(status, 200);
      assert.match(html, /info@verdi\.example[^]*posta@verdi\.example/);
      assert.equal([...html.matchAll(/name="years"/g)].length, 5);
      for (const where of ['/domini/verdi.example', '/domini/api.example', '/domini/nessuno.example', '/domini/pec.aruba.example'])
        assert.deepEqual([(await stranger.get(where)).status, (await stranger.post(where, { years: 1 })).status], [404, 404], where);
      for (const years of ['0', '6', '-1', 'due', '']) assert.equal((await owner.post('/domini/verdi.example', { years })).status, 422, years);
      assert.equal((await owner.post('/domini/verdi.example', { years: 1, mailbox: 'info@verdi.example' })).status, 422);
      assert.equal((await owner.post('/domini/verdi.example', { years: 2 })).location, `${BASE}/carrello`);
      const cart = (await owner.get('/carrello')).html;
      const [id] = /name="line" value="(\d+)"/.exec(cart).slice(1);
      assert.equal((await owner.post('/carrello/rimuovi', { line: id })).status, 303);
      assert.doesNotMatch((await owner.get('/carrello')).html, /verdi\.example/, 'one of them does not stay behind');
    });

    test('who has only part of a domain looks and does not renew', async () => {
      const owner = await new Owner().as('primo');
      const { status, html } = await owner.get('/domini/diviso.example');
      assert.equal(status, 200);
      assert.match(html, /Caselle di altri: 1/);
      assert.doesNotMatch(html, /segreta|name="years"/);
      assert.equal((await owner.post('/domini/diviso.example', { years: 1 })).status, 403);
      assert.doesNotMatch((await owner.get('/carrello')).html, /diviso\.example/);
    });

    test('T50 a domain that it is too late for is shown and not renewed', async () => {
      const owner = await new Owner().as('primo');
      const { status, html } = await owner.get('/domini/tardi.example');
      assert.equal(status, 200);
      assert.match(html, /Il rinnovo era possibile fino al 09\/11\/2026/);
      assert.doesNotMatch(html, /name="years"/);
      assert.equal((await owner.post('/domini/tardi.example', { years: 1 })).status, 409);
    });

    test('a mailbox that is left out of the cart after all is asked for again when the order is placed', async () => {
      const owner = await new Owner().as('primo');
      await owner.post('/domini/verdi.example', { years: 1 });
      await program.sql("DELETE FROM cart_line WHERE mailbox_id IN (SELECT id FROM mailbox WHERE address = 'posta@verdi.example')");
      const { html } = await owner.get('/cassa');
      const hidden = (field) => new RegExp(`name="${field}" value="([^"]*)"`).exec(html)[1];
      const refused = await owner.post('/cassa', { method: 'bank_transfer', terms: 1, terms_version: hidden('terms_version'), total_cents: hidden('total_cents'), form_token: hidden('form_token') });
      assert.equal(refused.status, 422);
      assert.match(refused.html, /segue la scadenza del dominio verdi\.example/);
    });

    test('T50 the API tells of a domain, moves it, and orders it whole', async () => {
      const lines = ['info', 'posta'].map((name) => ({ mailbox: `${name}@api.example`, years: 1, with_domain: true }));
      const domain = await call('GET', '/domains/API.example');
      assert.deepEqual(domain.json, { brand: 'aruba', domain: 'api.example', expires_on: '2027-01-10', unregistered_on: null, mailboxes: ['info@api.example', 'posta@api.example'] });
      assert.equal((await call('GET', '/domains/api.example', undefined, other)).status, 404);
      assert.equal((await call('GET', '/domains/nessuno.example')).status, 404);
      assert.equal((await order(lines.slice(0, 1))).json.code, 'own-domain');
      assert.equal((await order([lines[0], { ...lines[1], years: 2 }])).json.code, 'own-domain');
      assert.equal((await order([lines[0], { ...lines[1], with_domain: false }])).json.code, 'own-domain');
      const placed = await order(lines);
      assert.equal(placed.status, 201, JSON.stringify(placed.json));
      assert.deepEqual(placed.json.lines.map((line) => [line.mailbox, line.new_expires_on]), [['info@api.example', '2028-01-10'], ['posta@api.example', '2028-01-10']]);
      const renewed = (expires_on, bearer) => call('POST', '/domains/api.example/renewed', { expires_on }, bearer);
      assert.equal((await renewed('2028-01-10')).json.code, 'open-order');
      assert.equal((await call('POST', `/orders/${placed.json.code}/cancel`, {})).status, 200);
      assert.equal((await renewed('2028-01-10', seller)).status, 403);
      assert.equal((await renewed('2028-01-10', other)).status, 404);
      assert.equal((await renewed('2027-01-10')).json.code, 'day-range');
      assert.equal((await renewed('ieri')).status, 422);
      assert.equal((await renewed('2028-01-10')).json.expires_on, '2028-01-10');
      assert.equal((await call('GET', '/mailboxes/posta@api.example')).json.expires_on, '2028-01-10');
      assert.equal((await call('POST', '/domains/api.example/unregistered', {})).json.unregistered_on, '2026-12-21');
      assert.equal((await call('GET', '/mailboxes/posta@api.example')).json.status, 'suspended');
      assert.equal((await call('POST', '/domains/api.example/registered', {})).json.unregistered_on, null);
    });
  });
}
