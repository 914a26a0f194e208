const MachineDate = Date;
const { now } = Date;

/** The machine's own clock, in milliseconds since the epoch, whatever the function gets to see. */
export function machineNow(): number {
  return now();
}

/**
 * Lets the clock of this process run ahead, or behind if negative: `Date` in all its forms, and `performance.timeOrigin`.
 * What measures durations goes on as before, as it does on a machine whose clock is wrong. A thread or a context that
 * the function creates has the machine's own clock.
 */
export function shiftClock(offsetMs: number): void {
  const shiftedNow = () => now() + offsetMs;
  const ShiftedDate: DateConstructor = new Proxy(MachineDate, {
    construct: (target, given, newTarget) =>
      Reflect.construct(target, given.length === 0 ? [shiftedNow()] : given, newTarget),
    apply: () => new MachineDate(shiftedNow()).toString(),
  });
  MachineDate.now = shiftedNow;
  MachineDate.prototype.constructor = ShiftedDate;
  globalThis.Date = ShiftedDate;
  Object.defineProperty(performance, 'timeOrigin', { value: performance.timeOrigin + offsetMs, configurable: true });
}
