// Postfix and Dovecot as packaging/mailhost sets them up, in a temporary folder and on free ports, reading a database of casella's;
// and the two protocols that people speak with them, as far as the tests need them.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import * as s from '../crash/support.mjs';
import { PATIENCE_MS } from '../support/patience.mjs';

const PACKAGED = path.join(s.ROOT, 'packaging/mailhost');
const TOOLS = ['/usr/sbin/postfix', '/usr/sbin/dovecot', '/usr/bin/openssl', '/usr/lib/postfix/postfix-pgsql.so', '/usr/lib/postfix/postfix-sqlite.so',
    '/usr/lib/dovecot/modules/auth/libdriver_sqlite.so', '/usr/lib/dovecot/modules/auth/libdriver_pgsql.so'];

export const noServers = s.missing || (process.getuid() !== 0 ? 'mail servers change users: this test runs as root' :
    TOOLS.filter((tool) => !fs.existsSync(tool)).map((tool) => `${tool} is not installed`)[0] ?? false);

// Below those that whoever connects is given, which would happen between this look and the server's start.
async function freePort() {
    for (;;) {
        const server = net.createServer().listen(randomInt(20000, 32768), '127.0.0.1');
        if (await once(server, 'listening').then(() => true, () => false))
            return server;
    }
}

async function freePorts(count) {
    const servers = await Promise.all(Array.from({ length: count }, freePort));
    const ports = servers.map((server) => server.address().port);
    await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
    return ports;
}

const fill = (text, values) => text.replace(/^#.*$/gm, '').replace(/@([A-Z_]+)@/g, (place, name) => {
    assert.ok(name in values, `packaging/mailhost has a place ${place} that the test does not fill`);
    return values[name];
});

// How each server is told where the database is, and the rights that docs/mailhost.md gives each: on SQLite by the group of the folder,
// which is Postfix's first one, since its programs keep no other; on PostgreSQL by two users. PostgreSQL's folder is only its owner's:
// servers with users of their own must come in.
function database(db) {
    if (db.startsWith('sqlite:')) {
        const file = db.slice(7), folder = path.dirname(file);
        execFileSync('chgrp', ['postfix', folder, ...['', '-wal', '-shm'].map((end) => file + end).filter((one) => fs.existsSync(one))]);
        fs.chmodSync(folder, 0o2770);
        for (const end of ['', '-wal', '-shm'])
            if (fs.existsSync(file + end))
                fs.chmodSync(file + end, 0o660);
        return { MAPS_DATABASE: `dbpath = ${file}`, DRIVER: 'sqlite', CONNECT: file };
    }
    const url = new URL(db.replace('@/', '@localhost/')), host = url.searchParams.get('host'), name = url.pathname.slice(1);
    fs.chmodSync(host, 0o755);
    s.sql(db, fs.readFileSync(path.join(PACKAGED, 'roles.sql'), 'utf8'));
    return { MAPS_DATABASE: `hosts = unix:${host}\nuser = casella_postfix\npassword = unused\ndbname = ${name}`, DRIVER: 'pgsql',
             CONNECT: `host=${host} dbname=${name} user=casella_dovecot` };
}

