// pages_test.mjs - what holds of every page, for each role that may ask for
// it: it can be read by all, fits a phone, says where one is, that the data
// is a demonstration's, and whom to call.
// SPDX-License-Identifier: GPL-3.0-or-later
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { test, equal, ok, done } from '../story/story.mjs';
import { open, openAs, go, text, path, heard, pagesOf, ROLES, PHONE }
    from './browser.mjs';

const AXE = fs.readFileSync(
    createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// What axe finds wrong, in words; options say which rules.
async function faults(page, options = {}) {
    await page.evaluate(AXE);
    const found = await page.evaluate(
        (o) => axe.run(document, { resultTypes: ['violations'], ...o }),
        options);
    return found.violations.map((v) => `${v.id}: ` +
        v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', '));
}

// What sticks out to the right at this width, but for what scrolls itself.
async function sticksOut(page, width, size) {
    await page.setViewportSize({ ...PHONE, width });
    return page.evaluate((wanted) => {
        const html = document.documentElement;
        const was = html.dataset.size;
        if (wanted) html.dataset.size = wanted;
        const wide = html.scrollWidth > html.clientWidth;
        const out = !wide ? [] : [...document.querySelectorAll('body *')]
            .filter((e) => !e.parentElement.closest('.scroll') &&
                    e.getBoundingClientRect().right > html.clientWidth + 1)
            .map((e) => `${e.tagName}.${e.className}`).slice(0, 4);
        html.dataset.size = was;
        return wide ? out.concat(`${html.scrollWidth} px`) : [];
    }, size);
}

async function holdsAnywhere(page) {
    const h1 = await page.locator('h1').allInnerTexts();
    equal(h1.length, 1, 'headings of the first order:');
    ok(h1[0].trim() && (await page.title()).startsWith(h1[0].trim()),
       `title "${await page.title()}", heading "${h1[0]}"`);
    equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
    equal(await page.locator('main').count(), 1);
    equal(await faults(page), [], 'axe:');
    for (const width of [390, 320]) {
        equal(await sticksOut(page, width), [], `${width} px:`);
        equal(await sticksOut(page, width, 'large'), [],
              `${width} px, large type:`);
    }
}

async function holds(page, known) {
    await holdsAnywhere(page);
    ok((await text(page, '.demo')).includes('演示数据'), 'it is said');
    if (known)
        ok(await page.locator('.top a.help[href^="tel:"]').isVisible(),
           'the number to call');
}

// By night, contrast alone is looked at again, once per page.
const dark = new Set();

async function holdsByNight(page) {
    if (dark.has(path(page))) return;
    dark.add(path(page));
    await page.emulateMedia({ colorScheme: 'dark' });
    equal(await faults(page, { runOnly: ['color-contrast'] }), [],
          'axe, dark:');
    await page.emulateMedia({ colorScheme: 'light' });
}

for (const role of ['public', ...ROLES]) {
    let page;
    const seen = new Set();
    for (const where of pagesOf(role)) {
        test(`${role} ${where}: readable, fits, says what it must`,
             async () => {
            page ??= role === 'public' ? await open() : await openAs(role);
            await page.setViewportSize(PHONE);
            equal(await go(page, where), 200);
            if (seen.has(path(page))) return;
            seen.add(path(page));
            await holds(page, role !== 'public');
            await holdsByNight(page);
        });
    }
}

test('what is not there, or not for me, is a page like any other',
     async () => {
    const page = await openAs('resident');
    for (const [where, status] of [['/no/such/page', 404],
                                   ['/ledger', 403]]) {
        equal(await go(page, where), status);
        await holdsAnywhere(page);
        ok(await page.locator('main a.button[href="/"]').isVisible(),
           'a way on');
    }
});

test('the browser had nothing to complain about: the policy holds',
     async () => {
    const page = await open();
    const r = await page.goto('/login');
    const policy = r.headers()['content-security-policy'] ?? '';
    ok(/default-src '(self|none)'/.test(policy) &&
       !/unsafe-(inline|eval)/.test(policy), policy);
    equal(heard(), []);
});

test('the policy stops a script that was smuggled in', async () => {
    const page = await open();
    await page.goto('/login');
    await page.evaluate(() => {
        const s = document.createElement('script');
        s.textContent = 'window.smuggled = 1';
        document.body.append(s);
    });
    equal(await page.evaluate(() => window.smuggled), undefined);
    ok(heard().some((c) => c.includes('Content Security Policy')),
       'and the browser says so');
});

await done();
