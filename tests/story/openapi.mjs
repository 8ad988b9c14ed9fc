// openapi.mjs - the description of the interface is one that strangers'
// tools accept, and it names every route.
// SPDX-License-Identifier: GPL-3.0-or-later
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test, equal, ok, done, demo, serve, call, renlin, tempDir }
    from './story.mjs';

const d = demo();
const s = await serve(d.db);
const REDOCLY = 'node_modules/@redocly/cli/bin/cli.js';

// The complaints of the linter, one a line.
function lint(description) {
    const file = path.join(tempDir(), 'openapi.json');
    fs.writeFileSync(file, JSON.stringify(description));
    const r = spawnSync(process.execPath, [REDOCLY, 'lint', '--config',
        'tests/redocly.yaml', '--format', 'json', file], {
        encoding: 'utf8',
        env: { ...process.env, REDOCLY_TELEMETRY: 'off',
               REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' } });
    const found = JSON.parse(r.stdout);
    equal(r.status === 0, found.totals.errors === 0, r.stderr);
    return found.problems.map((p) => `${p.ruleId}: ${p.message} ` +
                                     `${p.location[0]?.pointer ?? ''}`);
}

const r = await call(s, 'GET', '/api/openapi.json');

test('the description is there for everybody', async () => {
    equal(r.status, 200);
    ok(/^3\.1\./.test(r.json.openapi), r.json.openapi);
});

test('the linter finds nothing', async () => {
    equal(lint(r.json), []);
});

test('the linter would find something', async () => {
    const worse = structuredClone(r.json);
    const at = Object.keys(worse.paths)[0];
    const how = Object.keys(worse.paths[at])[0];
    delete worse.paths[at][how].operationId;
    delete worse.paths[at][how].responses;
    ok(lint(worse).length >= 2, 'with parts left out');
});

test('every route of the interface is described', async () => {
    const routes = JSON.parse(renlin('routes', '--json').out);
    const missing = routes.filter((x) => x.kind === 'api')
        .filter((x) => !r.json.paths[x.path]?.[x.method.toLowerCase()])
        .map((x) => `${x.method} ${x.path}`);
    equal(missing, []);
});

await done();
