/** Lays texts out in columns, each at most as wide as said and with its lines broken at spaces. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  widest: readonly number[],
): string {
  const cells = [head, ...rows].map((row) => row.map((cell, column) => linesOf(cell, widest[column] as number)));
  const widths = head.map((_, column) =>
    Math.max(...cells.flatMap((row) => (row[column] ?? []).map((line) => line.length))),
  );
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  const laidOut = cells.map((row) => {
    const height = Math.max(...row.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) =>
      row
        .map((lines, column) => (lines[line] ?? '').padEnd(widths[column] as number))
        .join('  ')
        .trimEnd(),
    ).join('\n');
  });
  const [first, ...others] = laidOut;
  return `${first}\n${rule}\n${others.join('\n\n')}`;
}

function linesOf(text: string, widest: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines = [''];
    for (const word of paragraph.split(' ')) {
      const last = lines.at(-1) as string;
      if (last === '') lines[lines.length - 1] = word;
      else if (last.length + 1 + word.length <= widest) lines[lines.length - 1] = `${last} ${word}`;
      else lines.push(word);
    }
    return lines;
  });
}
