// ledger_test.mjs - the ledger on the screen and on paper; what a page gives
// as proof is proof.
// SPDX-License-Identifier: GPL-3.0-or-later
import { createHash } from 'node:crypto';
import { test, equal, ok, done, call, until } from '../story/story.mjs';
import { d, s, openAs, go, text, path, heard, DESK } from './browser.mjs';

const page = await openAs('auditor', { viewport: DESK });

const sha256 = (...parts) => createHash('sha256')
    .update(Buffer.concat(parts)).digest();

const pair = (left, right) => sha256(Buffer.from([1]), left, right);

// RFC 6962, 2.1.1, read backwards: the root that a path leads to.
function rootOf(leaf, seq, size, hashes) {
    let node = seq, last = size - 1, hash = leaf;
    for (const h of hashes) {
        ok(last > 0, 'no hash too many');
        if (node % 2 || node === last) {
            hash = pair(h, hash);
            while (node % 2 === 0 && node > 0) {
                node = Math.floor(node / 2);
                last = Math.floor(last / 2);
            }
        } else {
            hash = pair(hash, h);
        }
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
    }
    equal(last, 0, 'no hash too few:');
    return hash.toString('hex');
}

test('the newest entries come first, and there is a next page', async () => {
    equal(await go(page, '/ledger'), 200);
    const numbers = (await page.locator('tbody td:first-child')
        .allInnerTexts()).map(Number);
    ok(numbers.length > 10, `${numbers.length} entries`);
    equal(numbers, numbers.toSorted((a, b) => b - a));
    await page.click('a[rel=next]');
    await page.waitForLoadState();
    equal(Number(await text(page, 'tbody td:first-child')),
          numbers.at(-1) - 1);
});

test('an entry shows what is stored, and its proof leads to the root',
     async () => {
    for (const seq of [0, 3, 40, 777]) {
        equal(await go(page, `/ledger/${seq}`), 200);
        equal(await text(page, 'h1'), `存证第 ${seq} 条`);
        await page.click('details summary');
        const body = await text(page, 'pre');
        const all = (await page.locator('dd code').allInnerTexts())
            .map((t) => Buffer.from(t.trim(), 'hex'));
        const [leaf, ...hashes] = all;
        const root = hashes.pop().toString('hex');
        equal(leaf, sha256(Buffer.from([0]), Buffer.from(body)),
              'the hash of the entry:');
        const size = Number(/全部\s*([\d,]+)\s*条/.exec(await text(page))[1]
            .replaceAll(',', ''));
        equal(rootOf(leaf, seq, size, hashes), root, `entry ${seq}:`);
    }
});

test('the root on the page is the one that is given out', async () => {
    await until('the same root', async () => {
        await go(page, '/ledger/3');
        const shown = await page.locator('dd code').last().innerText();
        const entry = await call(s, 'GET', '/api/ledger/3',
                                 { token: d.token('auditor') });
        return entry.status === 200 && entry.json.root === shown.trim();
    });
});

test('an entry that there is not is not found', async () => {
    equal(await go(page, '/ledger/99999999'), 404);
});

test('entries about one thing are one click away', async () => {
    await page.goto('/ledger');
    await page.locator('tbody td:nth-child(5) a').first().click();
    await page.waitForLoadState();
    equal(path(page), '/ledger');
    ok(page.url().includes('thing='), page.url());
    ok(await page.locator('tbody td:nth-child(5) a').count() > 0, 'entries');
});

test('a kind of entry can be chosen', async () => {
    await page.goto('/ledger');
    await page.locator('details.filter summary').click();
    await page.locator('details.filter a').filter({ hasText: '收到上报' })
        .first().click();
    await page.waitForLoadState();
    const kinds = new Set(await page.locator('tbody td:nth-child(4)')
        .allInnerTexts());
    equal([...kinds], ['收到上报']);
});

test('on paper the table is whole and no wider than the sheet', async () => {
    await page.goto('/ledger');
    const rows = await page.locator('tbody tr').count();
    await page.emulateMedia({ media: 'print' });
    for (const [sheet, width] of [['A4', 718], ['A4 landscape', 1046]]) {
        await page.setViewportSize({ width, height: 1000 });
        const found = await page.evaluate(() => {
            const box = document.querySelector('.scroll');
            const last = document.querySelector('tbody tr:last-child');
            return { over: document.documentElement.scrollWidth -
                         document.documentElement.clientWidth,
                     cut: box.scrollWidth - box.clientWidth,
                     below: last.getBoundingClientRect().bottom >
                         box.getBoundingClientRect().bottom + 1,
                     nav: document.querySelector('.nav').checkVisibility() };
        });
        equal(found, { over: 0, cut: 0, below: false, nav: false },
              `${sheet}:`);
    }
    const pdf = await page.pdf({ format: 'A4' });
    const sheets = pdf.toString('latin1').match(/\/Type \/Page\b/g).length;
    ok(sheets >= 1 && sheets <= Math.ceil(rows / 15) + 1,
       `${rows} rows on ${sheets} sheets`);
    await page.emulateMedia({ media: 'screen' });
    await page.setViewportSize(DESK);
});

test('the browser had nothing to complain about', async () => {
    equal(heard(), []);
});

await done();
