/**
 * For each alert: series under which it fires, when, and with which labels; and series, as near to those as can be, under which it doesn't.
 * Values are in promtool's notation, one a minute: `0x10` is eleven zeros, `0+5x10` grows by five.
 */

export interface AlertCase {
  readonly fires: Readonly<Record<string, string>>;
  /** Minutes after which it fires; before, it doesn't. */
  readonly after: number;
  /** Of the alerts that then fire, beside the severity. */
  readonly labels?: readonly Readonly<Record<string, string>>[];
  /** More of these, each by what it shows: it fires likewise, and once it does, at every minute of an hour. */
  readonly goesOn?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Each by what it shows. */
  readonly quiet: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const always = (value: number) => `${value}x120`;
/** The same values again and again. */
const again = (values: string) => `${values} `.repeat(60).trim();
const [a, b] = ['instance="a"', 'instance="b"'];
const histogram = 'ssekms_admission_duration_seconds_bucket';
const expiry = 'ssekms_certificate_expiration_timestamp_seconds';
const hour = 3600;
const called = 'apiserver_admission_webhook';
const mutate = 'name="mutate.ssekms.io",type="admit"';
const unreached = `operation="UPDATE",error_type="calling_webhook_error",rejection_code="500"`;
const denied = `operation="UPDATE",error_type="no_error",rejection_code="403"`;

export const alertCases: Readonly<Record<string, AlertCase>> = {
  SseKmsOperatorAbsent: {
    fires: { other: always(1) },
    after: 5,
    quiet: { 'one replica': { [`ssekms_build_info{${a},version="1"}`]: always(1) } },
  },
  SseKmsWebhookDown: {
    fires: { [`ssekms_ready{${a}}`]: always(0), [`ssekms_ready{${b}}`]: always(0) },
    after: 2,
    quiet: { 'one of two ready': { [`ssekms_ready{${a}}`]: always(0), [`ssekms_ready{${b}}`]: always(1) } },
  },
  SseKmsAdmissionFailing: {
    fires: {
      [`ssekms_admission_failures_total{${a},webhook="mutate",code="500"}`]: '0+2x120',
      [`ssekms_admission_failures_total{${a},webhook="mutate",code="aborted"}`]: '0+2x120',
      [`ssekms_admission_duration_seconds_count{${a},webhook="mutate"}`]: '0+200x120',
    },
    after: 6,
    labels: [{ webhook: 'mutate' }],
    quiet: {
      'one in 200': {
        [`ssekms_admission_failures_total{${a},webhook="mutate",code="500"}`]: '0+1x120',
        [`ssekms_admission_duration_seconds_count{${a},webhook="mutate"}`]: '0+200x120',
      },
      'nonsense that somebody sends': {
        [`ssekms_admission_failures_total{${a},webhook="mutate",code="400"}`]: '0+100x120',
        [`ssekms_admission_duration_seconds_count{${a},webhook="mutate"}`]: '0+200x120',
      },
      'no reviews at all': {
        [`ssekms_admission_failures_total{${a},webhook="mutate",code="500"}`]: always(0),
        [`ssekms_admission_duration_seconds_count{${a},webhook="mutate"}`]: always(0),
      },
    },
  },
  SseKmsCallsFailing: {
    fires: {
      // Under Fail and under Ignore, as two API servers with different knowledge count it.
      [`${called}_rejection_count{${a},${mutate},${unreached}}`]: '0+1x120',
      [`${called}_fail_open_count{${b},${mutate}}`]: '0+1x120',
      [`${called}_request_total{${a},${mutate},operation="UPDATE",code="500",rejected="true"}`]: '0+1x120',
      [`${called}_request_total{${a},${mutate},operation="UPDATE",code="200",rejected="false"}`]: '0+100x120',
      [`${called}_request_total{${b},${mutate},operation="UPDATE",code="500",rejected="false"}`]: '0+1x120',
      [`${called}_request_total{${b},name="validate.ssekms.io",type="validating"}`]: '0+100x120',
    },
    after: 7,
    labels: [{ name: 'mutate.ssekms.io' }],
    quiet: {
      'a replica that was killed with requests in hand': {
        [`${called}_rejection_count{${a},${mutate},${unreached}}`]: '0x10 3x110',
        [`${called}_request_total{${a},${mutate},operation="UPDATE",code="500",rejected="true"}`]: '0x10 3x110',
      },
      'denials, and the webhooks of others': {
        [`${called}_rejection_count{${a},${mutate},${denied}}`]: '0+10x120',
        [`${called}_request_total{${a},${mutate},operation="UPDATE",code="403",rejected="true"}`]: '0+10x120',
        [`${called}_rejection_count{${a},name="mutate-ssekms.io",type="admit",${unreached}}`]: '0+10x120',
        [`${called}_request_total{${a},name="mutate-ssekms.io",type="admit",code="500"}`]: '0+10x120',
      },
      'one in 200': {
        [`${called}_fail_open_count{${a},${mutate}}`]: '0+1x120',
        [`${called}_request_total{${a},${mutate},operation="UPDATE",code="200",rejected="false"}`]: '0+200x120',
      },
    },
  },
  SseKmsCertificateUntrusted: {
    fires: { [`ssekms_certificate_trusted{${a}}`]: always(1), [`ssekms_certificate_trusted{${b}}`]: always(0) },
    after: 5,
    quiet: { 'a moment without trust': { [`ssekms_certificate_trusted{${a}}`]: '1x10 0x2 1x100' } },
  },
  SseKmsCertificateEnding: {
    fires: {
      // With a third of that left with which they are overdue: nine hours and a third, and 20 days.
      [`${expiry}{${a},certificate="leaf"}`]: always(9 * hour),
      [`${expiry}{${b},certificate="leaf"}`]: always(160 * hour),
      [`${expiry}{${a},certificate="ca"}`]: always(20 * 24 * hour),
    },
    after: 2,
    labels: [{ certificate: 'leaf' }, { certificate: 'ca' }],
    quiet: {
      'overdue since yesterday': {
        [`${expiry}{${a},certificate="leaf"}`]: always(12 * hour),
        [`${expiry}{${a},certificate="ca"}`]: always(21 * 24 * hour),
      },
    },
  },
  SseKmsSyncStale: {
    fires: {
      [`ssekms_watch_sync_age_seconds{${a},resource="configmaps"}`]: '0+60x120',
      [`ssekms_watch_sync_age_seconds{${a},resource="namespaces"}`]: always(30),
    },
    after: 5,
    labels: [{ instance: 'a', resource: 'configmaps' }],
    goesOn: {
      'a watch that never opens, under resyncs each ten minutes': {
        [`ssekms_watch_sync_age_seconds{${a},resource="configmaps"}`]: again('0 60 120 180 240 300 360 420 480 540'),
        [`ssekms_watch_sync_age_seconds{${a},resource="namespaces"}`]: always(30),
      },
      'one silence after the other, each ended by a restart as early as values can have it': {
        [`ssekms_watch_sync_age_seconds{${a},resource="configmaps"}`]: again('0 60 120 180 230'),
      },
    },
    quiet: {
      'a sign of life each minute': {
        [`ssekms_watch_sync_age_seconds{${a},resource="configmaps"}`]: again('5 61 31 58 0'),
      },
      'connections that are taken for dead once in a while': {
        [`ssekms_watch_sync_age_seconds{${a},resource="configmaps"}`]: again('40 100 160 0 30 60 20 50 10 40 0 60'),
        [`ssekms_watch_sync_age_seconds{${b},resource="configmaps"}`]: again('0 60 120 160'),
      },
    },
  },
  SseKmsCertificateExpiring: {
    fires: {
      // Overdue with less than 28 hours (a sixth of a week), and 60 days (of a year).
      [`${expiry}{${a},certificate="leaf"}`]: always(27 * hour),
      [`${expiry}{${b},certificate="leaf"}`]: always(160 * hour),
      [`${expiry}{${a},certificate="ca"}`]: always(59 * 24 * hour),
    },
    after: 10,
    labels: [{ certificate: 'leaf' }, { certificate: 'ca' }],
    quiet: {
      'as long before the end as they are renewed': {
        [`${expiry}{${a},certificate="leaf"}`]: always(56 * hour),
        [`${expiry}{${a},certificate="ca"}`]: always(121 * 24 * hour),
      },
      'no CA that is known': { [`${expiry}{${a},certificate="leaf"}`]: always(56 * hour) },
    },
  },
  SseKmsManyLeaders: {
    fires: { [`ssekms_leader{${a}}`]: always(1), [`ssekms_leader{${b}}`]: always(1) },
    after: 5,
    quiet: {
      'one that follows another': { [`ssekms_leader{${a}}`]: '1x10 0x100', [`ssekms_leader{${b}}`]: '0x8 1x100' },
    },
  },
  SseKmsNoLeader: {
    fires: { [`ssekms_leader{${a}}`]: always(0), [`ssekms_leader{${b}}`]: always(0) },
    after: 5,
    quiet: { 'one of two': { [`ssekms_leader{${a}}`]: always(1), [`ssekms_leader{${b}}`]: always(0) } },
  },
  SseKmsReplicasMissing: {
    fires: { [`ssekms_ready{${a}}`]: always(1) },
    after: 15,
    quiet: {
      'two of two': { [`ssekms_ready{${a}}`]: always(1), [`ssekms_ready{${b}}`]: always(1) },
      'an upgrade': { [`ssekms_ready{${a}}`]: always(1), [`ssekms_ready{${b}}`]: '1x10 0x5 1x100' },
    },
  },
  SseKmsAdmissionSlow: {
    fires: {
      [`${histogram}{${a},webhook="mutate",le="1"}`]: '0+90x120',
      [`${histogram}{${a},webhook="mutate",le="5"}`]: '0+100x120',
      [`${histogram}{${a},webhook="mutate",le="+Inf"}`]: '0+100x120',
      [`${histogram}{${a},webhook="validate",le="1"}`]: '0+100x120',
      [`${histogram}{${a},webhook="validate",le="+Inf"}`]: '0+100x120',
    },
    after: 11,
    labels: [{ webhook: 'mutate' }],
    quiet: {
      'one in 200': {
        [`${histogram}{${a},webhook="mutate",le="1"}`]: '0+199x120',
        [`${histogram}{${a},webhook="mutate",le="5"}`]: '0+200x120',
        [`${histogram}{${a},webhook="mutate",le="+Inf"}`]: '0+200x120',
      },
    },
  },
  SseKmsInjectionUndone: {
    fires: {
      [`ssekms_admission_reviews_total{${a},webhook="validate",outcome="change",allowed="false",reason="NotInjected"}`]:
        '0x10 0+1x100',
    },
    after: 20,
    quiet: {
      'two in half an hour': {
        [`ssekms_admission_reviews_total{${a},webhook="validate",outcome="change",allowed="false",reason="NotInjected"}`]:
          '0x10 1x10 2x100',
      },
      'denials that are the files’ own fault': {
        [`ssekms_admission_reviews_total{${a},webhook="validate",outcome="refused",allowed="false",reason="Malformed"}`]:
          '0+5x120',
      },
    },
  },
  SseKmsCertificateFailing: {
    fires: { [`ssekms_certificate_failures{${a}}`]: '0+1x120', [`ssekms_certificate_unusable{${a}}`]: always(0) },
    after: 19,
    quiet: {
      'failures that end': {
        [`ssekms_certificate_failures{${a}}`]: '0 1 2 3 4 5 0x100',
        [`ssekms_certificate_unusable{${a}}`]: always(0),
      },
    },
  },
  SseKmsReconcileFailing: {
    fires: {
      [`ssekms_reconcile_duration_seconds_count{${a},queue="assignments",result="error"}`]: '0+1x120',
      [`ssekms_reconcile_duration_seconds_count{${a},queue="configObjects",result="success"}`]: '0+1x120',
    },
    after: 31,
    labels: [{ queue: 'assignments' }],
    quiet: {
      'one that fails now and then': {
        [`ssekms_reconcile_duration_seconds_count{${a},queue="assignments",result="error"}`]: '0x20 1x20 2x20 3x60',
      },
    },
  },
  SseKmsKeyUnusable: {
    fires: {
      [`ssekms_keys{${a},reason="Disabled"}`]: always(1),
      [`ssekms_keys{${a},reason="PendingDeletion"}`]: always(2),
      [`ssekms_keys{${a},reason="Usable"}`]: always(5),
    },
    after: 2,
    labels: [{ reason: 'Disabled' }, { reason: 'PendingDeletion' }],
    quiet: {
      'usable keys, and those of which nothing is known': {
        [`ssekms_keys{${a},reason="Disabled"}`]: always(0),
        [`ssekms_keys{${a},reason="Usable"}`]: always(5),
        [`ssekms_keys{${a},reason="AccessDenied"}`]: always(1),
      },
    },
  },
  SseKmsKeysUnverified: {
    fires: {
      [`ssekms_keys{${a},reason="AccessDenied"}`]: always(1),
      [`ssekms_keys{${a},reason="Usable"}`]: always(5),
    },
    after: 60,
    labels: [{ reason: 'AccessDenied' }],
    quiet: {
      'an outage of 50 minutes': { [`ssekms_keys{${a},reason="Unreachable"}`]: '0x10 3x50 0x60' },
    },
  },
  SseKmsAssignmentsConflicted: {
    fires: { [`ssekms_assignments_conflicted{${a}}`]: always(2), [`ssekms_assignments_conflicted{${b}}`]: always(2) },
    after: 15,
    quiet: { none: { [`ssekms_assignments_conflicted{${a}}`]: always(0) } },
  },
  SseKmsAssignmentsNotApplied: {
    fires: { [`ssekms_assignments{${a},reason="NamespaceExcluded"}`]: always(1) },
    after: 30,
    labels: [{ reason: 'NamespaceExcluded' }],
    quiet: {
      'what other alerts tell of': {
        [`ssekms_assignments{${a},reason="Refused"}`]: always(1),
        [`ssekms_assignments{${a},reason="Conflicted"}`]: always(1),
        [`ssekms_assignments{${a},reason="Invalid"}`]: always(0),
        [`ssekms_assignments{${a},reason="Compliant"}`]: always(9),
      },
    },
  },
  SseKmsConfigObjectsRefused: {
    fires: {
      [`ssekms_config_objects{${a},assignment="finance",outcome="refused"}`]: always(1),
      [`ssekms_config_objects{${a},assignment="finance",outcome="immutable"}`]: always(0),
      [`ssekms_config_objects{${a},assignment="research",outcome="immutable"}`]: always(2),
    },
    after: 60,
    labels: [
      { assignment: 'finance', outcome: 'refused' },
      { assignment: 'research', outcome: 'immutable' },
    ],
    quiet: {
      'compliant ones, and those without an assignment': {
        [`ssekms_config_objects{${a},assignment="finance",outcome="compliant"}`]: always(4),
        [`ssekms_config_objects{${a},assignment="finance",outcome="refused"}`]: always(0),
        [`ssekms_config_objects{${a},assignment="",outcome="unassigned"}`]: always(4),
      },
    },
  },
  SseKmsConfigObjectsPending: {
    fires: { [`ssekms_config_objects{${a},assignment="finance",outcome="pending"}`]: always(3) },
    after: 30,
    labels: [{ assignment: 'finance' }],
    quiet: {
      'a backfill of 20 minutes': {
        [`ssekms_config_objects{${a},assignment="finance",outcome="pending"}`]: '200-10x20 0x100',
      },
      'what Audit would change': {
        [`ssekms_config_objects{${a},assignment="finance",outcome="wouldChange"}`]: always(3),
      },
    },
  },
  SseKmsConfigObjectsContended: {
    fires: {
      [`ssekms_contended_objects{${a},assignment="finance"}`]: always(1),
      [`ssekms_contended_objects{${a},assignment="research"}`]: always(0),
    },
    after: 10,
    labels: [{ assignment: 'finance' }],
    quiet: {
      none: { [`ssekms_contended_objects{${a},assignment="finance"}`]: always(0) },
      'a client that gives up': { [`ssekms_contended_objects{${a},assignment="finance"}`]: '1x8 0x100' },
    },
  },
};
