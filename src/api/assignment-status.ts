/**
 * The status of a KmsKeyAssignment: what the operator found out and did, in numbers and in the first problems.
 *
 * Fields are optional and texts have no limit: a status that the API server refuses would hide what it had to say.
 */
import { z } from 'zod';
import { annotate } from './rules.ts';

/** More than these would make the object large; `problemCount` counts all. */
export const maxProblems = 50;
/** Ours first, then those of others: with one too many the whole status would be refused. */
export const maxConditions = 16;

const count = (description: string) => annotate(z.int().min(0), { description });
const time = (description: string) => annotate(z.string(), { description, format: 'date-time' });
const text = (description: string) => annotate(z.string(), { description });

/** `metav1.Condition`. */
const condition = annotate(
  z.object({
    type: text('Ready, Conflicted, Stalled or KeyUsable.'),
    status: annotate(z.enum(['True', 'False', 'Unknown']), { description: 'Whether the condition holds.' }),
    observedGeneration: count('The generation of the spec that the condition speaks of.').optional(),
    lastTransitionTime: time('When status last changed.'),
    reason: text('One word, the same as in logs, events and metrics.'),
    message: text('What it is about, for people.'),
  }),
  { description: 'One thing that holds of the assignment, or does not.' },
);

const objectCounts = annotate(
  z.object({
    total: count('All of them.'),
    compliant: count('Encrypt as the assignment says.'),
    otherStore: count("Left alone, in whole or in part, since their store isn't AWS (otherStores: Leave)."),
    outdated: count('Immutable, and encrypt with an earlier key: nothing is to be done about them.'),
    pending: count('Not yet, but nothing speaks against it.'),
    refused: count('Hold a file that was refused.'),
    immutable: count('Not compliant, and have to be recreated since they are immutable.'),
  }),
  { description: "The ConfigMaps and Secrets with config files in the assignment's namespaces." },
);

const problem = annotate(
  z.object({
    kind: text('ConfigMap or Secret; left out where the whole namespace is concerned.').optional(),
    namespace: text('The namespace of the object.'),
    name: text('The name of the object; left out where the whole namespace is concerned.').optional(),
    dataKey: text('The file; left out or empty where the whole object is concerned.').optional(),
    reason: text('One word, the same as in denials, logs and Events.'),
    message: text('What is wrong, and what to do.'),
  }),
  { description: 'Why a file is not compliant, or who writes it back again and again.' },
);

export const statusSchema = annotate(
  z.object({
    observedGeneration: count('The generation of the spec that this status speaks of.').optional(),
    conditions: annotate(z.array(condition).max(maxConditions), {
      description:
        'Ready: every ConfigMap is compliant, or under Audit was looked at and nothing in it would be refused. Conflicted: another assignment of the same rank wants something else for a namespace, where neither applies. Stalled: not Ready, and waiting is no use, since a person has to change something; left out otherwise. KeyUsable: AWS KMS says that S3 can encrypt with the keys; left out where the operator does not ask it.',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
    }).optional(),
    namespaces: count('How many namespaces the assignment applies to.').optional(),
    objects: objectCounts.optional(),
    summary: text('Compliant objects of all that are neither outdated nor left alone, for example 9/10.').optional(),
    problems: annotate(z.array(problem).max(maxProblems), {
      description: `The first ${maxProblems} problems; of one object, its first 10.`,
      'x-kubernetes-list-type': 'atomic',
    }).optional(),
    problemCount: count('How many problems there are, those that are not shown included.').optional(),
  }),
  { description: 'What the operator found out and did.' },
);

export type AssignmentStatus = z.output<typeof statusSchema>;
export type Condition = z.output<typeof condition>;
export type Problem = z.output<typeof problem>;
