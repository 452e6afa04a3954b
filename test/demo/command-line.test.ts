import { describe, expect, it } from 'vitest';
import { parseCommandLine } from './command-line.ts';

describe("the demo's command line", () => {
  it('stays unless told otherwise', () => {
    expect(parseCommandLine([])).toEqual({ kind: 'run', once: false });
    expect(parseCommandLine(['--once'])).toEqual({ kind: 'run', once: true });
  });

  it.each(['--help', '-h'])('explains itself: %s', (flag) => {
    expect(parseCommandLine(['--once', flag])).toMatchObject({ kind: 'help' });
  });

  it.each([['--twice'], ['-x'], ['once'], ['--once=yes'], ['--no-once']])(
    'refuses what it does not know: %s',
    (flag) => {
      const answer = parseCommandLine([flag]);
      expect(answer).toMatchObject({ kind: 'mistake', text: expect.stringContaining(flag.replace('=yes', '')) });
    },
  );
});
