import { App } from 'aws-cdk-lib';
import { ReferenceStack } from './reference-stack';

export const app = new App();
new ReferenceStack(app, 'MskOnceReference');
