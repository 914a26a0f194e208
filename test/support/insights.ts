type Line = Readonly<Record<string, unknown>>;
type Row = Record<string, unknown>;

/**
 * As much of CloudWatch Logs Insights' language as the queries of our documentation use: `fields`, `filter`, `stats … by`,
 * `sort`, `limit`. Anything else is an error, so that a query is never half understood.
 */
export function insights(query: string, lines: readonly Line[]): Row[] {
  let rows: Row[] = lines.map((line) => ({ ...flat(line), '@timestamp': line.timestamp }));
  for (const command of query.split('\n').map((line) => line.replace(/^\|/, '').trim())) {
    if (command === '') continue;
    const [, name, rest = ''] = /^(\w+) (.*)$/.exec(command) ?? [];
    if (name === 'filter') rows = rows.filter((row) => evaluate(rest, row) === true);
    else if (name === 'fields')
      rows = rows.map((row) => Object.fromEntries(list(rest).map((field) => [field, row[field]])));
    else if (name === 'limit') rows = rows.slice(0, Number(rest));
    else if (name === 'sort') rows = sorted(rows, rest);
    else if (name === 'stats') rows = stats(rows, rest);
    else throw new Error(`not understood: ${command}`);
  }
  return rows;
}

/** Members of members as Insights names them: `reasons.TypeError`, `topics.0`. */
function flat(value: Line, prefix = ''): Row {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      typeof member === 'object' && member !== null
        ? Object.entries(flat(member as Line, `${prefix}${name}.`))
        : [[`${prefix}${name}`, member]],
    ),
  );
}

/** Splits at commas that stand in no brackets. */
const list = (text: string) => text.split(/,(?![^(]*\))/).map((part) => part.trim());

function sorted(rows: readonly Row[], text: string): Row[] {
  const [field = '', direction] = text.split(' ');
  const sign = direction === 'desc' ? -1 : 1;
  return [...rows].sort((a, b) => sign * (Number(a[field] ?? 0) - Number(b[field] ?? 0)));
}

function stats(rows: readonly Row[], text: string): Row[] {
  const [aggregates = '', keys = ''] = text.split(' by ');
  const groups = new Map<string, { readonly key: Row; readonly rows: Row[] }>();
  for (const row of rows) {
    const key = Object.fromEntries(list(keys).map((field) => [field, evaluate(field, row)]));
    const name = JSON.stringify(key);
    const group = groups.get(name) ?? { key, rows: [] };
    groups.set(name, group);
    group.rows.push(row);
  }
  return [...groups.values()].map(({ key, rows: members }) => ({
    ...key,
    ...Object.fromEntries(
      list(aggregates).map((aggregate) => {
        const [expression = '', alias = ''] = aggregate.split(' as ');
        return [alias, evaluate(expression, {}, members)];
      }),
    ),
  }));
}

const TOKEN = /"[^"]*"|\d+m\b|[@A-Za-z_][\w.@]*|\d+|[()=<>*/+,-]/g;

function evaluate(expression: string, row: Row, members: readonly Row[] = []): unknown {
  const words = expression.match(TOKEN) ?? [];
  if (words.join('').length !== expression.replace(/ (?=(?:[^"]*"[^"]*")*[^"]*$)/g, '').length) {
    throw new Error(`not understood: ${expression}`);
  }
  const numbers = (name: string) => members.map((member) => member[name]).filter((value) => typeof value === 'number');
  const given = {
    field: (name: string) => row[name],
    ispresent: (name: string) => row[name] !== undefined,
    sum: (name: string) => numbers(name).reduce((sum, value) => sum + value, 0),
    max: (name: string) => (numbers(name).length > 0 ? Math.max(...numbers(name)) : undefined),
    min: (name: string) => (numbers(name).length > 0 ? Math.min(...numbers(name)) : undefined),
    count: () => members.length,
    bin: (minutes: number) => Math.floor(Date.parse(String(row['@timestamp'])) / (minutes * 60_000)),
  };
  const code = words.map((word, index) => {
    const isArgument = words[index - 1] === '(' && /^(sum|max|min|ispresent)$/.test(words[index - 2] ?? '');
    if (word === '=') return '===';
    if (word === 'and') return '&&';
    if (word === 'or') return '||';
    if (word === '*' && words[index - 1] === '(') return '';
    if (/^\d+m$/.test(word)) return word.slice(0, -1);
    if (!/^[@A-Za-z_]/.test(word)) return word;
    if (words[index + 1] === '(') return `given.${word}`;
    return isArgument ? JSON.stringify(word) : `given.field(${JSON.stringify(word)})`;
  });
  return new Function('given', `return ${code.join(' ')}`)(given);
}
