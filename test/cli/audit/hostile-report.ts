/**
 * A report with what a user could bring into it.
 */
import type { AuditReport } from '../../../src/cli/audit/report.ts';
import { reportOf } from './report-of.ts';

export const markup = [
  '</script><script>window.pwned=1</script>',
  '<img src=x onerror="window.pwned=1">',
  '"><svg onload=window.pwned=1>',
  '<!--<script>',
  "javascript:alert('pwned')",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is the attack
  '${window.pwned=1}`\\',
];
export const terminal = '\u001b]0;title\u0007\u001b[2J\u009b31m\u202eevil\u2066\u2028next';

/** What a user could bring into a report, in every place of it that holds text. */
export function hostileReport(): AuditReport {
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
