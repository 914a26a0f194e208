export interface Substitution {
  ref(name: string): string;
  getAtt(logicalId: string, attribute: string): string;
  /** The variables of the two-part form of Fn::Sub. */
  variable(name: string): string | undefined;
}

/** The text of Fn::Sub: `${Name}`, `${Resource.Attribute}`, and `${!Literal}`, which stays as `${Literal}`. */
export function substitute(text: string, { ref, getAtt, variable }: Substitution): string {
  return text.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    const given = variable(name);
    if (given !== undefined) return given;
    const dot = name.indexOf('.');
    return dot < 0 ? ref(name) : getAtt(name.slice(0, dot), name.slice(dot + 1));
  });
}
