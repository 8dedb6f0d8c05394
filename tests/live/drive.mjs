// drive.mjs - opens the page in a browser, alone, and tells what it sees.
//
//     const browser = await launch({dark: true});
//     const page = await browser.open('room=training&seed=1');
//     ... page.tab is puppeteer's page ...
//     assert.deepEqual(page.faults(), []);
//     await browser.close();
//
// run.sh names in the environment: LIVE_BROWSER, chromium or firefox;
// LIVE_CHROMIUM and LIVE_FIREFOX, the programs, empty where there is none;
// LIVE_PAGE, the file; LIVE_MODULES, where node_modules lies; CONVLET, the
// program; ROOT, the tree; SCREENSHOTS, where pictures of pages are kept, or
// empty.
import {execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {createServer} from 'node:http';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {pathToFileURL} from 'node:url';

const need = createRequire(join(process.env.LIVE_MODULES, 'package.json'));
const puppeteer = need('puppeteer-core');

export const ownKind = process.env.LIVE_BROWSER;
const programs = {
    chromium: process.env.LIVE_CHROMIUM,
    firefox: process.env.LIVE_FIREFOX,
};
export const file = process.env.LIVE_PAGE;
export const axe = need.resolve('axe-core/axe.min.js');

// A browser asks its maker for news, whatever the page does.
const MAKERS = {
    chromium: /(^|\.)(google|googleapis|gstatic|gvt1)\.com(:|$)/,
    firefox: /(^|\.)(mozilla\.(com|org|net)|firefox\.com)(:|$)/,
};

// The only way out of the browser: it says no to everyone, and keeps whom
// they asked for. Requests of workers come by as well.
async function openWatch() {
    const hosts = [];
    const server = createServer((request, response) => {
        hosts.push(new URL(request.url, 'http://none').host);
        response.writeHead(502).end();
    });
    server.on('connect', (request, socket) => {
        hosts.push(request.url);
        socket.on('error', () => {});
        socket.end('HTTP/1.1 502 no\r\n\r\n');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {hosts, port: server.address().port, close: () => server.close()};
}

function chromiumOptions(port, {dark, reduced}) {
    const args = ['--no-sandbox', '--disable-gpu', '--disable-quic',
        `--proxy-server=127.0.0.1:${port}`, '--proxy-bypass-list=<-loopback>',
        `--blink-settings=preferredColorScheme=${dark ? 0 : 1}`];
    if (reduced) args.push('--force-prefers-reduced-motion');
    return {args};
}

function firefoxOptions(port, {dark, reduced}) {
    return {browser: 'firefox', extraPrefsFirefox: {
        'network.proxy.type': 1,
        'network.proxy.http': '127.0.0.1',
        'network.proxy.http_port': port,
        'network.proxy.ssl': '127.0.0.1',
        'network.proxy.ssl_port': port,
        'network.proxy.no_proxies_on': '',
        'network.proxy.allow_hijacking_localhost': true,
        'layout.css.prefers-color-scheme.content-override': dark ? 0 : 1,
        'ui.prefersReducedMotion': reduced ? 1 : 0,
    }};
}

// Is the browser of that kind here?
export const isHere = (kind) => Boolean(programs[kind]);

// The browser under test, or one of another kind, for a reader with these
// wishes: dark, reduced (no motion).
export async function launch({kind = ownKind, ...wishes} = {}) {
    const watch = await openWatch();
    const options = kind === 'firefox' ? firefoxOptions : chromiumOptions;
    const browser = await puppeteer.launch({
        ...options(watch.port, wishes),
        executablePath: programs[kind],
        headless: true,
        protocolTimeout: 300000,
    });
    const asked = () =>
        watch.hosts.filter((host) => !MAKERS[kind].test(host));
    return {
        open: (fragment, size) => openPage(browser, asked, fragment, size),
        async close() {
            await browser.close();
            watch.close();
        },
    };
}

// A new tab with the page at a state, `key=value&...`, and its size.
// `path` is another file, for the tests of the driver itself.
async function openPage(browser, asked, fragment = '',
    {width = 1440, height = 900, path = file} = {}) {
    const tab = await browser.newPage();
    const console = [], requests = [];
    tab.on('console', (message) => {
        if (['error', 'warn', 'assert'].includes(message.type()))
            console.push(message.text());
    });
    tab.on('pageerror', (error) => console.push(error.message));
    tab.on('request', (request) => {
        const own = pathToFileURL(path).href;
        const url = request.url();
        if (!/^(blob|data):/.test(url) && url.split('#')[0] !== own)
            requests.push(url);
    });
    await tab.setViewport({width, height});
    await tab.goto(pathToFileURL(path).href + (fragment && `#${fragment}`));
    let room = null;
    const page = {
        tab,
        // What a quiet page has none of.
        faults: () => [
            ...console.map((text) => `console: ${text}`),
            ...requests.map((url) => `request: ${url}`),
            ...asked().map((host) => `asked: ${host}`),
        ],
        // Calls a function of the page's with values that are copied over.
        run: (work, ...values) => tab.evaluate(work, ...values),
        // The ids of its rooms.
        rooms: () => tab.evaluate(() => window.convlet.rooms.map(
            ({id}) => id)),
        // Builds a room, scrolls to it, and waits until it has shown all.
        visit(id) {
            room = id;
            return tab.evaluate(visit, id);
        },
        // Follows a link within the page, likewise.
        async follow(fragment) {
            await tab.evaluate(follow, fragment);
            const id = new URLSearchParams(fragment).get('room');
            if ((await page.rooms()).includes(id)) await page.visit(id);
        },
        // Goes from the head of the room that was visited last to what has
        // this name, in words, up to a colon, by the key Tab.
        async tabTo(name) {
            await tab.evaluate((id) =>
                document.getElementById(`title-${id}`).focus(), room);
            while ((await tab.evaluate(focusName)).split(':')[0] !== name) {
                await tab.keyboard.press('Tab');
                if (await tab.evaluate(() =>
                    document.activeElement === document.body))
                    throw new Error(`Tab does not come to "${name}"`);
            }
        },
        // Goes there and presses a key.
        async press(name, key = 'Enter') {
            await page.tabTo(name);
            await tab.keyboard.press(key);
        },
        // Goes there, and types another text in place of what it has.
        async type(name, text) {
            await page.tabTo(name);
            await tab.keyboard.down('Control');
            await tab.keyboard.press('a');
            await tab.keyboard.up('Control');
            await tab.keyboard.type(text);
            await tab.keyboard.press('Tab');
        },
        // Does what makes the page save a file: {name, bytes}.
        async saved(work) {
            await tab.evaluate(catchFile);
            await work();
            await tab.waitForFunction(() => window.caught.name);
            const [name, text] = await tab.evaluate(async () => {
                const {name, blob} = window.caught;
                const bytes = new Uint8Array(await blob.arrayBuffer());
                return [name, Array.from(bytes).join(' ')];
            });
            return {name, bytes: Buffer.from(text.split(' ').map(Number))};
        },
        // What the command line of a room prints.
        async command(id) {
            const line = await tab.evaluate((id) => window.convlet.shell(id)
                .bar.line.textContent, id);
            return inShell(line);
        },
        // What it complains of: in its banner, and in a room.
        complaints: () => tab.evaluate(complaints),
        // Waits until a function of the page's is true, so many ms at most.
        patience: 60000,
        until: (work, ...values) => tab.waitForFunction(work,
            {timeout: page.patience}, ...values),
        close: () => tab.close(),
    };
    await page.run(() => window.convlet?.ready);
    return page;
}

// These run in the page.
async function visit(id) {
    await window.convlet.open(id);
    const shell = window.convlet.shell(id);
    while (shell.showing) await shell.showing;
    shell.section.scrollIntoView({behavior: 'instant'});
}

function follow(fragment) {
    return new Promise((resolve) => {
        if (new URL('#' + fragment, location).hash === location.hash)
            return resolve();
        addEventListener('hashchange', () => setTimeout(resolve),
            {once: true});
        location.hash = '#' + fragment;
    });
}

// From now on a file that is saved is kept in window.caught instead.
function catchFile() {
    window.caught = {};
    URL.createObjectURL = (blob) => {
        window.caught.blob = blob;
        return 'data:,';
    };
    HTMLAnchorElement.prototype.click = function () {
        window.caught.name = this.download;
    };
}

function focusName() {
    const one = document.activeElement;
    const labels = one.labels ? Array.from(one.labels) : [];
    return (one.getAttribute('aria-label') ||
        labels.map((label) => label.firstChild.textContent).join(' ') ||
        one.textContent).trim();
}

function complaints() {
    return Array.from(document.querySelectorAll('[role=alert]'))
        .filter((one) => one.checkVisibility())
        .map((one) => one.textContent.trim()).filter((text) => text);
}

// What the program prints on standard output.
export function convlet(...words) {
    return execFileSync(process.env.CONVLET, words,
        {encoding: 'utf8', maxBuffer: 1 << 28});
}

// The same of a line that a reader copies into a shell.
export function inShell(line, directory = process.env.ROOT) {
    const path = `${dirname(process.env.CONVLET)}:${process.env.PATH}`;
    return execFileSync('bash', ['-euc', line], {
        encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'],
        cwd: directory,
        env: {...process.env, PATH: path}});
}

// The losses that `convlet train` prints, as numbers.
export function trainLosses(...words) {
    const lines = convlet('train', '--quiet', '--log', 'jsonl', ...words)
        .trim().split('\n').map((line) => JSON.parse(line));
    return lines.filter((line) => 'loss' in line && 'step' in line)
        .map((line) => line.loss);
}
