/**
 * `sse-kms audit` as a user runs it, but for the process.
 */
import type { AuditReport } from '../../../src/cli/audit/report.ts';
import type { Io } from '../../../src/cli/command.ts';
import { commands } from '../../../src/cli/commands.ts';
import { runCommandLine } from '../../../src/cli/run.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The output of `-o json`. */
  readonly report: () => AuditReport;
}

export async function runAudit(words: readonly string[], stdin = '', isTerminal = false): Promise<Ran> {
  let out = '';
  let err = '';
  const io: Io = {
    stdin: async () => stdin,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    isTerminal: { in: false, out: isTerminal, err: isTerminal },
    env: {},
    cwd: '/',
  };
  const code = await runCommandLine(['audit', ...words], commands, '0.0.0', io);
  return { code, out, err, report: () => JSON.parse(out) };
}
