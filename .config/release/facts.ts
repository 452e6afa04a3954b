/**
 * What a release takes from the repository's own files, and what in them would make it a wrong one.
 */

export interface Sources {
  readonly packageVersion: string;
  readonly chartVersion: string;
  readonly appVersion: string;
  readonly changelog: string;
}

const semanticVersion = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

/** Why a tag such as v0.1.0 can't be released; empty where it can. */
export function findProblems(tag: string, { packageVersion, chartVersion, appVersion, changelog }: Sources): string[] {
  const version = tag.replace(/^v/, '');
  if (!tag.startsWith('v') || !semanticVersion.test(version)) return [`the tag ${tag} is not v and a semantic version`];
  const found = {
    'package.json': packageVersion,
    'version in Chart.yaml': chartVersion,
    'appVersion there': appVersion,
  };
  const problems = Object.entries(found)
    .filter(([, each]) => each !== version)
    .map(([where, each]) => `${where} says ${each}, the tag ${version}`);
  if (!findSection(changelog, version)) problems.push(`CHANGELOG.md has no section ## [${version}], or nothing in it`);
  return problems;
}

/** The section of a version in CHANGELOG.md, without its heading. @throws Error where there is none */
export function readNotes(changelog: string, tag: string): string {
  const section = findSection(changelog, tag.replace(/^v/, ''));
  if (!section) throw new Error(`CHANGELOG.md has no section for ${tag}`);
  return `${section}\n`;
}

function findSection(changelog: string, version: string): string | undefined {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((each) => each.startsWith(`[${version}]`));
  return section?.slice(section.indexOf('\n')).trim();
}

/** values.yaml with the image that was pushed; comments and all else stay. @throws Error where the lines aren't found once */
export function fillImage(values: string, repository: string, digest: string): string {
  const withRepository = replaceOnce(values, /^ {2}repository: \S+$/gm, `  repository: ${repository}`);
  return replaceOnce(withRepository, /^ {2}digest: ""$/gm, `  digest: ${digest}`);
}

/** Chart.yaml with what Artifact Hub shows and scans. */
export function fillImages(chart: string, repository: string, digest: string): string {
  const images = ['  artifacthub.io/images: |', '    - name: operator', `      image: ${repository}@${digest}`].join(
    '\n',
  );
  return replaceOnce(chart, /^annotations:$/gm, `annotations:\n${images}`);
}

function replaceOnce(text: string, pattern: RegExp, by: string): string {
  const count = [...text.matchAll(pattern)].length;
  if (count !== 1) throw new Error(`${pattern} stands there ${count} times, not once`);
  return text.replace(pattern, () => by);
}
