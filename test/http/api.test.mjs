// The JSON API as a shop's program meets it, against `casella serve` on each engine.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ask, assertProblem } from '../support/client.mjs';
import { PATIENCE_MS } from '../support/patience.mjs';
import { Program, camt053, csv, missing, source } from '../support/program.mjs';

const IBAN = 'IT60X0542811101000000123456'; // legalmail's
const OTHER_IBAN = 'IT24D0542811101000000654321';
const HOLDER = {
  brand: 'legalmail', plan: 'bronze', holder_kind: 'person', holder_name: 'Mario Rossi', tax_code: 'RSSMRA80A01H501U',
  contact_email: 'mario.rossi@posta.example', activated_on: '2024-03-15', expires_on: '2027-03-15', street: 'Via Roma 1',
  postcode: '00185', city: 'Roma', province: 'RM', country: 'IT',
};
const NAMES = ['t1', 't2', 't3', 'replay', 'race', 'rivals', 'cancel', 'faults', 'two', 'upgrade', 'english', 'paid', 'short',
  'twice', 'billed', 'expected', 'array', 'version'];
const legal = (name) => `${name}@legalmail.example`;

for (const engine of ['sqlite', 'postgres']) {
  describe(`API on ${engine}`, { skip: missing(engine) }, () => {
    const program = new Program(engine);
    const keys = {};
    let url;

    const call = (method, path, options) => ask(url + path, method, { key: keys.owner, ...options });

    const get = (path, options) => call('GET', `/api/v1${path}`, options);
    const post = (path, body, options) => call('POST', `/api/v1${path}`, { body, ...options });
    const renewal = (...lines) => ({
      brand: 'legalmail', kind: 'renewal', payment_method: 'bank_transfer', consents: { terms: true },
      lines: lines.map((line) => typeof line === 'string' ? { mailbox: legal(line), years: 1 } : line),
    });

    const faults = (answer) => Object.fromEntries(answer.json.errors.map((error) => [error.field, error.code]));

    async function place(...lines) {
      const answer = await post('/orders', renewal(...lines));
      assert.equal(answer.status, 201, answer.text);
      return answer.json;
    }

    before(async () => {
      program.addBrand('altra', 'legalmail', OTHER_IBAN);
      await program.create('2026-12-20T11:00:00Z');
      const boxes = [
        ...NAMES.map((name) => ({ ...HOLDER, address: legal(name) })),
        { ...HOLDER, address: legal('early'), expires_on: '2027-09-01' },
        { ...HOLDER, address: legal('late'), expires_on: '2026-06-01' },
        { ...HOLDER, address: legal('auto'), auto_renew: 'true' },
        { ...HOLDER, address: legal('roomy'), extra_gb: 2 },
        { ...HOLDER, address: legal('bare'), street: '', postcode: '', city: '', province: '' },
        { ...HOLDER, brand: 'altra', address: 'una@altra.example' },
      ];
      await program.must('mailbox', 'import', program.write('mailboxes.csv', csv(boxes)));
      for (const [name, brand, role] of [['owner', '*', 'owner'], ['shop', 'legalmail', 'shop'], ['cashier', 'legalmail', 'cashier'],
        ['auditor', 'legalmail', 'auditor'], ['other', 'altra', 'owner']])
        keys[name] = await program.must('key', 'add', '--brand', brand, '--role', role);
      url = await program.serve('--smtp', `file:${program.folder}`);
    });

    after(() => program.end());

    // ---- Who may come in ----

    test('without a good key nobody comes in', async () => {
      const path = `/mailboxes/${legal('t1')}`;
      const wrong = keys.owner.slice(0, -1) + (keys.owner.endsWith('0') ? '1' : '0');
      assertProblem(await get(path, { key: null }), 401, 'unauthenticated');
      assert.match((await get(path, { key: null })).headers.get('www-authenticate'), /^Bearer realm="casella"$/);
      for (const key of [wrong, 'casella_', 'x', keys.owner.toUpperCase(), `${keys.owner}0`])
        assertProblem(await get(path, { key }), 401, 'unauthenticated');
      assertProblem(await get(path, { key: null, headers: { Authorization: `Basic ${keys.owner}` } }), 401, 'unauthenticated');
      assertProblem(await post('/orders', renewal('t1'), { key: wrong }), 401, 'unauthenticated');
      assertProblem(await post('/orders', '{', { key: wrong, idempotency: null }), 401, 'unauthenticated'); // faults come later
      assertProblem(await post('/bank-statements', '<x/>', { key: wrong }), 401, 'unauthenticated');
      assert.equal((await get(path)).status, 200);
    });

    test('a role does what it may', async () => {
      assert.equal((await get(`/mailboxes/${legal('t1')}`, { key: keys.auditor })).status, 200);
      assertProblem(await post('/orders', renewal('t1'), { key: keys.auditor }), 403, 'forbidden');
      assertProblem(await post('/orders/202600000000149/cancel', {}, { key: keys.auditor }), 403, 'forbidden');
      assertProblem(await post('/bank-statements', '<x/>', { key: keys.shop }), 403, 'forbidden');
    });

    test('another brand is not there', async () => {
      const order = await place('two');
      for (const path of [`/mailboxes/${legal('t1')}`, `/mailboxes/${legal('t1')}/renewal`, `/orders/${order.code}`])
        assert.equal((await get(path, { key: keys.other })).status, 404, path);
      assertProblem(await post(`/orders/${order.code}/cancel`, {}, { key: keys.other }), 404, 'not-found');
      assertProblem(await post('/orders', renewal('t1'), { key: keys.other }), 404, 'not-found', 'brand');
      const borrowed = { ...renewal('t1'), brand: 'altra' };
      assertProblem(await post('/orders', borrowed, { key: keys.other }), 404, 'mailbox-unknown', 'lines[0].mailbox');
      assertProblem(await post('/orders', borrowed), 404, 'mailbox-unknown', 'lines[0].mailbox');
      assertProblem(await post('/orders', { ...renewal('t1'), brand: 'nessuna' }), 422, 'brand', 'brand');
      const { brand, ...unnamed } = renewal('t1');
      assertProblem(await post('/orders', unnamed), 422, 'required', 'brand'); // the key is of every brand
      assert.ok(brand);
      const events = await get('/events?limit=1000', { key: keys.other });
      assert.deepEqual(events.json.events.filter((event) => event.brand !== 'altra'), []);
      assert.equal((await get('/mailboxes/una@altra.example', { key: keys.other })).json.brand, 'altra');
    });

    // ---- Mailboxes ----

    test('a mailbox tells its phase and dates', async () => {
      const { json } = await get(`/mailboxes/${encodeURIComponent(legal('t1'))}`);
      assert.deepEqual(
        { address: json.address, status: json.status, phase: json.phase, expires_on: json.expires_on, plan: json.plan,
          send_until: json.send_until, open_order: json.open_order, renew_until: json.renew_until },
        { address: legal('t1'), status: 'live', phase: 'expiring', expires_on: '2027-03-15', plan: 'bronze',
          send_until: '2027-03-15', open_order: null, renew_until: '2027-06-13' });
      assert.equal(json.holder.name, 'Mario Rossi');
      assert.equal((await get('/mailboxes/T1@Legalmail.Example')).json.address, legal('t1'));
      assertProblem(await get('/mailboxes/nessuno@legalmail.example'), 404, 'mailbox-unknown');
    });

    test('a renewal tells whether, why not, and at what price', async () => {
      const { json } = await get(`/mailboxes/${legal('t1')}/renewal`);
      assert.equal(json.eligible, true);
      assert.equal(json.reason, null);
      assert.equal(json.opens_on, '2026-12-15');
      assert.deepEqual(json.options.map((o) => [o.years, o.net_cents, o.vat_cents, o.gross_cents, o.vat_rate_bp, o.new_expires_on]), [
        [1, 2500, 550, 3050, 2200, '2028-03-15'], [2, 5000, 1100, 6100, 2200, '2029-03-15'], [3, 7500, 1650, 9150, 2200, '2030-03-15']]);
      for (const [name, reason, text] of [['early', 'renewal-too-early', /01\/06\/2027/], ['late', 'renewal-too-late', /30\/08\/2026/],
        ['auto', 'auto-renewal-on', /automatico/]]) {
        const refused = (await get(`/mailboxes/${legal(name)}/renewal`)).json;
        assert.equal(refused.eligible, false);
        assert.equal(refused.reason, reason);
        assert.match(refused.detail, text);
        assert.deepEqual(refused.options, []);
        assertProblem(await post('/orders', renewal(name)), 409, reason, 'lines[0].mailbox');
      }
      assert.equal((await get(`/mailboxes/${legal('roomy')}/renewal`)).json.options[0].net_cents, 2500 + 2 * 900);
    });

    // ---- Orders: DOMAIN T1-T3 ----

    test('one year is 30,50 and ends 15-03-2028; an order waits for its transfer', async () => {
      const answer = await post('/orders', renewal('t1'), { key: keys.shop });
      const order = answer.json;
      assert.equal(answer.status, 201, answer.text);
      assert.equal(answer.headers.get('location'), `/api/v1/orders/${order.code}`);
      assert.match(order.code, /^2026\d{11}$/);
      assert.deepEqual([order.status, order.net_cents, order.vat_cents, order.gross_cents], ['confirmed', 2500, 550, 3050]);
      assert.deepEqual([order.lines[0].expires_on, order.lines[0].new_expires_on], ['2027-03-15', '2028-03-15']);
      assert.deepEqual(
        [order.payment.method, order.payment.reference, order.payment.iban, order.payment.due_cents, order.payment.bank],
        ['bank_transfer', order.code, IBAN, 3050, 'Banca di Prova']);
      assert.equal(order.billing.name, 'Mario Rossi');
      assert.equal(order.invoice, null);
      assert.deepEqual((await get(`/orders/${order.code}`)).json, order);
      assert.equal((await get(`/mailboxes/${legal('t1')}`)).json.expires_on, '2027-03-15'); // not before it is paid
      assert.equal((await get(`/mailboxes/${legal('t1')}`)).json.open_order, order.code);
      const again = (await get(`/mailboxes/${legal('t1')}/renewal`)).json;
      assert.deepEqual([again.eligible, again.reason, again.order], [false, 'open-order', order.code]);
      const second = await post('/orders', renewal('t1'));
      assertProblem(second, 409, 'open-order', 'lines[0].mailbox');
      assert.match(second.json.title, new RegExp(order.code));
    });

    test('two years are 61,00 and end 15-03-2029', async () => {
      const order = await place({ mailbox: legal('t2'), years: 2, plan: 'bronze', extra_gb: 0 });
      assert.deepEqual([order.net_cents, order.vat_cents, order.gross_cents], [5000, 1100, 6100]);
      assert.equal(order.lines[0].new_expires_on, '2029-03-15');
    });

    test('a better plan and more space are ordered; what is held is kept', async () => {
      const better = await place({ mailbox: legal('upgrade'), years: 1, plan: 'silver', extra_gb: 1 });
      assert.equal(better.lines[0].plan, 'silver');
      assert.deepEqual([...new Set(better.lines.map((line) => line.kind))],
        ['renewal', 'space', 'upgrade_residue', 'space_residue']);
      assert.equal(better.net_cents, better.lines.reduce((sum, line) => sum + line.net_cents, 0));
      const roomy = await place({ mailbox: legal('roomy'), years: 1 });
      assert.equal(roomy.net_cents, 2500 + 2 * 900);
      assert.equal(roomy.lines[0].extra_gb, 2);
    });

    test('consents are taken in each of their forms, and only the conditions in force', async () => {
      const of = (name, consents) => ({ ...renewal(name), consents });
      const version = (await post('/orders', of('array', ['terms']))).status;
      assert.equal(version, 201);
      for (const consents of [undefined, null, {}, { terms: false }, [], 'terms'])
        assert.deepEqual(faults(await post('/orders', of('version', consents))), { 'consents.terms': 'terms' });
      assertProblem(await post('/orders', of('version', { terms: '1999-01' })), 422, 'terms', 'consents.terms');
      assertProblem(await post('/orders', of('version', { terms: true, version: '1999-01' })), 422, 'terms', 'consents.terms');
      assertProblem(await post('/orders', of('version', { terms: true, news: true })), 422, 'unknown-field', 'consents');
    });

    test('billing data are checked like a form, and the holder is billed without them', async () => {
      const billing = { kind: 'company', name: 'Esempio S.r.l.', vat_number: '06675021007', street: 'Via Roma 1', postcode: '00185',
        city: 'Roma', province: 'RM', sdi_code: 'M5UXCR1', email: 'conti@posta.example' };
      const bad = { ...billing, vat_number: '06675021008', province: 'XX', fax: '1' };
      assert.deepEqual(faults(await post('/orders', { ...renewal('billed'), billing: bad })),
        { 'billing.fax': 'unknown-field' });
      delete bad.fax;
      assert.deepEqual(faults(await post('/orders', { ...renewal('billed'), billing: bad })),
        { 'billing.vat_number': 'vat-number-check', 'billing.province': 'province' });
      const order = await post('/orders', { ...renewal('billed'), billing });
      assert.equal(order.status, 201, order.text);
      assert.equal(order.json.billing.name, 'Esempio S.r.l.');
      assert.equal(order.json.billing.tax_code, '06675021007');
      const bare = await post('/orders', renewal('bare')); // imported without an address: nobody could be invoiced
      assert.equal(bare.status, 422);
      assert.ok(Object.keys(faults(bare)).includes('billing.street'), bare.text);
    });

    test('every fault is told at once, at its place, and nothing is written', async () => {
      const shape = await post('/orders', {
        brand: 'legalmail', kind: 'gift', price_cents: 1, lines: [{ mailbox: legal('faults'), years: '1', net_cents: 1 }, 7, { years: 1 }],
        billing: 'me' });
      assert.equal(shape.status, 422);
      assert.equal(shape.json.code, 'invalid-input');
      assert.deepEqual(faults(shape), {
        payment_method: 'required', price_cents: 'unknown-field', kind: 'kind', 'lines[0].years': 'not-a-number',
        'lines[0].net_cents': 'unknown-field', 'lines[1]': 'not-a-choice', 'lines[2].mailbox': 'required', billing: 'not-a-choice',
        'consents.terms': 'terms' });
      const order = { ...renewal({ mailbox: legal('faults'), years: 9 }, { mailbox: legal('early'), years: 1 },
        { mailbox: 'nessuno@legalmail.example', years: 1 }, { mailbox: legal('paid'), years: 1, plan: 'diamond' }),
      payment_method: 'barter' };
      assert.deepEqual(faults(await post('/orders', order)), {
        payment_method: 'payment-method', 'lines[0].years': 'years', 'lines[1].mailbox': 'renewal-too-early',
        'lines[2].mailbox': 'mailbox-unknown', 'lines[3].plan': 'plan' });
      assert.equal((await get(`/mailboxes/${legal('faults')}`)).json.open_order, null);
      for (const [body, headers] of [['', {}], ['{"a":1', {}], ['[]', {}], ['{"kind":"renewal","kind":"renewal"}', {}],
        [JSON.stringify(renewal('faults')), { 'Content-Type': 'text/plain' }]])
        assertProblem(await post('/orders', body, { headers: { 'Content-Type': 'application/json', ...headers } }), 400, 'bad-request');
      assert.deepEqual(faults(await post('/orders', { ...renewal(), lines: Array(100).fill({ mailbox: legal('faults'), years: 1 }) })),
        { lines: 'out-of-range' });
      assert.deepEqual(faults(await post('/orders', renewal('faults', 'faults'))), { 'lines[1].mailbox': 'repeated-field' });
    });

    test('a price that was altered has no effect; one that was shown is held to', async () => {
      for (const forged of [{ gross_cents: 1 }, { price: '0.01' }, { lines: [{ mailbox: legal('expected'), years: 1, price_cents: 1 }] }])
        assert.equal((await post('/orders', { ...renewal('expected'), ...forged })).status, 422);
      assertProblem(await post('/orders', { ...renewal('expected'), total_cents: 1 }), 409, 'price-changed', 'total_cents');
      const order = await post('/orders', { ...renewal('expected'), total_cents: 3050 });
      assert.equal(order.status, 201, order.text);
      assert.equal(order.json.gross_cents, 3050);
    });

    test('faults are told in English to who asks for it', async () => {
      const of = (language) => get('/mailboxes/nessuno@legalmail.example', { headers: { 'Accept-Language': language } });
      assert.match((await of('it')).json.title, /Casella non trovata/);
      for (const language of ['en', 'en-GB,it;q=0.5', 'de, en;q=0.3', 'it;q=0.2,en;q=0.9'])
        assert.doesNotMatch((await of(language)).json.title, /Casella non trovata/, language);
      for (const language of ['de', 'it-IT,en;q=0.9', '', 'english', 'en;q=0'])
        assert.match((await of(language)).json.title, /Casella non trovata/, language);
      const order = await post('/orders', { ...renewal('english'), language: 'en' });
      assert.doesNotMatch(order.json.lines[0].description, /Rinnovo/);
    });

    // ---- Once, however often it is sent ----

    test('the same request with the same key is answered again, byte for byte', async () => {
      const body = renewal('replay');
      const first = await post('/orders', body, { idempotency: 'replay!' });
      const second = await post('/orders', body, { idempotency: 'replay!' });
      assert.equal(first.status, 201, first.text);
      assert.equal(first.headers.get('idempotent-replayed'), null);
      assert.equal(second.status, 201);
      assert.equal(second.text, first.text);
      assert.equal(second.headers.get('location'), first.headers.get('location'));
      assert.equal(second.headers.get('idempotent-replayed'), 'true');
      assertProblem(await post('/orders', renewal('t3'), { idempotency: 'replay!' }), 409, 'idempotency-key-reused');
      assertProblem(await post(`/orders/${first.json.code}/cancel`, body, { idempotency: 'replay!' }), 422, 'invalid-input');
      assertProblem(await post(`/orders/${first.json.code}/cancel`, {}, { idempotency: 'replay!' }), 409, 'idempotency-key-reused');
      // Keys belong to who sent them.
      assertProblem(await post('/orders', body, { idempotency: 'replay!', key: keys.shop }), 409, 'open-order');
    });

    test('an Idempotency-Key must be there and be one', async () => {
      const body = renewal('t3');
      assertProblem(await post('/orders', body, { idempotency: null }), 400, 'idempotency-key-missing');
      assertProblem(await post('/orders/1/cancel', undefined, { idempotency: null }), 400, 'idempotency-key-missing');
      assertProblem(await post('/bank-statements', '<x/>', { idempotency: null }), 400, 'idempotency-key-missing');
      for (const idempotency of ['x'.repeat(201), 'a b', 'caffè'])
        assertProblem(await post('/orders', body, { idempotency }), 400, 'bad-request');
    });

    test('what was refused may be sent again with its key', async () => {
      assert.equal((await post('/orders', { ...renewal('t3'), payment_method: 'barter' }, { idempotency: 'mended' })).status, 422);
      const order = await post('/orders', renewal('t3'), { idempotency: 'mended' });
      assert.equal(order.status, 201, order.text);
    });

    test('twenty at once with one key make one order', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => post('/orders', renewal('race'), { idempotency: 'race' })));
      assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [201], answers.map((a) => a.text).join('\n'));
      assert.equal(new Set(answers.map((answer) => answer.text)).size, 1);
      assert.equal(answers.filter((answer) => answer.headers.get('idempotent-replayed')).length, 19);
      const events = await allEvents();
      assert.equal(events.filter((event) => event.kind === 'order.confirmed' && event.data.code === answers[0].json.code).length, 1);
    });

    test('twenty at once for one mailbox make one order', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => post('/orders', renewal('rivals'))));
      const made = answers.filter((answer) => answer.status === 201);
      assert.equal(made.length, 1);
      for (const answer of answers.filter((other) => other !== made[0])) assertProblem(answer, 409, 'open-order');
    });

    test('an order is cancelled once, and its mailbox is free again', async () => {
      const order = await place('cancel');
      const cancelled = await post(`/orders/${order.code}/cancel`, undefined, { idempotency: 'stop' });
      assert.equal(cancelled.status, 200, cancelled.text);
      assert.equal(cancelled.json.status, 'cancelled');
      assert.equal(cancelled.json.payment.due_cents, 0);
      assert.equal((await post(`/orders/${order.code}/cancel`, undefined, { idempotency: 'stop' })).text, cancelled.text);
      assertProblem(await post(`/orders/${order.code}/cancel`, {}), 409, 'order-state');
      assertProblem(await post('/orders/202600000000149/cancel', {}), 404, 'not-found');
      assert.equal((await get(`/mailboxes/${legal('cancel')}/renewal`)).json.eligible, true);
      await place('cancel');
    });

    // ---- Money ----

    test('a statement settles what it matches and holds the rest, with the reason', async () => {
      const paid = await place('paid');
      const short = await place('short');
      const twice = await place('twice');
      const wrong = paid.code.slice(0, -1) + ((Number(paid.code.at(-1)) + 1) % 10);
      const file = camt053({ id: `S1-${engine}`, iban: IBAN, day: '2026-12-23', credits: [
        { cents: 3050, text: `Rinnovo PEC ${paid.code}` },
        { cents: 3049, text: short.code },
        { cents: 3050, text: `${twice.code.slice(0, 6)} ${twice.code.slice(6, 12)} ${twice.code.slice(12)}` },
        { cents: 3050, text: twice.code },
        { cents: 1000, text: 'affitto dicembre' },
        { cents: 3050, text: `causale ${wrong}` },
      ] });
      await program.must('clock', 'set', '2026-12-23T17:00:00Z');
      const answer = await post('/bank-statements', file, { key: keys.cashier, idempotency: 'statement' });
      assert.equal(answer.status, 200, answer.text);
      const { held, ...counts } = answer.json;
      assert.deepEqual(counts, { statements: 1, entries: 6, matched: 2, held_count: 4, duplicates: 0, ignored: 0, unbalanced: 0 });
      assert.deepEqual(held.map((payment) => [payment.amount_cents, payment.reason]), [
        [3049, 'amount_short'], [3050, 'reused'], [1000, 'no_reference'], [3050, 'bad_check_digits']]);
      assert.equal(held[2].remittance, 'affitto dicembre');

      assert.equal((await post('/bank-statements', file, { key: keys.cashier, idempotency: 'statement' })).text, answer.text);
      assertProblem(await post('/bank-statements', `${file} `, { key: keys.cashier, idempotency: 'statement' }), 409, 'idempotency-key-reused');
      const again = (await post('/bank-statements', file, { key: keys.cashier })).json;
      assert.deepEqual([again.entries, again.matched, again.held_count, again.duplicates], [6, 0, 0, 6]);

      const order = (await get(`/orders/${paid.code}`)).json;
      assert.deepEqual([order.status, order.payment.paid_on, order.payment.due_cents], ['fulfilled', '2026-12-23', 0]);
      assert.deepEqual([order.invoice.issued_on, order.invoice.gross_cents], ['2026-12-23', 3050]);
      assert.equal((await get(`/mailboxes/${legal('paid')}`)).json.expires_on, '2028-03-15');
      assert.equal((await get(`/orders/${short.code}`)).json.payment.held.reason, 'amount_short');
      assert.equal((await get(`/mailboxes/${legal('short')}`)).json.expires_on, '2027-03-15');
      assertProblem(await post(`/orders/${paid.code}/cancel`, {}), 409, 'order-state');
      await invoicePapers(order.invoice.id, paid.code);
    });

    async function invoicePapers(id, code) {
      const invoice = (await get(`/invoices/${id}`)).json;
      assert.deepEqual([invoice.order, invoice.net_cents, invoice.vat_cents, invoice.pdf],
        [code, 2500, 550, `/api/v1/invoices/${id}.pdf`]);
      const pdf = await get(`/invoices/${id}.pdf`, { key: keys.auditor });
      assert.equal(pdf.headers.get('content-type'), 'application/pdf');
      assert.match(pdf.text, /^%PDF-/);
      const xml = await get(`/invoices/${id}.xml`);
      assert.equal(xml.headers.get('content-type'), 'application/xml');
      assert.match(xml.headers.get('content-disposition'), /^attachment; filename="IT\d{11}_\w+\.xml"$/);
      assert.match(xml.text, /<ImportoTotaleDocumento>30\.50</);
      assert.equal((await get(`/invoices/${id}.xml`)).text, xml.text);
      for (const suffix of ['', '.pdf', '.xml'])
        assertProblem(await get(`/invoices/${id}${suffix}`, { key: keys.other }), 404, 'not-found');
      for (const name of ['0', '999999', '1.txt', 'x', '-1', `${id}.pdf.xml`, '99999999999999999999', '.pdf'])
        assertProblem(await get(`/invoices/${name}`), 404, 'not-found');
    }

    test('a file that is no sound statement, or not ours, books nothing', async () => {
      const good = { id: `S2-${engine}`, iban: IBAN, day: '2026-12-23', credits: [{ cents: 100, text: 'x' }] };
      assertProblem(await post('/bank-statements', 'ciao'), 422, 'statement-format');
      const empty = await post('/bank-statements', '');
      assertProblem(empty, 422, 'statement-format');
      assert.match(empty.json.detail, /vuoto; scaricarlo di nuovo/);
      assertProblem(await post('/bank-statements', camt053(good).slice(0, -60)), 422, 'statement-format');
      assertProblem(await post('/bank-statements', camt053({ ...good, iban: 'DE89370400440532013000' })), 422, 'statement-account');
      assertProblem(await post('/bank-statements', camt053(good).replace('1001.00', '1001.01')), 422, 'statement-balance');
      assertProblem(await post('/bank-statements', camt053(good), { key: keys.other }), 422, 'statement-account'); // another brand's
      const booked = (await post('/bank-statements', camt053(good))).json;
      assert.deepEqual([booked.entries, booked.duplicates], [1, 0]);
    });

    test('a large statement is spooled and read whole', async () => {
      const credits = Array.from({ length: 1500 }, (_, i) => ({ cents: 100 + i, text: `senza causale numero ${i}` }));
      const answer = await post('/bank-statements', camt053({ id: `S3-${engine}`, iban: IBAN, day: '2026-12-23', credits }));
      assert.equal(answer.status, 200, answer.text);
      assert.deepEqual([answer.json.entries, answer.json.held_count, answer.json.held.length], [1500, 1500, 1000]);
    });

    // ---- Events ----

    async function allEvents(limit = 1000, key = keys.owner) {
      const all = [];
      for (let after = '0', more = true; more;) {
        const { json } = await get(`/events?after=${after}&limit=${limit}`, { key });
        all.push(...json.events);
        ({ next: after, more } = json);
      }
      return all;
    }

    test('events come in order, each once, a page at a time', async () => {
      const order = await place('faults');
      const all = await allEvents();
      const last = all.filter((event) => event.door === 'api').at(-1); // what jobs do meanwhile comes as well
      assert.equal(last.kind, 'order.confirmed'); // seen at once
      assert.equal(last.data.code, order.code);
      assert.equal(last.brand, 'legalmail');
      assert.match(last.actor, /^key:\d+$/);
      assert.equal(new Set(all.map((event) => event.id)).size, all.length);
      assert.deepEqual((await allEvents(7)).slice(0, 50), all.slice(0, 50));
      const own = await allEvents(1000, keys.shop);
      assert.deepEqual(own.slice(0, 50), all.filter((event) => event.brand === 'legalmail').slice(0, 50));
      const paid = all.filter((event) => event.kind === 'order.settled');
      assert.ok(paid.length >= 2);
      for (const settled of paid)
        assert.ok(all.findIndex((event) => event.kind === 'order.confirmed' && event.order_id === settled.order_id)
          < all.indexOf(settled));
      for (const query of ['after=x', 'after=-1', 'limit=0', 'limit=1001', 'limit=', 'page=2'])
        assert.equal((await get(`/events?${query}`)).status, 422, query);
      const end = (await get('/events?after=999999999')).json;
      assert.deepEqual([end.events, end.next, end.more], [[], '999999999', false]);
    });

    // ---- The service itself ----

    test('a body too large is refused before it is sent', async () => {
      const { hostname, port } = new URL(url);
      const answer = await new Promise((resolve, reject) => {
        const socket = net.connect(port, hostname, () => {
          socket.write('POST /api/v1/bank-statements HTTP/1.1\r\nHost: x\r\nContent-Type: application/xml\r\n'
            + `Authorization: Bearer ${keys.cashier}\r\nIdempotency-Key: huge\r\nContent-Length: ${1 << 30}\r\n\r\n`);
        });
        let text = '';
        socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error(`no answer: ${text}`)));
        socket.on('data', (bytes) => {
          text += bytes;
          if (text.includes('}')) socket.destroy();
        });
        socket.on('error', reject);
        socket.on('close', () => resolve(text));
      });
      assert.match(answer, /^HTTP\/1\.1 413 /);
      assert.match(answer, /"code":"too-large"/);
      const padded = await post('/orders', { ...renewal('t3'), padding: 'x'.repeat(70000) });
      assertProblem(padded, 413, 'too-large');
    });

    test('health, numbers and the description need no key', async () => {
      const health = await call('GET', '/healthz', { key: null });
      assert.deepEqual([health.status, health.json], [200, { status: 'ok' }]);
      const metrics = await call('GET', '/metrics', { key: null });
      assert.equal(metrics.status, 200);
      for (const name of ['casella_outbox_waiting', 'casella_outbox_dead', 'casella_orders_open'])
        assert.match(metrics.text, new RegExp(`^# TYPE ${name} gauge\n${name} \\d+$`, 'm'));
      for (const line of metrics.text.split('\n'))
        assert.match(line, /^(# (HELP|TYPE) \S+ .*|[a-z_]+(\{[^}]*\})? \S+|)$/);
      for (const key of Object.values(keys)) assert.ok(!metrics.text.includes(key));
      const described = await get('/openapi.json', { key: null });
      assert.equal(described.json.openapi, '3.1.0');
      for (const path of ['/mailboxes/{address}', '/mailboxes/{address}/renewal', '/orders', '/orders/{code}', '/orders/{code}/cancel',
        '/bank-statements', '/invoices/{id}', '/invoices/{id}.pdf', '/invoices/{id}.xml', '/events', '/openapi.json'])
        assert.ok(described.json.paths[`/api/v1${path}`], path);
    });

    test('answers have the members that are described, and no others', async () => {
      const { components: { schemas } } = (await get('/openapi.json', { key: null })).json;
      const described = (name) => Object.keys(schemas[name].properties).sort();
      const events = (await get('/events')).json;
      const code = events.events.find((event) => event.kind === 'order.confirmed').data.code;
      const order = (await get(`/orders/${code}`)).json;
      const renewable = (await get(`/mailboxes/${legal('version')}/renewal`)).json;
      const settled = (await allEvents()).find((event) => event.kind === 'order.settled');
      for (const [name, value] of [['Mailbox', (await get(`/mailboxes/${legal('version')}`)).json], ['Renewal', renewable],
        ['RenewalOption', renewable.options[0]], ['Order', order], ['OrderLine', order.lines[0]], ['Payment', order.payment],
        ['Events', events], ['Event', events.events[0]], ['Invoice', (await get(`/invoices/${settled.data.invoice}`)).json]])
        assert.deepEqual(Object.keys(value).sort(), described(name), name);
    });

    test('every address answers who names nothing', async () => {
      const { paths } = (await get('/openapi.json', { key: null })).json;
      for (const path of Object.keys(paths).filter((p) => p.startsWith('/api/') && paths[p].get)) {
        const answer = await call('GET', path.replace(/\{\w+\}/g, '0'));
        assert.ok(answer.status < 500, `${path}: ${answer.text}`);
        if (answer.status >= 400) assert.match(answer.headers.get('content-type'), /^application\/problem\+json/, path);
      }
    });

    test('what is not there is a problem too', async () => {
      assertProblem(await get('/nothing'), 404, 'not-found');
      assertProblem(await get('/mailboxes/%ff'), 400, 'bad-request');
      assertProblem(await call('POST', `/api/v1/mailboxes/${legal('t1')}`, { body: {} }), 405, 'method-not-allowed');
      assert.match((await get('/nothing', { headers: { 'Accept-Language': 'en' } })).headers.get('content-language'), /^en/);
    });
  });
}

test("the API's description keeps to the rules of its lint", () => {
  const { status, stdout, stderr } = spawnSync(path.join(source, 'tools/lint-openapi'), { encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
});
