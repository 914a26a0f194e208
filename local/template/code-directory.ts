import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readProperties } from './property-reader';
import type { Stack } from './stack';
import { own } from './template';
import { shown, templateInvalid, templateUnsupported } from './template-error';

/** The absolute path of the folder with a function's code. */
export function codeDirectory(stack: Stack, logicalId: string): string {
  const path = readProperties(stack, logicalId).path('Code');
  const directory =
    fromMetadata(stack, logicalId) ?? fromFolderName(stack, logicalId) ?? fromObjectKey(stack, logicalId);
  const found = statSync(directory, { throwIfNoEntry: false });
  if (found === undefined) {
    throw templateInvalid(
      path,
      `lies in ${directory}, which does not exist. Run \`cdk synth\`; bundling was skipped, or the folder was removed.`,
    );
  }
  if (!found.isDirectory()) {
    throw templateUnsupported(
      path,
      `is the file ${directory}. Only code from a folder can be run; unpack it and give the folder.`,
    );
  }
  return directory;
}

/** The CDK command line, and SAM, note the source of an asset beside the resource. */
function fromMetadata(stack: Stack, logicalId: string): string | undefined {
  const metadata = own(stack.template.Resources, logicalId)?.Metadata ?? {};
  const path = metadata['aws:asset:path'];
  const property = metadata['aws:asset:property'] ?? 'Code';
  return typeof path === 'string' && property === 'Code' ? resolve(stack.directory, path) : undefined;
}

/** Before `aws cloudformation package` has uploaded it, `Code` is the name of a folder. */
function fromFolderName(stack: Stack, logicalId: string): string | undefined {
  const code = writtenCode(stack, logicalId);
  return typeof code === 'string' ? resolve(stack.directory, code) : undefined;
}

/** Unresolved: a part of it that is not read may have no local value. */
export function writtenCode(stack: Stack, logicalId: string): unknown {
  return own(stack.template.Resources, logicalId)?.Properties?.Code;
}

function fromObjectKey(stack: Stack, logicalId: string): string {
  const properties = readProperties(stack, logicalId);
  if (properties.value('Code', 'ZipFile') !== undefined) {
    throw templateUnsupported(
      properties.path('Code', 'ZipFile'),
      'holds the code inline. Only code from a folder can be run: use lambda.Code.fromAsset or NodejsFunction.',
    );
  }
  const key = properties.text('Code', 'S3Key');
  if (key === undefined) {
    throw templateInvalid(properties.path('Code'), `is ${shown(writtenCode(stack, logicalId))}, which names no code.`);
  }
  // An asset keeps its hash in the name of the object and of the folder, with or without an asset manifest.
  return stack.assets.get(key) ?? join(stack.directory, `asset.${key.replace(/\.zip$/, '')}`);
}
