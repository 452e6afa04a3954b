// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Hadoop's variables
/**
 * Documents built to be slow: each repeats one thing that an unwise reader takes longer over the more of it there is.
 */
export interface Shape {
  readonly name: string;
  /** The document in which `unit` stands some `size` characters long. */
  build(size: number): string;
  /** What becomes of it; a fault at the first character would measure nothing. */
  readonly outcome: string;
}

type Unit = string | ((index: number) => string);

function fill(unit: Unit, size: number): string {
  if (typeof unit === 'string') return unit.repeat(Math.ceil(size / unit.length));
  const parts: string[] = [];
  for (let length = 0, index = 0; length < size; index++) {
    const part = unit(index);
    parts.push(part);
    length += part.length;
  }
  return parts.join('');
}

function inRoot(name: string, unit: Unit, outcome = 'change'): Shape {
  return { name, outcome, build: (size) => `<configuration>${fill(unit, size)}</configuration>` };
}

function between(name: string, before: string, unit: Unit, after: string, outcome = 'change'): Shape {
  const build = (size: number) => `<configuration>${before}${fill(unit, size)}${after}</configuration>`;
  return { name, outcome, build };
}

/** Of so many bytes a unit of UTF-16, so that it isn't too large. */
function ofBytes(name: string, character: string, bytes: number): Shape {
  return {
    name,
    outcome: 'change',
    build: (size) => `<configuration>${fill(character, size / bytes)}</configuration>`,
  };
}

/**
 * A run of one character deep inside properties, each of which is taken over once more when it ends: by two readings from
 * the first <tag> on. `ends` tells what stands before each end.
 */
function inNested(
  name: string,
  character: string,
  inside: (run: string) => string,
  outcome = 'change',
  ends: (index: number) => string = () => '',
): Shape {
  const before = `<configuration><tag/>${'<property>'.repeat(990)}`;
  const after = `${Array.from({ length: 990 }, (_, index) => `${ends(index)}</property>`).join('')}</configuration>`;
  const build = (size: number) =>
    before + inside(character.repeat(Math.max(0, size - before.length - after.length))) + after;
  return { name, outcome, build };
}

const anotherValue = (index: number) => `<value>a${index}</value>`;

function property(name: string, value: string): string {
  return `<property><name>${name}</name><value>${value}</value></property>\n`;
}

function nested(element: string, depth: number): string {
  return `<${element}>`.repeat(depth) + `</${element}>`.repeat(depth);
}

const attributes = Array.from({ length: 900 }, (_, index) => `a${index}="x"`).join(' ');
const prefixes = Array.from({ length: 900 }, (_, index) => `xmlns:p${index}="u${index}"`).join(' ');
const key = 'fs.s3a.encryption.key';

