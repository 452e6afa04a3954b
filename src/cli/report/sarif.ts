/**
 * Findings as SARIF 2.1.0, which code scanning services read.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
 */
import { pathToFileURL } from 'node:url';
import type { FileRemark, Finding } from '../compliance.ts';
import { type FailOn, levelOf } from './level.ts';

const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

export function toSarif(findings: readonly Finding[], failOn: FailOn, version: string): string {
  const results = findings.flatMap((finding) => [
    ...(levelOf(finding, failOn) === 'error' ? [toResult('error', finding, finding)] : []),
    ...finding.notes.map((note) => toResult('warning', finding, note)),
  ]);
  const ids = [...new Set(results.map(({ ruleId }) => ruleId))].sort();
  const driver = { name: 'sse-kms', version, rules: ids.map((id) => ({ id, name: id })) };
  const run = {
    tool: { driver },
    columnKind: 'utf16CodeUnits',
    results: results.map((result) => ({ ...result, ruleIndex: ids.indexOf(result.ruleId) })),
  };
  return `${JSON.stringify({ $schema: schema, version: '2.1.0', runs: [run] }, undefined, 2)}\n`;
}

function toResult(level: 'error' | 'warning', { object, dataKey }: Finding, { reason, place, message }: FileRemark) {
  const { file, line: startLine, column: startColumn } = place;
  const what = object === null ? '' : `${dataKey} of ${object}: `;
  const physicalLocation = { artifactLocation: { uri: toUri(file) }, region: { startLine, startColumn } };
  return { ruleId: reason, level, message: { text: what + message }, locations: [{ physicalLocation }] };
}

/** Relative where the file is below the working folder, with `/` and escapes. */
function toUri(file: string): string {
  if (/^([a-zA-Z]:)?[/\\]/.test(file)) return pathToFileURL(file).href;
  return file.split(/[/\\]/).map(encodeURIComponent).join('/');
}
