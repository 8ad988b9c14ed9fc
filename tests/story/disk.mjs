// disk.mjs - the disk is full: writing is refused clearly, reading goes on,
// and it recovers by itself.
// SPDX-License-Identifier: GPL-3.0-or-later
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { test, equal, ok, done, demo, serve, call, renlin, until }
    from './story.mjs';

const d = demo();
const s = await serve(d.db);
const token = d.token('resident');
const report = () => call(s, 'POST', '/api/reports/temperature',
                          { token, body: { temperature_c: 36.4 } });

// No file of the server may grow past what it is now: as a full disk.
function limit(bytes) {
    const r = spawnSync('prlimit', ['--pid', String(s.child.pid),
                                    `--fsize=${bytes}:unlimited`],
                        { encoding: 'utf8' });
    equal(r.status, 0, r.stderr);
}

test('with room a report is taken', async () => {
    equal((await report()).status, 201);
});

test('without room it is refused with 503 and when to try again',
     async () => {
    limit(fs.statSync(`${d.db}-wal`).size + 1);
    let r;
    for (let i = 0; i < 50 && (!r || r.status === 201); i++)
        r = await report();
    equal(r.status, 503, r.text);
    ok(r.headers.get('retry-after'), 'Retry-After is there');
    ok(r.json.detail.length > 0, r.text);
});

test('reading goes on meanwhile', async () => {
    const r = await call(s, 'GET', '/api/reports/temperature?limit=5',
                         { token });
    equal(r.status, 200, r.text);
    const health = await call(s, 'GET', '/healthz');
    ok(health.json.status !== 'ok', 'the health page tells');
});

test('it recovers by itself once there is room', async () => {
    limit('unlimited');
    await until('a report is taken',
                async () => (await report()).status === 201);
    await s.stop();
    equal(renlin('verify', '--db', d.db).code, 0);
});

await done();
