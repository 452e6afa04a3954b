/**
 * The name under which this operator's writes appear in managedFields.
 */
export const fieldManager = 'sse-kms-operator';
