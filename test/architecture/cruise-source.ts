/**
 * Reads a tree's imports with dependency-cruiser and holds them against the rules.
 */
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { rules } from './rules.ts';

export interface Cruised {
  /** Each file below src, with what it imports as it is written there. */
  readonly imports: ReadonlyMap<string, readonly string[]>;
  readonly violations: readonly string[];
  /** What a person reads: rule, why, from and to. */
  readonly report: string;
}

/** Type imports count as much as others: a type is knowledge too. */
export async function cruiseSource(baseDir: string): Promise<Cruised> {
  const { output } = await cruise(['src'], {
    baseDir,
    ruleSet: { forbidden: [...rules] },
    validate: true,
    // TypeScript 7 has no parser for other programs; swc, which tells type imports apart, is one.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  });
  const { modules, summary } = output as ICruiseResult;
  const files = modules.filter(({ source }) => source.startsWith('src/'));
  const why = new Map(rules.map(({ name, comment }) => [name, comment]));
  return {
    imports: new Map(files.map(({ source, dependencies }) => [source, dependencies.map(({ module }) => module)])),
    violations: summary.violations.map(({ rule }) => rule.name),
    report: summary.violations
      .map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}\n  ${why.get(rule.name)}`)
      .join('\n'),
  };
}
