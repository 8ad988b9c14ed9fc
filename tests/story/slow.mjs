// slow.mjs - a thousand clients that dribble: others are served throughout.
// SPDX-License-Identifier: GPL-3.0-or-later
import { spawn } from 'node:child_process';
import { test, ok, equal, done, demo, serve, call, sleep }
    from './story.mjs';

const d = demo();
const s = await serve(d.db);
const token = d.token('resident');

async function attacked(kind, name) {
    const attack = spawn('slowhttptest', ['-c', '1000', kind, '-i', '3', '-r',
        '400', '-l', '12', '-p', '3', '-t', kind === '-B' ? 'POST' : 'GET',
        '-x', '24', '-u', `${s.url}${kind === '-B' ? '/login' : '/healthz'}`],
        { stdio: 'ignore' });
    const over = new Promise((r) => attack.on('exit', r));
    let running = true;
    over.then(() => { running = false; });
    await sleep(3000); // all of them are connected by now
    const took = [];
    while (running) {
        const t = performance.now();
        const r = await call(s, 'POST', '/api/reports/temperature',
                             { token, body: { temperature_c: 36.4 } });
        equal(r.status, 201, `${name}: ${r.text}`);
        took.push(performance.now() - t);
        await sleep(20);
    }
    took.sort((a, b) => a - b);
    ok(took.length > 50, `${name}: ${took.length} calls`);
    const p99 = took[Math.floor(took.length * 0.99)];
    ok(p99 < 1000, `${name}: p99 ${p99.toFixed(0)} ms`);
}

test('others are served while 1,000 clients send headers slowly',
     () => attacked('-H', 'slow headers'));
test('others are served while 1,000 clients send bodies slowly',
     () => attacked('-B', 'slow bodies'));
test('others are served while 1,000 clients read slowly',
     () => attacked('-X', 'slow reading'));

await done();
