import { beforeAll, expect, it, vi } from 'vitest';
import { pageLimits } from '../../src/cli/audit/limits.ts';
import type { AuditReport } from '../../src/cli/audit/report.ts';
import { reportOf } from '../cli/audit/report-of.ts';
import { buildSample } from '../cli/audit/sample.ts';
import { describeWith } from '../run/needs.ts';
import { useBrowser } from './use-page.ts';

const made = new Map<number, AuditReport>();

/** With so many namespaces; the same one each time. */
function reportWith(namespaces: number, configMaps: number): AuditReport {
  const sample = buildSample({ namespaces, configMaps });
  const report = made.get(namespaces) ?? reportOf({ ...sample, configMaps: sample.configMaps(), limits: pageLimits });
  made.set(namespaces, report);
  return report;
}

const large = () => reportWith(5000, 10_000);
const small = () => reportWith(60, 900);

describeWith(['chromium'], "the audit's page", () => {
  const open = useBrowser();
  // A browser beside control planes and JVMs is slow.
  vi.setConfig({ testTimeout: 120_000 });
  beforeAll(() => void large(), 120_000);

  it('shows one namespace without a map, and asks the network for nothing', async () => {
    const { page, incidents, firstColumn } = await open(reportWith(1, 30));
    expect(await firstColumn()).toEqual(['ledger-prod']);
    expect(await page.locator('#map').isHidden()).toBe(true);
    expect(await page.locator('#figure').textContent()).toMatch(/^\d+%$/);
    expect(incidents).toEqual([]);
  });

  it('shows 5,000 namespaces: each as a cell of the map, and in the table only those in sight as elements', async () => {
    const { page, incidents } = await open(large());
    const withObjects = large().namespaces.filter(({ counts }) => Object.keys(counts).length > 0);
    expect(withObjects.length).toBeGreaterThan(4900);
    expect(await page.locator('#map .c').count()).toBe(withObjects.length);
    expect(await page.locator('.grid-row').count()).toBeLessThan(80);
    expect(await page.locator('#grid').getAttribute('aria-rowcount')).toBe('5001');
    expect(incidents).toEqual([]);
  });

  it('scrolls to the last of 5,000 namespaces', async () => {
    const { page } = await open(large());
    const last = large().namespaces.at(-1)?.name ?? '';
    await page.locator('#grid').focus();
    await page.keyboard.press('End');
    await page.getByRole('gridcell', { name: last, exact: true }).waitFor();
    expect(await page.locator('.grid-row[aria-selected="true"] .cell').first().textContent()).toBe(last);
    expect(await page.locator('.grid-row').count()).toBeLessThan(80);
  });

  it('filters by every word, in all tabs at once, within a second among 5,000 namespaces', async () => {
    const { page, firstColumn } = await open(large());
    await page.locator('#filter').fill('ledger prod-1');
    const names = await firstColumn();
    expect(names.length).toBeGreaterThan(0);
    expect(names.every((name) => name.includes('ledger') && name.includes('prod-1'))).toBe(true);
    expect(await page.locator('#tab-assignments small').textContent()).toBe('0');
    const ms = await page.evaluate(`
      const start = performance.now();
      const input = document.getElementById('filter');
      input.value = 'payments';
      input.dispatchEvent(new Event('input'));
      performance.now() - start;
    `);
    expect(ms).toBeLessThan(1000);
  });

  it('says where nothing matches', async () => {
    const { page } = await open(small());
    await page.locator('#filter').fill('no such thing');
    expect(await page.getByText('Nothing here matches.').isVisible()).toBe(true);
    expect(await page.locator('.grid-row').count()).toBe(0);
  });

  it('shows only what has a chosen outcome', async () => {
    const { page } = await open(small());
    await page.locator('.chip[data-outcome="refused"]').click();
    await page.locator('#tab-objects').click();
    const outcomes = new Set(await page.locator('.grid-row .cell:first-child').allTextContents());
    expect(outcomes).toEqual(new Set(['refused']));
    await page.locator('.chip[data-outcome="refused"]').click();
    expect(await page.locator('#tab-namespaces small').textContent()).toBe('60');
  });

  it('shows the objects of which there is a warning', async () => {
    const { page } = await open(small());
    await page.getByRole('button', { name: 'OtherStore' }).click();
    expect(await page.locator('#tab-objects').getAttribute('aria-selected')).toBe('true');
    await page.locator('.grid-row').first().click();
    expect(await page.locator('#detail').textContent()).toContain('minio.storage.svc');
  });

  it('is worked by keyboard alone', async () => {
    const { page } = await open(small());
    const focused = () => page.evaluate('document.activeElement?.id');
    await page.keyboard.press('/');
    expect(await focused()).toBe('filter');
    await page.keyboard.type('ledger');
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe('grid');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const second = await page.locator('.grid-row[data-index="1"] .cell').first().textContent();
    expect(await page.locator('#detail h2').first().textContent()).toBe(second);
    await page.keyboard.press('Escape');
    expect(await page.locator('#detail').isHidden()).toBe(true);
    await page.keyboard.press('3');
    expect(await page.locator('#tab-assignments').getAttribute('aria-selected')).toBe('true');
    await page.locator('#tab-assignments').focus();
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('tab-keys');
    await page.keyboard.press('/');
    await page.keyboard.press('Escape');
    expect(await page.locator('#filter').inputValue()).toBe('');
  });

  it('opens the namespace whose cell is clicked', async () => {
    const { page } = await open(small());
    const title = (await page.locator('#map .c').first().getAttribute('title')) ?? '';
    await page.locator('#map .c').first().click();
    expect(title.startsWith(`${await page.locator('#detail h2').first().textContent()}:`)).toBe(true);
  });

  it('follows the system between light and dark, and its own switch before that', async () => {
    const { page, incidents } = await open(small(), { colorScheme: 'dark' });
    const brightness = async () => {
      const colour = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      const [red = 0, green = 0, blue = 0] = colour.match(/\d+/g)?.map(Number) ?? [];
      return (red + green + blue) / 765;
    };
    expect(await brightness()).toBeLessThan(0.2);
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await brightness()).toBeGreaterThan(0.8);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.locator('#theme').click();
    expect(await page.locator('#theme').textContent()).toBe('Colours: light');
    expect(await brightness()).toBeGreaterThan(0.8);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.locator('#theme').click();
    expect(await brightness()).toBeLessThan(0.2);
    expect(incidents).toEqual([]);
  });

  it('says how many config objects there are where no script runs', async () => {
    const { page } = await open(small(), { javaScriptEnabled: false });
    // A browser that only doesn't run scripts parses what is in the element as text.
    expect(await page.locator('noscript').textContent()).toContain('897 config objects, 768 of them compliant');
  });

  it('is no wider than a telephone', async () => {
    const { page } = await open(small(), { viewport: { width: 390, height: 800 } });
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow).toBe(0);
  });
});
