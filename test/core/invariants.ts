/**
 * What is true of every plan, whatever the file: checked in each test that plans one.
 */

import { expect } from 'vitest';
import { plan, type XmlFileRole } from '../../src/core/clients/s3a/plan.ts';
import { scan } from '../../src/core/formats/xml/scan.ts';
import type { Token } from '../../src/core/formats/xml/token.ts';
import { applyEdits } from '../../src/core/plan/edits.ts';
import type { DesiredFile, Plan } from '../../src/core/plan/plan.ts';
import { refusalReasons } from '../../src/core/reasons.ts';
import { bucketsOf, effectOf, mayNotStay, type Ruled, type Setting, settingsOf, worlds } from './evaluate.ts';

/** Plans the file, checks what is true of every plan, and returns it. */
export function planChecked(text: string, desired: DesiredFile, role: XmlFileRole): Plan {
  const planned = plan(text, desired, role);
  expect(plan(text, desired, role)).toEqual(planned);
  expectLosslessTokens(text);
  if (planned.kind === 'refused') {
    expect(refusalReasons).toContain(planned.reason);
    expect(planned.message).toMatch(/^\S.*\S$/u);
    expectInside(text, planned);
    return planned;
  }
  for (const note of planned.notes) expectInside(text, note);
  if (planned.leftAlone === true) {
    const result = planned.kind === 'change' ? planned.result : text;
    for (const world of worlds) expectNoLessEncryption(settingsOf(text, world), settingsOf(result, world));
    return planned;
  }
  const result = planned.kind === 'change' ? planned.result : text;
  if (planned.kind === 'change') {
    expect(applyEdits(text, planned.edits)).toBe(result);
    expect(result).not.toBe(text);
    expectOnlyMembersCut(text, planned.edits, desired);
    const again = plan(result, desired, role);
    expect(again.kind).toBe('unchanged');
    // What recent-plans.ts says of a result without reading it.
    const isPlain = planned.notes.every(({ kind }) => kind === 'overridden');
    if (isPlain) expect(again).toEqual({ kind: 'unchanged', notes: [], holdsBlock: true });
    expectLosslessTokens(result);
  }
  expectEffect(text, result, desired, role);
  return planned;
}

/** Joined tokens are the input. */
function expectLosslessTokens(text: string): void {
  const tokens: Token[] = [];
  if (scan(text, (token) => tokens.push(token)) !== null) return;
  expect(tokens.map(({ offset, end }) => text.slice(offset, end)).join('')).toBe(text);
  expect(tokens.every(({ offset, end }, index) => offset === (tokens[index - 1]?.end ?? 0) && end > offset)).toBe(true);
}

function expectInside(text: string, { line, column }: { readonly line: number; readonly column: number }): void {
  const lines = text.split(/\r\n|\n|\r/);
  expect(line).toBeGreaterThanOrEqual(1);
  expect(line).toBeLessThanOrEqual(lines.length);
  expect(column).toBeGreaterThanOrEqual(1);
  expect(column).toBeLessThanOrEqual((lines[line - 1] as string).length + 1);
}

/** A cut takes whole `<property>` elements that set nothing but encryption, and blanks around them. */
function expectOnlyMembersCut(
  text: string,
  edits: readonly { readonly offset: number; readonly length: number; readonly text: string }[],
  desired: DesiredFile,
): void {
  for (const edit of edits) {
    const removed = text.slice(edit.offset, edit.offset + edit.length);
    if (edit.text !== '') {
      expect(['', '/>']).toContain(removed);
      continue;
    }
    expect(removed.trim()).toMatch(/^<(?:[^\s<>:]+:)?property[\s/>][\s\S]*>$/);
    for (const world of worlds) {
      const settings = settingsOf(removed, { ...world, includesLoad: false });
      expect(settings.filter((setting) => !mayNotStay(setting, ruled(desired)))).toEqual([]);
    }
  }
}

/**
 * Ours stand first and final, nothing else decides encryption, and every other name has the value and finality it had,
 * in every world.
 */
