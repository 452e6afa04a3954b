/**
 * The chart's icon within Chart.yaml, from icon.svg: as a data URL it is there wherever the chart is.
 */
export function fillIcon(chart: string, svg: string): string {
  const line = `icon: data:image/svg+xml;base64,${Buffer.from(svg.replaceAll(/>\n</g, '><').trim()).toString('base64')}`;
  if (!/^icon: .*$/m.test(chart)) throw new Error("Chart.yaml has no line 'icon: …'");
  return chart.replace(/^icon: .*$/m, line);
}