export const shapes: readonly Shape[] = [
  inRoot('elements 900 deep', nested('a', 900)),
  inRoot('tiny elements', '<a/>'),
  inRoot('short elements', '<a></a>'),
  inRoot('properties', property('a', 'b')),
  inRoot('properties of all names', (index) => property(`name.${index}`, 'b')),
  inRoot('properties with a reference', property('a', `${'v'.repeat(500)}&amp;`)),
  between('a long value with a reference', '<property><name>a</name><value>', 'v', '&amp;</value></property>'),
  inRoot('properties in attributes', '<property name="a" value="b"/>'),
  inRoot('encryption properties', property(key, 'b')),
  inRoot('encryption properties between text', `x${property(key, 'b')}`),
  inRoot('encryption properties of all buckets', (index) => property(`fs.s3a.bucket.b${index}.encryption.key`, 'b')),
  inRoot('encryption properties that are final', `<property name="${key}" value="a" final="true"/>`),
  inRoot('nested properties', nested('property', 900)),
  inRoot('nested properties with names', `${'<property><name>a</name>'.repeat(300)}${'</property>'.repeat(300)}`),
  between(
    'properties in a property',
    '<property>',
    (index) => `<property name="fs.s3a.x${index}" value="b"/>`,
    '</property>',
  ),
  inNested('a long value in nested properties', 'b', (run) => `<name>fs.s3a.x</name><value>${run}</value>`, 'TooLarge'),
  inNested('blanks before a nested name', ' ', (run) => `<name>${run}x</name>`),
  inNested('names that end again', ' ', (run) => `${'<name>'.repeat(9)}${run}x${'</name>'.repeat(9)}`),
  inNested(
    'a long name in nested properties',
    'b',
    (run) => `<name>fs.s3a.bucket.${run}.encryption.key</name>`,
    'TooLarge',
    anotherValue,
  ),
  inNested(
    'a long note in nested properties',
    'b',
    (run) => `<name>fs.s3a.bucket.${run}.custom.signers</name>`,
    'TooLarge',
    anotherValue,
  ),
  {
    name: 'a long value behind variables',
    outcome: 'change',
    build: (size) =>
      `<configuration>${property('x', ' '.repeat(size / 2))}${fill(`<property name="${key}" value="\${x}"/>`, size / 2)}</configuration>`,
  },
  inRoot('notes about includes', '<include href="a"/>\n'),
  inRoot('notes about classes', property('fs.s3a.impl', 'x')),
  inRoot('unknown algorithms', `<property name="fs.s3a.encryption.algorithm" value="\${x}"/>`),
  inRoot('variables in values', property('a', '${a}${b')),
  inRoot('variables that name the next', (index) => property(`x${index}`, `\${x${index + 1}}`)),
  between('a name of dots', '<property><name>fs.s3a.bucket.', '.', '</name><value>b</value></property>'),
  between('a name of prefixes', '<property><name>fs.s3a.bucket.', 'fs.s3a.', '</name><value>b</value></property>'),
  between('a name in pieces', '<property><name>', '<x/>a', '</name></property>'),
  between('a property of sources', '<property><name>a</name>', '<source>s</source>', '</property>'),
  inRoot('tags', '<property><name>a<tag>b</tag></name></property>'),
  inRoot('<', '<', 'Malformed'),
  inRoot('</', '</', 'Malformed'),
  inRoot('&', '&', 'Malformed'),
  inRoot('&lt;', '&lt;'),
  inRoot('&#65;', '&#65;'),
  inRoot('>', '>'),
  inRoot(']', ']'),
  inRoot('-', '-'),
  between('a comment of - and blanks', '<!--', '- ', '-->'),
  between('a comment of <!-', '<!--', '<!- ', '-->'),
  inRoot('comments', '<!---->'),
  inRoot('comments that never end', '<!-- ', 'Malformed'),
  inRoot('CDATA', '<![CDATA[x]]>'),
  between('CDATA of ]]', '<![CDATA[', ']] ', ']]>'),
  inRoot('CDATA that never ends', '<![CDATA[', 'Malformed'),
  inRoot('instructions', '<?x?>'),
  inRoot('instructions of quotes', `<?x '"?>`),
  inRoot('blanks', ' '),
  inRoot('lines', '\n'),
  inRoot('lines that end in two characters', '\r\n'),
  inRoot('blank lines around encryption properties', `\n \n${property(key, 'b')} \n`),
  inRoot('900 attributes', `<a ${attributes}/>`),
  inRoot('attributes of references', `<a b="${'&amp;'.repeat(1000)}"/>`),
  inRoot('quotes', `"'`),
  {
    name: 'declarations under 900 prefixes',
    outcome: 'change',
    build: (size) => `<configuration ${prefixes}>${fill('<a xmlns:b="x"/>', size)}</configuration>`,
  },
  inRoot('900 declarations', `<a ${prefixes}/>`),
  ofBytes('characters of three bytes', '東', 3),
  ofBytes('characters of two units', '😀', 2),
];

/** Larger than any ConfigMap: the scanner's own pace. */
export const millionElements: Shape = inRoot('a million tiny elements', '<a/>', 'TooLarge');
