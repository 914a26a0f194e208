import type { Tokens } from './tokens';
import { unreadable } from './unreadable';
import type { WireValue } from './write';

/** The values of one statement: literals, and parameters in the order of their question marks. */
export class StatementValues {
  readonly #tokens: Tokens;
  readonly #parameters: readonly WireValue[];
  #used = 0;

  constructor(tokens: Tokens, parameters: readonly WireValue[]) {
    this.#tokens = tokens;
    this.#parameters = parameters;
  }

  /** A literal or a parameter; undefined, and nothing taken, where neither begins. */
  read(): WireValue | undefined {
    const tokens = this.#tokens;
    if (tokens.symbol('?')) return this.parameter();
    if (tokens.isSymbol('-') || tokens.isSymbol('+')) return this.#signed();
    if (tokens.next?.kind === 'number') return { N: tokens.take().text };
    if (tokens.next?.kind === 'text') return { S: tokens.take().text };
    if (tokens.word('TRUE')) return { BOOL: true };
    if (tokens.word('FALSE')) return { BOOL: false };
    if (tokens.word('NULL')) return { NULL: true };
    if (tokens.symbol('{')) return { M: this.map() };
    if (tokens.symbol('[')) return { L: this.#list(']') };
    return tokens.symbol('<<') ? this.#set() : undefined;
  }

  expect(): WireValue {
    const value = this.read();
    if (value === undefined) throw this.#tokens.unreadable('a value');
    return value;
  }

  /** The next parameter, behind its question mark. */
  parameter(): WireValue {
    const value = this.#parameters[this.#used];
    this.#used += 1;
    if (value === undefined) throw unreadable(`Parameter ${this.#used}`, undefined, 'one value for each question mark');
    return value;
  }

  expectAllUsed(): void {
    if (this.#used === this.#parameters.length) return;
    const found = `${this.#parameters.length} parameters for ${this.#used} question marks`;
    throw unreadable('A statement', found, 'one value for each question mark');
  }

  /** Behind its brace. */
  map(): Record<string, WireValue> {
    const map: Record<string, WireValue> = {};
    while (!this.#tokens.symbol('}')) {
      const name = this.#tokens.take();
      if (name.kind !== 'text' && name.kind !== 'quoted') throw this.#tokens.unreadable('a name in quotes before this');
      this.#tokens.expectSymbol(':');
      map[name.text] = this.expect();
      if (!this.#tokens.symbol(',') && !this.#tokens.isSymbol('}')) throw this.#tokens.unreadable('"," or "}"');
    }
    return map;
  }

  #signed(): WireValue {
    const sign = this.#tokens.take().text === '-' ? '-' : '';
    const number = this.#tokens.take();
    if (number.kind !== 'number') throw this.#tokens.unreadable('a number before this');
    return { N: `${sign}${number.text}` };
  }

  #list(end: string): WireValue[] {
    const values: WireValue[] = [];
    while (!this.#tokens.symbol(end)) {
      values.push(this.expect());
      if (!this.#tokens.symbol(',') && !this.#tokens.isSymbol(end)) throw this.#tokens.unreadable(`"," or "${end}"`);
    }
    return values;
  }

  #set(): WireValue {
    const values = this.#list('>>');
    return values.every(({ N }) => N !== undefined)
      ? { NS: values.map(({ N }) => N) }
      : { SS: values.map(({ S }) => S) };
  }
}
