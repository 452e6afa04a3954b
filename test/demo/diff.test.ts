import { describe, expect, it } from 'vitest';
import { toDiff } from './diff.ts';

const property = (name: string, value = '1') =>
  `  <property>\n    <name>${name}</name>\n    <value>${value}</value>\n  </property>\n`;
const file = (...properties: string[]) => `<configuration>\n${properties.join('')}</configuration>\n`;
const signed = (sign: string, text: string) => text.trimEnd().replace(/^/gm, sign).split('\n');

function diff(before: string, after: string): string[] {
  return toDiff({ name: 'before', text: before }, { name: 'after', text: after }).map(({ text }) => text);
}

describe('the diff of two files', () => {
  it('is empty where nothing differs', () => {
    expect(diff(file(property('a')), file(property('a')))).toEqual([]);
  });

  it('shows new properties whole, and leaves the others alone', () => {
    expect(diff(file(property('a')), file(property('x'), property('y'), property('a')))).toEqual([
      '--- before',
      '+++ after',
      '@@ -1,4 +1,12 @@',
      ' <configuration>',
      ...signed('+', property('x') + property('y')),
      ...signed(' ', property('a')).slice(0, 3),
    ]);
  });

  it('shows a property that was cut out, and one that came in elsewhere', () => {
    expect(diff(file(property('a'), property('b')), file(property('x'), property('a')))).toEqual([
      '--- before',
      '+++ after',
      '@@ -1,10 +1,10 @@',
      ' <configuration>',
      ...signed('+', property('x')),
      ...signed(' ', property('a')),
      ...signed('-', property('b')),
      ' </configuration>',
    ]);
  });

  it('shows the line alone that changed inside a property', () => {
    const others = ['b', 'c', 'd'].map((name) => property(name));
    expect(diff(file(property('a'), ...others), file(property('a', '2'), ...others))).toEqual([
      '--- before',
      '+++ after',
      '@@ -1,7 +1,7 @@',
      ...signed(' ', `<configuration>\n  <property>\n    <name>a</name>\n`),
      '-    <value>1</value>',
      '+    <value>2</value>',
      ...signed(' ', `  </property>\n  <property>\n    <name>b</name>\n`),
    ]);
  });

  it('shows distant changes apart, each with its place in both versions', () => {
    const others = ['b', 'c', 'd'].map((name) => property(name));
    const found = diff(file(property('a'), ...others), file(property('x'), property('a'), ...others, property('y')));
    expect(found.filter((line) => line.startsWith('@@'))).toEqual(['@@ -1,4 +1,8 @@', '@@ -15,4 +19,8 @@']);
  });

  it('shows what has no properties line by line, also without a last line end', () => {
    expect(diff('', 'a\n')).toEqual(['--- before', '+++ after', '@@ -0,0 +1,1 @@', '+a']);
    expect(diff('a\nb', 'a\nc')).toEqual(['--- before', '+++ after', '@@ -1,2 +1,2 @@', ' a', '-b', '+c']);
    expect(diff('<configuration/>', '<configuration>\n</configuration>').slice(3)).toEqual([
      '-<configuration/>',
      '+<configuration>',
      '+</configuration>',
    ]);
  });
});
