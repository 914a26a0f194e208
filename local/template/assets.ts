import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isObject } from './template';
import { templateInvalid } from './template-error';

/** From the object key under which a deployment uploads an asset to the path of its source. */
export type Assets = ReadonlyMap<string, string>;

/** Reads asset manifests. Source: aws-cdk-lib, cloud-assembly-schema (AssetManifest). */
export function readAssets(manifests: readonly string[]): Assets {
  const assets = new Map<string, string>();
  for (const file of manifests.filter((manifest) => existsSync(manifest))) {
    for (const asset of Object.values(readFiles(file))) {
      if (!isObject(asset) || !isObject(asset.source) || !isObject(asset.destinations)) continue;
      // A source without a path is made by a command at deployment.
      if (typeof asset.source.path !== 'string') continue;
      const path = resolve(dirname(file), asset.source.path);
      for (const destination of Object.values(asset.destinations)) {
        if (isObject(destination)) assets.set(String(destination.objectKey), path);
      }
    }
  }
  return assets;
}

function readFiles(file: string): Readonly<Record<string, unknown>> {
  try {
    const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isObject(manifest) && isObject(manifest.files) ? manifest.files : {};
  } catch (error) {
    throw templateInvalid(file, `is not JSON: ${(error as Error).message}. Run \`cdk synth\` again.`, { cause: error });
  }
}
