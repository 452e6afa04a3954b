/**
 * The demo's own flags.
 */
import { parseArgs } from 'node:util';

export type CommandLine =
  | { readonly kind: 'run'; readonly once: boolean }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'mistake'; readonly text: string };

const usage = `npm run demo [-- --once]

Shows sse-kms-operator at work, on a real kube-apiserver and etcd on this machine: what is applied, what is stored, what
is refused, what is repaired. Then it stays, so that you can try it by hand, until Ctrl-C.

  --once   ends after the last step: with 0 where every step showed what it promises, else with 1
  --help   prints this

It writes to the repository's node_modules and to ~/.cache/sse-kms-operator (XDG_CACHE_HOME is heeded), and nowhere else;
Kubernetes' programs come from KUBEBUILDER_ASSETS where that is set. Colours: only on a terminal, and not with NO_COLOR.
`;

const flags = { once: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;

/** Reads what follows the script's name. Never throws: a mistake is an answer. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  try {
    const { values } = parseArgs({ args: [...args], options: flags });
    return values.help ? { kind: 'help', text: usage } : { kind: 'run', once: values.once ?? false };
  } catch (error) {
    // Its second sentence is about a `--` that npm has taken away.
    const [mistake = ''] = (error as Error).message.split('. ');
    return { kind: 'mistake', text: `npm run demo: ${mistake}\n\n${usage}` };
  }
}
