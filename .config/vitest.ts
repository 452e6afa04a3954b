/**
 * Which test runs in which project. A test file that says it needs the control plane (test/run/needs.ts) belongs, wherever it lies, to the project
 * that prepares one; so `npm test -- test/core` never waits for kube-apiserver to be built.
 */
import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const root = join(import.meta.dirname, '..');
/** Only where asked for by name, as `npm run test:cluster` and the like do: they need what few machines have, or much time. */
const cluster = globSync('test/cluster/*.test.ts', { cwd: root });
const partners = globSync('test/partners/*.test.ts', { cwd: root });
const isWanted = (folder: string): boolean => process.argv.some((word) => word.includes(`${folder}/`));
const clusterIsWanted = isWanted('test/cluster');
const unwanted = ['test/browser', 'test/e2e'].filter((folder) => !isWanted(folder));
const files = globSync('test/**/*.test.ts', { cwd: root }).filter(
  (file) => ![...cluster, ...partners].includes(file) && !unwanted.some((folder) => file.startsWith(`${folder}/`)),
);
const needsControlPlane = (file: string): boolean =>
  readFileSync(join(root, file), 'utf8').includes("describeWith(['control plane'");
/** The same for Prometheus: it is built for those alone that it scrapes for. */
const needsPrometheus = (file: string): boolean =>
  /describeWith\(\[[^\]]*'prometheus'/.test(readFileSync(join(root, file), 'utf8'));
const monitoring = files.filter(needsPrometheus);
/** And for the linters. */
const needsLinters = (file: string): boolean =>
  /describeWith\(\[[^\]]*'linters'/.test(readFileSync(join(root, file), 'utf8'));
const linting = files.filter(needsLinters);
const apiserver = files.filter((file) => needsControlPlane(file) && ![...monitoring, ...linting].includes(file));
const folders = ['properties', 'architecture', 'chart', 'hadoop'];
const inFolder = (folder: string): string[] =>
  files.filter(
    (file) => file.startsWith(`test/${folder}/`) && ![...apiserver, ...monitoring, ...linting].includes(file),
  );
const unit = files.filter(
  (file) =>
    ![...apiserver, ...monitoring, ...linting].includes(file) &&
    !folders.some((folder) => inFolder(folder).includes(file)),
);

const seconds = 1_000;

export default defineConfig({
  root,
  test: {
    maxWorkers: availableParallelism(),
    // Control planes and JVMs share the machine with everything else: patience costs nothing where a test passes.
    testTimeout: 20 * seconds,
    hookTimeout: 60 * seconds,
    projects: [
      { extends: true, test: { name: 'unit', include: unit } },
      ...folders.map((name) => ({ extends: true as const, test: { name, include: inFolder(name) } })),
      {
        extends: true,
        test: {
          name: 'apiserver',
          include: apiserver,
          globalSetup: 'test/run/prepare-control-plane.ts',
          testTimeout: 60 * seconds,
        },
      },
      {
        extends: true,
        test: {
          name: 'monitoring',
          include: monitoring,
          globalSetup: 'test/run/prepare-monitoring.ts',
          testTimeout: 60 * seconds,
        },
      },
      {
        extends: true,
        test: {
          name: 'linting',
          include: linting,
          globalSetup: 'test/run/prepare-linters.ts',
          testTimeout: 60 * seconds,
        },
      },
      ...(isWanted('test/partners')
        ? [
            {
              extends: true as const,
              test: {
                name: 'partners',
                include: partners,
                globalSetup: 'test/run/prepare-partners.ts',
                fileParallelism: false,
                hookTimeout: 120 * seconds,
              },
            },
          ]
        : []),
      ...(clusterIsWanted
        ? [
            {
              extends: true as const,
              test: {
                name: 'cluster',
                include: cluster,
                fileParallelism: false,
                bail: 1,
                testTimeout: 300 * seconds,
                hookTimeout: 1800 * seconds,
              },
            },
          ]
        : []),
    ],
  },
});
