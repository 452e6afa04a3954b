/**
 * The completion script for bash. Where nothing is offered, bash's own file names are.
 */
import type { Completion } from '../command.ts';
import type { Completed, CompletedOption } from './table.ts';

export function toBash(commands: readonly Completed[]): string {
  return `# bash completion for sse-kms: source <(sse-kms completion bash)
_sse_kms() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  # bash takes --name=VALUE for three words.
  if [[ $current == = ]]; then current=; elif [[ $previous == = ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}; fi
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')} --help --version' -- "$current"))
    return
  fi
  case \${COMP_WORDS[1]} in
${commands.map(toCase).join('\n')}
  esac
}
complete -o default -F _sse_kms sse-kms
`;
}

function toCase({ name, options, operands }: Completed): string {
  const withValue = options.filter(({ value }) => value !== undefined);
  const long = options.map((option) => `--${option.name}`).join(' ');
  return `    ${name})
      case $previous in
${withValue.map(toValueCase).join('')}        *) ;;
      esac
      if [[ $current == -* ]]; then COMPREPLY=($(compgen -W '${long}' -- "$current")); return; fi
      ${toReply(operands)}
      ;;`;
}

function toValueCase({ name, short, completes }: CompletedOption): string {
  const pattern = [`--${name}`, ...(short ? [`-${short}`] : [])].join('|');
  return `        ${pattern}) ${toReply(completes)} return ;;\n`;
}

function toReply(completes: Completion | undefined): string {
  if (completes === 'folder') return 'COMPREPLY=($(compgen -d -- "$current"));';
  // File names are bash's own business (-o default).
  if (completes === undefined || completes === 'file') return ':;';
  return `COMPREPLY=($(compgen -W '${completes.join(' ')}' -- "$current"));`;
}
