/**
 * `explain NAMESPACE/NAME`: reads the cluster and tells what holds for the object.
 */
import type { Io, OptionValues } from '../command.ts';
import { UsageError } from '../errors.ts';
import { connect } from '../live.ts';
import { type fileOptions, type liveOptions, toFileRules } from '../shared-options.ts';
import { painter } from '../terminal.ts';
import { readFromCluster } from './cluster.ts';
import { toObjectAnswer } from './object-answer.ts';
import { toObjectText } from './object-text.ts';

type Values = OptionValues<typeof liveOptions> &
  OptionValues<typeof fileOptions> & { readonly secret: boolean; readonly output: string };

/** @returns 0 where all is well or nothing is asked for, 1 where a file does not comply */
export async function explainObject(object: string, values: Values, io: Io): Promise<number> {
  const [namespace = '', name = '', ...more] = object.split('/');
  if (namespace === '' || name === '' || more.length > 0) {
    throw new UsageError(`'${object}' is not NAMESPACE/NAME, for example finance/hadoop-conf`);
  }
  const files = toFileRules(values);
  const kind = values.secret ? 'Secret' : 'ConfigMap';
  const transport = connect(values, io);
  try {
    const answer = toObjectAnswer(await readFromCluster(transport, kind, namespace, name), kind, files);
    io.out(values.output === 'json' ? `${JSON.stringify(answer, null, 2)}\n` : toObjectText(answer, painter(io)));
    const { standing } = answer;
    const complies = answer.files.every(({ outcome }) => outcome === 'compliant' || outcome === 'leftAlone');
    return standing === 'conflict' || (standing === 'assigned' && !complies) ? 1 : 0;
  } finally {
    transport.close();
  }
}
