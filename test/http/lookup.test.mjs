// Renewing by user-id, as somebody meets it who sends what the pages do not offer: other prices, other people's finds, the same form twice.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Visitor } from '../support/client.mjs';
import { Program, csv, missing } from '../support/program.mjs';

const BASE = '/b/visura';
const PASSWORD = 'una frase lunga e semplice';
const HOLDER = {
  brand: 'visura', plan: 'base', holder_kind: 'person', holder_name: 'Teresa Titolare', tax_code: 'RSSMRA80A01H501U',
  contact_email: 'teresa@posta.example', activated_on: '2024-03-15', expires_on: '2027-03-15', street: 'Via del Segreto 1',
  postcode: '00185', city: 'Roma', province: 'RM', country: 'IT', password: PASSWORD,
};
const BOXES = { una: 'VIS9000001', due: 'VIS9000002', tre: 'VIS9000003' };
const PAYER = { kind: 'company', name: 'Studio Modelli S.r.l.', tax_code: '99900030018', vat_number: '99900030018', street: 'Via Roma 2', postcode: '00185',
  city: 'Roma', province: 'RM', country: 'IT', sdi_code: 'ZZZ9999', email: 'fatture@posta.example' };
const box = (name) => `${name}@pec.visura.example`;

for (const engine of ['sqlite', 'postgres']) {
  describe(`renewing by user-id on ${engine}`, { skip: missing(engine) }, () => {
    const program = new Program(engine);
    let url;

    before(async () => {
      await program.create('2026-12-21T11:00:00Z');
      await program.must('mailbox', 'import', program.write('mailboxes.csv', csv(Object.entries(BOXES).map(([name, user_id]) => ({ ...HOLDER, address: box(name), user_id })))));
      for (const name of ['primo', 'secondo'])
        await program.addUser({ brand: 'visura', email: `${name}@posta.example`, password: PASSWORD });
      url = await program.serve('--smtp', `file:${program.folder}`);
    });

    after(() => program.end());

    class Finder extends Visitor {
      constructor() { super(url, BASE); }
      as(name) { return this.login({ as: 'account', login: `${name}@posta.example`, password: PASSWORD }); }
      // A new wizard, and in it the mailbox that is found.
      async find(name) {
        this.way = (await this.get('/rinnovo-pec/dati')).location.replace(/\/casella$/, '');
        await this.get(`${this.way}/casella`);
        await this.post(`${this.way}/casella`, { user_id: BOXES[name], address: box(name) });
        return this;
      }
      // All steps but the last; the fields of its form.
      async fill() {
        await this.post(`${this.way}/anni`, { years: 1 });
        await this.post(`${this.way}/modo`, { funds: 'dedicated' });
        await this.post(`${this.way}/mezzo`, { method: 'bank_transfer' });
        await this.post(`${this.way}/fatturazione`, PAYER);
        const { html } = await this.get(`${this.way}/modulo`);
        const hidden = (field) => new RegExp(`name="${field}" value="([^"]*)"`).exec(html)[1];
        return { terms: 1, terms_version: hidden('terms_version'), total_cents: hidden('total_cents'), version: hidden('version') };
      }
    }

    test('T7 T28 what the pages do not offer is refused, and nothing of the holder is shown', async () => {
      const visitor = await (await new Finder().as('primo')).find('una');
      for (const years of ['5', '0', '-1', 'due', '']) await visitor.post(`${visitor.way}/anni`, { years }, 422);
      await visitor.post(`${visitor.way}/anni`, { years: 1, mailbox: box('due') }, 422);
      await visitor.post(`${visitor.way}/mezzo`, { method: 'card' }, 409); // ahead of its turn
      const form = await visitor.fill();
      await visitor.post(`${visitor.way}/modo`, { funds: 'wallet' }, 409);
      await visitor.post(`${visitor.way}/mezzo`, { method: 'wallet' }, 422);
      for (const wrong of [{ total_cents: 1 }, { version: 0 }, { terms: '' }, { method: 'wallet' }, { years: 3 }])
        assert.ok([409, 422].includes((await visitor.send('POST', `${visitor.way}/modulo`, { ...form, ...wrong })).status), JSON.stringify(wrong));
      for (const step of ['casella', 'anni', 'modo', 'mezzo', 'fatturazione', 'modulo'])
        assert.doesNotMatch((await visitor.get(`${visitor.way}/${step}`)).html, /Teresa|Segreto|RSSMRA80A01H501U/, step);
      assert.equal((await visitor.get(`/caselle/${box('una')}`)).status, 404, 'it is no mailbox of his');
      assert.doesNotMatch((await visitor.get('/ordini')).html, /RLM/);
    });

    test('R113 Conferma sent four times at once makes one order', async () => {
      const visitor = await (await new Finder().as('primo')).find('due');
      const form = await visitor.fill();
      const answers = await Promise.all([1, 2, 3, 4].map(() => visitor.post(`${visitor.way}/modulo`, form)));
      const codes = new Set(answers.map(({ location }) => /RLM\d+/.exec(location)[0]));
      assert.equal(codes.size, 1);
      assert.match((await visitor.get(visitor.way)).location, new RegExp([...codes][0]));
    });

    test('a find is of one session: another account, or the same one logged in anew, has to give the pair itself', async () => {
      const owner = await (await new Finder().as('primo')).find('tre');
      await owner.post(`${owner.way}/anni`, { years: 1 });
      const other = await new Finder().as('secondo');
      await other.get('/profilo');
      for (const step of ['', '/casella', '/anni']) assert.equal((await other.get(owner.way + step)).status, 404, step);
      await other.post(`${owner.way}/modo`, { funds: 'dedicated' }, 404);
      const again = await new Finder().as('primo');
      assert.equal((await again.get(`${owner.way}/modo`)).status, 409);
      assert.match((await again.get(owner.way)).location, /\/casella$/);
      await again.get('/profilo');
      await again.post(`${owner.way}/casella`, { user_id: BOXES.tre, address: box('una') }, 422);
      await again.post(`${owner.way}/casella`, { user_id: BOXES.tre, address: box('tre') });
      assert.match((await again.get(owner.way)).location, /\/modo$/, 'what was answered before is still there');
    });
  });
}
