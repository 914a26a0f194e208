import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ServerDefinition } from './definition';
import { processInfo } from './process-table';

/** The process that runs `msk-once servers` for a server: it is told to stop, and stops the server. */
export interface Owner {
  readonly pid: number;
  readonly started: string;
}

export interface OwnerPlace {
  readonly stateDirectory: string;
  readonly env: NodeJS.ProcessEnv;
}

export function claimServer(server: ServerDefinition, place: OwnerPlace): void {
  const owner: Owner = { pid: process.pid, started: processInfo(process.pid)?.started ?? '' };
  const file = ownerFile(server, place);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(owner)}\n`);
}

export function releaseServer(server: ServerDefinition, place: OwnerPlace): void {
  if (ownerOf(server, place)?.pid === process.pid) rmSync(ownerFile(server, place), { force: true });
}

/** The owner, as long as it lives. A file that a killed owner left names a process that is gone, or is another one. */
export function ownerOf(server: ServerDefinition, place: OwnerPlace): Owner | undefined {
  const owner = read(ownerFile(server, place));
  return owner && isAlive(owner) ? owner : undefined;
}

export function isAlive({ pid, started }: Owner): boolean {
  return processInfo(pid)?.started === started;
}

function ownerFile(server: ServerDefinition, { stateDirectory, env }: OwnerPlace): string {
  return path.join(stateDirectory, 'servers', server.name, `${server.address(env).port}.owner.json`);
}

function read(file: string): Owner | undefined {
  try {
    const { pid, started } = JSON.parse(readFileSync(file, 'utf8'));
    return Number.isInteger(pid) && typeof started === 'string' ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
}
