/** One section of the benchmarks: what it measures, as tables for the terminal and figures for whoever reads the JSON. */
import type { PlotOptions } from '@observablehq/plot';

export type Cell = string | number | undefined;

export interface Table {
  readonly title: string;
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  /** What is to be known to read it. */
  readonly notes?: readonly string[];
}

export interface Picture {
  /** The file's name, without its ending. */
  readonly name: string;
  readonly options: PlotOptions;
}

export interface Findings {
  readonly tables: readonly Table[];
  /** Everything that was measured. */
  readonly figures: unknown;
  readonly pictures?: readonly Picture[];
}

export interface RunOptions {
  /** More than the usual, where there is more. */
  readonly verbose: boolean;
}

export type Section = (options: RunOptions) => Promise<Findings>;
