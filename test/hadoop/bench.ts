/**
 * Where a trial asks the judges and writes down what it finds.
 */
import type { Scratch } from './documents.ts';
import type { HadoopVersion } from './jars.ts';
import type { Judge, KnownCompliance, Question } from './judge.ts';

/** What must hold for every document; a test each. */
export const promises = [
  'reads a file as Hadoop reads it',
  'refuses what Hadoop cannot read',
  'refuses nothing without the cause it names',
  'never touches a file that encrypts by other means',
  'makes every version encrypt as assigned',
  'stands against a later file that wants something else',
  'keeps every other property and its finality',
  'leaves the encryption of an unmanaged bucket alone',
  'takes every setting out of a file that is loaded later',
  'finds nothing left to do in its own result',
  'edits nothing but what the edits say',
  'refuses under Strict, or does the same as under Enforce',
] as const;
export type Promised = (typeof promises)[number];

export interface Disagreement {
  readonly promise: Promised;
  readonly document: string;
  readonly assignment?: string;
  /** The version, mode, bucket or property. */
  readonly where: string;
  readonly expected: string;
  readonly got: string;
}

export interface Trial {
  readonly documents: number;
  readonly readings: number;
  /** How often the plan came out so. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly disagreements: readonly Disagreement[];
}

export class Bench {
  readonly scratch: Scratch;
  readonly disagreements: Disagreement[] = [];
  private readonly outcomes = new Map<string, number>();
  private readonly judges: readonly Judge[];
  private readings = 0;
  private documents = 0;

  constructor(judges: readonly Judge[], scratch: Scratch) {
    this.judges = judges;
    this.scratch = scratch;
  }

  get versions(): readonly HadoopVersion[] {
    return this.judges.map(({ version }) => version);
  }

  /** Every version's verdict. */
  async ask(question: Question): Promise<(readonly [HadoopVersion, KnownCompliance])[]> {
    this.readings += question.modes.length * this.judges.length;
    return Promise.all(
      this.judges.map(async (judge) => [judge.version, (await judge.judge([question]))[0] as KnownCompliance] as const),
    );
  }

  report(disagreement: Disagreement): void {
    this.disagreements.push(disagreement);
  }

  countDocument(): void {
    this.documents++;
  }

  countOutcome(outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }

  result(): Trial {
    const { documents, readings, disagreements } = this;
    return { documents, readings, outcomes: Object.fromEntries([...this.outcomes].sort()), disagreements };
  }
}
