// 200 customers buy a mailbox at once and want the same names, on each engine: no name is sold twice, no order is lost, whoever goes
// empty-handed was told of names that others really have, and `casella audit` finds nothing.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { test } from 'node:test';
import * as s from './support.mjs';

const CUSTOMERS = 200, POOR = 50;
const IBAN = 'IT24D0542811101000000654321'; // visura's
const LETTERS = 'ABCDEFGHLMNPQRSTVZ';

// Ten want each first name, four each second. Most have a third of their own; of the poor, five want each third as well.
const wanted = (n) => [`ambita${n % 20}`, `contesa${n % 50}`, n < CUSTOMERS - POOR ? `propria${n}` : `scarsa${n % 10}`];
const email = (n) => `cliente${n}@posta.example`;

// The check letter of a codice fiscale.
function taxCode(n) {
    const odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    const value = (c) => (c >= '0' && c <= '9' ? Number(c) : c.charCodeAt(0) - 65);
    const body = `RSS${LETTERS[n % 18]}${LETTERS[Math.floor(n / 18) % 18]}A80A01H501`;
    return body + String.fromCharCode(65 + [...body].reduce((sum, c, i) => sum + (i % 2 ? value(c) : odd[value(c)]), 0) % 26);
}

const purchase = (n) => JSON.stringify({
    kind: 'purchase', account: email(n), payment_method: 'bank_transfer', consents: { terms: true },
    lines: [{ names: wanted(n), plan: 'base', years: 1 + (n % 3) }],
    holder: { kind: 'person', name: `Titolare ${n}`, tax_code: taxCode(n), street: 'Via Roma 1', postcode: '00185', city: 'Roma', province: 'RM',
              email: `titolare${n}@posta.example`, phone: '+39 06 5550 0123' } });

async function shop(db) {
    await s.casella(['migrate', '--simulated', '--now', s.NOW, '--db', db]);
    const rest = Array.from({ length: CUSTOMERS }, (_, n) => n);
    await Promise.all([1, 2, 3, 4].map(async () => {
        for (let n; (n = rest.pop()) !== undefined;)
            await s.ask(db, 'user', 'add', '--brand', 'visura', '--email', email(n), '--name', `Cliente ${n}`);
    }));
    return (await s.ask(db, 'key', 'add', '--brand', 'visura', '--role', 'owner')).key;
}

// One customer's order, sent until it is answered; every fifth clicks twice, and has one order at most. Of the two clicks the first may
// find nothing and the second a name that was given up in between: what was refused leaves nothing behind.
async function buy(client, n) {
    const key = randomUUID(), body = purchase(n);
    const send = () => s.persist(() => client.post('/api/v1/orders', 'application/json', body, key));
    const answers = await Promise.all(n % 5 ? [send()] : [send(), send()]);
    const [made, ...same] = answers.filter(({ status }) => status === 201);
    for (const answer of same)
        assert.equal(answer.text, made.text, 'the same request, another answer');
    return made ?? answers[0];
}

const name = (order) => order.request.address.split('@')[0];

// Who has which name; each once.
function owners(bought) {
    const sold = new Map();
    for (const { n, order } of bought) {
        assert.ok(!sold.has(name(order)), `${name(order)} is sold to ${sold.get(name(order))} and to ${n}`);
        assert.ok(wanted(n).includes(name(order)), `${n} never wanted ${name(order)}`);
        sold.set(name(order), n);
    }
    return sold;
}

async function auditIsClean(db, when) {
    const done = await s.casella(['audit', '--db', db, '--json']);
    assert.equal(done.status, 0, `casella audit ${when}: ${done.stdout}${done.stderr}`);
    return JSON.parse(done.stdout);
}

for (const engine of s.ENGINES)
    test(`200 customers buy at once on ${engine.name}`, { skip: engine.skip, timeout: 300_000 }, async (t) => {
        const db = await engine.make(t), key = await shop(db);
        const server = await s.Server.start(t, db, ['--no-jobs']);
        const agent = new http.Agent({ keepAlive: true, maxSockets: CUSTOMERS });
        const client = new s.Client(server.url, key, agent);
        const began = performance.now();
        const answers = await Promise.all(Array.from({ length: CUSTOMERS }, (_, n) => buy(client, n)));
        const seconds = (performance.now() - began) / 1000;
        const bought = [], empty = [];

        answers.forEach((answer, n) => {
            if (answer.status === 201)
                return bought.push({ n, order: answer.json });
            assert.equal(answer.status, 422, answer.text);
            assert.deepEqual(answer.json.errors.map(({ field, code }) => [field, code]),
                             [0, 1, 2].map((i) => [`lines[0].names[${i}]`, 'name-taken']), answer.text);
            return empty.push(n);
        });
        const sold = owners(bought);
        // The first free name wins: those before it are somebody's, and of who got none all are.
        for (const { n, order } of bought)
            for (const better of wanted(n).slice(0, wanted(n).indexOf(name(order))))
                assert.ok(sold.has(better), `${n} was given ${name(order)}, and ${better} is free`);
        for (const n of empty)
            for (const one of wanted(n))
                assert.ok(sold.has(one), `${n} was told that ${one} is taken, and it is free`);
        for (let n = 0; n < 20; n++)
            assert.ok(sold.has(`ambita${n}`));
        assert.ok(bought.length >= CUSTOMERS - POOR && empty.length > 0, `${bought.length} bought`);
        assert.equal(new Set(bought.map(({ order }) => order.code)).size, bought.length);
        assert.equal((await auditIsClean(db, 'after the rush')).orders, bought.length);

        // Half of the scarce ones are given up while those who got none come again.
        const scarce = bought.filter(({ order }) => name(order).startsWith('scarsa')).slice(0, 5);
        const again = await Promise.all([
            ...scarce.map(({ order }) => s.persist(() => client.post(`/api/v1/orders/${order.code}/cancel`, 'application/json', '{}'))),
            ...empty.map((n) => buy(client, n)),
        ]);
        for (const answer of again.slice(0, scarce.length))
            assert.equal(answer.json.request.state, 'dropped', answer.text);
        const second = empty.map((n, i) => ({ n, answer: again[scarce.length + i] }));
        const later = second.filter(({ answer }) => answer.status === 201).map(({ n, answer }) => ({ n, order: answer.json }));
        const kept = [...bought.filter((one) => !scarce.includes(one)), ...later];
        owners(kept);
        await auditIsClean(db, 'after some were given up');

        // All are paid, half of them in each of two statements at once.
        const half = kept.length >> 1;
        const paid = await Promise.all([kept.slice(0, half), kept.slice(half)].map((part, i) =>
            s.persist(() => client.statement(s.statement(`EC-${i}`, part.map(({ order }) => order), { iban: IBAN })))));
        assert.deepEqual(paid.map(({ json }) => json.matched), [half, kept.length - half]);
        for (const { n, order } of kept) {
            const found = (await client.get(`/api/v1/orders/${order.code}`)).json;
            assert.deepEqual([found.status, found.request.state, found.request.address, found.request.holder.name, found.invoice.gross_cents],
                             ['in_process', 'docs_pending', order.request.address, `Titolare ${n}`, order.gross_cents]);
        }
        const end = await auditIsClean(db, 'at the end');
        assert.deepEqual([end.orders, end.invoices], [bought.length + later.length, kept.length]);
        agent.destroy();
        await server.stop();
        t.diagnostic(`${bought.length} orders in ${seconds.toFixed(2)} s, ${empty.length} went empty-handed, ${later.length} of them bought later`);
    });
