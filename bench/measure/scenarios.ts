/** A way of remembering, as the results name it. */
export const MODES = [
  'stock',
  'ledger',
  'identity',
  'transaction',
  'drop-in',
  'ledger-redelivered',
  'identity-redelivered',
] as const;
export type Mode = (typeof MODES)[number];

/** One function under one kind of delivery: what a process measures. */
export interface Scenario {
  readonly name: string;
  /** stock-redelivered is a scenario of stock: what the redelivered modes are compared with. */
  readonly mode: Mode;
  /** Below `bench/`. */
  readonly source: string;
  /** Records in flight: stock alone has a choice. */
  readonly inFlight: number | undefined;
  readonly redelivered: boolean;
}

export const STOCK_IN_FLIGHT: readonly number[] = [10, 50, 200];

const stock = (redelivered: boolean): Scenario[] =>
  STOCK_IN_FLIGHT.map((inFlight) => ({
    name: `stock${redelivered ? '-redelivered' : ''}:${inFlight}`,
    mode: 'stock',
    source: 'functions/stock',
    inFlight,
    redelivered,
  }));

const ours = (mode: Mode, source: string, redelivered = false): Scenario => ({
  name: mode,
  mode,
  source: `functions/${source}`,
  inFlight: undefined,
  redelivered,
});

export const SCENARIOS: readonly Scenario[] = [
  ...stock(false),
  ours('ledger', 'ledger'),
  ours('identity', 'identity'),
  ours('transaction', 'transaction'),
  ours('drop-in', 'drop-in'),
  ...stock(true),
  ours('ledger-redelivered', 'ledger', true),
  ours('identity-redelivered', 'identity', true),
];

/** Those of the modes, and the stock scenarios that they are compared with. */
export function scenariosOf(modes: readonly Mode[]): Scenario[] {
  const chosen = SCENARIOS.filter(({ mode }) => mode !== 'stock' && modes.includes(mode));
  const kinds = new Set(chosen.map(({ redelivered }) => redelivered));
  if (modes.includes('stock')) kinds.add(false);
  return SCENARIOS.filter(
    (scenario) => chosen.includes(scenario) || (scenario.mode === 'stock' && kinds.has(scenario.redelivered)),
  );
}
