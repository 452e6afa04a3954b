// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Hadoop's variables
/**
 * What mutations put into documents: names and values that matter to encryption, and pieces of XML that parsers
 * disagree about.
 */
import { isEncryptionProperty } from '../encryption-properties.ts';
import type { Random } from './random.ts';

export const bucketNames = ['b1', 'b2', 'my.bucket', 'ledger', 'partner-drop', 'logs.example.com'];

const forms = [
  ...['encryption.algorithm', 'server-side-encryption-algorithm', 'encryption.key', 'server-side-encryption.key'],
  ...['server-side-encryption-key', 'encryption.context'],
  // near misses
  ...['encryption-key', 'server-side-encryption.algorithm', 'encryption', 'encryption.key.x', 'Encryption.key'],
];

const otherNames = [
  ...[
    'other.name',
    'fs.defaultFS',
    'io.file.buffer.size',
    'fs.s3a.endpoint',
    'fs.s3a.bucket.b1.endpoint',
    'x',
    'größe',
  ],
  ...['__proto__', 'constructor', 'fs.s3a.bucket..encryption.key', 'fs.s3a.bucket.encryption.key', 'name', 'true'],
  ...['東京.名', 'fs.s3a.bucket.東京😀.encryption.key', '\u3000fs.s3a.encryption.key'],
];

const dangerousNames = [
  ...['hadoop.security.credential.clear-text-fallback', 'hadoop.security.credential.provider.path'],
  ...['fs.s3a.bucket.b1.security.credential.provider.path', 'fs.s3a.impl', 'fs.s3a.bucket.b2.impl'],
  ...['fs.s3a.encryption.cse.kms.region', 'fs.s3a.client.s3.custom.headers', 'fs.s3a.custom.signers'],
  ...['fs.s3a.s3.client.factory.impl', 'fs.s3a.bucket.b1.accesspoint.arn'],
];

const plainValues = [
  ...['arn:aws:kms:us-west-2:999999999999:key/00000000-0000-0000-0000-000000000000', 'SSE-KMS', 'AES256', 'sse-kms'],
  ...['DSSE-KMS', 'aws:kms', 'kept', '65536', '', ' ', 'true', 'no', 'alias/own', 'a &amp; b', 'two\nlines', 'k=v'],
  ...[
    '&lt;name&gt;',
    '<![CDATA[</configuration>]]>',
    '<!-- nothing -->',
    'é 東京 😀',
    '$',
    '${',
    '${other.name}',
    'malformed=',
  ],
];
const dangerousValues = [
  ...['SSE-C', 'CSE-KMS', 'sse-c', 'CSE-CUSTOM', 'false', ' FALSE ', '${env.HOME}', '${x}', 'fal${x}', 'S<!-- -->SE-C'],
  ...[
    'fal\u017fe',
    'FAL&#x17f;E',
    '${env.NO_SUCH:-SSE-C}',
    '${env.NO_SUCH-MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=}',
  ],
  ...['ſſe-c', 'CSE-\u212aMS', ' \n', '&#83;SE-C'],
  ...['MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=', 'jceks://file/tmp/none.jceks'],
];

/** A property's name: half of them encryption properties. */
export function pickName(random: Random): string {
  if (random.chance(0.04)) return random.pick(dangerousNames);
  if (random.chance(0.4)) return random.pick(otherNames);
  const form = random.pick(forms);
  if (random.chance(0.5)) return `fs.s3a.${form}`;
  return `fs.s3a.bucket.${random.pick(bucketNames)}.${random.chance(0.4) ? 'fs.s3a.' : ''}${form}`;
}

export function pickMember(random: Random): string {
  const name = pickName(random);
  return isEncryptionProperty(name) ? name : 'fs.s3a.encryption.key';
}

/** As it stands in an element: escaped where it has to be. */
export function pickValue(random: Random): string {
  return random.pick(random.chance(0.05) ? dangerousValues : plainValues);
}

