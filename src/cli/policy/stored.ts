/**
 * A single assignment of a cluster.
 */
import { assignmentsPath } from '../../cluster/assignments.ts';
import { hasStatus } from '../../cluster/errors.ts';
import type { Io, OptionValues } from '../command.ts';
import { type Assignment, parseAssignment } from '../core.ts';
import { Failure } from '../errors.ts';
import { connect, withCause } from '../live.ts';
import type { liveOptions } from '../shared-options.ts';

/** @throws Failure where there is none, or it can't be read */
export async function readStored(name: string, values: OptionValues<typeof liveOptions>, io: Io): Promise<Assignment> {
  const transport = connect(values, io);
  try {
    const object = await transport.send({ path: `${assignmentsPath}/${encodeURIComponent(name)}` });
    const parsed = parseAssignment(object);
    if (parsed.ok) return parsed.assignment;
    throw new Failure(
      `KmsKeyAssignment ${name} can't be read:\n${parsed.problems.map((one) => `  ${one}`).join('\n')}`,
    );
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (hasStatus(error, 404)) {
      throw new Failure(`there is no KmsKeyAssignment ${name} in the cluster: for a manifest give its file`, {
        cause: error,
      });
    }
    throw new Failure(`can't read KmsKeyAssignment ${name} from the cluster: ${withCause(error)}`, {
      cause: error,
    });
  } finally {
    transport.close();
  }
}
