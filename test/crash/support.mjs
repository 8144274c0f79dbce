// What the tests of bad days share: the program as a child process, databases on both engines, bank statements, a mail server that
// remembers, and chance that can be repeated. Node alone; python3, which the build needs as well, looks into SQLite files.
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };
export const ROOT = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');
export const PROGRAM = path.resolve(process.env.CASELLA ?? path.join(ROOT, 'build/casella'));
export const NOW = '2026-11-22T10:00:00+01:00';
export const TODAY = NOW.slice(0, 10);
export const IBAN = 'IT60X0542811101000000123456';
export const BRAND = 'legalmail';

export const missing = fs.existsSync(PROGRAM) ? false : `${PROGRAM} is not built`;

// ---- Folders and programs -------------------------------------------------------------------------------------------

// What was made last is ended first; node's own hooks go the other way.
const endings = new WeakMap();
export function atEnd(t, end) {
    if (!endings.has(t)) {
        endings.set(t, []);
        t.after(async () => {
            for (const one of endings.get(t).reverse())
                await one();
        });
    }
    endings.get(t).push(end);
}

export function folder(t) {
    const made = fs.mkdtempSync(path.join(os.tmpdir(), 'casella-crash.'));
    atEnd(t, () => fs.rmSync(made, { recursive: true, force: true }));
    return made;
}

export function has(tool) {
    return (process.env.PATH ?? '').split(':').some((dir) => fs.existsSync(path.join(dir, tool)));
}

const ENVIRONMENT = {
    LSAN_OPTIONS: `suppressions=${path.join(ROOT, 'test/support/leaks.supp')}:print_suppressions=0`, // of a sanitized program
    ...process.env, LC_ALL: 'C.UTF-8', CASELLA_DB: '' };

