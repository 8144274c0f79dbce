// What can go wrong around the program, each with a clear answer and nothing lost: disk full, database locked or gone, mail server
// down or refusing, statements that are none, too large or cut off, hostile requests, and being told to stop in the middle of it.
//
// CASELLA_FULL=1 makes the large statement 500 MB instead of 200.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { until } from '../support/patience.mjs';
import * as s from './support.mjs';

const MB = 1 << 20;
const SANITIZED = fs.existsSync(s.PROGRAM) && fs.readFileSync(s.PROGRAM).includes('__asan_init'); // which takes memory of its own

const isBusy = (answer) => {
    assert.equal(answer.status, 503, answer.text);
    assert.equal(answer.json?.code, 'busy', answer.text);
    assert.ok(Number(answer.headers['retry-after']) > 0, 'Retry-After');
};

const auditIsClean = async (db) => assert.equal((await s.ask(db, 'audit')).ok, true);

// A shop on SQLite in a folder of its own, served.
async function open(t, { options = ['--no-jobs'], home = s.folder(t), mailboxes = 200 } = {}) {
    const db = `sqlite:${home}/casella.db`, key = await s.shop(t, db, mailboxes);
    const server = await s.Server.start(t, db, options);
    return { db, home, key, server, client: new s.Client(server.url, key) };
}

// Orders one mailbox after the other until that is refused; the orders acknowledged, and the answer that was not.
async function orderUntilRefused(client, from, most) {
    const orders = [];
    for (let n = from; n < from + most; n++) {
        const answer = await client.order(s.address(n));
        if (answer.status !== 201)
            return { orders, refusal: answer, next: n };
        orders.push(answer.json);
    }
    return { orders, refusal: null, next: from + most };
}

async function allThere(client, orders) {
    for (const order of orders)
        assert.equal((await client.get(`/api/v1/orders/${order.code}`)).status, 200, `order ${order.code} is lost`);
}

// ---- The disk -------------------------------------------------------------------------------------------------------

function smallDisk(t, megabytes) {
    const home = s.folder(t);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', home]);
    s.atEnd(t, () => execFileSync('umount', ['-l', home]));
    return home;
}

function mayMount() {
    if (process.getuid() !== 0)
        return false;
    try {
        const at = fs.mkdtempSync('/tmp/casella-mount.');
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', at], { stdio: 'ignore' });
        execFileSync('umount', [at]);
        fs.rmdirSync(at);
        return true;
    } catch {
        return false;
    }
}

// Fills what is left, but for some KiB.
function balloon(home, leave) {
    const { bavail, bsize } = fs.statfsSync(home), file = path.join(home, 'balloon');
    fs.writeFileSync(file, Buffer.alloc(Math.max(0, bavail * bsize - leave * 1024)));
    return file;
}

test('a full disk refuses orders, loses none, and passes', { skip: s.missing || (mayMount() ? false : 'only root can mount a small disk') }, async (t) => {
    const home = smallDisk(t, 16), { db, client, server } = await open(t, { home });
    const filler = balloon(home, 200), first = await orderUntilRefused(client, 0, 100);

    assert.ok(first.refusal, 'the disk is never full');
    isBusy(first.refusal);
    isBusy(await client.order(s.address(first.next)));
    await allThere(client, first.orders);
    fs.rmSync(filler);
    const second = await orderUntilRefused(client, first.next, 10);
    assert.equal(second.refusal, null, second.refusal?.text);
    await allThere(client, [...first.orders, ...second.orders]);
    await server.stop();
    assert.equal((await s.ask(db, 'audit')).orders, first.orders.length + 10);
    await auditIsClean(db);
});

