// What else the API sells and does about a mailbox: more space, automatic renewal with the order, a mailbox named by its pair, its end, a
// legal hold, a domain before its mailboxes; against `casella serve` on each engine.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ask, assertProblem } from '../support/client.mjs';
import { Program, csv, missing, source } from '../support/program.mjs';

const HOLDER = { brand: 'aruba', plan: 'pro', holder_kind: 'person', holder_name: 'Mario Rossi', tax_code: 'RSSMRA80A01H501U',
  contact_email: 'mario.rossi@posta.example', activated_on: '2024-03-15', expires_on: '2027-03-15', street: 'Via Roma 1',
  postcode: '00185', city: 'Roma', province: 'RM', country: 'IT' };
const box = (name) => `${name}@pec.aruba.example`;
const PAIR = { ...HOLDER, brand: 'visura', plan: 'base', address: 'studio@pec.visura.example', user_id: 'VIS0000007' };

// Where an answer is not as docs/openapi.json says: members that it does not describe, or that are missing.
const described = JSON.parse(readFileSync(path.join(source, 'docs/openapi.json'), 'utf8'));
const known = Object.entries(described.paths).map(([where, operations]) => [new RegExp(`^${where.replace(/\{\w+\}/g, '[^/]+')}$`), operations])
  .sort(([a], [b]) => a.source.split('[^/]+').length - b.source.split('[^/]+').length);
