import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/cli/command.ts';
import { commands } from '../../src/cli/commands.ts';
import { positionOf } from '../../src/cli/inputs/position.ts';
import { parseCommandArgs } from '../../src/cli/parse-args.ts';
import { startProgress } from '../../src/cli/terminal.ts';
import { locator } from '../../src/core/formats/xml/position.ts';
import { makeFolder } from './command-line.ts';

const shape: Pick<Command, 'options' | 'operands'> = {
  options: {
    file: { short: 'f', value: 'FILE', about: '', repeatable: true },
    format: { short: 'o', value: 'FORMAT', about: '', choices: ['text', 'json'], fallback: 'text' },
    key: { value: 'KEY', about: '', required: true },
    deep: { short: 'd', about: '' },
  },
  operands: { name: 'PATH', about: '', least: 0, most: 2 },
};
const parse = (line: string) => parseCommandArgs(shape, line.split(' ').filter(Boolean));
const mistakes = (line: string) => {
  const parsed = parse(line);
  return parsed.kind === 'mistakes' ? parsed.mistakes : [];
};

describe('the words of a command', () => {
  it('may be short or long, with or without an equals sign, repeated, and behind --', () => {
    expect(parse('-f a --file=b -fc --key k -d -o json x -- --y')).toEqual({
      kind: 'args',
      args: { options: { file: ['a', 'b', 'c'], format: 'json', key: 'k', deep: true }, operands: ['x', '--y'] },
    });
    expect(parse('--key=-x -f -')).toEqual({
      kind: 'args',
      args: { options: { file: ['-'], format: 'text', key: '-x', deep: false }, operands: [] },
    });
  });

  it('that are wrong are told all at once, with what was meant', () => {
    expect(mistakes('--formt x -o jsn --deep=1 --key --file a b c')).toEqual([
      '--formt is not an option; did you mean --format?',
      "-o must be one of text, json, not 'jsn'; did you mean json?",
      '--deep takes no value',
      '--key needs a value: KEY',
      "'c' is not expected here",
    ]);
    expect(mistakes('a b c')).toEqual(['--key KEY is required', "'c' is not expected here"]);
    expect(mistakes('--key 1 --key 2')).toEqual(['--key is given twice']);
    expect(mistakes('--constructor --key 1')).toEqual(['--constructor is not an option']);
  });

  it('may not be empty, as variables are that a script has not set', () => {
    const told = (...words: string[]) => {
      const parsed = parseCommandArgs(shape, words);
      return parsed.kind === 'mistakes' ? parsed.mistakes : [];
    };
    expect(told('--key', '')).toEqual(['--key needs a value that is not empty: KEY']);
    expect(told('--key=k', '-f', 'a', '--file=')).toEqual(['--file needs a value that is not empty: FILE']);
    expect(told('--key=k', '')).toEqual(["an empty text ('') stands where a name is expected"]);
  });

  it('ask for help wherever --help stands', () => {
    expect(parse('--nonsense -h').kind).toBe('help');
  });
});

describe('the program', () => {
  const folder = makeFolderLater();

  it('tells a command that it does not know which one was meant, with exit code 2', async () => {
    const { code, out, err } = await folder().run('rendr');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain("'rendr' is not a command; did you mean render?");
    expect((await folder().run([''])).err).toContain('a command is missing');
  });

  it('says its version, and its help in both ways', async () => {
    expect((await folder().run('--version')).out).toBe('1.2.3\n');
    expect((await folder().run('help')).out).toBe((await folder().run('--help')).out);
    expect((await folder().run('help check')).out).toBe((await folder().run('check --help')).out);
  });

  it('reads nothing from a terminal without being told to', async () => {
    const { code, err } = await folder().run('render -a a.yaml');
    expect(code).toBe(2);
    expect(err).toContain('-f');
  });

  it.each(commands.map(({ name }) => name))(
    '%s has an example, exit codes, and the same summary everywhere',
    async (name) => {
      const entry = commands.find((one) => one.name === name);
      const command = await entry?.load(commands);
      if (command === undefined || 'runWords' in command) throw new Error(`${name} is none of these commands`);
      expect(command.summary).toBe(entry?.summary);
      expect(command.examples.length).toBeGreaterThan(0);
      expect(command.examples.every(({ line }) => line.includes(`sse-kms ${name}`))).toBe(true);
      expect(Object.keys(command.exitCodes)).toContain('0');
      const { out } = await folder().run(`${name} --help`);
      for (const option of Object.keys(command.options)) expect(out).toContain(`--${option}`);
      expect(out).toMatch(/Exit codes:\n {2}0 {2}.*\n {2}2 {2}/s);
    },
  );
});

/** Made in each test, since it goes with it. */
function makeFolderLater() {
  return () => makeFolder({});
}

it('progress is shown on a terminal, once the work takes longer, and wiped', () => {
  const shown: string[] = [];
  let time = 0;
  const io = {
    isTerminal: { in: false, out: false, err: true },
    env: {},
    err: (text: string) => void shown.push(text),
  };
  const progress = startProgress(io as never, 'checking', 3, () => time);
  progress.at(0);
  time = 600;
  progress.at(1);
  time = 650;
  progress.at(2);
  progress.end();
  expect(shown).toEqual(['\r\u001b[2Kchecking: 1 of 3', '\r\u001b[2K']);
});

it('a position is counted as the core counts it, in whatever order it is asked for', () => {
  const text = 'a\r\nb\rc\n\nd\n';
  const offsets = [...Array(text.length + 1).keys()].filter((offset) => offset !== 2);
  for (const offset of [...offsets, ...offsets.toReversed()]) {
    expect(positionOf(text, offset)).toEqual(locator(text)(offset));
  }
});