test('a quota on the size of files does the same', { skip: s.missing || (s.has('prlimit') ? false : 'no prlimit') }, async (t) => {
    const { db, home, client, server } = await open(t), log = path.join(home, 'casella.db-wal');
    const limit = (bytes) => execFileSync('prlimit', [`--pid=${server.pid}`, `--fsize=${bytes}:`]);
    assert.equal((await client.order(s.address(0))).status, 201);
    limit(fs.statSync(log).size + 100 * 1024);
    const first = await orderUntilRefused(client, 1, 100);

    assert.ok(first.refusal, 'the quota is never reached');
    isBusy(first.refusal);
    isBusy(await client.statement(s.statement('Q', first.orders, { strangers: 2000 }))); // the body itself does not fit
    await allThere(client, first.orders);
    limit('unlimited');
    const second = await orderUntilRefused(client, first.next, 10);
    assert.equal(second.refusal, null, second.refusal?.text);
    assert.equal((await client.statement(s.statement('Q', first.orders))).json.matched, first.orders.length);
    await server.stop();
    assert.equal((await s.ask(db, 'audit')).orders, 1 + first.orders.length + 10);
});

test('mails wait while the folder they go to is on a full disk', { skip: s.missing || (mayMount() ? false : 'only root can mount a small disk') }, async (t) => {
    const disk = smallDisk(t, 1), { db, client, server } = await open(t, { options: ['--smtp', `file:${disk}`] });
    const filler = balloon(disk, 0);

    assert.equal((await client.order(s.address(0))).status, 201);
    await until('a mail that waits', async () => (await s.ask(db, 'mail', 'list')).some((mail) => mail.last_error));
    assert.deepEqual(fs.readdirSync(disk), ['balloon']);
    fs.rmSync(filler);
    s.leasesRunOut(db);
    await until('the mail', () => fs.readdirSync(disk).some((name) => name.endsWith('.eml')));
    await server.stop();
});

// ---- The database ---------------------------------------------------------------------------------------------------

test('a database that another process has locked', { skip: s.missing }, async (t) => {
    const { db, client, server } = await open(t);
    assert.equal((await client.order(s.address(0))).status, 201);
    const code = 'import sqlite3,sys\nc=sqlite3.connect(sys.argv[1])\nc.execute("BEGIN EXCLUSIVE")\nprint("locked",flush=True)\nsys.stdin.read()';
    const holder = spawn('python3', ['-c', code, db.slice(7)], { stdio: ['pipe', 'pipe', 'inherit'] });
    s.atEnd(t, () => holder.kill('SIGKILL'));
    await new Promise((resolve) => holder.stdout.once('data', resolve));

    isBusy(await client.order(s.address(1)));
    assert.equal((await client.get(`/api/v1/mailboxes/${s.address(1)}`)).status, 200, 'reading goes on');
    const line = await s.casella(['order', 'cancel', '202600000000153', '--db', db]);
    assert.equal(line.status, 3, 'the command line answers as well');
    assert.match(line.stderr, /occupat/);
    holder.stdin.end();
    await new Promise((resolve) => holder.once('close', resolve));
    assert.equal((await client.order(s.address(1))).status, 201);
    await server.stop();
    assert.equal((await s.ask(db, 'audit')).orders, 2);
});

test('PostgreSQL stops, and comes back, under a server that runs', { skip: s.missing || s.noOwnPostgres, timeout: 300_000 }, async (t) => {
    const postgres = s.ownPostgres(t), db = postgres.url, key = await s.shop(t, db, 60), mail = await new s.MailServer().open(t);
    const server = await s.Server.start(t, db, ['--smtp', mail.url]), client = new s.Client(server.url, key), orders = [];

    for (const [round, mode] of ['fast', 'immediate'].entries()) {
        const before = await orderUntilRefused(client, round * 10, 5);
        assert.equal(before.refusal, null, before.refusal?.text);
        orders.push(...before.orders);
        postgres.stop(mode);
        const asked = randomUUID();
        isBusy(await client.order(s.address(round * 10 + 5), asked));
        assert.equal((await s.request(server.url, 'GET', '/healthz')).status, 503);
        assert.equal((await s.casella(['audit', '--db', db])).status, 3);
        postgres.start();
        const after = await until('an order', async () => {
            const answer = await client.order(s.address(round * 10 + 5), asked);
            return answer.status === 201 && answer.json;
        });
        orders.push(after);
        assert.equal((await s.request(server.url, 'GET', '/healthz')).status, 200);
    }
    await allThere(client, orders);
    s.leasesRunOut(db); // of mails that could not be recorded as sent
    await until('every mail', () => new Set(mail.mails.map((m) => m.id)).size === orders.length);
    await server.stop();
    assert.equal((await s.ask(db, 'audit')).orders, orders.length);
});

