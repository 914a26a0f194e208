import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './usage';

type OptionConfig = NonNullable<ParseArgsConfig['options']>;

/** What every command asks of its command line, with the command's usage in each error. */
export class CommandLine {
  constructor(private readonly usage: string) {}

  /** The options as `node:util` parses them; positional arguments only where they are allowed. */
  parse<Options extends OptionConfig>(argv: readonly string[], options: Options) {
    try {
      return parseArgs({ args: [...argv], options }).values;
    } catch (error) {
      throw this.refused((error as Error).message);
    }
  }

  refused(problem: string): UsageError {
    return new UsageError(problem, this.usage);
  }

  wholeNumber(option: string, text: string, minimum: number, maximum: number): number {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value;
    throw this.refused(
      `${option} is ${JSON.stringify(text)}; accepted is a whole number from ${minimum} to ${maximum}.`,
    );
  }

  oneOf<Value extends string>(option: string, text: string, accepted: readonly Value[]): Value {
    const found = accepted.find((value) => value === text);
    if (found) return found;
    throw this.refused(`${option} is ${JSON.stringify(text)}; accepted is ${accepted.join(' or ')}.`);
  }

  /** Pairs of an option that may stand several times, such as `--choose name=value`. */
  pairs(option: string, texts: readonly string[]): Record<string, string> {
    return Object.fromEntries(
      texts.map((text) => {
        const at = text.indexOf('=');
        if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
        throw this.refused(`${option} is ${JSON.stringify(text)}; accepted is NAME=VALUE.`);
      }),
    );
  }

  /** Before the work and not after it. */
  checkWritable(option: string, file: string): void {
    const path = resolve(file);
    const folder = dirname(path);
    const isFolder = (name: string) => statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;
    try {
      if (isFolder(path)) throw new Error('it is a folder');
      if (!isFolder(folder)) throw new Error(`${folder} is no folder`);
      accessSync(existsSync(path) ? path : folder, constants.W_OK);
    } catch (error) {
      throw this.refused(`${option} ${file} cannot be written: ${(error as Error).message}.`);
    }
  }

  checkReadable(option: string, file: string): void {
    try {
      if (statSync(file).isDirectory()) throw new Error('it is a folder');
      accessSync(file, constants.R_OK);
    } catch (error) {
      throw this.refused(`${option} ${file} cannot be read: ${(error as Error).message}.`);
    }
  }
}
