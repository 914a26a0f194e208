import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ReferenceStack } from '../../../bin/reference-stack';
import { PROJECT } from '../../support/project';

const { context: FLAGS } = JSON.parse(readFileSync(join(PROJECT, 'cdk.json'), 'utf8'));

/** An app with the flags of cdk.json, as the CDK's command line makes it, that leaves handlers as they are. */
export function referenceApp(context: Readonly<Record<string, string>> = {}): App {
  return new App({ context: { ...FLAGS, ...context, 'aws:cdk:bundling-stacks': [] } });
}

/** The reference stack in that form, beside others in one app: to synthesize once costs less than often. */
export function referenceStack(app: App, context: Readonly<Record<string, string>>): ReferenceStack {
  const scope = new Construct(app, Object.values(context).join('-'));
  for (const [name, value] of Object.entries(context)) scope.node.setContext(name, value);
  return new ReferenceStack(scope, 'MskOnceReference');
}

/** Every form of the reference stack. */
export const VARIANTS: readonly Readonly<Record<string, string>>[] = [
  { pollers: 'provisioned', remember: 'transaction' },
  { pollers: 'on-demand', remember: 'transaction' },
  { pollers: 'provisioned', remember: 'ledger' },
  { pollers: 'provisioned', remember: 'identity' },
  { demo: 'cluster', pollers: 'provisioned' },
  { demo: 'cluster', pollers: 'on-demand' },
];

/** What is said of an app while it is synthesized, by whatever validates it; nothing where nothing is found. */
export function findingsOf(app: App): string {
  const printed = jest.spyOn(console, 'error').mockReturnValue();
  try {
    app.synth();
    return printed.mock.calls.flat().join('\n');
  } catch (error) {
    return String(error);
  } finally {
    printed.mockRestore();
  }
}
