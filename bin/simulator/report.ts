import type { KeptSchedule } from '../../local/simulator/schedule-file';
import type { ModeCount } from '../../local/simulator/simulate';
import type { SimulationRun } from '../../local/simulator/simulation';
import type { SchedulesRun } from './run-schedules';

/** The result as programs read it. */
export interface SimulationReport {
  readonly ok: boolean;
  readonly schedules: number;
  readonly seed: number;
  readonly violations: readonly { readonly rule: string; readonly file: string }[];
  readonly perMode: Readonly<Record<string, ModeCount>>;
  readonly seconds: number;
}

export function reportOf({ ok, schedules, seed, violations, perMode, seconds }: SchedulesRun): SimulationReport {
  return { ok, schedules, seed, violations: violations.map(({ rule, file }) => ({ rule, file })), perMode, seconds };
}

/** The result as a person reads it. */
export function verdictText(run: SchedulesRun): string {
  const { ok, schedules, seed, perMode, violations, failures, seconds } = run;
  const perMinute = Math.round((schedules / Math.max(seconds, 0.001)) * 60);
  const kept = violations.flatMap(({ rule, text, file }) => [
    '',
    `VIOLATION ${rule}: ${text}`,
    `  msk-once simulate --replay ${file}`,
  ]);
  const others = failures - violations.length;
  return [
    modeTable(perMode),
    ...kept,
    ...(others > 0 ? ['', `${others} more schedules broke a rule; they are not kept.`] : []),
    '',
    `${ok ? 'OK' : 'FAILED'}: ${failures} of ${schedules} schedules of seed ${seed} broke a rule (${seconds.toFixed(1)} s, ${perMinute} a minute)`,
  ].join('\n');
}

const HEADINGS = ['remember', 'mode', 'reading', 'order', 'schedules', 'violations'];

function modeTable(perMode: Readonly<Record<string, ModeCount>>): string {
  const rows = Object.entries(perMode).map(([mode, { schedules, violations }]) => [
    ...mode.split(' '),
    String(schedules),
    String(violations),
  ]);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [HEADINGS, ...rows]
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A replay as a person reads it: what happened, and whether it is what the file says. */
export function replayText(file: string, kept: KeptSchedule, { lines, violations, traceHash }: SimulationRun): string {
  const found = violations.map(({ rule, text }) => `VIOLATION ${rule}: ${text}`);
  const same =
    traceHash === kept.traceHash
      ? 'It went as it did when it was kept, step by step.'
      : 'It did not go as it did when it was kept: the runtime, the simulator or what they stand on has changed since.';
  return [
    ...lines,
    '',
    ...found,
    found.length === 0 ? `OK: ${file} breaks no rule (it is kept for ${kept.rule})` : `FAILED: ${file}`,
    same,
  ].join('\n');
}
