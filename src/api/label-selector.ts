/**
 * The schema of `namespaceSelector`: a `metav1.LabelSelector` that can't become the empty one, the cluster's default,
 * by mistake.
 */
import { z } from 'zod';
import { annotate, matches, notEmpty, textMap } from './rules.ts';

const labelName = '[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const labelKeyPattern = `^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?${labelName}$`;
const labelKeyMessage =
  "a label's key is a name of at most 63 letters, digits, '-', '_' and '.', with an optional DNS name and '/' before it";
const labelKey = matches(labelKeyPattern, labelKeyMessage);
const labelValue = matches(
  `^(${labelName})?$`,
  "a label's value is empty or has letters, digits, '-', '_' and '.', and begins and ends with a letter or digit",
);

const maxLabels = 16;

/** A selector with a label less selects more. */
const labels = textMap(
  annotate(z.string().max(63), { description: 'The value of the label.' }, [labelValue]),
  labelKeyMessage,
);

const matchLabels = annotate(
  labels,
  { description: 'Labels that a namespace must have, with exactly these values.', maxProperties: maxLabels },
  [
    { test: (value) => Object.keys(value).length <= maxLabels, message: `at most ${maxLabels} labels` },
    notEmpty('name at least one label, or leave matchLabels out'),
    {
      cel: `self.all(key, key.matches('${labelKeyPattern}'))`,
      test: (value) => Object.keys(value).every((key) => new RegExp(labelKeyPattern).test(key)),
      message: labelKeyMessage,
    },
  ],
);

const requirement = annotate(
  z.strictObject({
    key: annotate(z.string().max(317), { description: 'The key of the label.' }, [labelKey]),
    operator: annotate(z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']), {
      description: 'In and NotIn compare with values. NotIn and DoesNotExist also match namespaces without the label.',
    }),
    values: annotate(
      z.array(annotate(z.string().max(63), { description: 'A value of the label.' }, [labelValue])).max(64),
      { description: 'The values that In and NotIn compare with.', 'x-kubernetes-list-type': 'atomic' },
    ).optional(),
  }),
  { description: 'What a label must be like.' },
  [
    {
      cel: "(self.operator in ['In', 'NotIn']) == (has(self.values) && self.values.size() > 0)",
      test: ({ operator, values = [] }) => ['In', 'NotIn'].includes(operator) === values.length > 0,
      message: 'In and NotIn need at least one value; Exists and DoesNotExist take none',
    },
  ],
);

const matchExpressions = annotate(
  z.array(requirement).max(16),
  { description: 'What labels must be like; all of it must hold.', 'x-kubernetes-list-type': 'atomic' },
  [notEmpty('write at least one requirement, or leave matchExpressions out')],
);

export const namespaceSelector = annotate(
  z.strictObject({ matchLabels: matchLabels.optional(), matchExpressions: matchExpressions.optional() }),
  {
    description:
      'Selects namespaces by their labels. The empty selector, {}, is the default of the cluster: it selects every namespace that no other KmsKeyAssignment selects.',
    'x-kubernetes-map-type': 'atomic',
  },
  [
    {
      // An edit that sets a field to null arrives here without the field, so nothing else tells it from an explicit {}.
      cel: '(has(self.matchLabels) || has(self.matchExpressions)) || !(has(oldSelf.matchLabels) || has(oldSelf.matchExpressions))',
      message:
        "a selector by labels can't be edited into the empty one, which selects every namespace: if that is meant, create another KmsKeyAssignment with namespaceSelector: {}",
    },
  ],
);
