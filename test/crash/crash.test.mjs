// The program is killed with SIGKILL at random moments while customers order and the bank pays, again and again, on each engine.
// What was acknowledged must be there afterwards, what was sent twice must count once, and `casella audit` must find nothing.
//
// CASELLA_SEED repeats the choices of a run (not its timing).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { until } from '../support/patience.mjs';
import * as s from './support.mjs';

const SEED = Number(process.env.CASELLA_SEED ?? Math.floor(Math.random() * 2 ** 31));
const ROUNDS = 24, CLIENTS = 6, MAILBOXES = 900, RUNS = 200;

// Everything that was attempted. An attempt keeps its idempotency key until the server has acknowledged it.
class Ledger {
    orders = [];     // acknowledged: the order as it was answered
    unsure = [];     // {mailbox, key}: sent, never answered
    statements = []; // every one that was ever sent: {id, xml, orders, key, acknowledged}
    nextMailbox = 0;
    kills = 0;

    // `asked` is there already when the attempt was made before.
    async placeOne(client, asked = { mailbox: s.address(this.nextMailbox++), key: randomUUID() }) {
        this.unsure.push(asked);
        const answer = await s.persist(() => client.order(asked.mailbox, asked.key));
        assert.equal(answer.status, 201, answer.text);
        this.unsure.splice(this.unsure.indexOf(asked), 1);
        this.orders.push(answer.json);
    }

    // Every fourth is long, with transfers that nobody can place, so that it takes several transactions to book.
    newStatement(size) {
        const orders = this.orders.filter((order) => !order.paying).slice(0, size);
        if (orders.length === 0)
            return null;
        const id = `EC-${this.statements.length + 1}`, strangers = this.statements.length % 4 === 3 ? 250 : 0;
        const made = { id, xml: s.statement(id, orders, { strangers }), orders, strangers, entries: orders.length + strangers,
                       key: randomUUID(), acknowledged: false };
        orders.forEach((order) => (order.paying = made));
        this.statements.push(made);
        return made;
    }

    async importOne(client, made) {
        const answer = await s.persist(() => client.statement(made.xml, made.key));
        assert.equal(answer.status, 200, answer.text);
        const { entries, matched, duplicates, held_count } = answer.json;
        assert.equal(entries, made.entries);
        assert.equal(matched + duplicates + held_count, made.entries);
        assert.ok(matched <= made.orders.length && held_count <= made.strangers, answer.text);
        made.acknowledged = true;
    }

    get paid() { return this.statements.filter((made) => made.acknowledged).flatMap((made) => made.orders); }
    get unpaid() { return this.orders.filter((order) => !order.paying); }
}

// Works until the connection breaks. What is thrown while the server lives is a fault of the test or of the server.
async function keepOn(server, work) {
    while (!server.killed) {
        try {
            await work();
        } catch (fault) {
            if (fault instanceof assert.AssertionError)
                throw fault;
            if (server.killed)
                return;
            throw new Error(`the server breaks off by itself: ${fault.message}\n${server.log.slice(-3000)}`);
        }
    }
}

async function oneRound({ t, ledger, db, key, options, random }) {
    const server = new s.Server(t, db, options);
    const kill = () => { server.killed = true; ledger.kills++; return server.kill(); };

    if (random() < 0.15) { // before it listens, or as it begins to
        await s.sleep(random() * 80);
        await kill();
        return;
    }
    assert.ok(await server.started, server.log);
    const client = new s.Client(server.url, key);
    const enough = ledger.orders.length + 1 + Math.floor(random() * 24), delay = random() * 25;
    const again = ledger.unsure.splice(0), resent = ledger.statements.filter((made) => !made.acknowledged);
    let stop = false, work = [];

    for (let i = 0; i < CLIENTS; i++)
        work.push(keepOn(server, async () => {
            await ledger.placeOne(client, again.pop());
            if (ledger.orders.length >= enough && !stop) {
                stop = true;
                setTimeout(kill, delay);
            }
        }));
    for (let i = 0; i < 2; i++)
        work.push(keepOn(server, async () => {
            const made = resent.pop() ?? ledger.newStatement(1 + Math.floor(random() * 12));
            if (made)
                await ledger.importOne(client, made);
            else
                await s.sleep(5);
        }));
    const ended = await Promise.allSettled(work);
    ledger.unsure.push(...again); // not even tried again
    if (!server.killed)
        await kill();
    await server.over;
    for (const end of ended)
        if (end.status === 'rejected')
            throw end.reason;
}

async function auditIsClean(db, when) {
    const done = await s.casella(['audit', '--db', db, '--json']);
    assert.equal(done.status, 0, `casella audit ${when}: ${done.stdout}${done.stderr}`);
    return JSON.parse(done.stdout);
}

// Each acknowledged order, read back as it stands.
async function ordersHold(t, db, ledger, when) {
    const server = await s.Server.start(t, db, ['--no-jobs']), client = new s.Client(server.url, ledger.key);
    const now = new Map(), paid = new Set(ledger.paid.map((order) => order.code));

    for (const order of ledger.orders) {
        const answer = await client.get(`/api/v1/orders/${order.code}`);
        assert.equal(answer.status, 200, `${when}: order ${order.code} is lost`);
        const found = answer.json;
        assert.equal(found.gross_cents, order.gross_cents);
        assert.deepEqual(found.lines, order.lines);
        if (paid.has(order.code))
            assert.equal(found.status, 'fulfilled', `${when}: order ${order.code} was paid`);
        else if (!order.paying)
            assert.equal(found.status, 'confirmed', `${when}: order ${order.code} was not paid`);
        assert.equal(found.invoice !== null, found.status === 'fulfilled', `${when}: invoice of ${order.code}`);
        now.set(order.code, found);
    }
    await server.stop();
    return now;
}

