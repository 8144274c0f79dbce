/* Renders every view with its example data (test/data/views), without the program, and looks at the result: html-validate, axe and the
 * browser's console under the same Content-Security-Policy as the program's.
 *
 *     node tools/preview.mjs [--shots DIR] [--serve PORT] [NAME…]      NAME as page "choose" or variant "choose.changed"
 *
 * Exit 1 when anything is wrong. --shots writes PNGs at 390 and 1280 pixels, light and dark. */
import { createServer } from 'node:http';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Mustache from 'mustache';
import { HtmlValidate, FileSystemConfigLoader } from 'html-validate';
import { chromium } from 'playwright-core';

const home = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values: options, positionals: wanted } = parseArgs({
  options: { shots: { type: 'string' }, serve: { type: 'string' } }, allowPositionals: true });

const text = (...path) => readFileSync(join(home, ...path), 'utf8');
const json = (...path) => JSON.parse(text(...path));
const common = json('test/data/views/common.json');
const partial = (name) => text('views', `${name}.html`);

/* {{#t}} is a section that is always true here: the views speak Italian as they stand. */
const render = (view, data) => Mustache.render(text('views', view), { ...common, ...data, t: true }, partial);

const examples = readdirSync(join(home, 'test/data/views')).filter((file) => file !== 'common.json').map((file) => file.replace(/\.json$/, ''))
  .filter((name) => !wanted.length || wanted.includes(name) || wanted.includes(name.split('.')[0]));
const pages = new Map();
const faults = [];
for (const name of examples) {
  const data = json('test/data/views', `${name}.json`);
  const [first, second] = name.split('.');
  if (first !== 'mail') {
    pages.set(name, render(`page/${first}.html`, data));
    continue;
  }
  pages.set(name, render(`mail/${second}.html`, data));
  for (const part of ['subject', 'txt']) {
    const body = render(`mail/${second}.${part}`, data);
    pages.set(`${name}.${part}`, `<!DOCTYPE html><html lang="it"><head><title>${name}</title></head><body><main><h1>${part}</h1><pre>${Mustache.escape(body)}</pre></main></body></html>`);
    if (part === 'subject' && body.trim().includes('\n')) faults.push(`${name}: a subject of more than one line`);
  }
}

/* Bootstrap Icons as the program serves them: masks in the colour of the text. */
const icons = ['.bi{display:inline-block;width:1em;height:1em;vertical-align:-.125em;background:currentColor;mask:var(--i) center/contain no-repeat;flex:none}']
  .concat(text('assets/icons.txt').trim().split('\n').map((icon) => {
    const svg = text('node_modules/bootstrap-icons/icons', `${icon}.svg`).replace(/\s+/g, ' ');
    return `.bi-${icon}{--i:url("data:image/svg+xml,${encodeURIComponent(svg)}")}`;
  })).join('\n');
const assets = {
  '/assets/bootstrap.css': ['text/css', () => text('node_modules/bootstrap/dist/css/bootstrap.min.css')],
  '/assets/icons.css': ['text/css', () => icons],
  '/assets/site.css': ['text/css', () => text('assets/site.css')],
  '/assets/site.js': ['text/javascript', () => text('assets/site.js')],
  '/assets/desk.js': ['text/javascript', () => text('assets/desk.js')],
};
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'";

const server = createServer((request, response) => {
  const path = new URL(request.url, 'http://x').pathname;
  const asset = assets[path];
  if (asset) return response.writeHead(200, { 'content-type': asset[0] }).end(asset[1]());
  if (path.endsWith('/brand.css')) return response.writeHead(200, { 'content-type': 'text/css' }).end(':root{}');
  if (path === '/favicon.ico' || path.startsWith('/office/') || path.endsWith('/stato')) return response.writeHead(204).end(); // a paper in a frame, a payment that waits
  const page = pages.get(path.startsWith('/demo/mail/') ? 'mail.order_settled' : path.slice(1));
  if (!page) return response.writeHead(404, { 'content-type': 'text/plain' }).end('no such view');
  /* A mail is shown by mail programs, not by us: its inline styles are allowed. */
  const csp = /^\/(demo\/mail\/|mail\.)/.test(path) ? {} : { 'content-security-policy': policy };
  return response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...csp }).end(page);
});
await new Promise((ready) => server.listen(Number(options.serve ?? 0), '127.0.0.1', ready));
const origin = `http://127.0.0.1:${server.address().port}`;
if (options.serve) {
  console.log([...pages.keys()].map((name) => `${origin}/${name}`).join('\n'));
  await new Promise(() => {});
}

const validator = new HtmlValidate(new FileSystemConfigLoader());
for (const [name, page] of pages) {
  if (name.startsWith('mail.')) continue;
  const report = await validator.validateString(page, join(home, 'views', `${name}.html`));
  for (const { messages } of report.results)
    for (const m of messages) faults.push(`${name}:${m.line}: ${m.ruleId}: ${m.message}`);
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
const axe = text('node_modules/axe-core/axe.min.js');
if (options.shots) mkdirSync(options.shots, { recursive: true });
for (const colorScheme of ['light', 'dark']) {
  for (const width of [320, 390, 1280]) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: width < 600 ? 844 : 900 } });
    const tab = await context.newPage();
    let name;
    tab.on('console', (line) => { if (line.type() === 'error') faults.push(`${name}: console: ${line.text()}`); });
    for (name of pages.keys()) {
      if (/\.(txt|subject)$/.test(name)) continue;
      await tab.goto(`${origin}/${name}`);
      const wide = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) faults.push(`${name}: ${wide} pixels too wide at ${width}`);
      if (width !== 320) {
        if (options.shots) await tab.screenshot({ path: join(options.shots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
        await tab.evaluate(axe);
        /* A mail has no landmarks, and the dark it will stand on is the mail program's. */
        const rules = name.startsWith('mail.') ? { 'color-contrast': { enabled: colorScheme === 'light' }, region: { enabled: false }, 'landmark-one-main': { enabled: false }, 'page-has-heading-one': { enabled: false } } : {};
        const { violations } = await tab.evaluate((rules) => axe.run(document, { iframes: false, rules, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }), rules);
        for (const v of violations)
          for (const node of v.nodes) faults.push(`${name} (${width} ${colorScheme}): axe ${v.id}: ${node.target} ${node.failureSummary?.split('\n').slice(1).join(' ')}`);
      }
    }
    await context.close();
  }
}
await browser.close();
server.close();

for (const fault of faults) console.error(fault);
console.log(`${pages.size} views, ${faults.length} faults`);
process.exit(faults.length || pages.size === 0 ? 1 : 0);
