/** What a worker process is told when it starts, as its one argument; the function does not get to see it. */
export interface WorkerSettings {
  /** How far its clock runs ahead. */
  readonly clockOffsetMs: number;
  /** Loads the function only when a debugger says so. */
  readonly waitForDebugger: boolean;
  /** Where the deadline of the invocation stands while a debugger may stop it; see deadline-note.ts. */
  readonly deadlineFd: number | undefined;
}

export function settingsArgument(settings: WorkerSettings): string {
  return JSON.stringify(settings);
}

/** Takes the argument away. */
export function takeSettings(argv: string[]): WorkerSettings {
  const [text = '{}'] = argv.splice(2, 1);
  return { clockOffsetMs: 0, waitForDebugger: false, deadlineFd: undefined, ...(JSON.parse(text) as object) };
}