export async function startServers(t, db, domains) {
    const home = s.folder(t), at = (...names) => path.join(home, ...names);
    const [smtp, submission, lmtp, quota, sasl, imap, imaps] = await freePorts(7);
    fs.chmodSync(home, 0o755);
    for (const folder of ['postfix', 'postfix/maps', 'queue', 'data', 'dovecot', 'run', 'state', 'maildirs'])
        fs.mkdirSync(at(folder), { mode: 0o755 });
    execFileSync('chown', ['postfix', at('data')]);
    execFileSync('chown', ['mail:mail', at('maildirs')]);
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650', '-subj', '/CN=mail.pec.example', '-keyout', at('key.pem'), '-out',
        at('cert.pem')], { stdio: 'ignore' });
    const { MAPS_DATABASE, ...sql } = database(db);
    const values = { HOST: 'mail.pec.example', DOMAINS: domains.join(' '), MAPS: `${sql.DRIVER}:${at('postfix/maps')}`, LMTP_PORT: lmtp, QUOTA_PORT: quota, SASL_PORT: sasl,
        LOG: at('mail.log'), CERT: at('cert.pem'), KEY: at('key.pem'), SMTP: `127.0.0.1:${smtp}`, SUBMISSION: `127.0.0.1:${submission}`, SUBMISSION_TLS: 'may',
        LISTEN: '127.0.0.1', RUN: at('run'), STATE: at('state'), MAIL_USER: 'mail', MAIL_GROUP: 'mail', TLS: 'yes', SQL: at('dovecot/sql.conf'), MAILDIRS: at('maildirs'),
        IMAP_PORT: imap, IMAPS_PORT: imaps, DATABASE_USER: 'mail', DATABASE_GROUP: 'postfix', USAGE: at('dovecot/usage.conf'), DATABASE: MAPS_DATABASE, ...sql };
    const write = (from, to, more = '') => fs.writeFileSync(at(to), fill(fs.readFileSync(path.join(PACKAGED, from), 'utf8'), values) + more);
    // Folders that are this test's; passwords without TLS, which on loopback nobody can read; and no waiting for who mistypes them. What is
    // there is changed, not said again: postlogd would warn of that, to itself, and where its queue is full it waits for itself.
    const main = fill(fs.readFileSync(path.join(PACKAGED, 'main.cf'), 'utf8'), values), open = main.replace('smtpd_tls_auth_only = yes', 'smtpd_tls_auth_only = no');
    assert.notEqual(open, main);
    fs.writeFileSync(at('postfix/main.cf'), `${open}queue_directory = ${at('queue')}\ndata_directory = ${at('data')}\nmaillog_file_prefixes = ${home}\n` +
        'inet_interfaces = 127.0.0.1\nsmtpd_error_sleep_time = 0\n');
    write('master.cf', 'postfix/master.cf');
    for (const map of ['boxes', 'aliases', 'senders', 'recipients', 'logins', 'strangers'])
        write(`${map}.cf`, `postfix/maps/${map}.cf`);
    write('dovecot.conf', 'dovecot/dovecot.conf', 'disable_plaintext_auth = no\nauth_failure_delay = 0\nservice anvil {\n  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n}\n');
    write('dovecot-sql.conf', 'dovecot/sql.conf');
    write('dovecot-usage.conf', 'dovecot/usage.conf');

    const dovecot = spawn('/usr/sbin/dovecot', ['-F', '-c', at('dovecot/dovecot.conf')], { stdio: ['ignore', 'inherit', 'inherit'] });
    const over = once(dovecot, 'exit');
    s.atEnd(t, async () => { dovecot.kill('SIGTERM'); await over; });
    execFileSync('/usr/sbin/postfix', ['-c', at('postfix'), 'start'], { stdio: 'ignore' });
    s.atEnd(t, () => execFileSync('/usr/sbin/postfix', ['-c', at('postfix'), 'stop'], { stdio: 'ignore' }));
    const log = () => fs.existsSync(at('mail.log')) ? fs.readFileSync(at('mail.log'), 'utf8') : '';
    for (const port of [smtp, submission, imap, lmtp, quota, sasl])
        await listening(port, log);
    return { smtp, submission, imap, log };
}

// The server says by its port that it is there.
async function listening(port, log) {
    for (const end = Date.now() + PATIENCE_MS; ; await s.sleep(20)) {
        const socket = net.connect(port, '127.0.0.1');
        const there = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'error').then(() => false, () => false)]);
        socket.destroy();
        if (there)
            return;
        assert.ok(Date.now() < end, `nothing listens on ${port}:\n${log()}`);
    }
}

// A conversation by lines.
class Lines {
    constructor(port) {
        this.socket = net.connect(port, '127.0.0.1');
        this.lines = [];
        this.waiting = null;
        let rest = '';
        this.socket.setEncoding('latin1').on('data', (text) => {
            rest += text;
            for (let end; (end = rest.indexOf('\r\n')) >= 0; rest = rest.slice(end + 2))
                this.lines.push(rest.slice(0, end));
            this.waiting?.();
        }).on('error', () => this.socket.destroy()).on('close', () => { this.lines.push(null); this.waiting?.(); });
    }
    async line() {
        while (this.lines.length === 0)
            await new Promise((resolve) => (this.waiting = resolve));
        assert.notEqual(this.lines[0], null, 'the server hung up');
        return this.lines.shift();
    }
    say(text) { this.socket.write(`${text}\r\n`); }
    end() { this.socket.destroy(); }
}

