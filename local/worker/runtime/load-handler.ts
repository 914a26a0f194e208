import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RuntimeError } from './error-shape';

export type Handler = (
  event: unknown,
  context: object,
  callback: (error: unknown, result?: unknown) => void,
) => unknown;

/**
 * Loads the function that `Handler` names, as Lambda does: `folder/index.nested.handler` is `nested.handler` of
 * `folder/index.js`, `.mjs` or `.cjs`, looked for in this order.
 * Source: aws/aws-lambda-nodejs-runtime-interface-client, src/UserFunction.js.
 */
export async function loadHandler(taskRoot: string, handler: string): Promise<Handler> {
  // Modules know themselves by their real path.
  const root = realpathSync(taskRoot);
  const base = basename(handler);
  const dot = base.indexOf('.');
  if (handler.includes('..') || dot < 0) {
    throw new RuntimeError('Runtime.MalformedHandlerName', `'${handler}' is not a valid handler name`);
  }
  const file = findFile(resolve(root, dirname(handler), base.slice(0, dot)));
  if (file === undefined) {
    throw new RuntimeError(
      'Runtime.ImportModuleError',
      `Error: Cannot find module '${base.slice(0, dot)}': ${root} has no .js, .mjs or .cjs of that name for the handler '${handler}'`,
    );
  }
  let found: unknown = await loadModule(root, file);
  for (const name of base.slice(dot + 1).split('.')) found = (found as Record<string, unknown> | undefined)?.[name];
  if (!found) throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  if (typeof found !== 'function') throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is not a function`);
  if (!usesCallbacks() && found.length >= 3 && !isAsync(found)) {
    throw new RuntimeError(
      'Runtime.CallbackHandlerDeprecated',
      'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24.',
    );
  }
  return found as Handler;
}

/** Whether the handler may answer by its callback, so that what it returns counts only if it is a promise. */
export function takesCallback(handler: Handler): boolean {
  return usesCallbacks() && !isAsync(handler);
}

/** Source: Lambda Developer Guide, Node.js handlers: callbacks up to nodejs22.x. */
function usesCallbacks(): boolean {
  return Number(/nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV ?? '')?.[1] ?? 22) < 24;
}

function isAsync(handler: object): boolean {
  return handler.constructor.name === 'AsyncFunction';
}

function findFile(stem: string): string | undefined {
  return ['.js', '.mjs', '.cjs'].map((extension) => stem + extension).find((file) => existsSync(file));
}

async function loadModule(root: string, file: string): Promise<unknown> {
  try {
    if (file.endsWith('.mjs') || isModule(root, file)) return await import(pathToFileURL(file).href);
    keepPackagesAbove(root);
    return createRequire(file)(file);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new RuntimeError('Runtime.UserCodeSyntaxError', `SyntaxError: ${error.message}`, { cause: error });
    }
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') {
      throw new RuntimeError('Runtime.ImportModuleError', `Error: ${(error as Error).message}`, { cause: error });
    }
    throw error;
  }
}

/** Whether a `.js` file is an ES module: by the nearest package.json, and none above the code counts. */
function isModule(root: string, file: string): boolean {
  if (!file.endsWith('.js')) return false;
  for (let folder = dirname(file); isInside(root, folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest)) return JSON.parse(readFileSync(manifest, 'utf8')).type === 'module';
  }
  return false;
}

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root + sep);
}

/**
 * Deployed, the code lies alone in /var/task. Here it lies in somebody's project, and a package.json there with
 * `"type": "module"` would turn the CommonJS bundle into an ES module that cannot load.
 */
function keepPackagesAbove(root: string): void {
  const extensions = (Module as unknown as { _extensions: Record<string, (module: Compiled, file: string) => void> })
    ._extensions;
  const standard = extensions['.js'];
  extensions['.js'] = (module, file) => {
    const isBundle = isInside(root, file) && !file.includes(`${sep}node_modules${sep}`) && !isModule(root, file);
    if (isBundle) module._compile(readFileSync(file, 'utf8'), file);
    else standard?.(module, file);
  };
}

interface Compiled {
  _compile(code: string, file: string): void;
}
