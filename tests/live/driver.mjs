// driver.mjs - a page with every fault shows that none would go unseen.
import assert from 'node:assert/strict';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import test from 'node:test';

import {launch} from './drive.mjs';

const FAULTY = `<!DOCTYPE html>
<meta charset="utf-8">
<script>
console.error('an error of the page');
setTimeout(() => { throw new Error('nobody catches this'); });
fetch('http://page.invalid/').catch(() => {});
new Worker(URL.createObjectURL(new Blob([
    "fetch('https://worker.invalid/').catch(() => {});"])));
</script>
`;

test('errors and requests of a page and its worker are seen', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'live-'));
    const path = join(directory, 'faulty.html');
    writeFileSync(path, FAULTY);
    const browser = await launch();
    try {
        const page = await browser.open('', {path});
        let unseen = ['console: an error of the page', 'nobody catches this',
            'request: http://page.invalid', 'asked: page.invalid',
            'asked: worker.invalid'];
        for (let i = 0; i < 200 && unseen.length > 0; i++) {
            const seen = page.faults().join('\n');
            unseen = unseen.filter((fault) => !seen.includes(fault));
            await sleep(50);
        }
        assert.deepEqual(unseen, [], page.faults().join('\n'));
    } finally {
        await browser.close();
        rmSync(directory, {recursive: true});
    }
});
