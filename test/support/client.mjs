// Who speaks with a shop: another program by the API, a person by the pages.
import assert from 'node:assert/strict';

let made = 0;

// What an answer sets, NAME=VALUE each. Debian's node 18 has no getSetCookie, and its get() puts commas between the cookies.
export const cookiesOf = (answer) =>
  (answer.headers.get('set-cookie') ?? '').split(/,\s*(?=[^;,\s]+=)/).filter(Boolean).map((one) => one.split(';')[0]);

// A call of the API: {status, headers, type, bytes, text, json}. A body that is a string, bytes or a form goes as it is.
export async function ask(url, method, { key, body, type, headers = {}, idempotency = `key-${++made}` } = {}) {
  const raw = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) || body instanceof FormData;
  const answer = await fetch(url, {
    method,
    headers: {
      ...(key && { Authorization: `Bearer ${key}` }),
      ...(method === 'POST' && idempotency && { 'Idempotency-Key': idempotency }),
      ...(type ? { 'Content-Type': type } : !raw && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: raw ? body : JSON.stringify(body),
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const text = bytes.toString();
  const answered = answer.headers.get('content-type');
  return { status: answer.status, headers: answer.headers, type: answered, bytes, text, json: /json/.test(answered) ? JSON.parse(text) : undefined };
}

export function assertProblem(answer, status, code, field) {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
  assert.equal(answer.json.code, code);
  assert.equal(answer.json.status, status);
  assert.ok(answer.json.title);
  if (field !== undefined) assert.equal(answer.json.errors[0].field, field);
}

export const unescape = (html) => html.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=').replaceAll('&quot;', '"').replaceAll('&#39;', "'");
const words = (html) => unescape(html.replace(/<head>[\s\S]*?<\/head>/, '').replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ');

// A browser without scripts: its cookies, and one page at a time. Addresses are below the brand's `base`, or whole.
export class Visitor {
  cookies = new Map();

  constructor(url, base) {
    this.url = url;
    this.base = base;
  }

  async send(method, where, form) {
    const target = where.startsWith('http') ? where : this.url + (where.startsWith('/b/') ? where : this.base + where);
    const ours = target.startsWith(this.url);
    const answer = await fetch(target, { method, redirect: 'manual', body: form && new URLSearchParams({ ...(this.csrf && { csrf: this.csrf }), ...form }),
      headers: ours ? { Cookie: [...this.cookies].map((pair) => pair.join('=')).join('; ') } : {} });
    if (ours)
      for (const cookie of cookiesOf(answer)) this.cookies.set(...cookie.split('='));
    const html = await answer.text();
    this.csrf = /name="csrf" value="([0-9a-f]+)"/.exec(html)?.[1] ?? this.csrf;
    return { status: answer.status, location: answer.headers.get('location'), type: answer.headers.get('content-type'), html, text: words(html) };
  }

  get(where) { return this.send('GET', where); }

  async post(where, form, status = 303) {
    const answer = await this.send('POST', where, form);
    assert.equal(answer.status, status, `${where}: ${answer.text.slice(0, 600)}`);
    return answer;
  }

  async login(form) {
    await this.get('/accedi');
    await this.post('/accedi', form);
    return this;
  }
}
