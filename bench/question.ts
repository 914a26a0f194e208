import type { BenchOptions } from './options';

/** What every results file says about where it comes from. */
export interface Origin {
  readonly machine: string;
  readonly node: string;
  readonly versions: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly seconds: number;
  /** Fresh processes for each figure, on the first server. */
  readonly rounds: number;
  readonly seed: number;
  /** Load average over the last minute before the start: above about 0.5 others were at work, and times are not to be believed. */
  readonly loadBefore: number;
  /** Whether `--quick` made it small. */
  readonly quick: boolean;
}

export interface Result<Row> extends Origin {
  readonly question: string;
  readonly rows: readonly Row[];
}

/** One benchmark: one file that answers one question. */
export interface Question<Row = unknown> {
  /** One line. */
  readonly asks: string;
  /** How many fresh processes each figure is the median of. */
  rounds(options: BenchOptions): number;
  run(options: BenchOptions, say: (line: string) => void): Promise<readonly Row[]>;
  /** For a terminal. */
  text(rows: readonly Row[]): string;
  /** This run's figures against another one's. */
  compare(rows: readonly Row[], before: readonly Row[]): string;
}