const follow = (schema) => (schema?.$ref ? schema.$ref.slice(2).split('/').reduce((at, name) => at[name], described) : schema);
function faults(schema, value, at) {
  schema = follow(schema);
  if (Array.isArray(value)) return value.flatMap((one, i) => faults(schema.items, one, `${at}[${i}]`));
  if (value === null || typeof value !== 'object' || !schema?.properties) return [];
  return [...Object.keys(value).filter((name) => !schema.properties[name]).map((name) => `${at}.${name} is not described`),
    ...(schema.required ?? []).filter((name) => !(name in value)).map((name) => `${at}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, one]) => (schema.properties[name] ? faults(schema.properties[name], one, `${at}.${name}`) : []))];
}
function undescribed(method, where, status, json) {
  const [, operations] = known.find(([pattern]) => pattern.test(`/api/v1${where.split('?')[0]}`)) ?? [];
  const answer = operations?.[method.toLowerCase()]?.responses[status];
  return answer ? faults(answer.content['application/json'].schema, json, 'answer') : [`${status} is not described`];
}

for (const engine of ['sqlite', 'postgres']) {
  describe(`more of the API on ${engine}`, { skip: missing(engine) }, () => {
    const program = new Program(engine);
    const keys = {};
    let url;

    async function call(method, where, body, key = keys.shop) {
      const answer = await ask(`${url}/api/v1${where}`, method, { key, body });
      if (answer.status < 300) assert.deepEqual(undescribed(method, where, answer.status, answer.json), [], `${method} ${where}`);
      return answer;
    }
    const order = (kind, line, more = {}) => call('POST', '/orders', { kind, payment_method: 'bank_transfer', consents: { terms: true }, lines: [line], ...more });

    before(async () => {
      await program.create('2026-12-20T11:00:00Z');
      await program.must('mailbox', 'import', program.write('mailboxes.csv',
        csv([...['spazio', 'fine', 'subito', 'vincolo', 'ufficio'].map((name) => ({ ...HOLDER, address: box(name), user_id: '' })), PAIR])));
      await program.sql("INSERT INTO account (brand, email, name, password_hash, created_at) VALUES ('aruba', 'conto@posta.example', 'Anna', '', 1)");
      for (const [name, brand, role] of [['shop', 'aruba', 'shop'], ['owner', 'aruba', 'owner'], ['visura', 'visura', 'shop'],
        ['support', 'aruba', 'support'], ['auditor', 'aruba', 'auditor'], ['stranger', 'visura', 'owner']])
        keys[name] = await program.must('key', 'add', '--brand', brand, '--role', role);
      const key = path.join(program.folder, 'chiave'); // secrets are sealed with it
      writeFileSync(key, '0123456789abcdef'.repeat(4), { mode: 0o600 });
      url = await program.serve('--no-jobs', '--files', path.join(program.folder, 'carte'), '--files-key', key);
    });
    after(() => program.end());

    test('§3.7 more space is an order of one line, priced by the months that are left', async () => {
      assertProblem(await order('extra_space', { mailbox: box('spazio'), extra_gb: 0 }), 422, 'required', 'lines[0].extra_gb');
      assertProblem(await order('extra_space', { mailbox: box('spazio'), extra_gb: 101 }), 422, 'extra-gb', 'lines[0].extra_gb');
      assertProblem(await order('extra_space', { mailbox: box('spazio'), years: 1, extra_gb: 1 }), 422, 'unknown-field', 'lines[0].years');
      assertProblem(await order('extra_space', { mailbox: PAIR.address, extra_gb: 1 }), 404, 'mailbox-unknown', 'lines[0].mailbox');
      const { status, json } = await order('extra_space', { mailbox: box('spazio'), extra_gb: 2 }, { total_cents: 183 });
      assert.equal(status, 201, JSON.stringify(json));
      assert.deepEqual([json.kind, json.gross_cents, json.lines[0].kind, json.lines[0].extra_gb, json.lines[0].to], ['extra_space', 183, 'extra_space', 2, '2027-03-15']);
      assertProblem(await order('extra_space', { mailbox: box('spazio'), extra_gb: 3 }), 409, 'open-order', 'lines[0].mailbox');
      assert.equal((await order('renewal', { mailbox: box('spazio'), years: 1 })).status, 201);
      assert.equal((await call('GET', `/orders/${json.code}`)).json.status, 'cancelled');
    });

    test('§8.11 automatic renewal is consented to with the order, by the version of its text', async () => {
      const ask = (autorenew, more) => order('renewal', { mailbox: box('vincolo'), years: 1 }, { consents: { terms: true, autorenew }, ...more });
      assertProblem(await ask(true), 422, 'unknown-field', 'consents');
      assertProblem(await ask('2025-01'), 422, 'auto-renewal-consent');
      assertProblem(await ask('2026-01'), 422, 'auto-renewal-method', 'consents.autorenew'); // a transfer cannot be repeated
      assert.equal((await call('GET', `/mailboxes/${box('vincolo')}/autorenew`)).json.state, 'off');
    });

    test('R84 T28 the renewal of a mailbox named by its pair, and no sixth guess', async () => {
      const find = (userId, address, key = keys.visura) => call('GET', `/renewals?user_id=${userId}&address=${encodeURIComponent(address)}`, undefined, key);
      const { status, json } = await find(' vis0000007 ', PAIR.address.toUpperCase());
      assert.equal(status, 200, JSON.stringify(json));
      assert.deepEqual([json.address, json.eligible, json.expires_on], [PAIR.address, true, '2027-03-15']);
      assert.equal(json.holder, undefined);
      assertProblem(await find('KVIS0012', PAIR.address), 409, 'user-id-excluded', 'user_id');
      assertProblem(await find('VIS0000007', PAIR.address, keys.shop), 403, 'forbidden'); // a brand that does not do it
      for (const [userId, address] of [['VIS0000008', PAIR.address], ['VIS0000007', 'nessuno@pec.visura.example'], ['X1', PAIR.address], ['X2', PAIR.address], ['X3', PAIR.address]])
        assertProblem(await find(userId, address), 422, 'lookup', 'user_id');
      assertProblem(await find('VIS0000007', PAIR.address), 429, 'too-many-attempts');
    });

    test('M23 a mailbox is ended by who types its address, and that is taken back while it lives', async () => {
      const end = (name, body, path = '') => call('POST', `/mailboxes/${box(name)}/termination${path}`, body);
      assertProblem(await end('fine', { when: 'mai', confirm: box('fine') }), 422, 'not-a-choice', 'when');
      assertProblem(await end('fine', { when: 'expiry', confirm: box('altra') }), 422, 'confirm-address', 'confirm');
      assertProblem(await call('POST', `/mailboxes/${box('fine')}/termination`, { when: 'now', confirm: box('fine') }, keys.visura), 404, 'mailbox-unknown');
      let { status, json } = await end('fine', { when: 'expiry', confirm: box('fine') });
      assert.equal(status, 200, JSON.stringify(json));
      assert.deepEqual([json.status, json.stops_on], ['live', '2027-03-15']);
      assertProblem(await end('fine', { when: 'expiry', confirm: box('fine') }), 409, 'termination');
      assert.equal((await end('fine', undefined, '/undo')).json.stops_on, null);
      assertProblem(await end('fine', undefined, '/undo'), 404, 'not-found');
      ({ status, json } = await end('subito', { when: 'now', confirm: box('subito') }));
      assert.deepEqual([status, json.status, json.stops_on], [200, 'ceased', '2026-12-20']);
    });

    test('M19 a legal hold is set with its reason and lifted, not by every key', async () => {
      const hold = (path, body, key = keys.owner) => call('POST', `/mailboxes/${box('vincolo')}/hold${path}`, body, key);
      assert.equal((await hold('', { reason: 'Decreto 12/2027' }, keys.shop)).status, 403);
      assertProblem(await hold('', { reason: '' }), 422, 'required', 'reason');
      assert.equal((await hold('', { reason: 'Decreto 12/2027' })).json.held_for, 'Decreto 12/2027');
      assertProblem(await hold('/lift', { reason: '' }), 422, 'required', 'reason');
      const lift = await hold('/lift', { reason: 'Decreto 3/2028' });
      assert.deepEqual([lift.status, lift.json.held_for], [202, 'Decreto 12/2027'], 'it takes two');
      assertProblem(await hold('/lift', { reason: 'Decreto 3/2028' }), 409, 'approval-waits');
    });

    test('M20 the desk suspends, resumes, holds back and ends a mailbox by a key of the right role', async () => {
      const act = (what, body, key = keys.owner) => call('POST', `/mailboxes/${box('ufficio')}${what}`, body, key);
      assertProblem(await act('/suspend', { reason: 'court' }, keys.support), 403, 'forbidden');
      assertProblem(await act('/suspend', { reason: 'court' }, keys.shop), 403, 'forbidden'); // no role of the desk's
      assertProblem(await act('/suspend', { reason: 'court' }, keys.stranger), 404, 'mailbox-unknown');
      assertProblem(await act('/suspend', { reason: 'noia' }), 422, 'not-a-choice', 'reason');
      assertProblem(await act('/suspend', { reason: 'other' }), 422, 'required', 'note');
      let { status, json } = await act('/suspend', { reason: 'court', note: 'Decreto 5/2026' });
      assert.deepEqual([status, json.status, json.suspended.reason, json.suspended.note], [200, 'suspended', 'court', 'Decreto 5/2026'], JSON.stringify(json));
      assertProblem(await act('/suspend', { reason: 'court' }), 409, 'mailbox-state');
      json = (await act('/resume', { note: 'Revocato' })).json;
      assert.deepEqual([json.status, json.suspended], ['live', null]);
      assertProblem(await act('/holds', { stops_renewal: true, until_on: '2028-12-31', note: 'Contestazione' }), 422, 'day-range', 'until_on');
      json = (await act('/holds', { stops_renewal: true, until_on: '2027-06-30', note: 'Contestazione' })).json;
      assert.deepEqual(json.holds.map((h) => [h.stops_deletion, h.stops_renewal, h.until_on, h.stands, h.note]), [[false, true, '2027-06-30', true, 'Contestazione']]);
      assert.deepEqual((await act(`/holds/${json.holds[0].id}/lift`)).json.holds.map((h) => h.stands), [false]);
      assertProblem(await act('/holds/999999/lift'), 404, 'not-found');
      json = (await act('/contact', { email: 'Nuovo@posta.example', note: 'Telefonata' }, keys.support)).json;
      assert.equal(json.contact_email, 'nuovo@posta.example');
      ({ status, json } = await act('/cease', { note: 'Decesso del titolare' }));
      assert.deepEqual([status, json.status], [202, 'live'], 'it takes two');
      assertProblem(await act('/cease', { note: 'Ancora' }), 409, 'approval-waits');
      assert.equal((await call('GET', `/mailboxes/${box('ufficio')}/holds`, undefined, keys.auditor)).json.holds.length, 1);
    });

    test('a key asks and takes back, and is never the second person', async () => {
      const waiting = (await call('GET', '/approvals', undefined, keys.auditor)).json.approvals;
      assert.deepEqual(waiting.map((a) => [a.kind, a.state, a.reason]), [['cease', 'waiting', 'Decesso del titolare'], ['hold_lifted', 'waiting', 'Decreto 3/2028']]);
      const one = await call('GET', `/approvals/${waiting[0].id}`, undefined, keys.owner);
      assert.deepEqual([one.status, typeof one.json.data], [200, 'object']);
      assertProblem(await call('GET', `/approvals/${waiting[0].id}`, undefined, keys.stranger), 404, 'not-found');
      assertProblem(await call('POST', `/approvals/${waiting[0].id}/withdraw`, undefined, keys.support), 403, 'forbidden');
      assert.equal((await call('POST', `/approvals/${waiting[0].id}/withdraw`, undefined, keys.owner)).json.state, 'withdrawn');
      assertProblem(await call('POST', `/approvals/${waiting[0].id}/withdraw`, undefined, keys.owner), 409, 'approval-decided');
      assertProblem(await call('GET', '/approvals?state=mai', undefined, keys.owner), 422, 'not-a-choice', 'state');
      assert.deepEqual((await call('GET', '/approvals?state=decided', undefined, keys.owner)).json.approvals.map((a) => a.state), ['withdrawn']);
    });

    test('notes, search, customers and all that is kept of a person', async () => {
      assertProblem(await call('POST', '/notes', { mailbox: box('ufficio'), body: 'x' }, keys.auditor), 403, 'forbidden');
      assertProblem(await call('POST', '/notes', { body: 'di che?' }, keys.support), 404, 'not-found');
      assertProblem(await call('POST', '/notes', { mailbox: box('ufficio'), body: '' }, keys.support), 422, 'required', 'body');
      const note = await call('POST', '/notes', { mailbox: box('ufficio'), body: 'Richiamare dopo il 10' }, keys.support);
      assert.deepEqual([note.status, note.json.body, note.json.pinned], [201, 'Richiamare dopo il 10', false]);
      assert.equal((await call('POST', '/notes', { account: 'conto@posta.example', body: 'Cliente' }, keys.support)).status, 201);
      assert.equal((await call('POST', `/notes/${note.json.id}/pin`, { pinned: true }, keys.support)).json.pinned, true);
      assertProblem(await call('POST', `/notes/${note.json.id}/pin`, { pinned: true }, keys.stranger), 404, 'not-found');
      const about = (query, key = keys.auditor) => call('GET', `/notes?${query}`, undefined, key);
      assert.deepEqual((await about(`mailbox=${box('ufficio')}`)).json.notes.map((n) => [n.body, n.pinned]), [['Richiamare dopo il 10', true]]);
      assert.deepEqual((await about('account=conto@posta.example')).json.notes.map((n) => n.body), ['Cliente']);

      const search = (query, key = keys.support) => call('GET', `/search?${query}`, undefined, key);
      assertProblem(await search('q='), 422, 'required', 'q');
      assertProblem(await search('q=rossi&group=tutti'), 422, 'not-a-choice', 'group');
      assertProblem(await search('q=rossi&group=mailboxes&after=x'), 422, 'not-a-choice', 'after');
      assert.deepEqual((await search(`q=${box('spazio')}`)).json.mailboxes.map((m) => [m.address, m.holder]), [[box('spazio'), 'Mario Rossi']]);
      assert.equal((await search('q=rossi')).json.mailboxes.length, 5);
      assert.deepEqual((await search('q=rossi', keys.stranger)).json.mailboxes.map((m) => m.address), [PAIR.address]);

      const { json } = await call('GET', '/accounts?limit=1', undefined, keys.support);
      assert.deepEqual([json.accounts.map((a) => a.email), json.more], [['conto@posta.example'], true]);
      assert.deepEqual((await call('GET', `/accounts?before=${json.accounts[0].id}`, undefined, keys.support)).json.accounts, []);
      const account = await call('GET', '/accounts/conto@posta.example', undefined, keys.support);
      assert.deepEqual([account.status, account.json.name, account.json.mailboxes, account.json.balance_cents, account.json.profile], [200, 'Anna', [], 0, null]);
      assert.equal(account.json.password_hash, undefined);
      assertProblem(await call('GET', '/accounts/conto@posta.example', undefined, keys.stranger), 404, 'not-found');
      assertProblem(await call('GET', `/persons/${HOLDER.tax_code}`, undefined, keys.support), 403, 'forbidden');
      assertProblem(await call('GET', '/persons/VRDLGI80A01H501K', undefined, keys.owner), 404, 'not-found');
      const person = (await call('GET', `/persons/${HOLDER.tax_code}`, undefined, keys.owner)).json;
      assert.deepEqual([person.tax_code, person.tables.holder.length > 0], [HOLDER.tax_code, true]);
    });

    test('queues, what was given up on, and the log with its chain', async () => {
      const queues = (await call('GET', '/tasks', undefined, keys.auditor)).json.queues;
      assert.deepEqual(queues.map((q) => [q.name, q.count]).filter(([, count]) => count), [['approvals', 1]]);
      const { tasks } = (await call('GET', '/tasks/approvals', undefined, keys.auditor)).json;
      assert.deepEqual([tasks.length, tasks[0].page, tasks[0].taken_by], [1, `/office/approvazioni/${tasks[0].item}`, null]);
      assert.equal((await call('GET', `/tasks/approvals/${tasks[0].item}`, undefined, keys.auditor)).json.item, tasks[0].item);
      assertProblem(await call('GET', '/tasks/approvals/999', undefined, keys.auditor), 404, 'not-found');
      assertProblem(await call('GET', '/tasks/nessuna', undefined, keys.auditor), 404, 'not-found');
      assertProblem(await call('GET', '/tasks', undefined, keys.shop), 403, 'forbidden');
      await program.sql("UPDATE outbox SET state = 'dead' WHERE id = (SELECT min(id) FROM outbox WHERE brand = 'aruba')");
      const effects = (await call('GET', '/tasks/effects', undefined, keys.support)).json.tasks;
      assert.equal(effects.length, 1, JSON.stringify(effects));
      const effect = `/tasks/effects/${effects[0].item}`;
      assertProblem(await call('POST', `${effect}/close`, { note: '' }, keys.support), 422, 'required', 'note');
      assertProblem(await call('POST', `${effect}/retry`, undefined, keys.stranger), 404, 'not-found');
      assert.equal((await call('POST', `${effect}/retry`, undefined, keys.support)).json.state, 'retried');
      assertProblem(await call('POST', `${effect}/close`, { note: 'A mano' }, keys.support), 404, 'not-found');

      assertProblem(await call('GET', '/log', undefined, keys.support), 403, 'forbidden');
      assertProblem(await call('GET', '/log?from=ieri', undefined, keys.auditor), 422, 'not-a-date', 'from');
      const log = (query) => call('GET', `/log?${query}`, undefined, keys.auditor).then(({ json }) => json.events.map((e) => e.kind));
      assert.deepEqual(await log(`mailbox=${box('ufficio')}&kind=mailbox.`), ['mailbox.resumed', 'mailbox.suspended']);
      assert.deepEqual(await log('kind=effect.'), ['effect.again']);
      assert.deepEqual(await log('order=LM000000'), []);
      assert.deepEqual(await log('until=2026-12-19'), []);
      const chain = (await call('POST', '/log/verify', undefined, keys.auditor)).json;
      assert.deepEqual([chain.broken_at, ['whole', 'going'].includes(chain.state)], [null, true], JSON.stringify(chain));
    });

    test('changes of holder, returned mails, webhooks, and files for others', async () => {
      const changes = (query, key = keys.auditor) => call('GET', `/holder-changes${query}`, undefined, key);
      assert.deepEqual((await changes('')).json, { holder_changes: [], next: null });
      assertProblem(await changes('?state=mai'), 422, 'not-a-choice', 'state');
      assertProblem(await changes('?after=x'), 422, 'not-a-choice', 'after');
      assertProblem(await changes('/1'), 404, 'not-found');
      assertProblem(await call('POST', '/holder-changes/1/verdict', { verdict: 'approve' }, keys.auditor), 403, 'forbidden');
      assertProblem(await call('POST', '/holder-changes/1/verdict', { verdict: 'forse' }, keys.owner), 422, 'not-a-choice', 'verdict');
      assertProblem(await call('POST', '/holder-changes/1/verdict', { verdict: 'approve' }, keys.owner), 404, 'not-found');
      const heir = { kind: 'person', name: 'Anna Neri', tax_code: 'NRENNA80A41H501T', street: 'Via Po 1', postcode: '00198', city: 'Roma', province: 'RM', email: 'anna.neri@posta.example', phone: '+39 06 5550 0199' };
      const asking = { mailbox: 'ufficio@pec.aruba.example', agreed: true, holder: heir };
      assertProblem(await call('POST', '/holder-changes', asking, keys.auditor), 403, 'forbidden');
      assertProblem(await call('POST', '/holder-changes', asking, keys.stranger), 404, 'mailbox-unknown', 'mailbox');
      assertProblem(await call('POST', '/holder-changes', { ...asking, agreed: false }, keys.support), 422, 'required', 'agreed');
      assertProblem(await call('POST', '/holder-changes', { ...asking, holder: { ...heir, zio: 1 } }, keys.support), 422, 'unknown-field', 'holder.zio');
      const asked = await call('POST', '/holder-changes', asking, keys.support);
      assert.deepEqual([asked.status, asked.json.state, asked.json.holder.name, asked.json.mailbox], [201, 'asked', 'Anna Neri', 'ufficio@pec.aruba.example']);
      assertProblem(await call('POST', '/holder-changes', asking, keys.support), 409, 'holder-change-open', 'mailbox');
      assert.deepEqual((await changes('?state=asked')).json.holder_changes.map((one) => one.id), [asked.json.id]);
      assertProblem(await call('POST', `/holder-changes/${asked.json.id}/verdict`, { verdict: 'approve', identity_expires_on: '2031-05-04' }, keys.owner), 409, 'holder-change-state');

      await program.sql("INSERT INTO contact_bounce (brand, address, since, last_at, times, status, said, outbox_id) SELECT 'aruba', 'pieno@posta.example', 1, 1, 1, '5.2.2', '', min(id) FROM outbox");
      const [bounce] = (await call('GET', '/bounces', undefined, keys.support)).json.bounces;
      assertProblem(await call('POST', `/bounces/${bounce.id}/clear`, undefined, keys.auditor), 403, 'forbidden');
      assertProblem(await call('POST', `/bounces/${bounce.id}/clear`, undefined, keys.stranger), 404, 'not-found');
      assert.equal((await call('POST', `/bounces/${bounce.id}/clear`, undefined, keys.support)).json.address, 'pieno@posta.example');
      assert.deepEqual((await call('GET', '/bounces', undefined, keys.support)).json.bounces, []);

      await program.sql("INSERT INTO webhook (brand, url, kinds, email, secret, old_secret, cursor, created_at, disabled_at) VALUES ('aruba', 'https://programma.example/', '', 'it@posta.example', '', '', 0, 1, 1)");
      const [hook] = (await call('GET', '/webhooks', undefined, keys.owner)).json.webhooks;
      assert.equal(hook.state, 'disabled');
      assertProblem(await call('POST', `/webhooks/${hook.id}/enable`, undefined, keys.support), 403, 'forbidden');
      assert.equal((await call('POST', `/webhooks/${hook.id}/enable`, undefined, keys.owner)).json.state, 'active');
      const to = (body, key = keys.owner) => call('POST', '/webhooks', body, key);
      assertProblem(await to({ url: 'https://programma.example/' }, keys.support), 403, 'forbidden');
      assertProblem(await to({ url: 'http://programma.example/' }), 422, 'webhook-url', 'url');
      assertProblem(await to({ url: 'https://programma.example/', brand: 'visura' }), 404, 'not-found', 'brand');
      assertProblem(await call('POST', `/webhooks/${hook.id}/secret`, undefined, keys.stranger), 404, 'not-found');
      const added = await to({ url: 'https://programma.example/due', kinds: 'order.' });
      assert.match(added.json.secret, /^whsec_/, JSON.stringify(added.json));
      const other = await call('POST', `/webhooks/${added.json.id}/secret`, undefined, keys.owner);
      assert.match(other.json.secret, /^whsec_/);
      assert.notEqual(other.json.secret, added.json.secret);
      assert.equal((await call('POST', `/webhooks/${added.json.id}/remove`, undefined, keys.owner)).status, 200);
      assertProblem(await call('POST', `/webhooks/${hook.id}/remove`, undefined, keys.stranger), 404, 'not-found');
      assert.equal((await call('POST', `/webhooks/${hook.id}/remove`, undefined, keys.owner)).status, 200);
      assert.deepEqual((await call('GET', '/webhooks', undefined, keys.owner)).json.webhooks, []);

      const file = (name, key = keys.auditor) => fetch(`${url}/api/v1/exports/${name}`, { headers: { Authorization: `Bearer ${key}` } });
      const list = await file('mailboxes.csv');
      assert.deepEqual([list.status, list.headers.get('content-type')], [200, 'text/csv; charset=utf-8']);
      assert.match(await list.text(), /ufficio@pec\.aruba\.example/);
      assert.equal((await file('mailboxes.csv?brand=visura')).status, 404);
      assert.equal((await file('mailboxes.csv?part=0')).status, 422);
      assert.equal((await file('inipec.csv?since=2026-01-01')).status, 200);
      assert.equal((await file('inipec.csv')).status, 422);
      assert.equal((await file('mailboxes.csv', keys.support)).status, 403);
      assert.deepEqual((await call('GET', '/log?kind=mailboxes.exported', undefined, keys.auditor)).json.events.map((e) => e.data), [{ part: 1, lines: 5 }]);
    });

    test('L30 a person is looked at and erased by a key, which is no second person', async () => {
      const erasure = (who, body, key = keys.owner) => call(body ? 'POST' : 'GET', `/persons/${encodeURIComponent(who)}/erasure`, body, key);
      assertProblem(await erasure('VRDLGI70A01H501C', undefined, keys.support), 403, 'forbidden');
      assertProblem(await erasure('VRDLGI70A01H501C', undefined, keys.shop), 403, 'forbidden');
      assertProblem(await erasure('VRDLGI70A01H501C'), 404, 'not-found', 'person');
      await program.must('mailbox', 'import', program.write('luigi.csv', csv([{ ...HOLDER, holder_name: 'Luigi Verdi', tax_code: 'VRDLGI70A01H501C', contact_email: 'luigi@posta.example', address: box('luigi'), user_id: '' }])));
      assertProblem(await erasure('VRDLGI70A01H501C', undefined, keys.stranger), 404, 'not-found'); // another brand's
      let { status, json } = await erasure('vrdlgi70a01h501c');
      assert.deepEqual([status, json.obstacles.map((o) => [o.kind, o.what])], [200, [['mailbox', box('luigi')]]], JSON.stringify(json));
      assert.deepEqual(json.lines.map((l) => [l.kind, l.class, l.now, l.open]), [['holder', 'contract', 0, 1], ['tombstones', 'always', 0, 1]]);
      assertProblem(await erasure(box('luigi'), { reason: 'Richiesta scritta' }), 409, 'erasure-obstacle');
      await program.sql(`UPDATE mailbox_row SET status = 'deleted', password_hash = '' WHERE id IN (SELECT id FROM mailbox WHERE address = '${box('luigi')}')`);
      assertProblem(await erasure('VRDLGI70A01H501C', { reason: '' }), 422, 'required', 'reason');
      ({ status, json } = await erasure('VRDLGI70A01H501C', { reason: 'Richiesta scritta' }));
      assert.deepEqual([status, json.lines[0].later, json.lines[0].last], [202, 1, '2037-03-15'], 'it takes two');
      assertProblem(await erasure('VRDLGI70A01H501C', { reason: 'Ancora' }), 409, 'approval-waits');
      assert.equal((await program.must('log', 'add', box('luigi'), '--from', '2026-11-01', '--to', '2026-11-30', '--where', 'archivio/11')), `${box('luigi')}: riferimento registrato.`);
      const logs = (body, key = keys.owner) => call(body ? 'POST' : 'GET', `/mailboxes/${box('luigi')}/logs`, body, key);
      const october = { from: '2026-10-01', to: '2026-10-31', where: 'archivio/10', sha256: 'ab'.repeat(32), bytes: 7 };
      assert.deepEqual((await logs(october)).json, { mailbox: box('luigi'), added: true });
      assert.equal((await logs(october)).json.added, false);
      assertProblem(await logs({ ...october, to: '2026-09-30' }), 422, 'day-range', 'from');
      assertProblem(await logs(october, keys.auditor), 403, 'forbidden');
      assertProblem(await logs(undefined, keys.support), 403, 'forbidden');
      assertProblem(await logs(undefined, keys.stranger), 404, 'mailbox-unknown');
      assert.deepEqual((await logs(undefined, keys.auditor)).json.logs.map((l) => [l.from, l.where, l.bytes, l.kept_until]),
        [['2026-11-01', 'archivio/11', 0, '2029-09-15'], ['2026-10-01', 'archivio/10', 7, '2029-09-15']]);
      assert.match(await program.must('log', 'list', box('luigi'), '--csv'), /01\/10\/2026;31\/10\/2026;"archivio\/10";(ab){32};7;15\/09\/2029/);
      const erased = JSON.parse(await program.must('person', 'erase', 'VRDLGI70A01H501C', '--confirm', '--reason', 'Richiesta scritta', '--json'));
      assert.equal(erased.person, json.person);
    });

    test('a price is proposed by a key and waits for a second person; what stands is listed, and taken back', async () => {
      const year = new Date(JSON.parse(await program.must('clock', 'show', '--json')).now).getUTCFullYear() + 1;
      const price = { brand: 'aruba', plan: 'pro', from: `${year}-06-01`, net_cents: 4000, extra_gb_cents: 900, reason: 'Listino nuovo' };
      assertProblem(await call('POST', '/prices', price, keys.support), 403, 'forbidden');
      assertProblem(await call('POST', '/prices', { ...price, net_cents: 0 }, keys.owner), 422, 'out-of-range', 'net_cents');
      let { status, json } = await call('POST', '/prices', price, keys.owner);
      assert.deepEqual([status, json.waits], [202, true], JSON.stringify(json));
      assertProblem(await call('POST', '/prices', price, keys.owner), 409, 'approval-waits');
      ({ status, json } = await call('POST', '/sales', { brand: 'aruba', plan: 'pro', from: `${year}-06-01`, max_years: 1, reason: 'Promozione' }, keys.owner));
      assert.deepEqual([status, json.waits], [202, true], JSON.stringify(json));
      await program.must('price', 'set', '--brand', 'aruba', '--plan', 'pro', '--from', `${year}-07-01`, '--net', '41,00', '--extra-gb', '9,00', '--reason', 'Luglio');
      ({ status, json } = await call('GET', '/prices?brand=aruba', undefined, keys.owner));
      assert.deepEqual([status, json.changes.map((c) => [c.kind, c.from, c.net_cents, c.withdrawn_at])], [200, [['price', `${year}-07-01`, 4100, null]]]);
      const { id } = json.changes[0];
      ({ status, json } = await call('POST', `/prices/${id}/withdraw`, undefined, keys.owner));
      assert.equal(status, 200, JSON.stringify(json));
      assert.ok(json.withdrawn_at);
      assertProblem(await call('POST', `/prices/${id}/withdraw`, undefined, keys.owner), 404, 'not-found');
    });

    test('§3.9 how many notices a day would send is told by step, of the brand the key sees', async () => {
      assertProblem(await call('GET', '/notices/forecast', undefined, keys.support), 403, 'forbidden');
      assertProblem(await call('GET', '/notices/forecast?on=domani', undefined, keys.owner), 422, 'not-a-date', 'on');
      assertProblem(await call('GET', '/notices/forecast?on=2999-01-01', undefined, keys.owner), 422, 'day-range', 'on');
      assertProblem(await call('GET', '/notices/forecast?brand=visura', undefined, keys.owner), 404, 'not-found', 'brand');
      const { status, json } = await call('GET', '/notices/forecast?on=2027-03-14', undefined, keys.owner);
      const told = (await program.must('notice', 'preview', '--on', '2027-03-14', '--brand', 'aruba', '--json')).trim().split('\n').map((line) => JSON.parse(line));
      assert.deepEqual([status, json.on], [200, '2027-03-14'], JSON.stringify(json));
      assert.ok(json.steps.some((step) => step.step === '-1' && step.template === 'expiry_notice' && step.sent > 0), JSON.stringify(json));
      assert.deepEqual(json.steps.map((step) => ({ ...step, on: json.on })), told.flat());
    });

    test('a text is read, and worded anew by a key that waits for a second person', async () => {
      const today = new Date(JSON.parse(await program.must('clock', 'show', '--json')).now).toISOString().slice(0, 10);
      assertProblem(await call('GET', '/texts?brand=aruba', undefined, keys.support), 403, 'forbidden');
      let { status, json } = await call('GET', '/texts?brand=aruba', undefined, keys.owner);
      assert.equal(status, 200, JSON.stringify(json));
      assert.ok(json.texts.some((t) => t.name === 'expiry_notice' && t.in_force === 0));
      ({ status, json } = await call('GET', '/texts/expiry_notice?brand=aruba&language=en', undefined, keys.owner));
      assert.deepEqual([status, json.id, json.versions], [200, 0, []]);
      assert.match(json.text, /expires/);
      const words = { brand: 'aruba', language: 'en', from: today, reason: 'Shorter' };
      assertProblem(await call('POST', '/texts/expiry_notice', { ...words, text: 'Until {{when}}' }, keys.owner), 422, 'text-field', 'text');
      assertProblem(await call('POST', '/texts/nothing', { ...words, text: 'Words' }, keys.owner), 404, 'not-found');
      ({ status, json } = await call('POST', '/texts/expiry_notice', { ...words, subject: 'Until {{expires_on}}' }, keys.owner));
      assert.deepEqual([status, json.waits], [202, true], JSON.stringify(json));
      ({ status, json } = await call('POST', `/texts/expiry_notice/versions/${json.id}/withdraw`, undefined, keys.owner));
      assert.deepEqual([status, json.state], [200, 'draft'], JSON.stringify(json));
    });

    test('operators are invited, changed and let out; a link is told once', async () => {
      assertProblem(await call('GET', '/operators', undefined, keys.support), 403, 'forbidden');
      assertProblem(await call('POST', '/operators', { email: 'anna@ufficio.example', name: 'Anna', role: 'capo' }, keys.owner), 422, 'not-a-choice', 'role');
      assertProblem(await call('POST', '/operators', { email: 'anna@ufficio.example', name: 'Anna', role: 'support', brand: 'visura' }, keys.owner), 422, 'brand', 'brand');
      const body = JSON.stringify({ email: 'anna@ufficio.example', name: 'Anna', role: 'support' });
      const invite = () => fetch(`${url}/api/v1/operators`, { method: 'POST', body, headers: { Authorization: `Bearer ${keys.owner}`, 'Content-Type': 'application/json', 'Idempotency-Key': 'anna' } });
      const first = await (await invite()).json(), second = await (await invite()).json();
      assert.match(first.link, /\/office\/password\/[0-9a-f]+$/);
      assert.deepEqual(second, { ...first, link: null });
      assert.deepEqual([first.state, first.role, first.brand], ['invited', 'support', 'aruba']);
      assertProblem(await call('POST', '/operators', JSON.parse(body), keys.owner), 409, 'already-there', 'email');
      assert.equal((await call('POST', `/operators/${first.id}/change`, { role: 'cashier' }, keys.owner)).json.role, 'cashier');
      assertProblem(await call('POST', `/operators/${first.id}/change`, { brand: 'visura' }, keys.owner), 422, 'brand', 'brand');
      assertProblem(await call('POST', `/operators/${first.id}/disable`, {}, keys.stranger), 404, 'not-found');
      assert.equal((await call('POST', `/operators/${first.id}/disable`, {}, keys.owner)).json.state, 'disabled');
      assert.deepEqual((await call('GET', '/operators', undefined, keys.owner)).json.operators.map((o) => [o.email, o.state]), [['anna@ufficio.example', 'disabled']]);
    });

    test('§3.8 a domain is there before its mailboxes, which must expire with it', async () => {
      const add = (domain, expires_on) => call('POST', '/domains', { domain, expires_on }, keys.owner);
      assertProblem(await add('non un dominio', '2027-06-01'), 422, 'domain-name', 'domain');
      assertProblem(await add('verdi.example', '2026-12-19'), 422, 'day-range', 'expires_on');
      const { status, json } = await add('Verdi.example', '2027-06-01');
      assert.equal(status, 201, JSON.stringify(json));
      assert.deepEqual([json.domain, json.expires_on, json.mailboxes], ['verdi.example', '2027-06-01', []]);
      assertProblem(await add('verdi.example', '2028-06-01'), 409, 'domain-known', 'domain');
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
    test(`R101 T30 nine euro make ${gross} cents on ${day}`, async (t) => {
      const program = new Program('sqlite');
      t.after(() => program.close());
      await program.create(`${day}T10:00:00Z`);
      await program.must('mailbox', 'import', program.write('one.csv', csv([{ ...PAIR, activated_on: '2012-10-20', expires_on: `${day.slice(0, 4)}-12-31` }])));
      const { options } = JSON.parse(await program.must('mailbox', 'renewal', PAIR.address, '--json'));
      assert.deepEqual([options[0].years, options[0].net_cents, options[0].gross_cents], [1, 900, gross]);
    });
});
