// The shop is killed with SIGKILL between an intention and its effect: while customers pay by card and PayPal on their providers'
// pages, and money is given back. The providers go on, misbehave, and remember what really moved. At the end each of our keys was
// taken at most once, and what the providers keep is what the fulfilled orders cost.
//
// CASELLA_SEED repeats the choices of a run (not its timing).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { until } from '../support/patience.mjs';
import * as p from './providers.mjs';
import * as s from './support.mjs';

const SEED = Number(process.env.CASELLA_SEED ?? Math.floor(Math.random() * 2 ** 31));
const RUNS = 66, CLIENTS = 5, LEAST_KILLS = 20, MOST_ROUNDS = 80, TRIES = 5;
const PLANS = ['card', 'twice', 'challenge', 'paypal', 'card', 'refused', 'leaves', 'paypal', 'twice', 'leaves', 'cancels'];
const REFUNDS = { whole: [{ whole: true, take_back: true }], parts: [{ cents: 700 }, { cents: 300 }, { cents: 400 }], none: [] };

// ---- A shop whose providers are simulated by other processes --------------------------------------------------------

class Shop {
    static async open(t, engine, random) {
        const shop = Object.assign(new Shop(), { t, random, kills: 0, rounds: 0, steps: 0, runs: [], refunds: 0 }), port = await p.freePort();
        shop.url = `http://127.0.0.1:${port}`;
        shop.base = `/b/${s.BRAND}`;
        shop.db = await engine.make(t);
        shop.key = await s.shop(t, shop.db, RUNS);
        shop.sql = s.openSql(t, shop.db);
        shop.axerve = await p.Provider.start(t, 'axerve', shop.db, []);
        shop.paypal = await p.Provider.start(t, 'paypal', shop.db, ['--webhook', `${shop.url}${shop.base}/notifiche/paypal`]);
        shop.secrets = { CASELLA_LEGALMAIL_AXERVE_API_KEY: shop.axerve.api_key, CASELLA_LEGALMAIL_PAYPAL_SECRET: shop.paypal.secret };
        const mails = path.join(s.folder(t), 'mails');
        fs.mkdirSync(mails);
        shop.options = ['--brands', p.brandsWith(t, shop), '--public-url', shop.url, '--smtp', `file:${mails}`];
        shop.listen = ['--listen', `127.0.0.1:${port}`];
        shop.client = new s.Client(shop.url, shop.key);
        shop.browser = new p.Browser(shop.url, shop.base);
        return shop;
    }
    // One who may see every order made here.
    async customer(t) {
        const words = ['user', 'add', '--brand', s.BRAND, '--email', 'cliente@posta.example', '--name', 'Cliente', '--password-stdin'];
        for (let n = 0; n < RUNS; n++)
            words.push('--mailbox', s.address(n));
        const file = path.join(s.folder(t), 'password');
        fs.writeFileSync(file, 'una password di prova\n');
        const made = await s.casella([...words, '--db', this.db], { stdio: [fs.openSync(file, 'r'), 'pipe', 'pipe'] });
        assert.equal(made.status, 0, made.stderr);
        const server = await this.serve();
        await this.browser.login('cliente@posta.example', 'una password di prova');
        await server.stop();
    }
    async serve(options = []) { return (this.server = await s.Server.start(this.t, this.db, [...this.options, ...this.listen, ...options], this.secrets)); }
    work() { return (this.worker = new s.Daemon(this.t, ['work', '--db', this.db, ...this.options], this.secrets)); }
    async number(text) { return Number(await this.sql(text)); }
    get unfinished() { return this.runs.filter((run) => !run.over); }
}

// ---- A customer -----------------------------------------------------------------------------------------------------

// Every question to the shop is a step: so many of them, and the shop dies.
function step(shop, asked) {
    shop.steps++;
    shop.onStep?.();
    return s.persist(asked);
}

const post = (shop, target, fields) => step(shop, () => shop.browser.go('POST', target, fields));
const get = (shop, target) => step(shop, () => shop.browser.go('GET', target));

