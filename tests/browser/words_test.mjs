// words_test.mjs - the two languages keep apart; type can be large.
// SPDX-License-Identifier: GPL-3.0-or-later
import fs from 'node:fs';
import { test, equal, ok, done } from '../story/story.mjs';
import { d, open, openAs, go, speak, text, pagesOf, ROLES }
    from './browser.mjs';

// All that a reader or a screen reader is told: [where, text].
const told = (page) => page.evaluate(() => {
    const out = [['title', document.title]];
    const walk = document.createTreeWalker(document.documentElement,
                                           NodeFilter.SHOW_TEXT);
    for (let n; (n = walk.nextNode());) {
        const e = n.parentElement;
        if (e.closest('script, style, pre, code, kbd, [hreflang]')) continue;
        if (!n.data.trim()) continue;
        out.push([e.closest('td, .brand, .person, .card > h2') ? 'data'
                  : 'words', n.data.trim()]);
    }
    for (const e of document.querySelectorAll('[aria-label], [data-lost]'))
        out.push(['words', e.ariaLabel ?? e.dataset.lost]);
    return out;
});

// The Chinese words of the interface.
const ours = new Set(fs.readFileSync('assets/i18n/zh.txt', 'utf8')
    .split('\n').filter((l) => !l.startsWith('#') && l.includes(' = '))
    .map((l) => l.slice(l.indexOf(' = ') + 3).trim()));

const HAN = /\p{Script=Han}/u;

// Names of people, places and communities are what they are.
function isChineseLeft([where, said], community) {
    const rest = said.replaceAll(community, '')
        .replace(/^\d+(栋|号楼)$/, '');
    if (!HAN.test(rest)) return false;
    return where !== 'data' || ours.has(rest);
}

// Log-in names and a few names are written in Latin letters in Chinese, too.
const names = d.here.accounts.map((a) => a.name);
const LATIN = new RegExp(`${names.join('|')}|English|Renlin|renlin help` +
                         '|API|CSV|XLSX|SHA-256|PIN', 'g');

const isEnglishLeaked = ([, said]) => /[A-Za-z]{2}/.test(
    said.replace(LATIN, ''));

const seen = new Set();

for (const role of ['public', ...ROLES]) {
    /* Each page once; the first page is another's for each role. */
    const pages = pagesOf(role).filter(
        (p) => p !== '/style' && (p === '/' || !seen.has(p)));
    for (const p of pages) seen.add(p);
    test(`${role}: English pages are English, Chinese ones Chinese`,
         async () => {
        const page = role === 'public' ? await open() : await openAs(role);
        for (const where of pages) {
            await speak(page, 'en');
            equal(await go(page, where), 200, where);
            equal((await told(page)).filter(
                (t) => isChineseLeft(t, '示范社区')), [], `${where} in en:`);
            await speak(page, 'zh');
            equal(await go(page, where), 200, where);
            equal((await told(page)).filter(isEnglishLeaked), [],
                  `${where} in zh:`);
        }
    });
}

test('the language that was chosen stays chosen', async () => {
    const page = await openAs('resident');
    await page.goto('/');
    await page.click('.who a[hreflang=en]');
    equal(await page.locator('html').getAttribute('lang'), 'en');
    await page.goto('/report');
    equal(await text(page, 'h1'), 'Today\'s report');
    await page.click('.who a[hreflang=zh-CN]');
    await page.goto('/report');
    equal(await text(page, 'h1'), '今日上报');
});

test('errors speak the reader\'s language', async () => {
    const page = await openAs('resident');
    await page.goto('/report?lang=en');
    await page.locator('input[name^=temperature_c-]').first().fill('99');
    await page.click('main form button[type=submit]');
    await page.waitForLoadState();
    const en = await text(page, '.errors');
    ok(en.includes('Temperature') && !HAN.test(en), en);
    await page.goto('/report?lang=zh');
    await page.locator('input[name^=temperature_c-]').first().fill('99');
    await page.click('main form button[type=submit]');
    await page.waitForLoadState();
    const zh = await text(page, '.errors');
    ok(zh.includes('体温') && !/[A-Za-z]{2}/.test(zh), zh);
});

test('without a choice the browser\'s language decides', async () => {
    const page = await open({ locale: 'en-GB' });
    await page.goto('/login');
    equal(await text(page, 'h1'), 'Log in');
});

test('large type is large, and stays', async () => {
    const page = await openAs('resident');
    await page.goto('/');
    const size = () => page.evaluate(
        () => parseFloat(getComputedStyle(document.body).fontSize));
    const before = await size();
    await page.click('.who a[href$="size=large"]');
    await page.goto('/report');
    ok(await size() >= 24 && before >= 18, `${before} to ${await size()} px`);
    const small = await page.evaluate(() => [...document.querySelectorAll(
        'main a, main button, main input:not([type=hidden]), .nav a')]
        .map((e) => (e.closest('.option') ?? e).getBoundingClientRect())
        .filter((r) => r.height && r.height < 60).length);
    equal(small, 0, 'targets too small for a thumb:');
    await page.click('.who a[href$="size=normal"]');
    equal(await size(), before);
});

await done();
