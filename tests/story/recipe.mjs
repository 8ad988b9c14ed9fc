// recipe.mjs - what follows from a new kind of report by itself; see
// tests/recipe.sh, which made the program that is tested here.
// SPDX-License-Identifier: GPL-3.0-or-later
import { test, equal, ok, done, demo, serve, call, until }
    from './story.mjs';

const d = demo();
const s = await serve(d.db);
const as = (name) => ({ token: d.token(name) });
const today = new Intl.DateTimeFormat('en-CA', {
    timeZone: 'Asia/Shanghai' }).format(new Date());
const me = (await call(s, 'GET', '/api/me', as('resident'))).json;

test('the new kind has its routes in the OpenAPI document', async () => {
    const r = await call(s, 'GET', '/api/openapi.json');
    ok(r.json.paths['/api/reports/antigen'].post, 'post is there');
    ok(JSON.stringify(r.json).includes('"positive"'), 'and its fields');
});

test('a resident sends one and reads it back', async () => {
    const body = { person: me.person, day: today, positive: false };
    const r = await call(s, 'POST', '/api/reports/antigen',
                         { ...as('resident'), body });
    equal(r.status, 201, r.text);
    const back = await call(s, 'GET', `/api/reports/antigen/${r.json.id}`,
                            as('resident'));
    equal([back.json.day, back.json.positive], [today, false], back.text);
});

test('its own check names the field', async () => {
    const body = { person: me.person, day: '2099-01-01', positive: true };
    const r = await call(s, 'POST', '/api/reports/antigen',
                         { ...as('resident'), body });
    equal([r.status, r.json.field], [422, 'day'], r.text);
    equal(r.json.detail, '检测日期在今天之后');
});

test('a list on screen names it in both languages', async () => {
    for (const [language, name] of [['zh', '抗原自测'],
                                    ['en', 'Home antigen tests']]) {
        const r = await call(s, 'GET', `/reports?kind=antigen&lang=${language}`,
                             as('director'));
        equal(r.status, 200, r.text);
        ok(r.text.includes(name), `${name} is on the page`);
    }
});

test('a cluster of it raises an alert of its detector', async () => {
    const people = (await call(s, 'GET', '/api/people?limit=500',
                               as('director'))).json.items;
    const home = people[0].building;
    for (const p of people.filter((x) => x.building === home).slice(0, 8)) {
        const r = await call(s, 'POST', '/api/reports/antigen', {
            ...as('director'),
            body: { person: p.id, day: today, positive: true } });
        equal(r.status, 201, r.text);
    }
    await until('an alert', async () => {
        const r = await call(s, 'GET', '/api/alerts?limit=200',
                             as('director'));
        return r.json.items.some((a) => a.kind === 'antigen' &&
                                        a.detector === 'cusum');
    });
});

await done();
