/**
 * What people write, to measure what the plan costs them: the project's real-looking files, and longer ones like them.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

export interface BenchDocument {
  readonly name: string;
  readonly text: string;
}

const folder = join(import.meta.dirname, '..', 'hadoop', 'real-looking');

export function loadDocuments(): BenchDocument[] {
  const files = globSync('*.core-site.xml', { cwd: folder }).sort();
  return [
    ...files.map((file) => ({
      name: basename(file, '.core-site.xml'),
      text: readFileSync(join(folder, file), 'utf8'),
    })),
    ...[10, 20, 50, 90, 300, 3000].map((count) => ({ name: `${count} properties`, text: generate(count) })),
    { name: '4000 properties in one line', text: generate(4000).replace(/\n\s*/g, '') },
  ];
}

/** The files of a folder, without those that are no text or no core-site.xml that can be planned. */
export function loadCorpus(corpus: string, isPlanned: (text: string) => boolean): BenchDocument[] {
  return globSync('*.xml', { cwd: corpus })
    .sort()
    .map((name) => ({ name, text: readFileSync(join(corpus, name), 'utf8') }))
    .filter(({ text }) => isPlanned(text));
}

const words = 'fs s3a hadoop proxyuser security ipc client connection maximum threads retry timeout hosts groups'.split(
  ' ',
);

/** Names of three to five words, values of all lengths, a description or a final here and there. */
function generate(count: number): string {
  const properties = Array.from({ length: count }, (_, index) => {
    const name = Array.from({ length: 3 + (index % 3) }, (_, turn) => words[(index * 7 + turn * 5) % words.length]);
    const value =
      index % 5 === 0 ? `jdbc:postgresql://db/x?a=${index}&amp;ssl=true` : `${'v'.repeat(index % 30)}${index}`;
    const more = [
      ...(index % 4 === 0 ? [`    <description>What ${name[0]} does\n      when it has to.</description>`] : []),
      ...(index % 9 === 0 ? ['    <final>true</final>'] : []),
    ];
    return [
      ...(index % 10 === 0 ? [`  <!-- ${name.join(' ')} -->`] : []),
      '  <property>',
      `    <name>${name.join('.')}.${index}</name>`,
      `    <value>${value}</value>`,
      ...more,
      '  </property>',
    ].join('\n');
  });
  return `<?xml version="1.0"?>\n<configuration>\n${properties.join('\n')}\n</configuration>\n`;
}
