/**
 * The job itself: an assignment, and a file that is stored with its key.
 */
import { firstKey } from '../../product/manifests.ts';
import { encryptsWith, isInsertion } from '../encryption.ts';
import { manifest } from '../stage.ts';
import type { Step } from '../step.ts';

export const plainFile: Step = {
  title: 'A core-site.xml gets its key',
  about: `An administrator says once which namespace uses which KMS key. A team applies a
core-site.xml that says nothing about encryption; the webhook puts the key in,
in the very request that stores the file.`,
  async run({ kubectl, applied, stored, diff, promise }) {
    await kubectl('apply', '-f', manifest('finance'));
    await kubectl('wait', 'kka/finance', '--for=condition=Ready', '--timeout=30s');
    const said = await kubectl('apply', '-f', manifest('spark'));
    const before = applied('spark');
    const after = await stored('finance', 'spark');
    diff({ name: 'core-site.xml as applied', text: before }, { name: 'core-site.xml as stored', text: after });
    const claim = 'stored: S3A encrypts with SSE-KMS and the assigned key, under old and new names, each one final';
    promise(claim, encryptsWith(after, firstKey), after);
    promise('every other character is as it was applied', isInsertion(before, after), after);
    promise('kubectl has nothing to warn of', !said.includes('Warning'), said);
  },
};
