import { LETTER_FORMAT, type Letter } from '../../contract/letter';

/** Those of the texts that are dead letters, by their ids; one that lies there twice is one. */
export function lettersIn(texts: readonly string[]): readonly Letter[] {
  const letters = new Map<string, Letter>();
  for (const text of texts) {
    const letter = parsed(text);
    if (letter?.mskOnce === LETTER_FORMAT) letters.set(letter.id, letter);
  }
  return [...letters.values()];
}

function parsed(text: string): Letter | undefined {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}
