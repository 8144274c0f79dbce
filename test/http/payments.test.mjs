// Paying in every way as a shop's program does it, on each engine: online at a simulated Axerve, from the prepaid account, outside;
// money that is held, and money given back.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ask, assertProblem } from '../support/client.mjs';
import { until } from '../support/patience.mjs';
import { Program, camt053, csv, missing } from '../support/program.mjs';

const IBAN = 'IT24D0542811101000000654321'; // visura's
const OTHER_IBAN = 'IT62C0326803203052886541770';
const EMAIL = 'maria.verdi@posta.example';
const HOLDER = {
  brand: 'visura', plan: 'base', holder_kind: 'person', holder_name: 'Maria Verdi', tax_code: 'RSSMRA80A01H501U',
  contact_email: EMAIL, activated_on: '2024-03-15', expires_on: '2027-03-15', street: 'Via Roma 1',
  postcode: '00185', city: 'Roma', province: 'RM', country: 'IT',
};
const BILLING = { kind: 'person', name: 'Maria Verdi', tax_code: 'RSSMRA80A01H501U', street: 'Via Roma 1', postcode: '00185', city: 'Roma',
  province: 'RM', email: EMAIL };
const NAMES = ['vat', 'ente', 'meant', 'partly', 'card', 'replay', 'race', 'silent', 'refused', 'again', 'outside', 'short', 'drawn', 'own', 'cut', 'whole', 'part', 'held', 'twice', 'cheque', 'turned', 'letter', 'firm', 'written'];
const box = (name) => `${name}@pec.visura.example`;

