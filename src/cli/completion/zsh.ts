/**
 * The completion script for zsh, to be sourced or put into a folder of `$fpath` as `_sse-kms`.
 */
import type { Completion } from '../command.ts';
import type { Completed, CompletedOption } from './table.ts';

export function toZsh(commands: readonly Completed[]): string {
  return `#compdef sse-kms
# zsh completion for sse-kms: source <(sse-kms completion zsh)
_sse_kms() {
  if (( CURRENT == 2 )); then
    local -a commands=(
${commands.map(({ name, summary }) => `      ${quote(`${name}:${summary}`)}`).join('\n')}
    )
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(toCase).join('\n')}
  esac
}
if [[ $funcstack[1] == _sse-kms ]]; then _sse_kms "$@"; else compdef _sse_kms sse-kms; fi
`;
}

function toCase({ name, options, operands }: Completed): string {
  const specs = [...options.map(toSpec), ...(operands === undefined ? [] : [quote(`*:value:${toAction(operands)}`)])];
  return `    ${name})\n      _arguments ${specs.join(' \\\n        ')}\n      ;;`;
}

/** For example `'*'{-f,--filename}'[a manifest]:PATH:_files'`. */
function toSpec({ name, short, about, value, repeatable, completes }: CompletedOption): string {
  const forms = [...(short ? [`-${short}`] : []), `--${name}`];
  const described = `[${escaped(about)}]${value === undefined ? '' : `:${escaped(value)}:${toAction(completes)}`}`;
  if (repeatable)
    return forms.length === 1 ? quote(`*${forms[0]}${described}`) : `'*'{${forms.join(',')}}${quote(described)}`;
  const exclusive = forms.length === 1 ? '' : `(${forms.join(' ')})`;
  return forms.length === 1
    ? quote(`${forms[0]}${described}`)
    : `${quote(exclusive)}{${forms.join(',')}}${quote(described)}`;
}

function toAction(completes: Completion | undefined): string {
  if (completes === undefined) return ' ';
  if (completes === 'file') return '_files';
  return completes === 'folder' ? '_files -/' : `(${completes.join(' ')})`;
}

function escaped(text: string): string {
  return text.replace(/[[\]:\\]/g, '\\$&');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
