/**
 * Metrics that are looked up when Prometheus asks: readiness, leadership, config objects, assignments, certificates.
 */
import { Gauge, type Registry } from 'prom-client';
import { readyReasons } from '../core/reasons.ts';
import type {
  AssignmentCounts,
  CertificateState,
  ConfigObjectCounts,
  KeyCounts,
  Queued,
} from '../ports/metrics-snapshot.ts';

/** Called at each scrape. */
export interface State {
  /** This replica answers reviews. */
  readonly ready: () => boolean;
  readonly leading: () => boolean;
  /** Keys that wait or are being worked on. */
  readonly queued: () => Queued;
  /** By assignment (empty where none applies) and by outcome; undefined where this replica doesn't know: only the leader does. */
  readonly configObjects: () => ConfigObjectCounts | undefined;
  /** By assignment; undefined as for `configObjects`. */
  readonly contended: () => ReadonlyMap<string, number> | undefined;
  readonly assignments: () => AssignmentCounts;
  /** Undefined where KMS isn't asked, and where this replica doesn't know: only the leader does. */
  readonly keys: () => KeyCounts | undefined;
  readonly certificate: () => CertificateState;
}

/** Assignments beyond this number are counted together: a script that creates assignments must not overload Prometheus. */
const mostAssignments = 200;
const theRest = '(others)';

export function buildStateMetrics(registers: Registry[], state: State): void {
  function gauge<L extends string>(name: string, help: string, labelNames: L[], read: (gauge: Gauge<L>) => void): void {
    new Gauge<L>({
      name,
      help,
      labelNames,
      registers,
      collect() {
        // Series that no longer exist must not stay.
        this.reset();
        read(this);
      },
    });
  }

  gauge('ssekms_ready', '1 where this replica answers reviews.', [], (it) => it.set(Number(state.ready())));
  gauge('ssekms_leader', '1 where this replica reconciles.', [], (it) => it.set(Number(state.leading())));
  gauge('ssekms_queue_depth', 'Keys that wait or are being worked on.', ['queue'], (it) => {
    const { configObjects, assignments } = state.queued();
    it.set({ queue: 'configObjects' }, configObjects);
    it.set({ queue: 'assignments' }, assignments);
  });
  gauge(
    'ssekms_config_objects',
    'ConfigMaps with a Hadoop file (and Secrets, where they count), by assignment and by how they stand to it; known to the leader alone.',
    ['assignment', 'outcome'],
    (it) => {
      for (const [assignment, counts] of fold(state.configObjects() ?? new Map())) {
        for (const [outcome, count] of Object.entries(counts)) it.set({ assignment, outcome }, count);
      }
    },
  );
  gauge(
    'ssekms_contended_objects',
    'ConfigMaps (and Secrets, where they count) that another client writes back again and again, by assignment; known to the leader alone.',
    ['assignment'],
    (it) => {
      const contended = [...(state.contended() ?? [])].map(([name, count]) => [name, { count }] as const);
      for (const [assignment, { count = 0 }] of fold(new Map(contended))) it.set({ assignment }, count);
    },
  );
  gauge(
    'ssekms_assignments',
    'KmsKeyAssignments, by the reason of their condition Ready; empty where no status is stored yet.',
    ['reason'],
    (it) => {
      const counts = state.assignments().byReason;
      for (const reason of ['', ...readyReasons]) it.set({ reason }, counts[reason] ?? 0);
    },
  );
  gauge('ssekms_assignments_conflicted', 'KmsKeyAssignments whose condition Conflicted is True.', [], (it) =>
    it.set(state.assignments().conflicted),
  );
  gauge(
    'ssekms_keys',
    'KMS keys that assignments name, by the reason that the condition KeyUsable has for them; known to the leader alone, where kms.verify is on.',
    ['reason'],
    (it) => {
      for (const [reason, count] of Object.entries(state.keys() ?? {})) it.set({ reason }, count);
    },
  );
  gauge('ssekms_certificate_trusted', '1 where every webhook configuration trusts the served certificate.', [], (it) =>
    it.set(Number(state.certificate().trusted)),
  );
  gauge(
    'ssekms_certificate_failures',
    'Attempts in a row to bring the certificates up to date that failed.',
    [],
    (it) => it.set(state.certificate().failures),
  );
  gauge(
    'ssekms_certificate_unusable',
    '1 where a certificate that somebody else provides is there and cannot be used; what was served before still is.',
    [],
    (it) => it.set(Number(state.certificate().problem !== undefined)),
  );
  gauge(
    'ssekms_certificate_expiration_timestamp_seconds',
    'When the served certificate (leaf) and the CA that signs (ca) expire; absent while there is none.',
    ['certificate'],
    (it) => {
      const { leafExpiresAt, caExpiresAt } = state.certificate();
      if (leafExpiresAt !== undefined) it.set({ certificate: 'leaf' }, leafExpiresAt / 1000);
      if (caExpiresAt !== undefined) it.set({ certificate: 'ca' }, caExpiresAt / 1000);
    },
  );
}

/** The first assignments by name keep their own series; the rest are added up. */
function fold(configObjects: ConfigObjectCounts): ConfigObjectCounts {
  if (configObjects.size <= mostAssignments) return configObjects;
  const names = [...configObjects.keys()].sort();
  const folded = new Map(names.slice(0, mostAssignments).map((name) => [name, configObjects.get(name) ?? {}]));
  const rest: Record<string, number> = {};
  for (const name of names.slice(mostAssignments)) {
    for (const [outcome, count] of Object.entries(configObjects.get(name) ?? {})) {
      rest[outcome] = (rest[outcome] ?? 0) + count;
    }
  }
  return folded.set(theRest, rest);
}
