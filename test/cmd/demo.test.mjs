// `casella demo`: filled once, the same each time, used again, on a free port.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Visitor, cookiesOf } from '../support/client.mjs';
import { mind } from '../support/patience.mjs';
import { casella, missing, source } from '../support/program.mjs';

const execute = promisify(execFile);

describe('demo', { skip: missing('sqlite') }, () => {
  const state = mkdtempSync(path.join(tmpdir(), 'casella-demo-'));
  const env = { ...process.env, XDG_STATE_HOME: state };
  let child, told, port, taken;

  async function start(...words) {
    const args = ['demo', '--json', '--listen', `127.0.0.1:${port}`, ...words];
    child = mind(spawn(casella, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }));
    child.errors = '';
    child.stderr.on('data', (text) => { child.errors += text; });
    return new Promise((resolve, reject) => {
      let out = '';
      child.stdout.on('data', (text) => {
        out += text;
        if (out.includes('\n')) resolve(JSON.parse(out));
      });
      child.ended.then((code) => reject(new Error(`demo ended with ${code}: ${child.errors}`)));
    });
  }

  // Beside the connections to the server, of which node must hear meanwhile that they were closed for being idle.
  const run = async (...words) => (await execute(casella, [...words, '--db', told.db], { env, maxBuffer: 64 << 20 })).stdout;

  before(async () => {
    taken = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => { taken.on('listening', resolve); });
    port = taken.address().port;
    told = await start();
  });
  after(async () => {
    await child?.end('SIGKILL');
    taken.close();
    rmSync(state, { recursive: true, force: true });
  });

  test('a port that is taken is passed over, and said so', async () => {
    assert.notEqual(told.url, `http://127.0.0.1:${port}`);
    assert.match(child.errors, new RegExp(`porta ${port} è occupata`));
    assert.equal((await fetch(`${told.url}/b/${told.brand}/`)).status, 200);
    assert.ok(told.db.startsWith(`sqlite:${state}/`));
  });

  test('the guide says for how long each brand renews', async () => {
    const guide = async (brand) => (await fetch(`${told.url}/b/${brand}/guida`)).text();
    assert.match(await guide('legalmail'), /per una durata da 1 a 3 anni\./);
    const one = await guide('fnomceo');
    assert.match(one, /caratteristiche, per un anno\./);
    assert.doesNotMatch(one, /anni\.|ogni durata|scegliere la durata/);
  });

  test('its people are many, different and billable', async () => {
    const rows = JSON.parse(await run('mailbox', 'export', '--json'));
    assert.ok(rows.length >= 2000);
    const codes = rows.map((row) => row.holder.tax_code);
    assert.ok(new Set(codes).size > codes.length * 0.99, 'tax codes differ');
    assert.ok(rows.every((row) => row.holder.tax_code.length === 11 || row.holder.tax_code.slice(11, 15) === 'Z999'));
    assert.ok(rows.every((row) => row.holder.street && row.holder.postcode && row.holder.contact_email.endsWith('.example')));
    assert.deepEqual(Object.keys(Object.groupBy?.(rows, (row) => row.phase) ?? { active: 1, ceased: 1, expired: 1, expiring: 1 }).sort(),
      ['active', 'ceased', 'expired', 'expiring']);
  });

  test('the named mailboxes are in the states that they are to show', async () => {
    const reason = async (name) => JSON.parse(await run('mailbox', 'renewal', `${name}@legalmail.example`, '--json')).reason;
    assert.deepEqual(await Promise.all(['studio.verdi', 'officine.bianchi', 'farmacia.provetti', 'panificio.esempi', 'vivai.fittizi', 'libreria.campioni',
      'cantina.modelli', 'notaio.ipotesi'].map(reason)),
    [null, 'renewal-too-early', null, 'renewal-too-late', 'auto-renewal-on', 'open-order', 'renewal-too-early', 'renewal-too-early']);
  });

  test('the books are right', async () => {
    assert.equal(JSON.parse(await run('audit', '--json')).ok, true);
  });

  test('one password opens every door', async () => {
    const url = `${told.url}/b/${told.brand}/accedi`;
    for (const [as, login] of [['account', told.account], ['account', told.large_account], ['mailbox', told.mailbox]]) {
      const page = await fetch(url);
      const csrf = (await page.text()).match(/name="csrf" value="([0-9a-f]+)"/)[1];
      const cookie = cookiesOf(page).join('; ');
      const enter = (password) => fetch(url, {
        method: 'POST', redirect: 'manual', headers: { cookie }, body: new URLSearchParams({ csrf, as, login, password, next: '' }),
      });
      assert.equal((await enter(told.password)).status, 303, login);
      assert.notEqual((await enter(`${told.password}?`)).status, 303, login);
    }
  });

  test('whoever chose English meets no Italian, but what the seller wrote', async () => {
    const texts = /\/(condizioni|privacy)|\?lang=|\.(pdf|xml|csv|css|js)$/;
    const italian = /(?<![\p{L}@.«“-])(non|che|più|sono|è|scadenza|casella|rinnovo|fattura|bonifico|oppure|senza|dalla|alla|nel)(?![\p{L}@.-])/u;
    for (const [brand, as, login] of [['legalmail', 'account', told.large_account], ['legalmail', 'mailbox', told.mailbox], ['visura'], ['aruba'], ['fnomceo']]) {
      const base = `/b/${brand}`, visitor = new Visitor(told.url, base), met = new Map(), todo = [`${base}/?lang=en`, `${base}/accedi`];
      if (login) {
        await visitor.login({ as, login, password: told.password, next: '' });
        todo.push(`${base}/caselle`, `${base}/caselle/${told.mailbox}/rinnovo`);
      }
      for (const where of todo) {
        const kind = where.replace(/\?.*/, '').replace(/[^/]*(\d|@)[^/]*/g, 'N');
        met.set(kind, (met.get(kind) ?? 0) + 1);
        if (met.get(kind) > 2) continue;
        const page = await visitor.get(where);
        const found = italian.exec(page.text);
        assert.equal(found, null, `${where}: …${page.text.slice(Math.max(0, found?.index - 80), found?.index + 80)}…`);
        for (const [, next] of page.html.matchAll(/href="(\/b\/[^"#]*)"/g))
          if (!todo.includes(next) && !texts.test(next)) todo.push(next);
      }
      assert.ok(met.size >= (login ? 12 : 5), `${brand}: ${[...met.keys()]}`);
    }
  });

  test('a brand of one\'s own that sells a year at a time, without transfers, is demonstrated too', async () => {
    const brands = path.join(state, 'marchi'), file = path.join(brands, 'cirro/brand.yaml');
    cpSync(path.join(source, 'brands/cirro'), path.join(brands, 'cirro'), { recursive: true });
    writeFileSync(file, readFileSync(file, 'utf8').replace('max_years: 4', 'max_years: 1').replace('opens_months_before: 6', 'opens_months_before: 1')
      .replace('[bank_transfer, stripe]', '[stripe]'));
    const first = [child, told];
    try {
      const its = await start('--brands', brands, '--db', `sqlite:${path.join(state, 'own.db')}`);
      assert.match(await (await fetch(`${its.url}/b/cirro/`)).text(), /Da un mese prima della scadenza\./);
      assert.equal(await child.end(), 0, child.errors);
    } finally {
      await child.end('SIGKILL');
      [child, told] = first;
    }
  });

  test('SIGTERM ends it well, and it starts again where it was', async () => {
    const before = await run('mailbox', 'export');
    assert.equal(await child.end(), 0, child.errors);
    told = await start();
    assert.equal(await run('mailbox', 'export'), before);
    assert.equal(await child.end('SIGINT'), 0, child.errors);
  });
});
