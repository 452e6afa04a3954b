/**
 * Whole ConfigMaps as people apply them, below test/cases/config-maps: what each of their files becomes, alone and together.
 *
 * | file                    | what it says                                                                           |
 * | ----------------------- | -------------------------------------------------------------------------------------- |
 * | input.yaml              | the ConfigMap                                                                          |
 * | assignment.yaml         | the spec of a KmsKeyAssignment, as far as it differs from `defaultSpec`                 |
 * | expected.yaml           | the data keys that are planned, each with what comes of it, and the notes               |
 * | expected/KEY            | the text of a file that changes                                                        |
 *
 * `UPDATE=1 npm test -- test/core/config-map-cases.test.ts` rewrites the expectations: for a deliberate change, each to be read.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { Assignment } from '../../src/core/assignment/resolve.ts';
import {
  type ConfigObjectContent,
  type ConfigObjectPlan,
  planConfigObject,
} from '../../src/core/plan/config-object.ts';
import { defaultFiles } from '../../src/core/plan/default-files.ts';
import { settingsOf, worlds } from './evaluate.ts';
import { expectNoLessEncryption } from './invariants.ts';
import { casesFolder, readSpec, readYaml } from './read-cases.ts';

const update = process.env.UPDATE === '1';
const root = join(casesFolder, 'config-maps');

for (const name of readdirSync(root).sort())
  describe(`config-maps/${name}`, () => {
    const folder = join(root, name);
    const content = readYaml(join(folder, 'input.yaml')) as ConfigObjectContent;
    const { enforcement = 'Enforce', ...spec } = readSpec(folder);
    const assignment: Assignment = { name: 'finance', target: { namespaces: ['finance'] }, ...spec, enforcement };
    const planned = plan(content, assignment);
    if (update) write(folder, planned);

    it.skipIf(update)('is planned as expected', () => {
      expect(toExpected(planned)).toEqual(readYaml(join(folder, 'expected.yaml')));
      for (const [dataKey, text] of changedFiles(planned)) {
        expect(text).toBe(readFileSync(join(folder, 'expected', dataKey), 'utf8'));
      }
      const files = existsSync(join(folder, 'expected')) ? readdirSync(join(folder, 'expected')) : [];
      expect([...changedFiles(planned).keys()].sort()).toEqual(files.sort());
    });

    it('needs nothing more once it is as planned', () => {
      const again = plan(apply(content, planned), assignment);
      expect(again.kind).toBe(planned.kind === 'refused' ? 'refused' : 'unchanged');
    });

    it('says no less about encryption than before, in each file and in all together', () => {
      const after = apply(content, planned);
      for (const world of worlds) {
        const [before, then] = [content, after].map(({ data = {} }) =>
          planned.files
            .filter(({ dataKey }) => dataKey.endsWith('.xml') && planned.kind !== 'refused' && dataKey in data)
            .map(({ dataKey }) => settingsOf(data[dataKey] ?? '', world)),
        ) as [ReturnType<typeof settingsOf>[], ReturnType<typeof settingsOf>[]];
        for (const [index, settings] of before.entries()) expectNoLessEncryption(settings, then[index] ?? []);
        expectNoLessEncryption(before.flat(), then.flat());
      }
    });
  });

function plan(content: ConfigObjectContent, assignment: Assignment): ConfigObjectPlan {
  return planConfigObject(content, assignment, { ...defaultFiles, byContent: true });
}

function changedFiles({ files }: ConfigObjectPlan): Map<string, string> {
  return new Map(files.flatMap(({ dataKey, plan }) => (plan.kind === 'change' ? [[dataKey, plan.result]] : [])));
}

function apply(content: ConfigObjectContent, planned: ConfigObjectPlan): ConfigObjectContent {
  const changed = planned.kind === 'change' ? Object.fromEntries(changedFiles(planned)) : {};
  return { ...content, data: { ...content.data, ...changed } };
}

function toExpected(planned: ConfigObjectPlan): unknown {
  const files = planned.files.map(({ dataKey, plan }) => {
    if (plan.kind === 'refused') return [dataKey, { refused: plan.reason, line: plan.line, column: plan.column }];
    const notes = plan.notes.map(({ kind, line, column }) => ({ kind, line, column }));
    const more = {
      ...(plan.kind === 'change' && plan.outdated && { outdated: true }),
      ...(plan.leftAlone && { leftAlone: true }),
      ...(notes.length > 0 && { notes }),
    };
    return [dataKey, { outcome: plan.kind, ...more }];
  });
  return Object.fromEntries(files);
}

function write(folder: string, planned: ConfigObjectPlan): void {
  writeFileSync(join(folder, 'expected.yaml'), dump(toExpected(planned)));
  rmSync(join(folder, 'expected'), { recursive: true, force: true });
  const changed = changedFiles(planned);
  if (changed.size > 0) mkdirSync(join(folder, 'expected'));
  for (const [dataKey, text] of changed) writeFileSync(join(folder, 'expected', dataKey), text);
}
