import type { Entry } from './entry';

/** Below the project's folder. */
export const DOCUMENT = 'docs/errors.md';

const BEGIN = '<!-- Written by `npm run errors`: do not edit. -->';
const END = '<!-- End of what is written by `npm run errors`. -->';

/** The document with the table of these entries; what stands around it is left alone. */
export function withTable(document: string, entries: readonly Entry[]): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${DOCUMENT} has lost its two marks: ${BEGIN} and ${END}`);
  return `${document.slice(0, begin)}${BEGIN}\n\n${table(entries)}\n\n${document.slice(end)}`;
}

function table(entries: readonly Entry[]): string {
  const sections = [...new Set(entries.map(({ section }) => section))];
  return sections
    .map((section) => {
      const rows = entries.filter((entry) => entry.section === section).map(rowOf);
      return [
        `## ${section}`,
        '',
        '| code | what it means | class | what to do |',
        '| --- | --- | --- | --- |',
        ...rows,
      ];
    })
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function rowOf({ code, meaning, kinds, remedies }: Entry): string {
  return `| \`${code}\` | ${[meaning, kinds.join(' or '), remedies.join(' ')].map(cell).join(' | ')} |`;
}

/** Markdown, but that a bar ends a cell, and what looks like a tag is one outside of code. */
function cell(text: string): string {
  const parts = text.replaceAll('|', '\\|').split('`');
  return parts.map((part, index) => (index % 2 === 0 ? part.replaceAll('<', '\\<') : part)).join('`');
}
