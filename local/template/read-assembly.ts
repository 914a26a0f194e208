import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import { type Assets, readAssets } from './assets';
import { readTemplateFile } from './parse-template';
import { isObject, type JsonObject, type Template } from './template';
import { shown, templateInvalid } from './template-error';

/** One template with what a cloud assembly says about it. Nothing in it is resolved yet. */
export interface AssemblyStack {
  /** The name that a deployment gives the stack. */
  readonly stackName: string;
  /** As the CDK lists it: the path of the stack's construct. */
  readonly displayName: string;
  readonly file: string;
  /** The folder that asset paths are relative to. */
  readonly directory: string;
  /** `undefined` for a stack that is not bound to a region. */
  readonly region: string | undefined;
  readonly template: Template;
  readonly assets: Assets;
}

interface ListedStack extends Omit<AssemblyStack, 'template' | 'assets'> {
  readonly artifactId: string;
  readonly assetManifests: readonly string[];
}

/**
 * Reads one stack of a cloud assembly (`cdk.out`), or one template file.
 *
 * @param stack which stack, by its name or its construct path; needed where the assembly has several.
 */
export function readAssembly(path: string, stack?: string): AssemblyStack {
  const target = resolve(path);
  if (!existsSync(target)) {
    throw templateInvalid(
      target,
      'does not exist. Run `cdk synth`, or name the folder that it wrote or a template file.',
    );
  }
  const stacks = statSync(target).isDirectory() ? stacksOf(target) : [singleFile(target)];
  const { artifactId: _, assetManifests, ...chosen } = choose(stacks, stack, target);
  return {
    ...chosen,
    template: readTemplateFile(chosen.file),
    assets: readAssets(assetManifests),
  };
}

function choose(stacks: readonly ListedStack[], wanted: string | undefined, target: string): ListedStack {
  const matching = stacks.filter(
    ({ stackName, displayName, artifactId }) =>
      wanted === undefined || [stackName, displayName, artifactId].includes(wanted),
  );
  const [only, ...others] = matching;
  if (only !== undefined && others.length === 0) return only;
  const names = stacks.map(({ displayName }) => displayName).join(', ') || 'none';
  const problem =
    wanted === undefined
      ? `${target} has ${stacks.length} stacks, and one is needed`
      : `${target} has ${matching.length} stacks with the name ${shown(wanted)}`;
  throw new LocalError(ERROR_CODES.usage, `${problem}. Choose one with --stack; there are: ${names}.`, EXIT.usage);
}

function singleFile(file: string): ListedStack {
  const stackName = basename(file).replace(/(\.template)?\.[^.]+$/, '');
  const manifest = join(dirname(file), `${stackName}.assets.json`);
  return {
    artifactId: stackName,
    stackName,
    displayName: stackName,
    file,
    directory: dirname(file),
    region: undefined,
    assetManifests: existsSync(manifest) ? [manifest] : [],
  };
}

// The layout of a cloud assembly. Source: aws-cdk-lib, cloud-assembly-schema (ArtifactManifest, AwsCloudFormationStackProperties).
function stacksOf(directory: string): ListedStack[] {
  const artifacts = Object.entries(readManifest(directory));
  const propertiesOf = (artifact: unknown): JsonObject =>
    isObject(artifact) && isObject(artifact.properties) ? artifact.properties : {};
  const assetManifests = artifacts
    .filter(([, artifact]) => isObject(artifact) && artifact.type === 'cdk:asset-manifest')
    .map(([, artifact]) => join(directory, String(propertiesOf(artifact).file)));
  return artifacts.flatMap(([artifactId, artifact]) => {
    if (!isObject(artifact)) return [];
    const properties = propertiesOf(artifact);
    // A stage has an assembly of its own.
    if (artifact.type === 'cdk:cloud-assembly') return stacksOf(join(directory, String(properties.directoryName)));
    if (artifact.type !== 'aws:cloudformation:stack') return [];
    return [
      {
        artifactId,
        stackName: String(properties.stackName ?? artifactId),
        displayName: String(artifact.displayName ?? artifactId),
        file: join(directory, String(properties.templateFile)),
        directory,
        region: regionOf(String(artifact.environment ?? '')),
        assetManifests,
      },
    ];
  });
}

function readManifest(directory: string): JsonObject {
  const file = join(directory, 'manifest.json');
  if (!existsSync(file)) {
    throw templateInvalid(
      directory,
      'has no manifest.json, so it is not a cloud assembly. Run `cdk synth` and name the folder that it wrote.',
    );
  }
  let manifest: unknown;
  try {
    manifest = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw templateInvalid(file, `is not JSON: ${(error as Error).message}. Run \`cdk synth\` again.`, { cause: error });
  }
  return isObject(manifest) && isObject(manifest.artifacts) ? manifest.artifacts : {};
}

/** An environment is written `aws://<account>/<region>`. */
function regionOf(environment: string): string | undefined {
  const region = /^aws:\/\/[^/]+\/([^/]+)$/.exec(environment)?.[1];
  return region === 'unknown-region' ? undefined : region;
}
