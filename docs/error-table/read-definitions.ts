import ts from 'typescript';
import type { Definition } from './entry';

/** The errors that a file of handlers/errors defines by `defineError`. */
export function readDefinitions(file: string, text: string): Definition[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Definition[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.initializer && ts.isCallExpression(node.initializer)) {
      const { expression, arguments: given } = node.initializer;
      const [fields] = given;
      if (expression.getText(source) === 'defineError' && fields && ts.isObjectLiteralExpression(fields)) {
        found.push(definitionOf(node.name.getText(source), file, fields));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function definitionOf(name: string, file: string, fields: ts.ObjectLiteralExpression): Definition {
  const fieldOf = (field: string): ts.Expression => {
    const member = fields.properties.find((property) => property.name?.getText() === field);
    if (member && ts.isPropertyAssignment(member)) return member.initializer;
    throw new Error(`${file}: ${name} has no ${field} that can be read`);
  };
  const textOf = (field: string): string => {
    const value = fieldOf(field);
    if (ts.isStringLiteralLike(value)) return value.text;
    throw new Error(`${file}: the ${field} of ${name} is ${value.getText()}; accepted is a text as it stands`);
  };
  const code = fieldOf('code');
  if (!ts.isPropertyAccessExpression(code) || code.expression.getText() !== 'ERROR_CODES') {
    throw new Error(`${file}: the code of ${name} is ${code.getText()}; accepted is a member of ERROR_CODES`);
  }
  const remedy = ts.isArrowFunction(fieldOf('remedy')) ? undefined : textOf('remedy');
  return { name, file, codeName: code.name.text, errorClass: textOf('errorClass'), remedy };
}
