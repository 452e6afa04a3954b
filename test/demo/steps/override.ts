/**
 * Somebody tries to get around the assigned key.
 */
import { firstKey } from '../../product/manifests.ts';
import { encryptsWith } from '../encryption.ts';
import { manifest } from '../stage.ts';
import type { Step } from '../step.ts';

const setting = 'fs.s3a.bucket.ledger.server-side-encryption-algorithm';
const kept = 'fs.s3a.bucket.ledger.endpoint.region';

export const override: Step = {
  title: 'A setting for one bucket does not get around it',
  about: `Hadoop takes a setting for one bucket before the one for all. This file asks
for S3's own key (AES256) for the bucket "ledger": that is cut out, and kubectl
tells whoever applied it. What isn't about encryption stays.`,
  async run({ kubectl, applied, stored, diff, promise }) {
    const said = await kubectl('apply', '-f', manifest('etl'));
    const file = await stored('finance', 'etl');
    diff({ name: 'core-site.xml as applied', text: applied('etl') }, { name: 'core-site.xml as stored', text: file });
    const warned = said.split('\n').some((line) => line.startsWith('Warning:') && line.includes(setting));
    promise('kubectl warned, and named the setting', warned, said);
    promise('the setting is gone', !file.includes(setting), file);
    promise('the assigned key is in force for every bucket', encryptsWith(file, firstKey), file);
    promise("the bucket's other setting is still there", file.includes(kept), file);
  },
};