function expectEffect(before: string, after: string, desired: DesiredFile, role: XmlFileRole): void {
  const speaks = worlds.some((world) =>
    settingsOf(before, world).some((setting) => mayNotStay(setting, ruled(desired))),
  );
  const ours = role === 'core' || speaks ? block(desired) : [];
  for (const world of worlds) {
    expectNoLessEncryption(settingsOf(before, world), settingsOf(after, world));
    const settings = settingsOf(after, world);
    expect(settings.slice(0, ours.length).sort(byName)).toEqual(ours);
    const others = settings.slice(ours.length);
    expect(others.filter((setting) => mayNotStay(setting, ruled(desired)))).toEqual([]);
    const foreign = settingsOf(before, world).filter((setting) => !mayNotStay(setting, ruled(desired)));
    expect(effectOf(others)).toEqual(effectOf(foreign));
  }
}

/** For all buckets and for each that the file names: where it set an algorithm, it sets one, under the same names. */
export function expectNoLessEncryption(before: readonly Setting[], after: readonly Setting[]): void {
  const [had, has] = [before, after].map((settings) => effectOf(settings).values) as [Effect, Effect];
  for (const [name, value] of had) {
    if (/algorithm$/.test(name) && bucketsOf(name).length > 0 && value.trim() !== '') {
      expect(isEncrypted(name, has), `${name} was ${value}`).toBe(true);
    }
  }
}

type Effect = ReadonlyMap<string, string>;

/** By the same name, or for all buckets by the same. */
function isEncrypted(name: string, values: Effect): boolean {
  const forAll = name.replace(
    /^fs\.s3a\.bucket\..+?\.(?:fs\.s3a\.)?((?:server-side-)?encryption[.-]algorithm)$/,
    'fs.s3a.$1',
  );
  return (values.get(name) ?? values.get(forAll) ?? '').trim() !== '';
}

function ruled(desired: DesiredFile): Ruled {
  const withContext = desired.buckets.filter((rule) => 'key' in rule && rule.encryptionContext);
  return {
    unmanaged: desired.buckets.filter((rule) => 'unmanaged' in rule).map(({ name }) => name),
    contexts: desired.encryptionContext ? 'all' : withContext.map(({ name }) => name),
  };
}

function contextOf(context: DesiredFile['encryptionContext']): string | undefined {
  if (!context) return undefined;
  return Object.keys(context).length === 0
    ? ' '
    : Object.keys(context)
        .sort()
        .map((name) => `${name}=${context[name]}`)
        .join();
}

const algorithm = ['server-side-encryption-algorithm', 'encryption.algorithm'];
const key = ['server-side-encryption.key', 'encryption.key'];

/** The properties that have to stand first, told anew: 5 names for all, 9 for each bucket with a key of its own. */
function block(desired: DesiredFile): Setting[] {
  const text = (wanted: DesiredFile['key']) => ('arn' in wanted ? wanted.arn : ' ');
  const values = new Map<string, string>();
  for (const name of algorithm) values.set(`fs.s3a.${name}`, desired.algorithm);
  for (const name of [...key, 'server-side-encryption-key']) values.set(`fs.s3a.${name}`, text(desired.key));
  const context = contextOf(desired.encryptionContext);
  if (context !== undefined) values.set('fs.s3a.encryption.context', context);
  for (const rule of desired.buckets) {
    if (!('key' in rule)) continue;
    const own = contextOf(rule.encryptionContext ?? desired.encryptionContext);
    for (const long of own === undefined ? [] : ['', 'fs.s3a.']) {
      values.set(`fs.s3a.bucket.${rule.name}.${long}encryption.context`, own as string);
    }
    for (const long of ['', 'fs.s3a.']) {
      for (const name of algorithm) values.set(`fs.s3a.bucket.${rule.name}.${long}${name}`, desired.algorithm);
      for (const name of key) values.set(`fs.s3a.bucket.${rule.name}.${long}${name}`, text(rule.key));
    }
    values.set(`fs.s3a.bucket.${rule.name}.server-side-encryption-key`, text(rule.key));
  }
  return [...values].map(([name, value]) => ({ name, value, final: true, source: desired.source })).sort(byName);
}

function byName(a: Setting, b: Setting): number {
  return a.name < b.name ? -1 : 1;
}
