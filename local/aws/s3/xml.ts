/** An element with children, and the namespace of S3 where it is the answer itself. */
export function element(name: string, children: readonly string[]): string {
  return `<${name}>${children.join('')}</${name}>`;
}

export function text(name: string, value: string): string {
  const escaped = value.replace(/[&<>"\r\n\t]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<${name}>${escaped}</${name}>`;
}

export const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
