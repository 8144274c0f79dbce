// Paying at the portal as a browser without scripts meets it, and as somebody who tries what the pages do not offer; beside a
// simulated provider of cards, on each engine.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Visitor, unescape } from '../support/client.mjs';
import { Program, csv, missing, source } from '../support/program.mjs';

const BASE = '/b/visura';
const PASSWORD = 'una frase lunga e semplice';
const HOLDER = {
  brand: 'visura', plan: 'base', holder_kind: 'person', holder_name: 'Mario Rossi', tax_code: 'RSSMRA80A01H501U',
  contact_email: 'mario.rossi@posta.example', activated_on: '2024-03-15', expires_on: '2027-03-15', street: 'Via Roma 1',
  postcode: '00185', city: 'Roma', province: 'RM', country: 'IT', password: PASSWORD,
};
const NAMES = ['click', 'cambio', 'altrui', 'avvisi', 'primo', 'secondo', 'terzo'];
const OWNED = ['primo', 'secondo', 'terzo'];
const box = (name) => `${name}@pec.visura.example`;

for (const engine of ['sqlite', 'postgres']) {
  describe(`paying at the portal on ${engine}`, { skip: missing(engine) }, () => {
    const program = new Program(engine);
    let url, bank;

    before(async () => {
      const brands = path.join(program.folder, 'brands'), secrets = path.join(program.folder, 'secrets');
      await program.create('2026-12-21T11:00:00Z');
      bank = await program.sandbox('axerve');
      cpSync(path.join(source, 'brands'), brands, { recursive: true });
      const yaml = path.join(brands, 'visura/brand.yaml');
      writeFileSync(yaml, readFileSync(yaml, 'utf8').replace(/^( +axerve:).*$/m, `$1 { url: "${bank.url}", shop_login: ${bank.shop_login} }`));
      mkdirSync(secrets);
      writeFileSync(path.join(secrets, 'visura.axerve.api_key'), bank.api_key);
      program.options = ['--brands', brands];
      await program.must('mailbox', 'import', program.write('mailboxes.csv', csv(NAMES.map((name) => ({ ...HOLDER, address: box(name) })))));
      await program.addUser({ brand: 'visura', email: 'studio@posta.example', password: PASSWORD, mailboxes: OWNED.map(box) });
      url = await program.serve('--smtp', `file:${program.folder}`, '--secrets', secrets);
    });

    after(() => program.end());

    class Buyer extends Visitor {
      constructor() { super(url, BASE); }
      mailbox(name) { return this.login({ as: 'mailbox', login: box(name), password: PASSWORD }); }
      account() { return this.login({ as: 'account', login: 'studio@posta.example', password: PASSWORD }); }
      // Through the steps, and the order by this method; the answer of the last form, or of the one that was refused.
      async order(name, method, status, more = {}) {
        const { location } = await this.get(`/caselle/${encodeURIComponent(box(name))}/rinnovo`);
        const [way, from] = location.split('?');
        this.way = way;
        await this.get(`${way}/anni?${from}`);
        await this.post(`${way}/anni?${from}`, { years: 1 });
        const funds = await this.send('POST', `${way}/modo`, { funds: method === 'wallet' ? 'wallet' : 'dedicated' });
        if (status && funds.status !== 303) return funds;
        const means = await this.post(`${way}/mezzo`, { method }, status === 422 ? 422 : 303);
        if (status === 422) return means;
        await this.post(`${way}/fatturazione`, {});
        const { html } = await this.get(`${way}/modulo`);
        const hidden = (field) => new RegExp(`name="${field}" value="([^"]*)"`).exec(html)[1];
        return this.post(`${way}/modulo`, { terms: 1, terms_version: hidden('terms_version'), total_cents: hidden('total_cents'), version: hidden('version'), ...more }, status);
      }
      // From /vai to the bank, and what one does there; where it leads back.
      async atBank(where, act = 'pay', number = '4242424242424242') {
        const page = await this.get(where);
        assert.equal(page.status, 200, page.text);
        const link = unescape(/<a class="btn btn-primary" href="([^"]+)"/.exec(page.html)[1]);
        assert.match(page.text, /Collegamento a Banca/);
        assert.ok(unescape(page.html).includes(`<meta http-equiv="refresh" content="0;url=${link}">`));
        const there = await this.send('POST', link, { number, expiry: '12/35', cvv: '123', name: 'Mario Rossi', act });
        assert.equal(there.status, 303, there.text);
        return there.location;
      }
      async settle(where, act, number) {
        const back = await this.get(await this.atBank(where, act, number));
        assert.equal(back.status, 303, back.text);
        return back.location;
      }
    }
    const code = (location) => /\/ordini\/([A-Z0-9]+)/.exec(location)[1];
    const nonce = (location) => /\/pagamenti\/([0-9a-f]{32})/.exec(location)[1];

    test('R103, R161: every way that the brand names, with what to expect, none chosen', async () => {
      const visitor = await new Buyer().mailbox('click');
      const page = await visitor.order('click', '', 422);
      for (const part of ['Carta di credito', 'pagina protetta di Banca Sella', 'Bonifico Bancario', 'giorno lavorativo dopo', 'Bollettino postale', 'Assegno', 'almeno 4 giorni lavorativi'])
        assert.ok(page.text.includes(part), part);
      assert.doesNotMatch(page.text, /conto prepagato|Ricorda la carta/);
      assert.doesNotMatch(page.html, /name="method"[^>]*checked/);
      for (const method of ['wallet', 'paypal', 'contanti', '<b>']) await visitor.order('click', method, 422);
      assert.match((await visitor.get('/ordini')).text, /nessun ordine/);
    });

    test('clicks at once make one attempt, a form of somebody else none', async () => {
      const visitor = await new Buyer().mailbox('click');
      const placed = code((await visitor.order('click', 'bank_transfer')).location);
      const pay = `/ordini/${placed}/paga`;
      await visitor.get(pay);
      assert.equal((await visitor.send('POST', pay, { csrf: '0'.repeat(64), method: 'card' })).status, 403);
      for (const form of [{}, { method: 'wallet' }, { method: 'stripe' }, { method: 'card', sconto: '1' }]) await visitor.post(pay, form, 422);
      const all = await Promise.all([1, 2, 3, 4].map(() => visitor.post(pay, { method: 'card' })));
      assert.equal(new Set(all.map((answer) => answer.location)).size, 1);
      assert.match(all[0].location, /^\/b\/visura\/pagamenti\/[0-9a-f]{32}\/vai$/);
      const { payments } = await (await fetch(`${bank.origin}/sandbox/ledger`)).json();
      assert.equal(payments.filter((payment) => payment.key.startsWith(`${placed}-`)).length, 1);

      // Paid in one tab; the form of the other then leads to the paid order.
      assert.equal(code(await visitor.settle(all[0].location)), placed);
      assert.equal((await visitor.post(pay, { method: 'card' })).location, `${BASE}/ordini/${placed}`);
      assert.match((await visitor.get(`/ordini/${placed}`)).text, /Rinnovo concluso.*Carta di credito/);
      assert.deepEqual(JSON.parse((await visitor.get(`/ordini/${placed}/stato`)).html), { state: 'fulfilled', done: true, url: `${BASE}/ordini/${placed}` });
    });

    test('Y1: refused, given up, and then in another way: the same order', async () => {
      const visitor = await new Buyer().mailbox('cambio');
      const first = await visitor.order('cambio', 'card');
      const back = await visitor.settle(first.location, 'pay', '4000000000000002');
      const placed = code(back), page = `/ordini/${placed}`;
      assert.match((await visitor.get(page)).text, /Pagamento non riuscito\..*rifiutato.*Nulla è stato addebitato/);
      const again = await visitor.post(`${page}/paga`, { method: 'card' });
      assert.notEqual(nonce(again.location), nonce(first.location));
      await visitor.settle(again.location, 'cancel');
      assert.match((await visitor.get(page)).text, /Pagamento non concluso\..*interrotto/);

      await visitor.post(`${page}/paga`, { method: 'postal_slip' });
      assert.match((await visitor.get(page)).text, /Manca solo il bollettino.*Codice cliente.*1007002.*Invia la contabile.*contabili@visura\.example/);
      assert.equal((await visitor.get(`${page}/bollettino.pdf`)).type, 'application/pdf');
      assert.equal((await visitor.get(`${page}/bonifico.pdf`)).status, 404);
      await visitor.post(`${page}/paga`, { method: 'cheque' });
      assert.match((await visitor.get(page)).text, /Manca solo l'assegno.*non all'arrivo.*Sul retro RLM\d+.*Via del Campione 2.*non trasferibile/);
      await visitor.post(`${page}/paga`, { method: 'bank_transfer' });
      assert.match((await visitor.get(page)).text, /Manca solo il bonifico.*IT24 D054/);
      assert.equal((await visitor.get(`${page}/ricevuta.pdf`)).status, 404);
      assert.equal((await visitor.get('/ordini')).text.match(/Ordine RLM/g).length, 1);
    });

    test("somebody else's order and payment are not there", async () => {
      const owner = await new Buyer().mailbox('altrui'), other = await new Buyer().mailbox('click');
      const { location } = await owner.order('altrui', 'card');
      const mine = `/ordini/${code((await owner.get(owner.way)).location)}`;
      for (const path of ['', '/paga', '/attesa', '/stato', '/bollettino.pdf', '/ricevuta.pdf']) assert.equal((await other.get(mine + path)).status, 404, path);
      await other.get('/profilo');
      await other.post(`${mine}/paga`, { method: 'card' }, 404);
      for (const path of [`/pagamenti/${'0'.repeat(32)}`, '/pagamenti/x', `/b/aruba/pagamenti/${nonce(location)}`,
        `/pagamenti/${'0'.repeat(32)}/vai`, '/conto', '/conto/ricarica', '/profilo/carte/1/elimina'])
        assert.equal((await other.get(path)).status, 404, path);

      // Who comes back from the bank without a session is told how it ended, and no more.
      const stranger = new Buyer();
      const told = await stranger.get(await stranger.atBank(location));
      assert.equal(told.status, 200);
      assert.match(told.text, /Pagamento riuscito/);
      assert.ok(!told.text.includes('altrui@') && !told.text.includes('Mario Rossi'));
      assert.match((await owner.get(mine)).text, /Rinnovo concluso/);
    });

    test('a notification is a hint: forged ones change nothing and are not kept', async () => {
      const visitor = await new Buyer().mailbox('avvisi');
      const { location } = await visitor.order('avvisi', 'card');
      const tell = async (where, method = 'GET', body) => (await fetch(`${url}${where}`, { method, body })).status;
      assert.equal(await tell(`${BASE}/notifiche/card/${'0'.repeat(32)}?a=1&b=2`), 400);
      assert.equal(await tell(`${BASE}/notifiche/card`, 'POST', 'paymentID=1'), 400);
      assert.equal(await tell(`${BASE}/notifiche/paypal`, 'POST', '{"event_type":"PAYMENT.CAPTURE.COMPLETED"}'), 404);
      assert.equal(await tell(`${BASE}/notifiche/bank_transfer`), 404);
      assert.equal(await tell('/b/nessuno/notifiche/card'), 404);
      assert.equal(await tell(`${BASE}/notifiche/card/${nonce(location)}`, 'POST', 'x'.repeat(70000)), 413);
      assert.equal(await tell(`${BASE}/notifiche/card/${nonce(location)}?Status=OK&paymentID=7`), 200);
      const page = code((await visitor.get(visitor.way)).location);
      assert.match((await visitor.get(`/ordini/${page}`)).text, /avviato e non ancora concluso/);

      // The provider's word has not come yet: the waiting page, which does not ask to do anything, and says when it may be left.
      const wait = await visitor.get(`/ordini/${page}/attesa`);
      assert.match(wait.text, /Pagamento in verifica.*non pagare di nuovo/);
      assert.match(wait.html, /<noscript><meta http-equiv="refresh" content="6;url=[^"]*\/attesa\?da&#x3D;\d+"|<noscript><meta http-equiv="refresh" content="6;url=[^"]*\/attesa\?da=\d+"/);
      const late = await visitor.get(`/ordini/${page}/attesa?da=${Math.floor(Date.now() / 1000) - 300}`);
      assert.match(late.text, /Si può chiudere la pagina.*mario\.rossi@posta\.example/);
      for (const since of ['x', '-1', '99999999999999999999', `${Math.floor(Date.now() / 1000) + 9000}`])
        assert.match((await visitor.get(`/ordini/${page}/attesa?da=${since}`)).text, /Di solito bastano pochi secondi/, since);
      assert.equal(JSON.parse((await visitor.get(`/ordini/${page}/stato`)).html).done, false);
    });

    test('R51, R97, T11: the prepaid account, a cent short and then enough; a card that is remembered and forgotten', async () => {
      const visitor = await new Buyer().account();
      assert.match((await visitor.get('/conto')).text, /Saldo 0,00 €.*Ancora nessun movimento/);
      const topUp = async (amount, method, status = 303, more = {}) => {
        const { html } = await visitor.get('/conto/ricarica');
        const token = /name="form_token" value="([^"]*)"/.exec(html)[1];
        const version = /name="terms_version" value="([^"]*)"/.exec(html)[1];
        return visitor.post('/conto/ricarica', { amount, method, terms: 1, terms_version: version, form_token: token, ...more }, status);
      };
      for (const [amount, method] of [['4,99', 'card'], ['10000,01', 'card'], ['', 'card'], ['dieci', 'card'], ['-20', 'card'], ['20', 'wallet'], ['20', '']])
        await topUp(amount, method, 422);
      assert.match((await topUp('20', 'card', 422, { terms: '' })).text, /accettare le condizioni/);

      const paid = code(await visitor.settle((await topUp('10,97', 'card', 303, { remember: 1 })).location));
      const page = await visitor.get(`/ordini/${paid}`);
      assert.match(page.text, /Ricarica conclusa.*10,97 €/);
      assert.doesNotMatch(page.text, /scadenza|IVA \d+%/i);
      assert.equal((await visitor.get(`/ordini/${paid}/ricevuta.pdf`)).type, 'application/pdf');

      const short = await visitor.order('primo', 'wallet', 422);
      assert.match(short.text, /Il saldo di 10,97 € non basta/);
      assert.doesNotMatch((await visitor.get('/ordini')).text, /RLM/);
      await visitor.settle((await topUp('5', 'card')).location);
      const placed = await visitor.order('primo', 'wallet');
      assert.match((await visitor.get(placed.location)).text, /Rinnovo concluso.*Conto prepagato/);
      assert.match((await visitor.get('/conto')).text, /Saldo 4,99 €.*Pagamento.*-10,98 €.*Ricarica.*\+5,00 €.*Ricarica.*\+10,97 €/);
      for (const before of ['-1', 'x', '99999999999999999999']) assert.equal((await visitor.get(`/conto?prima=${before}`)).status, 200);
      const open = code((await visitor.order('secondo', 'bank_transfer')).location);
      assert.match((await visitor.post(`/ordini/${open}/paga`, { method: 'wallet' }, 422)).text, /Il conto prepagato non basta/);

      const card = /\/profilo\/carte\/(\d+)\/elimina/.exec((await visitor.get('/profilo')).html)[1];
      assert.match((await visitor.get('/profilo')).text, /4242/);
      const other = await new Buyer().mailbox('terzo');
      assert.equal((await other.get(`/profilo/carte/${card}/elimina`)).status, 404);
      await other.post(`/profilo/carte/${card}/elimina`, {}, 404);
      for (const id of ['0', 'x', '99999999999999999999', '-1']) assert.equal((await visitor.get(`/profilo/carte/${id}/elimina`)).status, 404, id);
      await visitor.get(`/profilo/carte/${card}/elimina`);
      await visitor.post(`/profilo/carte/${card}/elimina`, {});
      assert.doesNotMatch((await visitor.get('/profilo')).text, /4242/);
      await visitor.post(`/profilo/carte/${card}/elimina`, {}, 404);
    });
  });
}