async function place(shop, run) {
    const order = { ...s.orderOf(run.mailbox), payment_method: run.plan === 'paypal' ? 'paypal' : 'card' };
    const answer = await step(shop, () => shop.client.post('/api/v1/orders', 'application/json', JSON.stringify(order), run.key));

    assert.equal(answer.status, 201, answer.text);
    run.order = answer.json;
}

async function cancel(shop, run) {
    const answer = await step(shop, () => shop.client.post(`/api/v1/orders/${run.order.code}/cancel`, 'application/json', '', run.cancelKey));

    assert.ok([200, 409].includes(answer.status), answer.text);
    return answer.status === 200;
}

// By the shop's desk: in parts, or the whole with its term. Each is asked for until it is answered.
async function giveBack(shop, run) {
    for (const refund of run.refunds.filter((one) => !one.acknowledged)) {
        const wanted = { amount_cents: refund.cents ?? run.order.gross_cents, destination: 'source', reason: 'Recesso', take_back: refund.take_back ?? false };
        const answer = await step(shop, () => shop.client.post(`/api/v1/orders/${run.order.code}/refunds`, 'application/json', JSON.stringify(wanted), refund.key));
        assert.equal(answer.status, 201, answer.text);
        assert.equal(answer.json.amount_cents, wanted.amount_cents);
        refund.acknowledged = wanted.amount_cents;
    }
}

async function statusOf(shop, run) {
    const answer = await step(shop, () => shop.client.get(`/api/v1/orders/${run.order.code}`));

    assert.equal(answer.status, 200, `order ${run.order.code} is lost: ${answer.text}`);
    return answer.json.status;
}

// The same through the API, for a shop that has pages of its own.
async function askToPay(shop, run, method) {
    run.payKey ??= randomUUID(); // kept until there is an answer
    const answer = await step(shop, () => shop.client.post(`/api/v1/orders/${run.order.code}/payments`, 'application/json', JSON.stringify({ payment_method: method }), run.payKey));

    run.payKey = null;
    assert.ok([201, 402, 409].includes(answer.status), answer.text);
    return answer.json.payment?.redirect_url ?? null;
}

// The provider's page, or null: the order needs no paying, or the provider does not answer.
async function goToPay(shop, run, method) {
    if (run.n % 4 === 0)
        return askToPay(shop, run, method);
    const target = `${shop.base}/ordini/${run.order.code}/paga`, page = await get(shop, target);
    if (page.status === 303)
        return null;
    assert.equal(page.status, 200, page.text);
    const sent = await post(shop, target, { csrf: shop.browser.csrf(page), method });
    assert.equal(sent.status, 303, sent.text);
    if (!/\/pagamenti\/[0-9a-f]{32}\/vai$/.test(sent.headers.location))
        return null;
    const off = await get(shop, sent.headers.location);
    return off.status === 200 ? shop.browser.wayOut(off) : null;
}

async function payThere(shop, run, method, url) {
    const card = run.plan === 'refused' && run.tries === 1 ? p.CARD.refused : run.plan === 'challenge' ? p.CARD.challenge : p.CARD.good;
    const back = method === 'card' ? await p.payByCard(url, card) : await p.payByPaypal(url, 'balance');

    run.paid ||= back !== null && card !== p.CARD.refused;
    return back;
}

async function comeBack(shop, run, back) {
    const answer = await get(shop, back.slice(shop.url.length));

    assert.ok([200, 303].includes(answer.status), answer.text);
}

// Two pages open in two windows, and both are paid: one before the other's end is known, or after it.
async function payTwice(shop, run) {
    const card = await goToPay(shop, run, 'card'), paypal = card && await goToPay(shop, run, 'paypal');
    if (!paypal)
        return;
    const one = await payThere(shop, run, 'paypal', paypal);
    if (one && run.n % 3)
        await comeBack(shop, run, one);
    const other = await payThere(shop, run, 'card', card);
    if (other)
        await comeBack(shop, run, other);
}

