import { expect, it } from 'vitest';
import { effectiveEncryption } from '../product/effective.ts';
import {
  assignment,
  configMap,
  firstKey,
  namespace,
  otherKey,
  plainFile,
  selectingAssignment,
} from '../product/manifests.ts';
import { useProduct } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';

describeWith(['control plane'], 'the reconciler repairs what is stored', () => {
  const { cluster, product, apply, applyRefused, get, list, eventually } = useProduct('webhook.failurePolicy=Ignore');
  const keyOf = async (name: string, where: string) =>
    effectiveEncryption((await get('configmap', name, where)).data['core-site.xml']).key;
  const statusOf = async (name: string) => (await get('kka', name)).status ?? {};
  const condition = (status: { conditions?: { type: string }[] }, type: string) =>
    status.conditions?.find((found) => found.type === type) as
      | { status: string; reason: string; message: string }
      | undefined;

  /** Data belongs to whom it belonged, and to nobody else. */
  const ownersOf = async (name: string, where: string): Promise<string[]> => {
    const { metadata } = await get('configmap', name, where);
    return metadata.managedFields
      .filter((entry: { fieldsV1: object }) => 'f:data' in entry.fieldsV1)
      .map((entry: { manager: string }) => entry.manager);
  };

  it('an assignment that comes after its ConfigMaps', async () => {
    await apply([namespace('late')]);
    await apply([configMap('late', 'one'), configMap('late', 'two')], '--server-side', '--field-manager', 'team');
    await apply(assignment('late', ['late']));
    await eventually(
      () => keyOf('two', 'late'),
      (key) => key === firstKey,
    );
    await eventually(
      () => keyOf('one', 'late'),
      (key) => key === firstKey,
    );
    expect(await ownersOf('one', 'late')).toEqual(['team']);
    const status = await eventually(
      () => statusOf('late'),
      ({ summary }) => summary === '2/2',
    );
    expect(status.objects).toEqual({
      total: 2,
      compliant: 2,
      outdated: 0,
      otherStore: 0,
      pending: 0,
      refused: 0,
      immutable: 0,
    });
    expect(status.namespaces).toBe(1);
    expect(condition(status, 'Ready')?.status).toBe('True');
    // who applied them sees no conflict
    await apply([configMap('late', 'one')], '--server-side', '--field-manager', 'team');
  });

  it('in stages, where a second assignment names one namespace after the other', async () => {
    const [all, stage] = ['staged', 'staged-next'];
    const labels = { staged: 'yes' };
    await apply([namespace('stage-a', labels), namespace('stage-b', labels)]);
    await apply([configMap('stage-a', 'one'), configMap('stage-b', 'one'), selectingAssignment(all, labels)]);
    const keys = (a: string, b: string) =>
      eventually(
        async () => [await keyOf('one', 'stage-a'), await keyOf('one', 'stage-b')].join(),
        (found) => found === [a, b].join(),
      );
    const next = { key: { arn: otherKey } };
    await keys(firstKey, firstKey);
    await apply(assignment(stage, ['stage-a'], next));
    await keys(otherKey, firstKey);
    await apply(assignment(stage, ['stage-a', 'stage-b'], next));
    await keys(otherKey, otherKey);
    await apply(assignment(stage, ['stage-b'], next));
    await keys(firstKey, otherKey);
    await apply(assignment(stage, ['stage-a', 'stage-b'], next));
    await keys(otherKey, otherKey);
    await apply(selectingAssignment(all, labels, next));
    await cluster().kubectl(['delete', 'kka', stage]);
    await eventually(
      () => statusOf(all),
      ({ summary }) => summary === '2/2',
    );
    await keys(otherKey, otherKey);
  });

  it('a rotated key', async () => {
    await apply(assignment('late', ['late'], { key: { arn: otherKey } }));
    await eventually(
      () => keyOf('one', 'late'),
      (key) => key === otherKey,
    );
    await eventually(
      () => keyOf('two', 'late'),
      (key) => key === otherKey,
    );
    const { metadata } = await get('kka', 'late');
    await eventually(
      () => statusOf('late'),
      (status) => status.observedGeneration === metadata.generation && status.summary === '2/2',
    );
    expect(await ownersOf('two', 'late')).toEqual(['team']);
  });

  it('a namespace whose label changes from one assignment to another', async () => {
    await apply([
      selectingAssignment('team-a', { team: 'a' }),
      selectingAssignment('team-b', { team: 'b' }, { key: { arn: otherKey } }),
      namespace('moving', { team: 'a' }),
    ]);
    await apply(configMap('moving', 'one'));
    await eventually(
      () => keyOf('one', 'moving'),
      (key) => key === firstKey,
    );
    await cluster().kubectl(['label', 'namespace', 'moving', 'team=b', '--overwrite']);
    await eventually(
      () => keyOf('one', 'moving'),
      (key) => key === otherKey,
    );
    await eventually(
      () => statusOf('team-b'),
      ({ summary }) => summary === '1/1',
    );
    await eventually(
      () => statusOf('team-a'),
      ({ namespaces }) => namespaces === 0,
    );
  });

  it('an edit made while the operator was away', async () => {
    await product().operator().end('SIGKILL');
    const bad = plainFile.replace('fs.defaultFS', 'fs.s3a.encryption.key');
    await apply([configMap('late', 'one', bad), configMap('late', 'three')]);
    expect(await keyOf('one', 'late')).toBeUndefined();
    await product().restart();
    await eventually(
      () => keyOf('one', 'late'),
      (key) => key === otherKey,
    );
    await eventually(
      () => keyOf('three', 'late'),
      (key) => key === otherKey,
    );
    await eventually(
      () => statusOf('late'),
      ({ summary }) => summary === '3/3',
    );
  });

  it('deleting an assignment changes no file, and re-applying a manifest restores it', async () => {
    await cluster().kubectl(['delete', 'kka', 'team-b']);
    const before = await get('configmap', 'one', 'moving');
    expect(effectiveEncryption(before.data['core-site.xml']).key).toBe(otherKey);
    await apply(configMap('moving', 'one', plainFile.replace('warehouse', 'other')));
    const after = (await get('configmap', 'one', 'moving')).data['core-site.xml'];
    expect(after).toBe(plainFile.replace('warehouse', 'other'));
  });

  it('counts the leftover of a finished job as outdated after a rotation, and stays Ready', async () => {
    await apply([namespace('jobs'), assignment('jobs', ['jobs'])]);
    await apply([configMap('jobs', 'nightly', plainFile, { immutable: true }), configMap('jobs', 'site')]);
    const upTo = async (outdated: number) => {
      const { status } = await eventually(
        () => get('kka', 'jobs'),
        ({ metadata, status }) =>
          status?.observedGeneration === metadata.generation &&
          status.objects.outdated === outdated &&
          status.objects.compliant === 2 - outdated,
      );
      expect(condition(status, 'Ready')).toMatchObject({ status: 'True', reason: 'Compliant' });
      expect(status).toMatchObject({ problems: [], problemCount: 0, summary: `${2 - outdated}/${2 - outdated}` });
    };
    await upTo(0);
    const made = await get('configmap', 'nightly', 'jobs');
    await apply(assignment('jobs', ['jobs'], { key: { arn: otherKey } }));
    await upTo(1);
    // Whoever leads next has only the text to tell by.
    await product().operator().end();
    await product().restart();
    await apply(assignment('jobs', ['jobs'], { key: { accountDefault: true } }));
    await upTo(1);
    expect(await list('events', 'jobs')).toEqual([]);
    await apply(assignment('jobs', ['jobs'], { key: { arn: firstKey } }));
    await eventually(
      () => statusOf('jobs'),
      ({ observedGeneration }) => observedGeneration === 4,
    );
    expect((await get('configmap', 'nightly', 'jobs')).metadata.resourceVersion).toBe(made.metadata.resourceVersion);
  });

  it('reports what it cannot repair: refused, immutable, and why, in status and Events', async () => {
    await apply([namespace('stuck')]);
    await apply([
      configMap('stuck', 'broken', '<configuration>\n<property></configuration>'),
      configMap('stuck', 'frozen', plainFile, { immutable: true }),
      configMap('stuck', 'good'),
      configMap(
        'stuck',
        'secret',
        '<configuration><property><name>fs.s3a.encryption.algorithm</name><value>SSE-C</value></property></configuration>',
      ),
    ]);
    await apply(assignment('stuck', ['stuck']));
    const status = await eventually(
      () => statusOf('stuck'),
      ({ objects }) => objects?.compliant === 1 && objects.pending === 0,
    );
    expect(status.objects).toEqual({
      total: 4,
      compliant: 1,
      outdated: 0,
      otherStore: 0,
      pending: 0,
      refused: 2,
      immutable: 1,
    });
    expect(status.summary).toBe('1/4');
    expect(condition(status, 'Ready')?.status).toBe('False');
    expect(status.problemCount).toBe(3);
    const problems = Object.fromEntries(status.problems.map((problem: { name: string }) => [problem.name, problem]));
    expect(problems.broken).toMatchObject({ namespace: 'stuck', dataKey: 'core-site.xml', reason: 'Malformed' });
    expect(problems.broken.message).toMatch(/line 2/);
    expect(problems.frozen.reason).toBe('Immutable');
    expect(problems.secret.reason).toBe('OtherEncryptionInUse');
    const events = await eventually(
      () => list('events', 'stuck'),
      (found) => found.length >= 3,
    );
    const reasons = Object.fromEntries(events.map((event) => [event.involvedObject.name, event.reason]));
    expect(reasons).toMatchObject({ broken: 'Malformed', frozen: 'Immutable', secret: 'OtherEncryptionInUse' });
  });

  it('the account of a refused ConfigMap ends once it is mended', async () => {
    await apply(configMap('stuck', 'broken'));
    await eventually(
      () => keyOf('broken', 'stuck'),
      (key) => key === firstKey,
    );
    await eventually(
      () => statusOf('stuck'),
      ({ summary }) => summary === '2/4',
    );
  });

  it('two assignments that want different keys: nothing is written, both say so, and one that goes ends it', async () => {
    await apply([namespace('contested')]);
    await apply(configMap('contested', 'one'));
    await apply([assignment('first', ['contested'])]);
    await eventually(
      () => keyOf('one', 'contested'),
      (key) => key === firstKey,
    );
    const stored = await get('configmap', 'one', 'contested');
    await apply([assignment('second', ['contested'], { key: { arn: otherKey } })]);
    for (const name of ['first', 'second']) {
      const status = await eventually(
        () => statusOf(name),
        (found) => condition(found, 'Conflicted')?.status === 'True',
      );
      expect(condition(status, 'Conflicted')?.message).toMatch(/contested/);
      expect(condition(status, 'Ready')?.status).toBe('False');
    }
    const refusal = await applyRefused(configMap('contested', 'two'));
    expect(refusal).toMatch(/first/);
    expect(refusal).toMatch(/second/);
    const same = await get('configmap', 'one', 'contested');
    expect(same.metadata.resourceVersion).toBe(stored.metadata.resourceVersion);
    await cluster().kubectl(['delete', 'kka', 'first']);
    await eventually(
      () => keyOf('one', 'contested'),
      (key) => key === otherKey,
    );
    await eventually(
      () => statusOf('second'),
      (found) => condition(found, 'Ready')?.status === 'True',
    );
  });

  it('a namespace that is excluded is said to be, and stays as it is', async () => {
    await apply([assignment('system', ['kube-system', 'sse-kms-system'])]);
    const status = await eventually(
      () => statusOf('system'),
      (found) => condition(found, 'Ready')?.status === 'False',
    );
    expect(condition(status, 'Ready')?.message).toMatch(/kube-system/);
    await apply(configMap('kube-system', 'one'));
    expect((await get('configmap', 'one', 'kube-system')).data['core-site.xml']).toBe(plainFile);
  });

  it('writes nothing in steady state', async () => {
    const versions = async () => {
      const configMaps = await cluster().kubectl([
        'get',
        'configmaps',
        '--all-namespaces',
        '--output',
        'jsonpath={.items[*].metadata.resourceVersion}',
      ]);
      const assignments = await cluster().kubectl([
        'get',
        'kka',
        '--output',
        'jsonpath={.items[*].metadata.resourceVersion}',
      ]);
      return configMaps.stdout + assignments.stdout;
    };
    const before = await versions();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(await versions()).toBe(before);
  });
});
