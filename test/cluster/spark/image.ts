/**
 * Spark as it runs on Kubernetes: Java, the jars of Spark and S3A from Maven, and the commands that drivers and executors are started with. No
 * core-site.xml, no spark-defaults.conf.
 */
import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Say, sayOnStderr } from '../../controlplane/progress.ts';
import { digestOf, fetchInto, run, whileLocked } from '../../hadoop/jars.ts';
import { debianRecipe, ensureImage, type Image } from '../../image/images.ts';
import { cacheFolder } from '../../run/cache-folder.mjs';

/** Where the image has the job; it writes two lines to each folder that is named. */
export const job = { jar: '/opt/job.jar', mainClass: 'WriteLines' } as const;

const here = import.meta.dirname;
const pom = join(here, 'pom.xml');
const sources = ['entrypoint', 'spark-submit', 'WriteLines.java'].map((file) => join(here, file));
const applets = ['chmod', 'env', 'id', 'ls', 'rm', 'tail', 'xargs'];
const passwd = 'spark:x:1000:1000::/tmp:/bin/sh\n';
/** Three JVMs at a time share two cores: they start faster so. */
const javaOptions = '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC';

export async function sparkImage(say: Say = sayOnStderr): Promise<Image> {
  const jars = await ensureSparkJars(say);
  const lines = [
    'ENV SPARK_HOME=/opt/spark SPARK_SCALA_VERSION=2.13 JAVA_HOME=/usr/lib/jvm/java-17',
    'ENV PATH=/usr/local/bin:/usr/lib/jvm/java-17/bin:/usr/bin:/bin',
    `ENV JAVA_TOOL_OPTIONS="${javaOptions}"`,
    'USER 1000',
    // Drivers copy the job's jar into it.
    'WORKDIR /tmp',
    'ENTRYPOINT ["entrypoint"]',
  ];
  const recipe = await debianRecipe('spark', ['openjdk-17-jre-headless', 'busybox-static'], lines, {
    ingredients: [...applets, passwd, ...readdirSync(jars), digestOf(...sources)],
    change: (root, scratch) => addSpark(root, scratch, jars),
  });
  return ensureImage(recipe, say);
}

/** The folder with Spark and S3A as they are in the image. */
export async function ensureSparkJars(say: Say = sayOnStderr): Promise<string> {
  const folder = join(cacheFolder(), 'hadoop', `spark-on-kubernetes-${digestOf(pom)}`);
  const wanted = { title: 'Spark with S3A', folder, pom, words: [], megabytes: 160 };
  if (!existsSync(folder)) await whileLocked(() => fetchInto(wanted, say), say);
  return folder;
}

async function addSpark(root: string, scratch: string, jars: string): Promise<void> {
  const bin = join(root, 'usr/local/bin');
  await mkdir(bin, { recursive: true });
  for (const applet of applets) await symlink('/bin/busybox', join(bin, applet));
  await symlink('busybox', join(root, 'bin/sh'));
  for (const program of ['entrypoint', 'spark-submit']) await copyFile(join(here, program), join(bin, program));
  await mkdir(join(root, 'opt/spark/jars'), { recursive: true });
  for (const jar of readdirSync(jars)) await copyFile(join(jars, jar), join(root, 'opt/spark/jars', jar));
  await symlink('java-17-openjdk-amd64', join(root, 'usr/lib/jvm/java-17'));
  // Hadoop asks Java who runs it, and Java asks this file.
  await writeFile(join(root, 'etc/passwd'), passwd);
  await compileJob(join(root, job.jar), scratch, jars);
}

async function compileJob(jar: string, scratch: string, jars: string): Promise<void> {
  const classes = await mkdtemp(join(scratch, 'job-'));
  await run('javac', ['--release', '17', '-cp', join(jars, '*'), '-d', classes, join(here, 'WriteLines.java')]);
  await run('jar', ['--create', '--file', jar, '-C', classes, '.']);
  await rm(classes, { recursive: true });
}
