/** So many characters of payload are looked at; beside more nothing foreign is told. */
const LARGEST = 32_768;
const LONGEST_TEXT = 1_000;
/** Of what is shared with the payload, so many characters next to each other are hidden. */
const SHARED = 5;
const HIDDEN = '…';
const WITHHELD = '(withheld: there is too much payload to tell it from this text)';

/**
 * A text of somebody else's (an error of user code, of a driver, of a validator) without what it quotes of its records:
 * everything that it has in common with the payload over 5 characters, and shorter values where they stand as words.
 * @param payload what the records hold: values, keys, headers
 */
export function withoutPayload(text: string, payload: Iterable<string>): string {
  const shown = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}${HIDDEN}` : text;
  const lower = shown.toLowerCase();
  // Where lower case has another length than the text, places would not agree.
  const comparable = lower.length === shown.length ? lower : shown;
  const isHidden = new Uint8Array(comparable.length);
  const grams = new Set<string>();
  let size = 0;
  for (const part of payload) {
    size += part.length;
    if (size > LARGEST) return WITHHELD;
    const value = comparable === lower ? part.toLowerCase() : part;
    for (let index = 0; index + SHARED <= value.length; index += 1) grams.add(value.slice(index, index + SHARED));
    if (value.length > 1 && value.length < SHARED) hideWord(comparable, value, isHidden);
  }
  for (let index = 0; index + SHARED <= comparable.length; index += 1) {
    if (grams.has(comparable.slice(index, index + SHARED))) isHidden.fill(1, index, index + SHARED);
  }
  return masked(shown, isHidden);
}

function hideWord(text: string, word: string, isHidden: Uint8Array): void {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const isWord = !isLetter(text[at - 1]) && !isLetter(text[at + word.length]);
    if (isWord) isHidden.fill(1, at, at + word.length);
  }
}

const isLetter = (character: string | undefined) => character !== undefined && /[\p{L}\p{N}]/u.test(character);

function masked(text: string, isHidden: Uint8Array): string {
  let shown = '';
  for (let index = 0; index < text.length; index += 1) {
    if (isHidden[index] !== 1) shown += text[index];
    else if (isHidden[index - 1] !== 1) shown += HIDDEN;
  }
  return shown;
}
