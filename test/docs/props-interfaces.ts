import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { PROJECT } from '../support/project';

export interface DescribedProp {
  readonly name: string;
  /** Its docstring without tags. */
  readonly text: string;
  readonly isOptional: boolean;
  /** Of its `@default`. */
  readonly without: string | undefined;
}

/** What a user hands to constructs; what constructs hand to parts is bound, and has another name. */
const FOR_USERS = /(?<!Bind)(Props|Options)$/;

/** The interfaces that lib/index.ts exports for users, with the props of their own, without those that they extend. */
export function propsInterfaces(): ReadonlyMap<string, readonly DescribedProp[]> {
  const folder = join(PROJECT, 'lib');
  const exported = new Set(readFileSync(join(folder, 'index.ts'), 'utf8').match(/\w+/g));
  const found = new Map<string, readonly DescribedProp[]>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const statement of ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true).statements) {
      if (!ts.isInterfaceDeclaration(statement)) continue;
      const name = statement.name.text;
      if (exported.has(name) && FOR_USERS.test(name)) found.set(name, statement.members.map(described));
    }
  }
  return found;
}

function described(member: ts.TypeElement): DescribedProp {
  const [doc] = ts.getJSDocCommentsAndTags(member);
  const tag = ts.getJSDocTags(member).find(({ tagName }) => tagName.text === 'default');
  return {
    name: (member.name as ts.Identifier).text,
    text: ts.getTextOfJSDocComment(doc?.comment) ?? '',
    isOptional: member.questionToken !== undefined,
    without: tag && (ts.getTextOfJSDocComment(tag.comment) ?? ''),
  };
}
