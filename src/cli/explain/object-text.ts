/**
 * The explanation of an object of a cluster, as text for people.
 */
import type { painter } from '../terminal.ts';
import type { FileAnswer, ObjectAnswer } from './object-answer.ts';

type Paint = ReturnType<typeof painter>;

export function toObjectText(answer: ObjectAnswer, paint: Paint): string {
  const { kind, namespace, name, files, standing } = answer;
  const head = [`${paint('bold', `${kind} ${namespace}/${name}`)}`, '', ...toStanding(answer), ...toSelecting(answer)];
  if (standing !== 'assigned') return `${head.join('\n')}\n`;
  const lines =
    files.length === 0
      ? ["  none of its data keys is a file of Hadoop's or Spark's"]
      : files.flatMap((file) => toFileLines(file, paint));
  return `${[...head, '', paint('bold', 'Files'), ...lines].join('\n')}\n`;
}

function toStanding({ standing, namespace, assignment, scopeKnown, selecting }: ObjectAnswer): string[] {
  const names = selecting.filter(({ passedOver }) => passedOver === 'conflict').map((one) => one.name);
  const lines = {
    notInstalled: () => 'The operator is not installed: nothing is edited, whatever the assignments say.',
    excluded: () => `The namespace ${namespace} is outside the webhook's namespaceSelector: nothing is edited there.`,
    none: () => `No assignment selects the namespace ${namespace}: nothing is edited there.`,
    conflict: () =>
      `Conflict: ${names.join(' and ')} want different things of ${namespace}, or can't be read. None applies, and writes of Hadoop files are denied, until one of them goes.`,
    assigned: () => (assignment === null ? '' : toAssigned(assignment)),
  };
  const unsure = scopeKnown
    ? []
    : ["You may not read the webhook's configuration, so that the namespace may be outside its scope."];
  return [lines[standing](), ...unsure];
}

function toAssigned({ name, algorithm, key, enforcement }: NonNullable<ObjectAnswer['assignment']>): string {
  return `KmsKeyAssignment ${name} holds (${enforcement}): ${algorithm} with ${'arn' in key ? key.arn : "the account's default key"}`;
}

function toSelecting({ selecting, namespace, labels }: ObjectAnswer): string[] {
  const own = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  const why = {
    name: `names the namespace ${namespace}`,
    selector: `its selector matches the namespace's labels (${own.join(', ')})`,
    default: 'its selector is empty: the default of the cluster',
  };
  const passed = {
    lowerRank: '; passed over, since one of a higher rank selects the namespace',
    sameAs: '; wants the same',
    conflict: '; in conflict',
  };
  return selecting.flatMap(({ name, by, passedOver, problems }) => [
    `  ${name}: ${why[by]}${passedOver === null ? '' : passed[passedOver]}`,
    ...problems.map((problem) => `    can't be read: ${problem}`),
  ]);
}

function toFileLines({ key, outcome, reason, line, column, message }: FileAnswer, paint: Paint): string[] {
  const place = line === undefined ? '' : `:${line}:${column}`;
  const words = { compliant: 'compliant', leftAlone: 'left alone', notCompliant: 'not compliant', refused: 'refused' };
  const style = outcome === 'compliant' || outcome === 'leftAlone' ? 'green' : 'red';
  const heading = `  ${key}${place}: ${paint(style, words[outcome])}${reason === undefined ? '' : ` (${reason})`}`;
  return [heading, `    ${message}`];
}
