// Payment providers as processes of their own, so that they outlive the shop; brands that point at them; and a customer with a
// browser, at the shop and on the providers' pages.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import * as s from './support.mjs';

const FORM = 'application/x-www-form-urlencoded';

// A port that is free now, and so as a rule a moment later: the shop's, which must be the same after every restart.
export function freePort() {
    return new Promise((resolve, reject) => {
        const probe = net.createServer().on('error', reject).listen(0, '127.0.0.1', () => {
            const { port } = probe.address();
            probe.close(() => resolve(port));
        });
    });
}

// `casella sandbox WHAT`. Its url, origin and credentials are what it printed.
export class Provider extends s.Daemon {
    constructor(t, what, db, options = []) { super(t, ['sandbox', what, '--db', db, ...options]); }
    static async start(t, what, db, options) {
        const provider = new Provider(t, what, db, options), line = await provider.started;
        if (!line)
            throw new Error(`casella sandbox ${what} does not start:\n${provider.log}`);
        s.atEnd(t, () => provider.stop());
        return Object.assign(provider, JSON.parse(line));
    }
    async #control(method, target, wanted) {
        const body = wanted && JSON.stringify(wanted);
        const headers = body ? { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) } : {};
        const answer = await s.request(this.origin, method, target, { headers, body });
        if (answer.status !== 200)
            throw new Error(`${method} ${target}: ${answer.status} ${answer.text}`);
        return answer.json;
    }
    behave(wanted) { return this.#control('POST', '/sandbox/behaviour', wanted); }
    ledger() { return this.#control('GET', '/sandbox/ledger'); }
}

// The brands in a folder of their own, in which BRAND's providers are these.
export function brandsWith(t, { axerve, paypal }) {
    const folder = path.join(s.folder(t), 'brands'), file = path.join(folder, s.BRAND, 'brand.yaml');

    fs.cpSync(path.join(s.ROOT, 'brands'), folder, { recursive: true });
    const before = fs.readFileSync(file, 'utf8');
    const after = before
        .replace(/^( +axerve:).*$/m, `$1 { url: "${axerve.url}", shop_login: ${axerve.shop_login} }`)
        .replace(/^( +paypal:).*$/m, `$1 { url: "${paypal.url}", client_id: ${paypal.client_id}, webhook_id: ${paypal.webhook_id}, ca_file: "${paypal.ca_file}" }`);
    if (!after.includes(axerve.url) || !after.includes(paypal.url))
        throw new Error(`${file} has no gateways to point elsewhere`);
    fs.writeFileSync(file, after);
    return folder;
}

// ---- A browser ------------------------------------------------------------------------------------------------------

const unescape = (html) => html.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=').replaceAll('&quot;', '"');

// Keeps cookies and follows nothing by itself. `base` is the brand's address, as /b/legalmail/.
export class Browser {
    constructor(url, base) { Object.assign(this, { url, base, cookies: new Map() }); }
    async go(method, target, fields) {
        const body = fields && new URLSearchParams(fields).toString(), headers = {};
        if (this.cookies.size)
            headers.Cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        if (body)
            Object.assign(headers, { 'Content-Type': FORM, 'Content-Length': Buffer.byteLength(body) });
        const answer = await s.request(this.url, method, target, { headers, body });
        for (const cookie of answer.headers['set-cookie'] ?? []) {
            const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
            this.cookies.set(name, value);
        }
        return answer;
    }
    async login(login, password) {
        const csrf = csrfOf(await this.go('GET', `${this.base}/accedi`));
        const answer = await this.go('POST', `${this.base}/accedi`, { csrf, as: 'account', login, password, next: '' });
        if (answer.status !== 303)
            throw new Error(`login: ${answer.status} ${answer.text}`);
    }
    // What a form needs, and where the page sends the browser off to.
    csrf(answer) { return csrfOf(answer); }
    wayOut(answer) { const found = /href="(https?:[^"]+)" rel="noreferrer"/.exec(answer.text); return found && unescape(found[1]); }
}

function csrfOf(page) {
    const found = /name="csrf" value="([0-9a-f]+)"/.exec(page.text);
    if (!found)
        throw new Error(`a page without a form: ${page.status} ${page.text.slice(0, 300)}`);
    return found[1];
}

// ---- On the providers' pages ----------------------------------------------------------------------------------------

const submit = (url, fields) => {
    const body = new URLSearchParams(fields).toString();
    return s.request(url, 'POST', url, { headers: { 'Content-Type': FORM, 'Content-Length': Buffer.byteLength(body) }, body });
};

export const CARD = { good: '4242424242424242', challenge: '4000002760003184', refused: '4000000000000002' };

// Where the page sends the browser back to; null: the page is over.
export async function payByCard(url, number) {
    let answer = await submit(url, { number, expiry: '12/35', cvv: '123', name: 'Mario Rossi', act: 'pay' });
    if (answer.status === 303 && answer.headers.location.includes('pagam3d'))
        answer = await submit(answer.headers.location, { otp: '123456', act: 'pay' });
    return answer.status === 303 ? answer.headers.location : null;
}

export async function payByPaypal(url, source) {
    const login = await submit(url, { email: 'compratore@prova.example', password: 'prova', act: 'login' });
    if (login.status !== 303)
        return null;
    const answer = await submit(new URL(login.headers.location, url), { source, act: 'pay' });
    return answer.status === 303 ? answer.headers.location : null;
}
