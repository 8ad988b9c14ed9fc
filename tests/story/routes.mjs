// routes.mjs - from the table of routes: nobody, each role, another grid,
// another community see what is theirs; each write refuses what is wrong.
// SPDX-License-Identifier: GPL-3.0-or-later
import net from 'node:net';
import { test, equal, ok, done, demo, serve, call, renlin }
    from './story.mjs';

const ROLES = ['resident', 'grid_worker', 'guard', 'director',
               'epidemiologist', 'auditor', 'admin'];
const d = demo();
const s = await serve(d.db);
const routes = JSON.parse(renlin('routes', '--json').out);
const NO_SUCH = '1234567890123456789';
const concrete = (r) => r.path.replace(/\{[^}]*\}/g, NO_SUCH);
// Streams never end, and logging out would end the token that others use.
const plain = routes.filter((r) => r.path !== '/live' &&
                                   r.path !== '/logout');

test('the table of routes is an array as SURFACES says', () => {
    ok(routes.length > 20, `${routes.length} routes`);
    for (const r of routes) {
        ok(['page', 'api'].includes(r.kind), r.path);
        ok(Array.isArray(r.roles) && r.roles.length && r.summary, r.path);
    }
});

for (const r of plain) {
    const open = r.roles.includes('public');

    test(`${r.method} ${r.path}: nobody ${open ? 'may' : 'must log in'}`,
         async () => {
        const a = await call(s, r.method, concrete(r));
        if (open) {
            ok(a.status !== 403, `${a.status}`);
            if (r.path !== '/login') ok(a.status !== 401, `${a.status}`);
        } else if (a.status === 303) {
            equal(r.kind, 'page');
            ok(a.headers.get('location').startsWith('/login'), a.text);
        } else {
            equal(a.status, 401, a.text);
        }
    });

    test(`${r.method} ${r.path}: ${r.roles.join(' ')} and no other role`,
         async () => {
        if (open) return;
        for (const role of ROLES) {
            const a = await call(s, r.method, concrete(r),
                                 { token: d.token(role) });
            const may = r.roles.includes(role);
            if (may) ok(a.status !== 401, `${role}: ${a.status} ${a.text}`);
            if (may) ok(a.status !== 403, `${role}: ${a.status} ${a.text}`);
            if (!may) equal(a.status, 403, `${role}: ${a.text}`);
            ok(a.status !== 500, `${role}: ${a.text}`);
        }
    });
}

// ---- another community, another grid ----

const lists = plain.filter((r) => r.method === 'GET' && r.kind === 'api' &&
    r.path.startsWith('/api/') && !r.path.includes('{') &&
    !['/api/openapi.json', '/api/ledger/checkpoint'].includes(r.path));
const roleOf = (r) => r.roles.find((x) => ROLES.includes(x)) ?? 'resident';

for (const r of lists) {
    test(`GET ${r.path}: two communities share no item`, async () => {
        const mine = await call(s, 'GET', `${r.path}?limit=200`,
                                { token: d.token(roleOf(r)) });
        const theirs = await call(s, 'GET', `${r.path}?limit=200`,
                                  { token: d.otherToken(roleOf(r)) });
        equal([mine.status, theirs.status], [200, 200], mine.text);
        if (!mine.json?.items) return;
        const ids = new Set(mine.json.items.map((i) => i.id));
        for (const i of theirs.json.items)
            ok(i.id === undefined || !ids.has(i.id), `${i.id} is in both`);
    });

    const one = routes.find((x) => x.method === 'GET' &&
                                   x.path === `${r.path}/{id}`);
    if (!one) continue;
    test(`GET ${one.path}: another community finds nothing`, async () => {
        const mine = await call(s, 'GET', `${r.path}?limit=3`,
                                { token: d.token('director') });
        equal(mine.status, 200, mine.text);
        for (const i of mine.json.items) {
            const where = `${r.path}/${i.id}`;
            const here = await call(s, 'GET', where,
                                    { token: d.token('director') });
            const there = await call(s, 'GET', where,
                                     { token: d.otherToken('director') });
            equal([here.status, there.status], [200, 404], where);
        }
    });
}