// Runs a command of the program to its end; never throws for its exit status.
export async function casella(args, { watch, ...options } = {}) {
    const child = spawn(PROGRAM, args, { env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const out = [], err = [];
    child.stdout.on('data', (piece) => out.push(piece));
    child.stderr.on('data', (piece) => err.push(piece));
    const watched = watch?.(child);
    const [status, signal] = await once(child, 'close');
    await watched;
    return { status: status ?? signal, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
}

// The same, for what must succeed; its JSON.
export async function ask(db, ...words) {
    const done = await casella([...words, '--db', db, '--json']);
    if (done.status !== 0)
        throw new Error(`casella ${words.join(' ')}: ${done.status}\n${done.stdout}${done.stderr}`);
    return JSON.parse(done.stdout);
}

// A command that goes on until it is told to stop, or its test ends. `log` holds what it wrote to stderr; `started` resolves with its
// first line, or null; `over` with its status or signal.
export class Daemon {
    constructor(t, words, environment = {}) {
        this.log = '';
        this.name = `casella ${words[0]}`;
        this.child = spawn(PROGRAM, words, { env: { ...ENVIRONMENT, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
        atEnd(t, () => this.kill());
        this.child.stderr.on('data', (text) => (this.log += text));
        this.over = once(this.child, 'close').then(([status, signal]) => status ?? signal);
        this.started = new Promise((resolve) => {
            let text = '';
            this.child.stdout.on('data', (piece) => {
                text += piece;
                if (text.includes('\n'))
                    resolve(text.split('\n')[0]);
            });
            this.over.then(() => resolve(null));
        });
    }
    get pid() { return this.child.pid; }
    kill(signal = 'SIGKILL') { this.child.kill(signal); return this.over; }
    // Ends it kindly; its status must be 0.
    async stop() {
        const late = setTimeout(() => this.child.kill('SIGKILL'), 30_000);
        const status = await this.kill('SIGTERM');
        clearTimeout(late);
        if (status !== 0)
            throw new Error(`${this.name} ended with ${status}:\n${this.log.slice(-4000)}`);
    }
}

// `casella serve` on a free port, unless `options` name one.
export class Server extends Daemon {
    constructor(t, db, options = [], environment) {
        super(t, ['serve', '--db', db, '--listen', '127.0.0.1:0', ...options], environment);
        this.started = this.started.then((url) => (this.url = url));
    }
    static async start(t, db, options, environment) {
        const server = new Server(t, db, options, environment);
        if (!(await server.started))
            throw new Error(`casella serve does not start:\n${server.log}`);
        return server;
    }
}

// ---- Databases ------------------------------------------------------------------------------------------------------

const PG_BIN = process.env.CASELLA_PG_BIN ??
    fs.globSync?.('/usr/lib/postgresql/*/bin').at(-1) ??
    (fs.existsSync('/usr/lib/postgresql')
        ? fs.readdirSync('/usr/lib/postgresql').map((v) => `/usr/lib/postgresql/${v}/bin`).filter((d) => fs.existsSync(`${d}/initdb`)).at(-1)
        : undefined);

function psql(url, sql) {
    return execFileSync(path.join(PG_BIN, 'psql'), ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-d', url, '-c', sql], { encoding: 'utf8' });
}

// A statement straight on the database: for what only time, or an administrator, would do.
export function sql(db, text) {
    if (!db.startsWith('sqlite:'))
        return psql(db, text).trim();
    const code = 'import sqlite3,sys\nc=sqlite3.connect(sys.argv[1],30)\nr=c.execute(sys.argv[2]).fetchall()\nc.commit()\n' +
        'print("\\n".join("|".join(map(str,row)) for row in r))';
    return execFileSync('python3', ['-c', code, db.slice(7), text], { encoding: 'utf8' }).trim();
}

// Who died holding rows of the outbox holds them for minutes: let those minutes have passed.
export const LEASES_RUN_OUT = "UPDATE outbox SET due_at = 0 WHERE state IN ('leased', 'waiting')";
export const leasesRunOut = (db) => sql(db, LEASES_RUN_OUT);

// The same for whoever asks often: on SQLite by one process that stays. Resolves with what sql() returns.
export function openSql(t, db) {
    if (!db.startsWith('sqlite:'))
        return async (text) => sql(db, text);
    const code = 'import sqlite3,sys,json\nc=sqlite3.connect(sys.argv[1],30,isolation_level=None)\nfor line in sys.stdin:\n' +
        ' print(json.dumps("\\n".join("|".join(map(str,row)) for row in c.execute(json.loads(line)).fetchall())),flush=True)';
    const child = spawn('python3', ['-c', code, db.slice(7)], { stdio: ['pipe', 'pipe', 'inherit'] }), answers = [];
    let rest = '';
    child.stdout.on('data', (piece) => {
        rest += piece;
        for (let end; (end = rest.indexOf('\n')) >= 0; rest = rest.slice(end + 1))
            answers.shift().resolve(JSON.parse(rest.slice(0, end)));
    });
    child.on('close', () => answers.forEach((one) => one.reject(new Error('a statement that SQLite refuses'))));
    atEnd(t, () => child.stdin.end());
    return (text) => new Promise((resolve, reject) => {
        answers.push({ resolve, reject });
        child.stdin.write(`${JSON.stringify(text)}\n`);
    });
}

export const ENGINES = [
    { name: 'SQLite', skip: missing, make: async (t) => `sqlite:${folder(t)}/casella.db` },
    {
        name: 'PostgreSQL',
        skip: missing || (process.env.CASELLA_TEST_PG && PG_BIN ? false : 'no PostgreSQL server: CASELLA_TEST_PG is not set'),
        make: async (t) => {
            const server = process.env.CASELLA_TEST_PG, name = `crash_${randomUUID().replaceAll('-', '')}`;
            psql(server, `CREATE DATABASE ${name}`);
            atEnd(t, () => psql(server, `DROP DATABASE ${name} WITH (FORCE)`));
            return server.replace(/\/postgres(?=\?|$)/, `/${name}`);
        },
    },
];

// A PostgreSQL server of one's own, which can be stopped and started: in a folder, on a socket there.
export function ownPostgres(t) {
    const home = folder(t), as = process.getuid() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];
    if (as.length)
        execFileSync('chown', ['postgres', home]);
    const tool = (name, ...args) =>
        execFileSync([...as, path.join(PG_BIN, name)][0], [...as, path.join(PG_BIN, name), ...args].slice(1), { cwd: home, stdio: 'ignore' });
    const control = (...args) => tool('pg_ctl', '-D', `${home}/data`, '-w', ...args);
    tool('initdb', '-D', `${home}/data`, '-A', 'trust', '-U', 'casella', '-E', 'UTF8', '--locale=C.UTF-8');
    const server = {
        url: `postgresql://casella@/postgres?host=${home}`,
        start: () => control('-l', `${home}/data/server.log`, '-o', `-c listen_addresses='' -c unix_socket_directories='${home}'`, 'start'),
        stop: (mode) => control('-m', mode, 'stop'),
    };
    server.start();
    atEnd(t, () => { try { server.stop('immediate'); } catch { /* it may be stopped */ } });
    return server;
}
export const noOwnPostgres = PG_BIN ? false : 'PostgreSQL is not installed';

// ---- A shop ---------------------------------------------------------------------------------------------------------

export const address = (n) => `casella${n}@legalmail.example`;

function mailboxTable(count) {
    const rows = ['brand,address,plan,holder_kind,holder_name,tax_code,contact_email,activated_on,expires_on,street,postcode,city,province,country'];
    for (let n = 0; n < count; n++)
        rows.push([BRAND, address(n), ['bronze', 'silver', 'gold'][n % 3], 'person', `Titolare ${n}`, 'RSSMRA80A01H501U',
                   `titolare${n}@posta.example`, '2025-01-10', `2026-12-${String(1 + (n % 31)).padStart(2, '0')}`,
                   'Via Roma 1', '00184', 'Roma', 'RM', 'IT'].join(','));
    return rows.join('\n') + '\n';
}

// A simulated database with so many mailboxes that may be renewed, and a key that may do all.
export async function shop(t, db, count) {
    const table = path.join(folder(t), 'mailboxes.csv');
    fs.writeFileSync(table, mailboxTable(count));
    // The day has turned before a test begins: what it owes in notices has left, and is in no test's way.
    for (const words of [['migrate', '--simulated', '--now', NOW], ['mailbox', 'import', table], ['day', 'run', '--smtp', `file:${folder(t)}`]]) {
        const done = await casella([...words, '--db', db]);
        if (done.status !== 0)
            throw new Error(`casella ${words[0]}: ${done.status}\n${done.stdout}${done.stderr}`);
    }
    return (await ask(db, 'key', 'add', '--brand', BRAND, '--role', 'owner')).key;
}

// ---- Its API --------------------------------------------------------------------------------------------------------

export function request(url, method, target, { headers = {}, body, agent } = {}) {
    return new Promise((resolve, reject) => {
        const sent = http.request(new URL(target, url), { method, headers, agent: agent ?? false }, (answer) => {
            const pieces = [];
            answer.on('data', (piece) => pieces.push(piece));
            answer.on('error', reject);
            answer.on('end', () => {
                const text = Buffer.concat(pieces).toString();
                let json = null;
                if (/json/.test(answer.headers['content-type'] ?? ''))
                    json = JSON.parse(text);
                resolve({ status: answer.statusCode, headers: answer.headers, text, json });
            });
        });
        sent.on('error', reject);
        sent.setTimeout(60_000, () => sent.destroy(new Error('no answer within a minute')));
        sent.end(body);
    });
}

export const orderOf = (mailbox) => ({
    kind: 'renewal', lines: [{ mailbox, years: 1 }], payment_method: 'bank_transfer', consents: { terms: true } });

// Sends it until the shop is not busy.
export async function persist(send) {
    for (;;) {
        const answer = await send();
        if (answer.status !== 503)
            return answer;
    }
}

export class Client {
    constructor(url, key, agent) { Object.assign(this, { url, key, agent }); }
    get(target) {
        return request(this.url, 'GET', target, { headers: { Authorization: `Bearer ${this.key}` }, agent: this.agent });
    }
    post(target, type, body, idempotency = randomUUID()) {
        return request(this.url, 'POST', target, {
            agent: this.agent, body,
            headers: { Authorization: `Bearer ${this.key}`, 'Content-Type': type, 'Content-Length': Buffer.byteLength(body), 'Idempotency-Key': idempotency } });
    }
    order(mailbox, idempotency) { return this.post('/api/v1/orders', 'application/json', JSON.stringify(orderOf(mailbox)), idempotency); }
    statement(xml, idempotency) { return this.post('/api/v1/bank-statements', 'application/xml', xml, idempotency); }
}

// ---- Bank statements ------------------------------------------------------------------------------------------------

export const decimal = (cents) => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;

// `total` is what all its entries add up to.
export function statementHead(id, total, iban = IBAN) {
    const balance = (code, cents) => `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${decimal(Math.abs(cents))}</Amt>` +
        `<CdtDbtInd>${cents < 0 ? 'DBIT' : 'CRDT'}</CdtDbtInd><Dt><Dt>${TODAY}</Dt></Dt></Bal>\n`;
    return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>${id}</MsgId><CreDtTm>${NOW}</CreDtTm></GrpHdr>
<Stmt><Id>${id}</Id><CreDtTm>${NOW}</CreDtTm><Acct><Id><IBAN>${iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>
${balance('OPBD', 100000)}${balance('CLBD', 100000 + total)}`;
}
export const statementEntry = (reference, cents, text, sign = 'CRDT') =>
    `<Ntry><Amt Ccy="EUR">${decimal(cents)}</Amt><CdtDbtInd>${sign}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${TODAY}</Dt></BookgDt><ValDt><Dt>${TODAY}</Dt></ValDt><AcctSvcrRef>${reference}</AcctSvcrRef><NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>Mario Rossi</Nm></Pty></Dbtr></RltdPties><RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n`;
export const STATEMENT_TAIL = '</Stmt></BkToCstmrStmt></Document>\n';

// The transfers that pay these orders, each with its code, after so many `strangers` of one euro that name none.
export function statement(id, orders, { strangers = 0, iban = IBAN } = {}) {
    const total = orders.reduce((sum, order) => sum + order.gross_cents, strangers * 100);
    const pieces = [statementHead(id, total, iban)];
    for (let i = 0; i < strangers; i++)
        pieces.push(statementEntry(`${id}-S${i}`, 100, 'QUOTA ASSOCIATIVA'));
    orders.forEach((order, i) => pieces.push(statementEntry(`${id}-${i}`, order.gross_cents, `RINNOVO ${order.code}`)));
    return pieces.join('') + STATEMENT_TAIL;
}

// ---- A mail server that remembers -----------------------------------------------------------------------------------

// `judge(command)` may answer RCPT and the end of DATA with another line than 250. `mails` are those it took responsibility for.
export class MailServer {
    constructor(judge = () => null) { Object.assign(this, { judge, mails: [], sockets: new Set() }); }
    get url() { return `smtp://127.0.0.1:${this.port}`; }
    async open(t) {
        this.server = net.createServer((socket) => this.#talk(socket));
        this.server.listen(this.port ?? 0, '127.0.0.1');
        await once(this.server, 'listening');
        this.port = this.server.address().port;
        if (t)
            atEnd(t, () => this.close());
        return this;
    }
    async close() {
        if (!this.server?.listening)
            return;
        this.sockets.forEach((socket) => socket.destroy());
        this.server.close();
        await once(this.server, 'close');
    }
    #talk(socket) {
        let rest = '', data = null, to = '';
        this.sockets.add(socket);
        socket.on('close', () => this.sockets.delete(socket));
        socket.on('error', () => {});
        socket.setEncoding('latin1');
        socket.write('220 sink\r\n');
        socket.on('data', (text) => {
            rest += text;
            for (let end; (end = rest.indexOf('\r\n')) >= 0;) {
                const line = rest.slice(0, end);
                rest = rest.slice(end + 2);
                if (data !== null) {
                    if (line !== '.') {
                        data.push(line.startsWith('.') ? line.slice(1) : line);
                        continue;
                    }
                    const answer = this.judge('DATA', to) ?? '250 taken';
                    if (answer.startsWith('2'))
                        this.mails.push(readMail(to, data.join('\r\n')));
                    data = null;
                    socket.write(`${answer}\r\n`);
                    continue;
                }
                const verb = line.slice(0, 4).toUpperCase();
                if (verb === 'RCPT')
                    to = /<(.*)>/.exec(line)?.[1] ?? '';
                if (verb === 'DATA')
                    data = [];
                socket.write(verb === 'DATA' ? '354 go on\r\n' : verb === 'QUIT' ? '221 bye\r\n' : `${(verb === 'RCPT' && this.judge('RCPT', to)) || '250 ok'}\r\n`);
                if (verb === 'QUIT')
                    socket.end();
            }
        });
    }
}

function readMail(to, bytes) {
    const head = bytes.slice(0, bytes.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
    return { to, bytes, id: /^Message-ID: *(\S+)/im.exec(head)?.[1], subject: /^Subject: *(.*)/im.exec(head)?.[1] };
}

// ---- Chance ---------------------------------------------------------------------------------------------------------

// mulberry32: numbers in [0, 1) that a seed repeats.
export function chance(seed) {
    return () => {
        seed = (seed + 0x6d2b79f5) | 0;
        let x = Math.imul(seed ^ (seed >>> 15), 1 | seed);
        x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
        return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
    };
}
