/**
 * What runs in the cluster beside the project's own image.
 */

import { readdirSync } from 'node:fs';
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../controlplane/command.ts';
import { ensureJars } from '../hadoop/jars.ts';
import { debianRecipe, ensureImage, type Image } from '../image/images.ts';

const path = 'ENV PATH=/usr/local/bin:/usr/bin:/bin';

/** Hadoop makes its temporary folders by means of some of these. */
const applets = ['cat', 'chmod', 'grep', 'id', 'ls', 'sh', 'sleep'];

async function addApplets(root: string): Promise<void> {
  const bin = join(root, 'usr/local/bin');
  await mkdir(bin, { recursive: true });
  for (const applet of applets) await symlink('/bin/busybox', join(bin, applet));
}

/** A shell and a few commands; by itself it sleeps, as the container that holds a pod's namespaces has to. */
export async function busyboxImage(): Promise<Image> {
  const lines = [path, 'ENTRYPOINT ["busybox", "sleep", "infinity"]'];
  const recipe = await debianRecipe('busybox', ['busybox-static'], lines, { ingredients: applets, change: addApplets });
  return ensureImage(recipe);
}

/** Java, and the jars of Hadoop with which S3A writes. */
export async function hadoopImage(): Promise<Image> {
  const jars = await ensureJars('3.5.0');
  const recipe = await debianRecipe(
    'hadoop',
    ['openjdk-17-jre-headless', 'busybox-static'],
    ['ENV PATH=/usr/local/bin:/usr/lib/jvm/java-17/bin:/bin', 'ENV CLASSPATH=/etc/hadoop/conf:/opt/hadoop/*'],
    {
      ingredients: [...applets, ...readdirSync(jars)],
      change: async (root) => {
        await addApplets(root);
        const opt = join(root, 'opt/hadoop');
        await mkdir(opt, { recursive: true });
        for (const jar of readdirSync(jars)) await copyFile(join(jars, jar), join(opt, jar));
        await symlink('java-17-openjdk-amd64', join(root, 'usr/lib/jvm/java-17'));
        // Hadoop asks Java who runs it, and Java asks this file.
        await writeFile(join(root, 'etc/passwd'), 'hadoop:x:1000:1000::/tmp:/bin/sh\n');
      },
    },
  );
  return ensureImage(recipe);
}

/** moto: a stand-in for the API of S3 and KMS, not for their cryptography. */
export async function motoImage(): Promise<Image> {
  const requirements = ['moto[s3,kms,server]==5.2.5'];
  const recipe = await debianRecipe(
    'moto',
    ['python3'],
    [path, 'ENV PYTHONPATH=/opt/moto', 'ENV PYTHONDONTWRITEBYTECODE=1'],
    {
      ingredients: requirements,
      change: async (root) => {
        const { stdout } = await runCommand('chroot', [
          root,
          'python3',
          '-c',
          'import sys; print("%d.%d" % sys.version_info[:2])',
        ]);
        const words = ['--target', join(root, 'opt/moto'), '--python-version', stdout.trim(), '--only-binary=:all:'];
        await runCommand('python3', ['-m', 'pip', 'install', '--quiet', '--no-compile', ...words, ...requirements], {
          timeout: 300_000,
        });
      },
    },
  );
  return ensureImage(recipe);
}