async function payOnce(shop, run) {
    const method = run.plan === 'paypal' || (run.plan === 'leaves' && run.n % 2) ? 'paypal' : 'card';
    const url = await goToPay(shop, run, method);
    if (!url)
        return;
    if (run.plan === 'cancels')
        run.cancelled = await cancel(shop, run);
    const back = await payThere(shop, run, method, url);
    if (run.plan === 'leaves')
        run.over = back !== null; // the browser is closed, and nobody hears what it would have said
    else if (back)
        await comeBack(shop, run, back);
}

// From wherever it stands to its end, or as far as the customer's patience goes.
async function shopOnce(shop, run) {
    if (!run.order)
        await place(shop, run);
    for (let i = 0; i < TRIES && !run.over; i++) {
        const status = await statusOf(shop, run);
        if (status === 'fulfilled' || status === 'refunded')
            await giveBack(shop, run);
        if (status !== 'confirmed') {
            run.over = true;
            return;
        }
        run.tries++;
        await (run.plan === 'twice' && !run.paid ? payTwice(shop, run) : payOnce(shop, run));
    }
    run.over ||= run.paid; // "do not pay again: it will come"
}

function nextRun(shop) {
    const waiting = shop.unfinished.find((run) => !run.busy);
    if (waiting || shop.runs.length === RUNS)
        return waiting;
    const n = shop.runs.length;
    const refunds = REFUNDS[n % 5 === 1 ? 'whole' : n % 5 === 3 ? 'parts' : 'none'].map((one) => ({ ...one, key: randomUUID() }));
    const run = { n, mailbox: s.address(n), plan: PLANS[n % PLANS.length], key: randomUUID(), cancelKey: randomUUID(), tries: 0, refunds };
    shop.runs.push(run);
    return run;
}

// ---- Rounds, each of which ends with a kill -------------------------------------------------------------------------

// What the two providers do badly until the next round. Nothing of it may cost anybody money.
async function misbehave(shop) {
    const { random } = shop, often = (share) => random() < share, seed = () => Math.floor(random() * 1e6);
    const slow = (path, ms) => ({ path, times: 3, when: often(0.5) ? 'before' : 'after', how: 'slow', ms });
    const lost = (path) => ({ path, times: 1, skip: Math.floor(random() * 2), when: 'after', how: 'hang-up' }); // done, and not heard
    const fail = (...rules) => rules.filter(() => often(0.4));
    const bad = () => ({
        reset: true,
        notifications: { repeat: 1 + Math.floor(random() * 3), hold: often(0.2), reverse: often(0.3), drop: often(0.15),
                         before_return: often(0.3), delay_ms: often(0.3) ? 40 : 0 },
        faults: often(0.4) ? { seed: seed(), per_mille: 120 } : null,
    });

    await shop.axerve.behave({ ...bad(), settlement: often(0.35) ? 'manual' : 'automatic', words: often(0.3) ? 'long' : 'short',
                               fail: fail(lost('/refund'), lost('/capture'), slow('/create', 60), slow('/capture', 80), slow('/refund', 80), slow('/detail', 30)) });
    await shop.paypal.behave({ ...bad(), fail: fail(lost('/refund'), lost('/capture'), slow('/capture', 80), slow('/refund', 80), slow('/orders', 40)) });
}

// Whoever dies leaves a lease of minutes, and for a minute an attempt that seems to be just opening; the provider is asked minutes
// later. Let these have passed.
async function minutesPass(shop) {
    await shop.sql(s.LEASES_RUN_OUT);
    await shop.sql(`UPDATE payment SET ask_at = 1, created_at = created_at - ${3 * 60e6} WHERE ask_at IS NOT NULL`);
}

async function oneRound(shop, looked) {
    const { random } = shop, apart = random() < 0.35;
    await minutesPass(shop);
    await misbehave(shop);
    const server = await shop.serve(apart ? ['--no-jobs'] : []), worker = apart ? shop.work() : null;
    const enough = shop.steps + 3 + Math.floor(random() * 45), delay = random() * 30;
    let dying = false;
    const die = () => {
        if (dying)
            return;
        dying = true;
        setTimeout(() => { shop.dead = true; shop.kills++; server.kill(); }, delay);
        if (worker)
            setTimeout(() => worker.kill(), random() * 60);
    };

    shop.dead = false;
    shop.onStep = () => shop.steps >= enough && die();
    const ended = await Promise.allSettled(Array.from({ length: CLIENTS }, () => beCustomers(shop, server)));
    die();
    await Promise.all([server.over, worker?.over]);
    shop.onStep = null;
    for (const end of ended)
        if (end.status === 'rejected')
            throw end.reason;
    if (looked)
        assert.equal((await s.ask(shop.db, 'audit')).ok, true);
}

