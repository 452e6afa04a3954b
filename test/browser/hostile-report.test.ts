import { expect, it } from 'vitest';
import { hostileReport, markup } from '../cli/audit/hostile-report.ts';
import { describeWith } from '../run/needs.ts';
import { useBrowser } from './use-page.ts';

describeWith(['chromium'], 'a hostile report in a browser', () => {
  const open = useBrowser();

  it('runs nothing, in any tab, detail or tooltip', async () => {
    const { page, incidents } = await open(hostileReport());
    for (const tab of ['namespaces', 'objects', 'assignments', 'keys', 'others']) {
      await page.locator(`#tab-${tab}`).click();
      await page.locator('.grid-row').first().click();
      expect(await page.locator('#detail').textContent()).toContain('<img src=x onerror=');
    }
    await page.locator('#map .c').first().click();
    expect(await page.evaluate('globalThis.pwned')).toBeUndefined();
    expect(await page.locator('script, img, svg, iframe, object, embed, [onload], [onerror]').count()).toBe(2);
    expect(incidents).toEqual([]);
  });

  it('could run nothing even if its markup got in: the policy allows this very script and style alone', async () => {
    const { page, incidents } = await open(hostileReport());
    await page.evaluate(`
      document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(markup.join(' '))});
      for (const [tag, text] of [['script', 'window.pwned = 1'], ['style', 'body { background: rgb(1, 2, 3) !important }']]) {
        const element = document.createElement(tag);
        element.textContent = text;
        document.body.append(element);
      }
    `);
    expect(await page.evaluate('globalThis.pwned')).toBeUndefined();
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).not.toBe('rgb(1, 2, 3)');
    // The attempt at an image is told, too: it goes nowhere.
    const others = incidents.filter((incident) => !/^request: file:|Content Security Policy/.test(incident));
    expect(others).toEqual([]);
    expect(incidents.filter((incident) => incident.includes('Content Security Policy')).length).toBeGreaterThan(2);
  });
});
