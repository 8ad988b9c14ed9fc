// login_test.mjs - in and out, with and without scripts.
// SPDX-License-Identifier: GPL-3.0-or-later
import { test, equal, ok, done } from '../story/story.mjs';
import { d, s, open, logIn, go, text, path, heard } from './browser.mjs';

test('whoever is not logged in is sent to log in and then back', async () => {
    const page = await open();
    await page.goto('/reports/mine');
    equal(path(page), '/login');
    await page.fill('#f-name', 'resident');
    await page.fill('#f-password', d.password('resident'));
    await page.click('main button[type=submit]');
    await page.waitForURL('**/reports/mine');
});

test('a wrong password is refused, said, and the name kept', async () => {
    const page = await open();
    await logIn(page, 'resident', 'not the password');
    equal(path(page), '/login');
    ok((await text(page, '.errors')).includes('名'), 'the error is said');
    equal(await page.inputValue('#f-name'), 'resident');
    equal(await page.inputValue('#f-password'), '');
    equal(await page.evaluate(() => document.activeElement.className),
          'errors', 'the error has the focus:');
});

test('an unknown name is answered like a wrong password', async () => {
    const page = await open();
    await logIn(page, 'resident', 'not the password');
    const known = await text(page, '.errors');
    await logIn(page, 'nobody.at.all', 'not the password');
    equal(await text(page, '.errors'), known);
});

test('after logging out the session is gone for good', async () => {
    const page = await open();
    await logIn(page, 'resident');
    const cookies = await page.context().cookies();
    await page.goto('/account');
    await page.click('form[action="/logout"] button');
    await page.waitForURL('**/login');
    await page.context().addCookies(cookies);
    await page.goto('/account');
    equal(path(page), '/login', 'the old cookie is worth nothing:');
});

test('without scripts one gets in and out as well', async () => {
    const page = await open({ javaScriptEnabled: false });
    await logIn(page, 'resident');
    equal(path(page), '/');
    await page.goto('/account');
    ok((await text(page)).includes('resident'), 'whose account this is');
    await page.click('form[action="/logout"] button');
    await page.waitForURL('**/login');
});

test('after logging in one goes nowhere but to a page of ours', async () => {
    const page = await open();
    await page.goto('/login?next=https://example.org/');
    await page.locator('input[name=next]').evaluate(
        (e) => { e.value = '//example.org/'; });
    await page.fill('#f-name', 'resident');
    await page.fill('#f-password', d.password('resident'));
    await page.click('main button[type=submit]');
    await page.waitForURL((u) => u.pathname === '/');
    for (const next of ['https://example.org/', '//example.org/',
                        '/\\example.org', '/\texample.org']) {
        await page.goto(`/login?next=${encodeURIComponent(next)}`);
        equal([new URL(page.url()).origin, path(page)], [s.url, '/'], next);
    }
});

test('the cookie is out of reach of scripts', async () => {
    const page = await open();
    await logIn(page, 'resident');
    equal(await page.evaluate(() => document.cookie.includes('session')),
          false);
    equal(await go(page, '/account'), 200);
});

test('the browser had nothing to complain about', async () => {
    equal(heard(), []);
});

await done();
