/**
 * Which values the chart's templates read.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The text of every template, helpers included. */
export function readTemplates(chart: string): string[] {
  return globSync('templates/**/*.{yaml,tpl,txt}', { cwd: chart }).map((file) =>
    readFileSync(join(chart, file), 'utf8'),
  );
}

/** Paths such as `webhook.port`, each once. Values may only be read by their whole path, so that this finds them. */
export function usesOf(templates: readonly string[]): string[] {
  const paths = templates.flatMap((template) => {
    const actions = [...template.matchAll(/\{\{-?([\s\S]*?)-?\}\}/g)].map(([, action = '']) => action);
    const code = actions.filter((action) => !action.trimStart().startsWith('/*')).join('\n');
    if (/\.Values(?!\.[A-Za-z])/.test(code)) throw new Error(`.Values is passed on as a whole: ${code}`);
    return [...code.matchAll(/\.Values\.([A-Za-z]+(?:\.[A-Za-z]+)*)/g)].map(([, path = '']) => path);
  });
  return [...new Set(paths)].sort();
}
