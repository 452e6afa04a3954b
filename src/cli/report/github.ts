/**
 * Findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull request.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
import type { FileRemark, Finding } from '../compliance.ts';
import { type FailOn, levelOf } from './level.ts';

export function toGithub(findings: readonly Finding[], failOn: FailOn): string {
  return findings.flatMap((finding) => toCommands(finding, failOn)).join('');
}

function toCommands(finding: Finding, failOn: FailOn): string[] {
  const main = levelOf(finding, failOn) === 'error' ? [toCommand('error', finding, finding)] : [];
  return [...main, ...finding.notes.map((note) => toCommand('warning', finding, note))];
}

function toCommand(level: string, { object, dataKey }: Finding, { reason, place, message }: FileRemark): string {
  const properties = { file: place.file, line: `${place.line}`, col: `${place.column}`, title: reason };
  const shown = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(value)}`);
  const what = object === null ? '' : `${dataKey} of ${object}: `;
  return `::${level} ${shown.join(',')}::${escapeData(what + message)}\n`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
