import type { LocalServer } from '../aws/http-server';
import { WorkerSandboxes } from '../event-source/worker-sandboxes';
import { type Invokable, startInvokeServer } from './invoke-server';

export interface InvokeOptions {
  readonly mappings: readonly Invokable[];
  /** Added to the functions' own, and stronger: local endpoints. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onOutput?: (worker: string, line: string) => void;
  readonly onEnded?: (worker: string, kind: string) => void;
}

/** Lambda's Invoke for the functions of a template, each in worker processes of its own. */
export function openInvoke({ mappings, environment, onOutput, onEnded }: InvokeOptions): Promise<LocalServer> {
  return startInvokeServer({
    mappings,
    open: ({ function: lambda, invokedFunctionArn }, name) =>
      new WorkerSandboxes({
        function: lambda,
        invokedFunctionArn,
        environmentFor: () => Promise.resolve(environment),
        onOutput: (worker, line) => onOutput?.(worker, line),
        onEnded: (worker, { kind }) => onEnded?.(worker, kind),
      }).open(name),
  });
}
