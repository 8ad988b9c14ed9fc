// keyboard_test.mjs - all can be done without a mouse.
// SPDX-License-Identifier: GPL-3.0-or-later
import { test, equal, ok, done } from '../story/story.mjs';
import { d, open, openAs, path, heard, DESK } from './browser.mjs';

const focused = (page) => page.evaluate(() => {
    const e = document.activeElement, style = getComputedStyle(e);
    const box = (e.closest('.option') ?? e).getBoundingClientRect();
    return { what: e.id || e.getAttribute('href') || e.name || e.tagName,
             tag: e.tagName, width: box.width, height: box.height,
             ring: style.outlineStyle !== 'none' &&
                 parseFloat(style.outlineWidth) >= 2 };
});

test('the first stop skips to the content', async () => {
    const page = await openAs('resident', { viewport: DESK });
    await page.goto('/');
    await page.keyboard.press('Tab');
    const skip = await focused(page);
    equal(skip.what, '#main');
    ok(skip.width > 40 && skip.height > 20, 'and is seen when it is there');
    await page.keyboard.press('Enter');
    equal((await focused(page)).what, 'main');
    await page.keyboard.press('Tab');
    ok(await page.evaluate(() => document.querySelector('main')
        .contains(document.activeElement)), 'on from there');
});

for (const [who, where] of [['resident', '/'], ['resident', '/report'],
                            ['director', '/reports'],
                            ['auditor', '/ledger']]) {
    test(`${who} ${where}: one sees where one is, and gets through`,
         async () => {
        const page = await openAs(who, { viewport: DESK });
        await page.goto(where);
        const stops = new Set();
        for (let i = 0; i < 200; i++) {
            await page.keyboard.press('Tab');
            const f = await focused(page);
            if (f.tag === 'BODY') break;
            ok(f.ring, `no ring at ${f.what}`);
            stops.add(f.what);
            if (where !== '/report' && i > 30) break; /* a long list */
        }
        ok(stops.size > 5, `${stops.size} stops`);
    });
}

test('logging in and reporting need no mouse', async () => {
    const page = await open();
    await page.goto('/login');
    await page.locator('#f-name').focus();
    await page.keyboard.type('resident');
    await page.keyboard.press('Tab');
    await page.keyboard.type(d.password('resident'));
    await page.keyboard.press('Enter');
    await page.waitForURL((u) => u.pathname === '/');
    await page.goto('/report');
    await page.locator('input[name^=temperature_c-]').first().focus();
    await page.keyboard.type('36.6');
    await page.keyboard.press('Tab'); /* plus */
    await page.keyboard.press('Tab'); /* the first symptom */
    await page.keyboard.press('Space');
    equal(await page.locator('input[type=checkbox]:checked').count(), 1);
    await page.locator('main form button[type=submit]').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/report?**sent=**');
    equal(path(page), '/report');
});

test('? lists the keys, Escape closes the list', async () => {
    const page = await openAs('resident');
    await page.goto('/');
    await page.keyboard.press('?');
    ok(await page.locator('#keys').isVisible(), 'the list is there');
    await page.keyboard.press('Escape');
    ok(await page.locator('#keys').isHidden(), 'and gone');
});

test('the browser had nothing to complain about', async () => {
    equal(heard(), []);
});

await done();
