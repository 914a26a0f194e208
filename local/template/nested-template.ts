import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readProperties } from './property-reader';
import type { Stack } from './stack';
import { own } from './template';
import { shown, templateInvalid } from './template-error';

/**
 * The file with the template of a nested stack; `undefined` for one that is not on this machine: at a web address that
 * is no asset, or in the Serverless Application Repository.
 */
export function nestedTemplateFile(stack: Stack, logicalId: string): string | undefined {
  const properties = readProperties(stack, logicalId);
  const path = properties.path('TemplateURL');
  const noted = notedPath(stack, logicalId);
  if (noted !== undefined) return existing(resolve(stack.directory, noted), path);
  const address = addressOf(stack, logicalId);
  if (address === undefined) return undefined;
  if (!/^[a-z][a-z0-9+.-]+:/i.test(address)) return existing(resolve(stack.directory, address), path);
  return stack.assets.get(address.slice(address.lastIndexOf('/') + 1));
}

/** The CDK notes the source of an asset beside the resource. */
function notedPath(stack: Stack, logicalId: string): string | undefined {
  const metadata = own(stack.template.Resources, logicalId)?.Metadata ?? {};
  const path = metadata['aws:asset:path'];
  return typeof path === 'string' && metadata['aws:asset:property'] === 'TemplateURL' ? path : undefined;
}

function addressOf(stack: Stack, logicalId: string): string | undefined {
  try {
    const address = readProperties(stack, logicalId).value('TemplateURL');
    return typeof address === 'string' ? address : undefined;
  } catch {
    // A part of it has no local value.
    return undefined;
  }
}

function existing(file: string, path: string): string {
  if (existsSync(file)) return file;
  throw templateInvalid(path, `is ${shown(file)}, which does not exist. Run \`cdk synth\` or \`sam build\`.`);
}
