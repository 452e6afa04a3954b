/**
 * The completion script for fish.
 */
import type { Completion } from '../command.ts';
import type { Completed, CompletedOption } from './table.ts';

export function toFish(commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ name, summary, options, operands }) => {
    const seen = `-n ${quote(`__fish_seen_subcommand_from ${name}`)}`;
    return [
      `complete -c sse-kms -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
      ...options.map((option) => `complete -c sse-kms ${seen} ${toOption(option)}`),
      ...(operands === undefined ? [] : [`complete -c sse-kms ${seen} ${toArguments(operands)}`]),
    ];
  });
  return `# fish completion for sse-kms: sse-kms completion fish > ~/.config/fish/completions/sse-kms.fish
complete -c sse-kms -f
${lines.join('\n')}
`;
}

function toOption({ name, short, about, value, completes }: CompletedOption): string {
  const forms = `-l ${name}${short ? ` -s ${short}` : ''}`;
  const wants = value === undefined ? '' : ` -r ${toArguments(completes)}`;
  return `${forms}${wants} -d ${quote(about)}`;
}

function toArguments(completes: Completion | undefined): string {
  if (completes === undefined) return '-f';
  if (completes === 'file') return '-F';
  return `-f -a ${quote(completes === 'folder' ? '(__fish_complete_directories)' : completes.join(' '))}`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