// With a server that is left alone, everything that hangs is brought to its end; a tenth of the orders stays unpaid.
async function finish({ t, ledger, db, options }) {
    const server = await s.Server.start(t, db, options), client = new s.Client(server.url, ledger.key);

    for (const asked of ledger.unsure.splice(0))
        await ledger.placeOne(client, asked);
    for (const made of ledger.statements.filter((one) => !one.acknowledged))
        await ledger.importOne(client, made);
    while (ledger.unpaid.length > ledger.orders.length / 10)
        await ledger.importOne(client, ledger.newStatement(10));
    s.leasesRunOut(db);
    await until('an empty outbox', async () => (await s.ask(db, 'mail', 'list')).length === 0);
    await server.stop();
    assert.deepEqual(await s.ask(db, 'mail', 'dead'), []);
}

function numbersAreGapless(orders) {
    const numbers = [...orders.values()].filter((order) => order.invoice).map((order) => order.invoice.number);
    const wanted = numbers.map((_, i) => `2026/${i + 1}`);

    assert.deepEqual(numbers.sort((a, b) => a.split('/')[1] - b.split('/')[1]), wanted);
}

async function importAgain(t, db, ledger) {
    const home = s.folder(t), files = ledger.statements.map((made) => path.join(home, `${made.id}.xml`));

    files.forEach((file, i) => fs.writeFileSync(file, ledger.statements[i].xml));
    const done = await s.casella(['bank', 'import', '--db', db, '--json', ...files]);
    assert.equal(done.status, 0, done.stderr);
    for (const [i, line] of done.stdout.trim().split('\n').entries()) {
        const { entries, duplicates, matched, held_count } = JSON.parse(line);
        assert.deepEqual({ entries, duplicates, matched, held_count },
                         { entries: ledger.statements[i].entries, duplicates: entries, matched: 0, held_count: 0 }, files[i]);
    }
}

// At least once, and again only as the same message.
function mailsArrived(mails, ledger) {
    const byId = new Map(), seen = new Map();

    const ofOrders = mails.filter((mail) => !/^La casella \S+ scade/.test(mail.subject)); // the others are the day's notices
    for (const mail of ofOrders) {
        mail.code = /ordini\/(\d{15})/.exec(mail.bytes.replace(/=\r\n/g, ''))?.[1];
        assert.ok(mail.code, `${mail.subject} names no order`);
        const first = byId.get(mail.id);
        if (first)
            assert.deepEqual([mail.to, mail.code], [first.to, first.code], `${mail.id} is two messages`);
        else
            seen.set(mail.code, (seen.get(mail.code) ?? 0) + 1);
        byId.set(mail.id, first ?? mail);
    }
    const paid = new Set(ledger.paid.map((order) => order.code));
    for (const order of ledger.orders)
        assert.equal(seen.get(order.code), paid.has(order.code) ? 2 : 1, `mails about ${order.code}`);
    return ofOrders.length - byId.size;
}

for (const engine of s.ENGINES)
    test(`kill -9 loses nothing on ${engine.name}`, { skip: engine.skip, timeout: 300_000 }, async (t) => {
        const random = s.chance(SEED), mail = await new s.MailServer().open(t);
        const db = await engine.make(t), ledger = new Ledger();
        ledger.key = await s.shop(t, db, MAILBOXES);
        const run = { t, ledger, db, key: ledger.key, random, options: ['--smtp', mail.url, '--public-url', 'http://portale.example'] };

        t.diagnostic(`CASELLA_SEED=${SEED}`);
        for (let round = 1; round <= ROUNDS || (ledger.orders.length < RUNS * 1.2 && round < 3 * ROUNDS); round++) {
            await oneRound(run);
            if (round % 6 === 0) {
                await auditIsClean(db, `after round ${round}`);
                await ordersHold(t, db, ledger, `after round ${round}`);
            }
        }
        await finish(run);
        const before = await auditIsClean(db, 'at the end'), orders = await ordersHold(t, db, ledger, 'at the end');
        const paid = ledger.paid.length, strangers = ledger.statements.reduce((sum, made) => sum + made.strangers, 0);
        assert.ok(paid >= RUNS, `${paid} order-and-settle runs`);
        assert.deepEqual({ orders: before.orders, invoices: before.invoices, entries: before.bank_entries },
                         { orders: ledger.orders.length, invoices: paid, entries: paid + strangers });
        assert.equal((await s.ask(db, 'bank', 'held')).length, strangers);
        assert.equal(new Set(ledger.orders.map((order) => order.code)).size, ledger.orders.length);
        numbersAreGapless(orders);
        await importAgain(t, db, ledger);
        const after = await auditIsClean(db, 'after all statements were imported again');
        assert.deepEqual({ ...after, events: 0, unsealed_events: 0 }, { ...before, events: 0, unsealed_events: 0 });
        const twice = mailsArrived(mail.mails, ledger);
        t.diagnostic(`${ledger.kills} kills, ${ledger.orders.length} orders, ${paid} paid, ${mail.mails.length} mails, ${twice} of them twice`);
    });
