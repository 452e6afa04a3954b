/**
 * The ConfigMaps that the comparison creates: files that need the assigned key, each with a number in it that no other has.
 */

/** The namespace that all are created in. */
export const target = 'bench';
export const formats = ['XML', 'properties'] as const;

export interface Creation {
  readonly format: (typeof formats)[number];
  readonly kilobytes: number;
  readonly number: number;
}

export const dataKeys = { XML: 'core-site.xml', properties: 'spark-defaults.conf' } as const;

export function creation({ format, kilobytes, number }: Creation): object {
  const text = format === 'XML' ? toXml(number, kilobytes) : toProperties(number, kilobytes);
  const metadata = { name: `n-${number}`, namespace: target };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [dataKeys[format]]: text } };
}

export function toXml(number: number, kilobytes: number): string {
  const property = (name: number) =>
    `  <property>\n    <name>fs.some.property.${name}</name>\n    <value>some value of many</value>\n  </property>\n`;
  const properties = repeat(property, kilobytes);
  const numbered = `  <property>\n    <name>fs.some.number</name>\n    <value>${number}</value>\n  </property>\n`;
  return `<?xml version="1.0"?>\n<configuration>\n${numbered}${properties}</configuration>\n`;
}

export function toProperties(number: number, kilobytes: number): string {
  return `# ${number}\n${repeat((name) => `spark.some.property.${name}    some value of many\n`, kilobytes)}`;
}

function repeat(piece: (name: number) => string, kilobytes: number): string {
  const count = Math.round((kilobytes * 1000) / piece(10).length);
  return Array.from({ length: count }, (_, index) => piece(index)).join('');
}
