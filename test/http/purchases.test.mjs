// Buying a mailbox as a shop's program does it (DOMAIN T8-T11, T13, M1-M6): names looked at, ordered, paid, let go.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask, assertProblem } from '../support/client.mjs';
import { Program, camt053, csv, missing } from '../support/program.mjs';

const IBAN = 'IT24D0542811101000000654321'; // visura's
const EMAIL = 'mario.rossi@posta.example';
const HOLDER = {
  kind: 'person', name: 'Mario Rossi', tax_code: 'RSSMRA80A01H501U', street: 'Via Roma 1', postcode: '00185', city: 'Roma', province: 'RM',
  email: 'titolare@posta.example', phone: '+39 06 5550 0123',
};
const TAKEN = {
  brand: 'visura', address: 'occupata@pec.visura.example', plan: 'base', holder_kind: 'person', holder_name: 'Maria Verdi',
  tax_code: 'VRDMRA80A41H501U', contact_email: EMAIL, activated_on: '2024-03-15', expires_on: '2027-03-15', street: 'Via Roma 1',
  postcode: '00185', city: 'Roma', province: 'RM', country: 'IT',
};

for (const engine of ['sqlite', 'postgres']) {
  describe(`purchases on ${engine}`, { skip: missing(engine) }, () => {
    const program = new Program(engine);
    const keys = {};
    let url;

    const call = (method, where, options) => ask(`${url}/api/v1${where}`, method, { key: keys.owner, ...options });
    const get = (where, options) => call('GET', where, options);
    const post = (where, body, options) => call('POST', where, { body, ...options });

    const faults = (answer) => Object.fromEntries(answer.json.errors.map((error) => [error.field, error.code]));

    const purchase = (names, more = {}) => ({
      brand: 'visura', kind: 'purchase', account: EMAIL, payment_method: 'bank_transfer', holder: HOLDER,
      consents: { terms: true }, lines: [{ names, plan: 'base', years: 1 }], ...more });

    async function buy(names, more) {
      const answer = await post('/orders', purchase(names, more));
      assert.equal(answer.status, 201, answer.text);
      return answer.json;
    }

    let statements = 0;
    async function pay(...credits) {
      const id = `E${++statements}`;
      const answer = await post('/bank-statements', camt053({ id, iban: IBAN, day: '2026-12-21', credits }));
      assert.equal(answer.status, 200, answer.text);
      return answer.json;
    }

    before(async () => {
      await program.create('2026-12-20T11:00:00Z');
      await program.must('mailbox', 'import', program.write('mailboxes.csv', csv([TAKEN])));
      await program.must('user', 'add', '--brand', 'visura', '--email', EMAIL, '--name', 'Mario Rossi');
      await program.must('user', 'add', '--brand', 'visura', '--email', 'altro@posta.example', '--name', 'Un altro');
      for (const [name, brand, role] of [['owner', '*', 'owner'], ['shop', 'visura', 'shop'], ['auditor', 'visura', 'auditor'],
        ['legal', 'legalmail', 'owner']])
        keys[name] = await program.must('key', 'add', '--brand', brand, '--role', role);
      url = await program.serve('--smtp', `file:${program.folder}`);
    });

    after(() => program.end());

    test('R46 R48 names are looked at without being held', async () => {
      const asked = { brand: 'visura', names: ['Libera', 'occupata', 'p0stmaster', 'a..b', 'ab', ''] };
      for (let round = 0; round < 2; round++) {
        const { status, json } = await post('/name-checks', asked, { key: keys.auditor });
        assert.equal(status, 200);
        assert.deepEqual([json.brand, json.domain], ['visura', 'pec.visura.example']);
        assert.deepEqual(json.names.map(({ name, available, code }) => [name, available, code]), [
          ['libera', true, null], ['occupata', false, 'name-taken'], [null, false, 'name-reserved'], [null, false, 'name-format'],
          [null, false, 'name-length'], [null, false, 'required']]);
        assert.equal(json.names[0].address, 'libera@pec.visura.example');
        assert.equal(json.names[1].detail, 'Non disponibile: proporre un altro nome.');
      }
      const english = await fetch(`${url}/api/v1/name-checks`, { method: 'POST', body: JSON.stringify(asked), headers: {
        Authorization: `Bearer ${keys.shop}`, 'Idempotency-Key': 'english', 'Content-Type': 'application/json', 'Accept-Language': 'en' } });
      assert.equal(english.status, 200);
      assertProblem(await post('/name-checks', { ...asked, brand: 'legalmail' }), 422, 'kind', 'brand'); // sells nothing new
      assertProblem(await post('/name-checks', asked, { key: keys.legal }), 404, 'not-found', 'brand');
      assertProblem(await post('/name-checks', { brand: 'visura' }), 422, 'required', 'names');
      assertProblem(await post('/name-checks', { brand: 'visura', names: Array(21).fill('abc') }), 422, 'out-of-range', 'names');
      assertProblem(await post('/name-checks', { brand: 'visura', names: ['abc', 1] }), 422, 'not-text', 'names[1]');
      assertProblem(await post('/name-checks', { brand: 'visura', names: ['abc'], nome: 'x' }), 422, 'unknown-field', 'nome');
    });

    test('R54 R56 the first free name is held, and the order has its LM code', async () => {
      const answer = await post('/orders', purchase(['occupata', 'Seconda', 'terza'], { consents: { terms: true, start_now: true } }),
        { key: keys.shop });
      const order = answer.json;
      assert.equal(answer.status, 201, answer.text);
      assert.equal(answer.headers.get('location'), `/api/v1/orders/${order.code}`);
      assert.match(order.code, /^LM\d{5}$/);
      assert.deepEqual([order.kind, order.status, order.net_cents, order.vat_cents, order.gross_cents],
        ['purchase', 'confirmed', 900, 198, 1098]);
      assert.deepEqual([order.payment.reference, order.payment.iban, order.payment.due_cents], [order.code, IBAN, 1098]);
      const [line] = order.lines;
      assert.deepEqual([line.kind, line.mailbox, line.description, line.plan, line.years, line.from, line.new_expires_on],
        ['purchase', 'seconda@pec.visura.example', 'Attivazione PEC Legalmail Base, 1 anno', 'base', 1, null, null]);
      const { request } = order;
      assert.deepEqual([request.state, request.address, request.names, request.start_now, request.holder.tax_code],
        ['awaiting_payment', 'seconda@pec.visura.example', ['occupata', 'seconda', 'terza'], true, HOLDER.tax_code]);
      assert.deepEqual((await get(`/orders/${order.code}`)).json, order);
      const look = await post('/name-checks', { brand: 'visura', names: ['seconda', 'terza'] });
      assert.deepEqual(look.json.names.map(({ available }) => available), [false, true]);
    });

    test('T9 none is free: each says so, and there is no order', async () => {
      const first = await buy(['presa', 'presa.2', 'presa.3']);
      const orders = async () => (await get('/events?limit=1000')).json.events.filter((event) => event.kind === 'order.confirmed').length;
      const before_ = await orders();
      const answer = await post('/orders', purchase(['presa', 'occupata', 'seconda'], { account: 'altro@posta.example' }));
      assertProblem(answer, 422, 'invalid-input');
      assert.deepEqual(faults(answer), { 'lines[0].names[0]': 'name-taken', 'lines[0].names[1]': 'name-taken', 'lines[0].names[2]': 'name-taken' });
      assert.equal(await orders(), before_);
      // Cancelled, it is anybody's.
      const cancelled = await post(`/orders/${first.code}/cancel`, {});
      assert.deepEqual([cancelled.json.status, cancelled.json.request.state], ['cancelled', 'dropped']);
      assert.equal((await buy(['presa', 'presa.2', 'presa.3'], { account: 'altro@posta.example' })).request.address, 'presa@pec.visura.example');
    });

    test('R45 T10 all faults at once, each at its place', async () => {
      const answer = await post('/orders', purchase(['uguale', 'UGUALE', 'due..punti'], {
        payment_method: 'paypal', holder: { ...HOLDER, kind: 'company', tax_code: '1', phone: 'x', city: '' },
        lines: [{ names: ['uguale', 'UGUALE', 'due..punti'], plan: 'oro', years: 1 }],
      }));
      assert.equal(answer.status, 422, answer.text);
      assert.deepEqual(faults(answer), {
        payment_method: 'payment-method', 'lines[0].plan': 'plan-not-on-sale', 'holder.vat_number': 'required',
        'holder.tax_code': 'tax-code-format', 'holder.city': 'required', 'holder.phone': 'phone', 'holder.signer_name': 'required',
        'holder.signer_tax_code': 'required', 'lines[0].names[1]': 'name-repeated', 'lines[0].names[2]': 'name-format',
      });
      const shape = await post('/orders', { kind: 'purchase', payment_method: 'card', lines: [{ names: ['uno', 2], prezzo: 1 }] });
      assert.deepEqual(faults(shape), {
        'lines[0].years': 'required', 'lines[0].plan': 'required', 'lines[0].prezzo': 'unknown-field', 'lines[0].names': 'out-of-range',
        account: 'required', holder: 'required', 'consents.terms': 'terms' });
      for (const [more, status, code, field] of [
        [{ lines: [] }, 422, 'out-of-range', 'lines'],
        [{ lines: 'x' }, 422, 'required', 'lines'],
        [{ lines: ['x'] }, 422, 'not-a-choice', 'lines[0]'],
        [{ account: 'nessuno@posta.example' }, 404, 'not-found', 'account'],
        [{ total_cents: 1 }, 409, 'price-changed', 'total_cents'],
        [{ lines: [{ names: ['uno', 'due', 'tre'], plan: 'base', years: 9 }] }, 422, 'years', 'lines[0].years'],
        [{ consents: { terms: '2020-01' } }, 422, 'terms', 'consents.terms'],
        [{ holder: 'x' }, 422, 'not-a-choice', 'holder'],
        [{ brand: 'legalmail' }, 404, 'not-found', 'account'],
      ])
        assertProblem(await post('/orders', purchase(['uno', 'due', 'tre'], more)), status, code, field);
      assert.equal(faults(await post('/orders', { ...purchase(['uno', 'due', 'tre']), kind: 'renewal' })).holder, 'unknown-field');
      const look = await post('/name-checks', { brand: 'visura', names: ['uno', 'due', 'tre'] });
      assert.ok(look.json.names.every(({ available }) => available)); // nothing of all that is held
    });

    test('one request sent twice is one order', async () => {
      const body = purchase(['doppia', 'doppia.2', 'doppia.3']);
      const answers = await Promise.all([1, 2, 3].map(() => post('/orders', body, { idempotency: 'twice' })));
      assert.deepEqual(new Set(answers.map((answer) => answer.text)).size, 1);
      assert.equal(answers[0].status, 201, answers[0].text);
      assertProblem(await post('/orders', purchase(['tripla', 'doppia.2', 'doppia.3']), { idempotency: 'twice' }), 409, 'idempotency-key-reused');
      assert.equal((await buy(['doppia', 'doppia.2', 'doppia.3'])).request.address, 'doppia.2@pec.visura.example');
    });

    test('R62 R64 paid, it is in process and invoiced; money that comes again is held', async () => {
      const order = await buy(['pagata', 'pagata.2', 'pagata.3']);
      const result = await pay({ cents: 1098, text: `PEC ${order.code.toLowerCase()}` });
      assert.deepEqual([result.matched, result.held_count], [1, 0]);
      const paid = (await get(`/orders/${order.code}`)).json;
      assert.deepEqual([paid.status, paid.request.state, paid.settled_at !== null, paid.invoice.gross_cents],
        ['in_process', 'docs_pending', true, 1098]);
      assert.notEqual(paid.request.paid_at, null);
      assert.equal(paid.lines[0].new_expires_on, null);
      const again = await pay({ cents: 1098, text: order.code });
      assert.deepEqual([again.matched, again.held_count], [0, 1]);
      assertProblem(await post(`/orders/${order.code}/cancel`, {}), 409, 'order-state');
    });

    test('R51 T11 the prepaid account pays at once, if it can', async () => {
      const poor = await buy(['povera', 'povera.2', 'povera.3'], { payment_method: 'wallet' });
      assert.deepEqual([poor.status, poor.payment.error], ['confirmed', 'wallet-short']);
      const topup = await post(`/accounts/${EMAIL}/wallet/topups`, {
        brand: 'visura', amount_cents: 5000, payment_method: 'bank_transfer',
        billing: { ...HOLDER, phone: undefined } });
      assert.equal(topup.status, 201, topup.text);
      await pay({ cents: 5000, text: topup.json.code });
      const rich = await buy(['ricca', 'ricca.2', 'ricca.3'], { payment_method: 'wallet' });
      assert.deepEqual([rich.status, rich.request.state], ['in_process', 'docs_pending']);
      assert.equal((await get(`/accounts/${EMAIL}/wallet?brand=visura`)).json.balance_cents, 5000 - 1098);
    });
  });
}
