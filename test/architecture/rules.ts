/**
 * Which part of src may import which: the house as rules. Imports point one way,
 * `core ← api ← ports ← {cluster, admission, controller, election, certificates, metrics, kms} ← http ← run ← main`, beside them
 * `{core, api, ports, cluster} ← cli ← main`, and there is no list of exceptions.
 */
import type { IForbiddenRuleType } from 'dependency-cruiser';

/** The kind of rule that is about one import. */
type Rule = Extract<IForbiddenRuleType, { to: { circular?: boolean } }>;

const shells = '(cluster|admission|controller|election|certificates|metrics|kms)';
/** From values to values: what the controller says of a namespace and of an object. */
const controllersAnswers = '^src/controller/(compliance|config-objects|decide|stored-assignment)\\.ts$';
/** Main: the file to start from, and what it alone uses. */
const main = '^src/([^/]+\\.ts$|run/|config/)';

function forbid(name: string, comment: string, from: Rule['from'], to: Rule['to']) {
  return { name, comment, severity: 'error', from, to } as const;
}

export const rules = [
  forbid(
    'core-does-no-io',
    'Core decides, from values to values: the same plan in the webhook, the reconciler, the command line and a test. Pass it what it needs to know.',
    { path: '^src/core/' },
    { dependencyTypes: ['core'] },
  ),
  forbid(
    'core-knows-no-other-part',
    "Core is what everything else stands on. If it needs another part's type, that type belongs into core.",
    { path: '^src/core/' },
    { path: '^src/', pathNot: '^src/core/' },
  ),
  forbid(
    'api-knows-core-only',
    'The custom resource has one schema, which all parts share. It must not depend on who reads it.',
    { path: '^src/api/' },
    { path: '^src/', pathNot: '^src/(api|core)/' },
  ),
  forbid(
    'ports-hold-types-only',
    'Ports are what shells ask of each other: each contract once, as types. They know what the types are about, core and api, and nothing else.',
    { path: '^src/ports/' },
    { path: '^src/', pathNot: '^src/(core|api|ports)/' },
  ),
  forbid(
    'shells-meet-in-ports-and-nowhere-else',
    'Each of these parts meets one piece of the world and can be tested without the others. What one needs from another stands in ports, as a type; main passes it as a function.',
    { path: `^src/${shells}/` },
    { path: '^src/', pathNot: '^src/(core|api|ports|$1)/' },
  ),
  forbid(
    'http-serves-admission-alone',
    'The server knows limits, time-outs and connections, and hands a review to admission. Everything else that it has to serve is passed to it.',
    { path: '^src/http/' },
    { path: '^src/', pathNot: '^src/(core|api|ports|admission|http)/' },
  ),
  forbid(
    'cli-knows-the-core-and-the-cluster',
    'The command line asks the core what the webhook asks it, so that both give one answer, and reads a live cluster through its client. Of the controller it has the pure answers alone: what holds for a namespace, and how an object stands.',
    { path: '^src/cli/' },
    { path: '^src/', pathNot: ['^src/(core|api|ports|cluster|cli)/', controllersAnswers] },
  ),
  forbid(
    'only-main-runs-the-command-line',
    'A command reads files, prints, and decides exit codes: that is for people and pipelines. What another part needs of it belongs into core.',
    { path: '^src/', pathNot: '^src/(cli/|[^/]+\\.ts$)' },
    { path: '^src/cli/' },
  ),
  forbid(
    'nobody-imports-main',
    'Main reads the command line and the environment, wires the parts and owns the process. A part takes its settings as parameters, so that a test can give it others.',
    { path: '^src/', pathNot: main },
    { path: main },
  ),
  forbid(
    'only-cluster-talks-to-kubernetes',
    "The client's pitfalls (content types, watches that die, errors as rejections) are dealt with once, in cluster. Others get functions and plain objects.",
    { path: '^src/', pathNot: '^src/cluster/' },
    { path: 'node_modules/@kubernetes/client-node/' },
  ),
  forbid(
    'only-kms-talks-to-aws',
    "Credentials, time limits and retries of AWS's SDK are settled once, in kms. Others get functions and plain objects.",
    { path: '^src/', pathNot: '^src/kms/' },
    { path: 'node_modules/@(aws-sdk|smithy)/' },
  ),
  forbid(
    'kms-is-loaded-where-it-is-asked',
    "AWS's SDK costs start-up time and memory, which most clusters have no use for: import() it where keys are verified.",
    { path: '^src/', pathNot: '^src/kms/' },
    { path: '^src/kms/', dynamic: false, dependencyTypesNot: ['type-only'] },
  ),
  forbid(
    'only-http-serves-http',
    'Body limits, time limits and prototype poisoning are settled once, in http. What else has to be served is passed to it.',
    { path: '^src/', pathNot: '^src/http/' },
    { path: 'node_modules/fastify/' },
  ),
  forbid(
    'only-metrics-knows-prometheus',
    'Names, labels and how many series there are is settled once, in metrics, in a registry of its own. Others are given observers: functions that they call.',
    { path: '^src/', pathNot: '^src/metrics/' },
    { path: 'node_modules/prom-client/' },
  ),
  forbid(
    'only-the-second-reader-uses-fast-xml-parser',
    'It is too lenient to be the truth. It checks the result of our own scanner, and nobody else may take its word.',
    { path: '^src/', pathNot: '^src/core/formats/xml/' },
    { path: 'node_modules/fast-xml-parser/' },
  ),
  forbid(
    'only-main-makes-a-logger',
    "The logger is passed in. Elsewhere only pino's types are needed (`import type`): a logger of one's own escapes level and fields.",
    { path: '^src/', pathNot: main },
    { path: 'node_modules/pino/', dependencyTypesNot: ['type-only'] },
  ),
  forbid(
    'src-needs-no-tests-or-tools',
    'The image holds one bundle of src and its dependencies. What stands in test or devDependencies is not there.',
    { path: '^src/' },
    { path: ['^test/', '^[^/]+\\.ts$'] },
  ),
  forbid(
    'src-needs-no-development-packages',
    'Packages of devDependencies are for tests and tools. If src needs one, move it to dependencies.',
    { path: '^src/' },
    { dependencyTypes: ['npm-dev'] },
  ),
  forbid(
    'the-process-is-used-by-its-global-name',
    'Who reads the environment or ends the process is found by that name (globals.test.ts). An import would hide it.',
    { path: '^src/' },
    { path: '^process$', dependencyTypes: ['core'] },
  ),
  forbid(
    'no-circles',
    'Two files that import each other are one file in two places, and which half is initialised first depends on who asked. Move what both need into a third.',
    {},
    { circular: true },
  ),
  forbid(
    'every-import-resolves',
    'An import that leads nowhere is one that no other rule can judge.',
    { path: '^src/' },
    { couldNotResolve: true },
  ),
];
