// pages.mjs - forms and tables as people use them, without scripts.
// SPDX-License-Identifier: GPL-3.0-or-later
import { test, equal, ok, done, demo, serve, call } from './story.mjs';

const d = demo();
const s = await serve(d.db);

const form = (where, fields, headers = {}) => call(s, 'POST', where, {
    headers: { 'content-type': 'application/x-www-form-urlencoded',
               origin: s.url, ...headers },
    body: new URLSearchParams(fields).toString() });
const login = (name, password, next = '/') =>
    form('/login', { name, password, next });
const session = async (name) => {
    const r = await login(name, d.password(name));
    equal(r.status, 303, r.text);
    return { cookie: r.headers.get('set-cookie').split(';')[0] };
};
const page = async (where, headers) => {
    const r = await call(s, 'GET', where, { headers });
    equal(r.status, 200, r.text);
    return r.text;
};

// The answers of the first person on a fresh form.
async function answers(headers) {
    const text = await page('/report', headers);
    const find = (pattern) => pattern.exec(text)[1];
    const id = find(/name="person" value="(\d+)"/);
    return { id, fields: {
        form_token: find(/name="form_token" value="([^"]+)"/),
        kind: 'temperature', person: id,
        [`uuid-${id}`]: find(/name="uuid-\d+" value="([^"]+)"/) } };
}
const errors = (text) => /class="errors"[^]*?<\/section>/.exec(text)?.[0];

test('after logging in one goes on to a page of ours, never elsewhere',
     async () => {
    for (const [next, where] of [['/reports', '/reports'], ['//evil', '/'],
                                 ['https://evil', '/'], ['/\\evil', '/']]) {
        const r = await login('director', d.password('director'), next);
        equal([r.status, r.headers.get('location')], [303, where]);
    }
});

test('a name that is wrong keeps what was typed and says so', async () => {
    const r = await login('no-such', 'wrong');
    equal(r.status, 401);
    ok(errors(r.text) && r.text.includes('value="no-such"'), r.text);
});

test('everybody comes to the page whose question is theirs', async () => {
    for (const [who, where] of [['director', '/reports'],
                                ['auditor', '/ledger']]) {
        const r = await call(s, 'GET', '/', { headers: await session(who) });
        equal([r.status, r.headers.get('location')], [303, where]);
    }
    ok((await page('/', await session('resident'))).includes('/report'),
       'the resident stays');
});

test('a form with an error comes back with what was typed', async () => {
    const me = await session('resident');
    const { id, fields } = await answers(me);
    const empty = await form('/report', fields, me);
    equal(empty.status, 422);
    ok(errors(empty.text), 'nothing filled in');
    const r = await form('/report', {
        ...fields, [`temperature_c-${id}`]: '99',
        [`symptoms-${id}`]: 'rash', [`note-${id}`]: '<b>' }, me);
    equal(r.status, 422);
    ok(errors(r.text).includes(`#f-temperature_c-${id}`), errors(r.text));
    ok(r.text.includes('value="99"') && r.text.includes('&lt;b&gt;') &&
       /value="rash"[^>]* checked/.test(r.text), 'what was typed');
    ok(r.text.includes(fields[`uuid-${id}`]), 'its uuid');
});

test('a form sent twice is one report, changed it is another', async () => {
    const me = await session('resident');
    const { id, fields } = await answers(me);
    const count = async () => (await call(
        s, 'GET', '/api/reports/temperature?own=1', { headers: me }))
        .json.count;
    const before = await count();
    const send = (t) => form('/report',
                             { ...fields, [`temperature_c-${id}`]: t }, me);
    for (let i = 0; i < 2; i++) {
        const r = await send('36.6');
        equal(r.status, 303, r.text);
        ok((await page(r.headers.get('location'), me)), 'thanks');
    }
    equal(await count(), before + 1);
    const other = await send('38.2');
    equal(other.status, 422);
    fields[`uuid-${id}`] =
        /name="uuid-\d+" value="([^"]+)"/.exec(other.text)[1];
    equal((await send('38.2')).status, 303);
    equal(await count(), before + 2);
});

