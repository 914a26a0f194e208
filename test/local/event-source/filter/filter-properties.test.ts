/**
 * The filters against another reading of the same rules: here a document is unfolded into one view for each way of
 * choosing an element of every array, and a pattern is asked of each view, path by path.
 */
import fc from 'fast-check';
import { compileFilter } from '../../../../local/event-source/filter/filter';

type Leaf =
  | { readonly type: 'string'; readonly text: string }
  | { readonly type: 'number'; readonly digits: string }
  | { readonly type: 'word'; readonly word: 'true' | 'false' | 'null' };
type Node = Leaf | readonly Node[] | { readonly type: 'object'; readonly fields: Readonly<Record<string, Node>> };

interface Alternative {
  readonly json: string;
  /** Of a leaf; undefined for one that asks whether there is a leaf. */
  readonly accepts?: (leaf: Leaf) => boolean;
  readonly exists?: boolean;
}
type Pattern =
  | { readonly leaf: readonly Alternative[] }
  | { readonly fields: Readonly<Record<string, Pattern>>; readonly or: readonly Pattern[] };

const textOf = (leaf: Leaf) => (leaf.type === 'string' ? leaf.text : undefined);
const lastOf = (text: string | undefined, length: number) => text?.slice(Math.max(0, text.length - length));
const sameLeaf = (a: Leaf, b: Leaf) => written(a) === written(b);

function written(node: Node): string {
  if (!('type' in node)) return `[${node.map(written).join(', ')}]`;
  switch (node.type) {
    case 'string':
      return JSON.stringify(node.text);
    case 'number':
      return node.digits;
    case 'word':
      return node.word;
    case 'object':
      return `{${Object.entries(node.fields)
        .map(([key, value]) => `${JSON.stringify(key)}:${written(value)}`)
        .join(',')}}`;
  }
}

function patternText(pattern: Pattern): string {
  if ('leaf' in pattern) return `[${pattern.leaf.map(({ json }) => json).join(',')}]`;
  const fields = Object.entries(pattern.fields).map(([key, value]) => `${JSON.stringify(key)}:${patternText(value)}`);
  return `{${[...fields, ...(pattern.or.length ? [`"$or":[${pattern.or.map(patternText).join(',')}]`] : [])].join(',')}}`;
}

/** A view: its leaves by their path. */
type View = ReadonlyMap<string, Leaf>;

function views(node: Node, path = ''): View[] {
  if (!('type' in node)) return node.length === 0 ? [new Map()] : node.flatMap((element) => views(element, path));
  if (node.type !== 'object') return [new Map([[path, node]])];
  let combined: View[] = [new Map()];
  for (const [key, value] of Object.entries(node.fields)) {
    const ofField = views(value, `${path}/${key}`);
    combined = combined.flatMap((view) => ofField.map((other) => new Map([...view, ...other])));
  }
  return combined;
}

function naiveMatch(pattern: Pattern, document: Node): boolean {
  const all = views(document);
  const somewhere = new Set(all.flatMap((view) => [...view.keys()]));
  const fits = (part: Pattern, view: View, path: string): boolean => {
    if ('leaf' in part) {
      const leaf = view.get(path);
      return part.leaf.some(({ accepts, exists }) => {
        if (exists === false) return !somewhere.has(path);
        return leaf !== undefined && (accepts?.(leaf) ?? true);
      });
    }
    const branch = part.or.length === 0 || part.or.some((one) => fits(one, view, path));
    return branch && Object.entries(part.fields).every(([key, value]) => fits(value, view, `${path}/${key}`));
  };
  return all.some((view) => fits(pattern, view, ''));
}

const texts = fc.constantFrom('', 'a', 'A', 'ab', 'ba', 'aB', '1', 'n1', 's"a', 'é');
const digits = fc.constantFrom('0', '1', '1.0', '1e0', '-1', '2', '10', '2.5');
const leaves: fc.Arbitrary<Leaf> = fc.oneof(
  texts.map((text) => ({ type: 'string' as const, text })),
  digits.map((number) => ({ type: 'number' as const, digits: number })),
  fc.constantFrom('true' as const, 'false' as const, 'null' as const).map((word) => ({ type: 'word' as const, word })),
);

