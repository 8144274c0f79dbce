// From Debian's Roundcube to the renewal, without a second password (R146, docs/webmail.md): the plugin of packaging/roundcube, real mail
// servers, a browser.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { startBrowser } from '../browser/support.mjs';
import * as s from '../crash/support.mjs';
import { PATIENCE_MS } from '../support/patience.mjs';
import { noServers, startServers } from './servers.mjs';

const KEY = 'quaranta caratteri che sanno solo loro due';
const PASSWORD = 'una frase lunga e semplice';
const ADDRESS = 'anna@legalmail.example';
const ROUNDCUBE = '/usr/share/roundcube';
const noRoundcube = noServers || ([`${ROUNDCUBE}/index.php`, '/usr/bin/php', `${ROUNDCUBE}/SQL/sqlite.initial.sql`].filter((one) => !fs.existsSync(one))
    .map((one) => `${one} is not installed`)[0] ?? false);

// Roundcube as Debian installs it, seen through a folder of this test's: links to its parts, a configuration, and our plugin.
async function startRoundcube(t, imap, smtp, casella) {
    const home = s.folder(t), at = (...names) => path.join(home, ...names);
    for (const folder of ['config', 'plugins', 'temp', 'logs'])
        fs.mkdirSync(at(folder));
    for (const part of ['program', 'skins', 'SQL', 'index.php'])
        fs.symlinkSync(path.join(ROUNDCUBE, part), at(part));
    for (const plugin of ['filesystem_attachments', 'jqueryui'])
        fs.symlinkSync(path.join(ROUNDCUBE, 'plugins', plugin), at('plugins', plugin));
    fs.cpSync(path.join(s.ROOT, 'packaging/roundcube/casella_pec'), at('plugins/casella_pec'), { recursive: true });
    fs.writeFileSync(at('plugins/casella_pec/config.inc.php'), `<?php
$config['casella_portal'] = '${casella.url}/b/legalmail';
$config['casella_brand'] = 'legalmail';
$config['casella_key'] = '${KEY}';
$config['casella_api'] = '${casella.url}/api/v1';
$config['casella_api_key'] = '${casella.key}';
`);
    fs.symlinkSync('/etc/roundcube/defaults.inc.php', at('config/defaults.inc.php'));
    fs.writeFileSync(at('config/config.inc.php'), `<?php
$config['db_dsnw'] = 'sqlite:///${at('roundcube.db')}?mode=0600';
$config['imap_host'] = '127.0.0.1:${imap}';
$config['smtp_host'] = '127.0.0.1:${smtp}';
$config['des_key'] = 'ventiquattro caratteri!!';
$config['language'] = 'it_IT';
$config['plugins'] = ['casella_pec'];
$config['log_driver'] = 'file';
$config['log_dir'] = '${at('logs')}/';
$config['temp_dir'] = '${at('temp')}/';
$config['enable_installer'] = false;
`);
    fs.writeFileSync(at('where.php'), `<?php define('INSTALL_PATH', '${home}/');\n`);
    const php = spawn('/usr/bin/php', ['-d', `auto_prepend_file=${at('where.php')}`, '-d', 'session.save_path=' + at('temp'), '-S', '127.0.0.1:0', '-t', home],
        { stdio: ['ignore', 'ignore', 'pipe'], cwd: home });
    const over = once(php, 'exit');
    s.atEnd(t, async () => { php.kill('SIGTERM'); await over; });
    let said = '';
    const url = await new Promise((resolve, reject) => {
        php.stderr.setEncoding('utf8').on('data', (text) => {
            said += text;
            const found = /\((http:\/\/127\.0\.0\.1:\d+)\) started/.exec(said);
            if (found)
                resolve(found[1]);
        });
        over.then(() => reject(new Error(`php: ${said}`)));
    });
    return { url, trouble: () => fs.existsSync(at('logs/errors.log')) ? fs.readFileSync(at('logs/errors.log'), 'utf8') : said };
}

test('R146 from Roundcube to the renewal, without a second password', { skip: noRoundcube, timeout: 300000 }, async (t) => {
    const engine = s.ENGINES[0], db = await engine.make(t);
    assert.equal((await s.casella(['migrate', '--simulated', '--now', '2027-01-20T10:00:00+01:00', '--db', db])).status, 0);
    const table = path.join(s.folder(t), 'mailboxes.csv');
    fs.writeFileSync(table, 'brand,address,plan,password,holder_kind,holder_name,tax_code,contact_email,activated_on,expires_on,street,postcode,city,province,country\n' +
        `legalmail,${ADDRESS},bronze,${PASSWORD},person,Titolare di Prova,RSSMRA80A01H501U,titolare@posta.example,2026-01-31,2027-01-31,Via Roma 1,00184,Roma,RM,IT\n`);
    assert.equal((await s.casella(['mailbox', 'import', table, '--db', db])).status, 0);
    const servers = await startServers(t, db, ['legalmail.example']);
    const { key } = await s.ask(db, 'key', 'add', '--brand', 'legalmail', '--role', 'auditor');
    const casella = await s.Server.start(t, db, [], { CASELLA_LEGALMAIL_WEBMAIL_KEY: KEY });
    s.atEnd(t, () => casella.stop());
    const roundcube = await startRoundcube(t, servers.imap, servers.submission, { url: casella.url, key });
    const browser = await startBrowser();
    s.atEnd(t, () => browser.close());
    const newPage = async () => { const context = await browser.newContext({ locale: 'it-IT' }); context.setDefaultTimeout(PATIENCE_MS); return context.newPage(); };
    const page = await newPage();

    await page.goto(roundcube.url);
    await page.fill('#rcmloginuser', ADDRESS);
    await page.fill('#rcmloginpwd', PASSWORD);
    await Promise.all([page.waitForURL(/_task=mail/), page.click('#rcmloginsubmit')]).catch((error) => { throw new Error(`${error}\n${roundcube.trouble()}`); });
    await page.goto(`${roundcube.url}/?_task=settings&_action=plugin.casella_pec`);
    const about = (await page.locator('body').innerText()).replace(/\s+/g, ' ');
    assert.match(about, /Informazioni casella/, roundcube.trouble());
    assert.match(about, /Scadenza 31\/01\/2027/);
    assert.match(about, /In scadenza: si può rinnovare/);
    if (process.env.CASELLA_SHOTS)
        await page.screenshot({ path: path.join(process.env.CASELLA_SHOTS, 'webmail.png') });

    // Another site's link, without the request's token, signs nothing.
    const forged = await page.request.get(`${roundcube.url}/?_task=settings&_action=plugin.casella_pec_renew`, { maxRedirects: 0 });
    assert.notEqual(forged.status(), 303);

    let pass;
    page.on('request', (request) => { if (request.url().includes('/webmail?')) pass = request.url(); });
    await Promise.all([page.waitForURL(/\/caselle\/anna@legalmail\.example\/rinnovo|\/rinnovo\//), page.click('#casella-rinnova')]);
    assert.match(await page.locator('main').innerText(), /anna@legalmail\.example/);
    assert.match(pass, /signature=[0-9a-f]{64}/);

    // The same address opens nothing a second time, for nobody.
    const other = await newPage();
    const again = await other.goto(pass);
    assert.equal(again.status(), 403);
    assert.match(await other.locator('main').innerText(), /Tornare alla webmail/);
});
