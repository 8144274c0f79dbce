// The program as its users have it: its commands and its server, on a database of its own in a temporary folder. CASELLA names
// the program (build/casella without it), CASELLA_TEST_PG a PostgreSQL server for the tests that want one.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { mind } from './patience.mjs';

const run = promisify(execFile);
export const source = process.env.CASELLA_SOURCE ?? path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const casella = process.env.CASELLA ?? path.join(source, 'build/casella');

process.env.LSAN_OPTIONS ??= `suppressions=${path.join(source, 'test/support/leaks.supp')}:print_suppressions=0`;

// What a test of this name needs and has not, in words for `skip`; false when it has all.
export const missing = (engine) =>
  !existsSync(casella) ? `${casella} has not been built`
    : engine === 'postgres' && !process.env.CASELLA_TEST_PG ? 'no PostgreSQL: CASELLA_TEST_PG is not set'
      : false;

export class Program {
  constructor(engine) {
    this.engine = engine;
    this.folder = mkdtempSync(path.join(tmpdir(), 'casella-test-'));
    this.db = `sqlite:${path.join(this.folder, 'casella.db')}`;
    this.options = [];
    this.servers = [];
  }

  // A fresh, simulated database; `now` as --now takes it.
  async create(now) {
    if (this.engine === 'postgres') {
      const name = `casella_${process.pid}_${path.basename(this.folder).replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase()}`;
      await run('psql', ['-X', '-q', '-d', process.env.CASELLA_TEST_PG, '-c', `CREATE DATABASE "${name}"`]);
      this.drop = name;
      this.db = process.env.CASELLA_TEST_PG.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${name}`);
    }
    await this.must('migrate', '--simulated', '--now', now);
  }

  // {code, stdout, stderr}
  async run(...words) {
    try {
      return { code: 0, ...await run(casella, [...words, '--db', this.db, ...this.options], { maxBuffer: 64 << 20 }) };
    } catch (error) {
      return { code: error.code, stdout: error.stdout, stderr: error.stderr };
    }
  }

  async must(...words) {
    const result = await this.run(...words);
    if (result.code !== 0)
      throw new Error(`casella ${words.join(' ')}: exit ${result.code}\n${result.stdout}${result.stderr}`);
    return result.stdout.trim();
  }

  // Starts a command that stays; resolves to the first line it prints.
  #start(words) {
    const child = mind(spawn(casella, words, { stdio: ['ignore', 'pipe', 'pipe'] }));
    let said = '';
    this.servers.push(child);
    child.stderr.on('data', (text) => { said += text; });
    child.said = () => said;
    return new Promise((resolve, reject) => {
      let out = '';
      child.stdout.on('data', (text) => {
        out += text;
        if (out.includes('\n')) resolve(out.trim());
      });
      child.ended.then((code) => reject(new Error(`${words[0]} ended with ${code}\n${said}`)));
    });
  }

  // Starts `casella serve` on a free port; resolves to its URL.
  serve(...words) {
    return this.#start(['serve', '--listen', '127.0.0.1:0', '--db', this.db, ...this.options, ...words]);
  }

  // Starts `casella sandbox WHAT`; resolves to what it says of itself (url, origin, credentials), with behave(…).
  async sandbox(what, ...words) {
    const provider = JSON.parse(await this.#start(['sandbox', what, '--db', this.db, ...words]));
    provider.behave = async (wanted) => {
      const answer = await fetch(`${provider.origin}/sandbox/behaviour`, {
        method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(wanted) });
      if (!answer.ok) throw new Error(await answer.text());
    };
    return provider;
  }

  // Stops the servers as an administrator would. What they said that no healthy server says comes back.
  async close() {
    const complaints = [];
    for (const child of this.servers) {
      const code = await child.end();
      if (code !== 0) complaints.push(`serve ended with ${code}`);
      complaints.push(...child.said().split('\n').filter((line) => / error |ERROR: |runtime error|^ +#\d/.test(line)).slice(0, 60));
    }
    if (this.drop)
      await run('psql', ['-X', '-q', '-d', process.env.CASELLA_TEST_PG, '-c', `DROP DATABASE "${this.drop}" WITH (FORCE)`]);
    rmSync(this.folder, { recursive: true, force: true });
    return complaints;
  }

  // Closes it; its books must be right, and its servers have had nothing to complain of.
  async end() {
    const audit = await this.run('audit');
    const complaints = await this.close();
    assert.equal(audit.code, 0, audit.stdout + audit.stderr);
    assert.deepEqual(complaints, []);
  }

  // An account with a password, and its mailboxes.
  async addUser({ brand, email, name = 'Studio', password, mailboxes = [] }) {
    const adding = run(casella, ['user', 'add', '--brand', brand, '--email', email, '--name', name, '--password-stdin',
      ...mailboxes.flatMap((one) => ['--mailbox', one]), '--db', this.db, ...this.options]);
    adding.child.stdin.end(`${password}\n`);
    await adding;
  }

  // What no command does, straight in the database.
  async sql(text) {
    if (this.engine === 'postgres')
      await run('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', this.db, '-c', text]);
    else
      await run('python3', ['-c', 'import sqlite3, sys\nwith sqlite3.connect(sys.argv[1], 30) as db: db.execute(sys.argv[2])',
        this.db.replace(/^sqlite:/, ''), text]);
  }

  write(name, text) {
    const file = path.join(this.folder, name);
    writeFileSync(file, text);
    return file;
  }

  // Beside the brands that ship, one more that is like `like` but for its id, domain, host and account.
  addBrand(id, like, iban) {
    const brands = path.join(this.folder, 'brands');
    if (!existsSync(brands)) cpSync(path.join(source, 'brands'), brands, { recursive: true });
    cpSync(path.join(source, 'brands', like), path.join(brands, id), { recursive: true });
    const file = path.join(brands, id, 'brand.yaml');
    writeFileSync(file, readFileSync(file, 'utf8')
      .replace(/^id: .*$/m, `id: ${id}`)
      .replace(/^domain: \S+/m, `domain: ${id}.example`)
      .replace(/^hosts:.*\n(?: +-.*\n)+/m, `hosts: [${id}.localhost]\n`)
      .replace(/^( +iban:).*$/m, `$1 ${iban}`));
    this.options = ['--brands', brands];
  }
}

// Rows of `mailbox import` from objects; all columns that any of them has.
export function csv(rows) {
  const columns = [...new Set(rows.flatMap(Object.keys))];
  const cell = (value) => `"${String(value ?? '').replaceAll('"', '""')}"`;
  return [columns.join(','), ...rows.map((row) => columns.map((name) => cell(row[name])).join(','))].join('\n') + '\n';
}

const xml = (text) => String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const decimal = (cents) => `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;

// A camt.053 of one account and day: credits [{cents, text, reference?, debtor?, currency?}].
export function camt053({ id, iban, day, credits }) {
  const sum = credits.reduce((all, credit) => all + ((credit.currency ?? 'EUR') === 'EUR' ? credit.cents : 0), 0);
  const balance = (code, cents) => `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${decimal(cents)}</Amt>`
    + `<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${day}</Dt></Dt></Bal>`;
  const entry = (credit, at) => {
    const amount = `<Amt Ccy="${credit.currency ?? 'EUR'}">${decimal(credit.cents)}</Amt><CdtDbtInd>CRDT</CdtDbtInd>`;
    return `<Ntry>${amount}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${day}</Dt></BookgDt><ValDt><Dt>${day}</Dt></ValDt>`
      + `<AcctSvcrRef>${xml(credit.reference ?? `${id}-${at}`)}</AcctSvcrRef>`
      + `<BkTxCd><Prtry><Cd>48</Cd></Prtry></BkTxCd><NtryDtls><TxDtls>${amount}`
      + `<RltdPties><Dbtr><Pty><Nm>${xml(credit.debtor ?? 'Mario Rossi')}</Nm></Pty></Dbtr></RltdPties>`
      + `<RmtInf><Ustrd>${xml(credit.text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`;
  };
  return '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
    + `<GrpHdr><MsgId>${id}</MsgId><CreDtTm>${day}T20:00:00</CreDtTm></GrpHdr><Stmt><Id>${id}</Id><CreDtTm>${day}T20:00:00</CreDtTm>`
    + `<Acct><Id><IBAN>${iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>${balance('OPBD', 100000)}${balance('CLBD', 100000 + sum)}`
    + `${credits.map(entry).join('\n')}</Stmt></BkToCstmrStmt></Document>\n`;
}
