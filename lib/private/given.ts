/** Without what is undefined, which in a spread would hide a default. Not every project has exactOptionalPropertyTypes. */
export function given<Props extends object>(props: Props): Props {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined)) as Props;
}