test('a grid worker sees the people of the own grid and no others',
     async () => {
    const all = await call(s, 'GET', '/api/people?limit=500',
                           { token: d.token('director') });
    const own = await call(s, 'GET', '/api/people?limit=500',
                           { token: d.token('grid_worker') });
    ok(own.json.count > 0 && own.json.count < all.json.count / 2,
       `${own.json.count} of ${all.json.count}`);
    const mine = new Set(own.json.items.map((p) => p.building));
    const other = all.json.items.find((p) => !mine.has(p.building));
    const r = await call(s, 'GET', `/api/people/${other.id}`,
                         { token: d.token('grid_worker') });
    equal(r.status, 404, r.text);
    const report = await call(s, 'POST', '/api/reports/temperature', {
        token: d.token('grid_worker'),
        body: { person: other.id, temperature_c: 36.5 } });
    equal(report.status, 403, report.text);
});

test('names in lists are masked, a list of people is no reading',
     async () => {
    const r = await call(s, 'GET', '/api/people?limit=50',
                         { token: d.token('grid_worker') });
    for (const p of r.json.items)
        ok(/^.\*\*$/u.test(p.name) && p.phone === null && p.idno === null,
           JSON.stringify(p));
});

// ---- what is wrong is refused, by name ----

const problem = (r, status, field) => {
    equal(r.status, status, r.text);
    ok(r.headers.get('content-type').startsWith('application/problem+json'),
       r.headers.get('content-type'));
    equal(r.json.status, status);
    ok(r.json.title && r.json.detail, r.text);
    if (field !== undefined) equal(r.json.field, field, r.text);
};
const json = { 'content-type': 'application/json' };
const writes = plain.filter((r) => r.method !== 'GET' && r.kind === 'api' &&
                                   !r.path.endsWith('/batch'));

// A body that is only announced: the refusal comes before it is sent.
function announced(r, token) {
    return new Promise((resolve, reject) => {
        const c = net.connect(s.port, '127.0.0.1');
        let got = '';
        c.setTimeout(5000, () => reject(new Error('no answer')));
        c.on('data', (d) => { got += d; c.destroy(); resolve(got); });
        c.on('error', reject);
        c.write(`${r.method} ${concrete(r)} HTTP/1.1\r\nHost: x\r\n` +
                `Authorization: Bearer ${token}\r\nContent-Type: ` +
                `application/json\r\nContent-Length: 99000000\r\n\r\n`);
    });
}

for (const r of writes) {
    const token = d.token(roleOf(r));
    const send = (body, headers = json) =>
        call(s, r.method, concrete(r), { token, body, headers });

    test(`${r.method} ${r.path}: what is not JSON is 400`, async () => {
        const deep = '['.repeat(17) + ']'.repeat(17);
        for (const body of ['{', '{"a":1,"a":2}', '[]', 'null', '{"a":01}',
                            '{} {}', `{"a":${deep}}`, '{"a":"\\u0000"}',
                            new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])]) {
            const a = await send(body);
            ok(a.status === 400 || a.status === 404, `${body}: ${a.text}`);
            if (a.status === 400) problem(a, 400);
        }
    });

    test(`${r.method} ${r.path}: an unknown field is named`, async () => {
        const a = await send('{"no_such_field":1}');
        if (a.status === 404) return;
        problem(a, 422, 'no_such_field');
    });

    test(`${r.method} ${r.path}: too large is 413, another type 415`,
         async () => {
        ok(/^HTTP\/1.1 413 /.test(await announced(r, token)), 'is 413');
        problem(await send('x', { 'content-type': 'text/plain' }), 415);
    });
}

test('fields of a report are checked one by one', async () => {
    const bad = [
        [{}, 'temperature_c'], [{ temperature_c: null }, 'temperature_c'],
        [{ temperature_c: '36.5' }, 'temperature_c'],
        [{ temperature_c: 36.55 }, 'temperature_c'],
        [{ temperature_c: 99 }, 'temperature_c'],
        [{ temperature_c: 36.5, symptoms: ['dancing'] }, 'symptoms'],
        [{ temperature_c: 36.5, symptoms: 'cough' }, 'symptoms'],
        [{ temperature_c: 36.5, day: '2026-02-30' }, 'day'],
        [{ temperature_c: 36.5, day: '2099-01-01' }, 'day'],
        [{ temperature_c: 36.5, person: 7 }, 'person'],
        [{ temperature_c: 36.5, person: '7' }, 'person'],
        [{ temperature_c: 36.5, uuid: 'no' }, 'uuid'],
        [{ temperature_c: 36.5, note: 'x'.repeat(201) }, 'note'],
        [{ temperature_c: 36.5, id: '1' }, 'id'],
    ];
    for (const [body, field] of bad) {
        const r = await call(s, 'POST', '/api/reports/temperature',
                             { token: d.token('resident'), body });
        problem(r, 422, field);
    }
});