// ---- Mail -----------------------------------------------------------------------------------------------------------

test('mails wait for a mail server that is down, and then arrive once', { skip: s.missing }, async (t) => {
    const mail = await new s.MailServer().open();
    await mail.close();
    const { db, client, server } = await open(t, { options: ['--smtp', mail.url] });
    const { orders } = await orderUntilRefused(client, 0, 5);
    await until('five mails that wait', async () => (await s.ask(db, 'mail', 'list')).filter((m) => m.last_error).length === 5);

    const late = orders[0]; // the bank is quicker than the mail
    assert.equal((await client.statement(s.statement('IERI', [late]))).json.matched, 1);
    await until('the mail of the invoice', async () => (await s.ask(db, 'mail', 'list')).filter((m) => m.last_error).length === 6);
    await mail.open(t);
    for (const waiting of await s.ask(db, 'mail', 'list'))
        assert.equal((await s.casella(['mail', 'again', String(waiting.id), '--db', db])).status, 0, 'it need not wait for its time');
    await until('an empty outbox', async () => (await s.ask(db, 'mail', 'list')).length === 0);
    await server.stop();
    assert.equal(mail.mails.length, 6);
    assert.equal(new Set(mail.mails.map((m) => m.id)).size, 6);
    const received = mail.mails.filter((m) => !/fattura-2\d/.test(m.bytes)), of = (m) => m.bytes.includes(late.code);
    assert.equal(received.length, 5);
    for (const m of received) // who has paid is not asked to
        assert.equal(/Manca=?\s+solo/.test(m.bytes), !of(m), m.bytes);
});

test('a mail that is refused for good is a dead letter until somebody sends it again', { skip: s.missing }, async (t) => {
    let refusing = true;
    const mail = await new s.MailServer((verb) => (refusing && verb === 'RCPT' ? '550 5.1.1 no such user' : null)).open(t);
    const { db, client, server } = await open(t, { options: ['--smtp', mail.url] });
    assert.equal((await client.order(s.address(7))).status, 201);
    const [dead] = await until('a dead letter', async () => {
        const list = await s.ask(db, 'mail', 'dead');
        return list.length && list;
    });

    assert.equal(dead.recipient, 'titolare7@posta.example');
    assert.match(dead.last_error, /550 5\.1\.1 no such user/);
    assert.match((await s.casella(['mail', 'dead', '--db', db])).stdout, /titolare7@posta\.example.*550/);
    assert.match((await s.request(server.url, 'GET', '/metrics')).text, /^casella_outbox_dead 1$/m);
    refusing = false;
    assert.equal((await s.casella(['mail', 'again', String(dead.id), '--db', db])).status, 0);
    await until('the mail', () => mail.mails.length === 1);
    await until('no dead letter', async () => (await s.ask(db, 'mail', 'dead')).length === 0);
    await server.stop();
    assert.equal(mail.mails[0].to, 'titolare7@posta.example');
});

test('a worker killed after the mail was taken sends the same mail again, not another', { skip: s.missing }, async (t) => {
    let victim = null;
    const mail = await new s.MailServer((verb) => {
        if (verb === 'DATA' && victim) // it was taken; that is never heard
            victim.kill(), victim = null;
        return null;
    }).open(t);
    const options = ['--smtp', mail.url, '--public-url', 'http://portale.example'];
    const { db, client, server } = await open(t, { options });
    victim = server;
    assert.equal((await client.order(s.address(3))).status, 201);
    await server.over;
    assert.equal((await s.ask(db, 'mail', 'list'))[0].state, 'leased');
    s.leasesRunOut(db);
    const next = await s.Server.start(t, db, options);
    await until('an empty outbox', async () => (await s.ask(db, 'mail', 'list')).length === 0);
    await next.stop();
    assert.equal(mail.mails.length, 2);
    assert.equal(mail.mails[0].id, mail.mails[1].id);
    assert.equal(mail.mails[0].bytes, mail.mails[1].bytes, 'to the letter');
});

