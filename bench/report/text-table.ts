/** Columns of a terminal; numbers to the right. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return all.map((row) => line(row).trimEnd()).join('\n');
}

export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** Three significant digits, thousands apart: more would claim what the noise takes back. */
export function figure(value: number | undefined): string {
  if (value === undefined) return '–';
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(3));
  if (Math.abs(rounded) >= 1_000) return rounded.toLocaleString('en-US');
  return String(rounded);
}

/** Exact where it is short: counts are not noisy. */
export function exact(value: number | undefined): string {
  return value === undefined ? '–' : String(Number(value.toFixed(5)));
}
