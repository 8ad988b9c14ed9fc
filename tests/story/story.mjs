// story.mjs - what every end-to-end test needs: a community of its own, a
// server of its own, and sentences that come out as TAP.
// SPDX-License-Identifier: GPL-3.0-or-later
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual, inspect } from 'node:util';

export const RENLIN = path.resolve(process.env.RENLIN ?? 'build/renlin');
const BUILD = path.dirname(RENLIN);
export const TODAY = '2026-11-24';

// ---- sentences ----

const sentences = [];
let failed = 0;

export function test(name, fn) { sentences.push([name, fn]); }

export function equal(got, wanted, what = '') {
    if (!isDeepStrictEqual(got, wanted))
        throw new Error(`${what} got ${inspect(got, { depth: 4 })}, ` +
                        `wanted ${inspect(wanted, { depth: 4 })}`);
}

export function ok(truth, what) { if (!truth) throw new Error(what); }

export async function done() {
    let n = 0;
    for (const [name, fn] of sentences) {
        n++;
        try {
            await fn();
            console.log(`ok ${n} - ${name}`);
        } catch (e) {
            failed++;
            console.log(`not ok ${n} - ${name}`);
            for (const line of String(e.stack ?? e).split('\n').slice(0, 6))
                console.log(`# ${line}`);
        }
    }
    console.log(`1..${n}`);
    cleanUp();
    process.exit(failed ? 1 : 0);
}

// ---- a community and its server ----

const dirs = [], servers = [];

export function tempDir() {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'renlin-story-'));
    dirs.push(dir);
    return dir;
}

function cleanUp() {
    for (const s of servers) s.child.kill('SIGKILL');
    for (const d of dirs) fs.rmSync(d, { recursive: true, force: true });
}

export function renlin(...args) {
    const options = { encoding: 'utf8', maxBuffer: 1 << 28 };
    const r = spawnSync(RENLIN, args, options);
    return { code: r.status, out: r.stdout, err: r.stderr };
}

// The demonstration is made once per build (with few days of reports, which
// is what most stories need) and copied by each.
export function demo() {
    const dir = tempDir();
    const made = path.join(BUILD, 'story');
    const stamp = path.join(made, 'accounts.json');
    const fresh = fs.existsSync(stamp) &&
        fs.statSync(stamp).mtimeMs > fs.statSync(RENLIN).mtimeMs;
    if (!fresh) {
        fs.rmSync(made, { recursive: true, force: true });
        fs.mkdirSync(made, { recursive: true });
        const db = path.join(made, 'demo.db');
        const one = renlin('init', '--db', db, '--demo', '--days', '3',
                           '--today', TODAY, '--json');
        if (one.code !== 0) throw new Error(one.err);
        const two = renlin('init', '--db', db, '--demo', '--days', '2',
                           '--today', TODAY, '--json', '--add',
                           '--name', '邻近社区', '--seed', '2');
        if (two.code !== 0) throw new Error(two.err);
        fs.writeFileSync(stamp, JSON.stringify([JSON.parse(one.out),
                                                JSON.parse(two.out)]));
    }
    for (const f of fs.readdirSync(made))
        fs.copyFileSync(path.join(made, f), path.join(dir, f));
    const [here, there] = JSON.parse(
        fs.readFileSync(path.join(dir, 'accounts.json'), 'utf8'));
    return { dir, db: path.join(dir, 'demo.db'), here, there,
             token: (name) => tokenOf(here, name),
             password: (name) =>
                 here.accounts.find((a) => a.name === name).password,
             otherToken: (role) =>
                 there.accounts.find((a) => a.role === role).token };
}

function tokenOf(community, name) {
    const a = community.accounts.find((x) => x.name === name);
    if (!a) throw new Error(`no account ${name}`);
    return a.token;
}

export function serve(db, ...args) {
    return new Promise((resolve, reject) => {
        const child = spawn(RENLIN, ['serve', '--db', db, '--listen',
                                     '127.0.0.1:0', ...args],
                            { stdio: ['ignore', 'ignore', 'pipe'] });
        const server = { child, log: '', exited: null };
        server.exited = new Promise((r) =>
            child.on('exit', (code, signal) => r({ code, signal })));
        server.exited.then((e) => reject(
            new Error(`serve ended ${inspect(e)}: ${server.log}`)));
        child.stderr.on('data', (d) => {
            server.log += d;
            const m = /listening on (https?:\/\/\S+)/.exec(server.log);
            if (!m) return;
            server.url = m[1].replace(/\/$/, '');
            server.port = Number(new URL(server.url).port);
            resolve(server);
        });
        server.stop = async () => {
            child.kill('SIGTERM');
            return server.exited;
        };
        server.kill = async () => {
            child.kill('SIGKILL');
            return server.exited;
        };
        servers.push(server);
    });
}

// One call; body objects go as JSON.  Answers status, headers, text, json.
export async function call(server, method, where, options = {}) {
    const headers = { ...options.headers };
    let body = options.body;
    if (options.token) headers.authorization = `Bearer ${options.token}`;
    if (body !== undefined && typeof body !== 'string' &&
        !(body instanceof Uint8Array)) {
        body = JSON.stringify(body);
        headers['content-type'] ??= 'application/json';
    }
    const r = await fetch(server.url + where, { method, headers, body,
                                                redirect: 'manual' });
    const text = await r.text();
    let json = null;
    if (/json/.test(r.headers.get('content-type') ?? '')) {
        try { json = JSON.parse(text); } catch { /* lines */ }
    }
    return { status: r.status, headers: r.headers, text, json };
}

export const sleep = (ms) => new Promise((r) => setTimeout(r, ms));

export async function until(what, fn, ms = 5000) {
    const end = Date.now() + ms;
    for (;;) {
        if (await fn()) return;
        if (Date.now() > end) throw new Error(`never: ${what}`);
        await sleep(50);
    }
}