// ---- Statements -----------------------------------------------------------------------------------------------------

function highWaterNow(pid) {
    try {
        return Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
    } catch {
        return 0; // it has just ended
    }
}

async function highWater(child) {
    child.highWater = 0;
    while (child.exitCode === null && child.signalCode === null) {
        child.highWater = Math.max(child.highWater, highWaterNow(child.pid));
        await s.sleep(20);
    }
}

// A statement of so many bytes in which `orders` are paid, among debits that are none of ours. `cut`: without its end.
async function largeStatement(file, bytes, orders, cut) {
    const cents = 1234, debit = s.statementEntry('ADDEBITO', cents, 'FORNITURA '.repeat(13), 'DBIT'), blocks = 500;
    const each = Math.ceil(bytes / debit.length / blocks), block = debit.repeat(each), out = fs.createWriteStream(file);
    const put = (text) => out.write(text) || new Promise((resolve) => out.once('drain', resolve));

    await put(s.statementHead('GRANDE', orders.reduce((sum, order) => sum + order.gross_cents, 0) - each * blocks * cents));
    for (let i = 0; i < blocks; i++) {
        await put(block);
        if (orders[i])
            await put(s.statementEntry(`GRANDE-${i}`, orders[i].gross_cents, `RINNOVO ${orders[i].code}`));
    }
    if (!cut)
        await put(s.STATEMENT_TAIL);
    await new Promise((resolve) => out.end(resolve));
}

test('a statement of hundreds of megabytes is booked in little memory, or not at all', { skip: s.missing, timeout: 600_000 }, async (t) => {
    const { db, home, client, server } = await open(t), file = path.join(home, 'large.xml');
    const size = (process.env.CASELLA_FULL === '1' ? 500 : 200) * MB, { orders } = await orderUntilRefused(client, 0, 60);
    const imported = async (cut) => {
        let child;
        await largeStatement(file, size, orders, cut);
        assert.ok(fs.statSync(file).size >= size);
        const begun = Date.now();
        const done = await s.casella(['bank', 'import', '--db', db, '--json', file], { watch: (made) => highWater((child = made)) });
        t.diagnostic(`${cut ? 'cut off' : 'whole'}: ${Math.round(fs.statSync(file).size / MB)} MB, ${Date.now() - begun} ms, ` +
                     `at most ${Math.round(child.highWater / MB)} MiB of memory`);
        assert.ok(child.highWater > 0 && (child.highWater < 64 * MB || SANITIZED), `${child.highWater / MB} MiB of memory`);
        return done;
    };

    const refused = await imported(true);
    assert.equal(refused.status, 1, refused.stderr);
    assert.equal((await s.ask(db, 'audit')).bank_entries, 0, 'nothing of what is not whole is booked');
    const booked = await imported(false);
    assert.equal(booked.status, 0, booked.stderr);
    assert.equal(JSON.parse(booked.stdout).matched, orders.length);
    await auditIsClean(db);
    await server.stop();
});

const BOMB = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">' +
    Array.from('bcdefghij', (name, i) => `<!ENTITY ${name} "${`&${'abcdefghi'[i]};`.repeat(10)}">`).join('') + ']><Document>&j;</Document>';

