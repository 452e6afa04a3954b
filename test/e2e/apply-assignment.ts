/**
 * An assignment with its namespaces, as a test needs it before it applies files.
 */
import type { ProductSuite } from '../product/use-product.ts';

/** Applies what is given, and returns once the operator has counted the one namespace of each of these assignments. */
export async function applyAssignments(
  { apply, get, eventually }: Pick<ProductSuite, 'apply' | 'get' | 'eventually'>,
  manifests: readonly object[],
  names: readonly string[],
): Promise<void> {
  await apply(manifests);
  for (const name of names) {
    await eventually(
      () => get('kmskeyassignment', name),
      ({ status }) => status?.namespaces === 1,
    );
  }
}
