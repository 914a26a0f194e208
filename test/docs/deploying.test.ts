import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { ReferenceStack } from '../../bin/reference-stack';
import { referenceApp } from '../bin/reference/reference-app';
import { PROJECT } from '../support/project';

const TEXT = readFileSync(join(PROJECT, 'docs', 'deploying.md'), 'utf8');

const found = (pattern: RegExp) => [...new Set([...TEXT.matchAll(pattern)].map(([, name = '']) => name))];

test('the page says that it was not deployed', () => {
  expect(TEXT).toContain('**Not deployed.**');
});

test.each(found(/`((?:bin|test)\/[^`]+)`/g))('%s, which the page names as what shows something, is there', (file) => {
  expect(existsSync(join(PROJECT, file))).toBe(true);
});

test('each script that the page names is there', () => {
  const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));

  expect(found(/npm run (\w+)/g).filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

test('the context and the outputs that the page names are those of the stack', () => {
  const source = readFileSync(join(PROJECT, 'bin', 'reference-stack.ts'), 'utf8');
  const outputs = Template.fromStack(new ReferenceStack(referenceApp({ demo: 'cluster' }), 'MskOnceDemo')).findOutputs(
    '*',
  );

  expect(found(/-c (\w+)=/g).filter((name) => !source.includes(`'${name}'`))).toEqual([]);
  expect(found(/name <(\w+)>/g).filter((name) => /^[A-Z]/.test(name) && !Object.hasOwn(outputs, name))).toEqual([]);
  expect(found(/name <(\w+)>/g)).toEqual(expect.arrayContaining(['ProducerFunction', 'CountersTable']));
});
