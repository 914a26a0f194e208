const EVERY_MS = 2_000;

/** Progress for a person: one line that changes on a terminal, a line now and then elsewhere. */
export function progressLine(stream: NodeJS.WriteStream) {
  let shown = '';
  let written = '';
  let shownAtMs = 0;
  const clear = () => {
    if (stream.isTTY && shown !== '') stream.write('\r\u001b[K');
    shown = '';
  };
  return {
    say(text: string): void {
      clear();
      stream.write(`${text}\n`);
    },
    update(text: string): void {
      if (text === shown) return;
      if (stream.isTTY) {
        clear();
        stream.write(`  ${text}`);
        shown = text;
      } else if (text !== written && Date.now() - shownAtMs >= EVERY_MS) {
        stream.write(`  ${text}\n`);
        written = text;
        shownAtMs = Date.now();
      }
    },
  };
}
