/**
 * The help of the program and of each command, from the tables that the parser reads.
 */
import type { Command, CommandEntry, Option } from './command.ts';

const width = 100;

export function printUsage(entries: readonly CommandEntry[]): string {
  const longest = Math.max(...entries.map(({ name }) => name.length));
  const lines = entries.map(({ name, summary }) => `  ${name.padEnd(longest)}  ${summary}`);
  return `sse-kms: encrypts what Hadoop and Spark write to S3 with the AWS KMS key of their Kubernetes namespace

Usage: sse-kms COMMAND [OPTIONS]        also as: kubectl sse-kms COMMAND [OPTIONS]

${lines.join('\n')}

  sse-kms help COMMAND, sse-kms COMMAND --help    says more about a command
  sse-kms --version                               prints the version
`;
}

export function printHelp(command: Command): string {
  const { name, summary, synopsis, description, options, operands, exitCodes, examples } = command;
  const rows = Object.entries({ ...options, help: { short: 'h', about: 'prints this' } });
  const codes = { ...exitCodes, 2: exitCodes[2] ?? 'the command line has a mistake, or something could not be read' };
  const parts = [
    `sse-kms ${name}: ${summary}`,
    synopsis.map((line, index) => `${index === 0 ? 'Usage:' : '      '} sse-kms ${line}`).join('\n'),
    description.trim(),
    ...(operands === undefined ? [] : [`Operands:\n${printRow(operands.name, operands.about)}`]),
    `Options:\n${rows.map(([option, about]) => printOption(option, about)).join('\n')}`,
    `Exit codes:\n${Object.entries(codes)
      .map(([code, meaning]) => `  ${code}  ${meaning}`)
      .join('\n')}`,
    `Examples:\n${examples.map(({ about, line }) => `  # ${about}\n  ${line}`).join('\n')}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function printOption(name: string, option: Option): string {
  const { short, value, about } = option;
  const head = `${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`;
  return printRow(head, `${about}${option.value === undefined ? '' : printDetails(option)}`);
}

function printDetails({ choices, fallback, repeatable, required, value }: Extract<Option, { value: string }>): string {
  const details = [
    ...(choices ? [`one of ${choices.join(', ')}`] : []),
    ...(required ? ['required'] : []),
    ...(repeatable ? ['may be repeated'] : []),
    ...(fallback !== undefined && fallback !== '' ? [`${value} is ${fallback} by default`] : []),
  ];
  return details.length === 0 ? '' : ` (${details.join('; ')})`;
}

function printRow(head: string, about: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of about.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > width - 10) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [`  ${head}`, ...[...lines, line].map((text) => `          ${text}`)].join('\n');
}
