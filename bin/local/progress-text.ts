import type { RunProgress } from '../../local/run/progress';

/** How far a run is, for a person. */
export function progressText({ resolved, open, produced }: RunProgress): string {
  // Records that others wrote to a broker are not known before they come.
  const of = produced >= resolved && produced > 0 ? ` of ${produced}` : '';
  return `${resolved}${of} records resolved${open === 0 ? '' : `, ${open} at work or to come again`}`;
}