/** A `<property>` in any form. */
export function pickProperty(random: Random): string {
  const name = pickName(random);
  const value = pickValue(random);
  const final = random.chance(0.3) ? 'true' : random.pick([' true', 'TRUE', 'false', '']);
  switch (random.below(6)) {
    case 0:
      return `<property name="${name}" value="${toAttribute(value)}"${random.chance(0.4) ? ` final="${final}"` : ''}/>`;
    case 1:
      return `<property name="${random.pick(blanks)}${name}${random.pick(blanks)}" value="${toAttribute(value)}"/>`;
    case 2:
      return `<property><value>${value}</value><name>${name}</name></property>`;
    case 3:
      return `<property><name>${name}</name><final>${final}</final></property>`;
    case 4:
      return `<property>\n  <name>${name}</name>\n  <value>${value}</value>\n  <final>${final}</final>\n</property>\n`;
    default:
      return `<property><name>${name}</name><value>${value}</value></property>`;
  }
}

export function toAttribute(content: string): string {
  return content
    .replace(/<[^>]*>/g, '')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;');
}

/** Blanks to Java, to JavaScript, to neither, or to both. */
export const blanks = [
  ...[' ', '\t', '\n', '\r', '\r\n', '  ', '&#9;', '&#10;', '&#13;', '&#32;', '\u00a0', '\u0085', '\u2028', '\ufeff'],
  ...['\u200b', '\u3000', '\x1f', '\x0b', '\x0c', '\x1c', '&#160;'],
];

/** What may stand between two characters of a name without a trace, or with one. */
export const splitters = [
  ...['<!-- x -->', '<!---->', '<!--->-->', '<?x?>', '<?x y?>', '<?x "?>', "<?don't don't?>", '<b/>', '<b></b>'],
  ...[
    '<![CDATA[]]>',
    '<b>',
    '</b>',
    '<tag/>',
    '<tag>t</tag>',
    '<source/>',
    '<source>s</source>',
    '<name/>',
    '<value/>',
  ],
  ...['<final/>', '<final>true</final>', '<property/>', '<include/>', '<fallback/>', '<description>d</description>'],
  ...['<p:b xmlns:p="u"/>', '<configuration/>', '\u00ad', '&#x200b;'],
];

/** Start and end of what an element may be put into. */
export const wrappers: readonly (readonly [string, string])[] = [
  ['<x>', '</x>'],
  ['<configuration>', '</configuration>'],
  ['<property>', '</property>'],
  ['<property><name>other.name</name><value>outer</value>', '</property>'],
  ['<property>', '<name>other.name</name><value>outer</value></property>'],
  ['<description>', '</description>'],
  ['<name>', '</name>'],
  ['<value>', '</value>'],
  ['<final>', '</final>'],
  ['<tag>', '</tag>'],
  ['<source>', '</source>'],
  ['<include>', '</include>'],
  ['<include href="none.inc"><fallback>', '</fallback></include>'],
  ['<include href="plain.inc"><fallback>', '</fallback></include>'],
  ['<include href="none.inc"><fallback/>', '</include>'],
  ['<fallback>', '</fallback>'],
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?x ', '?>'],
  ['<p:group xmlns:p="urn:p">', '</p:group>'],
  ['<x xmlns="urn:x">', '</x>'],
];

export const includes = [
  ...['plain', 'finals', 'finals', 'finals', 'buckets', 'stray-fallback', 'nested'].map(
    (file) => `<include href="${file}.inc"/>`,
  ),
  ...['none', 'broken', 'empty'].map((file) => `<include href="${file}.inc"/>`),
  '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="none.inc"><xi:fallback/></xi:include>',
  '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" xi:href="plain.inc"/>',
  '<include href="plain.inc"><fallback><property><name>fs.s3a.encryption.key</name><value>y</value></property></fallback></include>',
  '<include href="none.inc"><fallback><property><name>fs.s3a.encryption.key</name><value>y</value></property></fallback></include>',
  ...['<include/>', '<include href=""/>', '<fallback/>', '<include><fallback/></include>', '<include xmlns:href="a"/>'],
  ...[
    '<include href="none.inc" href2="plain.inc"/>',
    '<include>text</include>',
    '<include href="broken.inc"><fallback/></include>',
  ],
];

