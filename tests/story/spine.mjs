// spine.mjs - a report comes in, is stored, proven and told.
// SPDX-License-Identifier: GPL-3.0-or-later
import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import fs from 'node:fs';
import path from 'node:path';
import { test, equal, ok, done, demo, serve, call, renlin, until }
    from './story.mjs';

const d = demo();
const s = await serve(d.db);
const as = (name) => ({ token: d.token(name) });
let first;

test('a resident reports a temperature and gets its id', async () => {
    const r = await call(s, 'POST', '/api/reports/temperature', {
        ...as('resident'), body: { temperature_c: 36.5,
                                   symptoms: ['cough'] } });
    equal(r.status, 201, r.text);
    ok(/^\d+$/.test(r.json.id), `id is text: ${r.text}`);
    first = r.json.id;
});

test('the same uuid again is the same report, other content a conflict',
     async () => {
    const body = { uuid: randomUUID(), temperature_c: 36.6 };
    const one = await call(s, 'POST', '/api/reports/temperature',
                           { ...as('resident'), body });
    const two = await call(s, 'POST', '/api/reports/temperature',
                           { ...as('resident'), body });
    const three = await call(s, 'POST', '/api/reports/temperature', {
        ...as('resident'), body: { ...body, temperature_c: 38 } });
    equal([one.status, two.status, three.status], [201, 200, 409]);
    equal(one.json, two.json);
});

test('the reporter reads it back as it was sent', async () => {
    const r = await call(s, 'GET', `/api/reports/temperature/${first}`,
                         as('resident'));
    equal(r.status, 200, r.text);
    equal([r.json.temperature_c, r.json.symptoms, r.json.id],
          [36.5, ['cough'], first]);
});

test('a neighbour does not find it', async () => {
    const r = await call(s, 'GET', `/api/reports/temperature/${first}`,
                         as('guard'));
    equal(r.status, 404, r.text);
});

test('the director reads it, and the reading is in the ledger', async () => {
    const r = await call(s, 'GET', `/api/reports/temperature/${first}`,
                         as('director'));
    equal(r.status, 200, r.text);
    const l = await call(s, 'GET', '/api/ledger?kind=reading&limit=100',
                         as('auditor'));
    equal(l.status, 200, l.text);
    ok(l.json.items.length > 0, l.text);
});

test('a batch is taken whole or not at all', async () => {
    const line = (t) => JSON.stringify({ temperature_c: t }) + '\n';
    const before = await count();
    const headers = { 'content-type': 'application/x-ndjson' };
    const bad = await call(s, 'POST', '/api/reports/temperature/batch', {
        ...as('resident'), headers, body: line(36.1) + line(99) });
    equal(bad.status, 422, bad.text);
    equal([bad.json.field, bad.json.row], ['temperature_c', 2]);
    equal(await count(), before);
    const good = await call(s, 'POST', '/api/reports/temperature/batch', {
        ...as('resident'), headers, body: line(36.1) + line(36.2) });
    ok(good.status === 200 || good.status === 201, good.text);
    equal(await count(), before + 2);
    const some = await call(
        s, 'POST', '/api/reports/temperature/batch?skip_bad=1',
        { ...as('resident'), headers, body: line(36.1) + line(99) });
    ok(some.status < 300, some.text);
    equal(await count(), before + 3);
});

async function count() {
    const r = await call(s, 'GET', '/api/reports/temperature?limit=1',
                         as('resident'));
    equal(r.status, 200, r.text);
    return r.json.count;
}

test('lists go on from their cursor and end', async () => {
    let after = '', n = 0, last = '';
    for (;;) {
        const r = await call(
            s, 'GET', `/api/reports/temperature?limit=2${after}`,
            as('resident'));
        equal(r.status, 200, r.text);
        for (const i of r.json.items) {
            ok(BigInt(i.id) > BigInt(last || 0), 'ids rise');
            last = i.id;
            n++;
        }
        if (r.json.next === null) break;
        after = `&after=${r.json.next}`;
    }
    equal(n, await count());
});

test('a cluster of fever becomes an alert within a second', async () => {
    const people = await call(s, 'GET', '/api/people?limit=500',
                              as('director'));
    equal(people.status, 200, people.text);
    const home = people.json.items[0].building;
    const some = people.json.items.filter((p) => p.building === home)
        .slice(0, 8);
    for (const p of some) {
        const r = await call(s, 'POST', '/api/reports/temperature', {
            ...as('director'), body: { person: p.id, temperature_c: 38.6 } });
        equal(r.status, 201, r.text);
    }
    await until('an alert', async () => {
        const r = await call(s, 'GET', '/api/alerts', as('director'));
        return r.status === 200 &&
            r.json.items.some((a) => a.building === home);
    }, 2000);
});

test('a roster is imported, each bad cell is named', async () => {
    const file = path.join(d.dir, 'roster.csv');
    fs.writeFileSync(file, '楼栋,单元,房号,姓名,身份证号,电话,标签\n' +
        '1,1,101,张新来,,,独居\n' + '1,1,102,李误,3.6E+17,,\n');
    const bad = renlin('import', '--db', d.db, '--community', '示范社区', file, '--json');
    equal(bad.code, 2, bad.err);
    const verdict = JSON.parse(bad.out);
    equal([verdict.cells.length, verdict.cells[0].row], [1, 3], bad.out);
    const good = renlin('import', '--db', d.db, '--community', '示范社区', file, '--skip-bad', '--json');
    equal(good.code, 0, good.err);
    const done_ = JSON.parse(good.out);
    equal([done_.added, done_.refused], [1, 1], good.out);
});

test('verify holds while serving, without keys', async () => {
    const r = renlin('verify', '--db', d.db);
    equal(r.code, 0, r.out + r.err);
    ok(/ok: \d+ entries, root [0-9a-f]{64}/.test(r.out), r.out);
});

test('a changed byte is found and named', async () => {
    await s.stop();
    const db = new DatabaseSync(d.db);
    db.exec('UPDATE ledger_entry SET body = replace(body, \'"v":1\', ' +
            '\'"v":2\') WHERE seq = 77 AND community = ' + d.here.community);
    db.close();
    const r = renlin('verify', '--db', d.db);
    equal(r.code, 1, r.out);
    ok(/entry 77: /.test(r.out), r.out);
});

await done();
