// kill.mjs - the power goes fifty times under load: nothing answered is lost.
// SPDX-License-Identifier: GPL-3.0-or-later
import { randomUUID } from 'node:crypto';
import { test, equal, ok, done, demo, serve, call, renlin, sleep }
    from './story.mjs';

const TIMES = Number(process.env.RENLIN_KILLS ?? 50);
const d = demo();
const token = d.token('resident');
const answered = [];

async function loadUntilKilled(s) {
    let running = true;
    const worker = async () => {
        while (running) {
            const body = { uuid: randomUUID(), temperature_c: 36.4 };
            try {
                const r = await call(s, 'POST', '/api/reports/temperature',
                                     { token, body });
                if (r.status === 201) answered.push([body, r.json.id]);
            } catch {
                return; // the connection died with the server
            }
        }
    };
    const workers = Array.from({ length: 16 }, worker);
    await sleep(60 + Math.random() * 120);
    await s.kill();
    running = false;
    await Promise.all(workers);
}

test(`kill -9 under load, ${TIMES} times: the server always comes back`,
     async () => {
    for (let i = 0; i < TIMES; i++)
        await loadUntilKilled(await serve(d.db));
    ok(answered.length > TIMES, `only ${answered.length} were answered`);
});

test('every answered write is there, with the id that was told', async () => {
    const s = await serve(d.db);
    for (const [body, id] of answered) {
        const r = await call(s, 'POST', '/api/reports/temperature',
                             { token, body });
        equal([r.status, r.json.id], [200, id]);
    }
    await s.stop();
});

test('the ledger verifies', () => {
    const r = renlin('verify', '--db', d.db);
    equal(r.code, 0, r.out + r.err);
});

await done();