test('the reader is answered in the language asked for', async () => {
    const ask = (language) => call(s, 'POST', '/api/reports/temperature', {
        token: d.token('resident'), body: {},
        headers: { 'accept-language': language } });
    ok(/[\u4e00-\u9fff]/u.test((await ask('zh-CN')).json.detail), 'Chinese');
    ok(/[\u4e00-\u9fff]/u.test((await ask('fr')).json.detail), 'by default');
    ok(/^[ -~]+$/.test((await ask('en-GB,en;q=0.9')).json.detail),
       'English');
});

test('a wrong method names the right ones', async () => {
    const r = await call(s, 'DELETE', '/api/reports/temperature',
                         { token: d.token('resident') });
    problem(r, 405);
    equal(r.headers.get('allow').split(', ').sort(), ['GET', 'POST']);
});

test('a token that is unknown, expired or no token is 401', async () => {
    for (const authorization of ['Bearer x', 'Bearer ' + 'A'.repeat(43),
                                 'Basic eDp5', 'Bearer']) {
        const r = await call(s, 'GET', '/api/me',
                             { headers: { authorization } });
        problem(r, 401);
    }
});

test('requests that are not HTTP do no harm', async () => {
    for (const text of ['\r\n\r\n', 'GET\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n',
                        '\x16\x03\x01\x02\x00', 'GET /%00 HTTP/1.1\r\n' +
                        'Host: x\r\n\r\n', 'POST /login HTTP/1.1\r\n' +
                        'Host: x\r\nContent-Length: -1\r\n\r\n',
                        'GET / HTTP/1.1\r\nHost: x\r\nX: ' +
                        'y'.repeat(70000) + '\r\n\r\n']) {
        await new Promise((resolve) => {
            const c = net.connect(s.port, '127.0.0.1', () => c.write(text));
            c.on('data', () => {});
            c.on('error', resolve);
            c.on('close', resolve);
            setTimeout(() => c.destroy(), 300);
        });
    }
    equal((await call(s, 'GET', '/healthz')).json, { status: 'ok' });
});

test('every answer carries the headers that protect', async () => {
    for (const where of ['/login', '/healthz', '/no-such', '/api/me']) {
        const h = (await call(s, 'GET', where)).headers;
        equal(h.get('x-content-type-options'), 'nosniff', where);
        ok(/default-src 'self'/.test(h.get('content-security-policy')),
           where);
        equal(h.get('referrer-policy'), 'same-origin', where);
    }
});

// ---- the log-in with a cookie ----

async function login(password, headers = {}) {
    return call(s, 'POST', '/login', {
        headers: { 'content-type': 'application/x-www-form-urlencoded',
                   origin: s.url, ...headers },
        body: new URLSearchParams({ name: 'resident', password })
            .toString() });
}

test('a cookie writes only with a matching Origin and the form token',
     async () => {
    const r = await login(d.password('resident'));
    equal(r.status, 303, r.text);
    const set = r.headers.get('set-cookie');
    ok(/HttpOnly/i.test(set) && /SameSite=(Lax|Strict)/i.test(set), set);
    const cookie = set.split(';')[0];
    const page = await call(s, 'GET', '/report', { headers: { cookie } });
    equal(page.status, 200, page.text);
    const token = /name="form_token" value="([^"]+)"/.exec(page.text)[1];
    const post = (headers) => call(s, 'POST', '/api/reports/temperature', {
        body: { temperature_c: 36.5 }, headers: { cookie, ...headers } });
    equal((await post({})).status, 403);
    equal((await post({ origin: s.url })).status, 403);
    equal((await post({ origin: 'https://evil.example',
                        'x-form-token': token })).status, 403);
    const good = await post({ origin: s.url, 'x-form-token': token });
    equal(good.status, 201, good.text);
    const out = await call(s, 'POST', '/logout', {
        headers: { cookie, origin: s.url, 'content-type':
                   'application/x-www-form-urlencoded' },
        body: `form_token=${encodeURIComponent(token)}` });
    equal(out.status, 303, out.text);
    equal((await call(s, 'GET', '/api/me', { headers: { cookie } })).status,
          401);
});

test('wrong passwords are 401, and after a few one has to wait', async () => {
    let r;
    for (let i = 0; i < 8; i++) {
        r = await login('wrong');
        if (r.status !== 401) break;
    }
    equal(r.status, 429, r.text);
    ok(Number(r.headers.get('retry-after')) > 0, 'Retry-After');
});

await done();
