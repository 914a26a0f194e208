import { findAppOutput } from '../../local/template/app-output';
import { readStack } from '../../local/template/stack';
import type { CheckArguments } from './arguments';
import type { Finding } from './finding';
import { judged } from './rule';
import { RULES } from './rules';
import { unreadStacks } from './rules/nested';
import { readSubjects } from './subject';

export interface Checked {
  /** The file that was read. */
  readonly file: string;
  /** Logical ids of the mappings that were judged. */
  readonly mappings: readonly string[];
  readonly findings: readonly Finding[];
}

export type Asked = Partial<Omit<CheckArguments, 'strict' | 'json' | 'help'>>;

/** Throws a LocalError where there is no template, or no Kafka mapping in it. */
export function checkTemplate(asked: Asked): Checked {
  const output = findAppOutput({
    ...(asked.app !== undefined && { app: asked.app }),
    ...(asked.template !== undefined && { template: asked.template }),
  });
  const stack = readStack(output, {
    ...(asked.stack !== undefined && { stack: asked.stack }),
    parameters: asked.parameters ?? {},
  });
  const subjects = readSubjects(
    stack,
    {
      ...(asked.function !== undefined && { function: asked.function }),
      ...(asked.mapping !== undefined && { mapping: asked.mapping }),
    },
    { serviceMayDiscard: asked.serviceMayDiscard ?? false },
  );
  return {
    file: stack.file,
    mappings: subjects.map(({ id }) => id),
    findings: [...unreadStacks(stack), ...toldOnce(subjects.flatMap((subject) => judged(RULES, subject)))],
  };
}

/** What several mappings share, such as a function, is told once for all of them. */
function toldOnce(findings: readonly Finding[]): Finding[] {
  const told = new Map<string, Finding>();
  for (const finding of findings) {
    const key = JSON.stringify({ ...finding, mappings: [] });
    told.set(key, { ...finding, mappings: [...(told.get(key)?.mappings ?? []), ...finding.mappings] });
  }
  return [...told.values()];
}