test('what is no statement is refused by command line and API, and nothing of it is booked', { skip: s.missing }, async (t) => {
    const { db, home, client, server } = await open(t), { orders: [order] } = await orderUntilRefused(client, 0, 1);
    const secret = path.join(home, 'secret'), whole = s.statement('OK', [order]);
    fs.writeFileSync(secret, '4711-SECRET');
    const cases = {
        'of 0 bytes': '',
        'of blanks': ' \n\t'.repeat(1000),
        'of binary garbage': Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7919 + (i >> 3)) & 255)),
        'of zero bytes': Buffer.alloc(100_000),
        'cut off in its last element': whole.slice(0, -20),
        'cut off in the middle': whole.slice(0, whole.length / 2),
        'with text after its end': `${whole}<more/>`,
        'that is an XML bomb': BOMB,
        'that reads a file': whole.replace('<Document', `<!DOCTYPE d [<!ENTITY x SYSTEM "file://${secret}">]><Document`).replace(/RINNOVO/, '&x; RINNOVO'),
        'that reads an address': whole.replace('<Document', '<!DOCTYPE d SYSTEM "http://127.0.0.1:9/d.dtd"><Document'),
        'whose text is not UTF-8': Buffer.from(whole.replace('Mario', 'Mari\xf2'), 'latin1'),
        'whose balances do not add up': whole.replace(/<Ntry><Amt Ccy="EUR">\d+/, '<Ntry><Amt Ccy="EUR">99999'),
        'of another account': whole.replace(s.IBAN, 'IT28W8000000292100645211111'),
        'nested 200,000 deep': '<Document>'.repeat(200_000),
        'that is a picture of JSON': '{"Document": {}}',
    };

    for (const [which, bytes] of Object.entries(cases)) {
        const file = path.join(home, 'statement');
        fs.writeFileSync(file, bytes);
        const line = await s.casella(['bank', 'import', '--db', db, file]);
        assert.equal(line.status, 1, `a file ${which}: ${line.status} ${line.stdout}${line.stderr}`);
        assert.ok(line.stderr.startsWith(`casella: ${file}: `) && line.stderr.trim().split('\n').length === 1, `a file ${which}: ${line.stderr}`);
        assert.doesNotMatch(line.stderr, /4711/);
        const answer = await client.statement(bytes);
        assert.ok([400, 409, 422].includes(answer.status) && answer.json?.title, `a body ${which}: ${answer.status} ${answer.text}`);
        assert.doesNotMatch(answer.text, /4711/);
    }
    assert.equal((await client.statement(whole)).json.matched, 1, 'the whole one is taken after all that');
    await server.stop();
    const { bank_entries, invoices } = await s.ask(db, 'audit');
    assert.deepEqual({ bank_entries, invoices }, { bank_entries: 1, invoices: 1 });
});

// ---- Requests -------------------------------------------------------------------------------------------------------

test('a hostile order is refused, and the mailbox stays free', { skip: s.missing }, async (t) => {
    const { db, client, server } = await open(t), good = JSON.stringify(s.orderOf(s.address(0)));
    const json = 'application/json', edit = (change) => JSON.stringify({ ...s.orderOf(s.address(0)), ...change });
    const cases = [ // what, status, code, body, type
        ['an altered price', 409, 'price-changed', edit({ total_cents: 1 })],
        ['a price of its own', 422, 'unknown-field', edit({ gross_cents: 1 })],
        ['a price in a line', 422, 'unknown-field', edit({ lines: [{ mailbox: s.address(0), years: 1, net_cents: 1 }] })],
        ['an unknown field', 422, 'unknown-field', edit({ admin: true })],
        ['a repeated field', 400, 'bad-request', good.replace('{', '{"kind":"renewal",')],
        ['a mailbox that is not there', 404, 'mailbox-unknown', edit({ lines: [{ mailbox: 'altrui@legalmail.example', years: 1 }] })],
        ['one mailbox twice', null, null, edit({ lines: [{ mailbox: s.address(0), years: 1 }, { mailbox: s.address(0), years: 1 }] })],
        ['a hundred years', null, null, edit({ lines: [{ mailbox: s.address(0), years: 100 }] })],
        ['years past all numbers', null, null, good.replace('"years":1', '"years":99999999999999999999999')],
        ['minus a year', null, null, edit({ lines: [{ mailbox: s.address(0), years: -1 }] })],
        ['no terms accepted', null, null, edit({ consents: { terms: false } })],
        ['invalid UTF-8', 400, 'bad-request', Buffer.from(good.replace('casella0', 'casell\xe0'), 'latin1')],
        ['half a surrogate', 400, 'bad-request', good.replace('casella0', 'casella\\ud800')],
        ['a NUL', null, null, good.replace('casella0', 'casella0\\u0000')],
        ['no JSON', 400, 'bad-request', 'kind=renewal'],
        ['a form', null, null, 'kind=renewal&kind=renewal', 'application/x-www-form-urlencoded'],
        ['nothing', 400, 'bad-request', ''],
        ['100,000 brackets', 400, 'bad-request', '['.repeat(60_000)],
        ['more than is taken', 413, 'too-large', ' '.repeat(MB)],
    ];

    for (const [what, status, code, body, type = json] of cases) {
        const answer = await client.post('/api/v1/orders', type, body);
        assert.ok(status ? answer.status === status : answer.status >= 400 && answer.status < 500, `${what}: ${answer.status} ${answer.text}`);
        assert.ok(answer.json?.title && (!code || [answer.json.code, ...(answer.json.errors ?? []).map((e) => e.code)].includes(code)), `${what}: ${answer.text}`);
    }
    assert.equal((await client.order(s.address(0))).status, 201);
    await server.stop();
    assert.equal((await s.ask(db, 'audit')).orders, 1);
});

