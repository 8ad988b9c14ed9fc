// browser.mjs - what every test in a browser needs: one Chromium, a
// demonstration served, people who are logged in, and an ear for whatever
// the browser complains about.
// SPDX-License-Identifier: GPL-3.0-or-later
import { chromium } from 'playwright-core';
import { demo, serve, renlin } from '../story/story.mjs';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic',
               '--no-first-run', '--disable-background-networking',
               '--disable-component-update', '--disable-sync'];

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1280, height: 860 };

export const d = demo();
export const s = await serve(d.db);
const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: FLAGS });

// Whatever a page says on its console as a warning or an error, and whatever
// breaks in its scripts; emptied by heard().
const complaints = [];

export function heard() { return complaints.splice(0); }

// What a browser says of every answer that is an error; the tests ask for
// some of those on purpose.
const EXPECTED = /Failed to load resource: the server responded with/;

// A tab of its own, with cookies of its own.  options are Playwright's.
export async function open(options = {}) {
    const context = await browser.newContext({
        baseURL: s.url, viewport: PHONE, locale: 'zh-CN', ...options });
    context.setDefaultTimeout(8000);
    const page = await context.newPage();
    page.on('console', (m) => {
        if (['error', 'warning'].includes(m.type()) &&
            !EXPECTED.test(m.text()))
            complaints.push(`${page.url()}: ${m.text()}`);
    });
    page.on('pageerror', (e) => complaints.push(`${page.url()}: ${e}`));
    return page;
}

// The language that was chosen before.
export const speak = (page, lang) => page.context().addCookies(
    [{ name: 'lang', value: lang, url: s.url }]);

export async function logIn(page, name, password = d.password(name)) {
    await page.goto('/login');
    await page.fill('#f-name', name);
    await page.fill('#f-password', password);
    await page.click('main button[type=submit]');
    await page.waitForLoadState();
}

// A tab in which somebody is logged in already: telling a password is slow on
// purpose, and has its own tests.
export async function openAs(name, options = {}) {
    const page = await open(options);
    await page.context().addCookies([{ name: 'renlin_session',
                                       value: d.token(name), url: s.url }]);
    return page;
}

// Goes there; answers the status.
export async function go(page, where) {
    const r = await page.goto(where);
    return r.status();
}

export const text = (page, selector = 'main') =>
    page.locator(selector).first().innerText();

export const path = (page) => new URL(page.url()).pathname;

// The pages that are a role's ("public": those of all), {parts} filled in
// where we know how.
const KNOWN = { seq: '3' };
const routes = JSON.parse(renlin('routes', '--json').out);

export function pagesOf(role) {
    const found = [];
    for (const r of routes) {
        if (r.kind !== 'page' || r.method !== 'GET') continue;
        if (r.path.startsWith('/assets/')) continue;
        if (!r.roles.includes(role)) continue;
        const where = r.path.replace(/\{(\w+)\}/g,
                                     (whole, part) => KNOWN[part] ?? whole);
        if (!where.includes('{')) found.push(where);
    }
    return found;
}

export const ROLES = ['resident', 'grid_worker', 'guard', 'director',
                      'epidemiologist', 'auditor', 'admin'];
