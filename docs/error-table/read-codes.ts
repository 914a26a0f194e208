import ts from 'typescript';
import type { CodeText } from './entry';

/** The codes in the text of contract/error-codes.ts, each below the heading (a line comment) that it stands under. */
export function readCodes(text: string): CodeText[] {
  const source = ts.createSourceFile('error-codes.ts', text, ts.ScriptTarget.Latest, true);
  let section = '';
  return membersOf(source, 'ERROR_CODES').map((member) => {
    section = headingAbove(member, text) ?? section;
    return {
      name: member.name.getText(source),
      code: (member.initializer as ts.StringLiteral).text,
      section,
      meaning: textOf(ts.getJSDocCommentsAndTags(member).find(ts.isJSDoc)?.comment),
      remedy: textOf(ts.getJSDocTags(member).find(({ tagName }) => tagName.text === 'remedy')?.comment),
    };
  });
}

function membersOf(source: ts.SourceFile, constant: string): ts.PropertyAssignment[] {
  const found: ts.PropertyAssignment[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.name.getText(source) === constant) {
      const value = node.initializer && ts.isAsExpression(node.initializer) ? node.initializer.expression : undefined;
      if (value && ts.isObjectLiteralExpression(value)) found.push(...value.properties.filter(ts.isPropertyAssignment));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function headingAbove(node: ts.Node, text: string): string | undefined {
  return (ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [])
    .filter(({ kind }) => kind === ts.SyntaxKind.SingleLineCommentTrivia)
    .map(({ pos, end }) => text.slice(pos + 2, end).trim())
    .at(-1);
}

function textOf(comment: string | ts.NodeArray<ts.JSDocComment> | undefined): string | undefined {
  return ts.getTextOfJSDocComment(comment)?.replace(/\s+/g, ' ').trim();
}
