import { describe, expect, it } from 'vitest';
import type { AuditReport } from '../../../src/cli/audit/report.ts';
import { toHtml } from '../../../src/cli/audit/to-html.ts';
import { toTable } from '../../../src/cli/audit/to-table.ts';
import { describeWith } from '../../run/needs.ts';
import { reportOf } from './report-of.ts';
import { encrypted, file, property } from './sample.ts';
import { useBrowser } from './use-page.ts';

const markup = [
  '</script><script>window.pwned=1</script>',
  '<img src=x onerror="window.pwned=1">',
  '"><svg onload=window.pwned=1>',
  '<!--<script>',
  "javascript:alert('pwned')",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is the attack
  '${window.pwned=1}`\\',
];
const terminal = '\u001b]0;title\u0007\u001b[2J\u009b31m\u202eevil\u2066\u2028next';

/** What a user could bring into a report, in every place of it that holds text. */
function hostileReport(): AuditReport {
  const report = reportOf({ namespaces: [{ name: 'finance' }], assignments: [] });
  const text = markup.join(' ') + terminal;
  const row = { namespace: text, kind: 'ConfigMap', name: text } as const;
  return {
    ...report,
    cluster: { context: text, server: text },
    scope: { ...report.scope, files: [text] },
    remarks: [text],
    totals: { refused: 30 },
    assignments: [
      {
        name: text,
        valid: false,
        origin: 'file',
        target: text,
        problems: [text],
        namespaces: 1,
        counts: { refused: 1 },
      },
    ],
    keys: [{ key: text, kind: 'arn', assignedBy: [text], filesNow: 1, filesAfter: 1 }],
    namespaces: Array.from({ length: 30 }, (_, index) => ({
      name: `${text}${index}`,
      state: 'assigned',
      assignments: [text],
      enforcement: text,
      counts: { refused: 1 },
      warnings: { OtherStore: 1 },
      otherValues: 1,
    })),
    objects: [
      {
        ...row,
        outcome: 'refused',
        findings: [{ key: text, reason: text, severity: 'error', line: 1, column: 1, message: text }],
        findingCount: 3,
      },
    ],
    otherValues: [{ ...row, key: text, looksLike: 'configuration' }],
  };
}

describe('a hostile report', () => {
  it('brings no markup of its own into the page', () => {
    const html = toHtml(hostileReport());
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html.match(/<\/script>/g)).toHaveLength(2);
    expect(html).not.toMatch(/<(?:img|svg)|<!--/);
  });

  it('gives a terminal nothing to obey, and no line that reads in another direction', () => {
    const table = toTable(hostileReport(), { most: 50, paint: (_, text) => text });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(table).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
    expect(table).toContain('\\u{1b}');
  });

  it('stands in the page with nothing that shows text in another direction', () => {
    expect(toHtml(hostileReport())).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u2028]/);
  });
});

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

describe('Secrets in a report', () => {
  const arn = 'arn:aws:kms:eu-central-1:360379543683:key/071a86ff-8881-4ba0-9230-00000000beef';
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const secret = (name: string, text: string, key = 'core-site.xml') => ({
    metadata: { name, namespace: 'finance' },
    data: { [key]: base64(text) },
  });
  const assignments = [
    {
      apiVersion: 'ssekms.io/v1alpha1',
      kind: 'KmsKeyAssignment',
      metadata: { name: 'finance' },
      spec: { namespaces: ['finance'], key: { accountDefault: true } },
    },
  ];

  it.each([
    ['assigned', assignments],
    ['without an assignment', []],
  ])('quote nothing of their values, %s', (_, given) => {
    const report = reportOf({
      namespaces: [{ name: 'finance' }],
      assignments: given,
      secrets: [
        secret('malformed', '<configuration><sesame></configuration>'),
        secret('store', file(property('fs.s3a.endpoint', 'http://sesame.example.com'))),
        secret('own-key', encrypted(0, arn)),
        secret(
          'sse-c',
          file(
            property('fs.s3a.encryption.algorithm', 'SSE-C') +
              property('fs.s3a.encryption.key', `${'sesame'.repeat(7)}s=`),
          ),
        ),
        secret('overridden', file(property('fs.s3a.bucket.sesame.encryption.key', arn))),
        secret('other-key', file(property('fs.s3a.access.key', 'sesame')), 'hadoop.xml'),
      ],
    });
    expect(JSON.stringify(report)).not.toMatch(/sesame|beef/);
    expect(report.objects.map(({ name }) => name)).toContain('malformed');
    expect(report.otherValues).toEqual([
      { namespace: 'finance', kind: 'Secret', name: 'other-key', key: 'hadoop.xml', looksLike: 'configuration' },
    ]);
  });
});