/** Sibling branches of a pattern use other names, so that no array is asked about twice. */
const NAMES = ['p', 'q', 'r'];

const objects = (children: fc.Arbitrary<Node>): fc.Arbitrary<Node> =>
  fc
    .dictionary(fc.constantFrom(...NAMES), children, { maxKeys: 3, noNullPrototype: true })
    .map((fields) => ({ type: 'object' as const, fields }));
const { node: nodes } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    leaves,
    objects(tie('node')),
    fc.array(tie('node'), { maxLength: 3 }),
  ),
}));
const documents = fc.oneof({ weight: 4, arbitrary: objects(nodes) }, { weight: 1, arbitrary: nodes });

const numericAlternatives: fc.Arbitrary<Alternative> = fc.oneof(
  fc.tuple(fc.constantFrom('=', '<', '<=', '>', '>='), digits).map(([operator, bound]) => ({
    json: `{"numeric":["${operator}",${bound}]}`,
    accepts: (leaf: Leaf) => leaf.type === 'number' && holds(Number(leaf.digits) - Number(bound), operator),
  })),
  fc.tuple(fc.constantFrom('>', '>='), fc.constantFrom('<', '<=')).map(([lower, upper]) => ({
    json: `{"numeric":["${lower}",0,"${upper}",2]}`,
    accepts: (leaf: Leaf) =>
      leaf.type === 'number' && holds(Number(leaf.digits), lower) && holds(Number(leaf.digits) - 2, upper),
  })),
);

function holds(difference: number, operator: string): boolean {
  return (
    (operator.includes('=') && difference === 0) || operator.includes(difference < 0 ? '<' : difference > 0 ? '>' : ' ')
  );
}

const alternatives: fc.Arbitrary<Alternative> = fc.oneof(
  leaves.map((leaf) => ({ json: written(leaf), accepts: (found: Leaf) => sameLeaf(found, leaf) })),
  texts.map((text) => ({
    json: JSON.stringify({ prefix: text }),
    accepts: (leaf: Leaf) => textOf(leaf)?.slice(0, text.length) === text,
  })),
  texts.map((text) => ({
    json: JSON.stringify({ suffix: text }),
    accepts: (leaf: Leaf) => lastOf(textOf(leaf), text.length) === text,
  })),
  texts.map((text) => ({
    json: JSON.stringify({ 'equals-ignore-case': text }),
    accepts: (leaf: Leaf) => textOf(leaf)?.toUpperCase() === text.toUpperCase(),
  })),
  numericAlternatives,
  fc.constant({ json: '{"exists":true}' }),
  fc.constant({ json: '{"exists":false}', exists: false }),
  fc.array(texts, { minLength: 1, maxLength: 3 }).map((excluded) => ({
    json: JSON.stringify({ 'anything-but': excluded }),
    accepts: (leaf: Leaf) => excluded.every((text) => textOf(leaf) !== text),
  })),
  digits.map((excluded) => ({
    json: `{"anything-but":${excluded}}`,
    accepts: (leaf: Leaf) => leaf.type !== 'number' || leaf.digits !== excluded,
  })),
  texts.map((text) => ({
    json: JSON.stringify({ 'anything-but': { prefix: text } }),
    accepts: (leaf: Leaf) => textOf(leaf)?.slice(0, text.length) !== text,
  })),
);

const leafPatterns = fc.array(alternatives, { minLength: 1, maxLength: 3 }).map((leaf): Pattern => ({ leaf }));