export class Smtp extends Lines {
    static async open(port, login) {
        const smtp = new Smtp(port);
        assert.match(await smtp.reply(), /^220 /);
        assert.match(await smtp.ask('EHLO client.example'), /^250 /);
        if (login)
            assert.match(await smtp.ask(`AUTH PLAIN ${Buffer.from(`\0${login.user}\0${login.password}`).toString('base64')}`), login.refused ? /^535 / : /^235 /);
        return smtp;
    }
    // The last line of a reply; the others say the same.
    async reply() {
        for (;;) {
            const line = await this.line();
            if (line[3] !== '-')
                return line;
        }
    }
    ask(text) { this.say(text); return this.reply(); }
    // The reply that ended it: of the recipient who is refused, or of the message.
    async send(from, to, { subject = 'Prova', bytes = 0 } = {}) {
        const lines = `${'x'.repeat(70)}\r\n`.repeat(Math.ceil(bytes / 72));
        const message = `From: <${from}>\r\nTo: <${to}>\r\nSubject: ${subject}\r\nMessage-ID: <${randomUUID()}@client.example>\r\n\r\n${lines}Ciao\r\n`;
        await this.ask('RSET');
        for (const step of [`MAIL FROM:<${from}> SIZE=${message.length}`, `RCPT TO:<${to}>`, 'DATA']) {
            const reply = await this.ask(step);
            if (!/^[23]/.test(reply))
                return reply;
        }
        return this.ask(`${message}.`);
    }
}

export class Imap extends Lines {
    static async open(port, user, password) {
        const imap = new Imap(port);
        assert.match(await imap.line(), /^\* OK/);
        imap.answer = await imap.ask(`LOGIN ${user} "${password}"`);
        return imap;
    }
    // The tagged answer; what came before it is in `told`.
    async ask(text) {
        this.say(`a ${text}`);
        this.told = [];
        for (;;) {
            const line = await this.line();
            if (line.startsWith('a '))
                return line.slice(2);
            this.told.push(line);
        }
    }
    async count() {
        assert.match(await this.ask('EXAMINE INBOX'), /^OK/);
        return Number(this.told.map((line) => /^\* (\d+) EXISTS/.exec(line)).find(Boolean)[1]);
    }
    // Until so many messages are there: the server tells.
    async until(count) {
        if (await this.count() >= count)
            return;
        this.say('b IDLE');
        for (;;) {
            const told = /^\* (\d+) EXISTS/.exec(await this.line());
            if (told && Number(told[1]) >= count)
                break;
        }
        this.say('DONE');
        while (!(await this.line()).startsWith('b '))
            ;
    }
    async empty() {
        for (const step of ['SELECT INBOX', 'STORE 1:* +FLAGS.SILENT (\\Deleted)', 'CLOSE'])
            assert.match(await this.ask(step), /^OK/);
    }
    async subjects() {
        assert.match(await this.ask('FETCH 1:* (BODY.PEEK[HEADER.FIELDS (SUBJECT)])'), /^OK/);
        return this.told.flatMap((line) => /^Subject: (.*)/.exec(line)?.[1] ?? []);
    }
}

// What people do with mailboxes of that password: log in, and say whether that went; send, from inside and from outside, and hear what ended it.
export function visitors(servers, password) {
    const login = (address, typed = password) => Imap.open(servers.imap, address, typed);
    const send = async (smtp, sender, to, options) => { const reply = await smtp.send(sender, to, options); smtp.end(); return reply; };
    return {
        login,
        reads: async (address) => { const imap = await login(address); imap.end(); return imap.answer.startsWith('OK'); },
        from: async (address, to, options = {}) => send(await Smtp.open(servers.submission, { user: address, password }), options.as ?? address, to, options),
        outside: async (to, options = {}) => send(await Smtp.open(servers.smtp), options.as ?? 'mittente@altrove.example', to, options),
    };
}

export const setClock = async (db, instant) => assert.equal((await s.casella(['clock', 'set', instant, '--db', db])).status, 0);
