/**
 * The name under which this operator's writes appear in managedFields. The chart's policies refuse them any other.
 */
export const fieldManager = 'sse-kms-operator';
