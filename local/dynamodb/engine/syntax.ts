import type { AttributeValue } from './attribute-value';
import type { DocumentPath } from './document-path';

/**
 * What an expression or a PartiQL statement says, before its names and values are known: parsed once per text, bound
 * to the names and values of each request. Both languages share it.
 */
export type PathPartSyntax = string | number | { readonly alias: string };
export type PathSyntax = readonly PathPartSyntax[];

export type ValueSyntax =
  | { readonly placeholder: string }
  | { readonly parameter: number }
  | { readonly literal: AttributeValue };

export type OperandSyntax =
  | { readonly kind: 'path'; readonly path: PathSyntax }
  | { readonly kind: 'value'; readonly value: ValueSyntax }
  | CallSyntax;

export interface CallSyntax {
  readonly kind: 'call';
  readonly name: string;
  readonly operands: readonly OperandSyntax[];
}

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type ConditionSyntax =
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly ConditionSyntax[] }
  | { readonly kind: 'not'; readonly condition: ConditionSyntax }
  | {
      readonly kind: 'compare';
      readonly comparator: Comparator;
      readonly left: OperandSyntax;
      readonly right: OperandSyntax;
    }
  | {
      readonly kind: 'between';
      readonly operand: OperandSyntax;
      readonly lower: OperandSyntax;
      readonly upper: OperandSyntax;
    }
  | { readonly kind: 'in'; readonly operand: OperandSyntax; readonly among: readonly OperandSyntax[] }
  | CallSyntax;

export type SetValueSyntax =
  | OperandSyntax
  | {
      readonly kind: 'arithmetic';
      readonly operator: '+' | '-';
      readonly left: SetValueSyntax;
      readonly right: SetValueSyntax;
    };

export type UpdateActionSyntax =
  | { readonly kind: 'set'; readonly path: PathSyntax; readonly value: SetValueSyntax }
  | { readonly kind: 'remove'; readonly path: PathSyntax }
  | { readonly kind: 'add' | 'delete'; readonly path: PathSyntax; readonly value: ValueSyntax };

/** What a request gives to the text. */
export interface Binding {
  /** Paths into attributes that the text has named. */
  readonly nestedPaths: DocumentPath[];
  name(alias: string): string;
  value(value: ValueSyntax): AttributeValue;
}

export function bindPath(path: PathSyntax, binding: Binding): DocumentPath {
  const bound = path.map((part) => (typeof part === 'object' ? binding.name(part.alias) : part));
  if (bound.length > 1) binding.nestedPaths.push(bound);
  return bound;
}
