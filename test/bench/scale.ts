/**
 * The operator in a large cluster, as `npm run scale` measures it: start, backfill beside a bare loop, memory.
 */
import { parseOptions } from '../scale/options.ts';
import { runScale } from '../scale/run.ts';
import { toTable as toScaleTable } from '../scale/table.ts';
import { type Part, toTable } from './part.ts';

export const scale: Part = {
  name: 'scale',
  // docs/sizing.md tells more of it.
  inPage: false,
  async measure({ rounds }, say) {
    const options = parseOptions(rounds === undefined ? [] : [`--rounds=${rounds}`]);
    const figures = await runScale(options, say);
    const { memory, rates, restarted } = figures;
    const megabytes = (value: number) => `${value.toFixed(0)} MB`;
    const seconds = (value: number) => `${value.toFixed(1)} s`;
    return {
      lines: toTable(
        [
          `${options.configMaps} ConfigMaps, ${options.configObjects} with Hadoop files, ${options.namespaces} namespaces, ${options.assignments} assignments`,
          'measured',
        ],
        [
          ['start to ready; a new start', `${seconds(figures.ready)}; ${seconds(restarted.ready)}`],
          ['start to all repaired and reported', seconds(figures.repaired)],
          ...(rates === undefined ? [] : [['backfill beside a bare loop', rates.ratio.toFixed(2)]]),
          ['resident once all are repaired', megabytes(memory.afterRepair)],
          ['resident in steady state', megabytes(memory.steady)],
          ['the highest of the run', megabytes(memory.peakOfAll)],
          [
            '12 writes of 60,000 keys each at once (three quarters of the limit, 403 MB, is wanted)',
            megabytes(memory.peakOfBurst),
          ],
        ],
      ),
      figures,
      missed: toScaleTable(figures, options).missed,
      // Times and memory are no ratios: what a busy machine makes of them says nothing.
      regressed: [],
    };
  },
};