// What is thrown while the server lives is a fault of the test or of the server.
async function beCustomers(shop, server) {
    for (let run; !shop.dead && (run = nextRun(shop));) {
        run.busy = true;
        try {
            await shopOnce(shop, run);
        } catch (fault) {
            if (fault instanceof assert.AssertionError)
                throw fault;
            if (!shop.dead)
                throw new Error(`the server breaks off by itself: ${fault.stack}\n${server.log.slice(-3000)}`);
        } finally {
            run.busy = false;
        }
    }
}

// ---- The end --------------------------------------------------------------------------------------------------------

const OPEN = "('new', 'pending', 'unknown', 'authorised')";

// The providers behave, the server lives, and so much time passes that nothing is left to wait for.
async function settle(shop) {
    for (const provider of [shop.axerve, shop.paypal])
        await provider.behave({ reset: true });
    await minutesPass(shop);
    const server = await shop.serve();

    for (const end = Date.now() + 60_000; shop.unfinished.length > 0;) {
        assert.ok(Date.now() < end, `who cannot end: ${JSON.stringify(shop.unfinished)}`);
        await Promise.all(shop.unfinished.map((run) => shopOnce(shop, run)));
    }
    for (const provider of [shop.axerve, shop.paypal])
        await provider.behave({ wait: true });
    await shop.sql('UPDATE payment SET ask_at = 1 WHERE ask_at IS NOT NULL');
    await until('every payment asked about', async () => await shop.number('SELECT count(*) FROM payment WHERE ask_at = 1') === 0);
    const days = 3 * 86400 * 1e6;
    await shop.sql(`UPDATE payment SET ask_at = 1, created_at = created_at - ${days}, expires_at = expires_at - ${days} WHERE ask_at IS NOT NULL`);
    await until('no open payment', async () => await shop.number(`SELECT count(*) FROM payment WHERE state IN ${OPEN}`) === 0);
    await until('an empty outbox', async () => {
        await shop.sql(s.LEASES_RUN_OUT);
        return await shop.number("SELECT count(*) FROM outbox WHERE state IN ('waiting', 'leased')") === 0;
    });
    return server;
}

// What the providers hold of each order, by the keys CODE-1, CODE-2 …
async function kept(shop) {
    const of = new Map(), taken = new Map();

    for (const provider of [shop.axerve, shop.paypal]) {
        const { payments } = await provider.ledger(), byKey = new Map();
        for (const one of payments) {
            const code = one.key.split('-')[0];
            assert.ok(one.refunded_cents <= one.captured_cents, one.key);
            byKey.set(one.key, (byKey.get(one.key) ?? 0) + one.captures);
            taken.set(code, (taken.get(code) ?? 0) + one.captures);
            of.set(code, (of.get(code) ?? 0) + one.captured_cents - one.refunded_cents);
        }
        for (const [key, captures] of byKey)
            assert.ok(captures <= 1, `${key} was taken ${captures} times`);
    }
    return { of, taken };
}

