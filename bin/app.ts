import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ReferenceStack } from './reference-stack';

export const app = new App();
// A cluster of another stack's name: whoever has the one and tries the other does not lose a cluster.
new ReferenceStack(app, app.node.tryGetContext('demo') === 'cluster' ? 'MskOnceDemo' : 'MskOnceReference');
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
