const ENTRIES = 1_000;

/** Remembers what a text means; a text with a mistake is read again each time. */
export function cachedParser<Syntax>(parse: (text: string) => Syntax): (text: string) => Syntax {
  const known = new Map<string, Syntax>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const syntax = parse(text);
    if (known.size >= ENTRIES) known.clear();
    known.set(text, syntax);
    return syntax;
  };
}
