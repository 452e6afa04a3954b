import { describe, expect, it } from 'vitest';
import { toHtml } from '../../../src/cli/audit/to-html.ts';
import { toTable } from '../../../src/cli/audit/to-table.ts';
import { hostileReport } from './hostile-report.ts';
import { reportOf } from './report-of.ts';
import { encrypted, file, property } from './sample.ts';

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
