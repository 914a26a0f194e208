import type { Step } from '../step';
import { ALL_OLD, b, batch, type Json, l, MAXIMUM, n, one, put, type Shape, s, statement } from './shape';

const PARAMETERS_OF: Readonly<Record<string, readonly object[]>> = {
  'attribute_exists(seq)': [],
  'attribute_not_exists("owner")': [],
  "attribute_type(runs, 'L')": [],
  'begins_with(id, ?)': [s('k')],
  "begins_with(id, 'x')": [],
  'contains(tags, ?)': [s('a')],
  'contains(runs, ?)': [l(n(0), n(1))],
  'size(runs) = ?': [n(1)],
  'size(id) > 1': [],
  'runs[0][1] = 1': [],
  'doc.digest = ?': [b('digest')],
  'doc."digest" IS MISSING': [],
  "doc['digest'] IS NOT MISSING": [],
  'nil IS NULL': [],
  'nil IS NOT NULL': [],
  'seq IN [1, 2, ?]': [n(3)],
  'seq NOT IN (1, ?)': [n(3)],
  'seq BETWEEN ? AND ?': [n(0), n(1)],
  'seq NOT BETWEEN 2 AND 3': [],
  'NOT (seq = 1 OR seq = 2) AND id = ?': [s('k0')],
  'seq != 1': [],
  'seq < -1.5e-3': [],
  'tags = ?': [{ SS: ['b', 'a'] }],
  "tags = << 'a', 'b' >>": [],
  'runs = [[0, 1]]': [],
  "doc = {'digest': 'x'}": [],
  'seq = seq': [],
  seq: [],
  'upper(id) = ?': [s('K0')],
  'seq > ? -- a remark': [n(0)],
  '/* a remark */ seq > ?': [n(0)],
  "id = 'k0' AND seq > 0": [],
  'seq LIKE 1': [],
};

const ASSIGNMENTS: Readonly<Record<string, readonly object[]>> = {
  'SET seq = seq + 1, "owner" = ?': [s('me')],
  'SET seq = 1 - seq - -2': [],
  'SET seq = (seq + 1)': [],
  'SET seq = if_not_exists(seq, 0) + ?': [n(MAXIMUM)],
  'SET fresh = if_not_exists(fresh, ?)': [{ M: { a: l(b('x'), { NULL: true }, { BOOL: false }) } }],
  'SET runs = list_append(runs, ?)': [l(l(n(3), n(4)))],
  'SET runs = list_append(?, runs) SET seq = 2': [l()],
  'SET runs = list_append(if_not_exists(fresh, ?), ?)': [l(), l(n(1))],
  'SET runs = list_append(fresh, ?)': [l()],
  'SET tags = set_add(tags, ?)': [{ SS: ['c'] }],
  "SET tags = SET_DELETE(tags, <<'a'>>)": [],
  'SET tags = set_delete(tags, ?)': [{ SS: ['a', 'b'] }],
  'SET tags = set_add(seq, ?)': [{ SS: ['c'] }],
  'SET doc.digest = ?, doc."more" = ?': [b('other'), n(1)],
  "SET doc['more'] = 'text'": [],
  'SET doc.deep.er = ?': [n(1)],
  'SET runs[0] = ?, runs[9] = ?': [n(1), n(2)],
  'SET runs[0][1] = runs[0][1] + 1': [],
  'REMOVE runs[0] REMOVE doc.digest REMOVE "owner"': [],
  'REMOVE seq, tags': [],
  'SET seq = 1 REMOVE seq': [],
  'SET seq = ?': [{ NS: ['1', '1.0'] }],
  'SET seq = ? + 1': [s('text')],
  'SET seq = id + 1': [],
  'SET seq = attribute_exists(id)': [],
  "SET id = 'k1'": [],
  'SET value = 1': [],
  'SET "value" = 1': [],
  SET: [],
};

const ITEM = {
  seq: n(1),
  runs: l(l(n(0), n(1))),
  doc: { M: { digest: b('digest') } },
  tags: { SS: ['a', 'b'] },
  nil: { NULL: true },
};

/** Every function and form of PartiQL that the protocol could use. */
export const PARTIQL: readonly Shape[] = [
  {
    rule: 'PartiQL: an empty list of parameters is none',
    steps: [one('SELECT * FROM "«T»" WHERE id = \'a\''), batch(statement("INSERT INTO \"«T»\" VALUE {'id': 'a'}"))],
  },
  {
    rule: 'PartiQL: conditions of an UPDATE',
    steps: [
      put('k0', ITEM),
      ...Object.entries(PARAMETERS_OF).flatMap(([condition, parameters]) => [
        one(
          `UPDATE "«T»" SET hit = ? WHERE id = ? AND ${condition} RETURNING MODIFIED NEW *`,
          s(condition),
          s('k0'),
          ...parameters,
        ),
        batch({
          ...statement(`DELETE FROM "«T»" WHERE id = ? AND ${condition}`, s('missing'), ...parameters),
          ...ALL_OLD,
        }),
      ]),
    ].map(withoutEmptyParameters),
  },
  {
    rule: 'PartiQL: what an UPDATE can do',
    steps: Object.entries(ASSIGNMENTS)
      .flatMap(([assignments, parameters]) => [
        put('k0', ITEM),
        one(`UPDATE "«T»" ${assignments} WHERE id = ? RETURNING ALL NEW *`, ...parameters, s('k0')),
        batch({
          ...statement(
            `UPDATE "«T»" ${assignments} WHERE id = ? RETURNING MODIFIED OLD *`,
            ...parameters,
            s('missing'),
          ),
          ...ALL_OLD,
        }),
      ])
      .map(withoutEmptyParameters),
  },
];

/** An empty list of parameters is refused (API Reference, ExecuteStatement: at least one). */
function withoutEmptyParameters({ operation, input }: Step): Step {
  const { Parameters, ...rest } = input as Json;
  return Array.isArray(Parameters) && Parameters.length === 0 ? { operation, input: rest } : { operation, input };
}