for (const engine of ['sqlite', 'postgres']) {
  describe(`payments on ${engine}`, { skip: missing(engine) }, () => {
    const program = new Program(engine);
    const keys = {};
    let url, axerve;
    let statements = 0;

    const call = (method, where, options) => ask(`${url}/api/v1${where}`, method, { key: keys.owner, ...options });
    const get = (where, options) => call('GET', where, options);
    const post = (where, body, options) => call('POST', where, { body, ...options });

    const renewal = (name, method, more = {}) => ({
      brand: 'visura', kind: 'renewal', payment_method: method, consents: { terms: true }, lines: [{ mailbox: box(name), years: 1 }], ...more });

    async function place(name, method = 'bank_transfer', more) {
      const answer = await post('/orders', renewal(name, method, more));
      assert.equal(answer.status, 201, answer.text);
      return answer.json;
    }
    const order = async (code) => (await get(`/orders/${code}`)).json;

    // The customer on Axerve's page; the program hears of it by the notification.
    async function payAt(address, number = '4242424242424242') {
      const answer = await fetch(address, {
        method: 'POST', redirect: 'manual',
        body: new URLSearchParams({ number, expiry: '12/35', cvv: '123', name: 'Maria Verdi', act: 'pay' }) });
      assert.equal(answer.status, 303);
      await axerve.behave({ wait: true });
    }

    async function transfer(cents, text, more) {
      const answer = await post('/bank-statements', camt053({ id: `P${++statements}-${engine}`, iban: IBAN, day: '2026-12-20', credits: [{ cents, text, ...more }] }));
      assert.equal(answer.status, 200, answer.text);
      return answer.json;
    }

    async function paidByCard(name) {
      const placed = await place(name, 'card');
      await payAt(placed.payment.redirect_url);
      return order(placed.code);
    }

    async function topUp(cents) {
      const answer = await post(`/accounts/${EMAIL}/wallet/topups`,
        { brand: 'visura', amount_cents: cents, payment_method: 'bank_transfer', billing: BILLING });
      assert.equal(answer.status, 201, answer.text);
      await transfer(cents, answer.json.code);
      return answer.json;
    }
    const wallet = async () => (await get(`/accounts/${EMAIL}/wallet?brand=visura`)).json;

    before(async () => {
      program.addBrand('altra', 'legalmail', OTHER_IBAN);
      await program.create('2026-12-20T11:00:00Z');
      axerve = await program.sandbox('axerve');
      const file = path.join(program.folder, 'brands/visura/brand.yaml');
      writeFileSync(file, readFileSync(file, 'utf8')
        .replace(/^( +axerve:).*$/m, `$1 { url: "${axerve.url}", shop_login: ${axerve.shop_login} }`));
      mkdirSync(path.join(program.folder, 'secrets'));
      program.write('secrets/visura.axerve.api_key', `${axerve.api_key}\n`);
      await program.must('mailbox', 'import', program.write('mailboxes.csv', csv(NAMES.map((name) => ({ ...HOLDER, address: box(name) })))));
      await program.must('user', 'add', '--brand', 'visura', '--email', EMAIL, '--name', 'Maria Verdi',
        ...['own', 'short', 'drawn', 'held', 'twice', 'partly'].flatMap((name) => ['--mailbox', box(name)]));
      for (const [name, brand, role] of [['owner', '*', 'owner'], ['shop', 'visura', 'shop'], ['cashier', 'visura', 'cashier'],
        ['auditor', 'visura', 'auditor'], ['other', 'altra', 'owner']])
        keys[name] = await program.must('key', 'add', '--brand', brand, '--role', role);
      url = await program.serve('--smtp', `file:${program.folder}`, '--secrets', path.join(program.folder, 'secrets'));
    });

    after(() => program.end());

    // ---- Online ----

    test('an order by card says where to pay, and is paid there', async () => {
      const answer = await post('/orders', renewal('card', 'card'), { key: keys.shop });
      const placed = answer.json;
      assert.equal(answer.status, 201, answer.text);
      assert.equal(answer.headers.get('location'), `/api/v1/orders/${placed.code}`);
      assert.deepEqual([placed.status, placed.payment.method, placed.payment.state, placed.payment.due_cents], ['confirmed', 'card', 'pending', 1098]);
      assert.ok(placed.payment.redirect_url.startsWith(axerve.origin), placed.payment.redirect_url);
      assert.deepEqual((await order(placed.code)).payment, placed.payment);
      await payAt(placed.payment.redirect_url);
      const paid = await order(placed.code);
      assert.deepEqual([paid.status, paid.payment.state, paid.payment.redirect_url, paid.payment.provisional, paid.payment.settled_by],
        ['fulfilled', 'captured', null, false, 'payment:1']);
      assert.deepEqual(paid.payment.attempts.map((a) => [a.key, a.method, a.state, a.amount_cents, a.error, a.held_reason]),
        [[`${placed.code}-1`, 'card', 'captured', 1098, null, null]]);
      assert.match(paid.invoice.number, /^2026\/\d+$/);
    });

    test('the same request with the same key has one order, one attempt and one answer', async () => {
      const body = renewal('replay', 'card');
      const first = await post('/orders', body, { idempotency: 'replay' });
      const second = await post('/orders', body, { idempotency: 'replay' });
      assert.equal(first.status, 201, first.text);
      assert.equal(second.text, first.text);
      assert.equal(second.headers.get('idempotent-replayed'), 'true');
      assert.equal(second.headers.get('location'), first.headers.get('location'));
      assertProblem(await post('/orders', renewal('race', 'card'), { idempotency: 'replay' }), 409, 'idempotency-key-reused');
      assert.equal((await order(first.json.code)).payment.attempts.length, 1);
      const racing = await Promise.all(Array.from({ length: 6 }, () => post('/orders', renewal('race', 'card'), { idempotency: 'race' })));
      const done = racing.filter((answer) => answer.status === 201);
      assert.ok(done.length >= 1);
      assert.deepEqual([...new Set(racing.map((answer) => answer.status))].filter((status) => status !== 201 && status !== 503), []);
      assert.equal(new Set(done.map((answer) => answer.text)).size, 1);
      const last = await post('/orders', renewal('race', 'card'), { idempotency: 'race' });
      assert.equal(last.text, done[0].text);
      assert.equal((await order(last.json.code)).payment.attempts.length, 1);
      assert.ok(last.json.payment.redirect_url);
    });

    test('a silent provider loses no order: its state is unknown, and it is paid by another attempt', async () => {
      await axerve.behave({ fail: [{ path: 'payment/create', times: 1, when: 'after', how: 'hang-up' }] });
      const placed = await post('/orders', renewal('silent', 'card'), { idempotency: 'silent' });
      assert.equal(placed.status, 201, placed.text);
      assert.deepEqual([placed.json.status, placed.json.payment.state, placed.json.payment.redirect_url], ['confirmed', 'unknown', null]);
      assert.equal((await post('/orders', renewal('silent', 'card'), { idempotency: 'silent' })).text, placed.text);
      const code = placed.json.code;
      const again = await post(`/orders/${code}/payments`, { payment_method: 'card' });
      assert.equal(again.status, 201, again.text);
      assert.deepEqual(again.json.payment.attempts.map((a) => a.state), ['unknown', 'pending']);
      await payAt(again.json.payment.redirect_url);
      assert.equal((await order(code)).status, 'fulfilled');
    });

    test('an attempt that is open is taken up again; one that failed is followed by another', async () => {
      const { code, payment } = await place('again', 'card');
      const same = await post(`/orders/${code}/payments`, { payment_method: 'card' });
      assert.equal(same.json.payment.redirect_url, payment.redirect_url);
      assert.equal(same.json.payment.attempts.length, 1);
      await payAt(payment.redirect_url, '4000000000000002'); // refused by the card's bank
      const failed = await order(code);
      assert.deepEqual([failed.status, failed.payment.state], ['confirmed', 'failed']);
      assert.ok(failed.payment.error && failed.payment.attempts[0].error);
      const next = await post(`/orders/${code}/payments`, { payment_method: 'card', remember: false }, { idempotency: 'next' });
      assert.notEqual(next.json.payment.redirect_url, payment.redirect_url);
      assert.equal((await post(`/orders/${code}/payments`, { payment_method: 'card', remember: false }, { idempotency: 'next' })).text, next.text);
      await payAt(next.json.payment.redirect_url);
      assert.equal((await order(code)).status, 'fulfilled');
      assertProblem(await post(`/orders/${code}/payments`, { payment_method: 'card' }), 409, 'order-state');
      assert.equal((await post(`/orders/${code}/payments`, { payment_method: 'card', remember: false }, { idempotency: 'next' })).text, next.text);
    });

    test('an order waits for money from outside in another way when it is told so', async () => {
      const { code } = await place('outside', 'card');
      const slip = await post(`/orders/${code}/payments`, { payment_method: 'postal_slip' });
      assert.equal(slip.status, 201, slip.text);
      assert.deepEqual([slip.json.payment.method, slip.json.payment.state, slip.json.payment.redirect_url], ['postal_slip', null, null]);
      assert.equal((await place('cheque', 'cheque')).payment.method, 'cheque');
      for (const [body, status, problem] of [[{ payment_method: 'barter' }, 422, 'payment-method'], [{ payment_method: 'paypal' }, 422, 'payment-method'],
        [{}, 422, 'required'], [{ payment_method: 'card', amount_cents: 1 }, 422, 'unknown-field'], [{ payment_method: 'wallet' }, 422, 'payment-method']])
        assertProblem(await post(`/orders/${code}/payments`, body), status, problem);
      await transfer(1098, code);
      const paid = await order(code);
      assert.deepEqual([paid.status, paid.payment.method, paid.payment.settled_by.replace(/\d+/, 'N')], ['fulfilled', 'bank_transfer', 'bank:N']);
    });

    test('a request that was cut off after it had begun is gone on with by its key', async () => {
      const body = renewal('cut', 'card');
      const first = await post('/orders', body, { idempotency: 'cut' });
      assert.equal(first.status, 201, first.text);
      await program.sql("UPDATE idempotency SET status = 0 WHERE key = 'cut'"); // as if it had died before its answer was kept
      assertProblem(await post('/orders', renewal('outside', 'card'), { idempotency: 'cut' }), 409, 'idempotency-key-reused');
      const resumed = await post('/orders', body, { idempotency: 'cut' });
      assert.equal(resumed.text, first.text);
      assert.equal(resumed.headers.get('location'), first.headers.get('location'));
      assert.equal((await post('/orders', body, { idempotency: 'cut' })).headers.get('idempotent-replayed'), 'true');
      assert.equal((await order(first.json.code)).payment.attempts.length, 1);
    });

    // ---- The prepaid account ----

    test('the prepaid account is topped up, pays, and is never overdrawn (T11)', async () => {
      assert.deepEqual(await wallet(), { account: EMAIL, brand: 'visura', balance_cents: 0, owed_cents: 0, entries: [], next: null });
      const placed = await post(`/accounts/${encodeURIComponent(EMAIL)}/wallet/topups`,
        { amount_cents: 1097, payment_method: 'bank_transfer', billing: BILLING }, { key: keys.shop, idempotency: 'topup' });
      assert.equal(placed.status, 201, placed.text);
      assert.deepEqual([placed.json.kind, placed.json.gross_cents, placed.json.vat_cents, placed.json.lines[0].kind, placed.json.lines[0].mailbox],
        ['wallet_topup', 1097, 0, 'topup', '']);
      assert.equal(placed.headers.get('location'), `/api/v1/orders/${placed.json.code}`);
      assert.equal((await post(`/accounts/${encodeURIComponent(EMAIL)}/wallet/topups`,
        { amount_cents: 1097, payment_method: 'bank_transfer', billing: BILLING }, { key: keys.shop, idempotency: 'topup' })).text, placed.text);
      await transfer(1097, placed.json.code);
      assert.equal((await order(placed.json.code)).status, 'fulfilled');
      assert.equal((await wallet()).balance_cents, 1097);

      const short = await place('short', 'wallet', { account: EMAIL }); // a cent short: the order waits
      assert.deepEqual([short.status, short.payment.state, short.payment.error], ['confirmed', null, 'wallet-short']);
      assertProblem(await post(`/orders/${short.code}/payments`, { payment_method: 'wallet' }, { idempotency: 'draw' }), 409, 'wallet-short');
      assert.equal((await wallet()).balance_cents, 1097);
      await topUp(500);
      const drawn = await post(`/orders/${short.code}/payments`, { payment_method: 'wallet' }, { idempotency: 'draw' }); // the key was free again
      assert.equal(drawn.status, 201, drawn.text);
      assert.deepEqual([drawn.json.status, drawn.json.payment.state], ['fulfilled', 'captured']);
      assert.equal((await post(`/orders/${short.code}/payments`, { payment_method: 'wallet' }, { idempotency: 'draw' })).text, drawn.text);
      await program.sql("UPDATE idempotency SET status = 0 WHERE key = 'draw'"); // drawn, and the answer lost
      assert.equal((await post(`/orders/${short.code}/payments`, { payment_method: 'wallet' }, { idempotency: 'draw' })).text, drawn.text);
      const statement = await wallet();
      assert.equal(statement.balance_cents, 499);
      assert.deepEqual(statement.entries.map((e) => [e.kind, e.amount_cents, e.balance_cents]), [['draw', -1098, 499], ['topup', 500, 1597], ['topup', 1097, 1097]]);
      assert.equal(statement.entries[0].order, short.code);
      const page = (await get(`/accounts/${EMAIL}/wallet?brand=visura&limit=2`)).json;
      assert.equal(page.entries.length, 2);
      assert.deepEqual((await get(`/accounts/${EMAIL}/wallet?brand=visura&before=${page.next}`)).json.entries, statement.entries.slice(2));
    });

    test('with enough on it, an order is placed and paid at once', async () => {
      await topUp(1000);
      const before = (await wallet()).balance_cents;
      const placed = await place('drawn', 'wallet', { account: EMAIL });
      assert.deepEqual([placed.status, placed.payment.state, placed.payment.error], ['fulfilled', 'captured', null]);
      assert.equal((await wallet()).balance_cents, before - 1098);
    });

    test('an account orders for its own mailboxes, and what is wrong with a top-up is told', async () => {
      assertProblem(await post('/orders', renewal('card', 'wallet', { account: 'nessuno@posta.example' })), 404, 'not-found', 'account');
      assertProblem(await post('/orders', renewal('cheque', 'bank_transfer', { account: EMAIL })), 404, 'mailbox-unknown', 'lines[0].mailbox');
      assertProblem(await post('/orders', renewal('own', 'wallet')), 422, 'payment-method', 'payment_method'); // whose?
      const good = { brand: 'visura', amount_cents: 5000, payment_method: 'bank_transfer', billing: BILLING };
      const topups = (body, options) => post(`/accounts/${EMAIL}/wallet/topups`, body, options);
      assertProblem(await topups({ ...good, amount_cents: 499 }), 422, 'out-of-range', 'amount_cents');
      assertProblem(await topups({ ...good, amount_cents: 1000001 }), 422, 'out-of-range', 'amount_cents');
      assertProblem(await topups({ ...good, payment_method: 'wallet' }), 422, 'payment-method', 'payment_method');
      assertProblem(await topups({ ...good, payment_method: 'stripe' }), 422, 'payment-method', 'payment_method');
      assertProblem(await topups({ ...good, billing: undefined }), 422, 'required', 'billing');
      assertProblem(await topups({ ...good, billing: { ...BILLING, postcode: 'x' } }), 422, 'postcode', 'billing.postcode');
      assertProblem(await topups({ ...good, brand: 'altra' }), 404, 'not-found');
      assertProblem(await topups({ ...good, brand: undefined }), 422, 'required', 'brand');
      assertProblem(await get(`/accounts/${EMAIL}/wallet?brand=visura&limit=0`), 422, 'out-of-range', 'limit');
    });

    test('a top-up by card is paid like an order', async () => {
      const before = (await wallet()).balance_cents;
      const placed = await post(`/accounts/${EMAIL}/wallet/topups`,
        { brand: 'visura', amount_cents: 2000, payment_method: 'card', billing: BILLING }, { idempotency: 'card-topup' });
      assert.equal(placed.status, 201, placed.text);
      assert.equal(placed.json.payment.state, 'pending');
      assert.equal(placed.headers.get('location'), `/api/v1/orders/${placed.json.code}`);
      await payAt(placed.json.payment.redirect_url);
      assert.equal((await wallet()).balance_cents, before + 2000);
    });

    // ---- Given back ----

    test('the whole goes back to the card, once, with its credit note and the term', async () => {
      const { code, invoice } = await paidByCard('whole');
      const body = { amount_cents: 1098, destination: 'source', reason: 'Recesso', take_back: true };
      const first = await post(`/orders/${code}/refunds`, body, { key: keys.cashier, idempotency: 'refund' });
      assert.equal(first.status, 201, first.text);
      assert.deepEqual([first.json.order, first.json.destination, first.json.amount_cents, first.json.state, first.json.reason],
        [code, 'source', 1098, 'waiting', 'Recesso']);
      assert.equal((await post(`/orders/${code}/refunds`, body, { key: keys.cashier, idempotency: 'refund' })).text, first.text);
      assert.equal((await post(`/orders/${code}/refunds`, body)).status, 409);
      const note = (await get(`/invoices/${first.json.credit_note}`)).json;
      assert.deepEqual([note.kind, note.corrects, note.gross_cents, note.reason], ['credit_note', invoice.id, 1098, 'Recesso']);
      assert.match(note.number, /^NC-2026\/\d+$/);
      const now = await until('what a worker asks of the provider', async () => {
        const seen = await order(code);
        return seen.refunds[0].state === 'done' && seen;
      });
      assert.deepEqual([now.status, now.refunds.length, now.refunds[0].state, now.payment.state], ['refunded', 1, 'done', 'refunded']);
      assert.deepEqual(now.credit_notes, [note]);
      assert.equal((await get(`/mailboxes/${box('whole')}`)).json.expires_on, '2027-03-15');
    });

    test('a part goes back by transfer; more than is left does not', async () => {
      const { code } = await paidByCard('part');
      const refunds = (body) => post(`/orders/${code}/refunds`, { amount_cents: 500, reason: 'Sconto', destination: 'transfer', ...body });
      assertProblem(await refunds({}), 422, 'required', 'iban');
      assertProblem(await refunds({ iban: 'IT60X0542811101000000123457', payee: 'Maria Verdi' }), 422, 'iban-check', 'iban');
      assertProblem(await refunds({ destination: 'moon' }), 422, 'not-a-choice', 'destination');
      assertProblem(await refunds({ amount_cents: 1099, destination: 'source' }), 422, 'out-of-range', 'amount_cents');
      assertProblem(await refunds({ destination: 'wallet' }), 422, 'not-a-choice', 'destination'); // nobody's account
      assertProblem(await refunds({ destination: 'source', take_back: true }), 422, 'out-of-range', 'amount_cents');
      assert.equal((await order(code)).refunds.length, 0);
      const given = await refunds({ iban: 'it60 x054 2811 1010 0000 0123 456', payee: 'Maria Verdi' });
      assert.equal(given.status, 201, given.text);
      assert.equal(given.json.iban, 'IT60X0542811101000000123456');
      assertProblem(await refunds({ amount_cents: 599, destination: 'source' }), 422, 'out-of-range', 'amount_cents');
      const two = await Promise.all([1, 2].map(() => refunds({ amount_cents: 598, destination: 'source', reason: 'Il resto' })));
      assert.deepEqual(two.map((answer) => answer.status).sort(), [201, 422]); // at once, and yet one after the other
    });

    // ---- Held ----

    test('what settled nothing is held with its reason, whatever it came by, and goes back', async () => {
      const waiting = await place('held', 'bank_transfer', { account: EMAIL });
      await transfer(1100, waiting.code);
      await transfer(4200, 'senza causale');
      const { held } = (await get('/held')).json;
      const over = held.find((h) => h.order === waiting.code), lost = held.find((h) => h.amount_cents === 4200);
      assert.deepEqual([over.kind, over.brand, over.amount_cents, over.reason, over.received_on, over.account],
        ['bank', 'visura', 1100, 'amount_over', '2026-12-20', IBAN]);
      assert.deepEqual([lost.order, lost.reason, lost.text], [null, 'no_reference', 'senza causale']);
      assert.equal((await order(waiting.code)).payment.held.amount_cents, 1100);
      const first = (await get('/held?limit=1')).json;
      assert.deepEqual((await get(`/held?after=${first.next}`)).json.held, held.slice(1));

      assertProblem(await post(`/held/${lost.id}/refund`, { destination: 'wallet' }), 422, 'not-a-choice', 'destination');
      assertProblem(await post(`/held/${lost.id}/refund`, { destination: 'transfer' }), 422, 'required', 'iban');
      const back = { destination: 'transfer', iban: 'IT60X0542811101000000123456', payee: 'Maria Verdi' };
      const refund = await post(`/held/${lost.id}/refund`, back, { key: keys.cashier, idempotency: 'held' });
      assert.equal(refund.status, 201, refund.text);
      assert.deepEqual([refund.json.order, refund.json.credit_note, refund.json.amount_cents, refund.json.state], [null, null, 4200, 'waiting']);
      assert.equal((await post(`/held/${lost.id}/refund`, back, { key: keys.cashier, idempotency: 'held' })).text, refund.text);
      assertProblem(await post(`/held/${lost.id}/refund`, back), 404, 'not-found'); // no longer held
      const credited = await post(`/held/${over.id}/refund`, { destination: 'wallet' });
      assert.equal(credited.status, 201, credited.text);
      assert.equal(credited.json.state, 'done');
      assert.deepEqual((await get('/held')).json.held, []);
    });

    test("a consumer's letter of withdrawal is entered by the day on which it was sent", async () => {
      const { code } = await place('letter', 'bank_transfer');
      await transfer(1098, code);
      const letter = { sent_on: '2026-12-20', iban: 'IT60X0542811101000000123456', payee: 'Maria Verdi' };
      assertProblem(await post(`/orders/${code}/withdraw`, letter, { key: keys.shop }), 403, 'forbidden');
      assertProblem(await post(`/orders/${code}/withdraw`, letter, { key: keys.other }), 404, 'not-found');
      assertProblem(await post(`/orders/${code}/withdraw`, { ...letter, sent_on: '2026-12-19' }), 422, 'out-of-range', 'sent_on');
      assertProblem(await post(`/orders/${code}/withdraw`, { sent_on: '2026-12-20' }), 422, 'required', 'iban');
      const first = await post(`/orders/${code}/withdraw`, letter, { key: keys.cashier, idempotency: 'letter' });
      assert.equal(first.status, 200, first.text);
      assert.deepEqual([first.json.status, first.json.refunds[0].amount_cents, first.json.refunds[0].destination], ['refunded', 1098, 'transfer']);
      assert.equal((await post(`/orders/${code}/withdraw`, letter, { key: keys.cashier, idempotency: 'letter' })).text, first.text);
      const again = await post(`/orders/${code}/withdraw`, letter);
      assert.deepEqual([again.status, again.json.refunds.length], [200, 1]);
      const firm = await place('firm', 'bank_transfer', { billing: { ...BILLING, kind: 'company', tax_code: '01234560587', vat_number: '01234560587', sdi_code: '0000000' } });
      assertProblem(await post(`/orders/${firm.code}/withdraw`, {}), 409, 'withdrawal-not-here');
    });

    test('dollars at the bank are told as given back, never refunded', async () => {
      await transfer(1098, 'in dollari', { currency: 'USD' });
      const { held: [{ id, currency }] } = (await get('/held')).json;
      assert.equal(currency, 'USD');
      assertProblem(await post(`/held/${id}/refund`, { destination: 'transfer', iban: IBAN, payee: 'x' }), 422, 'not-a-choice');
      assertProblem(await post(`/held/${id}/returned`, {}), 422, 'required', 'reason');
      assertProblem(await post(`/held/${id}/returned`, { reason: 'x' }, { key: keys.shop }), 403, 'forbidden');
      assertProblem(await post(`/held/${id}/returned`, { reason: 'x' }, { key: keys.other }), 404, 'not-found');
      const told = await post(`/held/${id}/returned`, { reason: 'Reso il 23/12' }, { key: keys.cashier });
      assert.deepEqual([told.status, told.json], [200, { id, state: 'refunded' }]);
      assert.deepEqual((await get('/held')).json.held, []);
    });

    test('a refund on its way is listed; only what the provider refuses goes another way', async () => {
      const { code } = await place('turned', 'bank_transfer');
      await transfer(1098, code);
      const made = await post(`/orders/${code}/refunds`, { amount_cents: 98, destination: 'transfer', iban: IBAN, payee: 'x', reason: 'Sconto' });
      assert.equal(made.status, 201, made.text);
      const { id } = made.json, to = { destination: 'wallet' };
      const { refunds } = (await get('/refunds', { key: keys.auditor })).json;
      assert.deepEqual(refunds.filter((r) => r.order === code), [made.json]);
      assert.deepEqual((await get('/refunds', { key: keys.other })).json.refunds, []);
      for (const step of ['turn', 'sent', 'drop']) {
        const body = step === 'turn' ? to : undefined;
        assertProblem(await post(`/refunds/${id}/${step}`, body, { key: keys.shop }), 403, 'forbidden');
        assertProblem(await post(`/refunds/${id}/${step}`, body, { key: keys.other }), 404, 'not-found');
        assertProblem(await post(`/refunds/999999/${step}`, body), 404, 'not-found');
      }
      assertProblem(await post(`/refunds/${id}/turn`, to), 422, 'not-a-choice');
      assertProblem(await post(`/refunds/${id}/drop`), 422, 'not-a-choice');
      const sent = await post(`/refunds/${id}/sent`, undefined, { key: keys.cashier });
      assert.deepEqual([sent.status, sent.json.state], [200, 'done'], sent.text);
      assertProblem(await post(`/refunds/${id}/sent`), 422, 'not-a-choice');
    });

    test('a second payment of an order that is paid is credited by itself, and says so', async () => {
      const { code, payment } = await place('twice', 'card', { account: EMAIL });
      await transfer(1098, code);
      const before = (await wallet()).balance_cents;
      await payAt(payment.redirect_url);
      const now = await order(code);
      const attempt = now.payment.attempts[0];
      assert.equal(now.status, 'fulfilled');
      if (attempt.captured_cents) { // taken at once by the provider
        assert.equal(attempt.held_reason, 'reused');
        assert.equal(now.refunds[0].destination, 'wallet');
        assert.equal((await wallet()).balance_cents, before + 1098);
      } else {
        assert.equal(attempt.state, 'cancelled'); // promised, and never taken
      }
    });

    // ---- Where held money belongs ----

    test('Y9 held money is put where it belongs, whole or in parts, and taken from there again', async () => {
      const meant = await place('meant'), partly = await place('partly', 'bank_transfer', { account: EMAIL });
      await transfer(1098, 'per la mia casella');
      await transfer(3000, 'due cose insieme');
      await transfer(555, 'di un altro');
      const by = async (cents) => (await get('/held')).json.held.find((h) => h.amount_cents === cents).id;
      const [whole, two, strange] = [await by(1098), await by(3000), await by(555)];

      assert.ok(Array.isArray((await get(`/held/${whole}`)).json.suggestions.orders));
      assertProblem(await post(`/held/${whole}/assign`, { order: 'RLM1', note: 'così dice al telefono' }), 404, 'not-found', 'order');
      assertProblem(await post(`/held/${whole}/assign`, { order: meant.code }), 422, 'required', 'note');
      const assigned = await post(`/held/${whole}/assign`, { order: meant.code, note: 'così dice al telefono' }, { key: keys.cashier });
      assert.equal(assigned.status, 200, assigned.text);
      assert.equal((await order(meant.code)).status, 'fulfilled');

      assertProblem(await post(`/held/${two}/split`, { parts: [{ order: partly.code, amount_cents: 3001 }], note: 'x' }), 422, 'held-sum');
      assertProblem(await post(`/held/${two}/split`, { parts: [], note: 'x' }), 422, 'out-of-range', 'parts');
      const split = await post(`/held/${two}/split`, { parts: [{ order: partly.code, amount_cents: 1098 }], rest_to: EMAIL, note: 'una casella e un credito' });
      assert.equal(split.status, 200, split.text);
      assert.deepEqual(split.json.parts.map((p) => p.amount_cents), [1098, 1902]);
      const undone = await post(`/held/${two}/undo`, { part: split.json.parts[1].id, note: 'non era suo' });
      assert.equal(undone.status, 200, undone.text);
      assert.equal((await get('/held')).json.held.find((h) => h.id === two).amount_cents, 1902);
      const credited = await post(`/held/${two}/credit`, { account: EMAIL, note: 'era suo' });
      assert.equal(credited.status, 200, credited.text);

      const foreign = await post(`/held/${strange}/foreign`, { note: 'conto sbagliato' });
      assert.equal(foreign.status, 200, foreign.text);
      for (const what of ['assign', 'split', 'credit', 'foreign', 'undo'])
        assertProblem(await post(`/held/${strange}/${what}`, {}, { key: keys.auditor }), 403, 'forbidden');
      assertProblem(await get(`/held/${strange}`, { key: keys.other }), 404, 'not-found');
    });

    test('a transfer that the bank sent back goes to another IBAN, once', async () => {
      const by = async (text) => (await get('/held')).json.held.find((h) => h.text === text).id;
      const to = (iban, more) => ({ destination: 'transfer', iban, payee: 'Maria Verdi', ...more });
      await transfer(777, 'da rendere');
      const { json: refund } = await post(`/held/${await by('da rendere')}/refund`, to('IT60X0542811101000000123456'));
      assert.equal((await post(`/refunds/${refund.id}/sent`, undefined)).status, 200);
      await transfer(777, 'storno per IBAN chiuso');
      const held = await by('storno per IBAN chiuso');
      const turn = (more, options) => post(`/refunds/${refund.id}/turn`, to('IT15L0760117400001007214826', { note: 'IBAN chiuso', ...more }), options);
      assertProblem(await turn({}), 422, 'not-a-choice'); // it was not refused by anybody
      assertProblem(await turn({ held: 'bank-999999' }), 422, 'not-a-choice', 'held');
      assertProblem(await turn({ held, note: '' }), 422, 'required', 'note');
      assertProblem(await turn({ held }, { key: keys.auditor }), 403, 'forbidden');
      assert.equal((await turn({ held })).status, 200);
      assertProblem(await turn({ held }), 422, 'not-a-choice');
      const { refunds } = (await get('/refunds')).json;
      assert.ok(refunds.some((r) => r.amount_cents === 777 && r.iban === 'IT15L0760117400001007214826' && r.state === 'waiting'));
    });

    test("a day's money by method is told against the ledger", async () => {
      const cash = await get('/cash?day=2026-12-20', { key: keys.auditor });
      assert.equal(cash.status, 200, cash.text);
      assert.equal(cash.json.agrees, true, cash.text);
      const bank = cash.json.rows.find((row) => row.account === `bank:${IBAN}`);
      assert.ok(bank.count > 0 && bank.came_cents === bank.recorded_came_cents, cash.text);
      assertProblem(await get('/cash?day=ieri'), 422, 'not-a-date', 'day');
      assertProblem(await get('/cash?brand=visura'), 422, 'unknown-field', 'brand');
    });

    // ---- Invoices ----

    test('L26 a public body has its codes on the order; its commitment only where the brand takes it', async () => {
      const body = { ...BILLING, kind: 'public_body', name: 'Comune di Esempio', tax_code: '01234560587', sdi_code: 'AAA111' };
      const { code, due_cents: due, split_payment: split } = await place('ente', 'bank_transfer', { billing: body });
      assert.deepEqual([due, split], [1098, false]); // after 30-06-2026
      const note = (what, options) => post(`/orders/${code}/public-body`, what, options);
      assertProblem(await note({ cig: 'Z12' }), 422, 'out-of-range', 'cig');
      assertProblem(await note({ cig: 'Z123456789', act: 'Determina 12', commit: true }), 422, 'not-a-choice', 'code');
      assertProblem(await note({ cig: 'Z123456789' }, { key: keys.shop }), 403, 'forbidden');
      assertProblem(await note({ cig: 'Z123456789' }, { key: keys.other }), 404, 'not-found');
      const noted = await note({ cig: 'z12 3456789', cup: '' });
      assert.equal(noted.status, 200, noted.text);
      assert.equal(noted.json.code, code);
    });

    test('lines are credited by themselves, each once; the register counts them', async () => {
      const placed = await place('vat', 'bank_transfer', { lines: [{ mailbox: box('vat'), years: 1 }] });
      await transfer(1098, placed.code);
      const credit = (more, options) => post(`/orders/${placed.code}/refunds`, { reason: 'Voce non dovuta', destination: 'transfer',
        iban: 'IT60X0542811101000000123456', payee: 'Maria Verdi', ...more }, options);
      assertProblem(await credit({}), 422, 'required', 'amount_cents');
      assertProblem(await credit({ amount_cents: 1, lines: [1] }), 422, 'not-a-choice', 'amount_cents');
      assertProblem(await credit({ lines: [7] }), 422, 'not-a-choice', 'lines');
      assertProblem(await credit({ lines: ['1'] }), 422, 'not-a-choice', 'lines');
      const month = '/vat-register?brand=visura&month=2026-12', total = async () => (await get(month)).json.total;
      const before = await total();
      const given = await credit({ lines: [1] });
      assert.equal(given.status, 201, given.text);
      assert.equal(given.json.amount_cents, 1098);
      assertProblem(await credit({ lines: [1] }), 409, 'line-credited', 'lines');
      const after = await total();
      assert.deepEqual([before.net_cents - after.net_cents, before.vat_cents - after.vat_cents, after.split_vat_cents, after.stamp_cents], [900, 198, 0, 0]);

      const csv = await fetch(`${url}/api/v1/vat-register.csv?brand=visura&month=2026-12`, { headers: { Authorization: `Bearer ${keys.auditor}` } });
      assert.match(csv.headers.get('content-type'), /^text\/csv/);
      assert.match(await csv.text(), /^\ufeff?tipo;numero;.*;natura;esigibilita;bollo;stato_sdi\n(TD0[14];.*\n)+$/);
      assertProblem(await get('/vat-register?brand=visura&month=2026-13'), 422, 'out-of-range', 'month');
      assertProblem(await get(month, { key: keys.other }), 404, 'not-found');

      const { invoice } = await order(placed.code);
      assertProblem(await post(`/invoices/${invoice.id}/send`, undefined), 409, 'sdi-channel');
      assertProblem(await post(`/invoices/${invoice.id}/send`, undefined, { key: keys.shop }), 403, 'forbidden');
      assertProblem(await post(`/invoices/999999/send`, undefined), 404, 'not-found');
      const sdi = await get(`/invoices/${invoice.id}/sdi`);
      assert.deepEqual([sdi.json.state, sdi.json.notices], ['to_send', []]);
      assertProblem(await post(`/invoices/${invoice.id}/send-again`, { late: false, billing: { ...BILLING, postcode: 'x' } }), 422, 'postcode', 'billing.postcode');
      assertProblem(await post(`/invoices/${invoice.id}/send-again`, { late: false, billing: BILLING }), 409, 'sdi-state');
    });

    // ---- Rights ----

    test('each needs its right, and another brand sees none of it', async () => {
      const { code } = await place('refused', 'bank_transfer');
      const refund = { amount_cents: 1, destination: 'source', reason: 'x' };
      await transfer(7, 'diritti');
      const { id } = (await get('/held')).json.held[0];
      for (const [key, where, body] of [['auditor', `/orders/${code}/payments`, { payment_method: 'card' }],
        ['shop', `/orders/${code}/refunds`, refund], ['auditor', `/orders/${code}/refunds`, refund],
        ['shop', `/held/${id}/refund`, { destination: 'wallet' }],
        ['auditor', `/accounts/${EMAIL}/wallet/topups`, { amount_cents: 1000, payment_method: 'bank_transfer', billing: BILLING }]])
        assertProblem(await post(where, body, { key: keys[key] }), 403, 'forbidden');
      for (const [where, body] of [[`/orders/${code}/payments`, { payment_method: 'card' }], [`/orders/${code}/refunds`, refund],
        [`/held/${id}/refund`, { destination: 'transfer', iban: IBAN, payee: 'x' }],
        [`/accounts/${EMAIL}/wallet/topups`, { amount_cents: 1000, payment_method: 'bank_transfer', billing: BILLING }]])
        assertProblem(await post(where, body, { key: keys.other }), 404, 'not-found');
      assertProblem(await get(`/accounts/${EMAIL}/wallet`, { key: keys.other }), 404, 'not-found');
      assertProblem(await get(`/accounts/${EMAIL}/wallet?brand=visura`, { key: keys.other }), 404, 'not-found');
      assert.deepEqual((await get('/held', { key: keys.other })).json.held, []);
      assert.equal((await get('/held', { key: keys.auditor })).json.held.length, 1);
      assert.equal((await get(`/accounts/${EMAIL}/wallet`, { key: keys.auditor })).status, 200);
      for (const name of ['bank-0', 'bank-999999', 'payment-1', 'cheque-1', 'x', 'bank', 'bank-1x', 'Bank-1', '1', 'bank--1'])
        assertProblem(await post(`/held/${name}/refund`, { destination: 'source' }), 404, 'not-found');
      assertProblem(await get('/held?after=x'), 422, 'not-a-choice', 'after');
      assert.equal((await post(`/orders/202600000000149/refunds`, refund)).status, 404);
    });

    test('a table that does not say whose account it is about is told by whoever brings it', async () => {
      const table = 'Data contabile;Data valuta;Importo;Divisa;Descrizione\n20/12/2026;20/12/2026;12,34;EUR;tabella senza conto\n';
      assertProblem(await post('/bank-statements', table), 422, 'statement-whose', 'account');
      assertProblem(await post(`/bank-statements?account=${IBAN}`, table, { key: keys.other }), 422, 'statement-account');
      const looked = await post(`/bank-statements?account=${IBAN}&look=true`, table);
      assert.deepEqual([looked.json.entries, looked.json.held_count], [1, 1], looked.text);
      assert.equal((await post(`/bank-statements?account=${IBAN}&look=true`, table)).json.held_count, 1, 'nothing was booked');
      assertProblem(await post(`/bank-statements?account=${IBAN}&look=1`, table), 422, 'not-a-choice', 'look');
      const answer = await post(`/bank-statements?account=${IBAN}`, table, { idempotency: 'table' });
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.json.held_count, 1);
      assertProblem(await post(`/bank-statements?account=${OTHER_IBAN}`, table, { idempotency: 'table' }), 409, 'idempotency-key-reused');
      assertProblem(await post('/bank-statements?iban=x', table), 422, 'unknown-field');
    });

    test('Y9 who paid by the reference of an order that was given up is written to', async () => {
      const placed = await place('written', 'bank_transfer');
      assert.equal((await post(`/orders/${placed.code}/cancel`)).status, 200);
      await transfer(placed.gross_cents, placed.code);
      const { id } = (await get('/held')).json.held.find((item) => JSON.stringify(item).includes(placed.code));
      const text = 'Buongiorno, il bonifico porta la causale di un ordine annullato.';
      assertProblem(await post(`/held/${id}/write`, { text }, { key: keys.shop }), 403, 'forbidden');
      assertProblem(await post(`/held/${id}/write`, { text }, { key: keys.other }), 404, 'not-found');
      assertProblem(await post(`/held/${id}/write`, { text: '' }), 422, 'required', 'text');
      assertProblem(await post('/held/payment-1/write', { text }), 404, 'not-found');
      assert.equal((await post(`/held/${id}/write`, { text }, { key: keys.cashier })).json.state, 'queued');
    });

    // ---- As described ----

    test('answers have the members that are described, and no others', async () => {
      const { components: { schemas } } = (await get('/openapi.json')).json;
      const members = (name) => Object.keys(schemas[name].properties).sort();
      const events = (await get('/events?limit=1000')).json.events;
      const refunded = (await order(events.find((e) => e.kind === 'order.refunded').data.code ?? (await refundedCode(events))));
      const statement = await wallet();
      const held = (await get('/held')).json;
      for (const [name, value] of [['Order', refunded], ['Payment', refunded.payment], ['PaymentAttempt', refunded.payment.attempts[0]],
        ['Refund', refunded.refunds[0]], ['Invoice', refunded.credit_notes[0]], ['Wallet', statement], ['WalletEntry', statement.entries[0]],
        ['HeldMoney', held], ['HeldItem', held.held[0]], ['VatRegister', (await get('/vat-register?brand=visura&month=2026-12')).json], ['OpenRefunds', (await get('/refunds')).json]])
        assert.deepEqual(Object.keys(value).sort(), members(name), name);
    });

    // The code of an order that was refunded: events name orders by their id.
    async function refundedCode(events) {
      const { order_id: id } = events.find((event) => event.kind === 'order.refunded');
      return events.find((event) => event.kind === 'order.confirmed' && event.order_id === id).data.code;
    }
  });
}
