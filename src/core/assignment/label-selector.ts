/**
 * Whether labels match a `metav1.LabelSelector`, exactly as Kubernetes decides it (apimachinery's labels.Requirement.Matches).
 */

/** `matchLabels` and `matchExpressions` must all hold; a selector without any of them selects everything. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>> | undefined;
  readonly matchExpressions?: readonly LabelRequirement[] | undefined;
}

export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[] | undefined;
}

type Labels = Readonly<Record<string, string>>;

/** True for `{}` and for its longer spellings: no label is asked for, so everything is selected. */
export function isEmptySelector(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
}

/**
 * Whether the labels satisfy every requirement. A webhook configuration's `namespaceSelector` follows the same rules,
 * and selects everything where it is null or absent.
 */
export function matchesSelector(selector: LabelSelector | null | undefined, labels: Labels): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => labelValue(labels, key) === value) &&
    matchExpressions.every((requirement) => matchesRequirement(requirement, labels))
  );
}

/** NotIn is true of an absent label, as in Kubernetes. */
function matchesRequirement({ key, operator, values = [] }: LabelRequirement, labels: Labels): boolean {
  const value = labelValue(labels, key);
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      // A webhook configuration comes from the API server unparsed. An operator that Kubernetes adds later must not count as a match.
      throw new TypeError(`unknown label selector operator ${JSON.stringify(operator)}`);
  }
}

/** `constructor` is a valid label key, so only own keys count. */
function labelValue(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
