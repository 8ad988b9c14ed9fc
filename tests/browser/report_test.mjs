// report_test.mjs - a household's report, from the form to those who read it.
// SPDX-License-Identifier: GPL-3.0-or-later
import { test, equal, ok, done } from '../story/story.mjs';
import { openAs, go, text, path, heard, PHONE } from './browser.mjs';

const THERMOMETER = 'input[name^=temperature_c-]';

async function send(page) {
    await page.click('main form button[type=submit]');
    await page.waitForLoadState();
}

async function rowsOf(page) {
    return page.locator('tbody tr:not(:has(.empty))').count();
}

const resident = await openAs('resident');
const plain = await openAs('guard', { javaScriptEnabled: false });

test('a resident reports the temperature of the first of the household',
     async () => {
    await resident.goto('/');
    ok((await text(resident)).includes('今天还没有上报'), 'home says it is open');
    await resident.click('main a[href="/report"]');
    const name = await resident.locator(THERMOMETER).first()
        .getAttribute('name');
    await resident.fill(`[name="${name}"]`, '36.9');
    await resident.locator('input[type=checkbox][value=cough]').first()
        .check();
    await send(resident);
    equal(path(resident), '/report');
    equal(await text(resident, 'h1'), '已收到');
});

test('home then says it is done, and the report stands under one\'s own',
     async () => {
    await resident.goto('/');
    ok((await text(resident)).includes('已上报'), await text(resident));
    await resident.goto('/reports/mine');
    const first = await text(resident, 'table');
    ok(/36\.9/.test(first) && first.includes('咳嗽'), first);
});

test('plus and minus change the number within its bounds', async () => {
    await resident.goto('/report');
    const field = resident.locator('.stepper').first();
    const input = field.locator('input');
    await input.fill('36.5');
    await field.locator('[data-step="1"]').click();
    equal(await input.inputValue(), '36.6');
    await input.fill(await input.getAttribute('max'));
    await field.locator('[data-step="1"]').click();
    equal(await input.inputValue(),
          Number(await input.getAttribute('max')).toFixed(1));
});

test('without scripts the same form does the same', async () => {
    await plain.goto('/report');
    equal(await plain.locator('[data-step]:visible').count(), 0,
          'nothing is shown that needs scripts:');
    await plain.locator(THERMOMETER).first().fill('37.1');
    await send(plain);
    equal(await text(plain, 'h1'), '已收到');
    await plain.goto('/reports/mine');
    ok((await text(plain, 'table')).includes('37.1'), 'it is there');
});

for (const [how, page] of [['with', resident], ['without', plain]]) {
    test(`what cannot be is refused ${how} scripts, nothing typed is lost`,
         async () => {
        await page.goto('/report');
        await page.locator(THERMOMETER).first().fill('99');
        await page.locator('input[value=fatigue]').first().check();
        await send(page);
        ok(await page.locator('.errors a').count(), 'errors are listed');
        equal(await page.locator(THERMOMETER).first().inputValue(), '99');
        ok(await page.locator('input[value=fatigue]').first().isChecked(),
           'the tick is kept');
        const target = await page.locator('.errors a').first()
            .getAttribute('href');
        equal(await page.locator(target).count(), 1, 'the link leads there:');
        const before = await page.locator(THERMOMETER).first()
            .getAttribute('aria-invalid');
        equal(before, 'true');
        await page.locator(THERMOMETER).first().fill('36.4');
        await send(page);
        equal(await text(page, 'h1'), '已收到');
    });
}

test('an empty form asks for at least one person', async () => {
    await plain.goto('/report');
    await send(plain);
    ok(await plain.locator('.errors').count(), 'it is said');
});

test('staff see today\'s reports with masked names', async () => {
    const page = await openAs('director', { viewport: PHONE });
    await page.goto('/reports');
    const n = await rowsOf(page);
    ok(n >= 3, `${n} rows`);
    const table = await text(page, 'table');
    ok(/36\.9/.test(table), table);
    const heads = await page.locator('thead th').allInnerTexts();
    const at = heads.findIndex((t) => t.includes('居民'));
    ok(at >= 0, `a column of people in ${heads}`);
    for (const name of await page
        .locator(`tbody tr td:nth-child(${at + 1})`).allInnerTexts())
        ok(/^\p{Script=Han}\*+$/u.test(name.trim()), `${name} is not masked`);
});

test('staff of a grid see it, residents may not', async () => {
    const worker = await openAs('grid_worker');
    equal(await go(worker, '/reports'), 200);
    equal(await go(resident, '/reports'), 403);
});

test('that staff looked is in the ledger', async () => {
    const page = await openAs('auditor');
    await page.goto('/ledger?kind=reading');
    ok(await rowsOf(page) > 0, 'readings are listed');
    ok((await text(page, 'table')).includes('主任'), 'whose they are');
});

test('the browser had nothing to complain about', async () => {
    equal(heard(), []);
});

await done();
