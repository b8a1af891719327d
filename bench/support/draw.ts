/** Plots as SVG files, drawn by Observable Plot in a document of jsdom. */
import * as Plot from '@observablehq/plot';
import { JSDOM } from 'jsdom';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Picture } from './section.ts';

const common = { width: 860, style: { fontFamily: 'system-ui, sans-serif', fontSize: '12px', background: 'white' } };

/** Writes one picture; resolves with its path. */
export async function draw({ name, options }: Picture, directory: string): Promise<string> {
  const { document } = new JSDOM('').window;
  const figure = Plot.plot({ ...common, ...options, document });
  const svgs = figure.tagName === 'svg' ? [figure] : [...figure.querySelectorAll('svg')];
  // With a legend, Plot makes a figure of several; the last is the plot.
  const svg = svgs.at(-1);
  svg?.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  await mkdir(directory, { recursive: true });
  const path = join(directory, `${name}.svg`);
  await writeFile(path, `${svg?.outerHTML ?? ''}\n`);
  return path;
}
