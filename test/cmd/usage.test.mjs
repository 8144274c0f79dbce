// What the command line says to somebody who types it wrong, and to somebody who asks.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Program, casella, missing, source } from '../support/program.mjs';

describe('usage', { skip: missing('sqlite') }, () => {
  const program = new Program('sqlite');

  before(() => program.create('2026-12-20T11:00:00Z'));
  after(() => program.close());

  const WRONG = [
    [['frob'], /comando sconosciuto: frob/],
    [['migrat'], /Forse migrate\?/],
    [['bank', 'imprt', 'x'], /Forse import\?/],
    [['bank'], /manca il comando/],
    [['bank', 'import'], /manca un argomento: FILE/],
    [['mailbox', 'show'], /manca un argomento/],
    [['mailbox', 'show', 'a@b.example', 'c@d.example'], /argomento di troppo: c@d.example/],
    [['serve', '--lisen', '127.0.0.1:0'], /sconosciuta: --lisen\. Forse --listen\?/],
    [['serve', '--workers', 'molti'], /--workers/],
    [['serve', '--workers', '0'], /--workers/],
    [['serve', '--public-url', 'rinnovi.example'], /https:\/\/rinnovi\.example/],
    [['serve', '--listen', '8080'], /--listen 8080: .*127\.0\.0\.1:8080/],
    [['serve', '--listen', '127.0.0.1:65536'], /--listen 127\.0\.0\.1:65536: .*porta da 0 a 65535/],
    [['demo', '--listen', '[::1:80'], /--listen \[::1:80: /],
    [['serve', '--smtp', 'mail.example'], /--smtp mail\.example: .*smtp:\/\/HOST/],
    [['work', '--smtp-user', 'negozio'], /--smtp-user: .*CASELLA_SMTP_PASSWORD.*--smtp-password-file/],
    [['audit', '-x'], /sconosciuta: -x/],
    [['audit', '--json=si'], /non vuole un valore/],
    [['day', 'run', '--date', '2027-02-30'], /--date/],
    [['clock', 'set', 'domani'], /domani/],
    [['key', 'add', '--brand', 'legalmail'], /manca --role/],
    [['user', 'add', '--brand', 'legalmail', '--email', 'a@b.example'], /manca --name/],
    [['mail', 'again', '1x'], /1x/],
    [['brand', 'check', 'brands/legalmail', '--now', '2027-01-01'], /--now/],
  ];

  for (const [words, said] of WRONG)
    test(`casella ${words.join(' ')}`, async () => {
      const result = await program.run(...words);
      assert.equal(result.code, 2, result.stderr);
      assert.equal(result.stdout, '');
      assert.match(result.stderr, said);
      assert.match(result.stderr, /--help/);
    });

  test('a file that cannot be read or written is named, with the reason', async () => {
    const at = (name) => path.join(program.folder, name);
    for (const [words, said] of [
      [['bank', 'import', at('nessuno.xml')], /^casella: Non si può leggere \S+nessuno\.xml: non c'è\.$/m],
      [['bank', 'import', program.folder], /Non si può leggere \S+: è una cartella\./],
      [['mailbox', 'import', at('nessuno.csv')], /Non si può leggere \S+nessuno\.csv: non c'è\./],
      [['text', 'publish', 'expiry_notice', '--brand', 'legalmail', '--from', '2026-12-20', '--reason', 'x', '--subject', 'x', '--text', at('nessuno.txt')],
        /Non si può leggere \S+nessuno\.txt: non c'è\./],
      [['audit', '--brands', at('nessuna')], /Non si può leggere \S+nessuna: non c'è\./],
      [['work', '--smtp', `file:${at('nessuna')}/mail`], /Non si può scrivere \S+mail: la cartella non c'è\./],
    ]) {
      const result = await program.run(...words);
      assert.equal(result.code, 1, words.join(' '));
      assert.match(result.stderr, said);
      assert.doesNotMatch(result.stderr, /Configurazione/);
    }
  });

  test('a text is shown, checked, published, and its file published anew', async () => {
    const of = ['--brand', 'legalmail'];
    const publish = (...words) => program.run('text', 'publish', 'expiry_notice', ...of, '--from', '2026-12-20', '--reason', 'prova', ...words);
    const wrong = await publish('--subject', 'Scade {{scadenza}}');
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /subject: .*\{\{scadenza\}\}, riga 1/);
    assert.equal((await publish('--subject', 'Scade {{expires_on}}', '--dry-run')).code, 0);
    assert.match(await program.must('text', 'list', ...of), /^expiry_notice +it +\w+ +file del marchio$/m);
    const words = path.join(program.folder, 'words.txt');
    writeFileSync(words, 'Gentile {{name}}, la casella scade.\n');
    assert.equal((await publish('--subject', 'Scade {{expires_on}}', '--text', words)).code, 0);
    assert.match(await program.must('text', 'show', 'expiry_notice', ...of, '--preview'), /^Scade 15\/03\/2027\n\nGentile Studio Verdi, la casella scade\.$/);
    assert.match(await program.must('text', 'list', ...of), /^expiry_notice +it +\w+ +banco$/m);
    assert.equal((await publish('--again', '0')).code, 0);
    assert.match(await program.must('text', 'show', 'expiry_notice', ...of, '--preview'), /^La casella studio\.verdi/);
    const terms = await program.run('text', 'publish', 'terms', ...of, '--from', '2026-12-20', '--reason', 'oggi', '--version', '2027-01');
    assert.equal(terms.code, 1);
    assert.match(terms.stderr, /from: /);
  });

  // Every leaf of the tree, from the help itself.
  async function commands() {
    const { stdout } = await program.run('--help');
    assert.equal((await program.run('help')).stdout, stdout);
    return [...stdout.split('Opzioni comuni')[0].matchAll(/^ {2}([a-z]+(?: [a-z]+)?)(?= |$)/gm)].map((line) => line[1]);
  }

  const helps = new Map(); // command: what it says, asked for once
  const help = (command) => helps.get(command) ?? helps.set(command, program.run(...command.split(' ').filter(Boolean), '--help')).get(command);

  test('help at every level, on stdout', async () => {
    const all = await commands();
    assert.ok(all.length >= 22, all.join(', '));
    for (const command of ['', ...all, ...new Set(all.map((name) => name.split(' ')[0]))]) {
      const result = await help(command);
      assert.equal(result.code, 0, command);
      assert.match(result.stdout, new RegExp(`Uso: casella ${command}`), command);
      assert.deepEqual(result.stdout.split('\n').filter((line) => line.length > 80), [], command);
      assert.equal(result.stderr, '');
    }
  });

  test('the manual and the completion know every command', async () => {
    const manual = readFileSync(path.join(source, 'packaging/casella.1'), 'utf8');
    const plain = manual.replaceAll(/\\-|\\f[BRI]/g, (mark) => (mark === '\\-' ? '-' : ''));
    const completion = path.join(source, 'packaging/completion/casella.bash');
    const complete = (typed, ...words) => execFileSync('bash', ['-c',
      '. "$1"; COMP_WORDS=(casella "${@:3}" "$2"); COMP_CWORD=$(($# - 1)); _casella; printf "%s\\n" "${COMPREPLY[@]}"',
      'bash', completion, typed, ...words], { encoding: 'utf8' }).split('\n');
    const starts = complete('');
    for (const command of await commands()) {
      const [first, second] = command.split(' ');
      assert.match(manual, new RegExp(`^\\.\\w+ "?${command}\\b`, 'm'), command);
      assert.ok(starts.includes(first), first);
      if (second) assert.ok(complete('', first).includes(second), command);
      const { stdout } = await help(command);
      const options = [...(stdout.match(/^Opzioni:\n([^]*?)\n\n/m)?.[1] ?? '').matchAll(/^ {2}(--[a-z-]+)/gm)].map((o) => o[1]);
      const offered = complete('--', first, ...(second ? [second] : []));
      for (const option of options) {
        assert.ok(offered.includes(option), `${command} ${option}`);
        assert.ok(plain.includes(option), `${command} ${option}`);
      }
    }
  });

  test('English where the environment asks for it', () => {
    const env = { ...process.env, LC_ALL: 'en_GB.UTF-8' };
    const said = execFileSync(process.env.CASELLA ?? path.join(source, 'build/casella'), ['bank', '--help'], { env, encoding: 'utf8' });
    assert.match(said, /^Usage: casella bank/m);
  });

  test('what is wrong with a file is told in English too', async () => {
    const english = (...words) => spawnSync(casella, [...words, '--db', program.db], { env: { ...process.env, LC_ALL: 'en_GB.UTF-8' }, encoding: 'utf8' });
    const folder = path.join(program.folder, 'legalmail');
    cpSync(path.join(source, 'brands/legalmail'), folder, { recursive: true });
    const yaml = path.join(folder, 'brand.yaml');
    writeFileSync(yaml, readFileSync(yaml, 'utf8').replace('max_years: 3', 'max_years: 30'));
    const at = (name, text) => { writeFileSync(path.join(program.folder, name), text); return path.join(program.folder, name); };
    for (const [said, ...words] of [
      [/column «colour» is not known/, 'mailbox', 'import', at('a.csv', 'brand,colour\n')],
      [/line 1: columns 1 and 2 have the same name/, 'mailbox', 'import', at('b.csv', 'brand,brand\n')],
      [/line 1: it is a PDF; download/, 'bank', 'import', at('c.pdf', '%PDF-1.7\n')],
      [/Cannot read \S+d\.xml: it is not there\./, 'bank', 'import', path.join(program.folder, 'd.xml')],
      [/brand\.yaml, line \d+, field renewal\.max_years: 30 is out of bounds: from 1 to 10$/m, 'brand', 'check', folder],
    ]) {
      const result = words[0] === 'brand' ? spawnSync(casella, words, { env: { ...process.env, LC_ALL: 'en' }, encoding: 'utf8' }) : english(...words);
      assert.equal(result.status, 1, words.join(' '));
      assert.match(result.stdout + result.stderr, said);
    }
  });

  test('an option may come before the command, and "=" may join its value', async () => {
    const result = await program.run('--json', 'clock', '--log-json', 'show', `--db=${program.db}`);
    assert.equal(result.code, 0, result.stderr);
    assert.equal(JSON.parse(result.stdout).today, '2026-12-20');
  });
});
