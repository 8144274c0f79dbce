// Databases that are missing, old, new, changed, simulated or not; the clock.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { Program, missing } from '../support/program.mjs';

// As another version of the program would have left it. Python is there because meson is.
const change = (program, sql) =>
  execFileSync('python3', ['-c', 'import sqlite3, sys\nwith sqlite3.connect(sys.argv[1]) as db: db.execute(sys.argv[2])',
    program.db.replace('sqlite:', ''), sql]);

async function using(work) {
  const program = new Program('sqlite');
  try {
    await work(program);
  } finally {
    await program.close();
  }
}

async function refused(program, said, ...words) {
  const result = await program.run(...words);
  assert.equal(result.code, 1, `${words.join(' ')}: ${result.stdout}${result.stderr}`);
  assert.match(result.stderr, said);
  return result;
}

describe('databases', { skip: missing('sqlite') }, () => {
  test('one that is not there is not made by looking', () => using(async (program) => {
    await refused(program, /L'archivio \S+casella\.db non c'è: crearlo con il comando casella migrate/, 'audit');
    assert.ok(!existsSync(path.join(program.folder, 'casella.db')));
  }));

  test('migrate makes it, and has nothing to do afterwards', () => using(async (program) => {
    const first = JSON.parse(await program.must('migrate', '--json'));
    assert.ok(first.applied >= 1);
    assert.equal(first.simulated, false);
    assert.deepEqual(JSON.parse(await program.must('migrate', '--json')), { ...first, applied: 0 });
  }));

  test('an empty file is outdated to every command but migrate and serve', () => using(async (program) => {
    program.write('casella.db', '');
    await refused(program, /^casella: L'archivio .* prima va aggiornato con il comando casella migrate .*0001/, 'audit');
    await program.must('migrate');
    await program.must('audit');
  }));

  test('serve makes a new one and refuses an outdated one', () => using(async (program) => {
    const url = await program.serve('--smtp', `file:${program.folder}/mail`);
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    assert.equal(JSON.parse(await program.must('clock', 'show', '--json')).simulated, false);
  }));

  test('serve makes nothing for options that are wrong', () => using(async (program) => {
    assert.equal((await program.run('serve', '--listen', 'localhost')).code, 2);
    assert.ok(!existsSync(path.join(program.folder, 'casella.db')));
  }));

  test('one made by a newer program is refused', () => using(async (program) => {
    await program.must('migrate');
    change(program, "INSERT INTO db_migration (name, sha256, applied_at) VALUES ('9999-future', 'x', 0)");
    for (const words of [['audit'], ['migrate'], ['bank', 'held']])
      await refused(program, /versione più recente.*9999-future/, ...words);
    await assert.rejects(program.serve(), /9999-future/);
    program.servers.pop();
  }));

  test('one whose migration reads otherwise is refused', () => using(async (program) => {
    await program.must('migrate');
    change(program, "UPDATE db_migration SET sha256 = 'x'");
    for (const words of [['audit'], ['migrate']])
      await refused(program, /migrazione già applicata è stata modificata.*0001/, ...words);
  }));

  test('a production clock is moved by nothing', () => using(async (program) => {
    await program.must('migrate');
    for (const words of [['clock', 'set', '2027-01-01'], ['audit', '--now', '2027-01-01'], ['day', 'run', '--date', '2027-01-01']])
      await refused(program, /non è simulato/, ...words);
    await refused(program, /--simulated/, 'migrate', '--simulated');
    assert.equal(JSON.parse(await program.must('day', 'run', '--json', '--smtp', `file:${program.folder}`)).dead, 0);
  }));

  test('a simulated clock stands where it is set', () => using(async (program) => {
    const now = async () => JSON.parse(await program.must('clock', 'show', '--json')).now;
    await program.create('2026-12-20T12:30:00+01:00');
    assert.equal(await now(), '2026-12-20T11:30:00Z');
    await program.must('clock', 'set', '2027-07-01'); // the same time of day in Rome, in summer
    assert.equal(await now(), '2027-07-01T10:30:00Z');
    await program.must('day', 'run', '--date', '2027-07-02');
    assert.equal(await now(), '2027-07-02T10:30:00Z');
    await program.must('audit', '--now', '2027-07-03T00:00:00Z');
    assert.equal(await now(), '2027-07-03T00:00:00Z');
  }));

  test('a simulated clock is never set back but where the database is made', () => using(async (program) => {
    await program.must('migrate', '--simulated', '--now', '2026-12-20T12:30:00+01:00');
    for (const words of [['clock', 'set', '2026-12-19'], ['clock', 'set', '2026-12-20T11:29:59Z'], ['audit', '--now', '2026-12-19'],
      ['day', 'run', '--date', '2026-12-19'], ['migrate', '--now', '2026-12-19']])
      await refused(program, /solo avanti.*20\/12\/2026/, ...words);
    await program.must('clock', 'set', '2026-12-20');
    assert.equal(JSON.parse(await program.must('clock', 'show', '--json')).now, '2026-12-20T11:30:00Z');
  }));

  test('a URL of no engine is refused', () => using(async (program) => {
    program.db = 'mysql://localhost/x';
    await refused(program, /sqlite:FILE, postgresql:/, 'audit');
  }));
});
