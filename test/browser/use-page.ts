/**
 * The audit's page in a real browser, by `file:` as a person opens it. Whatever goes wrong in it, and whatever it asks of
 * the network, is recorded.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { AuditReport } from '../../src/cli/audit/report.ts';
import { toHtml } from '../../src/cli/audit/to-html.ts';
import { findChromium } from './chromium.ts';

export interface OpenPage {
  readonly page: Page;
  /** Errors, console messages, dialogs, and requests for anything but the file itself. */
  readonly incidents: readonly string[];
  /** The names in the first column of the rows in sight. */
  readonly firstColumn: () => Promise<readonly string[]>;
}

export type Open = (report: AuditReport, options?: BrowserContextOptions) => Promise<OpenPage>;

/** For one suite; the pages of a test end with it. */
export function useBrowser(): Open {
  let browser: Browser | undefined;
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sse-kms-audit-'));
    browser = await chromium.launch({ executablePath: findChromium() ?? '' });
  }, 60_000);
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  return async (report, options = {}) => {
    if (browser === undefined) throw new Error('the browser is there for tests only');
    const path = join(folder, `${crypto.randomUUID()}.html`);
    await writeFile(path, toHtml(report));
    const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...options });
    const page = await context.newPage();
    const incidents: string[] = [];
    page.on('console', (message) => incidents.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => incidents.push(`error: ${error.message}`));
    page.on('dialog', (dialog) => {
      incidents.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (request.url() !== `file://${path}` && request.url() !== 'data:,') incidents.push(`request: ${request.url()}`);
    });
    await page.goto(`file://${path}`);
    if (options.javaScriptEnabled !== false) await page.waitForSelector('html[data-ready]');
    const firstColumn = () => page.locator('.grid-row .cell:first-child').allTextContents();
    return { page, incidents, firstColumn };
  };
}
