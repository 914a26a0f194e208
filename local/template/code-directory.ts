import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inlineCodeFolder } from './inline-code';
import { readProperties } from './property-reader';
import type { Stack } from './stack';
import { isIntrinsic, own } from './template';
import { shown, templateInvalid, templateUnsupported } from './template-error';

/** The absolute path of the folder with a function's code. */
export function codeDirectory(stack: Stack, logicalId: string): string {
  const properties = readProperties(stack, logicalId);
  const path = properties.path('Code');
  const directory =
    fromMetadata(stack, logicalId) ?? fromFolderName(stack, logicalId, path) ?? fromCode(stack, logicalId);
  const found = statSync(directory, { throwIfNoEntry: false });
  if (found === undefined) {
    throw templateInvalid(
      path,
      `lies in ${directory}, which does not exist. Run \`cdk synth\` or \`sam build\`; bundling was skipped, or the folder was removed.`,
    );
  }
  if (!found.isDirectory()) {
    throw templateUnsupported(
      path,
      `is the file ${directory}. Only code from a folder can be run; unpack it and give the folder.`,
    );
  }
  refuseUnbuilt(stack, logicalId, directory);
  return directory;
}

/** The CDK command line, and SAM, note the source of an asset beside the resource. */
function fromMetadata(stack: Stack, logicalId: string): string | undefined {
  const metadata = metadataOf(stack, logicalId);
  const path = metadata['aws:asset:path'];
  const property = metadata['aws:asset:property'] ?? 'Code';
  return typeof path === 'string' && property === 'Code' ? resolve(stack.directory, path) : undefined;
}

function metadataOf(stack: Stack, logicalId: string): Readonly<Record<string, unknown>> {
  return own(stack.template.Resources, logicalId)?.Metadata ?? {};
}

/** Before a package command has uploaded it, `Code` (`CodeUri`) is the name of a folder. */
function fromFolderName(stack: Stack, logicalId: string, path: string): string | undefined {
  const written = writtenCode(stack, logicalId);
  const code = isIntrinsic(written) ? stack.resolve(written, path) : written;
  if (typeof code !== 'string') return undefined;
  if (/^(s3|https?):/.test(code)) throw inBucket(path, code);
  return resolve(stack.directory, code);
}

/** Unresolved: a part of it that is not read may have no local value. */
export function writtenCode(stack: Stack, logicalId: string): unknown {
  return own(stack.template.Resources, logicalId)?.Properties?.Code;
}

function fromCode(stack: Stack, logicalId: string): string {
  const properties = readProperties(stack, logicalId);
  const inline = properties.text('Code', 'ZipFile');
  if (inline !== undefined) return inlineCodeFolder(inline, stack.directory);
  const written = writtenCode(stack, logicalId);
  const key = properties.text('Code', 'S3Key');
  if (key === undefined) throw templateInvalid(properties.path('Code'), `is ${shown(written)}, which names no code.`);
  const asset = stack.assets.get(key);
  if (asset !== undefined) return asset;
  // An asset keeps its hash in the name of the object and of the folder, with or without an asset manifest.
  const folder = join(stack.directory, `asset.${key.replace(/\.zip$/, '')}`);
  if (!existsSync(folder)) throw inBucket(properties.path('Code'), shown(written));
  return folder;
}

function inBucket(path: string, code: string): Error {
  return templateUnsupported(
    path,
    `is ${code}: the code lies in a bucket, and no folder beside the template is its source. Give a template from before the upload: the cdk.out of \`cdk synth\`, or the .aws-sam/build/template.yaml of \`sam build\`.`,
  );
}

/** SAM compiles some functions in `sam build` only: until then, the folder holds their sources. */
function refuseUnbuilt(stack: Stack, logicalId: string, directory: string): void {
  const method = metadataOf(stack, logicalId).BuildMethod;
  if (method === undefined) return;
  const properties = readProperties(stack, logicalId);
  const module = properties.requiredText('Handler').replace(/\.[^/]*$/, '');
  if (['.js', '.mjs', '.cjs'].some((end) => existsSync(join(directory, module + end)))) return;
  throw templateInvalid(
    properties.path('Code'),
    `is ${directory}, which has no ${module}.js: the function is yet to be built (BuildMethod ${shown(method)}). Run \`sam build\`, and give .aws-sam/build/template.yaml.`,
  );
}
