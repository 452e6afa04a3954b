import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FilesWatch, readCertificateFiles, watchCertificateFiles } from '../../src/certificates/files.ts';
import { eventually } from '../cluster-client/cluster.ts';
import { buildKubeletVolume, type KubeletVolume } from './kubelet-volume.ts';

let volume: KubeletVolume;
let watch: FilesWatch | undefined;

beforeEach(async () => {
  volume = await buildKubeletVolume();
});
afterEach(async () => {
  watch?.stop();
  await volume.remove();
});

describe('the files of a volume', () => {
  it('are read, and those that are missing are undefined', async () => {
    const nothing = { certificate: undefined, key: undefined, ca: undefined };
    expect(await readCertificateFiles(join(volume.folder, 'nowhere'))).toEqual(nothing);
    expect(await readCertificateFiles(volume.folder)).toEqual(nothing);
    await volume.update({ 'tls.crt': 'c', 'tls.key': 'k' });
    expect(await readCertificateFiles(volume.folder)).toEqual({ certificate: 'c', key: 'k', ca: undefined });
  });

  it('are of one version each time, however often the kubelet replaces them', async () => {
    await volume.update({ 'tls.crt': '0', 'tls.key': '0', 'ca.crt': '0' });
    let replaced = 0;
    let reading = true;
    const replacing = (async () => {
      while (reading) {
        const text = `${++replaced}`;
        await volume.update({ 'tls.crt': text, 'tls.key': text, 'ca.crt': text });
      }
    })();
    let read = 0;
    while (replaced < 30 || read < 30) {
      const files = await readCertificateFiles(volume.folder).catch(() => undefined);
      if (files === undefined) continue;
      read += 1;
      expect(new Set(Object.values(files)).size, JSON.stringify(files)).toBe(1);
    }
    reading = false;
    await replacing;
  });

  it('may lie in a folder without links, too', async () => {
    const folder = join(volume.folder, 'plain');
    await mkdir(folder);
    await writeFile(join(folder, 'tls.crt'), 'c');
    expect(await readCertificateFiles(folder)).toEqual({ certificate: 'c', key: undefined, ca: undefined });
  });

  it('are not read where one is larger than any Secret, or a folder', async () => {
    await volume.update({ 'tls.crt': 'x'.repeat(1024 * 1024 + 1) });
    await expect(readCertificateFiles(volume.folder)).rejects.toThrow('bytes');
    const folder = join(volume.folder, 'folder');
    await mkdir(join(folder, 'tls.crt'), { recursive: true });
    await expect(readCertificateFiles(folder)).rejects.toThrow('EISDIR');
  });
});

describe('a watch on them', () => {
  it('tells of what it finds first, of a new version, of a write in place, and of their end', async () => {
    await volume.update({ 'tls.crt': 'c', 'tls.key': 'k' });
    let changes = 0;
    watch = watchCertificateFiles(volume.folder, 10, () => {
      changes += 1;
    });
    await eventually(() => changes === 1);
    const accidents = [
      () => volume.update({ 'tls.crt': 'c2', 'tls.key': 'k2' }),
      () => volume.overwrite('tls.key', 'k3'),
      () => volume.remove(),
    ];
    for (const accident of accidents) {
      const before = changes;
      await accident();
      await eventually(() => changes > before);
    }
  });

  it('tells nothing of a new version that holds the same', async () => {
    await volume.update({ 'tls.crt': 'c' });
    let changes = 0;
    let looks = 0;
    watch = watchCertificateFiles(volume.folder, 10, () => {
      changes += 1;
    });
    await eventually(() => changes === 1);
    await volume.update({ 'tls.crt': 'c' });
    await eventually(() => ++looks > 10);
    expect(changes).toBe(1);
  });
});
