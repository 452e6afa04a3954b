/**
 * A ConfigMap that was there before its assignment.
 */
import { encryptsWith, isInsertion } from '../encryption.ts';
import { manifest } from '../stage.ts';
import type { Step } from '../step.ts';
import { settled } from './status.ts';

export const lateAssignment: Step = {
  title: 'A ConfigMap that was there before its assignment',
  about: `Namespaces without an assignment are left alone. Once there is one, what was
stored before is made right, too.`,
  async run(stage) {
    const { kubectl, applied, stored, diff, promise } = stage;
    await kubectl('apply', '-f', manifest('research'));
    const before = await stored('research', 'notebooks');
    promise('without an assignment the file is stored as it was applied', before === applied('research'), before);
    await kubectl('apply', '-f', manifest('research-assignment'));
    const { spec } = await settled(stage, 'research', '1/1');
    await kubectl('get', 'kka');
    const after = await stored('research', 'notebooks');
    diff({ name: 'core-site.xml before', text: before }, { name: 'core-site.xml after', text: after });
    promise('S3A encrypts with the assigned key', encryptsWith(after, spec.key.arn), after);
    promise('every other character is as it was', isInsertion(before, after), after);
  },
};
