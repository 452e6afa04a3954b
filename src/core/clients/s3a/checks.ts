/**
 * What in a file makes an assignment impossible or unprovable, as small checks in an ordered list. The first refusal
 * counts. Row numbers in comments are those of the folders in test/cases/ways-past; the chart's docs/guarantees.md lists
 * the ways under "Ways past the key".
 */

import type { BucketRule } from '../../assignment/resolve.ts';
import type { Violation } from '../../plan/report.ts';
import { type DocumentCheck, type DocumentInput, type LocatedProperty, unprovable } from './check-input.ts';
import { effectiveValues, type Property, parserVersions } from './configuration.ts';
import { type HadoopDocument, type PropertyElement, propertiesOf } from './document.ts';
import { expand } from './expand.ts';
import { otherEncryption } from './other-encryption.ts';
import { settingChecks } from './setting-checks.ts';

const checks: readonly DocumentCheck[] = [root, strayFallback, otherEncryption, ...settingChecks, includes];

/** All violations, refusals and unprovable ones alike, in the order of the checks. */
export function findViolations(document: HadoopDocument, buckets: readonly BucketRule[]): Violation[] {
  const unmanaged = new Set(buckets.filter((rule) => 'unmanaged' in rule).map((rule) => rule.name));
  const properties = document.elements.flatMap(locate);
  const input: DocumentInput = {
    document,
    properties,
    expand: buildExpand(document),
    unmanaged,
    perBucket: buckets.length > 0,
  };
  return checks.flatMap((check) => check(input));
}

function buildExpand(document: HadoopDocument): DocumentInput['expand'] {
  let readings: { readonly all: Map<string, string>; readonly finals: Map<string, string> }[] | undefined;
  return (value) => {
    if (!value.includes('${')) return [{ text: value, known: true }];
    readings ??= parserVersions.map((parserVersion) => {
      const properties = propertiesOf(document, parserVersion);
      return { all: effectiveValues(properties), finals: effectiveValues(properties.filter(({ final }) => final)) };
    });
    // A later file, perhaps in the same ConfigMap, may override a value that isn't final.
    return readings.map(({ all, finals }) => ({ text: expand(value, all).text, known: expand(value, finals).known }));
  };
}

const none: readonly LocatedProperty[] = [];

/** No check is about a name without these words, as most names are. */
function isRelevant({ name }: Property): boolean {
  return /s3a|credential|hidden|remove/.test(name);
}

/** The relevant properties of an element. One that both parser versions read, or that nested elements repeat, is listed once. */
function locate({ properties, offset }: PropertyElement): readonly LocatedProperty[] {
  if (!properties.some(isRelevant)) return none;
  return properties
    .filter(({ name, value }, index) => {
      const before = properties[index - 1];
      return name !== before?.name || value !== before.value;
    })
    .map(({ trimmedName, value }) => ({ name: trimmedName, value, offset }));
}

/** Row 8: Hadoop ignores the root's name, but no one writes a Hadoop configuration with another root on purpose. */
function root({ document }: DocumentInput): Violation[] {
  if (document.root.local === 'configuration') return [];
  const message = `the root element is <${document.root.name}>: make it <configuration>`;
  return [{ reason: 'RootNotConfiguration', offset: document.root.offset, message }];
}

/** Row 8. */
function strayFallback({ document }: DocumentInput): Violation[] {
  const found = document.strayFallback;
  if (found === null) return [];
  const message = 'a <fallback> outside <include> makes Hadoop ignore every property after it: remove it';
  return [{ reason: 'FallbackDisablesProperties', offset: found.offset, message }];
}

/** Row 7. */
function includes({ document }: DocumentInput): Violation[] {
  return document.includes
    .filter((element) => element.attributes.some(({ local }) => local === 'href'))
    .map(({ offset }) =>
      unprovable(
        offset,
        '<include>: a per-bucket encryption property in the included file would override the assignment',
      ),
    );
}
