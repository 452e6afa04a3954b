/**
 * A file that Hadoop could not read.
 */
import { manifest } from '../stage.ts';
import type { Step } from '../step.ts';

export const malformed: Step = {
  title: 'A malformed file is refused',
  about: `What Hadoop would fail to read, in some pod at some time, fails here and now,
with the place and the reason.`,
  async run({ refused, get, promise }) {
    const said = await refused('apply', '-f', manifest('broken'));
    promise(
      'kubectl names file, line, column and reason',
      /Malformed: line 6, column \d+ within core-site\.xml/.test(said),
      said,
    );
    const found = await get('configmap', 'broken', 'finance');
    promise('nothing was stored', found === undefined, found);
  },
};
