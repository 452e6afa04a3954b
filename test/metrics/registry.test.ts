import { register } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { nothingKnown } from '../../.config/chart/metrics.ts';
import { buildMetrics } from '../../src/metrics/registry.ts';
import type { State } from '../../src/metrics/state.ts';
import { parseExposition } from './exposition.ts';

function build(state: Partial<State> = {}) {
  const metrics = buildMetrics({ version: '1.2.3', node: '24.0.0' });
  metrics.observeState({ ...nothingKnown, ...state });
  return { ...metrics, read: async () => parseExposition((await metrics.scrape()).text) };
}

describe('the registry', () => {
  it('is one of its own: nothing stands in the one that everybody shares', async () => {
    await build().read();
    expect(register.getMetricsAsArray()).toEqual([]);
  });

  it('can be built twice in one process, each with its own numbers', async () => {
    const [one, other] = [build(), build()];
    one.controller.readmitted('compliant');
    expect((await one.read()).sum('ssekms_readmissions_total', { outcome: 'compliant' })).toBe(1);
    expect((await other.read()).sum('ssekms_readmissions_total')).toBe(0);
  });

  it('is served in the text format that says its version', async () => {
    expect((await build().scrape()).contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('says which version runs', async () => {
    expect((await build().read()).series.get('ssekms_build_info{version="1.2.3",node_version="24.0.0"}')).toBe(1);
  });

  it('names everything by the conventions: prefix, base units, _total for counters alone, help that ends in a full stop', async () => {
    const { families } = await build().read();
    const own = families.filter(({ name }) => !/^(process|nodejs)_/.test(name));
    expect(own.length).toBeGreaterThan(15);
    for (const { name, type, help } of families) {
      expect.soft(name.endsWith('_total'), name).toBe(type === 'counter');
      expect.soft(name, name).not.toMatch(/_(milliseconds|ms|minutes|kilobytes|count|sum|bucket|info_total)$/);
      expect.soft(help, name).not.toBe('');
    }
    for (const { name, help } of own) {
      expect.soft(name).toMatch(/^ssekms_[a-z]+(_[a-z]+)*$/);
      expect.soft(help, name).toMatch(/^[A-Z0-9].*\.$/);
    }
  });
});

describe('what is looked up at a scrape', () => {
  it('is looked up anew each time, and what is gone is gone', async () => {
    let configObjects: ReturnType<State['configObjects']> = new Map([['finance', { compliant: 2, refused: 1 }]]);
    let leading = true;
    const { read } = build({ configObjects: () => configObjects, leading: () => leading });
    const first = await read();
    expect(first.series.get('ssekms_config_objects{assignment="finance",outcome="refused"}')).toBe(1);
    expect(first.sum('ssekms_leader')).toBe(1);
    configObjects = undefined;
    leading = false;
    const second = await read();
    expect(second.sum('ssekms_config_objects')).toBeNaN();
    expect(second.sum('ssekms_leader')).toBe(0);
  });

  it('shows contended objects by assignment, known to the leader alone, and counts reverted updates from 0', async () => {
    const { admission, read } = build({ contended: () => new Map([['finance', 2]]) });
    expect((await read()).sum('ssekms_admission_reverted_updates_total')).toBe(0);
    admission.reverted();
    const { series, sum } = await read();
    expect(sum('ssekms_admission_reverted_updates_total')).toBe(1);
    expect(series.get('ssekms_contended_objects{assignment="finance"}')).toBe(2);
    expect((await build().read()).sum('ssekms_contended_objects')).toBeNaN();
  });

  it('counts assignments by the reason of their condition, with 0 for the others', async () => {
    const { read } = build({ assignments: () => ({ byReason: { Compliant: 3, Refused: 1, '': 2 }, conflicted: 1 }) });
    const { sum } = await read();
    expect(sum('ssekms_assignments', { reason: 'Compliant' })).toBe(3);
    expect(sum('ssekms_assignments', { reason: 'Refused' })).toBe(1);
    expect(sum('ssekms_assignments', { reason: '' })).toBe(2);
    expect(sum('ssekms_assignments', { reason: 'WebhookMissing' })).toBe(0);
    expect(sum('ssekms_assignments_conflicted')).toBe(1);
  });

  it('gives expiry in seconds since 1970, and no series for a certificate that is not there', async () => {
    const status = { trusted: true, leafExpiresAt: 1_800_000_000_000, caExpiresAt: undefined, problem: undefined };
    const { series } = await build({ certificate: () => ({ ...status, failures: 2 }) }).read();
    expect(series.get('ssekms_certificate_expiration_timestamp_seconds{certificate="leaf"}')).toBe(1_800_000_000);
    expect(series.has('ssekms_certificate_expiration_timestamp_seconds{certificate="ca"}')).toBe(false);
    expect(series.get('ssekms_certificate_trusted')).toBe(1);
    expect(series.get('ssekms_certificate_failures')).toBe(2);
    expect(series.get('ssekms_certificate_unusable')).toBe(0);
  });

  it('has series for 200 assignments, and counts the others together', async () => {
    const names = Array.from({ length: 250 }, (_, index) => `a-${String(index).padStart(3, '0')}`);
    const counts = new Map<string, Record<string, number>>([['', { unassigned: 7 }]]);
    for (const name of names) counts.set(name, { compliant: 2 });
    const { sum, series } = await build({ configObjects: () => counts }).read();
    expect(sum('ssekms_config_objects', { outcome: 'compliant' })).toBe(500);
    expect(sum('ssekms_config_objects', { outcome: 'unassigned' })).toBe(7);
    expect([...series.keys()].filter((key) => key.startsWith('ssekms_config_objects{')).length).toBe(201);
    expect(series.get('ssekms_config_objects{assignment="(others)",outcome="compliant"}')).toBe(2 * 51);
  });

  it('shows the longest age of several watches of one resource, until they stop', async () => {
    const { apiServer, read } = build();
    const [first, second] = [3, 5].map((age) => apiServer.watching('configmaps', () => age));
    first?.step('failed');
    const age = 'ssekms_watch_sync_age_seconds{resource="configmaps"}';
    expect((await read()).series.get(age)).toBe(5);
    second?.stopped();
    expect((await read()).series.get(age)).toBe(3);
    first?.stopped();
    const { series, sum } = await read();
    expect(series.has(age)).toBe(false);
    expect(sum('ssekms_watch_steps_total', { step: 'failed' })).toBe(1);
  });
});