async function moneyAgrees(shop) {
    const { of, taken } = await kept(shop), given = new Map();
    const sums = { paid: 0, twice: 0, refunds: 0, kept: 0 };

    for (const line of (await shop.sql("SELECT o.code, sum(r.amount_cents) FROM refund r JOIN shop_order o ON o.id = r.order_id WHERE r.reason <> 'held' GROUP BY o.code")).split('\n'))
        given.set(line.split('|')[0], Number(line.split('|')[1]));
    assert.equal(await shop.sql("SELECT id, key, state, error FROM refund WHERE state <> 'done'"), '', 'refunds that are not done');
    for (const run of shop.runs) {
        const answer = await shop.client.get(`/api/v1/orders/${run.order.code}`), { code, status, gross_cents: gross, invoice } = answer.json;
        const settled = status === 'fulfilled' || status === 'refunded', captures = taken.get(code) ?? 0;
        assert.equal(answer.status, 200, `order ${code} is lost`);
        assert.equal(gross, run.order.gross_cents);
        if (run.cancelled)
            assert.equal(status, 'cancelled', `order ${code}`);
        else if (captures > 0)
            assert.ok(settled, `order ${code} (${run.plan}) was paid and is ${status}`);
        assert.equal(invoice !== null, settled, `invoice of ${code}`);
        assert.equal(of.get(code) ?? 0, settled ? gross - (given.get(code) ?? 0) : 0, `what the providers keep of ${code} (${run.plan}, ${status})`);
        const back = run.refunds.reduce((sum, one) => sum + (one.acknowledged ?? 0), 0);
        assert.equal(given.get(code) ?? 0, back, `refunds of ${code}`);
        sums.refunds += run.refunds.filter((one) => one.acknowledged).length;
        sums.paid += settled;
        sums.twice += captures > 1;
        sums.kept += of.get(code) ?? 0;
        of.delete(code);
    }
    assert.deepEqual([...of.keys()], [], 'money for orders that nobody made');
    return sums;
}

for (const engine of s.ENGINES)
    test(`kill -9 between intention and effect moves no money twice on ${engine.name}`, { skip: engine.skip, timeout: 300_000 }, async (t) => {
        const random = s.chance(SEED), shop = await Shop.open(t, engine, random);

        t.diagnostic(`CASELLA_SEED=${SEED}`);
        await shop.customer(t);
        while ((shop.runs.length < RUNS || shop.unfinished.length > 0 || shop.kills < LEAST_KILLS) && shop.rounds++ < MOST_ROUNDS)
            await oneRound(shop, shop.rounds % 8 === 0);
        const server = await settle(shop);
        const sums = await moneyAgrees(shop);
        await server.stop();
        const audit = await s.ask(shop.db, 'audit');
        assert.equal(audit.ok, true, JSON.stringify(audit));
        assert.deepEqual(await s.ask(shop.db, 'mail', 'dead'), []);
        assert.equal(audit.orders, RUNS);
        assert.ok(sums.paid >= RUNS * 0.8, `${sums.paid} orders were paid`);
        t.diagnostic(`${shop.kills} kills, ${RUNS} orders, ${sums.paid} paid, ${sums.twice} paid twice, ${sums.refunds} refunds, ${sums.kept} cents kept, ` +
            `${await shop.number('SELECT count(*) FROM payment')} attempts, ${await shop.number('SELECT sum(copies) FROM notification')} notifications`);
    });

test('a simulated provider starts only beside a simulated database, and on loopback', { skip: s.missing }, async (t) => {
    const home = s.folder(t), real = `sqlite:${home}/real.db`, simulated = `sqlite:${home}/simulated.db`;

    for (const [db, ...option] of [[real], [simulated, '--simulated']])
        assert.equal((await s.casella(['migrate', '--db', db, ...option])).status, 0);
    for (const what of ['axerve', 'paypal', 'stripe']) {
        assert.equal((await s.casella(['sandbox', what, '--db', real])).status, 1);
        assert.equal((await s.casella(['sandbox', what, '--db', `sqlite:${home}/none.db`])).status, 1);
        assert.equal((await s.casella(['sandbox', what, '--db', simulated, '--listen', '0.0.0.0:0'])).status, 1);
        const one = await p.Provider.start(t, what, simulated), other = await p.Provider.start(t, what, simulated);
        assert.equal(one.provider, what);
        assert.deepEqual((await one.ledger()).payments, []);
        assert.notEqual(one.api_key ?? one.secret ?? one.secret_key, other.api_key ?? other.secret ?? other.secret_key, 'made up anew');
        assert.equal(one.ca_file !== undefined, what === 'paypal');
    }
});
