import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createShow, type Show, toShell } from './show.ts';

describe('what the demo shows', () => {
  function show(act: (show: Show) => void) {
    let text = '';
    const write = (some: string) => {
      text += some;
    };
    const shown = createShow(write, (style, some) => `<${String(style)}>${some}</>`, '/repository');
    act(shown);
    return { text, kept: shown.kept, broken: shown.broken };
  }

  it('numbers its steps, and names the step of a promise that was broken', () => {
    const { text, kept, broken } = show((to) => {
      to.heading('First', 'about it');
      to.promise('holds', true);
      to.heading('Second', 'about that');
      to.promise('breaks', false, { found: 'this' });
      to.failure(new Error('no more'));
    });
    expect({ kept, broken }).toEqual({ kept: 1, broken: ['2. Second: breaks', '2. Second: runs to its end'] });
    expect(text).toContain('"found": "this"');
    expect(text).toContain('no more');
  });

  it('colours warnings and errors of commands, and nothing else that they say', () => {
    const { text } = show((to) => to.output('Warning: a\nb\nError from server: c\n'));
    expect(text).toBe('   <yellow>Warning: a</>\n   b\n   <red>Error from server: c</>\n');
  });

  it('shows paths as a reader in the repository would type them', () => {
    expect(show((to) => to.command(['helm', 'install', '/repository/charts/a'])).text).toContain(
      '$ helm install charts/a<',
    );
  });

  it('quotes words so that a shell reads them back', () => {
    const words = ['a', 'b c', "it's", '{"x":1}', '', '$HOME', '*', '--flag=x'];
    const printed = execFileSync('sh', ['-c', `printf '%s\\n' ${toShell(words)}`], { encoding: 'utf8' });
    expect(printed).toBe(`${words.join('\n')}\n`);
  });
});