test('nobody reports for a stranger', async () => {
    const me = await session('resident');
    const { fields } = await answers(me);
    const people = await call(s, 'GET', '/api/people?limit=1',
                              { token: d.token('director') });
    const other = people.json.items[0].id;
    const r = await form('/report', { ...fields, person: other,
                                      [`temperature_c-${other}`]: '36.6' },
                         me);
    equal(r.status, 422);
    ok(errors(r.text), r.text);
});

test('the table of reports masks names, and the look is entered',
     async () => {
    const readings = async () => (await call(
        s, 'GET', '/api/ledger?kind=reading&limit=1000',
        { token: d.token('auditor') })).json.items.length;
    const before = await readings();
    const text = await page('/reports?day=2026-11-23',
                            await session('director'));
    ok(/<td>.\*\*<\/td>/u.test(text), 'masked');
    ok(await readings() > before, 'the reading');
});

test('people are masked, and in full for a purpose, in their grid',
     async () => {
    const as = { token: d.token('director') };
    const id = (await call(s, 'GET', '/api/people?limit=1', as))
        .json.items[0].id;
    const masked = await call(s, 'GET', `/api/people/${id}`, as);
    const full = await call(s, 'GET', `/api/people/${id}?purpose=check`, as);
    ok(/^.\*\*$/u.test(masked.json.name) && !masked.json.phone, masked.text);
    ok(!full.json.name.includes('*') && full.json.birth, full.text);
});

test('with skip_bad every line has its verdict, without none is stored',
     async () => {
    const send = (query, body) => call(
        s, 'POST', `/api/reports/temperature/batch${query}`, {
            token: d.token('resident'), body,
            headers: { 'content-type': 'application/x-ndjson' } });
    const line = (t) => JSON.stringify({ temperature_c: t }) + '\n';
    const r = await send('?skip_bad=1', `${line(36.1)}\n${line(99)}{\n`);
    equal(r.text.trim().split('\n').map(JSON.parse)
           .map((v) => [v.line, v.status]), [[1, 201], [3, 422], [4, 400]]);
    equal((await send('', line(36.1).repeat(1000))).json.count, 1000);
    const many = await send('', line(36.1).repeat(1001));
    equal([many.status, Boolean(many.json.remedy)], [413, true]);
    equal((await send('?skip_bad=1', '{}\n'.repeat(50001))).status, 413);
});

test('an entry of the ledger comes with its proof', async () => {
    const as = { token: d.token('auditor') };
    const r = await call(s, 'GET', '/api/ledger/5', as);
    equal(r.json.entry.seq, 5, r.text);
    ok(/^[0-9a-f]{64}$/.test(r.json.root) && r.json.proof.length > 3, r.text);
    ok((await page('/ledger/5', await session('auditor')))
        .includes(r.json.proof[0]), 'the page says the same');
    equal((await call(s, 'GET', '/api/ledger/99999999', as)).status, 404);
});

test('a lent role counts until it is taken back, a closed account ends',
     async () => {
    const as = { token: d.token('admin') };
    const post = async (where, body = {}) => {
        const r = await call(s, 'POST', where, { ...as, body });
        ok(r.status < 300, r.text);
        return r.json?.id;
    };
    const id = await post('/api/accounts', {
        name: 'lent.1', role: 'guard', password: 'correct horse' });
    const me = { headers: { cookie: (await login('lent.1', 'correct horse'))
        .headers.get('set-cookie').split(';')[0] } };
    const role = async () => (await call(s, 'GET', '/api/me', me)).json.role;
    equal(await role(), 'guard');
    const until = new Date(Date.now() + 864e5).toISOString();
    const grant = await post('/api/grants', {
        account: id, role: 'auditor', until, lender: '街道' });
    equal(await role(), 'auditor');
    await post(`/api/grants/${grant}/revoke`);
    equal(await role(), 'guard');
    await post(`/api/accounts/${id}/close`);
    equal((await call(s, 'GET', '/api/me', me)).status, 401);
});

await done();
