/**
 * Sorts a document's properties: which stay, which are ours already, which must be cut, and which can't be cut.
 */
import type { Encryption } from '../../assignment/resolve.ts';
import type { Remark } from '../../plan/report.ts';
import { shortName } from './check-input.ts';
import { javaTrim, type Property, parserVersions } from './configuration.ts';
import { type HadoopDocument, type PropertyElement, propertiesIn } from './document.ts';
import {
  type EncryptionProperty,
  isRuled,
  toEncryptionProperties,
  toEncryptionProperty,
  toSettingKey,
  type WantedProperty,
} from './encryption-properties.ts';

export interface Sorted {
  /** Our properties stand first and are right: they stay where they are. */
  readonly blockStands: boolean;
  /** Elements to cut out whole, in document order. */
  readonly cut: readonly PropertyElement[];
  /** Elements that hold an encryption property and something else that has an effect. */
  readonly inseparable: readonly Remark[];
  /** The user's own settings that are cut and had another value than ours. */
  readonly overridden: readonly Remark[];
}

/** The beginning of `<source>` in our properties. */
export const sourcePrefix = 'KmsKeyAssignment/';

/**
 * Whether a property must be cut. Every encryption property must, unless the assignment leaves its setting or its bucket
 * alone; there only our own earlier properties must. A name with two meanings (`toEncryptionProperties`) stays only where both may.
 */
export function isForbidden(
  { trimmedName, source }: Pick<Property, 'trimmedName' | 'source'>,
  encryption: Encryption,
): boolean {
  const encryptionProperties = toEncryptionProperties(trimmedName);
  if (encryptionProperties.length === 0) return false;
  if (source?.startsWith(sourcePrefix)) return true;
  const isUnmanaged = ({ bucket }: EncryptionProperty) =>
    encryption.buckets.some((rule) => 'unmanaged' in rule && rule.name === bucket);
  return encryptionProperties.some(
    (encryptionProperty) => !isUnmanaged(encryptionProperty) && isRuled(encryptionProperty, encryption),
  );
}

/** Whether the document holds any property that must be cut, whatever its value. */
export function holdsForbidden({ elements }: HadoopDocument, encryption: Encryption): boolean {
  return elements.some(({ properties }) => properties.some((property) => isForbidden(property, encryption)));
}

/** Sorts the elements of a document; `wanted` are the properties that must stand first. */
export function sortElements(
  document: HadoopDocument,
  wanted: readonly WantedProperty[],
  desired: Encryption & { readonly source: string },
): Sorted {
  const { elements } = document;
  const blockStands = standsFirst(document, wanted, desired.source);
  const cut: PropertyElement[] = [];
  const inseparable: Remark[] = [];
  for (const element of blockStands ? elements.slice(wanted.length) : elements) {
    const { properties, offset } = element;
    const first = properties.find((property) => isForbidden(property, desired));
    if (first === undefined) continue;
    const whole = properties.length === 1 || properties.every((property) => isForbidden(property, desired));
    if (whole && !element.inseparable) cut.push(element);
    else inseparable.push({ offset, message: inseparableMessage(first.trimmedName) });
  }
  const values = cut.length === 0 ? none : valuesOf(wanted);
  const overridden = cut.flatMap((element) => overriddenIn(element, values, desired.source));
  return { blockStands, cut, inseparable, overridden };
}

/** Nothing may come before our block, not even an include: a final property in the included file would win. */
function standsFirst(
  { elements, includes }: HadoopDocument,
  wanted: readonly WantedProperty[],
  source: string,
): boolean {
  const ours = elements.slice(0, wanted.length);
  const end = ours.at(-1)?.end ?? 0;
  if (ours.length < wanted.length || includes.some(({ offset }) => offset < end)) return false;
  return wanted.every((property, index) => isOurs(ours[index] as PropertyElement, property, source));
}

function inseparableMessage(name: string): string {
  return `${shortName(name)} stands in one <property> together with another property, an <include> or a <fallback>, so that it can't be cut out alone: give it a <property> of its own`;
}

/** A child of the root that holds exactly the wanted property, in both parser versions. */
function isOurs(element: PropertyElement, wanted: WantedProperty, assignment: string): boolean {
  const { name, value, source = assignment } = wanted;
  if (!element.inRoot || element.inseparable) return false;
  return parserVersions.every((parserVersion) => {
    const [property, ...others] = propertiesIn(element, parserVersion);
    if (property === undefined || others.length > 0) return false;
    return property.name === name && property.value === value && property.final && property.source === source;
  });
}

function overriddenIn(element: PropertyElement, values: ValuesBySetting, source: string): Remark[] {
  const names = new Set<string>();
  for (const property of element.properties) {
    if (saysSomethingElse(property, values)) names.add(property.trimmedName);
  }
  return [...names].map((name) => ({
    offset: element.offset,
    message: `${shortName(name)} was removed; ${source} sets it`,
  }));
}

function saysSomethingElse(property: Property, values: ValuesBySetting): boolean {
  if (property.source?.startsWith(sourcePrefix)) return false;
  if (property.value === null) return property.final;
  const encryptionProperty = toEncryptionProperty(property.trimmedName);
  if (encryptionProperty === null) return false;
  const value =
    values.get(toSettingKey(encryptionProperty)) ?? values.get(toSettingKey({ ...encryptionProperty, bucket: null }));
  return value === undefined || value !== javaTrim(property.value);
}

/** The wanted value of each setting, trimmed. All names of a setting have the same value. */
type ValuesBySetting = ReadonlyMap<string, string>;

const none: ValuesBySetting = new Map();

function valuesOf(wanted: readonly WantedProperty[]): ValuesBySetting {
  const values = new Map<string, string>();
  for (const { name, value } of wanted) {
    const encryptionProperty = toEncryptionProperty(name);
    if (encryptionProperty !== null) values.set(toSettingKey(encryptionProperty), javaTrim(value));
  }
  return values;
}
