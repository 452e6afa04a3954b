/**
 * Faults: why a command can't give a result for an input, with the place in the file.
 */
import { positionOf } from './position.ts';
import type { Source } from './sources.ts';

export interface Fault {
  readonly source: Pick<Source, 'name' | 'text'>;
  readonly offset: number;
  /** What is wrong, and what to do. */
  readonly message: string;
}

/** As compilers write it: `a.yaml:3:7: error: not YAML: …`. */
export function toFaultLine({ source, offset, message }: Fault): string {
  const { line, column } = positionOf(source.text, offset);
  return `${source.name}:${line}:${column}: error: ${message}`;
}