/** Bits of markup, whole and broken. */
export const crumbs = [
  ...['<', '>', '&', '"', "'", '/', '=', ';', '-', '--', '-->', '<!--', '<![CDATA[', ']]>', ']]', ']]&gt;', '<?', '?>'],
  ...['<property>', '</property>', '<name>', '</name>', '<value>', '</value>', '<configuration>', '</configuration>'],
  ...['<final>true</final>', '<value/>', '<name></name>', '<a/>', '<a>', '</a>', '<a b="1" b="2"/>', "<a b='\"'/>"],
  ...['<h:a>', '<h:a/>', '<a xmlns:h=""/>', '<a xmlns="urn:x"/>', ' xmlns:h="urn:h"', ' a="b"', " a='&#10;'", ' a=""'],
  ...[
    '&amp;',
    '&lt;',
    '&#65;',
    '&#x41;',
    '&#0;',
    '&#xD800;',
    '&#x10FFFF;',
    '&#xFFFE;',
    '&nbsp;',
    '&amp',
    '&#;',
    '&#X41;',
  ],
  ...[
    '\u0000',
    '\u0001',
    '\u001a',
    '\u007f',
    '\u0085',
    '\ufffe',
    '\uffff',
    '\ufdd0',
    '\ufeff',
    '\u{10ffff}',
    '😀',
    'é',
  ],
  ...['<!DOCTYPE configuration>', '<!DOCTYPE a [<!ENTITY e "x">]>', '<?xml version="1.0"?>', '<!-- a -- b -->', '<!>'],
  ...[
    '<1a/>',
    '<a.b-c_d/>',
    '<:a/>',
    '<a:/>',
    '<a:b:c/>',
    '<xml:a/>',
    '<__proto__/>',
    '<é/>',
    '<😀/>',
    '<a\n/>',
    '<a/ >',
  ],
];

export const declarations = [
  ...[
    '',
    '<?xml version="1.0"?>',
    "<?xml version='1.0' encoding='utf-8'?>\n",
    '<?xml version="1.0" encoding="UTF-8"?>',
  ],
  ...['<?xml version="1.0" encoding="UTF8" standalone="no"?>\r\n', '<?xml version="1.0" standalone="yes" ?>\n', '\n'],
  ...[
    '<?xml version="1.1"?>',
    '<?xml version="1.0" encoding="US-ASCII"?>',
    '<?xml version="1.0" encoding="ISO-8859-1"?>',
  ],
  ...[
    '<?xml version="1.0" encoding="UTF-16"?>',
    '<?xml version="1.0" encoding="windows-1252"?>',
    '<?xml version="1.0" encoding=""?>',
  ],
  ...[
    '<?xml version="1.0" encoding="ISO-2022-JP"?>',
    '<?xml version="1.0" encoding="IBM037"?>',
    '<?xml encoding="UTF-8"?>',
  ],
  ...[
    '<?xml?>',
    ' <?xml version="1.0"?>',
    '<?xml version="1.0"?><?xml version="1.0"?>',
    '<?XML version="1.0"?>',
    '<!-- first -->',
    "<?note don't?>",
    `<?xml version="1.0"?><?note "?>`,
  ],
  ...[
    '<?xml version="1.0"?>\n<!DOCTYPE configuration [<!ATTLIST property final CDATA "true">]>\n',
    '<!DOCTYPE configuration>',
  ],
  ...['\ufeff', '\ufeff<?xml version="1.0"?>', '\ufeff\ufeff', ' \ufeff', 'x', '<?xml-stylesheet href="a.xsl"?>'],
];
