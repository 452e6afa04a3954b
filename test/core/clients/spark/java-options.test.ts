/**
 * Java options in Spark's properties; test/spark asks Spark's own splitter.
 */
import { describe, expect, it } from 'vitest';
import { readJavaOptions, splitOptions } from '../../../../src/core/clients/spark/java-options.ts';

describe('Java options', () => {
  it.each<[string, string[]]>([
    ['', []],
    ['  -Xmx1g\t-Da=b\n', ['-Xmx1g', '-Da=b']],
    ['-D"spar"k."hadoop".x=y', ['-Dspark.hadoop.x=y']],
    [`-Da='b c' "" d`, ['-Da=b c', '', 'd']],
    ['-D\\a=\\"b', ['-Da="b']],
    [`'a\\b' "a\\"b"`, ['a\\b', 'a"b']],
  ])("are split as Spark's launcher splits them: %j", (text, words) =>
    expect(splitOptions(text, 'launcher')).toEqual(words),
  );

  it('are split for executors with backslashes as they are', () => {
    const text = 'a\\ -Dspark.x=1 "a\\"b"';
    expect(splitOptions(text, 'executor')).toEqual(['a\\', '-Dspark.x=1', 'a"b']);
    expect(readJavaOptions(text).properties).toEqual([{ name: 'spark.x', value: '1' }]);
  });

  it.each([
    '@/opt/options',
    '-XX:VMOptionsFile=/x',
    '-XX:Flags=x',
    '-cp /x',
    '-classpath=/x',
    '-javaagent:a.jar',
    '"-javaa"gent:a',
  ])('that bring in others are told: %s', (text) =>
    expect(readJavaOptions(`-Xss1m ${text}`).unprovable).toHaveLength(1),
  );

  it('that only tune the JVM are no matter', () => {
    expect(
      readJavaOptions('-Xmx1g -XX:+UseG1GC --add-opens=java.base/java.nio=ALL-UNNAMED -Duser.timezone=UTC -ea'),
    ).toEqual({
      properties: [{ name: 'user.timezone', value: 'UTC' }],
      unprovable: [],
    });
  });
});
