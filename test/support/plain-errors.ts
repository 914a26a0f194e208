import ts from 'typescript';

/** An error that is made without a code. */
export interface PlainError {
  readonly line: number;
  /** Its class: Error, RangeError, or the one that the file defines on top of them. */
  readonly name: string;
  /** Its message as it stands in the source, on one line; of a class `extends Error`. */
  readonly text: string;
}

const BUILT_IN = /^(Aggregate|Eval|Range|Reference|Syntax|Type|URI)?Error$/;

/** Where a source text makes an error of the language itself, or a class of its own out of one. */
export function plainErrorsIn(text: string): PlainError[] {
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true);
  const found: PlainError[] = [];
  const add = (node: ts.Node, name: string, message: string) => {
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    found.push({ line, name, text: message.replace(/\s+/g, ' ') });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) || ts.isCallExpression(node)) {
      const name = node.expression.getText(source);
      if (BUILT_IN.test(name)) add(node, name, node.arguments?.[0]?.getText(source) ?? '');
    }
    if (ts.isClassLike(node)) {
      const parent = node.heritageClauses?.flatMap(({ types }) => types.map((type) => type.expression.getText(source)));
      if (parent?.some((name) => BUILT_IN.test(name))) add(node, node.name?.text ?? '', 'extends Error');
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