/** An object pattern; names of fields are split between the fields and the branches of its $or. */
function objectPatterns(children: fc.Arbitrary<Pattern>): fc.Arbitrary<Pattern> {
  const fieldsOf = (names: readonly string[], minKeys: number) =>
    fc.dictionary(fc.constantFrom(...names), children, { minKeys, maxKeys: 2, noNullPrototype: true });
  const plain = fieldsOf(NAMES, 1).map((fields): Pattern => ({ fields, or: [] }));
  const branch = fieldsOf(['q', 'r'], 1).map((fields): Pattern => ({ fields, or: [] }));
  const withOr = fc
    .tuple(fieldsOf(['p'], 0), fc.array(branch, { minLength: 2, maxLength: 3 }))
    .map(([fields, or]): Pattern => ({ fields, or }));
  return fc.oneof({ weight: 3, arbitrary: plain }, { weight: 1, arbitrary: withOr });
}
const { pattern: patterns } = fc.letrec<{ pattern: Pattern; inner: Pattern }>((tie) => ({
  inner: fc.oneof({ maxDepth: 2, depthSize: 'small' }, leafPatterns, objectPatterns(tie('inner'))),
  pattern: objectPatterns(tie('inner')),
}));

const decided = (pattern: Pattern, document: Node) =>
  compileFilter([`{"value":${patternText(pattern)}}`]).decide(Buffer.from(written(document)));

test('a JSON pattern decides a JSON value as the unfolded reading does', () => {
  fc.assert(
    fc.property(patterns, documents, (pattern, document) => {
      expect(decided(pattern, document)).toBe(naiveMatch(pattern, document) ? 'match' : 'no-match');
    }),
    { numRuns: 3_000 },
  );
});

test('the generated pairs are of both kinds, so that the comparison means something', () => {
  const sample = fc.sample(fc.tuple(patterns, documents), { numRuns: 2_000, seed: 1 });

  const matches = sample.filter(([pattern, document]) => naiveMatch(pattern, document)).length;

  expect(matches).toBeGreaterThan(200);
  expect(matches).toBeLessThan(1_800);
});

test('the comparison sees a filter that forgets one operator', () => {
  const differing = fc
    .sample(fc.tuple(patterns, documents), { numRuns: 5_000, seed: 1 })
    .filter(([pattern, document]) => {
      const planted = patternText(pattern).replaceAll('"prefix"', '"suffix"');
      const found = compileFilter([`{"value":${planted}}`]).decide(Buffer.from(written(document)));
      return found !== (naiveMatch(pattern, document) ? 'match' : 'no-match');
    });

  expect(differing.length).toBeGreaterThan(0);
});

test('a string pattern decides a string value as it would the same string in JSON', () => {
  // A text that is no JSON, so that both are comparable.
  const strings = fc.string({ unit: 'binary', maxLength: 4 }).map((text) => `~${text}`);
  fc.assert(
    fc.property(
      fc.array(alternatives, { minLength: 1, maxLength: 3 }),
      fc.oneof(strings, fc.constant('')),
      (list, text) => {
        const leaf: Leaf = { type: 'string', text };

        const decision = compileFilter([`{"value":${patternText({ leaf: list })}}`]).decide(Buffer.from(text));

        const expected = list.some(({ accepts, exists }) => exists !== false && (accepts?.(leaf) ?? true));
        expect(decision).toBe(expected ? 'match' : 'no-match');
      },
    ),
    { numRuns: 1_000 },
  );
});

test('several filters decide as the best of them alone', () => {
  const rank = ['no-match', 'not-comparable', 'match'];
  fc.assert(
    fc.property(
      fc.array(fc.oneof(patterns, leafPatterns), { minLength: 1, maxLength: 5 }),
      fc.oneof(documents.map(written), texts),
      (several, value) => {
        const filters = several.map((pattern) => `{"value":${patternText(pattern)}}`);
        const alone = filters.map((filter) => compileFilter([filter]).decide(Buffer.from(value)));

        const together = compileFilter(filters).decide(Buffer.from(value));

        expect(together).toBe(rank[Math.max(...alone.map((decision) => rank.indexOf(decision)))]);
      },
    ),
    { numRuns: 1_000 },
  );
});
