/**
 * Whether a file still holds what an assignment set earlier: an earlier key, or an earlier form of our properties.
 */
import type { Encryption } from '../../assignment/resolve.ts';
import { type Property, parserVersions } from './configuration.ts';
import { type HadoopDocument, type PropertyElement, propertiesIn } from './document.ts';
import { globalNames, toEncryptionProperty } from './encryption-properties.ts';
import { isForbidden, sourcePrefix } from './sort-elements.ts';

/**
 * True where properties of any KmsKeyAssignment stand first, complete and final, with one key and one algorithm of KMS, and no
 * later property gets past them. It doesn't matter which assignment set them: the namespace may have had another one before.
 */
export function holdsEarlierBlock(document: HadoopDocument, encryption: Encryption): boolean {
  const { elements, includes } = document;
  const block: Property[] = [];
  for (const element of elements) {
    const property = toOurs(element);
    if (property === null) break;
    block.push(property);
  }
  const end = elements[block.length - 1]?.end ?? 0;
  if (includes.some(({ offset }) => offset < end) || !isWhole(block)) return false;
  return !elements
    .slice(block.length)
    .some(({ properties }) => properties.some((property) => isForbidden(property, encryption)));
}

/** The one final property of ours that an element holds, in each parser version; null for any other element. */
function toOurs(element: PropertyElement): Property | null {
  if (!element.inRoot || element.inseparable) return null;
  let ours: Property | null = null;
  for (const parserVersion of parserVersions) {
    const [property, ...others] = propertiesIn(element, parserVersion);
    if (property === undefined || others.length > 0 || !isOurs(property)) return null;
    if (ours !== null && (ours.name !== property.name || ours.value !== property.value)) return null;
    ours = property;
  }
  return ours;
}

function isOurs({ name, value, final, source }: Property): boolean {
  return final && value !== null && source?.startsWith(sourcePrefix) === true && toEncryptionProperty(name) !== null;
}

function isWhole(block: readonly Property[]): boolean {
  return encryptsWithKms((name) => block.find((property) => property.name === name)?.value);
}

/** True where all names of the algorithm have the same KMS algorithm, and all names of the key have the same key. */
export function encryptsWithKms(valueUnder: (name: string) => string | null | undefined): boolean {
  const [algorithm, ...algorithms] = globalNames('algorithm').map(valueUnder);
  const [key, ...keys] = globalNames('key').map(valueUnder);
  if (algorithm !== 'SSE-KMS' && algorithm !== 'DSSE-KMS') return false;
  return (
    typeof key === 'string' && algorithms.every((other) => other === algorithm) && keys.every((other) => other === key)
  );
}
