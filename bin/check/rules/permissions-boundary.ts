import { type Judgement, unknown } from '../finding';
import { boundaryPlace } from '../role/read-permissions';
import type { Rule } from '../rule';

/** The other rules read what the role is allowed, and not what limits it. */
export const permissionsBoundary: Rule = {
  name: 'permissions-boundary',
  *judge(subject): Iterable<Judgement> {
    const place = boundaryPlace(subject);
    if (place === undefined) return;
    yield unknown(
      place,
      'is set.',
      'It may take away what the policies allow, and was not judged.',
      'See that it allows what the policies do.',
    );
  },
};
