/** One section of the benchmarks: its measurements, as tables for the terminal and figures for readers of the JSON. */
import type { PlotOptions } from '@observablehq/plot';

export type Cell = string | number | undefined;

export interface Table {
  readonly title: string;
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  /** What a reader must know. */
  readonly notes?: readonly string[];
}

export interface Picture {
  /** The file's name, without its ending. */
  readonly name: string;
  readonly options: PlotOptions;
}

export interface Findings {
  readonly tables: readonly Table[];
  /** All measurements. */
  readonly figures: unknown;
  readonly pictures?: readonly Picture[];
}

export interface RunOptions {
  /** More than usual, if there is more. */
  readonly verbose: boolean;
}

export type Section = (options: RunOptions) => Promise<Findings>;
