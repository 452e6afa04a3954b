/**
 * What the API server told clients about their own ConfigMaps: afterwards it must still be so, whatever was repaired.
 */
import { readProperties } from '../product/effective.ts';
import type { KubernetesObject } from '../product/use-product.ts';
import { withoutOurs } from './world.ts';

const absent = '(absent)';

export interface Ledger {
  /** Done, as the API server said. */
  done(key: string, revision: string | undefined): void;
  /** Asked for, and nobody knows whether it was done. */
  perhaps(key: string, revision: string | undefined): void;
  /** Where what is stored is nothing that was ever asked for, in words. */
  differences(configMaps: readonly KubernetesObject[]): string[];
  /** ConfigMaps that somebody knows of. */
  readonly size: number;
}

export function buildLedger(): Ledger {
  /** By `namespace/name`: the revisions that may be stored. */
  const possible = new Map<string, Set<string>>();
  return {
    done: (key, revision = absent) => void possible.set(key, new Set([revision])),
    perhaps(key, revision = absent) {
      const before = possible.get(key) ?? new Set([absent]);
      possible.set(key, before.add(revision));
    },
    differences(configMaps) {
      const stored = new Map(configMaps.map((each) => [`${each.metadata.namespace}/${each.metadata.name}`, each]));
      return [...possible].flatMap(([key, revisions]) => {
        const configMap = stored.get(key);
        const found = configMap === undefined ? absent : revisionOf(configMap);
        if (!revisions.has(found)) return [`${key} is ${found} instead of ${[...revisions].join(' or ')}`];
        if (configMap === undefined || !leavesTheRest(configMap)) return configMap ? [`${key} has other text`] : [];
        return [];
      });
    },
    get size() {
      return possible.size;
    },
  };
}

function coreFile({ data, binaryData }: KubernetesObject): string | undefined {
  if (binaryData?.['core-site.xml']) return Buffer.from(binaryData['core-site.xml'], 'base64').toString();
  return data?.['core-site.xml'];
}

function revisionOf(configMap: KubernetesObject): string {
  const file = coreFile(configMap);
  if (file === undefined) return configMap.data?.note ?? '(none)';
  if (configMap.metadata.name.startsWith('broken'))
    return /chaos\.revision<\/name>\s*<value>(.*)</.exec(file)?.[1] ?? '(none)';
  return readProperties(file).find(({ name }) => name === 'chaos.revision')?.value ?? '(none)';
}

/** A plain file is the client's own text to the byte, but for what is ours in it. */
function leavesTheRest(configMap: KubernetesObject): boolean {
  if (!/^(plain|immutable|binary)-/.test(configMap.metadata.name)) return true;
  const file = withoutOurs(coreFile(configMap) ?? '');
  const revision = revisionOf(configMap);
  return (
    file ===
    `<?xml version="1.0"?>\n<!-- written by hand -->\n<configuration>\n  <property>\n    <name>chaos.revision</name>\n    <value>${revision}</value>\n  </property>\n</configuration>\n`
  );
}