test('a body of 1 GB is not waited for', { skip: s.missing }, async (t) => {
    const { client, key, server } = await open(t), headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', 'Idempotency-Key': 'x' };
    const announced = await s.request(server.url, 'POST', '/api/v1/orders', { headers: { ...headers, 'Content-Length': 1 << 30, Expect: '100-continue' }, body: '{' });
    assert.equal(announced.status, 413);
    const sent = await new Promise((resolve) => { // in chunks, without saying how much
        const post = http.request(new URL('/api/v1/orders', server.url), { method: 'POST', headers, agent: false }, (answer) => {
            answer.resume();
            resolve({ status: answer.statusCode, bytes });
        });
        let bytes = 0;
        const piece = Buffer.alloc(65536, ' '), more = () => {
            while (bytes < 2 ** 30) {
                bytes += piece.length;
                if (!post.write(piece))
                    return post.once('drain', more);
            }
            post.end();
        };
        post.on('error', () => resolve({ status: 0, bytes }));
        more();
    });
    assert.ok([0, 413].includes(sent.status) && sent.bytes < 64 * MB, `${sent.status} after ${sent.bytes} bytes`);
    assert.equal((await client.order(s.address(0))).status, 201);
    assert.ok(highWaterNow(server.pid) < 128 * MB || SANITIZED);
    await server.stop();
});

// ---- Being told to stop ---------------------------------------------------------------------------------------------

test('told to stop under load, it answers what it has taken and loses none of it', { skip: s.missing }, async (t) => {
    for (const engine of s.ENGINES.filter((one) => !one.skip)) {
        const db = await engine.make(t), key = await s.shop(t, db, 600), server = await s.Server.start(t, db, ['--no-jobs']);
        const agent = new http.Agent({ keepAlive: true }), client = new s.Client(server.url, key, agent), acknowledged = [];
        let next = 0, stopped = false, cut = 0;

        const buyers = Array.from({ length: 12 }, async () => {
            while (!stopped) {
                try {
                    const answer = await client.order(s.address(next++));
                    assert.ok([201, 503].includes(answer.status), answer.text);
                    if (answer.status === 201)
                        acknowledged.push(answer.json.code);
                } catch (fault) {
                    if (fault instanceof assert.AssertionError || !stopped)
                        throw fault;
                    cut++; // it had not been taken
                }
            }
        });
        await until('some orders', () => acknowledged.length > 60);
        stopped = true;
        await server.stop();
        await Promise.all(buyers);
        agent.destroy();
        assert.equal((await s.ask(db, 'audit')).orders, acknowledged.length, `${engine.name}: each order placed was acknowledged`);
        assert.doesNotMatch(server.log, / end=cut/, 'no answer was cut');
        t.diagnostic(`${engine.name}: ${acknowledged.length} orders, ${cut} requests came too late`);
    }
});

test('told to stop in the middle of a statement, it finishes it', { skip: s.missing }, async (t) => {
    const { db, client, server } = await open(t), { orders } = await orderUntilRefused(client, 0, 20);
    const answer = client.statement(s.statement('LUNGO', orders, { strangers: 3000 }));
    await until('a first entry', async () => (await s.ask(db, 'audit')).bank_entries > 0);
    await server.stop();
    assert.equal((await answer).json.matched, orders.length);
    await auditIsClean(db);
});
